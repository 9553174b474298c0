/*
 * mime_param.c - parameters, well formed and as mail has them.
 *
 * What is read is written "value; name=text", with "name*=" where RFC 2231 was
 * used, and behind it, after a " !", what was wrong: Duplicate, Malformed,
 * Continuation, Limit, Charset.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "dissectors/mime/header/param.h"

static void
write_params(struct buf *out, const struct params *p)
{
	static const char letters[] = "DMCLX";

	buf_add(out, p->value);
	for (size_t i = 0; i < p->n; i++) {
		buf_text(out, "; ");
		buf_add(out, p->v[i].name);
		buf_text(out, p->v[i].extended ? "*=" : "=");
		params_text(p, p->v[i].name, out);
	}
	if (p->problems != 0)
		buf_text(out, " !");
	for (size_t i = 0; i < sizeof letters - 1; i++) {
		if ((p->problems & 1u << i) != 0)
			buf_add_byte(out, (uint8_t)letters[i]);
	}
}

static const struct { const char *in, *out; } cases[] = {
	{ "", "" },
	{ "text/plain", "text/plain" },
	{ " Text / PLAIN ", "text/plain" },
	{ "text/plain; charset=us-ascii", "text/plain; charset=us-ascii" },
	/* RFC 2045 5.1: these two are one. */
	{ "text/plain; charset=us-ascii (Plain text)", "text/plain; charset=us-ascii" },
	{ "text/plain; charset=\"us-ascii\"", "text/plain; charset=us-ascii" },
	{ "(a(b\\)c)d) text (e) / (f) plain (g) ; (h) charset (i) = (j) \"x\" (k) ; (l)", "text/plain; charset=x" },
	{ "text/plain;charset=UTF-8;Format=Flowed;DelSp=yes", "text/plain; charset=UTF-8; format=Flowed; delsp=yes" },
	{ "multipart/mixed;\r\n\tboundary=\"=_a b\"", "multipart/mixed; boundary==_a b" },
	{ "multipart/mixed; boundary=\"a;b=c\\\"d\\\\e\"", "multipart/mixed; boundary=a;b=c\"d\\e" },
	{ "\"attachment\"; filename=a.pdf;;", "attachment; filename=a.pdf" },
	{ "attachment; filename=\"\"", "attachment; filename=" },
	{ "a/b; x=\"(no) comment\"", "a/b; x=(no) comment" },

	/* RFC 2231 3, 4 and 4.1. */
	{ "message/external-body; access-type=URL; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
	    "message/external-body; access-type=URL; url=ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar" },
	{ "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
	    "application/x-stuff; title*=This is ***fun***" },
	{ "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
	    "application/x-stuff; title*=This is even more ***fun*** isn't it!" },
	{ "a/b; name*0*=UTF-8''r%C3; name*1*=%A9; name*2=\".pdf\"", "a/b; name*=ré.pdf" },
	{ "a/b; name*=iso-8859-1''r%e9.pdf", "a/b; name*=ré.pdf" },
	{ "a/b; name*=\"UTF-8'de'gr%C3%BC%C3%9F\"", "a/b; name*=grüß" },
	{ "a/b; name*=utf-8''it's%27", "a/b; name*=it's'" },
	{ "a/b; name*=''%C3%A9", "a/b; name*=é" },
	{ "a/b; NAME*0*=utf-8''a%20; Name*1=b", "a/b; name*=a b" },
	{ "a/b; name*0=\"=?utf-8?Q?gr=C3=BC\"; name*1=\"=C3=9F?=\"", "a/b; name=grüß" },
	{ "a/b; name*0=100%25; name*1=\"%41\"", "a/b; name=100%25%41" },
	/* Which form wins: RFC 6266 4.3. */
	{ "a/b; filename=\"a.pdf\"; filename*=utf-8''%C3%A9.pdf", "a/b; filename*=é.pdf" },
	{ "a/b; filename*0=c; filename*=utf-8''%C3%A9; filename=d", "a/b; filename*=é" },
	{ "a/b; filename=d; filename*0=c", "a/b; filename=c" },
	{ "a/b; filename*=utf-8''1; filename*=utf-8''2", "a/b; filename*=1 !D" },
	/* Pieces with faults. */
	{ "a/b; name*1=b; name*0=a", "a/b; name=ab !C" },
	{ "a/b; name*0=a; name*2=c", "a/b; name=ac !C" },
	{ "a/b; name*1=a; name*2=b", "a/b; name=ab !C" },
	{ "a/b; name*0=a; name*1=b; name*1=x", "a/b; name=ab !C" },
	{ "a/b; name*0*=utf-8''%41; name*10=l; name*2=c", "a/b; name*=Acl !C" },
	{ "a/b; name*0=a; name*1*=%20b", "a/b; name*=a b" },
	{ "a/b; name*128=a; x=y", "a/b; x=y !L" },
	{ "a/b; name*99999999999999999999999=a; x=y", "a/b; name*99999999999999999999999=a; x=y" },
	{ "a/b; name*=noquotes%20here", "a/b; name*=noquotes here !M" },
	{ "a/b; name*=utf-8'x", "a/b; name*=utf-8'x !M" },
	{ "a/b; name*=utf-8''50%", "a/b; name*=50% !M" },
	{ "a/b; name*=utf-8''50%zz%4", "a/b; name*=50%zz%4 !M" },
	{ "a/b; name*=klingon''a%E9", "a/b; name*=a\xef\xbf\xbd !X" },
	{ "a/b; name*=utf-8''a%E9b", "a/b; name*=a\xef\xbf\xbd" "b" },
	{ "a/b; *=x; **=y; name*a=z; =v", "a/b; *=x; **=y; name*a=z !M" },

	/* RFC 2047 where RFC 2231 was meant. */
	{ "a/b; name=\"=?utf-8?Q?gr=C3=BC=C3=9F.pdf?=\"", "a/b; name=grüß.pdf" },
	{ "a/b; name==?utf-8?B?Z3LDvMOfLnBkZg==?=", "a/b; name=grüß.pdf !M" },
	{ "a/b; name=\"=?utf-8?Q?gr?=\r\n =?utf-8?Q?=C3=BC?=\"; x=y", "a/b; name=grü; x=y" },
	/* Bytes beyond ASCII as sent. */
	{ "a/b; name=\"gr\xc3\xbc\xc3\x9f.pdf\"", "a/b; name=grüß.pdf" },
	{ "a/b; name=gr\xfc\xdf.pdf", "a/b; name=gr\xfc\xdf.pdf" },

	/* Quoted pairs and paths. */
	{ "a/b; name=\"a\\\"b\\\\c\\(d\\)\"", "a/b; name=a\"b\\c(d)" },
	{ "a/b; name=\"C:\\temp\\new.txt\"", "a/b; name=C:\\temp\\new.txt" },
	{ "a/b; name=\"\\\\server\\share\\a.txt\"", "a/b; name=\\server\\share\\a.txt" },
	{ "a/b; name=C:\\temp\\new.txt; x=y", "a/b; name=C:\\temp\\new.txt; x=y !M" },
	/* Folds in a name: the tab stands for a blank. */
	{ "a/b; name=\"a long\r\n\tname\n .pdf\"", "a/b; name=a long name .pdf" },
	{ "a/b; name=\"tab\tinside\"", "a/b; name=tab\tinside" },

	/* What should have been quoted. */
	{ "a/b; filename=my report.pdf", "a/b; filename=my report.pdf !M" },
	{ "a/b; filename=my report.pdf  ; x=y", "a/b; filename=my report.pdf; x=y !M" },
	{ "a/b; filename=report(1).pdf; x=y", "a/b; filename=report(1).pdf; x=y !M" },
	{ "a/b; filename=report (1).pdf; x=y", "a/b; filename=report (1).pdf; x=y !M" },
	{ "a/b; filename=report.pdf (the second); x=y", "a/b; filename=report.pdf; x=y" },
	{ "a/b; filename=report).pdf", "a/b; filename=report).pdf !M" },
	{ "a/b; filename=report(.pdf; x=y", "a/b; filename=report(.pdf; x=y !M" },
	{ "a/b; filename=a;b.pdf", "a/b; filename=a !M" },
	{ "a/b; filename=a=b.pdf", "a/b; filename=a=b.pdf !M" },
	{ "a/b; filename=a b=c.pdf; x=y", "a/b; filename=a b=c.pdf; x=y !M" },
	{ "a/b; filename='a.pdf'", "a/b; filename='a.pdf'" },
	/* Quotes in quotes, and missing. */
	{ "a/b; filename=\"the \"best\" of.pdf\"; x=y", "a/b; filename=the \"best\" of.pdf; x=y !M" },
	{ "a/b; filename=\"a\"b; x=y", "a/b; filename=a; x=y !M" },
	{ "a/b; filename=\"a.exe\" junk; x=\"b.txt\"", "a/b; filename=a.exe; x=b.txt !M" },
	{ "a/b; filename=\"report.pdf", "a/b; filename=report.pdf !M" },
	{ "a/b; filename=\"report.pdf; x=y", "a/b; filename=report.pdf; x=y !M" },
	{ "a/b; filename=report.pdf\"; x=y", "a/b; filename=report.pdf\"; x=y !M" },
	{ "a/b; filename=\"", "a/b; filename= !M" },
	{ "a/b; filename=\"a\\", "a/b; filename=a\\ !M" },
	/* Semicolons missing, or commas in their place. */
	{ "text/plain charset=utf-8 format=flowed", "text/plain; charset=utf-8; format=flowed !M" },
	{ "a/b; name=\"a.pdf\" size=3", "a/b; name=a.pdf; size=3 !M" },
	{ "a/b, name=\"a.pdf\", x=3", "a/b; name=a.pdf; x=3 !M" },
	{ "attachment filename=\"a.pdf\"", "attachment; filename=a.pdf !M" },
	{ "charset=utf-8; name=x", "; charset=utf-8; name=x !M" },
	{ "; charset=utf-8", "; charset=utf-8" },
	{ "text/html; charset", "text/html !M" },
	{ "text/html; charset=", "text/html; charset=" },
	{ "text/html; charset=; x=y", "text/html; charset=; x=y" },
	{ "text/html; \"charset=x\"; y=z", "text/html; y=z !M" },
	{ "text/html; \"charset=x; y=z", "text/html; charset=x; y=z !M" },
	{ "text/html; ;=; @ charset = utf-8", "text/html; charset=utf-8 !M" },
	{ "text/html (unclosed; charset=x", "text/html(unclosed; charset=x" },
	/* One name twice. */
	{ "a/b; name=x; NAME=x", "a/b; name=x" },
	{ "a/b; name=x; name=\"y\"", "a/b; name=x !D" },
};


