/*
 * mime_judge.c - what is found in headers and in file names, and what is not.
 *
 * What was told is written "id: detail", one behind the other with a '|'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/idn.h"
#include "base/limits.h"
#include "dissectors/mime/header/judge.h"
#include "dissectors/mime/header/word.h"

struct run {
	struct judge *judge;
	struct buf told;
	uint64_t at;
};

static void
write_finding(struct buf *out, enum finding f, slice detail)
{
	if (out->n > 0)
		buf_text(out, "|");
	buf_text(out, finding_info(f)->id);
	buf_text(out, ": ");
	buf_add(out, detail);
}

static void
on_note(void *self, enum finding f, uint64_t offset, uint64_t length, slice detail)
{
	(void)offset;
	(void)length;
	write_finding(self, f, detail);
}

static void
on_name_note(void *self, enum finding f, slice detail)
{
	(void)detail;
	if (((struct buf *)self)->n > 0)
		buf_text(self, " ");
	buf_text(self, strchr(finding_info(f)->id, '.') + 1);
}

static void
on_field(void *self, const struct header_field *f)
{
	struct run *r = self;
	struct buf unfolded, decoded;
	unsigned words;

	buf_init(&unfolded, LIMIT_HEADER);
	buf_init(&decoded, 4 * LIMIT_HEADER);
	header_unfold(f->value, &unfolded);
	words = word_decode(buf_slice(&unfolded), &decoded);
	judge_field(r->judge, f, buf_slice(&decoded), words, r->at);
	r->at += f->raw.n;
	buf_fini(&unfolded);
	buf_fini(&decoded);
}

static void
on_no_field(void *self, slice beginning)
{
	struct run *r = self;

	judge_line(r->judge, beginning, r->at);
}

static void
on_limit(void *self)
{
	struct run *r = self;

	judge_limit(r->judge, r->at);
}

static void
judge_header(struct buf *told, slice header, const struct judge_about *about, bool whole)
{
	struct run r = { .at = 0 };
	struct header_user user = { .self = &r, .field = on_field, .no_field = on_no_field, .limit = on_limit };
	struct header_parser p;

	buf_init(told, 64 * KiB);
	r.judge = judge_new(&(struct judge_user){ told, on_note }, about);
	header_init(&p, &user);
	header_feed(&p, header);
	header_finish(&p);
	header_fini(&p);
	judge_finish(r.judge, whole);
	judge_free(&r.judge);
	assert_null(r.judge);
	assert_false(told->full);
}

static void
assert_told(slice header, const struct judge_about *about, bool whole, const char *want)
{
	struct buf told;

	judge_header(&told, header, about, whole);
	buf_add_byte(&told, 0);
	if (strcmp((char *)told.p, want) != 0)
		print_message("of: %.*s\n", (int)header.n, (const char *)header.p);
	assert_string_equal((char *)told.p, want);
	buf_fini(&told);
}

/* 2026-11-21T18:29:01Z */
#define NOW (INT64_C(1795285741) * NSTIME_S)

#define FROM_DATE "From: alice@example.org\r\nDate: Sat, 21 Nov 2026 18:29:01 +0000\r\n"

static struct judge_about
sent_by(const char *mail_from)
{
	return (struct judge_about){
		.top = true, .time = NOW, .has_mail_from = mail_from != NULL,
		.mail_from = mail_from != NULL ? slice_of(mail_from) : SLICE_NONE,
	};
}

