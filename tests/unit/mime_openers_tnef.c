/*
 * mime_openers_tnef.c - winmail.dat, built here attribute by attribute.
 */
#include "mime_openers.h"

extern const struct opener tnef_opener;

static const struct content_about winmail = { .content_type = SLICE("application/ms-tnef"), .filename = SLICE("winmail.dat") };

enum { MESSAGE = 1, ATTACHMENT = 2, STRING8 = 0x1e, UNICODE = 0x1f, OBJECT = 0x0d, BINARY = 0x102 };

static struct buf file, props;
static uint32_t nprops;

static void
le(struct buf *b, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_add_byte(b, (uint8_t)(value >> 8 * i));
}

static void
begin(void)
{
	buf_init(&file, 8 * MiB);
	buf_init(&props, 8 * MiB);
	le(&file, 0x223e9f78, 4);
	le(&file, 1, 2);
}

static void
attribute(uint8_t level, uint32_t tag, slice value)
{
	uint16_t sum = 0;

	le(&file, level, 1);
	le(&file, tag, 4);
	le(&file, value.n, 4);
	buf_add(&file, value);
	for (size_t i = 0; i < value.n; i++)
		sum = (uint16_t)(sum + value.p[i]);
	le(&file, sum, 2);
}

static void
fixed(uint16_t type, uint16_t id, uint64_t value, unsigned bytes)
{
	nprops++;
	le(&props, type, 2);
	le(&props, id, 2);
	le(&props, value, bytes);
}

static void
value_of(slice value)
{
	le(&props, value.n, 4);
	buf_add(&props, value);
	while (props.n % 4 != 0)
		buf_add_byte(&props, 0);
}

static void
variable(uint16_t type, uint16_t id, slice value)
{
	nprops++;
	le(&props, type, 2);
	le(&props, id, 2);
	le(&props, 1, 4);
	value_of(value);
}

static void
unicode(uint16_t id, const char *ascii)
{
	uint8_t text[512];
	size_t n = 0;

	do {
		text[n++] = (uint8_t)*ascii;
		text[n++] = 0;
	} while (*ascii++ != '\0');
	variable(UNICODE, id, (slice){ text, n });
}

static void
add_props(uint8_t level, uint32_t tag)
{
	struct buf all;

	buf_init(&all, 8 * MiB);
	le(&all, nprops, 4);
	buf_add(&all, buf_slice(&props));
	attribute(level, tag, buf_slice(&all));
	buf_fini(&all);
	buf_clear(&props);
	nprops = 0;
}

static void
end(void)
{
	buf_fini(&file);
	buf_fini(&props);
}

#define CODEPAGE   MESSAGE, 0x00069007
#define SUBJECT    MESSAGE, 0x00018004
#define CLASS      MESSAGE, 0x00078008
#define FROM       MESSAGE, 0x00008000
#define DATE       MESSAGE, 0x00038005
#define BODY       MESSAGE, 0x0002800c
#define MSG_PROPS  MESSAGE, 0x00069003
#define RENDDATA   ATTACHMENT, 0x00069002
#define TITLE      ATTACHMENT, 0x00018010
#define DATA       ATTACHMENT, 0x0006800f
#define ATT_PROPS  ATTACHMENT, 0x00069005
#define RENDERING  S("\1\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0")

static void
test_message(void **unused)
{
	(void)unused;
	begin();
	attribute(MESSAGE, 0x00089006, S("\0\0\1\0"));
	attribute(CODEPAGE, S("\xe3\x04\0\0\0\0\0\0"));		/* 1251 */
	attribute(CLASS, S("IPM.Microsoft Mail.Note\0"));
	attribute(SUBJECT, S("\xcf\xf0\xe8\xe2\xe5\xf2\0"));
	attribute(FROM, S("\4\0\x20\0\6\0\x17\0Alice\0SMTP:alice@example.org\0\0"));
	attribute(DATE, S("\xea\x07\x0b\0\x15\0\x12\0\x1d\0\1\0\6\0"));
	attribute(BODY, S("Hello\r\n\0"));
	check(&tnef_opener, &winmail, buf_slice(&file),
	    "file \"\" text/plain; charset=windows-1251\n"
	    "| Hello\\r\\n\n"
	    "end\n"
	    "0 subject: Привет\n"
	    "0 message_class: IPM.Microsoft Mail.Note\n"
	    "0 sender_name: Alice\n"
	    "0 sender_address: alice@example.org\n"
	    "0 date_sent: 2026-11-21T18:29:01Z\n");
	end();
}