static void
reads_each_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct params p;
		struct buf out;

		params_parse(&p, slice_of(cases[i].in));
		buf_init(&out, 4 * KiB);
		write_params(&out, &p);
		buf_add_byte(&out, 0);
		if (strcmp((char *)out.p, cases[i].out) != 0)
			print_message("of: %s\n", cases[i].in);
		assert_string_equal((char *)out.p, cases[i].out);
		buf_fini(&out);
		params_fini(&p);
	}
}

static void
gets_by_name_in_any_case(void **state)
{
	struct params p;
	struct buf out;

	(void)state;
	params_parse(&p, S("a/b; Name=x"));
	assert_true(slice_eq(params_get(&p, S("NAME")), S("x")));
	assert_null(params_get(&p, S("nam")).p);
	buf_init(&out, 16);
	assert_false(params_text(&p, S("filename"), &out));
	assert_int_equal(out.n, 0);
	params_fini(&p);
	buf_fini(&out);
}

static void
tells_an_empty_value_from_none(void **state)
{
	struct params p;

	(void)state;
	params_parse(&p, S("a/b; x=\"\""));
	assert_non_null(params_get(&p, S("x")).p);
	assert_int_equal(params_get(&p, S("x")).n, 0);
	params_fini(&p);
}

static void
keeps_to_its_limits(void **state)
{
	struct params p;
	struct buf in;

	(void)state;
	buf_init(&in, MiB);
	buf_text(&in, "a/b");
	for (unsigned i = 0; i < LIMIT_PARAMS; i++)
		buf_printf(&in, "; n%u=%u", i, i);
	params_parse(&p, buf_slice(&in));
	assert_int_equal(p.n, LIMIT_PARAMS);
	assert_int_equal(p.problems, 0);
	params_fini(&p);
	buf_text(&in, "; n1=1; more=x; n2=2");
	params_parse(&p, buf_slice(&in));
	assert_int_equal(p.n, LIMIT_PARAMS);
	assert_int_equal(p.problems, PARAM_LIMIT);
	params_fini(&p);
	buf_fini(&in);
}

