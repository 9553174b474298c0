/* The grid: what of hostile text comes to stand in its cells, and that nothing ever stands outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clean.h"
#include "base/limits.h"
#include "tui/canvas.h"

static struct canvas *canvas;

static void
expect_print(const struct canvas *c, bool styles, const char *want)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	canvas_print(c, &out, styles);
	buf_add_byte(&out, 0);
	assert_string_equal((const char *)out.p, want);
	buf_fini(&out);
}

/* What a canvas of 12 x 1 shows after the text was drawn at x in `room`. */
struct row { slice text; int x, room, skip, columns; const char *want; };

static const struct row rows[] = {
	{ S("250 Ok"), 0, 12, 0, 6, "250 Ok\n" },
	{ S("123456789012"), 0, 12, 0, 12, "123456789012\n" },
	{ S("1234567890123"), 0, 12, 0, 12, "12345678901…\n" },
	{ S("1234567890123"), 0, 99, 0, 12, "12345678901…\n" },
	{ S("1234567890123"), 3, 99, 0, 9, "   12345678…\n" },
	{ S("12345"), 3, 3, 0, 3, "   12…\n" },
	{ S("12345"), 3, 1, 0, 1, "   …\n" },
	{ S("12345"), 3, 0, 0, 0, "\n" },
	{ S("12345"), 3, -7, 0, 0, "\n" },
	{ S("12345"), 12, 5, 0, 0, "\n" },
	{ S("12345"), 1 << 30, 1 << 30, 0, 0, "\n" },
	{ S("12345"), -(1 << 30), 1 << 30, 0, 0, "\n" },
	{ S("12345"), -2, 12, 0, 5, "345\n" },
	/* scrolled sideways */
	{ S("12345"), 0, 12, 2, 3, "345\n" },
	{ S("12345"), 0, 2, 2, 2, "3…\n" },
	{ S("12345"), 0, 12, 5, 0, "\n" },
	{ S("12345"), 0, 12, 1 << 30, 0, "\n" },
	{ S("测试ab"), 0, 12, 1, 5, " 试ab\n" },
	{ S("测试ab"), 0, 12, 2, 4, "试ab\n" },
	/* wide characters are never cut in half */
	{ S("测试测试测试"), 0, 12, 0, 12, "测试测试测试\n" },
	{ S("测试测试测试!"), 0, 12, 0, 12, "测试测试测…\n" },
	{ S("a测试测试测试"), 0, 12, 0, 12, "a测试测试测…\n" },
	{ S("测试"), 11, 2, 0, 1, "           …\n" },
	{ S("测试"), -1, 9, 0, 4, " 试\n" },
	/* combining marks stay with their character, as many as a cell holds */
	{ S("e\xcc\x81!"), 0, 12, 0, 2, "e\xcc\x81!\n" },
	{ S("e\xcc\x81\xcc\x82\xcc\x83\xcc\x84!"), 0, 12, 0, 2, "e\xcc\x81\xcc\x82!\n" },
	{ S("\xcc\x81!"), 0, 12, 0, 2, " \xcc\x81!\n" },
	{ S("12345678901e\xcc\x81"), 0, 12, 0, 12, "12345678901e\xcc\x81\n" },
	/* joiners, variation selectors and skin tones are left out */
	{ S("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb!"), 0, 12, 0, 5, "\xf0\x9f\x91\xa9\xf0\x9f\x92\xbb!\n" },
	{ S("\xe2\x9d\xa4\xef\xb8\x8f!"), 0, 12, 0, 2, "\xe2\x9d\xa4!\n" },
	{ S("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd!"), 0, 12, 0, 3, "\xf0\x9f\x91\x8d!\n" },
	/* what is no text is escaped */
	{ S("\33[2J"), 0, 12, 0, 5, "\\e[2J\n" },
	{ S("a\r\nb\tc"), 0, 12, 0, 9, "a\\r\\nb\\tc\n" },
	{ S("\xc2\x9b" "31m"), 0, 12, 0, 9, "\\u{9B}31m\n" },
	{ S("\xe2\x80\xae" "exe"), 0, 12, 0, 11, "\\u{202E}exe\n" },
	{ S("gr\xfcn"), 0, 12, 0, 7, "gr\\xFCn\n" },
	{ S("\0\177"), 0, 12, 0, 8, "\\x00\\x7F\n" },
	{ S("abc\33[31mdefgh"), 0, 12, 0, 12, "abc\\e[31mde…\n" },
	{ S("\xe2\x80\xae"), 0, 12, 6, 2, "E}\n" },
};

static void
test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];

		canvas_resize(canvas, 12, 1);
		assert_int_equal(canvas_text_from(canvas_all(canvas), r->x, 0, r->room, STYLE_PLAIN, r->text, r->skip), r->columns);
		expect_print(canvas, false, r->want);
	}
}