/* The long name, the type and the Content-ID stand behind the content. */
static void
test_attachments(void **unused)
{
	(void)unused;
	begin();
	attribute(RENDDATA, RENDERING);
	attribute(TITLE, S("QUARTE~1.PDF\0"));
	attribute(DATA, S("%PDF-1.4"));
	fixed(0x0003, 0x0e20, 8, 4);
	variable(STRING8, 0x3001, S("shown\0"));
	unicode(0x3707, "Quarterly report.pdf");
	variable(STRING8, 0x370e, S("application/pdf\0"));
	variable(STRING8, 0x3712, S("<1@example.org>\0"));
	add_props(ATT_PROPS);
	attribute(RENDDATA, RENDERING);
	attribute(TITLE, S("b.txt\0"));
	attribute(DATA, S("b\0"));
	attribute(RENDDATA, RENDERING);
	attribute(DATA, SLICE_NONE);
	attribute(RENDDATA, RENDERING);
	variable(STRING8, 0x3704, S("elsewhere.doc\0"));
	add_props(ATT_PROPS);
	check(&tnef_opener, &winmail, buf_slice(&file),
	    "file \"Quarterly report.pdf\" application/pdf id <1@example.org> 8\n"
	    "| %PDF-1.4\n"
	    "end\n"
	    "file \"b.txt\" 2\n"
	    "| b\\x00\n"
	    "end\n"
	    "file \"\" 0\n"
	    "end\n"
	    "member \"elsewhere.doc\"\n");
	end();
}

static void
test_properties(void **unused)
{
	(void)unused;
	begin();
	attribute(SUBJECT, S("?? in ANSI\0"));
	unicode(0x0037, "in Unicode");
	variable(STRING8, 0x0070, S("the topic\0"));
	fixed(0x0040, 0x0039, UINT64_C(133000000000000000) + 1, 8);
	fixed(0x000b, 0x0e1f, 1, 4);
	/* Named: by a number, by a name; several values; none. */
	fixed(0x0003, 0x8001, 0, 0);
	for (unsigned i = 0; i < 16; i++)
		buf_add_byte(&props, 0xaa);
	le(&props, 0, 4);
	le(&props, 0x8503, 4);
	le(&props, 7, 4);
	fixed(0x001e, 0x8002, 0, 0);
	for (unsigned i = 0; i < 16; i++)
		buf_add_byte(&props, 0xbb);
	le(&props, 1, 4);
	value_of(S("n\0a\0m\0e\0\0\0"));
	le(&props, 1, 4);
	value_of(S("named"));
	fixed(0x101e, 0x3a4a, 3, 4);
	value_of(S("a"));
	value_of(S(""));
	value_of(S("cdefg"));
	fixed(0x1003, 0x3a4b, 2, 4);
	le(&props, 5, 4);
	le(&props, 6, 4);
	fixed(0x001e, 0x3a4c, 0, 4);
	unicode(0x1000, "Plain body");
	variable(BINARY, 0x1013, S("<p>HTML body</p>"));
	unicode(0x1035, "<id@example.org>");
	add_props(MSG_PROPS);
	check(&tnef_opener, &winmail, buf_slice(&file),
	    "file \"\" text/plain; charset=utf-16le\n"
	    "| P\\x00l\\x00a\\x00i\\x00n\\x00 \\x00b\\x00o\\x00d\\x00y\\x00\n"
	    "end\n"
	    "file \"\" text/html 16\n"
	    "| <p>HTML body</p>\n"
	    "end\n"
	    "0 subject: in Unicode\n"
	    "0 conversation_topic: the topic\n"
	    "0 message_id: <id@example.org>\n"
	    "0 date_sent: 2022-06-18T04:26:40Z\n");
	end();
}

/* MS-OXRTFCP 4.1 and 4.2 (the second refers to itself), and text that is not packed. */
static void
test_rtf(void **unused)
{
	static const slice packed[] = {
		SLICE("\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09"
		    "\0\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0"),
		SLICE("\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0"),
		SLICE("\x12\0\0\0\x06\0\0\0MELA\0\0\0\0{\\rtf}"),
		SLICE("\x12\0\0\0\x06\0\0\0MELA\0\0\0\0{\\r"),
		SLICE("\x12\0\0\0\x06\0\0\0What\0\0\0\0{\\rtf}"),
	};
	static const char *told[] = {
		"| {\\rtf1\\ansi\\ansicpg1252\\pard hello world}\\r\\n\nend\n", "| {\\rtf1 WXYZWXYZWXYZWXYZWXYZ}\nend\n", "| {\\rtf}\nend\n",
		"| {\\r\nend, not whole\n", "end, not whole\n",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
		char want[256] = "file \"\" application/rtf\n";

		begin();
		variable(BINARY, 0x1009, packed[i]);
		add_props(MSG_PROPS);
		strcat(want, told[i]);
		check(&tnef_opener, &winmail, buf_slice(&file), want);
		end();
	}
}

