/* The sanitizer: a table, and properties over random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clean.h"

struct row { slice in; const char *terminal, *json, *word; unsigned found; };

static const struct row table[] = {
	{ S("250 2.1.0 Ok"), "250 2.1.0 Ok", "250 2.1.0 Ok", "250\\x202.1.0\\x20Ok", 0 },
	{ S(""), "", "", "\"\"", 0 },
	{ S("a\\b\"c"), "a\\b\"c", "a\\\\b\\\"c", "a\\\\b\\\"c", 0 },
	{ S("a\tb"), "a\\tb", "a\\tb", "a\\tb", 0 },
	{ S("\r\n\b\f"), "\\r\\n\\x08\\x0C", "\\r\\n\\b\\f", "\\r\\n\\x08\\x0C", CLEANED_ESCAPE },
	{ S("\033[31m"), "\\e[31m", "\\u001B[31m", "\\e[31m", CLEANED_ESCAPE },
	{ S("\0\177"), "\\x00\\x7F", "\\u0000\\u007F", "\\x00\\x7F", CLEANED_ESCAPE },
	{ S("\302\205\302\233"), "\\u{85}\\u{9B}", "\\u0085\\u009B", "\\u{85}\\u{9B}", CLEANED_ESCAPE },
	{ S("\302\240"), "\302\240", "\302\240", "\302\240", 0 },
	{ S("abc\342\200\256fdp.exe"), "abc\\u{202E}fdp.exe", "abc\\u202Efdp.exe", "abc\\u{202E}fdp.exe", CLEANED_BIDI },
	{ S("\342\200\217\330\234"), "\\u{200F}\\u{61C}", "\\u200F\\u061C", "\\u{200F}\\u{61C}", CLEANED_BIDI },
	{ S("pay\342\200\213pal"), "pay\\u{200B}pal", "pay\\u200Bpal", "pay\\u{200B}pal", CLEANED_INVISIBLE },
	{ S("\342\200\250\357\273\277"), "\\u{2028}\\u{FEFF}", "\\u2028\\uFEFF", "\\u{2028}\\u{FEFF}", CLEANED_INVISIBLE },
	{ S("\363\240\201\201"), "\\u{E0041}", "\\uDB40\\uDC41", "\\u{E0041}", CLEANED_INVISIBLE },
	/* joiners stay */
	{ S("\331\205\333\214\342\200\214\330\256"), "\331\205\333\214\342\200\214\330\256", "\331\205\333\214\342\200\214\330\256",
	    "\331\205\333\214\342\200\214\330\256", 0 },
	{ S("\346\265\213\350\257\225 Gr\303\274\303\237e"), "\346\265\213\350\257\225 Gr\303\274\303\237e",
	    "\346\265\213\350\257\225 Gr\303\274\303\237e", "\346\265\213\350\257\225\\x20Gr\303\274\303\237e", 0 },
	/* invalid: a lone byte, overlong, surrogate, beyond the last, cut */
	{ S("gr\374n"), "gr\\xFCn", "gr\357\277\275n", "gr\\xFCn", CLEANED_INVALID },
	{ S("\300\257"), "\\xC0\\xAF", "\357\277\275\357\277\275", "\\xC0\\xAF", CLEANED_INVALID },
	{ S("\355\240\200"), "\\xED\\xA0\\x80", "\357\277\275\357\277\275\357\277\275", "\\xED\\xA0\\x80", CLEANED_INVALID },
	{ S("\364\220\200\200"), "\\xF4\\x90\\x80\\x80", "\357\277\275\357\277\275\357\277\275\357\277\275", "\\xF4\\x90\\x80\\x80",
	    CLEANED_INVALID },
	{ S("a\360\237\230"), "a\\xF0\\x9F\\x98", "a\357\277\275", "a\\xF0\\x9F\\x98", CLEANED_INVALID },
	{ S("\205"), "\\x85", "\357\277\275", "\\x85", CLEANED_INVALID },
};

static void
expect(slice in, enum clean_how how, const char *want, unsigned found)
{
	struct buf out;

	buf_init(&out, 4096);
	assert_int_equal(clean_add(&out, in, how), found);
	assert_int_equal(out.n, strlen(want));
	if (out.n > 0)
		assert_memory_equal(out.p, want, out.n);
	buf_fini(&out);
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		expect(table[i].in, CLEAN_TERMINAL, table[i].terminal, table[i].found);
		expect(table[i].in, CLEAN_JSON, table[i].json, table[i].found);
		expect(table[i].in, CLEAN_WORD, table[i].word, table[i].found);
		assert_int_equal(clean_scan(table[i].in), table[i].found);
	}
}

static uint32_t
next(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223, *seed >> 8;
}

