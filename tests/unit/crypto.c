/* Digests: known answers, any cut, any set, and contexts that are used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/crypto.h"

enum { ALL = DIGEST_SHA256 | DIGEST_SHA1 | DIGEST_MD5 };

/* FIPS 180-4 and RFC 1321 A.5. */
static const struct { const char *text, *sha256, *sha1, *md5; } known[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "da39a3ee5e6b4b0d3255bfef95601890afd80709", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "a9993e364706816aba3e25717850c26c9cd0d89d", "900150983cd24fb0d6963f7d28e17f72" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "8215ef0796a20bcaaae116d3876c664a" }
};

static void
assert_hex(const uint8_t *digest, size_t n, const char *hex)
{
	char text[SHA256_HEX];

	assert_string_equal(hex_encode((slice){ digest, n }, text), hex);
}

static void
known_answers(void **state)
{
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		slice text = slice_of(known[i].text);

		for (size_t cut = 0; cut <= text.n; cut++) {
			struct digests *d = digests_new(ALL);

			digests_feed(d, slice_take(text, cut));
			digests_feed(d, slice_drop(text, cut));
			assert_int_equal(digests_finish(d, sha256, sha1, md5), ALL);
			digests_free(&d);
			assert_null(d);
			assert_hex(sha256, sizeof sha256, known[i].sha256);
			assert_hex(sha1, sizeof sha1, known[i].sha1);
			assert_hex(md5, sizeof md5, known[i].md5);
		}
		crypto_sha256(text, sha256);
		crypto_sha1(text, sha1);
		assert_hex(sha256, sizeof sha256, known[i].sha256);
		assert_hex(sha1, sizeof sha1, known[i].sha1);
	}
}

/* Only the places of the set are written. */
static void
every_set(void **state)
{
	(void)state;
	for (unsigned which = 0; which <= ALL; which++) {
		struct digests *d = digests_new(which);
		uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];

		assert_int_equal(d == NULL, which == 0);
		digests_feed(d, S("abc"));
		assert_int_equal(digests_finish(d, which & DIGEST_SHA256 ? sha256 : NULL, which & DIGEST_SHA1 ? sha1 : NULL,
		    which & DIGEST_MD5 ? md5 : NULL), which);
		if (which & DIGEST_SHA256)
			assert_hex(sha256, sizeof sha256, known[1].sha256);
		if (which & DIGEST_SHA1)
			assert_hex(sha1, sizeof sha1, known[1].sha1);
		if (which & DIGEST_MD5)
			assert_hex(md5, sizeof md5, known[1].md5);
		digests_free(&d);
	}
}

/* More at once than contexts are kept, fed in turn and freed in another order; some are never finished. */
static void
many_at_once(void **state)
{
	enum { MANY = 12 };
	struct digests *d[MANY];
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++)
			d[i] = digests_new(ALL);
		for (size_t at = 0; at < 3; at++)
			for (int i = 0; i < MANY; i++)
				digests_feed(d[i], slice_take(slice_drop(S("abc"), at), 1));
		for (int i = MANY; i-- > 0; ) {
			if (i % 3 != 0) {
				digests_finish(d[i], sha256, sha1, md5);
				assert_hex(sha256, sizeof sha256, known[1].sha256);
				assert_hex(sha1, sizeof sha1, known[1].sha1);
				assert_hex(md5, sizeof md5, known[1].md5);
			}
			digests_free(&d[i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(every_set),
		cmocka_unit_test(many_at_once)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
