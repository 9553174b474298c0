/* Times as -t asks for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/words.h"
#include "sink/options.h"

static const nstime t = INT64_C(1795285741123456789);		/* 2026-11-21T18:29:01.123456789Z */

static void
expect(enum time_format format, const char *text, const char *date)
{
	struct when w = when_of(&(struct output_options){ .time_given = true, .time = format, .digits = 6 }, TIME_RELATIVE, 3);
	char buf[NSTIME_TEXT];

	assert_string_equal(when_text(&w, t, t - 61 * NSTIME_S, t - 2 * NSTIME_MS, buf), text);
	assert_string_equal(when_date(&w, t, buf), date);
}

static void
test_formats(void **state)
{
	(void)state;
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	expect(TIME_RELATIVE, "61.000", "2026-11-21T18:29:01.123456Z");
	expect(TIME_DELTA, "0.002", "2026-11-21T18:29:01.123456Z");
	expect(TIME_UTC_CLOCK, "18:29:01.123456Z", "2026-11-21T18:29:01.123456Z");
	expect(TIME_UTC_DATE, "2026-11-21T18:29:01.123456Z", "2026-11-21T18:29:01.123456Z");
	expect(TIME_ABSOLUTE, "23:59:01.123456", "2026-11-21T23:59:01.123456+05:30");
	expect(TIME_ABSOLUTE_DATE, "2026-11-21T23:59:01.123456+05:30", "2026-11-21T23:59:01.123456+05:30");
	expect(TIME_EPOCH, "1795285741.123457", "1795285741.123457");
	expect(TIME_NONE, "", "");
	setenv("TZ", "XXX8", 1);
	tzset();
	expect(TIME_ABSOLUTE, "10:29:01.123456", "2026-11-21T10:29:01.123456-08:00");
}

static void
test_defaults(void **state)
{
	struct output_options options = { .time = TIME_NONE };
	struct when w = when_of(&options, TIME_UTC_DATE, 3);

	(void)state;
	assert_int_equal(w.format, TIME_UTC_DATE);
	assert_int_equal(w.digits, 6);
}

static void
test_waits(void **state)
{
	static const struct { nstime wait; const char *text, *span; } table[] = {
		{ 0, "0 µs", "0.000" }, { 31499, "31 µs", "0.000031499" }, { -1500, "-2 µs", "-0.0000015" },
		{ 99499, "99 µs", "0.000099499" }, { 99500, "0.1 ms", "0.0000995" }, { 213000, "0.2 ms", "0.000213" }, { 7 * NSTIME_MS, "7.0 ms", "0.007" },
		{ 9949999, "9.9 ms", "0.009949999" }, { 9950000, "10 ms", "0.00995" }, { 999400000, "999 ms", "0.9994" },
		{ 999600000, "1.0 s", "0.9996" }, { 2400 * NSTIME_MS, "2.4 s", "2.400" }, { 305 * NSTIME_S, "305 s", "305.000" },
	};
	char buf[NSTIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_string_equal(when_wait(table[i].wait, buf), table[i].text);
		assert_string_equal(when_span(table[i].wait, buf), table[i].span);
	}
}

static void
test_numbers(void **state)
{
	char text[WORDS_NUMBER];

	(void)state;
	assert_string_equal(words_number(0, text), "0");
	assert_string_equal(words_number(999, text), "999");
	assert_string_equal(words_number(1448, text), "1,448");
	assert_string_equal(words_number(123456789, text), "123,456,789");
	assert_string_equal(words_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
