/*
 * mime_openers_smime.c - S/MIME, as openssl(1) writes it.
 */
#include "mime_openers.h"

#include <zlib.h>

#include "base/base64.h"
#include "mime_openers_smime.h"

extern const struct opener smime_opener;

static const struct content_about part = { .content_type = SLICE("application/pkcs7-mime") };

enum { SAMPLE = 2048 };

static slice
sample(const char *base64, uint8_t bytes[SAMPLE])
{
	slice out = { bytes, 0 };

	assert_true(strlen(base64) < SAMPLE);
	assert_true(base64_decode(slice_of(base64), false, bytes, &out.n));
	return out;
}

static void
check_sample(const char *base64, const char *want)
{
	uint8_t bytes[SAMPLE];

	check(&smime_opener, &part, sample(base64, bytes), want);
}

static void
test_signed(void **unused)
{
	static const char want[] =
	    "file \"\" message/rfc822\n"
	    "| Content-Type: text/plain\\r\\n\\r\\nHello inside.\\r\\n\n"
	    "end\n"
	    "0 smime-type: signed-data\n"
	    "0 content_type: pkcs7-data\n"
	    "1 signer_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "1 signer_serial: ABCDEF0123\n"
	    "1 digest_algorithm: sha256\n"
	    "1 signature_algorithm: ecdsa-with-SHA256\n"
	    "1 signing_time: 2026-11-22T00:28:31Z\n"
	    "2 certificate_subject: emailAddress=alice@example.org,CN=Alíce,O=Example Org\n"
	    "2 certificate_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "2 certificate_serial: ABCDEF0123\n"
	    "2 certificate_email: alice@example.org\n"
	    "2 certificate_email: alias@example.org\n"
	    "2 certificate_not_before: 2026-11-22T00:28:31Z\n"
	    "2 certificate_not_after: 2036-11-19T00:28:31Z\n";

	(void)unused;
	check_sample(opaque_der, want);
	check_sample(indef_der, want);
	check_sample(detached_der,
	    "0 smime-type: signed-data\n"
	    "0 signature: detached\n"
	    "0 content_type: pkcs7-data\n"
	    "1 signer_key_id: 72:7C:2E:5E:4C:19:67:B0:78:2E:61:9A:B7:F3:69:28:3B:26:1A:E2\n"
	    "1 digest_algorithm: sha384\n"
	    "1 signature_algorithm: ecdsa-with-SHA384\n"
	    "1 signing_time: 2026-11-22T00:28:31Z\n"
	    "2 certificate_subject: emailAddress=alice@example.org,CN=Alíce,O=Example Org\n"
	    "2 certificate_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "2 certificate_serial: ABCDEF0123\n"
	    "2 certificate_email: alice@example.org\n"
	    "2 certificate_email: alias@example.org\n"
	    "2 certificate_not_before: 2026-11-22T00:28:31Z\n"
	    "2 certificate_not_after: 2036-11-19T00:28:31Z\n");
}

static void
test_encrypted(void **unused)
{
	(void)unused;
	check_sample(enveloped_der,
	    "0 smime-type: enveloped-data\n"
	    "0 content_type: pkcs7-data\n"
	    "0 content_algorithm: aes-256-cbc\n"
	    "1 recipient_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "1 recipient_serial: ABCDEF0123\n"
	    "1 key_algorithm: dhSinglePass-stdDH-sha1kdf-scheme\n");
	check_sample(auth_der,
	    "0 smime-type: authEnveloped-data\n"
	    "0 content_type: pkcs7-data\n"
	    "0 content_algorithm: aes-128-gcm\n"
	    "1 recipient_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "1 recipient_serial: ABCDEF0123\n"
	    "1 key_algorithm: dhSinglePass-stdDH-sha1kdf-scheme\n");
	check_sample(ktri_der,
	    "0 smime-type: enveloped-data\n"
	    "0 content_type: pkcs7-data\n"
	    "0 content_algorithm: aes-128-cbc\n"
	    "1 recipient_issuer: CN=bob\n"
	    "1 recipient_serial: 4D\n"
	    "1 key_algorithm: rsaEncryption\n");
	check_sample(ktri_keyid_der,
	    "0 smime-type: enveloped-data\n"
	    "0 content_type: pkcs7-data\n"
	    "0 content_algorithm: aes-128-cbc\n"
	    "1 recipient_key_id: CB:32:8A:8D:AE:D0:BC:9A:91:1D:D9:20:88:A2:51:83:67:0B:35:6F\n"
	    "1 key_algorithm: rsaEncryption\n");
}

