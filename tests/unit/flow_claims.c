/* Acknowledgements of what was not captured: claims, outages, one direction only. */
#include "flow_script.h"

/* The usual claim is filled a moment later, in one piece or in several. */
static void
filled(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S ack 300; C 0:100; C 100:200; C 200:300; close", "C0:300 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; S 0:5 ack 300; C 0:100 ack 0; C 100:200 ack 0; C 200:300 ack 0; close", "C0:300 S0:5 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; S 0:5 ack 300; C 100:300 ack 0; wait 900; C 0:100 ack 0; close", "C0:300 S0:5 Ceof Seof fin-C", "");
}

/* Of a skewed tap, with a hundred exchanges in flight. */
static void
skewed(void **state)
{
	char text[8192] = "open", line[64];

	(void)state;
	/* The server's direction is told 20 segments ahead of the client's. */
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof line, ";S ack %d late", (i + 1) * 100);
		strcat(text, line);
	}
	for (int i = 20; i < 60; i++) {
		snprintf(line, sizeof line, ";S ack %d;C %d:%d", (i + 1) * 100, (i - 20) * 100, (i - 19) * 100);
		strcat(text, line);
	}
	for (int i = 40; i < 60; i++) {
		snprintf(line, sizeof line, ";C %d:%d", i * 100, (i + 1) * 100);
		strcat(text, line);
	}
	strcat(text, ";close");
	CHECK_SCRIPT(text, "C0:6000 Ceof Seof fin-C", "");
}

/* A claim with data is believed after a second of silence; a bare one never by time alone. */
static void
silence(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S 0:5 ack 200; wait 900; C 100:200 ack 0; close", "C0:200 S0:5 Ceof Seof fin-C", "");
	CHECK_SCRIPT("open; C 0:100; S 0:5 ack 200; wait 1200; C 200:300; close", "C0:100 Cgap100 S0:5 C200:300 Ceof Seof fin-C", "gap");
	CHECK_SCRIPT("open; C 0:100; S ack 200; wait 30000; C 100:200; close", "C0:200 Ceof Seof fin-C", "");
}

/* The sender's next new byte above a claim proves it, as does the end. */
static void
proven_later(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S ack 200; wait 3000; C 200:300; S ack 300; wait 1200; close",
	    "C0:100 Cgap100 C200:300 Ceof Seof fin-C", "gap");
	CHECK_SCRIPT("open; C 0:100; S ack 200", "C0:100 Cgap100 end", "gap");
}

/* Only who sends below a claim a second later gives the lie to it. */
static void
lie(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S 0:5 ack 5000; wait 500; C 100:200 ack 0; wait 600; C 200:300 ack 0; close",
	    "C0:200 S0:5 C200:300 Ceof Seof fin-C", "bad-ack");
	/* The stream ends below it, or goes on below it to the end. */
	CHECK_SCRIPT("open; C 0:100; S ack 5000; wait 3000; C 100:200; C fin; S fin; C", "C0:200 Ceof Seof fin-C", "bad-ack");
	CHECK_SCRIPT("open; C 0:100; S ack 5000; wait 3000; C 100:200; C 200:300", "C0:300 end", "bad-ack");
	/* The first new bytes after a long time may be a retransmission in parts. */
	CHECK_SCRIPT("open; C 0:100; S ack 200; wait 5000; C 100:150; C 150:200; close", "C0:200 Ceof Seof fin-C", "");
}

/* Nobody takes back an ACK: a later segment that acknowledges less gives the lie to it, even after a gap was declared. */
static void
taken_back(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S 0:5 ack 100; S at 5 ack 5000; wait 1200; S 5:10 ack 100; C 100:200; close",
	    "C0:100 S0:10 C100:200 Ceof Seof fin-C", "bad-ack");
	/* It was captured late: it says nothing. */
	CHECK_SCRIPT("open; C 0:100; S 5:10 ack 200; S 0:5 ack 100; C 100:200 ack 5; close", "C0:100 S0:5 C100:200 S5:10 Ceof Seof fin-C", "");
}

