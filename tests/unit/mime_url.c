/*
 * mime_url.c - URLs as a client opens them, the hosts that they ask, where
 * they stand in text, and without their fangs.
 */
#include "text_script.h"

#include "base/defang.h"
#include "base/idn.h"
#include "dissectors/mime/text/url.h"

static const struct { const char *base, *reference, *url, *host; } cases[] = {
	{ "", "http://a.example/b", "http://a.example/b", "a.example" },
	{ "", "  HTTP://User:Pass@A.Example:8080/B?c#d ", "http://User:Pass@A.Example:8080/B?c#d", "a.example" },
	{ "", "http:\\\\a.example\\b", "http://a.example/b", "a.example" },
	{ "", "http:///////a.example", "http://a.example", "a.example" },
	{ "", "https:a.example", "https://a.example", "a.example" },
	{ "", "ht\ttp://a.\r\nexample/", "http://a.example/", "a.example" },
	{ "", "http://bank.example@evil.example/", "http://bank.example@evil.example/", "evil.example" },
	{ "", "http://bank.example\\@evil.example/", "http://bank.example/@evil.example/", "bank.example" },
	{ "", "http://bank.example%2f@evil.example", "http://bank.example%2f@evil.example", "evil.example" },
	{ "", "http://a.example?@b.example", "http://a.example?@b.example", "a.example" },
	{ "", "http://a.example#@b.example", "http://a.example#@b.example", "a.example" },
	{ "", "http://%65vil.%65xample/", "http://%65vil.%65xample/", "evil.example" },
	{ "", "http://a.example./", "http://a.example./", "a.example" },
	{ "", "http://2130706433/", "http://2130706433/", "127.0.0.1" },
	{ "", "http://0x7f000001/", "http://0x7f000001/", "127.0.0.1" },
	{ "", "http://0177.0.0.1/", "http://0177.0.0.1/", "127.0.0.1" },
	{ "", "http://127.1/", "http://127.1/", "127.0.0.1" },
	{ "", "http://192.0.513/", "http://192.0.513/", "192.0.2.1" },
	{ "", "http://256.1.1.1/", "http://256.1.1.1/", "256.1.1.1" },
	{ "", "http://4294967296/", "http://4294967296/", "4294967296" },
	{ "", "http://1.2.3.4.5/", "http://1.2.3.4.5/", "1.2.3.4.5" },
	{ "", "http://3com.example/", "http://3com.example/", "3com.example" },
	{ "", "http://[2001:DB8::1]:80/", "http://[2001:DB8::1]:80/", "2001:db8::1" },
	{ "", "mailto:Bob%40A.example?cc=x@b.example", "mailto:Bob%40A.example?cc=x@b.example", "a.example" },
	{ "", "mailto:a@b.example,c@d.example", "mailto:a@b.example,c@d.example", "b.example" },
	{ "", "mailto:nobody", "mailto:nobody", "" },
	{ "", "ftp://a.example/x", "ftp://a.example/x", "a.example" },
	{ "", "tel:+1-555", "tel:+1-555", "" },
	{ "", "ms-word:ofe|u|http://a.example/", "ms-word:ofe|u|http://a.example/", "" },
	{ "", "ldap://a.example/x", "ldap://a.example/x", "a.example" },
	{ "", "", NULL, NULL },
	{ "", "http:", NULL, NULL },
	{ "", "#top", NULL, NULL },
	{ "", "cid:1@x", NULL, NULL },
	{ "", "DATA:text/html,x", NULL, NULL },
	{ "", "page.html", NULL, NULL },
	{ "", "/page.html", NULL, NULL },
	{ "", "//a.example/x", "http://a.example/x", "a.example" },
	{ "https://a.example/b/c?d#e", "f", "https://a.example/b/f", "a.example" },
	{ "https://a.example/b/c?d#e", "?f", "https://a.example/b/c?f", "a.example" },
	{ "https://a.example/b/c", "/f\\g", "https://a.example/f/g", "a.example" },
	{ "https://a.example", "f", "https://a.example/f", "a.example" },
	{ "https://a.example/b", "\\\\c.example/d", "https://c.example/d", "c.example" },
	{ "https://a.example/b", "http://c.example/", "http://c.example/", "c.example" },
};

static void
test_cases(void **state)
{
	struct buf url, host;

	(void)state;
	buf_init(&url, KiB);
	buf_init(&host, KiB);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool leads = url_resolve(slice_of(cases[i].base), slice_of(cases[i].reference), &url);

		if (leads)
			url_host(buf_slice(&url), &host);
		assert_int_equal(leads, cases[i].url != NULL);
		want(buf_slice(&url), leads ? cases[i].url : "", cases[i].reference, 0);
		want(buf_slice(&host), leads ? cases[i].host : "", cases[i].reference, 0);
		buf_clear(&url);
		buf_clear(&host);
	}
	buf_fini(&url);
	buf_fini(&host);
	want_nothing_wrong();
}

