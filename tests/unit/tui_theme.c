/* Themes: what can be read, what can be told apart, and what needs no colour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tui/theme.h"

/* The 256 colours of xterm: 16 named ones, a cube of 6, 24 greys. */
static double
channel(int colour, int which)
{
	static const uint8_t named[16][3] = {
		{ 0, 0, 0 }, { 205, 0, 0 }, { 0, 205, 0 }, { 205, 205, 0 }, { 0, 0, 238 }, { 205, 0, 205 }, { 0, 205, 205 }, { 229, 229, 229 },
		{ 127, 127, 127 }, { 255, 0, 0 }, { 0, 255, 0 }, { 255, 255, 0 }, { 92, 92, 255 }, { 255, 0, 255 }, { 0, 255, 255 }, { 255, 255, 255 },
	};
	static const int divisor[3] = { 36, 6, 1 };
	int step;

	if (colour < 16)
		return named[colour][which] / 255.0;
	if (colour >= 232)
		return (8 + 10 * (colour - 232)) / 255.0;
	step = (colour - 16) / divisor[which] % 6;
	return step == 0 ? 0 : (55 + 40 * step) / 255.0;
}

/* x to the power of 2.4, by Newton's way to a fifth root (twelve fifths are two and two fifths). */
static double
power_2_4(double x)
{
	double root = 1;

	for (int i = 0; i < 60; i++)
		root -= (root - x * x / (root * root * root * root)) / 5;
	return x * x * root;
}

/* WCAG 2: relative luminance, and the contrast of two. */
static double
luminance(int colour)
{
	static const double weight[3] = { .2126, .7152, .0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double c = channel(colour, i);

		sum += weight[i] * (c <= .03928 ? c / 12.92 : power_2_4((c + .055) / 1.055));
	}
	return sum;
}

static double
contrast(int a, int b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + .05) / (y + .05) : (y + .05) / (x + .05);
}

static void
expect_contrast(const struct theme *t, int which, struct look look, double least)
{
	if (look.fg == COLOUR_DEFAULT || look.bg == COLOUR_DEFAULT)
		return;
	if (contrast(look.fg, look.bg) < least)
		fail_msg("%s: style %d: %d on %d has only %.2f", t->name, which, look.fg, look.bg, contrast(look.fg, look.bg));
}

static void
test_contrast(void **state)
{
	(void)state;
	for (const struct theme *t = themes; t->name != NULL; t++)
		for (int i = 0; i < STYLES; i++) {
			double least = strcmp(t->name, "contrast") == 0 ? 7 : i == STYLE_FRAME ? 3 : 4.5;

			expect_contrast(t, i, t->look[i], least);
			/* Eight colours are what they are; the palette of each terminal differs. */
			if (t->look8[i].bg != COLOUR_DEFAULT)
				expect_contrast(t, 100 + i, t->look8[i], 2.9);
			expect_contrast(t, 200 + i, theme_look(t, false, (enum style)i, true, false), i == STYLE_FRAME ? 2.5 : 3);
			expect_contrast(t, 300 + i, theme_look(t, false, (enum style)i, false, true), 4.5);
			expect_contrast(t, 400 + i, theme_look(t, true, (enum style)i, true, false), 2.9);
			expect_contrast(t, 500 + i, theme_look(t, true, (enum style)i, true, true), 2.9);
		}
}

static bool
same(struct look a, struct look b)
{
	return a.fg == b.fg && a.bg == b.bg && a.bold == b.bold && a.dim == b.dim && a.underline == b.underline
	    && a.reverse == b.reverse && a.italic == b.italic;
}

/* Styles that stand beside each other and would not be told apart by a word or by where they stand. */
static void
test_apart(void **state)
{
	static const enum style apart[][2] = {
		{ STYLE_PLAIN, STYLE_TITLE }, { STYLE_PLAIN, STYLE_BAR }, { STYLE_BAR, STYLE_BAR_ON }, { STYLE_PLAIN, STYLE_BAD },
		{ STYLE_PLAIN, STYLE_ALERT }, { STYLE_BAD, STYLE_ALERT }, { STYLE_GOOD, STYLE_BAD }, { STYLE_GOOD, STYLE_LATER },
		{ STYLE_LATER, STYLE_BAD }, { STYLE_PLAIN, STYLE_LINK }, { STYLE_PLAIN, STYLE_LOST }, { STYLE_INPUT, STYLE_INPUT_BAD },
		{ STYLE_INPUT_GOOD, STYLE_INPUT_BAD }, { STYLE_PLAIN, STYLE_MARK }, { STYLE_PLAIN, STYLE_SECRET },
		{ STYLE_PLAIN, STYLE_DIM }, { STYLE_WAIT_SERVER, STYLE_WAIT_CLIENT },
	};

	(void)state;
	for (const struct theme *t = themes; t->name != NULL; t++)
		for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
			if (same(t->look[apart[i][0]], t->look[apart[i][1]]))
				fail_msg("%s: %d and %d are the same", t->name, apart[i][0], apart[i][1]);
			if (same(t->look8[apart[i][0]], t->look8[apart[i][1]]))
				fail_msg("%s: %d and %d are the same with 8 colours", t->name, apart[i][0], apart[i][1]);
		}
}

static void
test_colours(void **state)
{
	const struct theme *mono = theme_find("mono");

	(void)state;
	for (const struct theme *t = themes; t->name != NULL; t++)
		for (int i = 0; i < STYLES; i++) {
			assert_in_range(t->look[i].fg + 1, 0, 256);
			assert_in_range(t->look[i].bg + 1, 0, 256);
			assert_in_range(t->look8[i].fg + 1, 0, 8);
			assert_in_range(t->look8[i].bg + 1, 0, 8);
		}
	for (int i = 0; i < STYLES; i++)
		assert_true(mono->look[i].fg == COLOUR_DEFAULT && mono->look[i].bg == COLOUR_DEFAULT && !mono->look[i].italic);
	/* The first theme leaves the ground to the terminal. */
	assert_int_equal(themes[0].look[STYLE_PLAIN].bg, COLOUR_DEFAULT);
	assert_int_equal(themes[0].look[STYLE_PLAIN].fg, COLOUR_DEFAULT);
}

static void
test_names(void **state)
{
	char seen[STYLES];

	(void)state;
	for (const struct theme *t = themes; t->name != NULL; t++) {
		assert_ptr_equal(theme_find(t->name), t);
		assert_true(t->about[0] != '\0');
	}
	assert_null(theme_find("pink"));
	assert_null(theme_find(""));
	for (int i = 0; i < STYLES; i++) {
		seen[i] = style_letter((enum style)i);
		assert_int_equal(memchr(seen, seen[i], (size_t)i) != NULL, 0);
		assert_in_range(seen[i], ' ', '~');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contrast), cmocka_unit_test(test_apart), cmocka_unit_test(test_colours), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
