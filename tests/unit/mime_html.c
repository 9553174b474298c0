/*
 * mime_html.c - HTML as a person reads it.
 */
#include "text_script.h"

static const struct { slice html; const char *text; } texts[] = {
	{ S("plain"), "plain\n" },
	{ S(""), "" },
	{ S("  a \t\r\n b  "), "a b\n" },
	/* Blocks */
	{ S("<p>one</p><p>two</p>"), "one\n\ntwo\n" },
	{ S("<p>one<p>two"), "one\n\ntwo\n" },
	{ S("<div>one</div><div>two</div>"), "one\ntwo\n" },
	{ S("<div>one</div><div><br></div><div>two</div>"), "one\n\ntwo\n" },
	{ S("a<br>b<br/>c</br>d"), "a\nb\nc\nd\n" },
	{ S("a<br><br><br><br>b"), "a\n\nb\n" },
	{ S("a <b>b</b><i> c</i>d"), "a b cd\n" },
	{ S("<h1>Head</h1>text<hr>more"), "Head\n\ntext\n--------\nmore\n" },
	{ S("<ul><li>one<li><p>two</p></ul><ol start=9><li>x</li><li>y<ul><li>z</ul></ol>end"),
	    "* one\n* two\n\n9. x\n10. y\n  * z\n\nend\n" },
	{ S("<dl><dt>a<dd>b<dt>c</dl>d"), "a\nb\nc\n\nd\n" },
	{ S("a<blockquote>b<p>c</p><blockquote>d</blockquote></blockquote>e"), "a\n\n> b\n>\n> c\n>\n> > d\n\ne\n" },
	{ S("<table><tr><th>Item<th>No<tr><td>Nut</td><td>2</td></tr></table>x"), "Item | No\nNut | 2\nx\n" },
	{ S("<table><tr><td><p>Nut</p></td><td><p>2</p></td></tr><tr><td><p>Bolt</p></td><td><p>3</p></td></tr></table>"),
	    "Nut | 2\nBolt | 3\n" },
	{ S("<table><tr><td></td><td>x</td><td></td></tr></table>"), "x\n" },
	{ S("<pre>\n a  b\r\n\tc\n\n\nd</pre>e"), " a  b\n\tc\n\n\nd\ne\n" },
	{ S("<textarea><b>a</b>\n b</textarea>"), "<b>a</b>\n b\n" },
	/* What is no text */
	{ S("a<!-- <b> -- > -->b<!-->c<!--->d<!----!>e<!--!>f-->g<!-- x --!>h"), "abcdegh\n" },
	{ S("a<!-- b"), "a\n" },
	{ S("a<!DOCTYPE html><?xml version='1'?></ bogus><![CDATA[x]]>b"), "ab\n" },
	{ S("a<script>if (1 < 2) document.write('</b><p>x')</SCRIPT >b<style>p{}</style>c<title>t</title>d"), "abcd\n" },
	{ S("a<script>x</scripty></script/>b"), "ab\n" },
	{ S("a<style>x</sty"), "a\n" },
	{ S("a<b"), "a\n" },
	{ S("a<a href='http://x.example/"), "a\n" },
	{ S("a < b <3 <> </3 <b> a<"), "a < b <3 <> a<\n" },
	{ S("a</>b</ >c"), "abc\n" },
	/* Entities */
	{ S("&lt;&gt;&amp;&quot;&apos;&nbsp;&eacute;&euro;&#65;&#x42;&#X43;&#128;&#0;&#x110000;&#xd800;"), "<>&\"' é€ABC€\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n" },
	{ S("&copy 1 &notit; &amp;lt; &ampx &bogus; & &; &# &#x; &#65x"), "© 1 ¬it; &lt; &x &bogus; & &; &# &#x; Ax\n" },
	{ S("a&"), "a&\n" },
	{ S("a&am"), "a&am\n" },
	{ S("a&amp"), "a&\n" },
	{ S("&#00000000000000000000000000000000000000065;"), "\xef\xbf\xbd" "000000065;\n" },
	{ S("pay&shy;pal\xe2\x80\x8b.com"), "paypal.com\n" },
	/* Pictures and links */
	{ S("<img alt='Our  logo' src=cid:x><img src=cid:y><img alt=''>."), "[Our logo].\n" },
	{ S("<a href='http://a.example/x'>here</a> and"), "here <http://a.example/x> and\n" },
	{ S("<a href='http://a.example/'>A.example</a>"), "A.example\n" },
	{ S("<a href='http://a.example/x'>http://a.example/x</a>"), "http://a.example/x\n" },
	{ S("<a href='mailto:a@b.example'>a@b.example</a> <a href='mailto:a@b.example'>Ann</a>"), "a@b.example Ann <a@b.example>\n" },
	{ S("<a href='#x'>up</a> <a name=y>z</a> <a>w</a>"), "up z w\n" },
	{ S("<a href=http://a.example/?p=1><img src=cid:1></a>"), "<http://a.example/?p=1>\n" },
	{ S("<a href=http://a.example/?p=1><img src=cid:1 alt=Buy></a>"), "[Buy] <http://a.example/?p=1>\n" },
	{ S("<a href=http://a.example/?p=1></a>x"), "x\n" },
	{ S("<a href=http://a.example/1>one<a href=http://a.example/2>two"), "one <http://a.example/1>two <http://a.example/2>\n" },
	{ S("<a href=http://a.example/1><div>one </div></a>two"), "one <http://a.example/1>\ntwo\n" },
	{ S("<input type=submit value='Log in'><input name=x value=y>"), "[Log in]\n" },
	/* Hidden */
	{ S("a <span style='DISPLAY : none'>b <i>c</i></span> d"), "a {b c} d\n" },
	{ S("<div style=\"display:none!important\">pre<div>header</div></div><p>x"), "{pre\nheader}\n\nx\n" },
	{ S("<td style='font-size:0'>a<p style='font-size:12px'>b</p></td>"), "{a}\n\nb\n" },
	{ S("<b hidden>x</b>y<b style='visibility:hidden'> </b>z"), "{x}y z\n" },
	{ S("<div style='display:none'>a &zwnj;&nbsp;&zwnj;&nbsp;</div>b"), "{a}\nb\n" },
	{ S("<p hidden>a<p>b"), "{a}\n\nb\n" },
	{ S("a<template>b</template>c"), "a{b}c\n" },
	{ S("<span style='opacity:0.5;max-height:100px;font-size:10px'>a</span>"), "a\n" },
	/* Nothing goes wrong where it is wrong */
	{ S("</p></div></table></b></a>x"), "x\n" },
	{ S("<b><p>a</b>b</p>c"), "ab\n\nc\n" },
	{ S("<span><div>a</span>b</div>c"), "ab\nc\n" },
	{ S("<div style='display:none'><table><tr><td></div>a</td></table></div>b"), "{a}\nb\n" },
	{ S("<a b='>' c=\">\" d=>e</a>"), "e\n" },
	{ S("<a =b href='http://a.example/1' href='http://b.example/'>x</a>"), "x <http://a.example/1>\n" },
};