static void
test_right(void **state)
{
	struct area a;

	(void)state;
	canvas_resize(canvas, 10, 6);
	a = canvas_all(canvas);
	canvas_right(a, 1, 0, 6, STYLE_PLAIN, S("12"));
	canvas_right(a, 1, 1, 6, STYLE_PLAIN, S("123456"));
	canvas_right(a, 1, 2, 6, STYLE_PLAIN, S("1234567"));
	canvas_right(a, 1, 3, 6, STYLE_PLAIN, S("测试"));
	canvas_right(a, 5, 4, 100, STYLE_PLAIN, S("12"));
	canvas_right(a, 5, 5, -3, STYLE_PLAIN, S("12"));
	expect_print(canvas, false, "     12\n 123456\n 12345…\n   测试\n\n\n");
	assert_int_equal(text_columns(S("a测\33")), 5);
	assert_int_equal(text_columns(SLICE_NONE), 0);
}

/* Half a wide character is never left: neither by text, nor at the edge of a neighbour's area. */
static void
test_halves(void **state)
{
	struct area a, left, right;

	(void)state;
	canvas_resize(canvas, 6, 4);
	a = canvas_all(canvas);
	left = area_part(a, 0, 0, 3, 4);
	right = area_part(a, 3, 0, 3, 4);
	for (int y = 0; y < 4; y++)
		canvas_words(a, 0, y, STYLE_PLAIN, "测试测");
	canvas_put(a, 1, 0, 'x', STYLE_PLAIN);
	canvas_put(a, 2, 1, 'x', STYLE_PLAIN);
	canvas_fill(right, 0, 2, 1, 1, 'x', STYLE_PLAIN);
	canvas_words(left, 1, 3, STYLE_PLAIN, "测");
	expect_print(canvas, false, " x试测\n测x 测\n测 x测\n 测 测\n");
	canvas_put(a, 5, 0, 0x6d4b, STYLE_PLAIN);
	canvas_put(a, -1, 0, 0x6d4b, STYLE_PLAIN);
	expect_print(canvas, false, " x试\n测x 测\n测 x测\n 测 测\n");
}

static void
test_put(void **state)
{
	static const uint32_t bad[] = { 0, 7, 27, 0x7f, 0x9b, 0x202e, 0x200d, 0xfe0f, 0x301, 0xd800, 0x110000, 0xffffffff };
	struct area a;

	(void)state;
	canvas_resize(canvas, 12, 2);
	a = canvas_all(canvas);
	for (int i = 0; i < 12; i++)
		canvas_put(a, i, 0, bad[i], STYLE_PLAIN);
	canvas_fill(a, 0, 1, 3, 1, 0x1b, STYLE_PLAIN);
	canvas_fill(a, 4, 1, 5, 1, 0x6d4b, STYLE_PLAIN);
	expect_print(canvas, false, "?????????\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n??? 测测\n");
}

static void
test_clipped(void **state)
{
	static const int far[] = { -2147483647 - 1, -2000, -1, 0, 1, 4, 2000, 2147483647 };
	enum { N = sizeof far / sizeof far[0] };

	(void)state;
	canvas_resize(canvas, 5, 5);
	for (int i = 0; i < N * N * N * N; i++) {
		int x = far[i % N], y = far[i / N % N], w = far[i / N / N % N], h = far[i / N / N / N];
		struct area a = area_part(area_part(canvas_all(canvas), 1, 1, 3, 3), x, y, w, h);

		assert_true(a.x >= 1 && a.y >= 1 && a.width >= 0 && a.height >= 0);
		assert_true(a.x + a.width <= 4 && a.y + a.height <= 4);
		canvas_fill(area_part(canvas_all(canvas), 1, 1, 3, 3), x, y, w, h, '#', STYLE_BAD);
		canvas_text(a, x, y, w, STYLE_BAD, S("测试测试测试"));
		canvas_text_from(a, w, h, x, STYLE_BAD, S("text that is long"), y);
		canvas_right(a, x, y, w, STYLE_BAD, S("right"));
		canvas_put(a, x, y, '#', STYLE_BAD);
		canvas_line(a, y, '#', STYLE_BAD);
		canvas_select(a, y);
		canvas_mark_found(a, y, S("#"));
	}
	for (int i = 0; i < 25; i++)
		if (i / 5 == 0 || i / 5 == 4 || i % 5 == 0 || i % 5 == 4)
			assert_int_equal(canvas->cell[i].character, ' ');
	/* An area that was taken before the canvas was made smaller. */
	struct area old = canvas_all(canvas);
	canvas_resize(canvas, 2, 2);
	canvas_fill(old, 0, 0, 5, 5, 'x', STYLE_PLAIN);
	expect_print(canvas, false, "xx\nxx\n");
	canvas_resize(canvas, -5, 0);
	assert_int_equal(canvas->width * canvas->height, 1);
	canvas_resize(canvas, 1 << 30, 1);
	assert_int_equal(canvas->width, LIMIT_CANVAS);
}

