/*
 * Random conversations against a naive model: what was sent is known, what
 * was captured is known, so what must come out is known.
 *
 * The model is an array of bytes a direction, and a set of those captured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow_script.h"

enum { PACKETS = 400, BYTES = 40000, RUNS = 1000 };

struct packet {
	nstime time;
	unsigned order;
	int dir;
	int64_t pos, end, ack;
	uint8_t flags;
};

struct model {
	struct packet packet[PACKETS];
	unsigned n;
	bool captured[2][BYTES];
	int64_t sent[2], acked[2];
	nstime now;
	uint64_t random;
	/* what flow told */
	int64_t told[2];
	uint64_t missing[2];
	unsigned gaps, alarms;
	bool wrong, disorder, too_late, eof[2], closed;
	bool repeats;			/* this conversation has retransmissions */
	struct flows *flows;
	const struct packet *by_number[2 * PACKETS];
	uint64_t number;
};

static uint64_t
roll(struct model *m, uint64_t below)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return below ? (m->random >> 11) % below : 0;
}

static bool
chance(struct model *m, unsigned percent)
{
	return roll(m, 100) < percent;
}

/* --- what the two ends do --- */

static void
send(struct model *m, int dir, int64_t pos, int64_t end, uint8_t flags)
{
	if (m->n == PACKETS)
		return;
	/* The sender has seen what the other sent, or a little less of it. */
	if (m->acked[!dir] < m->sent[!dir])
		m->acked[!dir] += (int64_t)(chance(m, 60) ? (uint64_t)(m->sent[!dir] - m->acked[!dir]) :
		    roll(m, (uint64_t)(m->sent[!dir] - m->acked[!dir] + 1)));
	m->packet[m->n] = (struct packet){ m->now, m->n, dir, pos, end, m->acked[!dir], flags };
	m->n++;
}

static void
speak(struct model *m)
{
	int dir = (int)roll(m, 2);
	int64_t n = chance(m, 20) ? 0 : chance(m, 20) ? 1 : (int64_t)roll(m, 600);

	m->now += (nstime)roll(m, chance(m, 3) ? 4000 : 30) * NSTIME_MS;
	if (m->sent[dir] + n > BYTES)
		n = 0;
	send(m, dir, m->sent[dir], m->sent[dir] + n, TCP_ACK);
	m->sent[dir] += n;
}

/* The same bytes again, cut otherwise. */
static void
repeat(struct model *m)
{
	int dir = (int)roll(m, 2);
	int64_t from = (int64_t)roll(m, (uint64_t)m->sent[dir] + 1), left = m->sent[dir] - from;

	if (m->sent[dir] - from > 3000)
		from = m->sent[dir] - 3000, left = 3000;
	send(m, dir, from, from + (int64_t)roll(m, (uint64_t)(left < 1000 ? left : 1000) + 1), TCP_ACK);
}

static void
converse(struct model *m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (m->repeats && chance(m, 6))
			repeat(m);
		else
			speak(m);
	}
}

/* --- what the capture makes of it --- */

struct capture { unsigned lost, late, twice; nstime skew; };

