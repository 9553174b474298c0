/*
 * mime_openers_pgp.c - OpenPGP as gpg(1) writes it, and packets made by hand.
 * What is expected of gpg's was compared with gpg --list-packets.
 */
#include "mime_openers.h"

#include <stdio.h>

extern const struct opener pgp_opener;

static const struct content_about text = { .content_type = SLICE("text/plain") },
	binary = { .content_type = SLICE("application/octet-stream"), .filename = SLICE("message.GPG") };

static const char enc_asc[] =
	"-----BEGIN PGP MESSAGE-----\n"
	"Version: GnuPG v2\n"
	"Comment: a comment\n"
	"\n"
	"hF4DQAGGjvr9T8gSAQdAFD5IF78rAZvavduU9wZ02K1vrOdiP9Bdve44bHmqXDcw\n"
	"E89XrOwF3eZm4F3rFtkxnCYFq7F289D8PRarzK+KUTeDem3YI/jC1oPhdlm23V9S\n"
	"hIwDqt8H9aEzB1MBA/9jxR9ZEffNq1ELPco5C3fzyF+PWHNjfDlTjzgl1+8Y0Xl1\n"
	"WQgA9VAKplQx+46pZk3d1NtApgfvV2qw4wADxAhdRbCzvHD/aBuFS68ahuc30IC3\n"
	"BvCZb1JHQH3OpJSTuqpmNg2rPRHhwyObtVhIbHM3GdkH7wL6IdX1ON4t1JH09NJG\n"
	"Acir/o3XxQ8c82gfUISeK7+wKPB1XDqy8DsF1EndQG3HGffp5eBZhoEn7UBRJoWO\n"
	"g8Xs92zCn14Ka8AtVZhEzGP83lBn7g==\n"
	"=v9MA\n"
	"-----END PGP MESSAGE-----\n";

static const char hidden_asc[] =
	"-----BEGIN PGP MESSAGE-----\n"
	"\n"
	"hF4DAAAAAAAAAAASAQdA0liirGpmjFekF2eHLAr4eFo4WEgTOqOB5R+eawi54AAw\n"
	"MuPv26QJHsdjxYb01wDRVfmDflp+dsKREoN1L+x9A8TzM+rmAd+MyJMZdMNUGIZB\n"
	"0kYBAoRclNDTelxviJFJ6svp/iA1sDRWik5u8mh+dgaFCYaWmmw96UDcXd6bymuU\n"
	"dEA21NHTIE/9rhldyNJfssGZbHFLZY6p\n"
	"=2MkG\n"
	"-----END PGP MESSAGE-----\n";

static const char sym_asc[] =
	"-----BEGIN PGP MESSAGE-----\n"
	"\n"
	"jA0ECQMCRHP34+tUEVP/0kABAUtFfmFAmkwwPnZVP4cTtlpR4HaommOBosSZxLTq\n"
	"Ve5ExJ+bwATOer6hU5JsUUip+IvAFd2Fk3R1Fugi2XyT\n"
	"=tp3F\n"
	"-----END PGP MESSAGE-----\n";

static const char sig_asc[] =
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIgEABYIADAWIQStusJZEFy2aqNtLq1cnE4Ow7rRigUCawHi7RIcYWxpY2VAZXhh\n"
	"bXBsZS5vcmcACgkQXJxODsO60YptqwEA8K7bkxYTI4irZabweOREJRKMquLJyKos\n"
	"w+K9Rd+NkDkA/3qbE10/nqyY0Vk+vnJg9smM58o+NlxavBV7J/9GJLkF\n"
	"=mvpC\n"
	"-----END PGP SIGNATURE-----\n";

static const char clear_asc[] =
	"-----BEGIN PGP SIGNED MESSAGE-----\n"
	"Hash: SHA256\n"
	"\n"
	"Hello.\n"
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIgEARYIADAWIQStusJZEFy2aqNtLq1cnE4Ow7rRigUCawHi7RIcYWxpY2VAZXhh\n"
	"bXBsZS5vcmcACgkQXJxODsO60YqCYgEAmFNWhOQc/UssAM7ERX6K+ssVsLMcYoiq\n"
	"p0zWZYQ2zsMBAKIsLtTuvrsHAatTdM139pnHwRZEgoiKRZh4lyhm3EcD\n"
	"=zj2h\n"
	"-----END PGP SIGNATURE-----\n";