static void
test_styles(void **state)
{
	struct area a;

	(void)state;
	canvas_resize(canvas, 10, 4);
	a = canvas_all(canvas);
	canvas_words(a, 0, 0, STYLE_PLAIN, "plain");
	canvas_words(a, 0, 1, STYLE_BAD, "550");
	canvas_words(a, 4, 1, STYLE_CLIENT, "测");
	canvas_select(a, 2);
	canvas_words(a, 0, 2, STYLE_PLAIN, "Ab ab 测Ab");
	canvas_mark_found(a, 2, S("aB"));
	canvas_mark_found(a, 2, S("nothing"));
	canvas_mark_found(a, 2, S(""));
	canvas_fill(a, 8, 3, 2, 1, ' ', STYLE_BAR);
	expect_print(canvas, true, "plain\n550 测\nxxx cc\nAb ab 测Ab\n~~^~~^^^~~\n\n        bb\n");
	canvas_fill(a, 0, 2, 10, 1, ' ', STYLE_PLAIN);
	expect_print(canvas, true, "plain\n550 测\nxxx cc\n\n\n        bb\n");
}

/* However long the text, only what fits is looked at; and a flood of marks takes columns. */
static void
test_floods(void **state)
{
	size_t n = 16 * MiB;
	uint8_t *flood = malloc(n);

	(void)state;
	canvas_resize(canvas, 80, 1);
	for (size_t i = 0; i < n; i += 2)
		memcpy(flood + i, "\xcc\x81", 2);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(canvas_text(canvas_all(canvas), 0, 0, 80, STYLE_PLAIN, (slice){ flood, n }), 80);
	memset(flood, 0xff, n);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(canvas_text(canvas_all(canvas), 0, 0, 80, STYLE_PLAIN, (slice){ flood, n }), 80);
	free(flood);
}

/* Random bytes: what stands in the cells is text, of the width that was told, and no half is alone. */
static void
test_random(void **state)
{
	uint32_t seed = 20261121;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	canvas_resize(canvas, 40, 1);
	for (int round = 0; round < 20000; round++) {
		static const slice bits[] = { S("\33["), S("\xcc\x81"), S("测"), S("\xe2\x80\x8d"), S("\xe2\x80\xae"), S("a"), S("\xf0\x9f"), S("\xed\xa0\x80") };
		uint8_t text[60];
		size_t n = 0;
		int columns, skip = round % 7, whole;

		while (n < sizeof text - 4) {
			seed = seed * 1664525 + 1013904223;
			if (seed >> 31) {
				text[n++] = (uint8_t)(seed >> 16);
			} else {
				slice bit = bits[seed >> 16 & 7];
				memcpy(text + n, bit.p, bit.n);
				n += bit.n;
			}
		}
		n = seed >> 8 & 31;
		canvas_clear(canvas);
		columns = canvas_text_from(canvas_all(canvas), 0, 0, 40, STYLE_BAD, (slice){ text, n }, skip);
		whole = text_columns((slice){ text, n });
		if (whole - skip <= 40)
			assert_int_equal(columns, whole > skip ? whole - skip : 0);
		else
			assert_int_equal(columns, 40);
		for (int x = 0; x < 40; x++) {
			const struct cell *c = &canvas->cell[x];

			assert_true((c->style == STYLE_BAD) == (x < columns));
			if (c->character == 0)
				assert_true(x > 0 && utf8_columns(c[-1].character) == 2);
			else
				assert_true(utf8_columns(c->character) == 1 || (x < 39 && c[1].character == 0));
			for (int i = 0; i < CELL_MARKS; i++)
				assert_true(c->mark[i] == 0 || utf8_columns(c->mark[i]) == 0);
		}
		buf_clear(&out);
		canvas_print(canvas, &out, false);
		assert_int_equal(clean_scan((slice){ out.p, out.n - 1 }), 0);
	}
	buf_fini(&out);
}

static int
open_canvas(void **state)
{
	(void)state;
	canvas = canvas_new(10, 10);
	return 0;
}

static int
close_canvas(void **state)
{
	(void)state;
	canvas_free(&canvas);
	canvas_free(&canvas);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_right), cmocka_unit_test(test_halves), cmocka_unit_test(test_put),
		cmocka_unit_test(test_clipped), cmocka_unit_test(test_styles), cmocka_unit_test(test_floods), cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, open_canvas, close_canvas);
}