/* Bytes of every kind: pure noise, and pieces that are nearly UTF-8. */
static slice
noise(uint32_t *seed, uint8_t *room, size_t max)
{
	static const uint8_t leads[] = { 0xc2, 0xe2, 0x80, 0xa8, 0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0xed, 0xa0, 0x1b, '"', '\\', ' ' };
	size_t n = next(seed) % max;
	bool near = next(seed) & 1;

	for (size_t i = 0; i < n; i++) {
		uint32_t r = next(seed);

		room[i] = r & 0x10000 ? (uint8_t)('a' + r % 26) : near ? leads[r % sizeof leads] : (uint8_t)r;
	}
	return (slice){ room, n };
}

static void
check_safe(slice out, enum clean_how how)
{
	assert_true(utf8_valid(out));
	assert_int_equal(clean_scan(out), 0);
	for (size_t i = 0; i < out.n; i++) {
		assert_true(out.p[i] >= 0x20 && out.p[i] != 0x7f);
		if (how == CLEAN_WORD)
			assert_true(out.p[i] != ' ');
		if (how == CLEAN_JSON && out.p[i] == '\\')
			assert_non_null(strchr("\"\\tnrbfu", out.p[++i]));
		else if (how == CLEAN_JSON)
			assert_true(out.p[i] != '"');
	}
}

static void
test_random(void **state)
{
	uint32_t seed = 1;
	uint8_t room[64];
	struct buf out;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		slice in = noise(&seed, room, sizeof room);
		enum clean_how how = (enum clean_how)(i % 3);

		buf_init(&out, i % 7 == 0 ? next(&seed) % 64 : 4096);
		assert_int_equal(clean_add(&out, in, how), clean_scan(in));
		if (!(how == CLEAN_JSON && out.full))
			check_safe(buf_slice(&out), how);
		assert_true(utf8_valid(buf_slice(&out)));
		if (how == CLEAN_TERMINAL && !out.full)
			assert_int_equal(clean_width(in), clean_width(buf_slice(&out)));
		assert_int_equal(!(clean_scan(in) & CLEANED_INVALID), utf8_valid(in));
		buf_fini(&out);
	}
}

/* Every character once: what utf8_take() says of its encoding, and that no cut of it is taken for valid. */
static void
test_all_characters(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c < 0x110000; c++) {
		uint8_t b[4] = { (uint8_t)(0xf0 | c >> 18), (uint8_t)(0x80 | (c >> 12 & 63)), (uint8_t)(0x80 | (c >> 6 & 63)),
		    (uint8_t)(0x80 | (c & 63)) };
		unsigned skip = c < 0x800 ? 2 : c < 0x10000 ? 1 : 0;
		bool surrogate = c >= 0xd800 && c < 0xe000;
		slice s = { b + skip, 4 - skip };
		uint32_t got;

		if (skip > 0)
			b[skip] = (uint8_t)(skip == 2 ? 0xc0 | c >> 6 : 0xe0 | c >> 12);
		assert_int_equal(utf8_take(s, &got), surrogate ? 1 : s.n);
		assert_int_equal(got, surrogate ? UTF8_INVALID : c);
		assert_false(utf8_valid(slice_take(s, s.n - 1)));
	}
}

static void
test_width(void **state)
{
	(void)state;
	assert_int_equal(clean_width(S("")), 0);
	assert_int_equal(clean_width(S("Subject: hello")), 14);
	assert_int_equal(clean_width(S("\346\265\213\350\257\225")), 4);		/* two Han characters */
	assert_int_equal(clean_width(S("e\314\201")), 1);				/* e and a combining acute */
	assert_int_equal(clean_width(S("\360\237\230\200")), 2);			/* an emoji */
	assert_int_equal(clean_width(S("\355\225\234")), 2);				/* a Hangul syllable */
	assert_int_equal(clean_width(S("\357\274\241")), 2);				/* fullwidth A */
	assert_int_equal(clean_width(S("\357\275\261")), 1);				/* halfwidth katakana */
	assert_int_equal(clean_width(S("\340\270\201\340\270\264")), 1);		/* Thai consonant and vowel above */
	assert_int_equal(clean_width(S("\302\267 \342\206\222")), 3);
	assert_int_equal(clean_width(S("\033\377")), 2 + 4);
	assert_int_equal(clean_width(S("\342\200\256")), 8);
	assert_int_equal(clean_width(S("\342\200\215")), 0);				/* a joiner */
	assert_int_equal(clean_width(S("\360\240\200\200")), 2);			/* plane 2 */
}

/* A buf that is too small holds whole escapes and characters only. */
static void
test_full(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 5);
	clean_add(&out, S("abc\346\265\213"), CLEAN_TERMINAL);
	assert_true(out.full);
	assert_int_equal(out.n, 3);
	buf_clear(&out);
	clean_add(&out, S("abc\033\033x"), CLEAN_TERMINAL);
	assert_true(out.full);
	assert_int_equal(out.n, 5);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_all_characters),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