static const struct { const char *header, *told; } fields[] = {
	{ FROM_DATE "\r\n", "" },
	/* Ordinary mail: folds, lists, encoded words, ISO-2022-JP, several To addresses, trace fields. */
	{ "Received: by a; Sat, 21 Nov 2026 18:29:01 +0000\r\nReceived: by b; Sat, 21 Nov 2026 18:29:00 +0000\r\n"
	    "From: =?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?= <alice@example.org>\r\n"
	    "Date: Sat, 21 Nov 2026 19:29:01 +0100 (CET)\r\nTo: a@b.example,\r\n\tc@d.example\r\nSubject: =?utf-8?Q?=E6=B5=8B?=\r\n =?utf-8?Q?x?=\r\n"
	    "List-Id: <list.example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"=_a=_b\"; charset=utf-8\r\n"
	    "X-Empty:\r\nDKIM-Signature: a=b\r\nDKIM-Signature: a=c\r\n\r\n", "" },
	/* header.missing */
	{ "\r\n", "header.missing: From and Date" },
	{ "", "header.missing: From and Date" },
	{ "From: a@example.org\r\n\r\n", "header.missing: Date" },
	{ "Date: Sat, 21 Nov 2026 18:29:01 +0000\r\n\r\n", "header.missing: From" },
	{ "date: Sat, 21 Nov 2026 18:29:01 +0000\r\nFROM: a@example.org\r\n\r\n", "" },
	/* header.date-skew: a day is none. */
	{ "From: a@b.example\r\nDate: Fri, 20 Nov 2026 18:29:01 +0000\r\n\r\n", "" },
	{ "From: a@b.example\r\nDate: Fri, 20 Nov 2026 18:29:00 +0000\r\n\r\n", "header.date-skew: 1 day behind the packets" },
	{ "From: a@b.example\r\nDate: Sun, 22 Nov 2026 18:29:02 +0000\r\n\r\n", "header.date-skew: 1 day ahead of the packets" },
	{ "From: a@b.example\r\nDate: Sat, 21 Nov 2020 18:29:01 +0000\r\n\r\n", "header.date-skew: 2,191 days behind the packets" },
	{ "From: a@b.example\r\nDate: yesterday\r\n\r\n", "" },
	/* header.display-name-address */
	{ "From: \"ceo@corp.example\" <x@evil.example>\r\nDate: x\r\n\r\n",
	    "header.display-name-address: ceo@corp.example, but the address is x@evil.example" },
	{ "From: \"'ceo@corp.example'\" <x@evil.example>\r\nDate: x\r\n\r\n",
	    "header.display-name-address: ceo@corp.example, but the address is x@evil.example" },
	{ "From: =?utf-8?Q?The_CEO_=3Cceo=40corp.example=3E?= <x@evil.example>\r\nDate: x\r\n\r\n",
	    "header.display-name-address: ceo@corp.example, but the address is x@evil.example" },
	{ "From: =?utf-8?Q?ceo=EF=BC=A0corp.example?= <x@evil.example>\r\nDate: x\r\n\r\n",
	    "header.display-name-address: ceo@corp.example, but the address is x@evil.example" },
	{ "From: \"Alice@Example.org\" <alice@example.org>\r\nDate: x\r\n\r\n", "" },
	{ "From: \"alice@example.org\" <alice@example.org.>\r\nDate: x\r\n\r\n", "" },
	{ "From: \"alice@example.org via List\" <list@example.com>\r\nDate: x\r\n\r\n", "" },
	{ "From: \"Alice (alice@example.org)\" <noreply@example.com>\r\nDate: x\r\n\r\n", "" },
	{ "From: Alice @ Work <alice@example.org>\r\nDate: x\r\n\r\n", "" },
	{ "From: \"@alice\" <alice@example.org>\r\nDate: x\r\n\r\n", "" },
	{ "From: \"a@b\" <alice@example.org>\r\nDate: x\r\n\r\n", "" },
	{ "From: alice@example.org <alice@example.org>\r\nDate: x\r\n\r\n", "" },
	{ "To: \"ceo@corp.example\" <x@evil.example>\r\n" FROM_DATE "\r\n", "" },
	/* mime.duplicate-header: told once, and only of fields that may occur once. */
	{ FROM_DATE "Subject: a\r\nsubject: b\r\nTo: x@y.example\r\nTo: x@y.example\r\n\r\n", "mime.duplicate-header: subject" },
	{ FROM_DATE "Comments: a\r\nComments: b\r\nKeywords: a\r\nKeywords: b\r\nResent-To: a\r\nResent-To: b\r\n\r\n", "" },
	{ FROM_DATE "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n", "mime.duplicate-header: Content-Type" },
	/* The first of two counts. */
	{ FROM_DATE "From: \"ceo@corp.example\" <x@evil.example>\r\n\r\n", "mime.duplicate-header: From" },
	/* mime.eight-bit-header, -nul (below), -space-colon */
	{ FROM_DATE "Subject: caf\xc3\xa9\r\n\r\n", "mime.eight-bit-header: Subject" },
	{ FROM_DATE "Subject: caf\xe9\r\nX: \xe9\r\n\r\n", "mime.eight-bit-header: Subject" },
	{ FROM_DATE "Subject : a\r\n\r\n", "mime.header-space-colon: Subject" },
	{ FROM_DATE "Subject\t: a\r\nX : b\r\n\r\n", "mime.header-space-colon: Subject" },
	/* mime.header-malformed */
	{ FROM_DATE "this is no field\r\n\r\n", "mime.header-malformed: this i…" },
	{ FROM_DATE "Text.\r\n\r\n", "mime.header-malformed: Text." },
	/* mime.encoded-word-invalid, mime.charset-unknown */
	{ FROM_DATE "Subject: =?utf-8?Q?=zz?=\r\n\r\n", "mime.encoded-word-invalid: Subject" },
	{ FROM_DATE "Subject: =?klingon?Q?x?=\r\n\r\n", "mime.charset-unknown: Subject" },
	/* Parameters. */
	{ FROM_DATE "Content-Type: a/b; name=x; name=y\r\n\r\n", "mime.duplicate-param: Content-Type" },
	{ FROM_DATE "Content-Disposition: attachment; filename*1=x\r\n\r\n", "mime.rfc2231-bad: Content-Disposition" },
	{ FROM_DATE "Content-Disposition: attachment; filename*1000=x\r\n\r\n", "mime.rfc2231-limit: Content-Disposition" },
	{ FROM_DATE "Content-Type: a/b; name*=klingon''%e9\r\n\r\n", "mime.charset-unknown: Content-Type" },
	{ FROM_DATE "X-Type: a/b; name=x; name=y\r\n\r\n", "" },
	{ FROM_DATE "Content-Type: a/b; name=x; name*=utf-8''x\r\n\r\n", "" },
};