static const char key_asc[] =
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
	"\n"
	"mDMEawHi7RYJKwYBBAHaRw8BAQdAFeQ9hQX04zJOM7BDnUsGROu3m/pAd7OTUnVF\n"
	"Bzoom4a0GUFsaWNlIDxhbGljZUBleGFtcGxlLm9yZz6IkAQTFggAOBYhBK26wlkQ\n"
	"XLZqo20urVycTg7DutGKBQJrAeLtAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheA\n"
	"AAoJEFycTg7DutGKOHIA/3slsxzZDYrsL903qSlz5e3Y6hI/W0lJEipNWa0mklE1\n"
	"AQDOgul6vhVKQ81FO42CDf4F2rlE5EBnPlhtakihcoV5Drg4BGsB4u0SCisGAQQB\n"
	"l1UBBQEBB0B4JSmjYF7v3PDWi52X8BD6YvtGMHoglUcpMtS/zsUkXAMBCAeIeAQY\n"
	"FggAIBYhBK26wlkQXLZqo20urVycTg7DutGKBQJrAeLtAhsMAAoJEFycTg7DutGK\n"
	"AiAA/ReLPD3nhN6HAN8pAJyxvvGdCtjdHROjKQuD6jxowUEwAP0cofGgKwh/BW8V\n"
	"vUTv+yjsMmrO4LXo8kwMo8RmDA5NCA==\n"
	"=1Ft5\n"
	"-----END PGP PUBLIC KEY BLOCK-----\n";

static const char signed_asc[] =
	"-----BEGIN PGP MESSAGE-----\n"
	"\n"
	"kA0DAAgWXJxODsO60YoBrBFiA21zZ2sB4u1IZWxsby4NCoiIBAAWCAAwFiEErbrC\n"
	"WRBctmqjbS6tXJxODsO60YoFAmsB4u0SHGFsaWNlQGV4YW1wbGUub3JnAAoJEFyc\n"
	"Tg7DutGKbasBAPCu25MWEyOIq2Wm8HjkRCUSjKriyciqLMPivUXfjZA5AP96mxNd\n"
	"P56smNFZPr5yYPbJjOfKPjZcWrwVeyf/RiS5BQ==\n"
	"=EgD1\n"
	"-----END PGP MESSAGE-----\n";

