/* Long lines of ours on a narrow terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/clean.h"
#include "sink/wrap.h"

/* Behind four columns of margin, hanging by six. */
static void
wraps(const char *text, size_t width, const char *expected)
{
	struct buf out;

	buf_init(&out, SIZE_MAX / 2);
	buf_text(&out, "key ");
	buf_text(&out, text);
	wrap_tail(&out, 4, 4, 6, width);
	buf_add_byte(&out, '\0');
	assert_string_equal((const char *)out.p, expected);
	buf_fini(&out);
}

static void
lines(void **state)
{
	(void)state;
	wraps("", 20, "key ");
	wraps("fits in the line", 20, "key fits in the line");
	wraps("fits in the lines", 20, "key fits in the\n      lines");
	wraps("one  two   three four", 16, "key one  two\n      three four");
	wraps("a verylongwordindeed", 20, "key a verylongwordin\n      deed");
}

static void
what_is_longer_than_a_line(void **state)
{
	(void)state;
	wraps("abcdefghijklmnopqrstuvwxyz", 12, "key abcdefgh\n      ijklmn\n      opqrst\n      uvwxyz");
	wraps("x abcdefghijklmn", 12, "key x abcdef\n      ghijkl\n      mn");
}

static void
short_pieces_stay_together(void **state)
{
	(void)state;
	wraps("\"report.pdf\" · 1,915 bytes · sha256 6d3e66db", 30,
	    "key \"report.pdf\" · 1,915 bytes\n      · sha256 6d3e66db");
	wraps("\"report.pdf\" · 1,915 bytes · sha256 6d3e66db", 29,
	    "key \"report.pdf\"\n      · 1,915 bytes\n      · sha256 6d3e66db");
}

static void
wide_characters_take_two_columns(void **state)
{
	(void)state;
	wraps("\346\227\245\346\234\254\350\252\236", 10, "key \346\227\245\346\234\254\350\252\236");
	wraps("\346\227\245\346\234\254\350\252\236", 9, "key \346\227\245\346\234\254\n      \350\252\236");
}

/* However it is broken: no line is too wide, and with the breaks taken out all that was there is there. */
static void
nothing_is_lost(void **state)
{
	static const char text[] = "ab · cd e   f \346\227\245\346\234\254\350\252\236 ghijklmnopqrstuvwxyz · 1 byte · x";

	(void)state;
	for (size_t width = 9; width < 70; width++) {
		struct buf out;
		slice rest, line;
		size_t kept = 0, sent = 0;

		buf_init(&out, SIZE_MAX / 2);
		buf_text(&out, text);
		wrap_tail(&out, 0, 0, 6, width);
		for (rest = buf_slice(&out); rest.n > 0; ) {
			slice_cut(rest, '\n', &line, &rest);
			assert_true(clean_width(line) <= width);
		}
		for (size_t i = 0; i < out.n; i++)
			kept += out.p[i] != ' ' && out.p[i] != '\n';
		for (size_t i = 0; text[i] != '\0'; i++)
			sent += text[i] != ' ';
		assert_int_equal(kept, sent);
		buf_fini(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(what_is_longer_than_a_line),
		cmocka_unit_test(short_pieces_stay_together),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