static void
judges_fields(void **state)
{
	struct judge_about about = sent_by(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		assert_told(slice_of(fields[i].header), &about, true, fields[i].told);
}

static const struct { const char *mail_from, *from, *told; } senders[] = {
	{ "alice@example.org", "alice@example.org", "" },
	{ "bounce@mail.Example.ORG", "alice@example.org", "" },
	{ "alice@example.org", "alice@lists.example.org.", "" },
	{ "bounce@a.example.org", "alice@b.example.org", "" },
	{ "", "alice@example.org", "" },
	{ "postmaster", "alice@example.org", "" },
	{ "a@list.example", "x@other.example, b@list.example", "" },
	{ "bounce@list.example", "alice@example.org", "header.envelope-mismatch: example.org, but the envelope has list.example" },
	{ "bounce@notexample.org", "alice@example.org", "header.envelope-mismatch: example.org, but the envelope has notexample.org" },
	{ "a@one.co.uk", "b@two.co.uk", "header.envelope-mismatch: two.co.uk, but the envelope has one.co.uk" },
	{ "a@x.one.co.uk", "b@one.co.uk", "" },
	{ "a@\"b@c.example\"@d.example", "x@d.example", "" },
	{ "a@[192.0.2.1]", "x@[192.0.2.1]", "" },
	{ "a@xn--bcher-kva.example", "x@mail.xn--bcher-kva.example", "" },
	{ "a@org", "x@example.org", "header.envelope-mismatch: example.org, but the envelope has org" },
};

static void
compares_senders(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
		struct judge_about about = sent_by(senders[i].mail_from);
		struct buf header;

		buf_init(&header, KiB);
		buf_printf(&header, "Date: x\r\nFrom: %s\r\n\r\n", senders[i].from);
		assert_told(buf_slice(&header), &about, true, senders[i].told);
		buf_fini(&header);
	}
}

/* Of a part's header nothing is asked that only a message must have. */
static void
spares_parts(void **state)
{
	struct judge_about about = { .top = false, .time = NOW, .has_mail_from = true, .mail_from = S("a@b.example") };

	(void)state;
	assert_told(S("Content-Type: text/plain\r\n\r\n"), &about, true, "");
	assert_told(S("From: \"x@y.example\" <a@c.example>\r\nDate: Sat, 21 Nov 2020 18:29:01 +0000\r\n\r\n"), &about, true, "");
	assert_told(S("Content-ID: <1>\r\nContent-Id: <2>\r\n\r\n"), &about, true, "mime.duplicate-header: Content-Id");
}