/* With libidn2 what the DNS is asked; without it the name, its letters small and its dots dots. */
static void
test_idn(void **state)
{
	static const struct { const char *url, *ascii, *without; } names[] = {
		{ "http://B\xc3\xbc" "cher.example/", "xn--bcher-kva.example", "b\xc3\xbc" "cher.example" },
		{ "http://\xd0\xb0\xd1\x80\xd1\x80le.example/", "xn--le-6kc8da.example", "\xd0\xb0\xd1\x80\xd1\x80le.example" },
		{ "http://b%C3%BCcher.example/", "xn--bcher-kva.example", "b\xc3\xbc" "cher.example" },
		{ "http://a\xe3\x80\x82" "example/", "a.example", "a.example" },
	};
	struct buf out;
	bool have;

	(void)state;
	buf_init(&out, KiB);
	have = idn_to_ascii(S("\xc3\xbc"), &out);
	buf_clear(&out);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		url_host(slice_of(names[i].url), &out);
		want(buf_slice(&out), have ? names[i].ascii : names[i].without, names[i].url, 0);
		buf_clear(&out);
	}
	buf_fini(&out);
	want_nothing_wrong();
}

static const struct { const char *text, *urls; } found[] = {
	{ "http://a.example", "http://a.example host=a.example\n" },
	{ "See http://a.example/b, or https://c.example/d.", "http://a.example/b host=a.example\nhttps://c.example/d host=c.example\n" },
	{ "(http://a.example/b_(c)) [http://d.example] {http://e.example/}!", "http://a.example/b_(c) host=a.example\n"
	    "http://d.example host=d.example\nhttp://e.example/ host=e.example\n" },
	{ "\"http://a.example/\" 'http://b.example/c'd *http://c.example/* `http://d.example`",
	    "http://a.example/ host=a.example\nhttp://b.example/c host=b.example\nhttp://c.example/ host=c.example\nhttp://d.example host=d.example\n" },
	{ "[k](https://a.example/b)c", "https://a.example/b host=a.example\n" },
	{ "<a href='http://a.example/'>", "http://a.example/ host=a.example\n" },
	{ "HTTPS://A.EXAMPLE/B?", "https://A.EXAMPLE/B host=a.example\n" },
	{ "www.a.example. WWW.B.example/c www.d x.www.e.example awww.f.example g@www.h.example",
	    "http://www.a.example host=www.a.example\nhttp://WWW.B.example/c host=www.b.example\n" },
	{ "xhttp://a.example 1http://b.example \xc3\xa9http://c.example -http://d.example",
	    "http://c.example host=c.example\nhttp://d.example host=d.example\n" },
	{ "http:// http://. http://... http://? http://%00/ http:/a.example https//b", "" },
	{ "mailto:a@b.example, mailto:nobody mailto:", "mailto:a@b.example host=b.example\n" },
	{ "ftp://a.example/b ssh://c.example gopher://d.example", "ftp://a.example/b host=a.example\n" },
	{ "<http://a.example/b\r\nc/d> x", "http://a.example/bc/d host=a.example\n" },
	{ "<URL:http://a.example/b\nc>", "http://a.example/bc host=a.example\n" },
	{ "<http://a.example/b\nwords http://c.example/>", "http://a.example/b host=a.example\nhttp://c.example/ host=c.example\n" },
	{ "<http://a.example/b\nhttp://c.example/d\nwww.e.example", "http://a.example/b host=a.example\n"
	    "http://c.example/d host=c.example\nhttp://www.e.example host=www.e.example\n" },
	{ "http://a.example/b\r\nc", "http://a.example/b host=a.example\n" },
	{ "http://a.example/b?u=http://c.example/&x=1", "http://a.example/b?u=http://c.example/&x=1 host=a.example\n" },
	{ "\xe8\xa9\xb3http://a.example/\xe8\xa9\xb3\xe7\xb4\xb0\xe3\x80\x82 http://b.example\xe3\x80\x8c",
	    "http://a.example/\xe8\xa9\xb3\xe7\xb4\xb0 host=a.example\nhttp://b.example host=b.example\n" },
	{ "http://a.example/\xc2\xa0x http://b.example\xe2\x80\x9d.", "http://a.example/ host=a.example\nhttp://b.example host=b.example\n" },
	{ "http://a.example,http://b.example;www.c.example|https://d.example/", "http://a.example host=a.example\n"
	    "http://b.example host=b.example\nhttp://www.c.example host=www.c.example\nhttps://d.example/ host=d.example\n" },
	{ "http://a.example,b http://bank.example;x@c.example/ mailto:d@e.example,f@g.example", "http://a.example host=a.example\n"
	    "http://bank.example;x@c.example/ host=c.example\nmailto:d@e.example,f@g.example host=e.example\n" },
	{ "www.a.example,www.b.example", "http://www.a.example host=www.a.example\nhttp://www.b.example host=www.b.example\n" },
	{ "http://a.example/))))(((", "http://a.example/ host=a.example\n" },
	{ "http://a.example:80, http://[::1]/x http://u:p@b.example", "http://a.example:80 host=a.example\nhttp://[::1]/x host=::1\n"
	    "http://u:p@b.example host=b.example\n" },
};

