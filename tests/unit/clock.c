/* clock.c - one clock out of many stamps; and what a capture without mail held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/clock.h"
#include "engine/ports.h"

#define HOUR (3600 * NSTIME_S)

static void
test_forward(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c);
	assert_int_equal(clock_feed(&c, 5 * NSTIME_S), 5 * NSTIME_S);
	assert_int_equal(clock_feed(&c, 6 * NSTIME_S), 6 * NSTIME_S);
	assert_int_equal(clock_feed(&c, 4 * NSTIME_S), 6 * NSTIME_S);
	assert_int_equal(clock_feed(&c, 6 * NSTIME_S + HOUR), 6 * NSTIME_S + HOUR);
}

/* One damaged stamp does not move the clock, and does not count for a later jump. */
static void
test_one_damaged_stamp(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c);
	clock_feed(&c, 0);
	assert_int_equal(clock_feed(&c, 100 * HOUR), 0);
	assert_int_equal(clock_feed(&c, 1), 1);
	for (int i = 0; i < 8; i++)
		assert_int_equal(clock_feed(&c, 100 * HOUR + i), 1);
	assert_int_equal(clock_feed(&c, 100 * HOUR + 8), 100 * HOUR + 8);
}

static void
test_witnesses_must_agree(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c);
	clock_feed(&c, 0);
	for (int i = 1; i < 100; i++)
		assert_int_equal(clock_feed(&c, i * 10 * HOUR), 0);
}

static void
test_whole_range(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c);
	clock_feed(&c, INT64_MIN + 1);
	assert_int_equal(clock_feed(&c, INT64_MAX), INT64_MIN + 1);
}

static void
test_ports(void **state)
{
	struct ports *p = ports_new();
	struct buf out;

	(void)state;
	buf_init(&out, 256);
	ports_tell(p, &out);
	assert_true(slice_eq(buf_slice(&out), S("no TCP")));
	buf_clear(&out);
	for (int i = 0; i < 90; i++)
		ports_count(p, 50000, 443);
	for (int i = 0; i < 5; i++) {
		ports_count(p, 80, 50001);
		ports_count(p, 22, 50001);
	}
	ports_tell(p, &out);
	assert_true(slice_eq(buf_slice(&out), S("TCP ports seen: 443 (90 %), 22 (5 %), 80 (5 %)")));
	buf_fini(&out);
	ports_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forward), cmocka_unit_test(test_one_damaged_stamp),
		cmocka_unit_test(test_witnesses_must_agree), cmocka_unit_test(test_whole_range), cmocka_unit_test(test_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
