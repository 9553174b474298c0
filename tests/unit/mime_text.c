/*
 * mime_text.c - plain and enriched text, charsets, and what was lost.
 */
#include "text_script.h"

static void
test_plain(void **state)
{
	const struct reading how = { TEXT_PLAIN, "utf-8", TEXT_FIXED, false };

	(void)state;
	check_text(&how, S(""), "", "");
	check_text(&how, S("one\r\ntwo\nthree\rfour"), "one\ntwo\nthree\nfour", "");
	check_text(&how, S("\r\n\r\n\n\r\r\nx\r"), "\n\n\n\n\nx\n", "");
	check_text(&how, S("  keep \t this > \r\n"), "  keep \t this > \n", "");
	check_text(&how, S("\xef\xbb\xbf" "caf\xc3\xa9\r\nhttp://a.example/\r\n"), "café\nhttp://a.example/\n",
	    "http://a.example/ host=a.example\n");
}

/* RFC 3676 */
static void
test_flowed(void **state)
{
	const struct reading how = { TEXT_PLAIN, "utf-8", TEXT_FLOWED, false }, delsp = { TEXT_PLAIN, "utf-8", TEXT_FLOWED_DELSP, false };

	(void)state;
	check_text(&how, S("one \r\ntwo\r\nthree"), "one two\nthree", "");
	check_text(&how, S(" >no quote\r\n  two\r\n"), ">no quote\n two\n", "");
	check_text(&how, S("> a \r\n> b\r\n>> c \r\n>> d\r\ne"), "> a b\n>> c d\ne", "");
	check_text(&how, S("> a \r\nb\r\n"), "> a \nb\n", "");		/* it flows into another depth, which is wrong: 4.5 */
	check_text(&how, S("text \r\n-- \r\nme\r\n"), "text -- \nme\n", "");
	check_text(&how, S("text\r\n-- \r\nme \r\nyou"), "text\n-- \nme you", "");
	check_text(&how, S("a\r\n\r\n \r\nb \r\n\r\nc"), "a\n\n\nb \nc", "");
	check_text(&how, S("a  \r\nb \n"), "a  b ", "");
	check_text(&how, S(">\r\n> x"), ">\n> x", "");
	check_text(&how, S("http://a.example/b \r\nc"), "http://a.example/b c", "http://a.example/b host=a.example\n");
	check_text(&delsp, S("http://a.example/b \r\nc, two  \r\nwords \r\n"), "http://a.example/bc, two words",
	    "http://a.example/bc host=a.example\n");
	check_text(&delsp, S("> a \r\n> b\r\n-- \r\nme"), "> ab\n-- \nme", "");
}

static void
test_enriched(void **state)
{
	const struct reading how = { TEXT_ENRICHED, "us-ascii", TEXT_FIXED, false };

	(void)state;
	check_text(&how, S("<bold>Now</bold> is the time for <italic>all</italic>\r\ngood men\r\n\r\n<smaller>(and <<women>)</smaller>"),
	    "Now is the time for all good men\n(and <women>)\n", "");
	check_text(&how, S("<color><param>red</param>Red</color>\r\n\r\n\r\nx<excerpt>old</excerpt>new"), "Red\n\nx\n\n> old\n\nnew\n", "");
	check_text(&how, S("<nofill>a\r\n  b\r\n</nofill>c"), "a\n  b\nc\n", "");
	check_text(&how, S("a<nl>b<lt>c <unfinished"), "a\nb<c\n", "");
	check_text(&how, S("http://a.example/<bold>x"), "http://a.example/x\n", "http://a.example/ host=a.example\n");
}

static void
test_charsets(void **state)
{
	(void)state;
	check_text(&(struct reading){ TEXT_PLAIN, "", TEXT_FIXED, false }, S("caf\xc3\xa9 caf\xe9"), "café café", "");
	check_text(&(struct reading){ TEXT_PLAIN, "US-ASCII", TEXT_FIXED, false }, S("caf\xe9"), "café", "");
	check_text(&(struct reading){ TEXT_PLAIN, "x-nothing", TEXT_FIXED, false }, S("caf\xe9"), "caf\xef\xbf\xbd", "mime.charset-unknown: x-nothing\n");
	check_text(&(struct reading){ TEXT_PLAIN, "utf-7", TEXT_FIXED, false }, S("+AGgAdAB0AHA-://a.example/"), "http://a.example/",
	    "mime.charset-suspicious: utf-7\nhttp://a.example/ host=a.example\n");
	check_text(&(struct reading){ TEXT_HTML, "utf-16", TEXT_FIXED, false }, S("\xff\xfe<\0b\0>\0x\0"), "x\n", "mime.charset-suspicious: utf-16\n");
	check_text(&(struct reading){ TEXT_HTML, "iso-2022-jp", TEXT_FIXED, false }, S("<b>\x1b$B%F%9%H\x1b(B</b> <a href=http://a.example/\x1b$B%F\x1b(B>x</a>"),
	    "テスト x <http://a.example/テ>\n", "http://a.example/テ host=a.example text=x\n");
}

/* What HTML says of itself counts where its header says nothing. */
static void
test_meta(void **state)
{
	const struct reading none = { TEXT_HTML, "", TEXT_FIXED, false }, declared = { TEXT_HTML, "iso-8859-1", TEXT_FIXED, false };
	struct buf late;

	(void)state;
	check_text(&none, S("<html><head><META CharSet = 'gb2312'></head>\xb2\xe2"), "测\n", "");
	check_text(&none, S("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>\xf0"), "П\n", "");
	check_text(&none, S("<meta name=viewport><meta charset=utf-16>caf\xc3\xa9"), "café\n", "");
	check_text(&none, S("<meta charset=x-nothing>caf\xe9"), "caf\xef\xbf\xbd\n", "mime.charset-unknown: x-nothing\n");
	check_text(&none, S("<p>charset=gb2312 caf\xe9 <meta"), "charset=gb2312 café\n", "");
	check_text(&declared, S("<meta charset=gb2312>caf\xe9"), "café\n", "");
	buf_init(&late, 4 * KiB);
	while (late.n < LIMIT_SNIFF)
		buf_text(&late, "      ");
	buf_text(&late, "<meta charset=gb2312>caf\xe9");
	check_text(&none, buf_slice(&late), "café\n", "");
	buf_fini(&late);
}

static void
test_gap(void **state)
{
	struct told t;
	struct text_user user = { &t, told_text, told_url, told_note };
	struct text_stream *s = text_new(TEXT_PLAIN, S("utf-8"), TEXT_FIXED, &user);

	(void)state;
	told_init(&t);
	text_feed(s, S("one http://a.exa"));
	text_gap(s, 1448);
	text_feed(s, S("mple/ two\r\n"));
	text_gap(s, 1);
	text_feed(s, S("www.b.example"));
	text_finish(s);
	want(buf_slice(&t.text), "one http://a.exa\n[1448 bytes missing]\nmple/ two\n[1 byte missing]\nwww.b.example", "gap", 0);
	want(buf_slice(&t.rest), "http://www.b.example host=www.b.example\n", "gap", 0);
	text_free(&s);
	told_fini(&t);
	want_nothing_wrong();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_flowed),
		cmocka_unit_test(test_enriched),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_meta),
		cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
