/* inflate.c - compressed streams, fed and drained in pieces of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/inflate.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* "hello, world\n", by gzip -n, zstd and lz4 */
static const uint8_t hello_gzip[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0x28, 0xcf,
	0x2f, 0xca, 0x49, 0xe1, 0x02, 0x00, 0x53, 0x74, 0x24, 0xf4, 0x0d, 0x00, 0x00, 0x00
};
static const uint8_t hello_zstd[] = {
	0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x0d, 0x69, 0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x2c, 0x20, 0x77, 0x6f, 0x72,
	0x6c, 0x64, 0x0a
};
static const uint8_t hello_lz4[] = {
	0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0x0d, 0x00, 0x00, 0x80, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x2c, 0x20, 0x77,
	0x6f, 0x72, 0x6c, 0x64, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x1a, 0xc4, 0xe0, 0xd9
};
static const struct { enum inflate_kind kind; const char *name; slice hello; } kinds[] = {
	{ INFLATE_GZIP, "gzip", { hello_gzip, sizeof hello_gzip } },
	{ INFLATE_ZSTD, "zstd", { hello_zstd, sizeof hello_zstd } },
	{ INFLATE_LZ4, "lz4", { hello_lz4, sizeof hello_lz4 } },
};

/* Decodes `in`, offered `feed` bytes at a time, into a room of `drain` bytes. False: damaged. */
static bool
decode(enum inflate_kind kind, slice in, size_t feed, size_t drain, struct buf *out, bool *whole_r)
{
	struct inflate *z = inflate_new(kind);
	uint8_t room[64];
	bool sound = true;

	while (sound && in.n > 0) {
		slice piece = slice_take(in, feed);
		size_t given = piece.n, n = 1;

		in = slice_drop(in, given);
		while (sound && (piece.n > 0 || n > 0)) {
			sound = inflate_run(z, &piece, room, drain, &n);
			buf_add(out, (slice){ room, n });
		}
	}
	*whole_r = inflate_whole(z);
	inflate_free(&z);
	assert_null(z);
	return sound;
}

static void
test_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!inflate_built_in(kinds[i].kind))
			continue;
		for (size_t feed = 1; feed <= 70; feed++)
			for (size_t drain = 1; drain <= 14; drain++) {
				struct buf in, out;
				bool whole;

				buf_init(&in, 1000);
				buf_init(&out, 1000);
				buf_add(&in, kinds[i].hello);
				buf_add(&in, kinds[i].hello);		/* a second member */
				buf_add(&in, S("\0\0\0"));		/* padding */
				assert_true(decode(kinds[i].kind, buf_slice(&in), feed, drain, &out, &whole));
				assert_true(whole);
				assert_int_equal(out.n, 26);
				assert_memory_equal(out.p, "hello, world\nhello, world\n", 26);
				buf_fini(&in);
				buf_fini(&out);
			}
	}
}

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!inflate_built_in(kinds[i].kind))
			continue;
		for (size_t n = 0; n < kinds[i].hello.n; n++) {
			struct buf out;
			bool whole;

			buf_init(&out, 1000);
			assert_true(decode(kinds[i].kind, slice_take(kinds[i].hello, n), n + 1, 64, &out, &whole));
			assert_false(whole);
			assert_true(out.n <= 13);
			buf_fini(&out);
		}
	}
}

/* A wrong byte in the trailer, and rubbish after it. */
static void
test_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (int after = 0; after < 3; after++) {
			struct buf in, out;
			bool whole;

			if (!inflate_built_in(kinds[i].kind) || (after == 0 && kinds[i].kind == INFLATE_ZSTD))
				continue;			/* zstd's hello has no checksum */
			buf_init(&in, 1000);
			buf_init(&out, 1000);
			buf_add(&in, kinds[i].hello);
			if (after == 0)
				in.p[in.n - (kinds[i].kind == INFLATE_LZ4 ? 2 : 6)] ^= 1;
			else
				buf_add(&in, after == 1 ? S("rubbish") : S("\0rubbish"));
			assert_false(decode(kinds[i].kind, buf_slice(&in), 1000, 64, &out, &whole));
			assert_int_equal(out.n, 13);
			buf_fini(&in);
			buf_fini(&out);
		}
}

static void
test_detect(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		assert_int_equal(inflate_detect(slice_take(kinds[i].hello, INFLATE_MAGIC)), kinds[i].kind);
		assert_int_equal(inflate_detect(slice_take(kinds[i].hello, 2)), INFLATE_NONE);
		assert_string_equal(inflate_name(kinds[i].kind), kinds[i].name);
	}
	assert_int_equal(inflate_detect(S("\xd4\xc3\xb2\xa1")), INFLATE_NONE);
	assert_int_equal(inflate_detect(SLICE_NONE), INFLATE_NONE);
}

/* Raw deflate is one stream: what follows its end is left alone, and after a reset it is as new. */
static void
test_deflate(void **state)
{
	struct inflate *z = inflate_new(INFLATE_DEFLATE);
	slice body = slice_take(slice_drop((slice){ hello_gzip, sizeof hello_gzip }, 10), sizeof hello_gzip - 10);
	slice in = body;
	uint8_t out[64];
	size_t n;

	(void)state;
	for (int i = 0; i < 2; i++) {
		in = slice_take(body, 5);
		assert_true(inflate_run(z, &in, out, sizeof out, &n));
		assert_false(inflate_whole(z));
		inflate_reset(z);
		in = body;
		assert_true(inflate_run(z, &in, out, sizeof out, &n));
		assert_int_equal(n, 13);
		assert_memory_equal(out, "hello, world\n", 13);
		assert_true(inflate_whole(z));
		assert_int_equal(in.n, 8);		/* gzip's trailer */
		assert_true(inflate_run(z, &in, out, sizeof out, &n));
		assert_int_equal(n, 0);
		assert_int_equal(in.n, 8);
		inflate_reset(z);
	}
	in = S("\xff\xff");
	assert_false(inflate_run(z, &in, out, sizeof out, &n));
	inflate_free(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_deflate),
		cmocka_unit_test(test_detect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
