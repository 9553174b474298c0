/* Numbers, times and bounded buffers: what every line of output is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/digits.h"
#include "base/net.h"
#include "base/nstime.h"
#include "base/utf8.h"

static void
test_digits(void **state)
{
	static const struct { uint64_t value; int least; const char *text; } table[] = {
		{ 0, 1, "0" }, { 0, 0, "" }, { 7, 2, "07" }, { 1234, 2, "1234" }, { UINT64_MAX, 1, "18446744073709551615" },
		{ 5, 20, "00000000000000000005" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		char text[DIGITS_MAX + 1];

		*digits_put(text, table[i].value, table[i].least) = '\0';
		assert_string_equal(text, table[i].text);
	}
}

/* Against the C library, over all that time_t and our range share. */
static void
test_utc(void **state)
{
	char want[64], got[NSTIME_TEXT];
	int64_t s = -6000000000;

	(void)state;
	for (int i = 0; i < 20000; i++, s += 700001) {
		time_t t = (time_t)s;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.000000042Z", &tm);
		assert_string_equal(nstime_utc(s * NSTIME_S + 42, 9, got), want);
		strftime(want, sizeof want, "%Y%m%dT%H%M%SZ", &tm);
		assert_string_equal(nstime_stamp(s * NSTIME_S + 42, got), want);
		assert_int_equal(nstime_from_civil(nstime_civil(s * NSTIME_S)), s * NSTIME_S);
	}
	assert_string_equal(nstime_utc(1999999999, 3, got), "1970-01-01T00:00:01.999Z");
	assert_string_equal(nstime_utc(-1, 0, got), "1969-12-31T23:59:59Z");
}

static void
test_seconds(void **state)
{
	static const struct { nstime t; int digits; const char *text; } table[] = {
		{ 0, 0, "0" }, { 0, 3, "0.000" }, { 499999, 3, "0.000" }, { 500000, 3, "0.001" }, { -500000, 3, "-0.001" },
		{ 999999999, 6, "1.000000" }, { 999999999, 9, "0.999999999" }, { 1500000000, 0, "2" }, { -24000000, 3, "-0.024" },
		{ INT64_MAX, 9, "9223372036.854775807" },
	};
	char text[NSTIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_string_equal(nstime_seconds(table[i].t, table[i].digits, text), table[i].text);
}

static void
test_addresses(void **state)
{
	static const struct { slice in; uint8_t family; const char *text; } table[] = {
		{ SLICE_NONE, 0, "?" }, { S(""), 0, "?" }, { S("192.0.2.1"), 4, "192.0.2.1" }, { S("192.0.2"), 0, "?" },
		{ S("255.0.10.100"), 4, "255.0.10.100" }, { S("2001:DB8::1"), 6, "2001:db8::1" }, { S("192.0.2.1\0"), 0, "?" },
		{ S("2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"), 0, "?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		char text[ADDR_TEXT];
		struct addr addr;

		assert_int_equal(addr_parse(table[i].in, &addr), table[i].family != 0);
		assert_int_equal(addr.family, table[i].family);
		assert_string_equal(addr_text(&addr, text), table[i].text);
	}
}

static void
test_buf(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_true(buf_add(&b, SLICE_NONE));
	assert_true(buf_text(&b, "abc") && buf_number(&b, 42) && buf_spaces(&b, 3));
	assert_memory_equal(b.p, "abc42   ", 8);
	assert_false(b.full);
	assert_false(buf_add(&b, S("xyz")));
	assert_true(b.full && b.n == 10);
	assert_memory_equal(b.p, "abc42   xy", 10);
	assert_false(buf_spaces(&b, 100));
	buf_clear(&b);
	assert_true(!b.full && buf_spaces(&b, 10) && !buf_add_byte(&b, 'x'));
	buf_fini(&b);
	buf_init(&b, 100);
	assert_true(buf_spaces(&b, 100) && b.n == 100 && b.p[99] == ' ');
	buf_fini(&b);
}

/* What is put is what is taken, for every character; what is none becomes U+FFFD. */
static void
test_utf8(void **unused)
{
	(void)unused;
	for (uint32_t c = 0; c < UTF8_INVALID + 9; c++) {
		bool none = c >= UTF8_INVALID || (c >= 0xd800 && c < 0xe000);
		uint8_t bytes[4];
		size_t n = utf8_put(c, bytes);
		uint32_t back;

		assert_int_equal(utf8_take((slice){ bytes, n }, &back), n);
		assert_int_equal(back, none ? 0xfffd : c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
