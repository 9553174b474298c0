/* A pane of text: wrapped at words or anywhere, notes between lines, growing text, words found, places kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tui/widgets/lines.h"

struct notes { size_t at[4], n; };

static bool
note(void *self, size_t i, size_t *at_r, struct buf *words)
{
	const struct notes *n = self;

	if (i >= n->n)
		return false;
	*at_r = n->at[i];
	buf_printf(words, "<%zu>", i);
	return true;
}

static enum style
style(void *self, slice line)
{
	(void)self;
	return slice_starts(line, S(">")) ? STYLE_DIM : STYLE_PLAIN;
}

static struct lines *
make(struct notes *notes, enum lines_how how)
{
	struct lines *l = lines_new(&(struct lines_user){ notes, notes ? note : NULL, style, true });

	lines_begin(l, how);
	return l;
}

/* What the pane shows, lines joined by '|'; with styles what was found is in a line below. */
static char *
shown(struct lines *l, int width, int height, const char *words, bool styles)
{
	static char text[4096];
	struct canvas *c = canvas_new(width, height);
	struct buf out;

	buf_init(&out, sizeof text - 1);
	lines_draw(l, canvas_all(c), slice_of(words));
	canvas_print(c, &out, styles);
	while (out.n > 0 && out.p[out.n - 1] == '\n')
		out.n--;
	for (size_t i = 0; i < out.n; i++)
		text[i] = out.p[i] == '\n' ? '|' : (char)out.p[i];
	text[out.n] = '\0';
	buf_fini(&out);
	canvas_free(&c);
	return text;
}

static void
expect(enum lines_how how, const char *text, int width, const char *want)
{
	struct lines *l = make(NULL, how);

	lines_text(l, slice_of(text), true);
	assert_string_equal(shown(l, width, 12, "", false), want);
	lines_free(&l);
}