static void
test_certificates(void **unused)
{
	(void)unused;
	check_sample(certs_der,
	    "0 smime-type: certs-only\n"
	    "1 certificate_subject: emailAddress=alice@example.org,CN=Alíce,O=Example Org\n"
	    "1 certificate_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "1 certificate_serial: ABCDEF0123\n"
	    "1 certificate_email: alice@example.org\n"
	    "1 certificate_email: alias@example.org\n"
	    "1 certificate_not_before: 2026-11-22T00:28:31Z\n"
	    "1 certificate_not_after: 2036-11-19T00:28:31Z\n"
	    "2 certificate_subject: CN=Example CA,O=Example Org,C=XX\n"
	    "2 certificate_issuer: CN=Example CA,O=Example Org,C=XX\n"
	    "2 certificate_serial: 1001\n"
	    "2 certificate_not_before: 2026-11-22T00:28:31Z\n"
	    "2 certificate_not_after: 2046-11-17T00:28:31Z\n");
}

/* What it is stands at the front; the rest is told only if it is whole. */
static void
test_cut(void **unused)
{
	uint8_t bytes[SAMPLE];

	(void)unused;
	check(&smime_opener, &part, slice_take(sample(opaque_der, bytes), 92),
	    "file \"\" message/rfc822\n"
	    "| Content-Type: text/plain\\r\\n\\r\\nHello \n"
	    "end, not whole\n"
	    "0 smime-type: signed-data\n"
	    "0 content_type: pkcs7-data\n");
	check(&smime_opener, &part, slice_take(sample(opaque_der, bytes), 900),
	    "file \"\" message/rfc822\n"
	    "| Content-Type: text/plain\\r\\n\\r\\nHello inside.\\r\\n\n"
	    "end\n"
	    "0 smime-type: signed-data\n"
	    "0 content_type: pkcs7-data\n");
	assert_false(smime_opener.takes(&part, S("-----BEGIN PKCS7-----")));
	assert_false(smime_opener.takes(&part, S("0")));
	assert_false(smime_opener.takes(&part, SLICE_NONE));
}

/* RFC 3274. */
static void
test_compressed(void **unused)
{
	static const char der[] =
	    "\x30\x64\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09\xa0\x55\x30\x53\x02\x01\x00\x30\x0d"
	    "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08\x30\x3f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"
	    "\x07\x01\xa0\x32\x24\x30\x04\x0a\x78\xda\x73\xce\xcf\x2b\x49\xcd\x2b\xd1\x04\x22\x0d\xa9\x2c\x48"
	    "\xb5\x52\x28\x49\xad\x28\xd1\x2f\xc8\x49\xcc\xcc\xe3\xe5\xe2\xe5\xf2\x48\xcd\xc9\xc9\xd7\xe3\xe5"
	    "\x02\x00\xeb\x25\x0b\x74";

	(void)unused;
	check(&smime_opener, &part, S(der),
	    "file \"\" message/rfc822\n"
	    "| Content-Type: text/plain\\r\\n\\r\\nHello.\\r\\n\n"
	    "end\n"
	    "0 smime-type: compressed-data\n"
	    "0 content_type: pkcs7-data\n");
	check(&smime_opener, &part, slice_take(S(der), sizeof der - 11),
	    "file \"\" message/rfc822\n"
	    "| Content-Type: text/plain\\r\\n\\r\\nHel\n"
	    "end, not whole\n"
	    "0 smime-type: compressed-data\n"
	    "0 content_type: pkcs7-data\n");
}

