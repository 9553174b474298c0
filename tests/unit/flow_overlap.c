/* Two segments for the same bytes: policies, conflicts, and what is no conflict. */
#include "flow_script.h"

static void
with(int line, enum overlap policy, const char *text, const char *streams, const char *findings)
{
	struct script s;
	char whole[2048];

	script_default(&s);
	s.config.overlap = policy;
	snprintf(whole, sizeof whole, "open;%s;close", text);
	script_check(__FILE__, line, &s, whole, streams, findings);
}

#define END " Ceof Seof fin-C"
#define CONFLICT "overlap-conflict"

/* One pair of segments ahead, then the hole is filled: who is read? */
static const struct {
	int line;
	const char *text;
	const char *read[5];		/* by policy */
} pairs[] = {
	/* the same place */
	{ __LINE__, "C 100:200;C 100:200 other;C 0:100",
	  { "C0:200", "C0:200", "C0:100 C100!200", "C0:200", "C0:100 C100!200" } },
	/* inside */
	{ __LINE__, "C 100:200;C 120:150 other;C 0:100",
	  { "C0:200", "C0:200", "C0:120 C120!150 C150:200", "C0:200", "C0:200" } },
	/* begins before, ends inside */
	{ __LINE__, "C 150:250;C 120:200 other;C 0:120",
	  { "C0:120 C120!200 C200:250", "C0:120 C120!150 C150:250", "C0:120 C120!200 C200:250", "C0:120 C120!200 C200:250",
	    "C0:120 C120!150 C150:250" } },
	/* begins inside, ends behind */
	{ __LINE__, "C 100:200;C 150:250 other;C 0:100",
	  { "C0:200 C200!250", "C0:200 C200!250", "C0:150 C150!250", "C0:200 C200!250", "C0:150 C150!250" } },
	/* covers */
	{ __LINE__, "C 150:200;C 120:250 other;C 0:120",
	  { "C0:120 C120!250", "C0:120 C120!150 C150:200 C200!250", "C0:120 C120!250", "C0:120 C120!250", "C0:120 C120!250" } },
	/* begins together, longer */
	{ __LINE__, "C 100:150;C 100:200 other;C 0:100",
	  { "C0:100 C100!200", "C0:150 C150!200", "C0:100 C100!200", "C0:150 C150!200", "C0:100 C100!200" } },
	/* begins together, shorter */
	{ __LINE__, "C 100:200;C 100:150 other;C 0:100",
	  { "C0:200", "C0:200", "C0:100 C100!150 C150:200", "C0:200", "C0:200" } },
	/* covers two, and what is between */
	{ __LINE__, "C 100:120;C 140:160;C 100:180 other;C 0:100",
	  { "C0:100 C100!180", "C0:120 C120!140 C140:160 C160!180", "C0:100 C100!180", "C0:120 C120!180", "C0:100 C100!180" } },
};

static void
policies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (enum overlap p = OVERLAP_LINUX; p <= OVERLAP_SOLARIS; p++) {
			char want[256];

			snprintf(want, sizeof want, "%s" END, pairs[i].read[p]);
			with(pairs[i].line, p, pairs[i].text, want, CONFLICT);
		}
}

/* What comes in order is read, whatever is pending (kernel). */
static void
in_order_beats_pending(void **state)
{
	(void)state;
	with(__LINE__, OVERLAP_LINUX, "C 100:200;C 0:150 other", "C0!150 C150:200" END, CONFLICT);
	with(__LINE__, OVERLAP_LINUX, "C 100:200;C 0:300 other", "C0!300" END, CONFLICT);
	with(__LINE__, OVERLAP_FIRST, "C 100:200;C 0:150 other", "C0!100 C100:200" END, CONFLICT);
}

/* A segment that begins where a pending one ends is glued to it, and then began where that one did (kernel). */
static void
glued(void **state)
{
	(void)state;
	/* 150:200 is glued to 100:150, and so began before 140:220 (which lost 140:150 anyway). */
	with(__LINE__, OVERLAP_LINUX, "C 100:150;C 150:200;C 140:220 other;C 0:100", "C0:200 C200!220" END, CONFLICT);
	/* Never the other way: 100:150 comes second, and 150:200 stays a segment of its own. */
	with(__LINE__, OVERLAP_LINUX, "C 150:200;C 100:150;C 140:220 other;C 0:100", "C0:150 C150!220" END, CONFLICT);
	/* Arriving before what it is glued to has ended, it is glued to nothing. */
	with(__LINE__, OVERLAP_LINUX, "C 160:200;C 100:150;C 150:170 other;C 0:100", "C0:150 C150!170 C170:200" END, CONFLICT);
}

