/*
 * charset.c - labels of real mail, what cannot be converted, and text cut anywhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "base/utf8.h"

#define FFFD "\xef\xbf\xbd"

static const struct {
	const char *label;
	slice in;
	const char *out;
	enum charset_result result;
} cases[] = {
	{ "utf-8", S("gr\xc3\xbc\xc3\x9f"), "grüß", CHARSET_OK },
	{ "UTF8", S("a\xc3z\xf0\x9f\x98"), "a" FFFD "z" FFFD, CHARSET_REPLACED },
	{ "us-ascii", S("abc"), "abc", CHARSET_OK },
	{ "US-ASCII", S("a\xe9z"), "a" FFFD "z", CHARSET_REPLACED },
	{ "iso-8859-1", S("caf\xe9 \x80 \x93x\x94"), "café € “x”", CHARSET_OK },
	{ "iso-8859-1", S("\x81"), FFFD, CHARSET_REPLACED },
	{ "ISO_8859-1", S("\xff"), "ÿ", CHARSET_OK },
	{ "iso-8859-15", S("\xa4"), "€", CHARSET_OK },
	{ "windows-1251", S("\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет", CHARSET_OK },
	{ "koi8-r", S("\xf0\xd2\xc9\xd7\xc5\xd4"), "Привет", CHARSET_OK },
	{ "iso-8859-8-i", S("\xf9\xec\xe5\xed"), "שלום", CHARSET_OK },
	{ "gb2312", S("\xb2\xe2\xca\xd4"), "测试", CHARSET_OK },
	{ "big5", S("\xb4\xfa\xb8\xd5"), "測試", CHARSET_OK },
	{ "euc-kr", S("\xbe\xc8\xb3\xe7"), "안녕", CHARSET_OK },
	{ "ks_c_5601-1987", S("\xbe\xc8\xb3\xe7"), "안녕", CHARSET_OK },
	{ "iso-2022-kr", S("\x1b$)C\x0e>H3g\x0f!"), "안녕!", CHARSET_OK },
	{ "shift_jis", S("\x83\x65\x83\x58\x83\x67"), "テスト", CHARSET_OK },
	{ "x-sjis", S("\x87\x40"), "①", CHARSET_OK },
	{ "euc-jp", S("\xa5\xc6\xa5\xb9\xa5\xc8"), "テスト", CHARSET_OK },
	{ "iso-2022-jp", S("a \x1b$B%F%9%H\x1b(B z"), "a テスト z", CHARSET_OK },
	{ "iso-2022-jp", S("\x1b$B-!\x1b(B"), "①", CHARSET_OK },
	{ "iso-2022-jp", S("\x1b(I6E\x1b(B."), "ｶﾅ.", CHARSET_OK },
	{ "iso-2022-jp", S("\x1b$B%F\nplain"), "テ\nplain", CHARSET_OK },
	{ "iso-2022-jp", S("\x1b$B%"), "%", CHARSET_OK },
	{ "tis-620", S("\xb7\xb4\xca\xcd\xba"), "ทดสอบ", CHARSET_OK },
	{ "unicode-1-1-utf-7", S("Hi +Jjo-!"), "Hi ☺!", CHARSET_OK },
	{ "utf-16", S("\0h\0i"), "hi", CHARSET_OK },
	{ "utf-16", S("\xff\xfeh\0i\0"), "hi", CHARSET_OK },
	{ "utf-16le", S("h\0i"), "h" FFFD, CHARSET_REPLACED },
	{ "utf-16", S("h\0i\0"), "hi", CHARSET_OK },
	{ "utf-16be", S("\xd8\x3d\xde\x00\0x"), "😀x", CHARSET_OK },
	{ "utf-16be", S("\xd8\x3d\0x\xde\0"), FFFD "x" FFFD, CHARSET_REPLACED },
	{ "utf-32", S("\xff\xfe\0\0\x00\xf6\x01\0"), "😀", CHARSET_OK },
	{ "utf-32be", S("\0\x11\0\0\0\0\0a"), FFFD "a", CHARSET_REPLACED },
	{ "utf-7", S("1 +- 1, +AGE-+2D3eAA-, +AGE b~\\\xe9"), "1 + 1, a😀, a b~\\" FFFD, CHARSET_REPLACED },
	{ "utf-7", S("+2D0-x+"), FFFD "x", CHARSET_REPLACED },
	{ "hz-gb-2312", S("a~{<:Ky2;~}~~ ~\nz"), "a己所不~ z", CHARSET_OK },
	{ "gb18030", S("\x81\x30\x84\x36 \xa1"), "¥ " FFFD, CHARSET_REPLACED },
	{ "big5", S("\x88\x62"), "Ê̄", CHARSET_OK },
	{ "big5", S("\x88\x66"), "Ê", CHARSET_OK },		/* the converter keeps it back: an accent might follow */
	{ "big5", S("\x88\x66" "a"), "Êa", CHARSET_OK },
	{ "windows-1255", S("\xf9\xd2"), "\xef\xac\xab", CHARSET_OK },
	{ "windows-1255", S("\xf9"), "ש", CHARSET_OK },
	{ "windows-1258", S("Vi\xea\xf2t"), "Việt", CHARSET_OK },
	{ "windows-1258", S("Tie"), "Tie", CHARSET_OK },
	{ "euc-kr", S("\xc9\xa1\xbe\xc8\xb3\xe7"), FFFD "안녕", CHARSET_REPLACED },	/* the pairs behind it are not split */
	{ "euc-kr", S("\xc9<b>"), FFFD "<b>", CHARSET_REPLACED },	/* ASCII is not swallowed */
	{ "shift_jis", S("\x95\x5c\x8e\xa6\\"), "表示\\", CHARSET_OK },	/* a second byte that looks like a backslash */
	{ "iso-2022-jp", S("\xb6\xc5\xff"), "ｶﾅ" FFFD, CHARSET_REPLACED },
	{ "iso-2022-jp", S("\x1b$@%F\x1b(J\x1b[0m"), "テ\x1b[0m", CHARSET_OK },
	{ "unknown-8bit", S("gr\xc3\xbc\xdf \x93x\x94"), "grüß “x”", CHARSET_OK },
	{ "cp-850", S("\x84"), "ä", CHARSET_OK },
	{ "x-mac-cyrillic", S("\x80"), "А", CHARSET_OK },
	{ "\"utf_8\"", S("\xc3\xbc"), "ü", CHARSET_OK },
	{ "charset=utf-8", S("\xc3\xbc"), "ü", CHARSET_OK },
	{ "utf\xc3-8", S("\xc3"), FFFD, CHARSET_UNKNOWN },
	{ "utf-8//IGNORE", S("x\xff"), "x" FFFD, CHARSET_UNKNOWN },
	{ "", S("x"), "x", CHARSET_UNKNOWN },
	{ "../../tmp/evil", S("\xe9"), FFFD, CHARSET_UNKNOWN },
	{ "iso-2022-cn-ext", S("x"), "x", CHARSET_UNKNOWN },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, KiB);
		buf_add(&out, S("<"));
		if (charset_to_utf8(slice_of(cases[i].label), cases[i].in, &out) != cases[i].result)
			fail_msg("%s: not the result expected", cases[i].label);
		if (!slice_eq(slice_drop(buf_slice(&out), 1), slice_of(cases[i].out)))
			fail_msg("%s: got \"%.*s\", want \"%s\"", cases[i].label, (int)out.n, (char *)out.p, cases[i].out);
		assert_int_equal(charset_known(slice_of(cases[i].label)), cases[i].result != CHARSET_UNKNOWN);
		buf_fini(&out);
	}
}

