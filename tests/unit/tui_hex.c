/* A pane of bytes: as many a line as there is room for, notes between, text and digits found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "tui/widgets/hex.h"

static bool
note(void *self, size_t i, size_t *at_r, struct buf *words)
{
	const size_t *at = self;

	if (i > 1 || at[i] == SIZE_MAX)
		return false;
	*at_r = at[i];
	buf_text(words, "lost");
	return true;
}

/* Lines joined by '|'. */
static char *
shown(struct hex *h, int width, int height, const char *words, bool styles)
{
	static char text[8192];
	struct canvas *c = canvas_new(width, height);
	struct buf out;

	buf_init(&out, sizeof text - 1);
	hex_draw(h, canvas_all(c), slice_of(words));
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
width_decides(void **state)
{
	struct hex h = { .row = 0 };

	(void)state;
	hex_bytes(&h, S("%PDF-1.7\n\x80\xff""abcdefg"));
	assert_string_equal(shown(&h, 80, 4, "", false),
	    "000000  25 50 44 46 2d 31 2e 37  0a 80 ff 61 62 63 64 65  %PDF-1.7...abcde|000010  66 67                                             fg");
	assert_string_equal(shown(&h, 41, 2, "", false), "000000  25 50 44 46 2d 31 2e 37  %PDF-1.7|000008  0a 80 ff 61 62 63 64 65  ...abcde");
	assert_string_equal(shown(&h, 20, 1, "", false), "000000  25 50 44 46");
	assert_string_equal(shown(&h, 1, 1, "", false), "\xe2\x80\xa6");
	hex_bytes(&h, SLICE_NONE);
	assert_string_equal(shown(&h, 80, 4, "", false), "");
}

static void
notes_part_lines(void **state)
{
	size_t at[2] = { 5, 9 };
	struct hex h = { .user = { at, note } };

	(void)state;
	hex_bytes(&h, S("abcdefghi"));
	assert_string_equal(shown(&h, 30, 6, "", false),
	    "000000  61 62 63 64  abcd|000004  65           e|lost|000005  66 67 68 69  fghi|lost");
	at[0] = 0;
	at[1] = SIZE_MAX;
	assert_string_equal(shown(&h, 41, 3, "", false), "lost|000000  61 62 63 64 65 66 67 68  abcdefgh|000008  69                       i");
}

static void
text_and_digits_are_found(void **state)
{
	struct hex h = { .row = 0 };
	struct buf status;

	(void)state;
	hex_bytes(&h, S("0123456789abcdef0123PK\x03\x04 9abcdef0123456789abcdef"));
	shown(&h, 30, 2, "", false);
	assert_true(hex_search(&h, S("pk"), false));
	assert_string_equal(shown(&h, 30, 2, "", true), "000014  50 4b 03 04  PK..|dddddd        dd dd    dd|        ~~ ~~        ~~|000018  20 39 61 62   9ab|dddddd");
	assert_true(hex_search(&h, S("03 04"), false));
	assert_int_equal(h.found, 22);
	assert_true(hex_search(&h, S("9abc"), false));
	assert_int_equal(h.found, 25);
	assert_true(hex_search(&h, S("9abc"), false));
	assert_int_equal(h.found, 41);
	assert_true(hex_search(&h, S("9abc"), false));
	assert_int_equal(h.found, 9);
	assert_true(hex_search(&h, S("9abc"), true));
	assert_int_equal(h.found, 41);
	assert_false(hex_search(&h, S("nothing"), false));
	assert_true(hex_act(&h, ACTION_LAST));
	shown(&h, 30, 2, "", false);
	buf_init(&status, 100);
	hex_status(&h, &status);
	assert_int_equal(status.n, strlen("28–30/30"));
	assert_memory_equal(status.p, "28–30/30", status.n);
	buf_fini(&status);
	assert_true(hex_act(&h, ACTION_FIRST));
	assert_true(hex_mouse(&h, &(struct mouse){ .kind = MOUSE_WHEEL_DOWN }));
	assert_int_equal(h.top, 3);
	shown(&h, 80, 2, "", false);		/* what was on top stays in sight */
	assert_int_equal(h.top, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_decides),
		cmocka_unit_test(notes_part_lines),
		cmocka_unit_test(text_and_digits_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
