/* How connections begin and end, and how they do not: SYN, FIN, RST, attempts. */
#include "flow_script.h"

static void
attempts(int line, const char *text, const char *want)
{
	struct script s;
	struct told *told = malloc(sizeof *told);
	bool same;

	script_default(&s);
	script_run(&s, text, told);
	same = strcmp(told->attempts, want) == 0;
	if (!same)
		fprintf(stderr, "%d: %s\n  told     %s\n  expected %s\n", line, text, told->attempts, want);
	free(told);
	assert_true(same);
}

static void
attempt(void **state)
{
	(void)state;
	attempts(__LINE__, "C syn; S rst; wait 1200", "25:refused");
	attempts(__LINE__, "C syn; S rst", "25:refused");
	attempts(__LINE__, "C syn; wait 1000; C syn; wait 11000", "25:no-answer");
	attempts(__LINE__, "C syn; wait 5000; C syn; wait 6000", "25:no-answer");
	attempts(__LINE__, "C syn; wait 500", "");
	attempts(__LINE__, "C syn; icmp 1 0; wait 11000", "25:unreachable=host unreachable");
	attempts(__LINE__, "C syn; icmp 1 7; wait 11000", "25:no-answer");		/* another's number */
	attempts(__LINE__, "open; close", "");			/* its ends are told: the user knows */
	attempts(__LINE__, "open; wait 601000", "25:no-greeting=silence");
	attempts(__LINE__, "open; S rst; wait 1200", "25:no-greeting=reset");
	attempts(__LINE__, "C syn; S synack; C rst at 0; wait 1200", "25:no-greeting=reset before the handshake was complete");
	attempts(__LINE__, "open; S 0:10; close", "");
	/* A RST that came before the real answer. */
	CHECK_SCRIPT("C syn; S rst; S synack; C at 0; S 0:10; close", "S0:10 Ceof Seof fin-C", "");
}

static void
facts(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	script_default(&s);
	script_run(&s, "C syn; wait 9; S synack; C at 0; S 0:10; C 0:5 cut 3; C 0:5; C 10:15; C 5:10; close", told);
	assert_int_equal(told->facts.handshake, 11 * NSTIME_MS);
	assert_int_equal(told->facts.first, 1000 * NSTIME_S);
	assert_int_equal(told->facts.packets[0], 8);
	assert_int_equal(told->facts.packets[1], 3);
	assert_int_equal(told->facts.bytes[0], 13);
	assert_int_equal(told->facts.missing[0], 2);
	assert_int_equal(told->facts.bytes[1], 10);
	assert_int_equal(told->facts.retransmitted, 1);
	assert_int_equal(told->facts.out_of_order, 1);
	assert_false(told->facts.midstream);
	assert_false(told->facts.one_sided);
	assert_int_equal(told->stats.connections, 1);
	assert_int_equal(told->stats.open, 0);
	assert_int_equal(told->stats.held, 0);
	free(told);
}