/* The sender is still heard behind a gap that was none. */
static void
not_deaf(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	script_default(&s);
	script_run(&s, "open; S 0:5; C 0:10 ack 905; wait 1200; C 10:20 ack 5; S 5:15 ack 20; C 20:30 ack 15; S 15:25 ack 30; close", told);
	assert_string_equal(told->findings, "bad-ack gap");
	assert_int_equal(told->facts.bytes[0], 30);
	assert_int_equal(told->facts.bytes[1], 25);
	assert_non_null(strstr(told->streams, "Ceof Seof fin-C"));
	free(told);
}

/* A claim beyond the window is not waited for. */
static void
beyond_window(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:5 ack 900000; C 0:100 ack 0; wait 1200; C 100:200 ack 0; close", "S0:5 C0:200 Ceof Seof fin-C", "bad-ack");
	CHECK_SCRIPT("open; S 0:5 ack 900000; C 0:100 ack 0; close", "S0:5 C0:100 Ceof Seof fin-C", "");
}

/* Each acknowledges what the other has not said: the earlier captured goes first. */
static void
optimistic(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; S 0:5 ack 10; C 0:10 ack 5; close", "S0:5 C0:10 Ceof Seof fin-C", "");
}

/* The capture leaves out more than a window: the receiver's ACK says that the sender was right. */
static void
outage(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S ack 100; C 9000000:9000100; S ack 9000100; C 9000100:9000200; S ack 9000200; close",
	    "C0:100 Cgap8999900 C9000000:9000200 Ceof Seof fin-C", "gap");
	/* Both directions at once, and the connection goes on. */
	CHECK_SCRIPT("open; C 0:100; S 0:10; C 9000000:9000100 ack 8000000; S 8000000:8000010 ack 9000100; C 9000100:9000200 ack 8000010;"
	    " S 8000010:8000020; C 9000200:9000300; close",
	    "C0:100 S0:10 Cgap8999900 Sgap7999990 C9000000:9000100 S8000000:8000010 C9000100:9000200 S8000010:8000020 C9000200:9000300 Ceof Seof fin-C", "gapx2");
	/* What was held when it began is not lost. */
	CHECK_SCRIPT("open; C 100:200; C 9000000:9000100; S ack 9000100; C 9000100:9000200; close",
	    "Cgap100 C100:200 Cgap8999800 C9000000:9000200 Ceof Seof fin-C", "gapx2");
	/* Its first segments are used as long as they can be recalled. */
	CHECK_SCRIPT("open; C 0:100; S ack 100; C 9000000:9000100 gone; S ack 9000100; C 9000100:9000200; S ack 9000200; close",
	    "C0:100 Cgap9000000 C9000100:9000200 Ceof Seof fin-C", "gap");
}

/* Segments beyond the window that nobody confirms are somebody else's. */
static void
out_of_window(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100; S ack 100; C 9000000:9000100 late other; C 100:200; S ack 200; close", "C0:200 Ceof Seof fin-C", "out-of-window");
}

/* A second of a gigabit, the directions of the tap apart by some milliseconds, and the window as large as that needs. */
static void
gigabit(void **state)
{
	static const int skews[] = { -100, -20, -5, -1, 1, 5, 20, 100 };
	enum { SEGMENT = 1448, STEP = 12000, COUNT = 20000 };		/* ns */

	(void)state;
	for (size_t k = 0; k < sizeof skews / sizeof *skews; k++) {
		struct script s;
		struct told *told = malloc(sizeof *told);
		nstime skew = skews[k] * NSTIME_MS, c_late = skew < 0 ? -skew : 0, a_late = skew > 0 ? skew : 0;
		int64_t c = 0, a = 0;

		script_default(&s);
		script_begin(&s, told);
		script_lines(&s, "C syn scale 10; S synack scale 10; C at 0; S 0:10; C 0:5; S 10:20");
		/* The client's segments, and an ACK of each; then the reply that acknowledges all. */
		for (nstime at = 0; c < COUNT || a < COUNT; at += STEP) {
			struct segment seg;

			if (at >= c_late && c < COUNT) {
				s.used = 0;
				seg = script_segment(&s, 0);
				seg.mark = 0;
				seg.seq = s.isn[0] + 6 + (uint32_t)(c * SEGMENT);
				seg.payload = script_bytes(&s, 0, 5 + c * SEGMENT, 5 + (c + 1) * SEGMENT, false);
				seg.length = SEGMENT;
				flows_segment(s.flows, &seg);
				c++;
			}
			if (at >= a_late && a < COUNT) {
				seg = script_segment(&s, 1);
				seg.seq = s.isn[1] + 21;
				a++;
				seg.ack = s.isn[0] + 6 + (uint32_t)(a * SEGMENT);
				if (a == COUNT) {
					seg.payload = script_bytes(&s, 1, 20, 30, false);
					seg.length = 10;
				}
				flows_segment(s.flows, &seg);
			}
			script_wait(&s, STEP);
		}
		script_end(&s);
		assert_string_equal(told->streams, "S0:10 C0:5 S10:20 C5:28960005 S20:30 end");
		assert_string_equal(told->findings, "");
		free(told);
	}
}

