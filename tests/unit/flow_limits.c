/* Bounds: half-open connections, connections, bytes held, and the work that a hostile order of segments makes. */
#include <time.h>

#include "flow_script.h"

static struct segment
syn_from(struct script *s, uint32_t client)
{
	struct segment seg = script_segment(s, 0);

	memcpy(seg.src.addr.ip, &client, sizeof client);
	seg.flags = TCP_SYN;
	return seg;
}

/* A million half-open connections, and the mail among them comes out whole. */
static void
half_open(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);
	struct flow_stats stats;

	(void)state;
	script_default(&s);
	script_begin(&s, told);
	for (uint32_t i = 0; i < 1000000; i++) {
		struct segment seg = syn_from(&s, i << 4 | 9);

		flows_segment(s.flows, &seg);
		switch (i) {
		case 400000: script_lines(&s, "C syn"); break;
		case 500000: script_lines(&s, "S synack"); break;	/* the SYN was dropped: the SYN-ACK knows its number */
		case 520000: script_lines(&s, "C at 0"); break;
		case 700000: script_lines(&s, "S 0:10; C 0:5"); break;
		case 900000: script_lines(&s, "S 10:20"); break;
		}
	}
	flows_stats(s.flows, &stats);
	printf("a million half-open: %zu KiB, %lu kept\n", stats.memory / 1024, (unsigned long)stats.half_open);
	assert_int_equal(stats.half_open, LIMIT_HALF_OPEN);
	assert_true(stats.memory < 32 * MiB);
	assert_true(stats.half_open_evicted >= 1000000 - LIMIT_HALF_OPEN - 2);
	script_lines(&s, "close");
	script_end(&s);
	assert_string_equal(told->streams, "S0:10 C0:5 S10:20 Ceof Seof fin-C");
	assert_string_equal(told->findings, "load.flow-limit");
	free(told);
}

/* The table of connections is full: some go, told as evicted. */
static void
connections(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);
	struct flow_stats stats;

	(void)state;
	script_default(&s);
	s.config.max_flows = 100;
	script_begin(&s, told);
	for (uint32_t i = 0; i < 1000; i++) {
		struct segment seg = syn_from(&s, i << 8 | 9);

		seg.flags = TCP_ACK | TCP_PSH;
		seg.payload = S("hello\r\n");
		seg.length = 7;
		flows_segment(s.flows, &seg);
	}
	flows_stats(s.flows, &stats);
	assert_int_equal(stats.connections, 1000);
	assert_true(stats.evicted >= 900);
	assert_true(stats.memory < MiB);
	assert_int_equal(told->finding[FINDING_LOAD_FLOW_LIMIT], 1);
	script_end(&s);
	free(told);
}

static void
told_with(struct script *s, size_t bytes, size_t segments, size_t all, const char *text, struct told *told)
{
	script_default(s);
	if (bytes)
		s->config.max_ahead_bytes = bytes;
	if (segments)
		s->config.max_ahead_segments = segments;
	if (all)
		s->config.max_reassembly = all;
	script_run(s, text, told);
}

/* A direction that holds too much waits no longer; it is said, and the rest comes out. */
static void
caps(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);

	(void)state;
	told_with(&s, 0, 3, 0, "open; C 10:20; C 20:30; C 30:40; C 40:50; S 0:5; close", told);
	assert_string_equal(told->streams, "Cgap10 C10:50 S0:5 Ceof Seof fin-C");
	told_with(&s, 2000, 0, 0, "open; C 10:1010; C 1010:2010; S 0:5; close", told);
	assert_string_equal(told->streams, "Cgap10 C10:2010 S0:5 Ceof Seof fin-C");
	/* The one that holds waits for the other. */
	told_with(&s, 0, 3, 0, "open; C 0:10 ack 50; C 10:20 ack 50; C 20:30 ack 50; C 30:40 ack 50; S 50:60 ack 40; close", told);
	assert_string_equal(told->streams, "Sgap50 C0:40 S50:60 Ceof Seof fin-C");
	/* The budget of all. */
	told_with(&s, 0, 0, 2000, "open; C 10:1010; C 1010:2010; S 0:5; close", told);
	assert_string_equal(told->streams, "Cgap10 C10:2010 S0:5 Ceof Seof fin-C");
	assert_string_equal(told->findings, "load.memory gap");
	free(told);
}

/* Nobody wants it: nothing is kept but its entry, and another connection between the same ends is looked at anew. */
static void
ignored(void **state)
{
	struct script s;
	struct told *told = malloc(sizeof *told);
	struct flow_stats stats;

	(void)state;
	script_default(&s);
	s.refuse = true;
	script_begin(&s, told);
	script_lines(&s, "open; C 100:200; C 0:100; S 0:10; C 100:300; S 20:30; close");
	flows_stats(s.flows, &stats);
	assert_int_equal(stats.ignored, 1);
	assert_int_equal(stats.held, 0);
	s.refuse = false;
	s.sent[0] = s.sent[1] = 0;
	script_lines(&s, "C syn isn 70000; S synack isn 90000; C at 0; S 0:10; close");
	script_end(&s);
	assert_string_equal(told->streams, "S0:10 Ceof Seof fin-C");
	assert_string_equal(told->findings, "port-reuse");
	free(told);
}

enum shape { FORWARD, REVERSE, EVEN_ODD, AGAIN, OVERLAPPING, SHAPES };

static struct segment
piece_at(struct script *s, int64_t at, int64_t n)
{
	static const uint8_t bytes[4096];
	struct segment seg = script_segment(s, 0);

	seg.seq = s->isn[0] + 1 + (uint32_t)at;
	seg.ack = s->isn[1] + 1;
	seg.payload = (slice){ bytes, (size_t)n };
	seg.length = (uint32_t)n;
	return seg;
}

static int64_t
place(enum shape shape, int64_t i, int64_t n)
{
	switch (shape) {
	case FORWARD: return i;
	case REVERSE: return n - i;
	case EVEN_ODD: return i < n / 2 ? 2 * i + 1 : 2 * (i - n / 2);
	case AGAIN: return i % 1000;
	default: return n - i;
	}
}

/* Seconds for n segments ahead of a hole, in a hostile order. */
static double
work(enum shape shape, int64_t n)
{
	struct script s;
	struct told *told = malloc(sizeof *told);
	clock_t begin;
	double took;

	script_default(&s);
	script_begin(&s, told);
	script_lines(&s, "open");
	begin = clock();
	for (int64_t i = 0; i < n; i++) {
		struct segment seg = piece_at(&s, 1 + place(shape, i, n), shape == OVERLAPPING ? 100 : 1);

		flows_segment(s.flows, &seg);
	}
	took = (double)(clock() - begin) / CLOCKS_PER_SEC;
	s.stop = true;
	script_end(&s);
	free(told);
	return took;
}

static void
linear(void **state)
{
	(void)state;
	for (enum shape shape = FORWARD; shape < SHAPES; shape++) {
		double once = work(shape, 8000), twice = work(shape, 16000);

		printf("order %d: %.0f ns a segment, %.0f with twice as many\n", (int)shape, once / 8000 * 1e9, twice / 16000 * 1e9);
		/* Quadratic would be 4; a noisy machine is not worth a failure. */
		assert_true(twice < 3.4 * once + 0.02);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_open), cmocka_unit_test(connections), cmocka_unit_test(caps), cmocka_unit_test(ignored),
		cmocka_unit_test(linear),
	};

	return cmocka_run_group_tests_name("flow_limits", tests, NULL, NULL);
}
