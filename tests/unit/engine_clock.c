/* Time that passes on a quiet wire, and what signals ask for between two frames: told by a source that has a script of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/engine.h"

#define S_(n) ((n) * NSTIME_S)

static struct {
	const struct moment *moment;
	size_t n, at;
	uint64_t frames;
	uint8_t bytes[54];
	atomic_int stop, ask, reopen;
	/* what came of it */
	unsigned stats, finals, attempts, reopened, asked, ticks;
	nstime last_attempt;		/* what the clock said before it was told */
	nstime now;
	uint64_t dropped;
	nstime counted;
	uint64_t drop_findings;
} t;

enum what { NOTHING, SYN, ASK, REOPEN, DROPS, STOP };

/* At that second: nothing came until then, or a SYN, or a signal before it. */
struct moment { nstime second; enum what what; };

static void
make_syn(void)
{
	static const uint8_t syn[] = {
		0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
		0x80, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 1, 0, 0, 0, 0, 0,
	};

	memcpy(t.bytes, syn, sizeof syn);
	t.bytes[35] = (uint8_t)++t.frames;	/* another port each time */
}

static enum source_result
next(void *self, struct frame *f)
{
	const struct moment *m = &t.moment[t.at];

	(void)self;
	if (t.at == t.n)
		return SOURCE_END;
	t.at++;
	t.now = m->second;
	t.ask |= m->what == ASK;
	t.reopen |= m->what == REOPEN;
	if (m->what == STOP) {
		t.stop = STOP_SOON;
		t.counted = S_(m->second + 10);		/* what was captured is ahead of what was read */
	}
	t.dropped += m->what == DROPS ? 7 : 0;
	if (m->what != SYN) {
		f->time = S_(m->second);
		return SOURCE_NONE;
	}
	make_syn();
	*f = (struct frame){ .bytes = { t.bytes, sizeof t.bytes }, .wire = sizeof t.bytes, .linktype = 1, .time = S_(m->second), .number = t.frames };
	return SOURCE_FRAME;
}

static bool
recall(void *self, uint64_t mark)
{
	(void)self;
	(void)mark;
	return false;
}

static void
stats(void *self, struct source_stats *s)
{
	(void)self;
	*s = (struct source_stats){ .packets = t.frames, .dropped = t.dropped, .drops.ours = t.dropped, .counted = t.counted };
}

static int
record(void *self, const struct record *r)
{
	(void)self;
	if (r->kind == REC_STATS) {
		t.stats++;
		t.finals += r->u.stats->final;
		assert_int_equal(r->u.stats->dropped, t.dropped);
	}
	if (r->kind == REC_ATTEMPT) {
		t.attempts++;
		t.last_attempt = t.now;
	}
	t.drop_findings += r->kind == REC_FINDING && r->u.finding->finding.finding == FINDING_LOAD_DROPPED;
	return 0;
}

static int
tick(void *self, nstime now)
{
	(void)self;
	(void)now;
	t.ticks++;
	return 0;
}

static int
reopen(void *self)
{
	(void)self;
	t.reopened++;
	return 0;
}