static void
test_texts(void **state)
{
	const struct reading how = { TEXT_HTML, "utf-8", TEXT_FIXED, false };
	static const size_t steps[] = { SIZE_MAX, 1, 2, 3, 7 };
	struct told t;

	(void)state;
	told_init(&t);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
			read_text(&t, &how, texts[i].html, steps[k]);
			want(buf_slice(&t.text), texts[i].text, (const char *)texts[i].html.p, steps[k]);
		}
	told_fini(&t);
	want_nothing_wrong();
}

/* URLs that a client opens or fetches, and what they show. */
static const struct { slice html; const char *told; } links[] = {
	{ S("<a href=' http://A.example/x y '>here</a>"), "http://A.example/x%20y host=a.example text=here\n" },
	{ S("<a href='htt\np://a.\texample/'>b</a>"), "http://a.example/ host=a.example text=b\n" },
	{ S("<A HREF=HTTPS:\\\\a.example\\b?c\\d>b</A>"), "https://a.example/b?c\\d host=a.example text=b\n" },
	{ S("<a href=https:/a.example>b</a><a href=https:a.example/c>b</a>"),
	    "https://a.example host=a.example text=b\nhttps://a.example/c host=a.example text=b\n" },
	{ S("<a href='https&colon;&sol;&sol;a.example&#x2f;b?c=1&d=2&copy=3&amp;e=4'>x</a>"),
	    "https://a.example/b?c=1&d=2&copy=3&e=4 host=a.example text=x\n" },
	{ S("<a href='//a.example/b'>x</a>"), "http://a.example/b host=a.example text=x\n" },
	{ S("<a href='b.html'>x</a><a href='#c'>x</a><a href='cid:d'>x</a><img src='data:image/png;base64,aaaa'>"), "" },
	{ S("<base href='https://a.example/d/e?f'><a href='b.html'>x</a><a href='/c'>x</a><a href='?g'>x</a><img src='//h.example/i'>"),
	    "https://a.example/d/b.html host=a.example text=x\nhttps://a.example/c host=a.example text=x\n"
	    "https://a.example/d/e?g host=a.example text=x\nhttps://h.example/i host=h.example\n" },
	{ S("<base href='https://a.example'><a href='b'>x</a>"), "https://a.example/b host=a.example text=x\n" },
	{ S("<a href='javascript:alert(1)'>x</a>"), "javascript:alert(1) host= text=x\n" },
	{ S("<a href='file://h.example/share/x'>x</a><a href='file:///c/x'>y</a>"),
	    "file://h.example/share/x host=h.example text=x\nfile:///c/x host= text=y\n" },
	{ S("<img src=http://a.example/1><form action='http://a.example/2'><body background=\"http://a.example/3\">"
	    "<button formaction=http://a.example/4><img srcset='http://a.example/5 1x, http://a.example/6,http://a.example/7 2x'>"
	    "<link rel=stylesheet href=http://a.example/8><area href=http://a.example/9><video poster=http://a.example/10>"),
	    "http://a.example/1 host=a.example\nhttp://a.example/2 host=a.example\nhttp://a.example/3 host=a.example\n"
	    "http://a.example/4 host=a.example\nhttp://a.example/5 host=a.example\nhttp://a.example/6,http://a.example/7 host=a.example\n"
	    "http://a.example/8 host=a.example\nhttp://a.example/9 host=a.example\nhttp://a.example/10 host=a.example\n" },
	{ S("<div style=\"background: url('http://a.example/1')\"><style>a{b:url(http://a.example/2)c}</style>"
	    "<meta http-equiv=Refresh content='0; URL=\"http://a.example/3\"'>"),
	    "http://a.example/1 host=a.example\nhttp://a.example/2 host=a.example\nhttp://a.example/3 host=a.example\n" },
	{ S("see www.a.example/b&amp;c, and <b>https://c.</b>example &lt;http://d.example&gt;"),
	    "http://www.a.example/b&c host=www.a.example\nhttps://c host=c\nhttp://d.example host=d.example\n" },
	{ S("<a href=http://a.example/><b>Read</b>  our\n<i>terms</i> <img alt=now></a>"),
	    "http://a.example/ host=a.example text=Read our terms [now]\n" },
	{ S("<a href=http://a.example/>http://A.example</a>"), "http://a.example/ host=a.example\n" },
	{ S("<!--[if mso]><v:rect href=\"https://a.example/?b=1&amp;c=2\"><![endif]--><!-- http://b.example/ --><!--[i http://c.example/ -->"
	    "<!--[if !mso]><!--><a href=http://d.example/>x</a><!--<![endif]--><!--[IF gte mso 9]>http://e.example/-->http://f.example"),
	    "https://a.example/?b=1&c=2 host=a.example\nhttp://d.example/ host=d.example text=x\nhttp://e.example/ host=e.example\n"
	    "http://f.example host=f.example\n" },
	{ S("<p hidden>http://a.example/</p><a href=http://b.example/>x<b hidden>y</b></a>"), "http://b.example/ host=b.example text=x\n" },
	/* Another host than the one that is shown */
	{ S("<a href=http://evil.example/>https://bank.example/login</a>"),
	    "http://evil.example/ host=evil.example text=https://bank.example/login\n"
	    "url.text-mismatch: shows bank.example, opens evil.example\n" },
	{ S("<a href=http://bank.example@evil.example/>www.bank.example</a>"),
	    "http://bank.example@evil.example/ host=evil.example text=www.bank.example\n"
	    "url.text-mismatch: shows www.bank.example, opens evil.example\n" },
	{ S("<a href=http://203.0.113.9/>Go to http://bank.example/ now</a>"),
	    "http://203.0.113.9/ host=203.0.113.9 text=Go to http://bank.example/ now\n"
	    "url.text-mismatch: shows bank.example, opens 203.0.113.9\n" },
	{ S("<a href=http://evil.example/>paypal.com</a>"),
	    "http://evil.example/ host=evil.example text=paypal.com\nurl.text-mismatch: shows paypal.com, opens evil.example\n" },
	{ S("<a href=mailto:x@evil.example>help@paypal.com</a>"),
	    "mailto:x@evil.example host=evil.example text=help@paypal.com\nurl.text-mismatch: shows paypal.com, opens evil.example\n" },
	{ S("<a href=https://a.co.uk/>www.b.co.uk</a>"),
	    "https://a.co.uk/ host=a.co.uk text=www.b.co.uk\nurl.text-mismatch: shows www.b.co.uk, opens a.co.uk\n" },
	{ S("<a href='https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%40evil.example%2F'>www.bank.example</a>"),
	    "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%40evil.example%2F "
	    "host=x.safelinks.protection.outlook.com text=www.bank.example\n"
	    "url.text-mismatch: shows www.bank.example, opens x.safelinks.protection.outlook.com\n" },
	/* and what is none */
	{ S("<a href=https://gov.uk/>www.gov.uk</a>"), "https://gov.uk/ host=gov.uk text=www.gov.uk\n" },
	{ S("<a href='https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%2Fa'>www.bank.example</a>"),
	    "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%2Fa "
	    "host=x.safelinks.protection.outlook.com text=www.bank.example\n" },
	{ S("<a href=https://urldefense.com/v3/__https://bank.example/__;!!a>http://bank.example/</a>"),
	    "https://urldefense.com/v3/__https://bank.example/__;!!a host=urldefense.com text=http://bank.example/\n" },
	{ S("<a href=http://www.bank.example/a>http://login.bank.example</a>"),
	    "http://www.bank.example/a host=www.bank.example text=http://login.bank.example\n" },
	{ S("<a href=http://a.example/>report.pdf</a><a href=http://a.example/>Mr.Smith</a><a href=http://a.example/>ASP.NET</a>"
	    "<a href=http://a.example/>Pay at paypal.com</a><a href=http://a.example/>3.14</a>"),
	    "http://a.example/ host=a.example text=report.pdf\nhttp://a.example/ host=a.example text=Mr.Smith\n"
	    "http://a.example/ host=a.example text=ASP.NET\nhttp://a.example/ host=a.example text=Pay at paypal.com\n"
	    "http://a.example/ host=a.example text=3.14\n" },
};