static void
one_sided(void **state)
{
	(void)state;
	/* Only the client: it is waited for the server once, then no more. */
	CHECK_SCRIPT("C syn; C at 0 ack 0; C 0:5 ack 40; wait 1200; C 5:20 ack 80; C 20:30 ack 120; C fin",
	    "one-sided C0:30 Ceof fin-C", "one-sided");
	/* The end comes before the patience is over. */
	CHECK_SCRIPT("C syn; C at 0 ack 0; C 0:5 ack 40; C 5:20 ack 80", "one-sided C0:20 end", "one-sided");
	/* A hole is waited for three seconds. */
	CHECK_SCRIPT("C syn; C at 0 ack 0; C 0:5 ack 0; C 10:20 ack 0; wait 2900; C 5:10; C 30:40; wait 3200; C 20:30",
	    "C0:20 Cgap10 C30:40 end", "gap one-sided");
}

/* After eight proven gaps in a row nothing waits for that direction any more. */
static void
gaps_in_a_row(void **state)
{
	char text[4096] = "open", line[96];

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(line, sizeof line, ";C %d:%d;S ack %d;wait 1200", i * 20 + 10, i * 20 + 20, i * 20 + 20);
		strcat(text, line);
	}
	strcat(text, ";S 0:10 ack 180;C 160:170");
	CHECK_SCRIPT(text, "Cgap10 C10:20 Cgap10 C30:40 Cgap10 C50:60 Cgap10 C70:80 Cgap10 C90:100 Cgap10 C110:120 Cgap10 C130:140"
	    " Cgap10 C150:160 S0:10 C160:170 Cgap10 end", "gapx9");
}

static void
midstream(void **state)
{
	(void)state;
	CHECK_SCRIPT("C 0:100 ack 0; S 0:10; C 100:200", "C0:100 S0:10 C100:200 end", "midstream");
	CHECK_SCRIPT("S 0:10 ack 0; C 0:100 ack 10", "S0:10 C0:100 end", "midstream");
	/* A swapped first pair: the lower bytes are counted, and not out of window. */
	CHECK_SCRIPT("S 0:10 ack 0; S ack 0 at 10; S ack 0 at 0", "S0:10 end", "midstream one-sided");
}

static void
cut(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:100 cut 40; S ack 100; C 100:200 cut 40; close", "C0:40 Cgap60 C100:140 Cgap60 Ceof Seof fin-C", "gap");
	/* They do not count as gaps in a row, and the cross rule holds. */
	CHECK_SCRIPT("open; C 0:100 cut 40; S 0:5; C 100:200 cut 0; close", "C0:40 Cgap60 S0:5 Cgap100 Ceof Seof fin-C", "gap");
}

/* The FIN was not captured, its ACK was. */
static void
lost_fin(void **state)
{
	(void)state;
	CHECK_SCRIPT("open; C 0:10; S ack 11", "C0:10 end", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filled), cmocka_unit_test(skewed), cmocka_unit_test(silence), cmocka_unit_test(proven_later),
		cmocka_unit_test(lie), cmocka_unit_test(taken_back), cmocka_unit_test(not_deaf), cmocka_unit_test(beyond_window), cmocka_unit_test(optimistic), cmocka_unit_test(outage),
		cmocka_unit_test(out_of_window), cmocka_unit_test(gigabit),
		cmocka_unit_test(one_sided), cmocka_unit_test(gaps_in_a_row),
		cmocka_unit_test(midstream), cmocka_unit_test(cut), cmocka_unit_test(lost_fin),
	};

	return cmocka_run_group_tests_name("flow_claims", tests, NULL, NULL);
}
