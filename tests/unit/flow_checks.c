/* Whether a segment is used: window, timestamps, checksums; and what is said of used ones. */
#include "flow_script.h"

static void
window(void **state)
{
	(void)state;
	/* A byte at the edge asks whether the window is still closed. */
	CHECK_SCRIPT("open; C 0:60000; S win 0 ack 60000; C 60000:60001; S ack 60000; S win 60000 ack 60000; C 60000:60100; close",
	    "C0:60100 Ceof Seof fin-C", "");
	/* A sender that goes on in order beyond it, or a capture that missed the ACKs, is believed. */
	CHECK_SCRIPT("open; S win 100; C 0:1000; C 1000:70000; C 70000:90000; S ack 90000; close", "C0:90000 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:60000; S win 0 ack 60000; C 60002:60003 late other; S ack 60000; S win 60000 ack 60000; C 60000:60100; close",
	    "C0:60100 Ceof Seof fin-C", "out-of-window");
	/* The highest edge ever offered counts. */
	CHECK_SCRIPT("open; C 0:100; S win 100 ack 100; C 100:50000; S win 60000; close", "C0:50000 Ceof Seof fin-C", "");
	/* The scale of both SYNs, and none if one of them has none. */
	CHECK_SCRIPT("C syn; S synack; C at 0; S ack 0; C 7000000:7000100; S ack 0; C 0:100; wait 3000", "C0:100 Cgap6999900 C7000000:7000100 end", "gap");
	CHECK_SCRIPT("C syn; S synack scale 255; C at 0; S ack 0; C 7000000:7000100 late; S ack 0; C 0:100; wait 3000; close",
	    "C0:100 Ceof Seof fin-C", "out-of-window");
}

static void
zero_window(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S win 0 ack 100; wait 1500; S win 60000; C 100:200; close", "C0:200 Ceof Seof fin-C", "zero-window");
	CHECK_SCRIPT("open; C 0:100; S win 0 ack 100; wait 500; S win 60000; C 100:200; close", "C0:200 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:100; S win 0 ack 100; wait 5000; C", "C0:100 end", "zero-window");
}

#define OPEN_TS "C syn ts 100; S synack ts 500; C at 0 ts 101;"

static void
timestamps(void **state)
{
	(void)state;
	CHECK_SCRIPT(OPEN_TS "C 0:100 ts 102; C 100:200 other ts 50 late; C 100:200 ts 103; close", "C0:200 Ceof Seof fin-C", "old-timestamp");
	/* A stamp from the far future above a hole does not move the clock. */
	CHECK_SCRIPT(OPEN_TS "C 0:100 ts 102; C 500:600 ts 100000000; C 100:500 ts 103; C at 600 ts 104; close", "C0:600 Ceof Seof fin-C", "");
	/* An old duplicate is no finding, a RST is exempt, and without agreement nobody looks. */
	CHECK_SCRIPT(OPEN_TS "C 0:100 ts 102; C 100:200 ts 105; C 0:100 ts 102; C at 0 ts 101; close", "C0:200 Ceof Seof fin-C", "");
	CHECK_SCRIPT(OPEN_TS "C 0:100 ts 102; C rst ts 50; wait 1200", "C0:100 rst-C", "reset");
	CHECK_SCRIPT("C syn ts 100; S synack; C at 0; C 0:100 ts 102; C 100:200 ts 50; close", "C0:200 Ceof Seof fin-C", "");
	/* They wrap around. */
	CHECK_SCRIPT("C syn ts 0xfffffff0; S synack ts 5; C at 0 ts 0xfffffff1; C 0:100 ts 0xffffffff; C 100:200 ts 7; close", "C0:200 Ceof Seof fin-C", "");
}

static void
checksums(void **state)
{
	(void)state;
	/* Refused, and sent again. */
	CHECK_SCRIPT("open; C 0:100 sum good; C 100:200 other sum bad late; C 100:200 sum good; close", "C0:200 Ceof Seof fin-C", "bad-checksum");
	/* Acknowledged, and no good copy came: it stands in. */
	CHECK_SCRIPT("open; C 0:100 sum good; C 100:200 sum bad; S ack 200; C 200:300 sum good; wait 1200; close",
	    "C0:300 Ceof Seof fin-C", "bad-checksumx2");
	/* ... if it is still there; and for its part only. */
	CHECK_SCRIPT("open; C 0:100 sum good; C 100:200 sum bad gone; S ack 200; C 200:300 sum good; wait 1200; close",
	    "C0:100 Cgap100 C200:300 Ceof Seof fin-C", "bad-checksum gap");
	CHECK_SCRIPT("open; C 0:100 sum good; C 150:180 sum bad; S ack 200; C 200:300 sum good; wait 1200; close",
	    "C0:100 Cgap50 C150:180 Cgap20 C200:300 Ceof Seof fin-C", "bad-checksumx2 gapx2");
	/* They wait for what they acknowledge, as any. */
	CHECK_SCRIPT("C syn sum good; S synack sum good; C at 0 sum good; S 0:10 sum bad; C 0:5 ack 10 sum bad; S ack 5 sum good; S 10:20 ack 5 sum bad;"
	    " C 5:9 ack 20 sum bad; S 20:25 ack 9 sum bad; C ack 25 sum good; wait 3000; C 9:12 sum good",
	    "S0:10 C0:5 S10:20 C5:9 S20:25 C9:12 end", "bad-checksumx4");
	/* A bare ACK is enough, and a second. */
	CHECK_SCRIPT("C syn sum good; S synack sum good; C at 0 sum good; C 0:5 sum bad; S ack 5 sum good; wait 1200; C 5:9 sum good; S 0:5 ack 9 sum good; close",
	    "C0:9 S0:5 Ceof Seof fin-C", "bad-checksumx2");
	/* A broken card: wrong throughout, and acknowledged. */
	CHECK_SCRIPT("C syn sum bad; S synack sum good; C at 0 sum bad; C 0:100 sum bad; S 0:5 sum good; C 100:200 sum bad; close",
	    "C0:100 S0:5 C100:200 Ceof Seof fin-C", "bad-checksum");
	CHECK_SCRIPT("open; C 0:100 sum bad; S 0:5; C 100:200 sum bad; close", "C0:100 S0:5 C100:200 Ceof Seof fin-C", "bad-checksumx2");
	/* Addresses rewritten: wrong in both directions. */
	CHECK_SCRIPT("C syn sum bad; S synack sum bad; C at 0 sum bad; C 0:100 sum bad; S 0:5 sum bad; C 100:200 sum bad; close",
	    "C0:100 S0:5 C100:200 Ceof Seof fin-C", "bad-checksumx2");
	/* Offload. */
	CHECK_SCRIPT("open; C 0:100 sum off; S 0:5 sum good; C 100:200 sum off; S 5:10 sum off; close", "C0:100 S0:5 C100:200 S5:10 Ceof Seof fin-C",
	    "checksum-offload");
}

