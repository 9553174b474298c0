/* What is typed: the line with its cursor, and what the word at the cursor of a filter could become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tui/app/parts.h"
#include "tui/widgets/line.h"

/* --- the line --- */

static void
expect_line(struct line *l, const char *text, size_t cursor)
{
	if (!slice_eq(buf_slice(&l->text), slice_of(text)) || l->cursor != cursor)
		fail_msg("\"%.*s\" with the cursor at %zu, not \"%s\" at %zu", (int)l->text.n, (const char *)l->text.p, l->cursor, text, cursor);
}

static void
test_line(void **state)
{
	struct line l;

	(void)state;
	line_init(&l, S("ab"));
	assert_int_equal(line_key(&l, 0xe4), LINE_CHANGED);
	expect_line(&l, "abä", 4);
	assert_int_equal(line_key(&l, KEY_CURSOR_LEFT), LINE_MOVED);
	expect_line(&l, "abä", 2);
	line_key(&l, KEY_RUBOUT);
	expect_line(&l, "aä", 1);
	line_key(&l, KEY_ERASE);
	expect_line(&l, "a", 1);
	assert_int_equal(line_key(&l, KEY_ERASE), LINE_MOVED);
	assert_int_equal(line_key(&l, KEY_F_5), LINE_NOT_MINE);
	assert_int_equal(line_key(&l, 0x9b), LINE_NOT_MINE);
	expect_line(&l, "a", 1);
	line_set(&l, S("one two  "));
	line_key(&l, KEY_CONTROL('W'));
	expect_line(&l, "one ", 4);
	line_key(&l, KEY_CONTROL('A'));
	line_key(&l, KEY_CONTROL('Y'));
	expect_line(&l, "two  one ", 5);
	line_key(&l, KEY_CONTROL('K'));
	expect_line(&l, "two  ", 5);
	line_key(&l, KEY_ALT | 'b');
	expect_line(&l, "two  ", 0);
	line_key(&l, KEY_ALT | 'f');
	expect_line(&l, "two  ", 3);
	assert_int_equal(line_key(&l, KEY_ALT | 'x'), LINE_NOT_MINE);
	line_key(&l, KEY_BOTTOM);
	line_key(&l, KEY_CONTROL('U'));
	expect_line(&l, "", 0);
	line_key(&l, KEY_RUBOUT);
	line_key(&l, KEY_CURSOR_LEFT);
	line_key(&l, KEY_CURSOR_RIGHT);
	expect_line(&l, "", 0);
	line_fini(&l);
}

/* A combining mark goes with its letter; bytes that are no character are stepped over, too. */
static void
test_line_characters(void **state)
{
	struct line l;

	(void)state;
	line_init(&l, S("xe\xcc\x81" "\xff" "y"));
	line_key(&l, KEY_CURSOR_LEFT);
	line_key(&l, KEY_CURSOR_LEFT);
	expect_line(&l, "xe\xcc\x81\xffy", 4);
	line_key(&l, KEY_RUBOUT);
	expect_line(&l, "x\xffy", 1);
	line_fini(&l);
}

static void
test_line_is_bounded(void **state)
{
	struct line l;

	(void)state;
	line_init(&l, SLICE_NONE);
	for (size_t i = 0; i < LIMIT_PROMPT; i++)
		line_key(&l, 'a');
	line_key(&l, 0x20ac);
	line_key(&l, 'b');
	assert_int_equal(l.text.n, LIMIT_PROMPT);
	assert_int_equal(l.text.p[LIMIT_PROMPT - 1], 'a');
	line_fini(&l);
}

/* --- filters --- */

/* The first words that could stand where the text ends, and the place where they begin. */
static void
expect_words(const char *text, size_t from, const char *words)
{
	struct buf got, word;
	slice first, about;
	size_t at;

	buf_init(&got, KiB);
	buf_init(&word, KiB);
	for (size_t i = 0; i < 3 && filter_complete(slice_of(text), strlen(text), i, &at, &word); i++) {
		slice_cut(buf_slice(&word), '\t', &first, &about);
		if (i > 0)
			buf_add_byte(&got, ' ');
		buf_add(&got, first);
		buf_clear(&word);
		assert_int_equal(at, from);
	}
	if (!slice_eq(buf_slice(&got), slice_of(words)))
		fail_msg("%s: \"%.*s\", not \"%s\"", text, (int)got.n, (const char *)got.p, words);
	buf_fini(&got);
	buf_fini(&word);
}

static void
test_filter_words(void **state)
{
	(void)state;
	expect_words("smtp.rcpt.c", 0, "smtp.rcpt.code");
	expect_words("SMTP.RCPT.C", 0, "smtp.rcpt.code");
	expect_words("filename", 0, "mime.filename");
	expect_words("tls && smtp.sta", 7, "smtp.status smtp.stage");
	expect_words("tls &&smtp.sta", 6, "smtp.status smtp.stage");
	expect_words("!(smtp.sta", 2, "smtp.status smtp.stage");
	expect_words("smtp.size ", 10, "== != >=");
	expect_words("imf.subject co", 12, "contains");
	expect_words("lower(imf.subject) m", 19, "matches");
	expect_words("tls ", 4, "&& ||");
	expect_words("smtp.size > 5 ", 14, "&& ||");
	expect_words("smtp.size > 5 an", 14, "");
	expect_words("smtp.status == ", 15, "\"accepted\" \"rejected\" \"refused\"");
	expect_words("smtp.status == \"re", 15, "\"rejected\" \"refused\"");
	expect_words("smtp.status in {\"accepted\", re", 28, "\"rejected\" \"refused\"");
	expect_words("finding.severity >= w", 20, "warning");
	expect_words("imf.subject == \"tls && smtp.sta", 15, "");
	expect_words("", 0, "smtp.status smtp.rcpt.code smtp.mail_from");
	expect_words("\"smtp", 0, "");
	expect_words("= = =", 5, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_line_characters),
		cmocka_unit_test(test_line_is_bounded),
		cmocka_unit_test(test_filter_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
