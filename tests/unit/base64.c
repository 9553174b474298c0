/* Base64: text and back, and runs of groups: vectors against the table, at every alignment and for every bad byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"

enum { LETTERS = 200 };		/* more than six vectors */

static uint8_t text[64 + LETTERS];

/* Every letter, in an order of its own. */
static void
fill(uint8_t *p, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)letters[(i * 37 + i / 64) % 64];
}

/* Both ways of decoding agree about what they took and what it says; what lies behind the room is not touched. */
static size_t
agree(slice in, uint8_t *out, size_t *n_r)
{
	uint8_t plain[BASE64_ROOM(LETTERS) + 1], vectors[BASE64_ROOM(LETTERS) + 1];
	size_t n, taken = base64_decode_run_plain(in, plain, &n);

	vectors[BASE64_ROOM(in.n)] = 0x5a;
	assert_int_equal(base64_decode_run(in, vectors, n_r), taken);
	assert_int_equal(vectors[BASE64_ROOM(in.n)], 0x5a);
	assert_int_equal(*n_r, n);
	assert_memory_equal(vectors, plain, n);
	memcpy(out, plain, n);
	return taken;
}

static void
known_text(void **state)
{
	static const struct { const char *plain, *coded; } t[] = {	/* RFC 4648 10 */
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" }, { "\xff\xef\xbe\xfb\xff", "/+++" "+/8=" }
	};
	char coded[64];
	uint8_t plain[64];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		slice p = slice_of(t[i].plain), c = slice_of(t[i].coded);

		assert_int_equal(base64_encode(p, coded), c.n);
		assert_string_equal(coded, t[i].coded);
		assert_true(base64_decode(c, false, plain, &n));
		assert_int_equal(n, p.n);
		assert_memory_equal(plain, p.p, n);
	}
}

static void
strict_text(void **state)
{
	static const struct { const char *coded; bool strict, lax; } t[] = {
		{ "Zg==", true, true }, { "Zg=", false, false }, { "Zg", false, true }, { "Z", false, false }, { "Z===", false, false },
		{ "Zm8", false, true }, { "====", false, false }, { "Zm\r\n9v", false, false }, { "Zm9v ", false, false },
		{ "=Zm9", false, false }, { "Zg==Zg==", false, false }, { "Zm-_", false, false }, { "Zm9v=", false, false }
	};
	uint8_t plain[64];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		assert_int_equal(base64_decode(slice_of(t[i].coded), false, plain, &n), t[i].strict);
		assert_int_equal(base64_decode(slice_of(t[i].coded), true, plain, &n), t[i].lax);
	}
}

static void
every_length_and_alignment(void **state)
{
	uint8_t out[BASE64_ROOM(LETTERS)], whole[LETTERS];
	size_t n, whole_n;

	(void)state;
	for (size_t start = 0; start < 32; start++) {
		for (size_t length = 0; length <= LETTERS; length++) {
			slice in = { text + start, length };

			fill(text + start, LETTERS);
			assert_int_equal(agree(in, out, &n), length / 4 * 4);
			assert_int_equal(n, length / 4 * 3);
			assert_true(base64_decode(slice_take(in, length / 4 * 4), false, whole, &whole_n));
			assert_int_equal(whole_n, n);
			assert_memory_equal(whole, out, n);
		}
	}
}

static void
every_byte_everywhere(void **state)
{
	uint8_t out[BASE64_ROOM(LETTERS)];
	size_t n;

	(void)state;
	for (size_t at = 0; at < 100; at++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			slice in = { text, 132 };
			size_t want = at / 4 * 4;

			fill(text, LETTERS);
			text[at] = (uint8_t)byte;
			if (base64_value((uint8_t)byte) >= 0 || (byte == '\n' && at % 4 == 0 && (131 - at) % 4 == 0))
				want = 132;
			else if (byte == '\n' && at % 4 == 0)
				want = at + 1 + (131 - at) / 4 * 4;
			assert_int_equal(agree(in, out, &n), want);
		}
	}
}

static void
letters_have_values(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		char four[5] = "AAA", coded[BASE64_SIZE(3)];
		uint8_t three[BASE64_ROOM(4)];
		int v = base64_value((uint8_t)c);
		size_t n;

		four[3] = (char)c;
		if (base64_decode_run((slice){ (const uint8_t *)four, 4 }, three, &n) == 0) {
			assert_int_equal(v, -1);
			continue;
		}
		assert_int_equal(three[2], v);
		base64_encode((slice){ three, 3 }, coded);
		assert_string_equal(coded, four);
	}
}

/* Lines of every length: runs pass over the line ends that stand between groups, and over no others. */
static void
lines(void **state)
{
	uint8_t letters[LETTERS], in[2 * LETTERS + 2], out[BASE64_ROOM(sizeof in)], vectors[BASE64_ROOM(sizeof in)];
	size_t n, m;

	(void)state;
	fill(letters, LETTERS);
	for (size_t width = 1; width <= 80; width++)
		for (int crlf = 0; crlf < 2; crlf++) {
			size_t used = 0;
			for (size_t i = 0; i < LETTERS && used + 3 < sizeof in; i++) {
				in[used++] = letters[i];
				if ((i + 1) % width == 0) {
					if (crlf)
						in[used++] = '\r';
					in[used++] = '\n';
				}
			}
			size_t taken = base64_decode_run((slice){ in, used }, vectors, &n);
			assert_int_equal(base64_decode_run_plain((slice){ in, used }, out, &m), taken);
			assert_int_equal(n, m);
			assert_memory_equal(out, vectors, n);
			if (width % 4 == 0)
				assert_int_equal(taken, used);
			else
				assert_int_equal(taken, width / 4 * 4);
		}
}

/* A CR that ends the piece may be half of a line end: it is left. */
static void
half_line_end(void **state)
{
	uint8_t out[BASE64_ROOM(8)];
	size_t n;

	(void)state;
	assert_int_equal(base64_decode_run(S("Zm9v\r"), out, &n), 4);
	assert_int_equal(base64_decode_run(S("\r\n\nZm9v\r\n"), out, &n), 9);
	assert_int_equal(base64_decode_run(S("\r\r\nZm9v"), out, &n), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_text),
		cmocka_unit_test(strict_text),
		cmocka_unit_test(letters_have_values),
		cmocka_unit_test(every_length_and_alignment),
		cmocka_unit_test(every_byte_everywhere),
		cmocka_unit_test(lines),
		cmocka_unit_test(half_line_end)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
