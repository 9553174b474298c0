/*
 * charset.c - labels of real mail, and what cannot be converted.
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

/* More than any inner buffer holds, whole and with something wrong at each byte. */
static void
test_long(void **state)
{
	static const char *const labels[] = { "utf-8", "iso-8859-1", "koi8-r", "gb2312", "iso-2022-jp", "iso-2022-kr", "utf-7", "big5" };
	struct buf in, out;

	(void)state;
	buf_init(&in, MiB);
	buf_init(&out, 4 * MiB);
	for (unsigned i = 0; i < 100000; i++)
		buf_add_byte(&in, (uint8_t)(i * 7919 >> 3));
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		buf_clear(&out);
		charset_to_utf8(slice_of(labels[i]), buf_slice(&in), &out);
		assert_true(out.n > 20000);
		assert_true(utf8_valid(buf_slice(&out)));
	}
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
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