static void
spares_what_was_lost(void **state)
{
	struct judge_about about = sent_by(NULL), timeless = { .top = true, .time = NSTIME_NONE };

	(void)state;
	assert_told(S("Subject: x\r\n"), &about, false, "");
	assert_told(S("From: a@b.example\r\nDate: Sat, 21 Nov 2020 18:29:01 +0000\r\n\r\n"), &timeless, true, "");
}

static void
allows_utf8_with_smtputf8(void **state)
{
	struct judge_about about = sent_by(NULL);

	(void)state;
	about.smtputf8 = true;
	assert_told(S(FROM_DATE "Subject: caf\xc3\xa9\r\n\r\n"), &about, true, "");
	assert_told(S(FROM_DATE "Subject: caf\xe9\r\n\r\n"), &about, true, "mime.eight-bit-header: Subject");
}

/* Where libidn2 is built in. */
static void
knows_one_domain_in_two_scripts(void **state)
{
	struct judge_about about = sent_by("bounce@mail.b\xc3\xbc" "cher.example");
	struct buf ascii;

	(void)state;
	buf_init(&ascii, KiB);
	if (!idn_to_ascii(S("b\xc3\xbc" "cher.example"), &ascii))
		skip();
	assert_told(S("From: =?utf-8?Q?alice=40b=C3=BCcher.example?= <alice@xn--bcher-kva.example>\r\nDate: x\r\n\r\n"), &about, true, "");
	buf_fini(&ascii);
}

static void
finds_nul(void **state)
{
	struct judge_about about = sent_by(NULL);

	(void)state;
	assert_told(S(FROM_DATE "Subject: a\0b\r\n\r\n"), &about, true, "mime.header-nul: Subject");
}

static void
tells_limits(void **state)
{
	struct judge_about about = sent_by(NULL);
	struct buf in;

	(void)state;
	buf_init(&in, 4 * MiB);
	buf_text(&in, FROM_DATE "Subject: ");
	for (int i = 0; i <= LIMIT_ENCODED_WORDS; i++)
		buf_text(&in, "=?utf-8?Q?x?= ");
	buf_text(&in, "\r\n\r\n");
	assert_told(buf_slice(&in), &about, true, "mime.encoded-word-limit: Subject");
	buf_clear(&in);
	for (size_t i = 0; i < 2 * LIMIT_HEADERS; i++)
		buf_text(&in, "X: y\r\n");
	assert_told(buf_slice(&in), &about, true, "mime.header-limit: more fields");
	buf_clear(&in);
	buf_text(&in, FROM_DATE "X: ");
	for (size_t i = 0; i <= LIMIT_HEADER; i++)
		buf_text(&in, "x");
	assert_told(buf_slice(&in), &about, true, "mime.header-limit: X");
	buf_fini(&in);
}