static void
test_links(void **state)
{
	const struct reading how = { TEXT_HTML, "utf-8", TEXT_FIXED, true }, with_text = { TEXT_HTML, "utf-8", TEXT_FIXED, false };
	static const size_t steps[] = { SIZE_MAX, 1, 2, 3, 7 };
	struct told t;

	(void)state;
	told_init(&t);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
			read_text(&t, &how, links[i].html, steps[k]);
			want(buf_slice(&t.rest), links[i].told, (const char *)links[i].html.p, steps[k]);
			read_text(&t, &with_text, links[i].html, steps[k]);
			want(buf_slice(&t.rest), links[i].told, (const char *)links[i].html.p, steps[k]);
		}
	told_fini(&t);
	want_nothing_wrong();
}

/* What is larger than any limit is cut there, and costs no more than its length. */
static void
test_large(void **state)
{
	static const char *const pieces[] = { "<a", "<b>", "</b", "&", "<a href='http://a.example/'>", "<div>", "<!--", "<li>", "<td><p>", "\"", " x",
	    "<x y=", "&#1", "http://", "<span></p>", "<script>", "www.", "<blockquote>", "<ul><li>x" };
	const struct reading how = { TEXT_HTML, "utf-8", TEXT_FIXED, false };
	struct told t;
	struct buf in;

	(void)state;
	told_init(&t);
	buf_init(&in, MiB);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		buf_clear(&in);
		while (in.n < 512 * KiB)
			buf_text(&in, pieces[i]);
		read_text(&t, &how, buf_slice(&in), SIZE_MAX);
		read_text(&t, &how, buf_slice(&in), 1448);
	}
	buf_fini(&in);
	told_fini(&t);
	want_nothing_wrong();
}