static const struct { const char *in, *out; } samples[] = {
	{ enc_asc,
	    "0 armor: PGP MESSAGE\n"
	    "0 Version: GnuPG v2\n"
	    "0 Comment: a comment\n"
	    "0 pgp: encrypted message\n"
	    "1 recipient_key_id: 4001868EFAFD4FC8\n"
	    "1 key_algorithm: ECDH\n"
	    "2 recipient_key_id: AADF07F5A1330753\n"
	    "2 key_algorithm: RSA\n"
	    "3 integrity: MDC\n" },
	{ hidden_asc,
	    "0 armor: PGP MESSAGE\n"
	    "0 pgp: encrypted message\n"
	    "1 recipient_key_id: 0000000000000000\n"
	    "1 key_algorithm: ECDH\n"
	    "2 integrity: MDC\n" },
	{ sym_asc,
	    "0 armor: PGP MESSAGE\n"
	    "0 pgp: encrypted message\n"
	    "1 recipient: password\n"
	    "1 cipher: AES-256\n"
	    "2 integrity: MDC\n" },
	{ sig_asc,
	    "0 armor: PGP SIGNATURE\n"
	    "0 pgp: signature\n"
	    "1 signature_type: binary document\n"
	    "1 key_algorithm: EdDSA\n"
	    "1 hash_algorithm: SHA-256\n"
	    "1 issuer_fingerprint: ADBAC259105CB66AA36D2EAD5C9C4E0EC3BAD18A\n"
	    "1 signature_time: 2026-11-21T18:29:01Z\n"
	    "1 signer_user_id: alice@example.org\n"
	    "1 issuer_key_id: 5C9C4E0EC3BAD18A\n" },
	{ clear_asc,
	    "0 armor: PGP SIGNED MESSAGE\n"
	    "0 Hash: SHA256\n"
	    "0 armor: PGP SIGNATURE\n"
	    "0 pgp: signature\n"
	    "1 signature_type: text document\n"
	    "1 key_algorithm: EdDSA\n"
	    "1 hash_algorithm: SHA-256\n"
	    "1 issuer_fingerprint: ADBAC259105CB66AA36D2EAD5C9C4E0EC3BAD18A\n"
	    "1 signature_time: 2026-11-21T18:29:01Z\n"
	    "1 signer_user_id: alice@example.org\n"
	    "1 issuer_key_id: 5C9C4E0EC3BAD18A\n" },
	{ key_asc,
	    "0 armor: PGP PUBLIC KEY BLOCK\n"
	    "0 pgp: public key\n"
	    "1 key: public key\n"
	    "1 key_algorithm: EdDSA\n"
	    "1 key_time: 2026-11-21T18:29:01Z\n"
	    "1 fingerprint: ADBAC259105CB66AA36D2EAD5C9C4E0EC3BAD18A\n"
	    "1 key_id: 5C9C4E0EC3BAD18A\n"
	    "2 user_id: Alice <alice@example.org>\n"
	    "3 key: public subkey\n"
	    "3 key_algorithm: ECDH\n"
	    "3 key_time: 2026-11-21T18:29:01Z\n"
	    "3 fingerprint: 9F3612462102E15AF7BA3E864001868EFAFD4FC8\n"
	    "3 key_id: 4001868EFAFD4FC8\n" },
	{ signed_asc,
	    "0 armor: PGP MESSAGE\n"
	    "0 pgp: signed message\n"
	    "file \"msg\"\n"
	    "| Hello.\\r\\n\n"
	    "end\n"
	    "1 file_name: msg\n"
	    "1 file_time: 2026-11-21T18:29:01Z\n"
	    "2 signature_type: binary document\n"
	    "2 key_algorithm: EdDSA\n"
	    "2 hash_algorithm: SHA-256\n"
	    "2 issuer_fingerprint: ADBAC259105CB66AA36D2EAD5C9C4E0EC3BAD18A\n"
	    "2 signature_time: 2026-11-21T18:29:01Z\n"
	    "2 signer_user_id: alice@example.org\n"
	    "2 issuer_key_id: 5C9C4E0EC3BAD18A\n" },
};

static void
test_gpg(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		check(&pgp_opener, &text, slice_of(samples[i].in), samples[i].out);
}

#define KEY_ID "\x01\x23\x45\x67\x89\xab\xcd\xef"
#define RECIPIENT "\x03" KEY_ID "\x10"		/* 10 bytes */
#define RECIPIENT_TOLD "1 recipient_key_id: 0123456789ABCDEF\n1 key_algorithm: Elgamal\n"

/* RFC 9580 4.2: all forms of length. */
static void
test_framing(void **unused)
{
	static const char want[] = "0 pgp: encrypted message\n" RECIPIENT_TOLD;
	struct buf in;

	(void)unused;
	check(&pgp_opener, &binary, S("\xc1\x0a" RECIPIENT), want);
	check(&pgp_opener, &binary, S("\xc1\xff\0\0\0\x0a" RECIPIENT), want);
	check(&pgp_opener, &binary, S("\x84\x0a" RECIPIENT), want);
	check(&pgp_opener, &binary, S("\x85\0\x0a" RECIPIENT), want);
	check(&pgp_opener, &binary, S("\x86\0\0\0\x0a" RECIPIENT), want);
	check(&pgp_opener, &binary, S("\x87" RECIPIENT), want);
	/* In pieces of 1, 8 and 1 bytes, and one of none. */
	check(&pgp_opener, &binary, S("\xc1\xe0\x03\xe3" KEY_ID "\xe0\x10\0"), want);
	/* 200 bytes, in two. */
	buf_init(&in, KiB);
	buf_add(&in, S("\xc1\xc0\x08" RECIPIENT));
	while (in.n < 3 + 200)
		buf_add_byte(&in, 0xff);
	buf_add(&in, S("\xd2\x01\x01"));
	check(&pgp_opener, &binary, buf_slice(&in),
	    "0 pgp: encrypted message\n" RECIPIENT_TOLD "2 integrity: MDC\n");
	buf_fini(&in);
}

