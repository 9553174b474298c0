/* What is known of drops: when, how many, and what is said of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "engine/drops.h"

static struct drop_log *l;

static int
begin(void **state)
{
	(void)state;
	l = xcalloc(1, sizeof *l);
	drops_init(l);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(l);
	return 0;
}

/* The counter says n at that second. */
static void
reads(uint64_t n, nstime seconds)
{
	drops_read(l, &(struct source_stats){ .dropped = n, .drops.kernel = n }, seconds * NSTIME_S);
}

static uint64_t
between(nstime from, nstime to)
{
	return drops_between(l, from * NSTIME_S, to * NSTIME_S);
}

/* What is said at that second; NULL: nothing. Valid until the next call. */
static const char *
tells(nstime seconds, bool over)
{
	static char text[256];
	struct buf words;
	nstime when;
	bool told;

	buf_init(&words, sizeof text - 1);
	told = drops_tell(l, seconds * NSTIME_S, over, &words, &when);
	memset(text, 0, sizeof text);
	if (words.n > 0)
		memcpy(text, words.p, words.n);
	buf_fini(&words);
	return told ? text : NULL;
}

/* Only stretches in which the counter rose are known. */
static void
test_between(void **state)
{
	(void)state;
	reads(0, 10);
	reads(0, 20);
	reads(5, 30);
	reads(5, 40);
	reads(7, 50);
	assert_int_equal(between(0, 9), 0);
	assert_int_equal(between(10, 20), 0);
	assert_int_equal(between(19, 21), 5);
	assert_int_equal(between(22, 23), 5);
	assert_int_equal(between(30, 40), 0);		/* what ended then is over */
	assert_int_equal(between(25, 45), 7);
	assert_int_equal(between(50, 60), 0);
	assert_int_equal(between(0, 60), 7);
	assert_int_equal(between(45, 45), 2);		/* a moment inside */
	assert_int_equal(between(50, 50), 2);
}

/* Before the first reading anything may have been. */
static void
test_first(void **state)
{
	(void)state;
	reads(3, 10);
	assert_int_equal(between(1, 2), 3);
	assert_int_equal(between(10, 11), 0);
	assert_string_equal(tells(20, false), "3 packets were dropped while capturing");
}

/* A capture says itself since when, and when it was counted. */
static void
test_said_by_capture(void **state)
{
	(void)state;
	reads(0, 10);
	drops_read(l, &(struct source_stats){
		.dropped = 4, .drops = { .kernel = 1, .interface = 3 }, .counted = 8 * NSTIME_S, .rising = 5 * NSTIME_S }, 12 * NSTIME_S);
	assert_int_equal(between(6, 7), 4);
	assert_int_equal(between(9, 10), 0);
	assert_string_equal(tells(20, false), "4 packets were dropped while capturing (kernel 1, interface 3), within 3.000 s");
	drops_read(l, &(struct source_stats){
		.dropped = 6, .drops = { .kernel = 3, .interface = 3 }, .counted = 30 * NSTIME_S, .rising = NSTIME_NONE }, 31 * NSTIME_S);
	assert_int_equal(between(1, 2), 2);
	assert_string_equal(tells(31, true), "2 packets were dropped while capturing");
}

/* Told once when it has stopped, and now and then while it does not stop. */
static void
test_spate(void **state)
{
	uint64_t n = 0;

	(void)state;
	reads(0, 100);
	assert_null(tells(100, true));
	for (nstime t = 101; t < 110; t++) {
		reads(n += 1000, t);
		assert_null(tells(t, false));
	}
	reads(n += 1000, 110);
	assert_string_equal(tells(110, false), "10,000 packets were dropped while capturing, within 10.000 s");
	assert_null(tells(110, false));
	reads(n += 1, 111);
	assert_null(tells(111, false));
	reads(n, 112);
	assert_string_equal(tells(112, false), "1 packet was dropped while capturing, within 1.000 s");
	assert_null(tells(113, true));
}

/* However long: the oldest are forgotten, and nothing is blamed on the rest that they do not hold. */
static void
test_bounded(void **state)
{
	(void)state;
	reads(0, 0);
	for (nstime t = 1; t <= 3 * LIMIT_DROP_RISES; t++)
		reads((uint64_t)t, 2 * t);
	assert_int_equal(l->n, LIMIT_DROP_RISES);
	assert_int_equal(between(1, 3), 0);
	assert_int_equal(between(0, 10000), LIMIT_DROP_RISES);
	assert_int_equal(between(6 * LIMIT_DROP_RISES - 1, 6 * LIMIT_DROP_RISES), 1);
}

/* Readings that follow each other closely are one stretch. */
static void
test_close(void **state)
{
	(void)state;
	drops_read(l, &(struct source_stats){ 0 }, 1 * NSTIME_S);
	for (int i = 1; i <= 20; i++)
		drops_read(l, &(struct source_stats){ .dropped = (uint64_t)i }, NSTIME_S + i * 100 * NSTIME_MS);
	assert_int_equal(l->n, 2);
	assert_int_equal(between(0, 10), 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_between, begin, end), cmocka_unit_test_setup_teardown(test_first, begin, end),
		cmocka_unit_test_setup_teardown(test_said_by_capture, begin, end), cmocka_unit_test_setup_teardown(test_spate, begin, end),
		cmocka_unit_test_setup_teardown(test_bounded, begin, end), cmocka_unit_test_setup_teardown(test_close, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