/* Beyond the stack links are links, and the end is the end. */
static void
test_deep(void **state)
{
	const struct reading how = { TEXT_HTML, "utf-8", TEXT_FIXED, false };
	struct told t;
	struct buf in;

	(void)state;
	told_init(&t);
	buf_init(&in, MiB);
	for (int i = 0; i < 300; i++)
		buf_text(&in, "<div>");
	buf_text(&in, "<a href=http://a.example/>x</a> y<a href=http://b.example/>z<a href=http://c.example/>u");
	read_text(&t, &how, buf_slice(&in), SIZE_MAX);
	want(buf_slice(&t.text), "x <http://a.example/> yz <http://b.example/>u <http://c.example/>\n", "deep", 0);
	want(buf_slice(&t.rest), "http://a.example/ host=a.example text=x\nhttp://b.example/ host=b.example text=z\n"
	    "http://c.example/ host=c.example text=u\n", "deep", 0);
	buf_fini(&in);
	told_fini(&t);
	want_nothing_wrong();
}

static void
test_gap(void **state)
{
	struct told t;
	struct text_user user = { &t, told_text, told_url, told_note };
	struct text_stream *s = text_new(TEXT_HTML, S("utf-8"), TEXT_FIXED, &user);

	(void)state;
	told_init(&t);
	text_feed(s, S("<p>one <a href='http://a.exa"));
	text_gap(s, 100);
	text_feed(s, S("ple/'>two http://b.exam"));
	text_gap(s, 1);
	text_feed(s, S("ple/ three"));
	text_finish(s);
	want(buf_slice(&t.text), "one\n[100 bytes missing]\ntwo http://b.exam\n[1 byte missing]\nple/ three\n", "gap", 0);
	want(buf_slice(&t.rest), "", "gap", 0);
	text_free(&s);
	told_fini(&t);
	want_nothing_wrong();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