static void
test_packets(void **unused)
{
	(void)unused;
	/* Version 6 (RFC 9580): a recipient by fingerprint, AEAD. */
	check(&pgp_opener, &binary, S("\xc1\x0d\x06\x0a\x04" KEY_ID "\x42\x19"
	    "\xd2\x04\x02\x09\x02\x06"),
	    "0 pgp: encrypted message\n"
	    "1 recipient_fingerprint: 0123456789ABCDEF42\n"
	    "1 key_algorithm: X25519\n"
	    "2 integrity: AEAD\n"
	    "2 cipher: AES-256\n");
	/* Version 3 of a signature, and a time that is not signed. */
	check(&pgp_opener, &binary, S("\xc2\x11\x03\x05\x01\x6a\0\0\0" KEY_ID "\x11\x02"
	    "\xc2\x10\x04\0\x63\x64\0\0\0\x06\x05\x02\x6a\0\0\0\0\0"),
	    "0 pgp: signature\n"
	    "1 signature_type: text document\n"
	    "1 key_algorithm: DSA\n"
	    "1 hash_algorithm: SHA-1\n"
	    "1 signature_time: 2026-05-10T03:48:16Z\n"
	    "1 issuer_key_id: 0123456789ABCDEF\n"
	    "2 signature_type: binary document\n"
	    "2 key_algorithm: 99\n"
	    "2 hash_algorithm: 100\n");
	/* Too short, of no version that we know, certifications: nothing is told of them. */
	check(&pgp_opener, &binary, S("\xc2\x01\x04\xc2\x00\xc2\x02\x04\x00\xc1\x01\x09\xc6\x03\x04\0\0\xc3\x01\x04"
	    "\xc2\x06\x04\x13\x01\x08\0\0\xcb\x02\x62\x09"), "0 pgp: signature\n");
	/* No packet; one that is cut. */
	check(&pgp_opener, &binary, S("\x80\x01\x02"), "");
	check(&pgp_opener, &binary, S("\xd2\x05\x01"), "0 pgp: encrypted message\n1 integrity: MDC\n");
}

static void
test_armor(void **unused)
{
	static const struct content_about html = { .content_type = SLICE("text/html") };
	struct told t = { .quiet = false };
	struct buf in;

	(void)unused;
	/* Behind text, twice, with blanks at the ends of lines, the empty line or the end lost. */
	check(&pgp_opener, &text, S("gr\xc3\xbc\xc3\x9f\r\n"
	    "-----BEGIN PGP MESSAGE----- \r\nVersion: x \r\n \t\r\nwQoDASNFZ4mrze8Q\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n"
	    "- -----BEGIN PGP MESSAGE-----\r\n-----BEGIN PGP NOTHING\r\nno\r\n"
	    "-----BEGIN PGP MESSAGE-----\nwQoDASNF\nZ4mrze8Q"),
	    "0 armor: PGP MESSAGE\n0 Version: x\n0 pgp: encrypted message\n" RECIPIENT_TOLD
	    "0 armor: PGP MESSAGE\n0 pgp: encrypted message\n"
	    "2 recipient_key_id: 0123456789ABCDEF\n2 key_algorithm: Elgamal\n");
	check(&pgp_opener, &text, S("-----BEGIN PGP MESSAGE-----\n\n!!!\n"), "0 armor: PGP MESSAGE\n");
	assert_true(pgp_opener.takes(&html, S("-----BEGIN PGP MESSAGE-----")));
	assert_false(pgp_opener.takes(&html, S("said -----BEGIN PGP MESSAGE-----")));
	assert_false(pgp_opener.takes(&html, S("\xc1\x0a")));
	assert_false(pgp_opener.takes(&binary, S("text")));

	/* Far down in a text. */
	buf_init(&in, 64 * KiB);
	while (in.n < 4 * LIMIT_SNIFF)
		buf_text(&in, "Some text.\n\n--\n");
	buf_text(&in, "-----BEGIN PGP MESSAGE-----\n\nwQoDASNFZ4mrze8Q\n-----END PGP MESSAGE-----\n-- \n");
	check(&pgp_opener, &text, buf_slice(&in), "0 armor: PGP MESSAGE\n0 pgp: encrypted message\n" RECIPIENT_TOLD);
	buf_clear(&in);

	/* All on one line. */
	buf_text(&in, "-----BEGIN PGP MESSAGE-----\n\n");
	for (unsigned i = 0; i < 400; i++)
		buf_text(&in, "wQoDASNFZ4mrze8Q");
	run(&pgp_opener, &text, buf_slice(&in), 1000, &t);
	buf_add_byte(&t.text, '\0');
	assert_non_null(strstr((const char *)t.text.p, "\n400 recipient_key_id: 0123456789ABCDEF\n400 key_algorithm: Elgamal\n"));
	told_fini(&t);
	buf_fini(&in);

	/* Behind a gap the packets say nothing, until the next armor. */
	run_with(&pgp_opener, &text, S("-----BEGIN PGP MESSAGE-----\n\nwQoDASNFZ4mrze8Q\nwQoDASNFZ4mrze8Q\n-----END PGP MESSAGE-----\n"
	    "-----BEGIN PGP MESSAGE-----\n\nwQoDASNFZ4mrze8Q"), SIZE_MAX, 47, 2, true, &t);
	buf_add_byte(&t.text, '\0');
	assert_string_equal((const char *)t.text.p,
	    "0 armor: PGP MESSAGE\n0 pgp: encrypted message\n" RECIPIENT_TOLD
	    "0 armor: PGP MESSAGE\n0 pgp: encrypted message\n"
	    "2 recipient_key_id: 0123456789ABCDEF\n2 key_algorithm: Elgamal\n");
	told_fini(&t);
}