/* `unit` often enough for `size` bytes, behind `head`. */
static void
fill(struct buf *in, const char *head, const char *unit, size_t size)
{
	buf_clear(in);
	buf_text(in, head);
	while (in->n < size)
		buf_text(in, unit);
}

static void
is_linear(void **state)
{
	static const char *const units[] = {
		"; name*1=x", "(", "()", "\"", "\" ", "\"a;", "a=\"b\"c;", "a=\"b\" ", " , ", "x ", "x=", "\\\"", "((\"", "a=(b)c ", "a b=(", "=", "name*=%",
		"; x*0=a; x*1=b", "a=b\r\n ", "'", "a/b c",
	};
	struct params p;
	struct buf in;
	clock_t begin = clock();

	(void)state;
	buf_init(&in, 4 * MiB);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		fill(&in, "a/b; name=", units[i], 2 * MiB);
		params_parse(&p, buf_slice(&in));
		params_fini(&p);
		fill(&in, "", units[i], 2 * MiB);
		params_parse(&p, buf_slice(&in));
		params_fini(&p);
	}
	buf_fini(&in);
	/* Milliseconds each; what is quadratic takes hours. */
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 60);
}

/* 100,000 pieces in the wrong order: the first LIMIT_CONTINUATIONS numbers are kept. */
static void
takes_many_pieces(void **state)
{
	struct params p;
	struct buf in;

	(void)state;
	buf_init(&in, 4 * MiB);
	buf_text(&in, "a/b");
	for (int i = 30000; i-- > 0; )
		buf_printf(&in, "; name*%d=%c", i, 'a' + i % 26);
	params_parse(&p, buf_slice(&in));
	assert_int_equal(p.problems, PARAM_LIMIT | PARAM_CONTINUATION);
	assert_int_equal(params_get(&p, S("name")).n, LIMIT_CONTINUATIONS);
	assert_memory_equal(params_get(&p, S("name")).p, "abcdefghij", 10);
	params_fini(&p);
	for (int i = 30000; i < 100000; i++)
		buf_printf(&in, "; name*%d=%c", i, 'a' + i % 26);
	params_parse(&p, buf_slice(&in));
	assert_int_equal(params_get(&p, S("name")).n, LIMIT_CONTINUATIONS);
	params_fini(&p);
	buf_fini(&in);
}

static void
takes_a_large_value(void **state)
{
	struct params p;
	struct buf in;

	(void)state;
	buf_init(&in, 21 * MiB);
	fill(&in, "a/b; name*=iso-8859-1''", "%e9", 20 * MiB);
	params_parse(&p, buf_slice(&in));
	assert_int_equal(params_get(&p, S("name")).n, (20 * MiB - 23 + 2) / 3 * 2);
	params_fini(&p);
	buf_fini(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_case),
		cmocka_unit_test(gets_by_name_in_any_case),
		cmocka_unit_test(tells_an_empty_value_from_none),
		cmocka_unit_test(keeps_to_its_limits),
		cmocka_unit_test(is_linear),
		cmocka_unit_test(takes_many_pieces),
		cmocka_unit_test(takes_a_large_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
