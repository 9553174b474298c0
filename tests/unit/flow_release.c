/* Release by acknowledgement: what goes up, in what order, and how long a hole is waited for. */
#include "flow_script.h"

static void
in_order(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:10; C 0:5; S 10:20; close", "S0:10 C0:5 S10:20 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:100; C 100:200; C 200:300; S 0:10; close", "C0:300 S0:10 Ceof Seof fin-C", "");
}

static void
reordered(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 100:200; C 0:100; close", "C0:200 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 200:300; C 100:200; C 0:100; close", "C0:300 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:100; C 0:100; C 50:150; C 100:200; close", "C0:200 Ceof Seof fin-C", "");
}

/* The answer was captured before its segment: it waits, and nobody finds fault. */
static void
answer_first(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:10 ack 5; C 0:5 ack 0; S 10:20; close", "C0:5 S0:20 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; S ack 5; C 0:5; S 0:10; close", "C0:5 S0:10 Ceof Seof fin-C", "");
}

/* Proven holes wait a second, unproven ones a minute, from the packet that showed them. */
static void
patience(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 100:200; S ack 200; wait 900; C 0:100; wait 300; close", "C0:200 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 100:200; S ack 200; wait 1200; C 0:100; close", "Cgap100 C100:200 Ceof Seof fin-C", "gap");
	CHECK_SCRIPT("open; C 100:200; S ack 0; wait 59000; C 0:100; close", "C0:200 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 100:200; S ack 0; wait 61000; C 0:100; close", "Cgap100 C100:200 Ceof Seof fin-C", "gap");
}

/* Waits do not add up: the second hole was proven while the first was waited for. */
static void
patience_of_two_holes(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 100:200; S ack 200; wait 500; C 300:400; S ack 400; wait 700; C 0:100; wait 400; C 200:300; close",
	    "Cgap100 C100:200 Cgap100 C300:400 Ceof Seof fin-C", "gapx2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order), cmocka_unit_test(reordered), cmocka_unit_test(answer_first),
		cmocka_unit_test(patience), cmocka_unit_test(patience_of_two_holes),
	};

	return cmocka_run_group_tests_name("flow_release", tests, NULL, NULL);
}