/* RTF that is not packed. */
static void
check_wrapped(slice rtf, const char *want)
{
	struct buf mela;

	buf_init(&mela, 8 * KiB);
	le(&mela, rtf.n + 12, 4);
	le(&mela, rtf.n, 4);
	le(&mela, 0x414c454d, 4);
	le(&mela, 0, 4);
	buf_add(&mela, rtf);
	begin();
	variable(BINARY, 0x1009, buf_slice(&mela));
	add_props(MSG_PROPS);
	check(&tnef_opener, &winmail, buf_slice(&file), want);
	end();
	buf_fini(&mela);
}

/* MS-OXRTFEX: mail that was HTML or plain text before Outlook had it. */
static void
test_wrapped(void **unused)
{
	(void)unused;
	check_wrapped(S(
	    "{\\rtf1\\ansi\\ansicpg1251\\fromhtml1 \\deff0\r\n"
	    "{\\fonttbl {\\f0\\fmodern Courier New;}{\\f1\\fswiss Arial;}}\r\n"
	    "{\\colortbl\\red0\\green0\\blue0;}{\\*\\generator Riched20 {nested}}\r\n"
	    "{\\*\\htmltag64}\r\n"
	    "\\uc1\\pard\\plain\\deftab360 \\f0\\fs24\r\n"
	    "{\\*\\htmltag <HTML><style>\\par\r\np \\{font-family:Arial;\\}\\par\r\n</style>\\par\r\n\\tab <body>\\par\r\n<p\\par\r\n"
	    "class=\"x\">}\r\n"
	    "{\\htmlrtf \\f1 \\htmlrtf0 A line {\\*\\htmltag <b>}{\\htmlrtf \\b\r\n\\htmlrtf0 this is \\htmlrtf {\\b only RTF\\htmlrtf0 bold"
	    "\\htmlrtf }\\htmlrtf0  text{\\*\\htmltag </b>}}\r\n"
	    "\\htmlrtf\\line\\htmlrtf0 \\'cf\\'f0\xe8 \\u8364 ?\\u-10179?\\u-8704?{\\*\\mhtmltag <no>}\\~\\emdash \\bin3 }}}.\r\n"
	    "{\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0 {\\*\\htmltag </p></HTML>}}}\r\n\0"),
	    "file \"\" text/html; charset=utf-8\n"
	    "| <HTML><style>\\r\\np {font-family:Arial;}\\r\\n</style>\\r\\n\\t<body>\\r\\n<p\\r\\nclass=\"x\">"
	    "A line <b>this is bold text</b>При €😀\xc2\xa0—.&lt;</p></HTML>\n"
	    "end\n");
	check_wrapped(S(
	    "{\\rtf1\\ansi\\ansicpg932\\fromtext \\deff0{\\fonttbl{\\f0 x;}}\\uc1\\pard\\plain\\deftab360 \\f0\\fs20 "
	    "http://example.net/\\par\r\n\\'83\\'65\\'83\\'58\\'83\\'67 end}"),
	    "file \"\" text/plain; charset=utf-8\n"
	    "| http://example.net/\\r\\nテスト end\n"
	    "end\n");
	/* Groups too deep, ends without beginnings. */
	check_wrapped(S("{\\rtf\\fromtext a{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{b{{c}}}}}d}}}}}}}}}}}}}}}}}}}}}}}}}"
	    "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}e}}}}f\\'g\\'4\\-\\_\\"),
	    "file \"\" text/plain; charset=utf-8\n"
	    "| ad\n"
	    "end\n");
}