static int
by_time(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void
capture(struct model *m, const struct capture *c)
{
	unsigned kept = 0, n = m->n;
	struct packet *all = malloc(n * sizeof *all);

	memcpy(all, m->packet, n * sizeof *all);
	for (unsigned i = 0; i < n; i++) {
		struct packet p = all[i];

		if (chance(m, c->lost))
			continue;
		if (p.dir == 1)
			p.time += c->skew;
		if (chance(m, c->late))
			p.time += (nstime)roll(m, 800) * NSTIME_MS;
		for (int64_t at = p.pos; at < p.end; at++)
			m->captured[p.dir][at] = true;
		m->packet[kept++] = p;
		if (chance(m, c->twice) && kept < PACKETS && kept <= i) {
			p.time += (nstime)roll(m, 3) * NSTIME_MS;
			m->packet[kept++] = p;
		}
	}
	m->n = kept;
	qsort(m->packet, kept, sizeof *m->packet, by_time);
	free(all);
}

/* --- what flow tells --- */

static void *
on_open(void *self, struct flow *f)
{
	(void)f;
	return self;
}

static void
on_data(void *self, void *conn, enum dir d, slice bytes, struct origin from)
{
	struct model *m = conn;
	const struct packet *p = m->by_number[from.packet];

	(void)self;
	for (size_t i = 0; i < bytes.n; i++)
		m->wrong |= bytes.p[i] != script_byte((int)d, m->told[d] + (int64_t)i, false);
	m->told[d] += (int64_t)bytes.n;
	m->wrong |= m->eof[d] || m->closed;
	/* What the segment acknowledges has been told. */
	if (p != NULL && p->ack > m->told[!d])
		m->disorder = true;
}

static void
on_gap(void *self, void *conn, enum dir d, uint64_t missing, struct origin from)
{
	struct model *m = conn;

	(void)self;
	(void)from;
	for (uint64_t i = 0; i < missing; i++)
		m->too_late |= m->captured[d][m->told[d] + (int64_t)i];
	m->told[d] += (int64_t)missing;
	m->missing[d] += missing;
	m->gaps++;
}

static void
on_eof(void *self, void *conn, enum dir d, struct origin from)
{
	(void)self;
	(void)from;
	((struct model *)conn)->eof[d] = true;
}

static void
on_one_sided(void *self, void *conn, struct origin from)
{
	(void)self;
	(void)from;
	((struct model *)conn)->wrong = true;
}

static void
on_close(void *self, void *conn, struct flow *f, enum why why, enum dir who, struct origin from)
{
	(void)self;
	(void)f;
	(void)why;
	(void)who;
	(void)from;
	((struct model *)conn)->closed = true;
}

static void
on_attempt(void *self, struct flow *f, enum attempt a, struct origin first, struct origin last, slice detail)
{
	(void)self;
	(void)f;
	(void)a;
	(void)first;
	(void)last;
	(void)detail;
}

static void
on_note(void *self, void *conn, struct flow *f, enum finding finding, enum dir d, uint64_t offset, struct origin from, slice detail)
{
	(void)conn;
	(void)f;
	(void)d;
	(void)offset;
	(void)from;
	(void)detail;
	if (finding != FINDING_TCP_GAP && finding != FINDING_TCP_MIDSTREAM)
		((struct model *)self)->alarms |= 1u << (finding - FINDING_TCP_AFTER_FIN);
}

static bool
on_recall(void *self, uint64_t mark)
{
	(void)self;
	(void)mark;
	return true;
}

static bool
on_mail_port(void *self, uint16_t port)
{
	(void)self;
	return port == SERVER_PORT;
}

static void
feed(struct model *m, const struct packet *p, struct script *s)
{
	struct segment seg;

	while (s->now / (100 * NSTIME_MS) < p->time / (100 * NSTIME_MS)) {
		s->now = (s->now / (100 * NSTIME_MS) + 1) * 100 * NSTIME_MS;
		flows_tick(m->flows, s->now);
	}
	s->now = p->time;
	seg = script_segment(s, p->dir);
	m->by_number[seg.from.packet] = p;
	seg.flags = p->flags;
	seg.seq = s->isn[p->dir] + 1 + (uint32_t)p->pos - (p->flags & TCP_SYN ? 1 : 0);
	seg.ack = s->isn[!p->dir] + 1 + (uint32_t)p->ack;
	seg.wscale = p->flags & TCP_SYN ? 7 : NO_WSCALE;
	seg.payload = script_bytes(s, p->dir, p->pos, p->end, false);
	seg.length = (uint32_t)(p->end - p->pos);
	flows_segment(m->flows, &seg);
}

static void
play(struct model *m, struct script *s)
{
	struct stream_user user = { .self = m, .open = on_open, .data = on_data, .gap = on_gap, .eof = on_eof,
	    .one_sided = on_one_sided, .close = on_close, .attempt = on_attempt, .note = on_note, .recall = on_recall,
	    .mail_port = on_mail_port, .evict = script_evict };
	const struct packet hello[] = {
		{ .dir = 0, .flags = TCP_SYN }, { .dir = 1, .flags = TCP_SYN | TCP_ACK }, { .dir = 0, .flags = TCP_ACK },
	};

	script_default(s);
	s->isn[0] = (uint32_t)roll(m, UINT32_MAX);
	s->isn[1] = UINT32_MAX - (uint32_t)roll(m, 5000);
	s->window[0] = s->window[1] = 60000;
	s->now = 0;
	s->frames = malloc(SCRIPT_FRAMES);
	m->flows = flows_new(&s->config, &user);
	for (size_t i = 0; i < 3; i++)
		feed(m, &hello[i], s);
	for (unsigned i = 0; i < m->n; i++)
		feed(m, &m->packet[i], s);
	flows_finish(m->flows);
	flows_free(&m->flows);
	free(s->frames);
}

/* What must be missing: bytes not captured, up to the last one that anything captured speaks of. */
static uint64_t
expected_missing(const struct model *m, int dir)
{
	int64_t upto = 0;
	uint64_t missing = 0;

	for (unsigned i = 0; i < m->n; i++) {
		const struct packet *p = &m->packet[i];
		int64_t speaks_of = p->dir == dir ? (p->end > p->pos ? p->end : 0) : p->ack;

		if (upto < speaks_of)
			upto = speaks_of;
	}
	for (int64_t i = 0; i < upto; i++)
		missing += !m->captured[dir][i];
	return missing;
}

/* One byte behind the last that was captured, acknowledged at the end: that is how a lost FIN looks, too. */
static bool
lost_last_byte(const struct model *m, int dir)
{
	return m->missing[dir] + 1 == expected_missing(m, dir) && !m->captured[dir][m->told[dir]];
}

static void
run(uint64_t seed, const struct capture *how)
{
	struct model *m = calloc(1, sizeof *m);
	struct script s;
	bool bad;

	m->random = seed * 0x9e3779b97f4a7c15 + 1;
	m->repeats = seed % 2 == 0;
	converse(m, 20 + (unsigned)roll(m, 150));
	capture(m, how);
	play(m, &s);
	/*
	 * A retransmission may acknowledge the answer to what it repeats. If the
	 * original is late or lost, each waits for the other, and no order is right.
	 * After eight gaps in a row nothing waits for the other direction.
	 */
	bad = m->wrong || (m->disorder && !m->repeats && m->gaps < 8) || m->alarms != 0;
	/* And it may be captured when the hole was declared long ago. */
	for (int d = 0; d < 2 && !(m->repeats && how->lost > 0); d++)
		bad |= m->too_late || (m->missing[d] != expected_missing(m, d) && !lost_last_byte(m, d));
	if (how->lost == 0)
		bad |= m->told[0] != m->sent[0] || m->told[1] != m->sent[1] || m->gaps != 0;
	if (bad) {
		fprintf(stderr, "seed %lu lost %u late %u twice %u skew %ld: wrong %d disorder %d alarms %x missing %lu/%lu %lu/%lu told %ld/%ld %ld/%ld\n",
		    (unsigned long)seed, how->lost, how->late, how->twice, (long)how->skew, m->wrong, m->disorder, m->alarms,
		    (unsigned long)m->missing[0], (unsigned long)expected_missing(m, 0), (unsigned long)m->missing[1],
		    (unsigned long)expected_missing(m, 1), (long)m->told[0], (long)m->sent[0], (long)m->told[1], (long)m->sent[1]);
		for (unsigned i = 0; getenv("MODEL_VERBOSE") != NULL && i < m->n; i++)
			fprintf(stderr, "%8.3f %c %ld:%ld ack %ld\n", (double)m->packet[i].time / 1e9, "CS"[m->packet[i].dir],
			    (long)m->packet[i].pos, (long)m->packet[i].end, (long)m->packet[i].ack);
	}
	free(m);
	assert_false(bad);
}

static void
runs(const struct capture *how)
{
	const char *one = getenv("MODEL_SEED");

	for (uint64_t seed = one ? strtoull(one, NULL, 0) : 1; seed <= (one ? strtoull(one, NULL, 0) : RUNS); seed++)
		run(seed, how);
}

static void
plain(void **state)
{
	(void)state;
	runs(&(struct capture){ 0 });
}

static void
late(void **state)
{
	(void)state;
	runs(&(struct capture){ .late = 10 });
	runs(&(struct capture){ .late = 30, .twice = 20 });
}

/* The tap's directions are apart, either way. */
static void
skewed(void **state)
{
	static const int skew[] = { 1, 5, 20, 100, 700 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		runs(&(struct capture){ .skew = skew[i] * NSTIME_MS });
		runs(&(struct capture){ .skew = -skew[i] * NSTIME_MS, .twice = 5 });
	}
}

static void
lossy(void **state)
{
	(void)state;
	runs(&(struct capture){ .lost = 1 });
	runs(&(struct capture){ .lost = 10, .twice = 5 });
	runs(&(struct capture){ .lost = 3, .late = 10, .twice = 5, .skew = 5 * NSTIME_MS });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain), cmocka_unit_test(late), cmocka_unit_test(skewed), cmocka_unit_test(lossy),
	};

	return cmocka_run_group_tests_name("flow_model", tests, NULL, NULL);
}
