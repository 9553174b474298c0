/*
 * mime_openers_smime.c - S/MIME, as openssl(1) writes it.
 */
#include "mime_openers.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