static void
test_embedded(void **unused)
{
	static const char message[] = "\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46x\x9f>\"\1\0";

	(void)unused;
	begin();
	attribute(RENDDATA, RENDERING);
	unicode(0x3001, "Fwd: hello");
	variable(OBJECT, 0x3701, S(message));
	add_props(ATT_PROPS);
	attribute(RENDDATA, RENDERING);
	attribute(DATA, S("decoy"));
	variable(BINARY, 0x3701, S("real"));
	unicode(0x3707, "x.exe");
	add_props(ATT_PROPS);
	attribute(RENDDATA, RENDERING);
	variable(OBJECT, 0x3701, S("too short"));
	add_props(ATT_PROPS);
	check(&tnef_opener, &winmail, buf_slice(&file),
	    "file \"Fwd: hello\" application/ms-tnef 6\n"
	    "| x\\x9F>\"\\x01\\x00\n"
	    "end\n"
	    "file \"\" 5\n"
	    "| decoy\n"
	    "end\n"
	    "file \"x.exe\" 4\n"
	    "| real\n"
	    "end\n");
	end();
}

static void
test_damage(void **unused)
{
	struct told t = { .quiet = false };

	(void)unused;
	begin();
	attribute(SUBJECT, S("sum\0"));
	file.p[file.n - 1] ^= 0xff;
	attribute(DATA, S("cut off"));
	file.n -= 4;
	check(&tnef_opener, &winmail, buf_slice(&file),
	    "0 wrong_sum: attSubject: fe55 is written, 0155 is right\n"
	    "file \"\" 7\n"
	    "| cut o\n"
	    "end, not whole\n"
	    "0 subject: sum\n");
	/* Behind a gap nothing is read. */
	run_with(&tnef_opener, &winmail, buf_slice(&file), SIZE_MAX, file.n - 3, 2, true, &t);
	buf_add_byte(&t.text, '\0');
	assert_non_null(strstr((const char *)t.text.p, "| cu\nend, not whole\n"));
	told_fini(&t);
	end();

	begin();
	attribute(3, 0x00018004, S("no such level\0"));
	attribute(SUBJECT, S("never read\0"));
	check(&tnef_opener, &winmail, buf_slice(&file), "");
	end();

	begin();
	variable(STRING8, 0x0037, S("read\0"));
	variable(0x0999, 0x0038, S("what type is that?"));
	variable(STRING8, 0x1035, S("not read\0"));
	add_props(MSG_PROPS);
	nprops = UINT32_MAX - 1;
	variable(STRING8, 0x1000, S("body\0"));
	props.p[8] = 0xff;		/* its length */
	add_props(MSG_PROPS);
	attribute(CLASS, S("read again\0"));
	check(&tnef_opener, &winmail, buf_slice(&file),
	    "file \"\" text/plain\n"
	    "| body\\x00\\x00\\x00\\x00\n"
	    "end, not whole\n"
	    "0 subject: read\n"
	    "0 message_class: read again\n");
	end();
}

/* A large attachment is not held: it begins under the name that came first, and the long one is a fact. */
static void
test_large(void **unused)
{
	struct told t = { .quiet = true };
	struct work w;
	struct buf content;

	(void)unused;
	buf_init(&content, 4 * MiB);
	buf_reserve(&content, 3 * MiB);
	while (content.n < 3 * MiB)
		buf_text(&content, "0123456789abcdef");
	begin();
	attribute(RENDDATA, RENDERING);
	attribute(TITLE, S("LARGE~1.BIN\0"));
	attribute(DATA, buf_slice(&content));
	unicode(0x3707, "Large file.bin");
	add_props(ATT_PROPS);
	work_begin(&w, &tnef_opener, &t, &winmail);
	for (slice in = buf_slice(&file); in.n > 0; in = slice_drop(in, 4000)) {
		tnef_opener.feed(w.state, slice_take(in, 4000));
		assert_true(tnef_opener.memory(w.state) < 2 * LIMIT_TNEF_HELD);
	}
	work_end(&w, &t, true);
	buf_add_byte(&t.text, '\0');
	assert_string_equal((const char *)t.text.p,
	    "file \"LARGE~1.BIN\" 3145728\n1 long_name: Large file.bin\n| 3145728 bytes\nend\n");
	assert_true(slice_eq(buf_slice(&t.bytes), buf_slice(&content)));
	told_fini(&t);
	buf_fini(&content);
	end();
}

static void
test_many(void **unused)
{
	struct told t = { .quiet = true };

	(void)unused;
	begin();
	for (unsigned i = 0; i < LIMIT_MEMBERS + 10; i++) {
		attribute(RENDDATA, RENDERING);
		attribute(DATA, S("x"));
	}
	run(&tnef_opener, &winmail, buf_slice(&file), 1000, &t);
	assert_memory_equal(t.text.p + t.text.n - 10, "truncated\n", 10);
	told_fini(&t);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_rtf),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