static void
words_are_kept_together(void **state)
{
	(void)state;
	expect(LINES_WORDS, "one two three four", 9, "one two|three|four");
	expect(LINES_WORDS, "one two three four\r\n", 18, "one two three four");
	expect(LINES_WORDS, "\n\na\n", 5, "||a");
	expect(LINES_WORDS, "abcdefghij kl", 4, "abcd|efgh|ij|kl");
	expect(LINES_WORDS, "abcd    efgh", 4, "abcd|efgh");			/* blanks at the end of a line hang */
	expect(LINES_WORDS, "a\tb\n12345678\tc", 20, "a       b|12345678        c");
	expect(LINES_WORDS, "a bb\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 7, "a bb\xe6\x97\xa5|\xe6\x9c\xac\xe8\xaa\x9e");
	expect(LINES_WORDS, "x\x1b[31m", 10, "x\\e[31m");
	expect(LINES_WORDS, "", 10, "");
	expect(LINES_WORDS, "ab", 1, "a|b");
	expect(LINES_WORDS, "\xe6\x97\xa5\xe6\x9c\xac", 1, "\xe2\x80\xa6|\xe2\x80\xa6");	/* no room for anything */
}

static void
exact_text_shows_its_ends(void **state)
{
	(void)state;
	expect(LINES_EXACT, "one two three\r\nx\r\n", 8, "one two\xc2\xbb| three|x");
	expect(LINES_EXACT, "bare\nfull\r\ncr\ronly", 12, "bare\\n|full|cr\\ronly");
	expect(LINES_EXACT, "abc", 4, "abc");
	expect(LINES_EXACT, "abcd", 4, "abc\xc2\xbb|d");
}

static void
notes_stand_between(void **state)
{
	struct notes notes = { .at = { 0, 5, 9, 9 }, .n = 4 };
	struct lines *l = make(&notes, LINES_WORDS);

	(void)state;
	lines_text(l, S("ab\ncdef\nx"), true);
	assert_string_equal(shown(l, 10, 12, "", false), "<0>|ab|cd|<1>|ef|x|<2>|<3>");
	lines_free(&l);
}

static void
text_may_grow(void **state)
{
	static const char text[] = "first line\nsecond and third\n\nlast";
	struct notes notes = { .at = { 11, 33 }, .n = 2 };
	struct lines *whole = make(&notes, LINES_WORDS), *grown = make(&notes, LINES_WORDS);
	char want[4096];

	(void)state;
	lines_text(whole, slice_of(text), true);
	strcpy(want, shown(whole, 8, 20, "", false));
	shown(grown, 8, 20, "", false);
	for (size_t n = 0; n <= strlen(text); n++) {
		lines_text(grown, (slice){ (const uint8_t *)text, n }, false);
		lines_work(grown, 0);
	}
	lines_text(grown, slice_of(text), true);
	lines_work(grown, 0);
	assert_string_equal(shown(grown, 8, 20, "", false), want);
	assert_int_equal(lines_count(grown), lines_count(whole));
	lines_free(&whole);
	lines_free(&grown);
}

static void
words_are_found(void **state)
{
	struct lines *l = make(NULL, LINES_WORDS);

	(void)state;
	lines_text(l, S("alpha beta\ngamma BETA\n>delta\nomega\nbe"), true);
	shown(l, 10, 2, "", false);
	assert_true(lines_search(l, S("beta"), false));
	assert_string_equal(shown(l, 10, 2, "beta", true), "alpha beta|      ~~~~|gamma BETA|      ~~~~");
	assert_true(lines_search(l, S("beta"), false));
	assert_true(lines_search(l, S("omega"), false));
	assert_string_equal(shown(l, 10, 2, "", false), "omega|be");
	assert_true(lines_search(l, S("beta"), true));
	assert_string_equal(shown(l, 10, 2, "", false), "gamma BETA|>delta");
	assert_false(lines_search(l, S("nothing"), false));
	lines_free(&l);
}

static void
found_words_may_be_wrapped(void **state)
{
	struct lines *l = make(NULL, LINES_EXACT);

	(void)state;
	lines_text(l, S("xxbetaxx"), true);
	assert_string_equal(shown(l, 5, 3, "beta", true), "xxbe\xc2\xbb|    d|  ~~|taxx|~~");
	lines_free(&l);
}

static void
links_stand_out(void **state)
{
	struct lines *l = make(NULL, LINES_EXACT);

	(void)state;
	lines_text(l, S("see <https://a.example/b> now\r\n://x"), true);
	assert_string_equal(shown(l, 16, 3, "", true), "see <https://a.\xc2\xbb|     kkkkkkkkkkd|example/b> now|kkkkkkkkk|://x");
	lines_free(&l);
}

static void
places_are_kept(void **state)
{
	struct lines *l = make(NULL, LINES_WORDS);
	char text[400], *p = text;

	(void)state;
	for (int i = 10; i < 50; i++)
		p += sprintf(p, "line %d\n", i);
	lines_text(l, slice_of(text), true);
	shown(l, 20, 5, "", false);
	assert_false(lines_fit(l));
	assert_true(lines_act(l, ACTION_PAGE_DOWN));
	assert_string_equal(shown(l, 20, 2, "", false), "line 14|line 15");
	assert_string_equal(shown(l, 4, 2, "", false), "line|14");		/* narrower: the same text on top */
	assert_string_equal(shown(l, 20, 2, "", false), "line 14|line 15");
	assert_true(lines_act(l, ACTION_LAST));
	assert_string_equal(shown(l, 20, 2, "", false), "line 48|line 49");
	assert_true(lines_act(l, ACTION_DOWN));
	assert_string_equal(shown(l, 20, 2, "", false), "line 48|line 49");
	assert_true(lines_act(l, ACTION_UP));
	assert_string_equal(shown(l, 20, 2, "", false), "line 47|line 48");
	lines_show(l, 0);
	assert_string_equal(shown(l, 20, 2, "", false), "line 10|line 11");
	assert_true(lines_mouse(l, &(struct mouse){ .kind = MOUSE_WHEEL_DOWN }));
	assert_string_equal(shown(l, 20, 2, "", false), "line 13|line 14");
	assert_false(lines_act(l, ACTION_OPEN));
	lines_begin(l, LINES_WORDS);
	lines_text(l, S("short"), true);
	assert_string_equal(shown(l, 20, 2, "", false), "short");
	assert_true(lines_fit(l));
	lines_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_kept_together),
		cmocka_unit_test(exact_text_shows_its_ends),
		cmocka_unit_test(notes_stand_between),
		cmocka_unit_test(text_may_grow),
		cmocka_unit_test(words_are_found),
		cmocka_unit_test(found_words_may_be_wrapped),
		cmocka_unit_test(links_stand_out),
		cmocka_unit_test(places_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