/* Every SYN is a candidate, the peer's ACK chooses. */
static void
candidates(void **state)
{
	(void)state;
	CHECK_SCRIPT("C syn isn 777; C syn isn 4000000; S synack; C at 0; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "syn-conflict");
	CHECK_SCRIPT("C syn isn 4000000; C syn isn 777; C syn isn 4000000; S synack; C at 0; S 0:10; C 0:5; close",
	    "S0:10 C0:5 Ceof Seof fin-C", "syn-conflict");
	CHECK_SCRIPT("C syn; S synack isn 99; S synack isn 5000000; C at 0; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "syn-conflict");
	CHECK_SCRIPT("C syn; S synack isn 99; S synack isn 5000000; S synack isn 99; C at 0; S 0:10; C 0:5; close",
	    "S0:10 C0:5 Ceof Seof fin-C", "syn-conflict");
	/* Sent again: no conflict. */
	CHECK_SCRIPT("C syn; wait 1000; C syn; S synack; S synack; C at 0; C syn; S synack; S 0:10; close", "S0:10 Ceof Seof fin-C", "");
	/* A SYN-ACK for a SYN that was never sent. */
	CHECK_SCRIPT("C syn; S synack isn 99 ack -900000; S synack isn 5000000; C at 0; S 0:10; close", "S0:10 Ceof Seof fin-C", "bad-ack");
}

static void
parts_missing(void **state)
{
	(void)state;
	CHECK_SCRIPT("S synack; C at 0; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "");
	CHECK_SCRIPT("C syn; C at 0; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "");
	CHECK_SCRIPT("C syn; S synack; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "");
	CHECK_SCRIPT("C syn; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "");
	/* A SYN was thrown into a connection that nobody had seen. */
	CHECK_SCRIPT("C syn isn 1000000000; C isn 7 0:10 ack 0; S 0:10; close", "C0:10 S0:10 Ceof Seof fin-C", "midstream");
}

static void
syn_data(void **state)
{
	(void)state;
	CHECK_SCRIPT("C syn 0:10; S synack ack 10; C at 10; S 0:10; C 10:20; close", "C0:10 S0:10 C10:20 Ceof Seof fin-C", "syn-data");
	/* Not acknowledged: it is sent again, and need not be the same. */
	CHECK_SCRIPT("C syn 0:10 other; S synack ack 0; C 0:10 ack 0; S 0:10; close", "C0:10 S0:10 Ceof Seof fin-C", "syn-data");
}

static void
simultaneous(void **state)
{
	(void)state;
	CHECK_SCRIPT("C syn; S syn; C synack ack 0; S synack ack 0; S 0:10; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "simultaneous-open");
}

/* A SYN on a connection that goes on ends nothing; answered by a SYN-ACK it begins another. */
static void
new_syn(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:10; C syn isn 4000000 late; C isn 0xffffff00 0:5; S 10:20; close", "S0:10 C0:5 S10:20 Ceof Seof fin-C", "syn-conflict");
	CHECK_SCRIPT("open; S 0:10; S syn isn 4000000 late; C 0:5 ack 10; S isn 5000 10:20; close", "S0:10 C0:5 S10:20 Ceof Seof fin-C",
	    "bad-ack syn-conflict");
}

static void
reuse(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);
	static const char *const texts[] = {
		"open; S 0:10; close", "open; S 0:10", "open; S 0:10; S rst; wait 2000", "open; S 0:10; close; wait 11000",
	};
	static const char *const before[] = { "S0:10 Ceof Seof fin-C", "S0:10 idle", "S0:10 rst-S", "S0:10 Ceof Seof fin-C" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char want[128];

		snprintf(want, sizeof want, "%s C0:7 end", before[i]);
		script_default(&s);
		script_begin(&s, told);
		script_lines(&s, texts[i]);
		s.sent[0] = s.sent[1] = 0;
		script_lines(&s, "C syn isn 70000000; S synack isn 80000000; C 0:7");
		script_end(&s);
		assert_string_equal(told->streams, want);
		assert_int_equal(told->finding[FINDING_TCP_PORT_REUSE], i < 3);
		assert_int_equal(told->finding[FINDING_TCP_SYN_CONFLICT], 0);
		assert_int_equal(told->stats.connections, 2);
	}
	free(told);
}

static void
rst(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:10; C 0:5; C rst; wait 1200", "S0:10 C0:5 rst-C", "reset");
	CHECK_SCRIPT("open; S 0:10; C 0:5; C rst", "S0:10 C0:5 rst-C", "reset");
	/* A closed socket sends the last ACK, below what is in flight. */
	CHECK_SCRIPT("open; S 0:10; C 0:5; S ack 5; C 5:105; C rst at 5; wait 1200", "S0:10 C0:105 rst-C", "reset");
	/* Data still comes in while it is provisional. */
	CHECK_SCRIPT("open; S 0:10; S rst; C 0:5; wait 1200", "S0:10 C0:5 rst-S", "reset");
	CHECK_SCRIPT("open; S 0:10; close; S rst", "S0:10 Ceof Seof fin-C", "");
	/* It ends the wait for a hole that nobody has acknowledged. */
	CHECK_SCRIPT("open; C 100:200; C rst; wait 1200", "Cgap100 C100:200 rst-C", "gap reset");
}

/* It was captured before the bytes that it follows. */
static void
early_rst(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:10; C rst at 5; C 0:5; wait 1200", "S0:10 C0:5 rst-C", "reset");
	CHECK_SCRIPT("open; S 0:10; C rst at 5; C 0:5", "S0:10 C0:5 rst-C", "reset");
	/* Another's comes first. */
	CHECK_SCRIPT("open; S 0:10; C rst at 500; C 0:5; C rst at 5; wait 1200", "S0:10 C0:5 rst-C", "reset rst-suspect");
}

static void
blind_rst(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:10; C rst at 20000; C 0:5; close", "S0:10 C0:5 Ceof Seof fin-C", "rst-suspect");
	CHECK_SCRIPT("open; S 0:10; C 0:50; S ack 50; C rst at 20; C 50:55; close", "S0:10 C0:55 Ceof Seof fin-C", "rst-suspect");
	/* With the exact number, and another TTL; the connection goes on. */
	CHECK_SCRIPT("open; S 0:10; C 0:5; C rst ttl 200; C 5:10; S 10:20; close", "S0:10 C0:10 S10:20 Ceof Seof fin-C", "low-ttl rst-suspect");
}

static void
fin(void **state)
{
	(void)state;
	/* Told when it is acknowledged, or after a second. */
	CHECK_SCRIPT("open; C 0:5; C fin; S 0:10; S 10:20; C; S fin; C", "C0:5 Ceof S0:20 Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:5; C fin; S 0:10 ack 5; wait 1200; S 10:20 ack 5; C; S fin ack 6; C", "C0:5 S0:10 Ceof S10:20 Seof fin-C", "");
	/* Its ACK was captured first. */
	CHECK_SCRIPT("open; C 0:5; S ack 6; C fin; S fin; C", "C0:5 Ceof Seof fin-C", "");
	/* It ends no wait. */
	CHECK_SCRIPT("open; C 5:10 fin; wait 500; C 0:5; S fin; C", "C0:10 Ceof Seof fin-C", "");
	/* With data, lost: its acknowledgement is proof. */
	CHECK_SCRIPT("open; C 5:10 fin; S fin; C; wait 1200", "Cgap5 C5:10 Ceof Seof fin-C", "gap");
	/* Sent again. */
	CHECK_SCRIPT("open; C 0:5 fin; C 0:5 fin; C at 5 fin; S fin; S at 0 fin; C", "C0:5 Ceof Seof fin-C", "");
}

static void
blind_fin(void **state)
{
	(void)state;
	/* With the exact number: new bytes over it cancel it. */
	CHECK_SCRIPT("open; C 0:5; C fin late; C 5:10; S 0:10; close", "C0:10 S0:10 Ceof Seof fin-C", "fin-suspect");
	/* In the middle of what was received. */
	CHECK_SCRIPT("open; C 0:50; C at 20 fin late; C 50:60; S 0:10; close", "C0:60 S0:10 Ceof Seof fin-C", "fin-suspect");
	/* It was believed: what comes behind it is not used, and its ACKs count for the FIN. */
	CHECK_SCRIPT("open; C 0:5; C fin; S ack 6; C 5:10 late; S fin; C at 6 ack 1", "C0:5 Ceof Seof fin-C", "after-fin");
}

static void
half_closed(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:5; C fin; S; wait 300000; S 0:100; C; S fin; C", "C0:5 Ceof S0:100 Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:5; C fin; S; wait 601000", "C0:5 Ceof idle", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempt), cmocka_unit_test(facts), cmocka_unit_test(candidates), cmocka_unit_test(parts_missing),
		cmocka_unit_test(syn_data), cmocka_unit_test(simultaneous), cmocka_unit_test(new_syn), cmocka_unit_test(reuse),
		cmocka_unit_test(rst), cmocka_unit_test(early_rst), cmocka_unit_test(blind_rst), cmocka_unit_test(fin), cmocka_unit_test(blind_fin),
		cmocka_unit_test(half_closed),
	};

	return cmocka_run_group_tests_name("flow_ends", tests, NULL, NULL);
}