/* Each glued piece keeps what it acknowledges. */
static void
glued_acks(void **state)
{
	(void)state;
	with(__LINE__, OVERLAP_LINUX, "C 100:150 ack 0;C 150:200 ack 10;C 0:100 ack 0;S 0:10 ack 150;S 10:20 ack 200",
	    "C0:150 S0:10 C150:200 S10:20" END, "");
}

/* What the receiver holds nobody takes back, but it is said. */
static void
retransmitted(void **state)
{
	(void)state;
	with(__LINE__, OVERLAP_LAST, "C 0:100;C 0:100 other", "C0:100" END, CONFLICT);
	with(__LINE__, OVERLAP_LINUX, "C 0:100;C 100:200;C 50:150", "C0:200" END, "");
	with(__LINE__, OVERLAP_LINUX, "C 0:100;C 100:200;C 50:250 other", "C0:200 C200!250" END, CONFLICT);
	/* Held in order, because it acknowledges what has not come. */
	with(__LINE__, OVERLAP_LAST, "C 0:100 ack 5;C 0:100 other ack 5;S 0:5 ack 0", "S0:5 C0:100" END, CONFLICT);
	/* The frame is forgotten: counted, and nothing claimed. */
	with(__LINE__, OVERLAP_LINUX, "C 0:100 gone;C 0:100 other", "C0:100" END, "");
}

static void
uncompared(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	script_default(&s);
	script_run(&s, "open;C 0:100 gone;C 0:100;C 0:50;close", told);
	assert_int_equal(told->stats.uncompared, 150);
	free(told);
}

/* More than four in flight: the memory grows. */
static void
in_flight(void **state)
{
	char text[2048] = "", line[32];

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(line, sizeof line, "C %d:%d;", i * 10, i * 10 + 10);
		strcat(text, line);
	}
	strcat(text, "C 0:10 other");
	with(__LINE__, OVERLAP_LINUX, text, "C0:400" END, CONFLICT);
}

/* Keep-alives carry garbage, and probes the byte at the edge. */
static void
keepalive(void **state)
{
	(void)state;
	with(__LINE__, OVERLAP_LINUX, "C 0:100;S ack 100;C 99:100 other;S ack 100;C 99:99;S ack 100", "C0:100" END, "");
	/* Below an ACK of what was not captured. */
	with(__LINE__, OVERLAP_LINUX, "C 0:100;S ack 200;wait 1000;C 199:200 other late;C 100:200", "C0:200" END, "");
	/* A byte of the stream, whose ACK was captured first. */
	with(__LINE__, OVERLAP_LINUX, "C 0:100;S ack 101;C 100:101;C 101:102", "C0:102" END, "");
	with(__LINE__, OVERLAP_LINUX, "C 0:100;S ack 102;C 101:102;C 100:101", "C0:102" END, "");
}

static void
low_ttl(void **state)
{
	(void)state;
	with(__LINE__, OVERLAP_LINUX, "C 0:100;C 200:300 other ttl 5;C 200:300;C 100:200", "C0:200 C200!300" END, "low-ttl overlap-conflict");
	with(__LINE__, OVERLAP_LINUX, "C 0:100;C 200:300;C 200:300 other ttl 5;C 100:200", "C0:300" END, "low-ttl overlap-conflict");
	/* Alone it means nothing. */
	with(__LINE__, OVERLAP_LINUX, "C 0:100;C 100:200 ttl 5;C 200:300", "C0:300" END, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies), cmocka_unit_test(in_order_beats_pending), cmocka_unit_test(glued),
		cmocka_unit_test(glued_acks), cmocka_unit_test(retransmitted), cmocka_unit_test(uncompared),
		cmocka_unit_test(in_flight), cmocka_unit_test(keepalive), cmocka_unit_test(low_ttl),
	};

	return cmocka_run_group_tests_name("flow_overlap", tests, NULL, NULL);
}