static int
close_it(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

static void
count(void *self, const struct engine_result *r)
{
	(void)self;
	assert_int_equal(r->packets, t.frames);
	t.asked++;
}

static struct engine_result
play(const struct moment *moment, size_t n, bool live, nstime interval, nstime stop)
{
	static const struct sink_ops ops = { .name = "test", .record = record, .tick = tick, .reopen = reopen, .close = close_it };
	static const uint16_t port[] = { 25 };
	struct source source = { .name = "test", .next = next, .recall = recall, .stats = stats };
	struct engine_options o = {
		.source = &source, .mail_port = port, .nmail_port = 1, .checksums = CHECKSUMS_NONE, .memory = LIMIT_MEMORY, .live = live,
		.stats_interval = interval, .stop_time = stop, .stop = &t.stop, .ask = &t.ask, .reopen = &t.reopen, .counters = count,
	};
	struct engine_result result;
	struct engine *e;

	memset(&t, 0, sizeof t);
	t.moment = moment;
	t.n = n;
	e = engine_new(&o);
	engine_add_sink(e, &(struct sink){ .ops = &ops, .self = &t });
	engine_run(e, &result);
	engine_free(&e);
	return result;
}
#define PLAY(m, live, interval, stop) play(m, sizeof m / sizeof m[0], live, interval, stop)

/* An attempt on a wire that then is quiet is told when it was not made again for a while; of a file, at its end. */
static void
test_attempts(void **state)
{
	static const struct moment m[] = { { 100, SYN }, { 105, NOTHING }, { 112, NOTHING }, { 135, NOTHING }, { 150, NOTHING }, { 200, NOTHING } };

	(void)state;
	PLAY(m, true, 0, 0);
	assert_int_equal(t.attempts, 1);
	assert_int_equal(t.last_attempt, 135);
	PLAY(m, false, 0, 0);
	assert_int_equal(t.attempts, 1);
	assert_int_equal(t.last_attempt, 200);
}

/* Statistics come by the clock, without a packet; of time that was jumped over once. */
static void
test_stats(void **state)
{
	static const struct moment m[] = {
		{ 100, NOTHING }, { 105, NOTHING }, { 110, NOTHING }, { 119, NOTHING }, { 120, SYN }, { 165, NOTHING }, { 169, NOTHING },
		{ 170, NOTHING },
	};

	(void)state;
	PLAY(m, true, S_(10), 0);
	assert_int_equal(t.stats, 4 + 1);		/* 110 120 165 170, and the last */
	assert_int_equal(t.finals, 1);
	PLAY(m, true, 0, 0);
	assert_int_equal(t.stats, 1);
	assert_int_equal(t.ticks >= 7, 1);
}

/* -a duration: the time counts from the beginning, whether packets come or not. */
static void
test_stop(void **state)
{
	static const struct moment m[] = { { 100, NOTHING }, { 110, SYN }, { 119, NOTHING }, { 120, NOTHING }, { 121, SYN } };
	struct engine_result r = PLAY(m, true, 0, S_(20));

	(void)state;
	assert_int_equal(r.packets, 1);
	assert_int_equal(t.at, 4);
	assert_false(r.failed);
}

/* A signal came while packets waited to be read: they are, and no more. Of a file, none. */
static void
test_rest(void **state)
{
	static const struct moment m[] = { { 100, SYN }, { 101, STOP }, { 102, SYN }, { 110, SYN }, { 111, SYN }, { 112, SYN } };

	(void)state;
	assert_int_equal(PLAY(m, true, 0, 0).packets, 4);
	assert_int_equal(PLAY(m, false, 0, 0).packets, 1);
}

static void
test_signals(void **state)
{
	static const struct moment m[] = { { 100, SYN }, { 101, ASK }, { 102, NOTHING }, { 103, REOPEN }, { 104, SYN }, { 105, ASK } };

	(void)state;
	PLAY(m, true, 0, 0);
	assert_int_equal(t.asked, 2);
	assert_int_equal(t.reopened, 1);
	assert_int_equal(t.ask + t.reopen, 0);
}

/* Drops are told when they have stopped; a hundred times at most, live in an hour. */
static void
test_drops(void **state)
{
	static struct moment m[2 * 3600];

	(void)state;
	for (size_t i = 0; i < sizeof m / sizeof m[0]; i++)
		m[i] = (struct moment){ 100 + (nstime)i, i % 3 == 1 ? DROPS : NOTHING };
	PLAY(m, false, 0, 0);
	assert_int_equal(t.drop_findings, LIMIT_LONE_FINDINGS);
	PLAY(m, true, 0, 0);
	assert_int_equal(t.drop_findings, 2 * LIMIT_LONE_FINDINGS);
}

/* The machine's clock is set back by more than an hour: it is believed when enough say so, and time goes on from there. */
static void
test_set_back(void **state)
{
	static const struct moment m[] = {
		{ 10000, SYN }, { 10001, NOTHING }, { 100, NOTHING }, { 101, NOTHING }, { 102, NOTHING }, { 103, NOTHING }, { 10002, NOTHING },
		{ 104, NOTHING }, { 105, NOTHING }, { 106, NOTHING }, { 107, NOTHING }, { 108, NOTHING }, { 109, NOTHING }, { 110, NOTHING },
		{ 111, NOTHING }, { 112, NOTHING }, { 113, SYN }, { 125, NOTHING }, { 160, NOTHING }, { 161, NOTHING }, { 200, NOTHING }, { 211, NOTHING },
	};
	struct engine_result r = PLAY(m, true, S_(50), 0);

	(void)state;
	assert_int_equal(r.attempts, 2);
	assert_int_equal(t.attempts, 2);
	assert_int_equal(t.last_attempt, 160);
	assert_int_equal(t.stats, 2 + 1);		/* 50 and 100 s after the beginning, however the clock went */
	PLAY(m, false, 0, 0);				/* a capture's stamps may run back as they like */
	assert_int_equal(t.last_attempt, 211);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attempts), cmocka_unit_test(test_stats), cmocka_unit_test(test_stop), cmocka_unit_test(test_signals),
		cmocka_unit_test(test_drops), cmocka_unit_test(test_set_back), cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
