/*
 * smtp_parsers.c - tables: verbs, paths, parameters, chunks, reply lines,
 * enhanced codes, AUTH exchanges, and the end of content wherever it is cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "dissectors/smtp/auth.h"
#include "dissectors/smtp/body.h"
#include "dissectors/smtp/command.h"
#include "dissectors/smtp/reply.h"

static void
assert_slice(slice s, const char *expected, const char *what)
{
	if (!slice_eq(s, slice_of(expected)))
		fail_msg("%s: \"%.*s\", expected \"%s\"", what, (int)s.n, (const char *)s.p, expected);
}

/* --- commands --- */

static void
finds_verbs(void **state)
{
	static const struct { const char *line, *name; enum verb_id id; const char *args; } rows[] = {
		{ "mail from:<a@b>", "MAIL", VERB_MAIL, "from:<a@b>" },
		{ "Data", "DATA", VERB_DATA, "" },
		{ "  QUIT  ", "QUIT", VERB_QUIT, "" },
		{ "X-EXPS NTLM", "X-EXPS", VERB_X_EXPS, "NTLM" },
		{ "X-LINK2STATE LAST CHUNK={0}", "X-LINK2STATE", VERB_X_LINK2STATE, "LAST CHUNK={0}" },
		{ "foo bar", "FOO", VERB_UNKNOWN, "bar" },
		{ "MAILFROM:<a@b>", "", VERB_UNKNOWN, "" },
		{ "am9obg==", "", VERB_UNKNOWN, "" },
		{ "AUTH*", "", VERB_UNKNOWN, "" },
		{ ".", "", VERB_UNKNOWN, "" },
		{ "", "", VERB_UNKNOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct command c;

		command_parse(slice_of(rows[i].line), &c);
		assert_slice(c.name, rows[i].name, rows[i].line);
		assert_int_equal(c.verb->id, rows[i].id);
		assert_slice(c.args, rows[i].args, rows[i].line);
	}
}

static void
reads_paths(void **state)
{
	static const struct { const char *line, *address, *path, *first, *value; } rows[] = {
		{ "MAIL FROM:<a@b.org> SIZE=10", "a@b.org", "<a@b.org>", "SIZE", "10" },
		{ "MAIL FROM:<>", "", "<>", NULL, NULL },
		{ "MAIL FROM: <a@b> BODY=8BITMIME", "a@b", "<a@b>", "BODY", "8BITMIME" },
		{ "MAIL FROM :<a@b>", "a@b", "<a@b>", NULL, NULL },
		{ "MAIL FROM<a@b>", "a@b", "<a@b>", NULL, NULL },
		{ "MAIL FROM:a@b SIZE=1", "a@b", "a@b", "SIZE", "1" },
		{ "MAIL FROM:<a@b SIZE=1", "a@b", "<a@b", "SIZE", "1" },
		{ "MAIL FROM:a@b>", "a@b", "a@b>", NULL, NULL },
		{ "MAIL FROM:<a@b>SIZE=1", "a@b", "<a@b>", "SIZE", "1" },
		{ "MAIL FROM:<> AUTH=<x@y>", "", "<>", "AUTH", "<x@y>" },
		{ "MAIL FROM:a@b AUTH=<x@y>", "a@b", "a@b", "AUTH", "<x@y>" },
		{ "MAIL FROM: Alice Example <a@b>", "a@b", "<a@b>", NULL, NULL },
		{ "RCPT TO:<a> ORCPT=rfc822;b@c", "a", "<a>", "ORCPT", "rfc822;b@c" },
		{ "RCPT TO:<root>", "root", "<root>", NULL, NULL },
		{ "RCPT TO:<\"a b>c\"@d> NOTIFY=NEVER", "\"a b>c\"@d", "<\"a b>c\"@d>", "NOTIFY", "NEVER" },
		{ "RCPT TO:<\"a\\\"b>\"@d>", "\"a\\\"b>\"@d", "<\"a\\\"b>\"@d>", NULL, NULL },
		{ "RCPT TO:<\"open@d> X", "\"open@d", "<\"open@d>", "X", NULL },
		{ "RCPT TO:<@r1,@r2:u@d>", "u@d", "<@r1,@r2:u@d>", NULL, NULL },
		{ "RCPT TO:<u@[IPv6:2001:db8::1]>", "u@[IPv6:2001:db8::1]", "<u@[IPv6:2001:db8::1]>", NULL, NULL },
		{ "RCPT TO:<\xc3\xa4@b>", "\xc3\xa4@b", "<\xc3\xa4@b>", NULL, NULL },
		{ "RCPT TO:< a@b >", "a@b", "< a@b >", NULL, NULL },
		{ "RCPT TO:", NULL, NULL, NULL, NULL },
		{ "RCPT", NULL, NULL, NULL, NULL },
		{ "MAIL <a@b>", NULL, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct command c;

		command_parse(slice_of(rows[i].line), &c);
		assert_int_equal(c.has_path, rows[i].address != NULL);
		if (!c.has_path)
			continue;
		assert_slice(c.address, rows[i].address, rows[i].line);
		assert_slice(c.path, rows[i].path, rows[i].line);
		assert_int_equal(c.nparameter, rows[i].first != NULL);
		if (rows[i].first != NULL)
			assert_slice(c.parameter[0].name, rows[i].first, rows[i].line);
		if (rows[i].value != NULL)
			assert_slice(c.parameter[0].value, rows[i].value, rows[i].line);
		else if (rows[i].first != NULL)
			assert_null(c.parameter[0].value.p);
	}
}

static void
bounds_parameters(void **state)
{
	struct command c;
	struct buf line;

	(void)state;
	buf_init(&line, 4096);
	buf_add(&line, S("MAIL FROM:<a@b>"));
	for (int i = 0; i < LIMIT_PARAMETERS; i++)
		buf_printf(&line, " P%d", i);
	command_parse(buf_slice(&line), &c);
	assert_int_equal(c.nparameter, LIMIT_PARAMETERS);
	assert_false(c.cut);
	buf_add(&line, S(" MORE"));
	command_parse(buf_slice(&line), &c);
	assert_int_equal(c.nparameter, LIMIT_PARAMETERS);
	assert_true(c.cut);
	buf_fini(&line);
}

static void
reads_chunks(void **state)
{
	static const struct { const char *args; uint64_t size; bool sized, last, sane; } rows[] = {
		{ "86", 86, true, false, true },
		{ "0 LAST", 0, true, true, true },
		{ "5 last ", 5, true, true, true },
		{ "5 X", 5, true, false, false },
		{ "5 LAST X", 5, true, true, false },
		{ "-5", 0, false, false, false },
		{ "", 0, false, false, false },
		{ "9223372036854775808", 0, false, false, false },
		{ "99999999999999999999999", 0, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct chunk c = chunk_parse(slice_of(rows[i].args));

		assert_int_equal(c.sized, rows[i].sized);
		assert_int_equal(c.sane, rows[i].sane);
		assert_int_equal(c.last, rows[i].last);
		if (c.sized)
			assert_int_equal(c.size, rows[i].size);
	}
}

static void
knows_bait(void **state)
{
	static const struct { const char *line; enum looks looks; } rows[] = {
		{ "MAIL FROM:<", LOOKS_YES }, { "mail  from :", LOOKS_YES }, { "MAIL F", LOOKS_MORE }, { "M", LOOKS_MORE },
		{ "Mail for you", LOOKS_NO }, { "RCPT TO:", LOOKS_YES }, { "DATA\r", LOOKS_YES }, { "DATA x", LOOKS_NO },
		{ "Data:", LOOKS_NO }, { "EHLO a", LOOKS_YES }, { "EHLO ", LOOKS_MORE }, { "BDAT 1", LOOKS_YES },
		{ "BDAT x", LOOKS_NO }, { "QUIT\n", LOOKS_YES }, { "Help me", LOOKS_NO }, { "Subject: x", LOOKS_NO },
		{ "", LOOKS_MORE }, { ".", LOOKS_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (verb_looks(slice_of(rows[i].line)) != rows[i].looks)
			fail_msg("\"%s\" looks like %d", rows[i].line, (int)verb_looks(slice_of(rows[i].line)));
}

/* --- replies --- */

static void
reads_reply_lines(void **state)
{
	static const struct { const char *line; bool ok, more; int code; const char *text; } rows[] = {
		{ "250 ok", true, false, 250, "ok" },
		{ "250-SIZE 10", true, true, 250, "SIZE 10" },
		{ "250", true, false, 250, "" },
		{ "556 5.1.10 nullMX", true, false, 556, "5.1.10 nullMX" },
		{ "999 what", true, false, 999, "what" },
		{ "000-", true, true, 0, "" },
		{ "25 ok", false, false, 0, "25 ok" },
		{ "2500 ok", false, false, 0, "2500 ok" },
		{ "ok", false, false, 0, "ok" },
		{ "", false, false, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reply_line r;

		assert_int_equal(reply_line_parse(slice_of(rows[i].line), &r), rows[i].ok);
		assert_int_equal(r.more, rows[i].more);
		assert_int_equal(r.code, rows[i].code);
		assert_slice(r.text, rows[i].text, rows[i].line);
	}
}

static void
reads_enhanced_codes(void **state)
{
	static const struct { const char *text, *code, *rest; } rows[] = {
		{ "2.1.5 Ok", "2.1.5", "Ok" }, { "5.7.999 no", "5.7.999", "no" }, { "2.0.0", "2.0.0", "" },
		{ "3.1.5 Ok", "", "3.1.5 Ok" }, { "2.1 Ok", "", "2.1 Ok" }, { "2.1.5Ok", "", "2.1.5Ok" }, { "2.1.", "", "2.1." },
		{ "2.1.1234 x", "", "2.1.1234 x" }, { "Ok", "", "Ok" }, { "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slice code, rest;

		reply_enhanced(slice_of(rows[i].text), &code, &rest);
		assert_slice(code, rows[i].code, rows[i].text);
		assert_slice(rest, rows[i].rest, rows[i].text);
	}
}

/* --- AUTH --- */

static void
reads_auth(void **state)
{
	static const struct { const char *mechanism, *answer[3], *user, *secret; } rows[] = {
		{ "PLAIN", { "AGFsaWNlAHNlY3JldHM=" }, "alice", "secrets" },
		{ "plain", { "YWRtaW4AYWxpY2UAc2VjcmV0cw==" }, "alice", "secrets" },
		{ "PLAIN", { "AGFsaWNlAHNlY3JldHM" }, "alice", "secrets" },
		{ "PLAIN", { "!!!" }, "", "" },
		{ "LOGIN", { "am9obg==", "c2VjcmV0cw==" }, "john", "secrets" },
		{ "LOGIN", { "am9obg==", "*" }, "john", "" },
		{ "CRAM-MD5", { "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw" }, "tim", "b913a602c7eda7a495b4e6e7334d3890" },
		/* username="chris",realm="e",response="d388dad" */
		{ "DIGEST-MD5", { "dXNlcm5hbWU9ImNocmlzIixyZWFsbT0iZSIscmVzcG9uc2U9ImQzODhkYWQi" }, "chris", "d388dad" },
		/* n,,n=us=2Cer,r=abc ; c=biws,r=abc,p=AbCd */
		{ "SCRAM-SHA-256", { "biwsbj11cz0yQ2VyLHI9YWJj", "Yz1iaXdzLHI9YWJjLHA9QWJDZA==", "" }, "us,er", "AbCd" },
		/* user=a@b ^A auth=Bearer tok ^A ^A */
		{ "XOAUTH2", { "dXNlcj1hQGIBYXV0aD1CZWFyZXIgdG9rAQE=" }, "a@b", "tok" },
		/* n,a=a@b, ^A host=h ^A auth=Bearer tok ^A ^A */
		{ "OAUTHBEARER", { "bixhPWFAYiwBaG9zdD1oAWF1dGg9QmVhcmVyIHRvawEB" }, "a@b", "tok" },
		{ "EXTERNAL", { "YWxpY2U=" }, "alice", "" },
		{ "EXTERNAL", { "=" }, "", "" },
		{ "ANONYMOUS", { "c2lyaGM=" }, "sirhc", "" },
		{ "GSSAPI", { "YIIB" }, "", "" },
		{ "X-NEW", { "c2VjcmV0cw==" }, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct auth *a = auth_new(slice_of(rows[i].mechanism));

		for (size_t k = 0; k < 3 && rows[i].answer[k] != NULL; k++)
			auth_answer(a, slice_of(rows[i].answer[k]));
		assert_slice(buf_slice(&a->user), rows[i].user, rows[i].mechanism);
		assert_slice(buf_slice(&a->secret), rows[i].secret, rows[i].mechanism);
		auth_free(&a);
		assert_null(a);
	}
}

static void
reads_ntlm(void **state)
{
	uint8_t message[96] = "NTLMSSP";
	char *text = malloc(256);
	struct auth *a = auth_new(S("NTLM"));

	(void)state;
	message[8] = 3;
	memcpy(message + 20, "\2\0\2\0\x50\0\0\0", 8);		/* NT response: 2 bytes at 80 */
	memcpy(message + 28, "\2\0\2\0\x48\0\0\0", 8);		/* domain: "D" at 72 */
	memcpy(message + 36, "\4\0\4\0\x4a\0\0\0", 8);		/* user: "ab" at 74 */
	message[60] = 1;
	memcpy(message + 72, "D\0a\0b\0", 6);
	memcpy(message + 80, "\xab\xcd", 2);
	base64_encode((slice){ message, sizeof message }, text);
	auth_answer(a, slice_of("TlRMTVNTUAABAAAA"));
	auth_answer(a, slice_of(text));
	assert_slice(buf_slice(&a->user), "D\\ab", "NTLM");
	assert_slice(buf_slice(&a->secret), "abcd", "NTLM");
	auth_free(&a);
	a = auth_new(S("NTLM"));
	message[40] = 0xff;				/* a field that points outside */
	base64_encode((slice){ message, sizeof message }, text);
	auth_answer(a, slice_of(text));
	assert_slice(buf_slice(&a->user), "D\\", "NTLM");
	auth_free(&a);
	free(text);
}

static void
sees_leaks(void **state)
{
	struct auth *a = auth_new(S("PLAIN"));

	(void)state;
	auth_answer(a, S("AGFsaWNlAHNlY3JldHM="));
	assert_true(auth_leaks(a, S("535 bad password secrets")));
	assert_true(auth_leaks(a, S("535 c2VjcmV0cw== is wrong")));
	assert_true(auth_leaks(a, S("500 what is AGFsaWNlAHNlY3JldHM=")));
	assert_false(auth_leaks(a, S("535 5.7.8 authentication failed for alice")));
	auth_free(&a);
}

/* --- content --- */

struct heard { struct buf text; size_t odd; enum odd_end form; uint64_t at; };

static void
hear_bytes(void *self, slice bytes, uint64_t offset)
{
	(void)offset;
	buf_add(&((struct heard *)self)->text, bytes);
}

static void
hear_odd(void *self, enum odd_end odd, uint64_t offset, slice seen)
{
	struct heard *h = self;

	assert_true(seen.n > 0);
	h->odd++;
	h->form = odd;
	h->at = offset;
}

/* Plays it in pieces of every size; `end`: how many bytes are content and its end, or 0 if it does not end. */
static void
check_body(slice in, size_t end, slice expected, enum odd_end form)
{
	for (size_t piece = 1; piece <= in.n; piece++) {
		struct heard h = { .form = ODD_NONE };
		struct body_user user = { &h, hear_bytes, hear_odd };
		struct body b;
		size_t at = 0;
		bool ended = false;

		buf_init(&h.text, 4096);
		body_init(&b, &user, 0);
		while (at < in.n && !ended)
			at += body_feed(&b, slice_take(slice_drop(in, at), piece), at, &ended);
		if (!ended)
			body_flush(&b);
		assert_int_equal(ended ? at : 0, end);
		if (!slice_eq(buf_slice(&h.text), expected))
			fail_msg("in pieces of %zu: %.*s", piece, (int)h.text.n, (char *)h.text.p);
		assert_int_equal(b.size, expected.n);
		assert_int_equal(h.form, form);
		buf_fini(&h.text);
	}
}

static void
reads_content(void **state)
{
	(void)state;
	check_body(S("a\r\n.\r\nQUIT"), 6, S("a\r\n"), ODD_NONE);
	check_body(S(".\r\nx"), 3, S(""), ODD_NONE);
	check_body(S("..a\r\n..\r\n.b\r\n.\r\n"), 16, S(".a\r\n.\r\nb\r\n"), ODD_NONE);
	check_body(S(".\rx\r\n.\r\r\n.\r\n"), 12, S("\rx\r\n\r\r\n"), ODD_NONE);
	check_body(S("a\n.\nb\r\n"), 0, S("a\n.\nb\r\n"), ODD_NONE);
	check_body(S("\r\r\n.\r\n"), 6, S("\r\r\n"), ODD_NONE);
	check_body(S("a\r.\r\nb\n..\r\nc\0\r\n.\r\n"), 18, S("a\r.\r\nb\n..\r\nc\0\r\n"), ODD_NONE);
	check_body(S("long enough to be searched sixteen bytes at a time\r\nand again, twice as long, and more\r\n.\r\n"), 91,
	    S("long enough to be searched sixteen bytes at a time\r\nand again, twice as long, and more\r\n"), ODD_NONE);
}

static void
sees_the_twelve(void **state)
{
	(void)state;
#define BAIT "RSET\r\n\r\n.\r\n"
	check_body(S("a\n.\n" BAIT), 15, S("a\n.\nRSET\r\n\r\n"), ODD_LF_LF);
	check_body(S("a\n.\r\n" BAIT), 16, S("a\n.\r\nRSET\r\n\r\n"), ODD_LF_CRLF);
	check_body(S("a\n.\r" BAIT), 15, S("a\n.\rRSET\r\n\r\n"), ODD_LF_CR);
	check_body(S("a\r\n.\n" BAIT), 16, S("a\r\n\nRSET\r\n\r\n"), ODD_CRLF_LF);
	check_body(S("a\r\n.\r" BAIT), 16, S("a\r\n\rRSET\r\n\r\n"), ODD_CRLF_CR);
	check_body(S("a\r.\r" BAIT), 15, S("a\r.\rRSET\r\n\r\n"), ODD_CR_CR);
	check_body(S("a\r.\n" BAIT), 15, S("a\r.\nRSET\r\n\r\n"), ODD_CR_LF);
	check_body(S("a\r.\r\n" BAIT), 16, S("a\r.\r\nRSET\r\n\r\n"), ODD_CR_CRLF);
	check_body(S("a\r\n\0.\r\n" BAIT), 18, S("a\r\n\0.\r\nRSET\r\n\r\n"), ODD_CRLF_NUL_CRLF);
	check_body(S("a\r\n\0.\n" BAIT), 17, S("a\r\n\0.\nRSET\r\n\r\n"), ODD_CRLF_NUL_LF);
	check_body(S("a\r\n\0.\r" BAIT), 17, S("a\r\n\0.\rRSET\r\n\r\n"), ODD_CRLF_NUL_CR);
	check_body(S("a\r\n.\0\r\n" BAIT), 18, S("a\r\n\0\r\nRSET\r\n\r\n"), ODD_CRLF_CRLF_NUL);
	/* Not followed by a command: an honest message of a client that knows no CR. */
	check_body(S("a\n.\nRSET your router\n\r\n.\r\n"), 26, S("a\n.\nRSET your router\n\r\n"), ODD_NONE);
	check_body(S("a\n..\nRSET\r\n.\r\n"), 14, S("a\n..\nRSET\r\n"), ODD_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_verbs),
		cmocka_unit_test(reads_paths),
		cmocka_unit_test(bounds_parameters),
		cmocka_unit_test(reads_chunks),
		cmocka_unit_test(knows_bait),
		cmocka_unit_test(reads_reply_lines),
		cmocka_unit_test(reads_enhanced_codes),
		cmocka_unit_test(reads_auth),
		cmocka_unit_test(reads_ntlm),
		cmocka_unit_test(sees_leaks),
		cmocka_unit_test(reads_content),
		cmocka_unit_test(sees_the_twelve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
