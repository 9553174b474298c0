/*
 * mime_date.c - dates, well formed, obsolete and broken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dissectors/mime/header/date.h"

static const struct { const char *in, *out; } cases[] = {
	{ "Sat, 21 Nov 2026 18:29:01 +0000", "2026-11-21T18:29:01Z" },
	{ "Sat, 21 Nov 2026 18:29:01 +0130", "2026-11-21T16:59:01Z" },
	{ "Sat, 21 Nov 2026 18:29:01 -0500", "2026-11-21T23:29:01Z" },
	{ "21 Nov 2026 18:29 -0000", "2026-11-21T18:29:00Z" },
	{ "Sat,21 Nov 2026 18:29:01 +0000 (UTC)", "2026-11-21T18:29:01Z" },
	{ "sat, 1 NOV 2026 08:09:01 +0000", "2026-11-01T08:09:01Z" },
	{ "Sat, 29 Feb 2020 00:00:00 +0000", "2020-02-29T00:00:00Z" },
	{ "Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z" },
	/* RFC 5322 A.5, A.6.2. */
	{ "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)", "1969-02-14T03:02:00Z" },
	{ "21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z" },
	{ "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T15:55:06Z" },
	/* Two and three digits. */
	{ "1 Jan 49 00:00 UT", "2049-01-01T00:00:00Z" },
	{ "1 Jan 50 00:00 UT", "1950-01-01T00:00:00Z" },
	{ "1 Jan 126 00:00 UT", "2026-01-01T00:00:00Z" },
	{ "21 Nov 26 10:00:00 EST", "2026-11-21T15:00:00Z" },
	/* Zones by name; the number counts. */
	{ "21 Nov 2026 10:00:00 PDT", "2026-11-21T17:00:00Z" },
	{ "21 Nov 2026 10:00:00 CEST", "2026-11-21T08:00:00Z" },
	{ "21 Nov 2026 10:00:00 Z", "2026-11-21T10:00:00Z" },
	{ "21 Nov 2026 10:00:00 A", "2026-11-21T10:00:00Z" },
	{ "21 Nov 2026 10:00:00 XYZ", "2026-11-21T10:00:00Z" },
	{ "21 Nov 2026 10:00:00 GMT+0100", "2026-11-21T09:00:00Z" },
	{ "21 Nov 2026 10:00:00 -0500 EST", "2026-11-21T15:00:00Z" },
	{ "21 Nov 2026 10:00:00", "2026-11-21T10:00:00Z" },
	{ "21 Nov 2026 10:00:00 +01:00", "2026-11-21T09:00:00Z" },
	{ "21 Nov 2026 10:00:00 +1", "2026-11-21T09:00:00Z" },
	/* As mail has it. */
	{ "Saturday, 21 November 2026 10:00:00 +0000", "2026-11-21T10:00:00Z" },
	{ "Sat Nov 21 18:29:01 2026", "2026-11-21T18:29:01Z" },
	{ "Sat Nov  1 18:29:01 EST 2026", "2026-11-01T23:29:01Z" },
	{ "Sat Nov 21 18:29:01 2026 +0100", "2026-11-21T17:29:01Z" },
	{ "Sat, Nov 21, 2026 18:29:01 -0500", "2026-11-21T23:29:01Z" },
	{ "Saturday, 21-Nov-26 18:29:01 GMT", "2026-11-21T18:29:01Z" },
	{ "21-Nov-2026 18:29:01 -0100", "2026-11-21T19:29:01Z" },
	{ "Sat, 21 Nov 2026 6:29:01 PM +0000", "2026-11-21T18:29:01Z" },
	{ "Sat, 21 Nov 2026 12:29:01 AM +0000", "2026-11-21T00:29:01Z" },
	{ "Sat, 21 Nov. 2026 18.29.01 +0000", "2026-11-21T18:29:01Z" },
	{ "Sat, 21 Nov 2026 18:29:01.5 +0000", "2026-11-21T18:29:01Z" },
	{ "2026-11-21T18:29:01Z", "2026-11-21T18:29:01Z" },
	{ "2026-11-21T18:29:01.123456+01:00", "2026-11-21T17:29:01Z" },
	{ "2026-11-21 18:29:01 -0500", "2026-11-21T23:29:01Z" },
	{ "Mrz, 02 2004 12:55:34 -0700", "2004-03-02T19:55:34Z" },
	{ "Fr, 1 Mai 2026 10:00:00 +0200", "2026-05-01T08:00:00Z" },
	{ "lun., 7 dic 2026 10:00:00 +0000", "2026-12-07T10:00:00Z" },
	{ "2026/11/21 18:29:01", "2026-11-21T18:29:01Z" },
	{ "2026-11-21 18:29:01.123456789 +0000 UTC m=+166405.123456789", "2026-11-21T18:29:01Z" },
	{ "Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59Z" },
	/* None. */
	{ "", NULL }, { " ", NULL }, { "(", NULL }, { "today", NULL }, { "Sat, 21 Nov 2026", NULL }, { "18:29:01 +0000", NULL },
	{ "Sat, 30 Feb 2026 10:00:00 +0000", NULL }, { "Sat, 29 Feb 2026 10:00:00 +0000", NULL },
	{ "Sat, 0 Nov 2026 10:00:00 +0000", NULL }, { "Sat, 21 Nov 2026 24:00:00 +0000", NULL },
	{ "Sat, 21 Nov 2026 10:60:00 +0000", NULL }, { "Sat, 21 Nov 2026 10:00:61 +0000", NULL },
	{ "Sat, 21 Nov 2026 10:00:00 +0060", NULL }, { "Sat, 21 Nov 2026 10:00:00 +10000", NULL },
	{ "Sat, 21 Nov 1899 10:00:00 +0000", NULL }, { "Sat, 21 Nov 2262 10:00:00 +0000", NULL },
	{ "Sat, 21 Nov 99999999999999999999 10:00:00 +0000", NULL }, { "21 Nov 2026 10:", NULL }, { "21 Nov 2026 10:00:", NULL },
	{ "21 Nov 2026 13:00 PM", NULL }, { "21 21 21 10:00", NULL }, { "2026-13-21T10:00:00Z", NULL }, { "2026-11-", NULL }, { "2026/11-21 10:00", NULL },
	{ "x\x80y", NULL }, { "21 Nov 2026 10:00:00 10:00:00", NULL },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[NSTIME_TEXT] = "nothing";
		nstime t;
		bool good = date_parse(slice_of(cases[i].in), &t);

		if (good)
			nstime_utc(t, 0, text);
		if (good != (cases[i].out != NULL) || (good && strcmp(text, cases[i].out) != 0))
			fail_msg("\"%s\": got %s, want %s", cases[i].in, text, cases[i].out ? cases[i].out : "nothing");
	}
}

static void
test_fraction(void **state)
{
	nstime t, whole;

	(void)state;
	assert_true(date_parse(S("2026-11-21T18:29:01Z"), &whole));
	assert_true(date_parse(S("2026-11-21T18:29:01.5Z"), &t));
	assert_int_equal(t - whole, NSTIME_S / 2);
	assert_true(date_parse(S("2026-11-21T18:29:01.00000000099999999999Z"), &t));
	assert_int_equal(t - whole, 0);
	assert_true(date_parse(S("31 Dec 2261 23:59:59.999999999 -9959"), &t));
	assert_true(t > whole);
	assert_true(date_parse(S("1 Jan 1900 00:00:00 +9959"), &t));
	assert_true(t < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_fraction) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
