/*
 * mime_word.c - encoded words, well formed and as mail has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "dissectors/mime/header/word.h"

static const struct {
	const char *in, *out;
	bool clean;
} cases[] = {
	{ "", "", true },
	{ "plain text", "plain text", true },
	{ "1 = 1, is it?", "1 = 1, is it?", true },
	/* RFC 2047 8. */
	{ "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>", true },
	{ "=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard", true },
	{ "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
	    "If you can read this you understand the example.", true },
	{ "(=?ISO-8859-1?Q?a?=)", "(a)", true },
	{ "(=?ISO-8859-1?Q?a?= b)", "(a b)", true },
	{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)", true },
	{ "(=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=)", "(ab)", true },
	{ "(=?ISO-8859-1?Q?a_b?=)", "(a b)", true },
	{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)", true },
	/* Lower case, a language, no blank before or between. */
	{ "=?utf-8?q?gr=c3=bc=c3=9f?=", "grüß", true },
	{ "=?utf-8*en?b?5rWL6K+V?=", "测试", true },
	{ "re:=?utf-8?q?a?==?utf-8?q?b?=c", "re:abc", true },
	{ "\"=?utf-8?q?a?=\"", "\"a\"", true },
	/* A character split over words. */
	{ "=?utf-8?Q?=E6=B5?= =?utf-8?Q?=8B?=", "测", true },
	{ "=?UTF-8?B?5rU=?= =?utf-8?B?iw==?=", "测", true },
	{ "=?iso-2022-jp?B?GyRCJUY=?= =?iso-2022-jp?B?JTkbKEI=?=", "テス", true },
	{ "=?utf-8?Q?=E6=B5?= x =?utf-8?Q?=8B?=", "\xef\xbf\xbd x \xef\xbf\xbd", true },
	{ "=?utf-8?Q?=E6=B5?= =?utf-8?B?iw==?=", "\xef\xbf\xbd\xef\xbf\xbd", true },
	/* Missing padding, blanks in Q. */
	{ "=?utf-8?B?5rWL6K+V5rU?=", "测试\xef\xbf\xbd", true },
	{ "=?utf-8?B?YWI?=", "ab", true },
	{ "=?utf-8?Q?hello there?=", "hello there", true },
	{ "=?utf-8?Q?\?=", "", true },
	{ "a =?utf-8?Q?\?= b", "a  b", true },
	/* Malformed: what can be decoded is. */
	{ "=?utf-8?Q?=e?=", "=e", false },
	{ "=?utf-8?Q?=zz=41?=", "=zzA", false },
	{ "=?utf-8?Q?evil=.exe?=", "evil=.exe", false },
	{ "=?utf-8?B?YW Jj?=", "abc", false },
	{ "=?utf-8?B?YWI=YWI=?=", "abab", false },
	{ "=?utf-8?B?YWJjZ?=", "abc", false },
	{ "=?utf-8?B?YWJj====?=", "abc", false },
	{ "=?utf-8?B?a?=", "=?utf-8?B?a?=", false },
	{ "=?utf-8?B?a*?= =?utf-8?Q?x?=", "=?utf-8?B?a*?= x", false },
	{ "=?utf-8?Q?x?= =?utf-8?B?a*?=", "x =?utf-8?B?a*?=", false },
	{ "=?utf-8?Q?open", "=?utf-8?Q?open", false },
	{ "=?utf-8?Q?open?", "=?utf-8?Q?open?", false },
	{ "=?utf-8?Q?a=?utf-8?Q?b?=", "=?utf-8?Q?ab", false },
	{ "=?utf-8?X?x?=", "=?utf-8?X?x?=", true },
	{ "=?\?Q?x?=", "=?\?Q?x?=", true },
	{ "=?", "=?", true },
	{ "=?utf-8?Q", "=?utf-8?Q", true },
	{ "=?utf-8?", "=?utf-8?", true },
	{ "=?no-such-charset?Q?caf=E9?=", "caf\xef\xbf\xbd", false },
	{ "=?utf-8?Q?x?= =?no-such?Q?y?= =?utf-8?Q?z?=", "xyz", false },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;
		bool clean;

		buf_init(&out, KiB);
		clean = word_decode(slice_of(cases[i].in), &out) == 0;
		if (!slice_eq(buf_slice(&out), slice_of(cases[i].out)) || clean != cases[i].clean)
			fail_msg("%s: got \"%.*s\" (%d)", cases[i].in, (int)out.n, (char *)out.p, clean);
		buf_fini(&out);
	}
}

static void
test_limit(void **state)
{
	struct buf in, out;

	(void)state;
	buf_init(&in, MiB);
	buf_init(&out, MiB);
	for (int i = 0; i < LIMIT_ENCODED_WORDS; i++)
		buf_add(&in, S("=?utf-8?Q?x?= "));
	assert_int_equal(word_decode(buf_slice(&in), &out), 0);
	assert_int_equal(out.n, LIMIT_ENCODED_WORDS + 1);	/* the last blank stands before no word */
	buf_add(&in, S("=?utf-8?Q?y?="));
	buf_clear(&out);
	assert_int_equal(word_decode(buf_slice(&in), &out), WORD_LIMIT);
	assert_true(slice_eq(slice_drop(buf_slice(&out), LIMIT_ENCODED_WORDS), S(" =?utf-8?Q?y?=")));
	buf_fini(&in);
	buf_fini(&out);
}

/* What never becomes a word costs no more than what does: a megabyte of each is read at once. */
static void
test_linear(void **state)
{
	static const char *const units[] = { "=?", "=?a?q?", "=?utf-8?q?=", "=", "=?utf-8?q?x?= " };

	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct buf in, out;

		buf_init(&in, MiB);
		buf_init(&out, 2 * MiB);
		while (!in.full)
			buf_add(&in, slice_of(units[i]));
		word_decode(buf_slice(&in), &out);
		assert_true(out.n > 1000);
		buf_fini(&in);
		buf_fini(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