/* What grows without end is given up, and says so: at the same place, wherever it is cut. */
static void
test_bomb(void **unused)
{
	enum { SIZE = 32 << 20 };
	static const uint8_t front[] = {
		0x30, 0x80, 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09, 0xa0, 0x80, 0x30, 0x80,
		0x02, 0x01, 0x00, 0x30, 0x00, 0x30, 0x80, 0x06, 0x01, 0x2a, 0xa0, 0x80, 0x04, 0x84,
	};
	uint8_t *zeros = xcalloc(1, SIZE), *packed = xcalloc(1, SIZE / 100);
	uLongf n = SIZE / 100;
	struct buf in;

	(void)unused;
	assert_int_equal(compress2(packed, &n, zeros, SIZE, 9), Z_OK);
	buf_init(&in, MiB);
	buf_add(&in, (slice){ front, sizeof front });
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_byte(&in, (uint8_t)(n >> shift));
	buf_add(&in, (slice){ packed, n });
	for (size_t step = SIZE_MAX; step > 0; step = step == SIZE_MAX ? 1000 : step == 1000 ? 7 : 0) {
		struct told t = { .quiet = true };
		struct work w;

		work_begin(&w, &smime_opener, &t, &part);
		t.bytes.max = SIZE;
		for (slice rest = buf_slice(&in); rest.n > 0; rest = slice_drop(rest, step))
			smime_opener.feed(w.state, slice_take(rest, step));
		work_end(&w, &t, true);
		assert_int_equal(t.bytes.n, LIMIT_ARCHIVE_FREE + 4096);
		assert_memory_equal(t.text.p + t.text.n - 10, "truncated\n", 10);
		told_fini(&t);
	}
	buf_fini(&in);
	free(zeros);
	free(packed);
}

/* The message inside is not held: what goes through is only counted. */
static void
test_large(void **unused)
{
	static const uint8_t front[] = {
		0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01,
		0x31, 0x00, 0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01, 0xa0, 0x80, 0x24, 0x80,
	};
	static uint8_t piece[5000] = { 0x04, 0x82, 0x13, 0x84 };
	struct told t = { .quiet = true };
	struct work w;
	struct buf want;

	(void)unused;
	work_begin(&w, &smime_opener, &t, &part);
	t.bytes.max = 16 * MiB;
	smime_opener.feed(w.state, (slice){ front, sizeof front });
	for (unsigned i = 0; i < 2000; i++) {
		smime_opener.feed(w.state, (slice){ piece, sizeof piece });
		assert_true(smime_opener.memory(w.state) < 64 * KiB);
	}
	smime_opener.feed(w.state, S("\0\0\0\0\0\0\x31\0\0\0\0\0\0\0"));
	work_end(&w, &t, true);
	buf_init(&want, KiB);
	buf_printf(&want, "file \"\" message/rfc822\n| %zu bytes\nend\n0 smime-type: signed-data\n0 content_type: pkcs7-data\n",
	    2000 * (sizeof piece - 4));
	assert_true(slice_eq(buf_slice(&t.text), buf_slice(&want)));
	buf_fini(&want);
	told_fini(&t);
}

/* Lengths that do not fit, ends without beginnings, and depth. */
static void
test_hostile(void **unused)
{
	uint8_t deep[300];

	(void)unused;
	check(&smime_opener, &part, S("0\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), "0 smime-type: signed-data\n");
	check(&smime_opener, &part, S("0\x0a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), "");
	check(&smime_opener, &part, S("0\x88\xff\xff\xff\xff\xff\xff\xff\xff\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), "");
	memset(deep, 0xa0, sizeof deep);
	for (size_t i = 1; i < sizeof deep; i += 2)
		deep[i] = 0x80;
	memcpy(deep, "0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 13);
	memcpy(deep + 13, "\xa0\x80\x30\x80", 4);
	for (size_t i = 17; i + 1 < sizeof deep; i += 2) {
		deep[i] = 0xa0;
		deep[i + 1] = 0x80;
	}
	check(&smime_opener, &part, (slice){ deep, sizeof deep }, "0 smime-type: signed-data\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