static void
checksum_modes(void **state)
{
	struct script s;

	(void)state;
	script_default(&s);
	s.config.checksums = CHECKSUMS_NONE;
	script_check(__FILE__, __LINE__, &s, "open; C 0:100 sum bad; close", "C0:100 Ceof Seof fin-C", "");
	script_default(&s);
	s.config.checksums = CHECKSUMS_ALL;
	script_check(__FILE__, __LINE__, &s, "open; C 0:100 sum off other; C 0:100 sum good; close", "C0:100 Ceof Seof fin-C", "bad-checksum");
}

static void
urgent(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	script_default(&s);
	script_run(&s, "open; C 0:10; C 10:20 urg 5; C 20:30; close", told);
	assert_int_equal(told->facts.bytes[0], 29);
	assert_string_equal(told->findings, "urgent");
	script_default(&s);
	script_run(&s, "open; C 0:10 urg 15; C 10:20; C 20:30; close", told);
	assert_int_equal(told->facts.bytes[0], 29);
	script_default(&s);
	script_run(&s, "open; C 10:20 urg 1; C 0:10; close", told);
	assert_int_equal(told->facts.bytes[0], 19);
	free(told);
}

static void
stalled(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:10; S ack 10; C 10:1470; wait 300; C 10:1470; wait 600; C 10:1470; wait 1200; C 10:1470; S 0:5 ack 10; wait 2400; C 10:1470",
	    "C0:1470 S0:5 end", "stalled");
	/* Captured twice, or acknowledged between: no. */
	CHECK_SCRIPT("open; C 0:1460; C 0:1460; C 0:1460; C 0:1460; C 0:1460; close", "C0:1460 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:1460; wait 300; C 0:1460; wait 600; C 0:1460; S; wait 1200; C 0:1460; close", "C0:1460 Ceof Seof fin-C", "");
}

static void
stalled_by_a_router(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	script_default(&s);
	script_run(&s, "open; C 0:1460; icmp 4 1; wait 300; C 0:1460; wait 600; C 0:1460; wait 1200; C 0:1460", told);
	assert_non_null(strstr(told->details, "MTU 1400"));
	script_default(&s);
	script_run(&s, "open; C 0:1460; wait 300; C 0:1460; wait 600; C 0:1460; wait 1200; C 0:1460; icmp 4 1; icmp 4 1", told);
	assert_non_null(strstr(told->details, "MTU 1400"));
	assert_int_equal(told->finding[FINDING_TCP_STALLED], 2);
	free(told);
}

static void
packets(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	script_default(&s);
	s.config.packets = true;
	script_run(&s, "open; C 0:10; C 0:10; S 0:10; C 20:30; S ack 10; C 10:20; close", told);
	assert_string_equal(told->streams, "C0:10 S0:10 C10:30 Ceof Seof fin-C");
	assert_int_equal(told->packets, 12);		/* all of them */
	/* A SYN that was sent again; nobody wants to know of a connection that delivered nothing. */
	script_default(&s);
	s.config.packets = true;
	script_run(&s, "C syn; wait 1000; C syn; S synack; C; C 0:10; close", told);
	assert_int_equal(told->packets, 8);
	script_default(&s);
	s.config.packets = true;
	script_run(&s, "C syn; S synack; C; S rst", told);
	assert_int_equal(told->packets, 0);
	free(told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window), cmocka_unit_test(zero_window), cmocka_unit_test(timestamps), cmocka_unit_test(checksums),
		cmocka_unit_test(checksum_modes), cmocka_unit_test(urgent), cmocka_unit_test(stalled),
		cmocka_unit_test(stalled_by_a_router), cmocka_unit_test(packets),
	};

	return cmocka_run_group_tests_name("flow_checks", tests, NULL, NULL);
}