static const struct { slice name; const char *told; } names[] = {
	{ SLICE("report.pdf"), "" },
	{ SLICE("r\xc3\xa9sum\xc3\xa9 2026 (1).pdf"), "" },
	{ SLICE("\xe6\xb5\x8b\xe8\xaf\x95.doc"), "" },
	{ SLICE("archive.tar.gz"), "" },
	{ SLICE(".profile"), "" },
	{ SLICE("a..b.txt"), "" },
	{ SLICE("\xd7\xa9\xd7\x9c\xe2\x80\x8f.pdf"), "" },		/* a mark of direction turns nothing around */
	{ SLICE("invoice\xe2\x80\xae" "fdp.exe"), "bidi" },
	{ SLICE("a\xe2\x81\xa7" "b.txt"), "bidi" },
	{ SLICE("a\0b.txt"), "control" },
	{ SLICE("a\x1b[2Jb"), "control" },
	{ SLICE("a\xc2\x85" "b"), "control" },
	{ SLICE("a\nb.txt"), "control" },
	{ SLICE("../../etc/passwd"), "traversal" },
	{ SLICE("/etc/passwd"), "traversal" },
	{ SLICE("..\\x.txt"), "traversal" },
	{ SLICE("C:\\temp\\x.txt"), "traversal" },
	{ SLICE("c:x.txt"), "traversal" },
	{ SLICE("a/b.txt"), "traversal" },
	{ SLICE(""), "empty" },
	{ SLICE("   "), "empty" },
	{ SLICE("."), "empty" },
	{ SLICE(".."), "traversal empty" },
	{ SLICE("../"), "traversal empty" },
	{ SLICE("invoice.pdf.exe"), "double-ext" },
	{ SLICE("invoice.PDF     .Exe"), "double-ext" },
	{ SLICE("invoice.pdf.exe. "), "double-ext reserved" },
	{ SLICE(".pdf.scr"), "double-ext" },
	{ SLICE("invoice.pdf\xe3\x80\x80\xc2\xa0 .scr"), "double-ext" },
	{ SLICE("invoice.pdf.exe::$Data"), "double-ext reserved" },
	{ SLICE("setup-1.2.exe"), "" },
	{ SLICE("jquery.min.js"), "" },
	{ SLICE("a.exe.pdf"), "" },
	{ SLICE("-rf"), "option-like" },
	{ SLICE("x/-rf"), "traversal option-like" },
	{ SLICE("a-b"), "" },
	{ SLICE("con"), "reserved" },
	{ SLICE("Con.txt"), "reserved" },
	{ SLICE("NUL .tar.gz"), "reserved" },
	{ SLICE("com1.txt"), "reserved" },
	{ SLICE("LPT\xc2\xb2"), "reserved" },
	{ SLICE("com0.txt"), "" },
	{ SLICE("com10.txt"), "" },
	{ SLICE("console.txt"), "" },
	{ SLICE("a.txt."), "reserved" },
	{ SLICE("a.txt "), "reserved" },
};

static void
judges_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct buf told;

		buf_init(&told, KiB);
		judge_file_name(names[i].name, on_name_note, &told);
		buf_add_byte(&told, 0);
		if (strcmp((char *)told.p, names[i].told) != 0)
			print_message("of: %.*s\n", (int)names[i].name.n, (const char *)names[i].name.p);
		assert_string_equal((char *)told.p, names[i].told);
		buf_fini(&told);
	}
}

static void
finds_long_names(void **state)
{
	uint8_t name[LIMIT_FILE_NAME + 1];
	struct buf told;

	(void)state;
	memset(name, 'x', sizeof name);
	buf_init(&told, KiB);
	judge_file_name((slice){ name, LIMIT_FILE_NAME }, on_name_note, &told);
	assert_int_equal(told.n, 0);
	judge_file_name((slice){ name, LIMIT_FILE_NAME + 1 }, on_name_note, &told);
	assert_true(slice_eq(buf_slice(&told), S("long")));
	buf_fini(&told);
}

static void
knows_what_runs(void **state)
{
	static const char *const run[] = {
		"a.exe", "A.EXE", "a.exe.", "a.exe . ", "x/y.scr", "a.b.js", "a.lnk", "a.iso", "a.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", ".bat", "a.Ps1", "a.exe::$DATA",
	};
	static const char *const rest[] = { "", "exe", "a.exe/", "a.exe.txt", "a.pdf", "a.ex", "a.exee", "a.", "...", "a.{x}" };

	(void)state;
	for (size_t i = 0; i < sizeof run / sizeof *run; i++)
		assert_true(name_is_executable(slice_of(run[i])));
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		assert_false(name_is_executable(slice_of(rest[i])));
	assert_true(slice_eq(name_extension(S("a.tar.GZ")), S("GZ")));
	assert_int_equal(name_extension(S("a")).n, 0);
	assert_int_equal(name_extension(S("a.b/c")).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_fields),
		cmocka_unit_test(compares_senders),
		cmocka_unit_test(spares_parts),
		cmocka_unit_test(spares_what_was_lost),
		cmocka_unit_test(allows_utf8_with_smtputf8),
		cmocka_unit_test(knows_one_domain_in_two_scripts),
		cmocka_unit_test(finds_nul),
		cmocka_unit_test(tells_limits),
		cmocka_unit_test(judges_names),
		cmocka_unit_test(finds_long_names),
		cmocka_unit_test(knows_what_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
