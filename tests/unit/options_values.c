/* Numbers, sizes and times as they stand on a command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "options/values.h"

static void
test_sizes(void **state)
{
	static const struct { const char *text; size_t size; } good[] = {
		{ "0", 0 }, { "64", 64 }, { "64k", 65536 }, { "64K", 65536 }, { "1KiB", 1024 }, { "2kb", 2048 }, { "3m", 3 << 20 }, { "1GiB", 1 << 30 },
		{ "2T", (size_t)2 << 40 },
	};
	static const char *const bad[] = { "", "k", "-1", "1.5k", "1x", "1kk", "1ki", "1k ", " 1", "1B", "18446744073709551616", "99999999999T" };
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(value_size(good[i].text, &size));
		assert_int_equal(size, good[i].size);
	}
	size = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(value_size(bad[i], &size));
	assert_int_equal(size, 7);
}

static void
test_seconds(void **state)
{
	nstime time = 7;

	(void)state;
	assert_false(value_seconds("", &time) || value_seconds("x", &time) || value_seconds("1s", &time) || value_seconds("-1", &time));
	assert_false(value_seconds("nan", &time) || value_seconds("inf", &time) || value_seconds("1e300", &time));
	assert_int_equal(time, 7);
	assert_true(value_seconds("1.5", &time));
	assert_int_equal(time, NSTIME_S + NSTIME_S / 2);
	assert_true(value_seconds("0", &time));
	assert_int_equal(time, 0);
}

static void
test_limits(void **state)
{
	uint64_t value = 7;
	nstime time = 7;

	(void)state;
	assert_false(value_limit("filesize", "filesize", 1000, &value) || value_limit("filesize:", "filesize", 1000, &value));
	assert_false(value_limit("filesize:0", "filesize", 1000, &value) || value_limit("files:1", "filesize", 1000, &value));
	assert_false(value_limit("filesize:18446744073709552", "filesize", 1000, &value));
	assert_int_equal(value, 7);
	assert_true(value_limit("filesize:18446744073709551", "filesize", 1000, &value));
	assert_int_equal(value, UINT64_C(18446744073709551000));
	assert_false(value_limit_time("duration:0", "duration", &time) || value_limit_time("duration:x", "duration", &time));
	assert_int_equal(time, 7);
	assert_true(value_limit_time("duration:0.25", "duration", &time));
	assert_int_equal(time, NSTIME_S / 4);
}

static void
test_choices(void **state)
{
	static const char *const names[] = { "auto", "always", NULL };
	int i = 7;

	(void)state;
	assert_false(value_choice("", names, &i) || value_choice("al", names, &i) || value_choice("never", names, &i));
	assert_int_equal(i, 7);
	assert_true(value_choice("always", names, &i));
	assert_int_equal(i, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