static void
test_found(void **state)
{
	const struct reading how = { TEXT_PLAIN, "utf-8", TEXT_FIXED, true };
	static const size_t steps[] = { SIZE_MAX, 1, 2, 3, 5, 7, 16 };
	struct told t;

	(void)state;
	told_init(&t);
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
			read_text(&t, &how, slice_of(found[i].text), steps[k]);
			want(buf_slice(&t.rest), found[i].urls, found[i].text, steps[k]);
		}
	told_fini(&t);
	want_nothing_wrong();
}

/* A URL at every place of a piece, whatever its length. */
static void
test_seams(void **state)
{
	const struct reading how = { TEXT_PLAIN, "utf-8", TEXT_FIXED, true };
	struct told t;
	struct buf in;

	(void)state;
	told_init(&t);
	buf_init(&in, 4 * KiB);
	for (size_t n = 0; n < 40; n++) {
		buf_clear(&in);
		buf_spaces(&in, n);
		buf_text(&in, "https://a.example/b www.c.example <mailto:d@e.example>");
		for (size_t step = 1; step < 40; step++) {
			read_text(&t, &how, buf_slice(&in), step);
			want(buf_slice(&t.rest), "https://a.example/b host=a.example\nhttp://www.c.example host=www.c.example\n"
			    "mailto:d@e.example host=e.example\n", "seam", step);
		}
	}
	buf_fini(&in);
	told_fini(&t);
	want_nothing_wrong();
}

/* What is longer than LIMIT_URL is cut there; what follows is found. */
static void
test_long(void **state)
{
	const struct reading how = { TEXT_PLAIN, "utf-8", TEXT_FIXED, true };
	struct told t, cut;
	struct buf in;

	(void)state;
	told_init(&t);
	told_init(&cut);
	buf_init(&in, MiB);
	buf_text(&in, "http://a.example/");
	while (in.n < 10000)
		buf_text(&in, "x");
	buf_text(&in, " http://b.example/");
	read_text(&t, &how, buf_slice(&in), SIZE_MAX);
	read_text(&cut, &how, buf_slice(&in), 7);
	assert_true(slice_eq(buf_slice(&t.rest), buf_slice(&cut.rest)));
	assert_true(slice_starts(buf_slice(&t.rest), S("http://a.example/xxx")));
	want(slice_drop(buf_slice(&t.rest), LIMIT_URL), " host=a.example\nhttp://b.example/ host=b.example\n", "long", 0);
	buf_fini(&in);
	told_fini(&t);
	told_fini(&cut);
	want_nothing_wrong();
}

static const struct { const char *text, *safe; } fangs[] = {
	{ "http://a.example/b.html", "hxxp://a[.]example/b.html" },
	{ "HTTPS://u@a.b.example:8080?c.d", "hxxps://u[@]a[.]b[.]example:8080?c.d" },
	{ "ftp://a.example", "fxp://a[.]example" },
	{ "mailto:a.b@c.example?subject=d.e", "mailto:a[.]b[@]c[.]example?subject=d.e" },
	{ "javascript:alert(1.5)", "javascript:alert(1[.]5)" },
	{ "", "" },
};

static void
test_defang(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, KiB);
	for (size_t i = 0; i < sizeof fangs / sizeof *fangs; i++) {
		defang_url(&out, slice_of(fangs[i].text));
		want(buf_slice(&out), fangs[i].safe, fangs[i].text, 0);
		buf_clear(&out);
	}
	defang_text(&out, S("See <http://a.example/b.c>, www.d.example. Not e.f.g or xhttp://h.i; mailto:j@k.example"));
	want(buf_slice(&out), "See <hxxp://a[.]example/b.c>, www[.]d[.]example. Not e.f.g or xhttp://h.i; mailto:j[@]k[.]example", "text", 0);
	buf_fini(&out);
	want_nothing_wrong();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_idn),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_seams),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_defang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