/* What is only signed or packed stands there in clear: as it is, ZIP, ZLIB. bzip2 is not undone. */
static void
test_inside(void **unused)
{
	static const char want[] =
	    "file \"msg\"\n"
	    "| Hello.\\r\\n\n"
	    "end\n"
	    "0 pgp: message in clear\n"
	    "1 file_name: msg\n"
	    "1 file_time: 2026-05-10T03:48:16Z\n";
	char packed[512];

	(void)unused;
	check(&pgp_opener, &binary, S(
	    "\xcb\x11\x62\x03\x6d\x73\x67\x6a\x00\x00\x00\x48\x65\x6c\x6c\x6f\x2e\x0d\x0a"), want);
	snprintf(packed, sizeof packed, "%s2 compression: ZIP\n", want);
	check(&pgp_opener, &binary, S(
	    "\xc8\x16\x01"
	    "\x3b\x2d\x98\xc4\x9c\x5b\x9c\x9e\xc5\xc0\xc0\xe0\x91\x9a\x93\x93\xaf\xc7\xcb\x05\x00"), packed);
	snprintf(packed, sizeof packed, "%s2 compression: ZLIB\n", want);
	check(&pgp_opener, &binary, S(
	    "\xa3\x02"
	    "\x78\xda\x3b\x2d\x98\xc4\x9c\x5b\x9c\x9e\xc5\xc0\xc0\xe0\x91\x9a\x93\x93\xaf\xc7\xcb\x05\x00\x39\xf9\x05\x2c"), packed);
	/* To the end of the stream, in one that is, too. */
	snprintf(packed, sizeof packed, "%s2 compression: ZIP\n", want);
	check(&pgp_opener, &binary, S(
	    "\xa3\x01"
	    "\x5b\x9f\xc4\x9c\x5b\x9c\x9e\xc5\xc0\xc0\xe0\x91\x9a\x93\x93\xaf\xc7\xcb\x05\x00"), packed);
	/* Cut. */
	check(&pgp_opener, &binary, S(
	    "\xc8\xff\0\0\x10\0\x01"
	    "\x3b\x2d\x98\xc4\x9c\x5b\x9c\x9e\xc5\xc0\xc0\xe0\x91\x9a\x93\x93\xaf\xc7\xcb\x05\x00"), packed);
	check(&pgp_opener, &binary, slice_take(S(
	    "\xcb\x11\x62\x03\x6d\x73\x67\x6a\x00\x00\x00\x48\x65\x6c\x6c\x6f\x2e\x0d\x0a"), 16),
	    "file \"msg\"\n"
	    "| Hello\n"
	    "end, not whole\n"
	    "0 pgp: message in clear\n"
	    "1 file_name: msg\n"
	    "1 file_time: 2026-05-10T03:48:16Z\n");
	check(&pgp_opener, &binary, S("\xc8\x03\x03" "BZ"), "0 pgp: compressed message\n1 compression: BZip2\n");
	check(&pgp_opener, &binary, S("\xc8\x05\x01" "\xff\xff\xff\xff"), "0 pgp: compressed message\n1 compression: ZIP\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gpg),
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_armor),
		cmocka_unit_test(test_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