static void
on_text(void *self, slice utf8)
{
	assert_true(utf8.n > 0 && utf8_valid(utf8));
	buf_add(self, utf8);
}

static enum charset_result
stream(const char *label, slice in, size_t step, struct buf *out)
{
	struct charset_user user = { out, on_text };
	struct charset_stream *s = charset_stream_new(slice_of(label), &user);
	enum charset_result result;

	buf_clear(out);
	for (; in.n > 0; in = slice_drop(in, step))
		charset_stream_feed(s, slice_take(in, step));
	result = charset_stream_finish(s);
	assert_true(charset_stream_memory(s) < 16 * KiB);
	charset_stream_free(&s);
	return result;
}

/* Wherever it is cut, and told in whole characters. */
static void
test_cuts(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, KiB);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t step = 1; step < 8; step++) {
			assert_int_equal(stream(cases[i].label, cases[i].in, step, &out), cases[i].result);
			if (!slice_eq(buf_slice(&out), slice_of(cases[i].out)))
				fail_msg("%s by %zu: got \"%.*s\"", cases[i].label, step, (int)out.n, (char *)out.p);
		}
	buf_fini(&out);
}

/* Behind lost bytes the shift is forgotten, and half a character is told. */
static void
test_gap(void **state)
{
	struct buf out;
	struct charset_user user = { &out, on_text };
	struct charset_stream *s = charset_stream_new(S("iso-2022-jp"), &user);

	(void)state;
	buf_init(&out, KiB);
	charset_stream_feed(s, S("\x1b$B%F%"));
	charset_stream_gap(s);
	charset_stream_feed(s, S("plain"));
	charset_stream_finish(s);
	assert_true(slice_eq(buf_slice(&out), S("テ%plain")));
	charset_stream_free(&s);
	buf_fini(&out);
}

/* More than any inner buffer holds, whole and with something wrong at each byte. */
static void
test_long(void **state)
{
	static const char *const labels[] = { "utf-8", "iso-8859-1", "koi8-r", "gb2312", "iso-2022-jp", "iso-2022-kr", "utf-7", "big5",
	    "utf-16", "windows-1258", "windows-1255", "hz", "shift_jis", "euc-jp", "euc-tw", "johab", "unknown-8bit", "nonsense" };
	struct buf in, out, cut;

	(void)state;
	buf_init(&in, MiB);
	buf_init(&out, 4 * MiB);
	buf_init(&cut, 4 * MiB);
	for (unsigned i = 0; i < 100000; i++)
		buf_add_byte(&in, (uint8_t)(i * 7919 >> 3));
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		buf_clear(&out);
		charset_to_utf8(slice_of(labels[i]), buf_slice(&in), &out);
		assert_true(out.n > 20000);
		assert_true(utf8_valid(buf_slice(&out)));
		for (size_t step = 1; step < 5000; step = step * 3 + 1) {
			stream(labels[i], buf_slice(&in), step, &cut);
			assert_true(slice_eq(buf_slice(&out), buf_slice(&cut)));
		}
	}
	buf_fini(&cut);
	buf_fini(&in);
	buf_fini(&out);
}

/* Text from ISO-2022-JP is never cut because its EUC form is longer. */
static void
test_growth(void **state)
{
	struct buf in, out;

	(void)state;
	buf_init(&in, MiB);
	buf_init(&out, MiB);
	buf_add(&in, S("\x1b(I"));
	for (int i = 0; i < 1000; i++)
		buf_add_byte(&in, '6');
	assert_int_equal(charset_to_utf8(S("iso-2022-jp"), buf_slice(&in), &out), CHARSET_OK);
	assert_int_equal(out.n, 3000);
	buf_fini(&in);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
