/*
 * fuzz_flow.c - segments from bytes, into reassembly.
 *
 * Whatever the segments: what is told is contiguous, and its bytes are those
 * that some segment carried for that place; nothing comes behind a close;
 * what is held stays under the budget; nothing is left at the end. The marks
 * of frames are only names: others give the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/read.h"
#include "flow/connection.h"

enum { FUZZ_CONNECTIONS = 3, FUZZ_STEPS = 2000, FUZZ_STEP = 6 /* bytes */, FUZZ_HELD = 40000, FUZZ_SEGMENTS = 24, FUZZ_PAYLOAD = 2048 };

struct run {
	struct flows *flows;
	bool recall;			/* frames stay where they are */
	uint64_t first_mark;
	uint64_t digest;		/* of all that was told but findings */
	unsigned open;
	nstime now;
	uint64_t packet;
	uint32_t isn[FUZZ_CONNECTIONS][2], sent[FUZZ_CONNECTIONS][2];
	uint8_t *frames;		/* FUZZ_PAYLOAD for each segment, or for one if they cannot be recalled */
};

struct conn {
	struct run *run;
	struct flow *flow;
	int64_t told[2];
	bool eof[2];
};

/* The byte that belongs at a sequence number; `other` is a liar's. */
static uint8_t
truth(uint32_t seq, bool other)
{
	return (uint8_t)((seq * 2654435761u >> 24) & 0xfe) | (other ? 1 : 0);
}

static void
digest(struct run *r, uint64_t what)
{
	r->digest = (r->digest ^ what) * 0x100000001b3;
}

static void *
on_open(void *self, struct flow *f)
{
	struct run *r = self;
	struct conn *c;

	digest(r, 1);
	if (f->entry % 7 == 6)
		return NULL;
	c = xcalloc(1, sizeof *c);
	c->run = r;
	c->flow = f;
	r->open++;
	return c;
}

/* An urgent byte is left out, and then places are off by one. */
static bool
is_odd(const struct conn *c, enum dir d)
{
	const struct stream *t = &c->flow->stream[d];

	return note_was_told(c->flow, FINDING_TCP_URGENT) || (t->trouble != NULL && t->trouble->urgent != 0);
}

static void
on_data(void *self, void *conn, enum dir d, slice bytes, struct origin from)
{
	struct conn *c = conn;
	const struct stream *t = &c->flow->stream[d];
	uint32_t seq = t->base + (uint32_t)(t->released - (int64_t)bytes.n);

	(void)from;
	CHECK(bytes.n > 0);
	CHECK(!c->eof[d]);
	c->told[d] += (int64_t)bytes.n;
	digest(self, d + 2u);
	for (size_t i = 0; i < bytes.n; i++) {
		CHECK(is_odd(c, d) || (bytes.p[i] & 0xfe) == truth(seq + (uint32_t)i, false));
		digest(self, bytes.p[i]);
	}
	/* What is told and what is missing leave no place out (one-sided, the other side's place is only guessed). */
	CHECK(is_odd(c, d) || c->flow->one_sided || c->told[d] == t->released);
}

static void
on_gap(void *self, void *conn, enum dir d, uint64_t missing, struct origin from)
{
	struct conn *c = conn;

	(void)from;
	CHECK(missing > 0 && missing < UINT32_MAX);
	CHECK(!c->eof[d]);
	c->told[d] += (int64_t)missing;
	CHECK(is_odd(c, d) || c->flow->one_sided || c->told[d] == c->flow->stream[d].released);
	digest(self, missing << 3 | d);
}

static void
on_eof(void *self, void *conn, enum dir d, struct origin from)
{
	struct conn *c = conn;

	(void)from;
	CHECK(!c->eof[d]);
	c->eof[d] = true;
	digest(self, d + 4u);
}

static void
on_one_sided(void *self, void *conn, struct origin from)
{
	(void)conn;
	(void)from;
	digest(self, 6);
}

static void
on_close(void *self, void *conn, struct flow *f, enum why why, enum dir who, struct origin from)
{
	struct conn *c = conn;

	(void)from;
	CHECK(c->flow == f);
	c->run->open--;
	digest(self, 16u + why * 2u + who);
	free(c);
}

static void
on_attempt(void *self, struct flow *f, enum attempt a, struct origin first, struct origin last, slice detail)
{
	struct endpoint client, server;

	(void)detail;
	flow_endpoints(f, &client, &server);
	CHECK(first.time <= last.time);
	CHECK(server.port == 25);
	digest(self, 32u + a);
}

static void
on_note(void *self, void *conn, struct flow *f, enum finding finding, enum dir d, uint64_t offset, struct origin from, slice detail)
{
	(void)self;
	(void)d;
	(void)offset;
	(void)from;
	CHECK(finding < FINDINGS && detail.n < 256);
	CHECK((f == NULL) == (finding == FINDING_LOAD_FLOW_LIMIT || finding == FINDING_LOAD_MEMORY));
	CHECK(conn == NULL || ((struct conn *)conn)->flow == f);
}

static void
on_packet(void *self, void *conn, enum dir d, const struct segment *s, uint64_t offset, uint64_t acked, uint32_t flags)
{
	(void)self;
	(void)d;
	(void)s;
	(void)offset;
	(void)acked;
	(void)flags;
	CHECK(conn != NULL);
}

static bool
on_recall(void *self, uint64_t mark)
{
	const struct run *r = self;

	CHECK(mark > r->first_mark && mark <= r->first_mark + r->packet);
	return r->recall;
}

static bool
on_mail_port(void *self, uint16_t port)
{
	(void)self;
	return port == 25;
}

static enum evict_class
on_evict(void *self, void *conn)
{
	(void)self;
	CHECK(conn != NULL);
	return EVICT_IDLE;
}

/* --- bytes into segments --- */

static void
pass_time(struct run *r, unsigned how)
{
	static const nstime by[] = { 0, NSTIME_MS, 50 * NSTIME_MS, 400 * NSTIME_MS, 1100 * NSTIME_MS, 11 * NSTIME_S, 61 * NSTIME_S, 700 * NSTIME_S };
	const nstime tick = 100 * NSTIME_MS;
	nstime to = r->now + by[how % 8];

	if (to / tick > r->now / tick)
		flows_tick(r->flows, to / tick * tick);
	r->now = to;
}

static uint8_t
flags_of(unsigned kind)
{
	static const uint8_t flags[16] = {
		TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK | TCP_PSH, TCP_ACK | TCP_FIN, TCP_SYN,
		TCP_SYN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK, 0, TCP_ACK | TCP_URG, TCP_SYN | TCP_FIN,
	};

	return flags[kind % 16];
}

/* Near the true number, mostly; the second byte says how far off. */
static uint32_t
number(uint32_t near, uint8_t off, unsigned far)
{
	uint32_t by = (uint32_t)(int32_t)(int8_t)off;

	return near + (far == 7 ? by << 20 : far >= 4 ? 0 : by << (far * 2));
}

static void
step(struct run *r, struct reader *in)
{
	uint8_t who = read_u8(in), what = read_u8(in), off = read_u8(in), ack = read_u8(in), length = read_u8(in), odd = read_u8(in);
	unsigned i = who % FUZZ_CONNECTIONS, d = who >> 7;
	struct segment s = { .from = { .packet = ++r->packet, .time = r->now }, .mark = r->first_mark + r->packet, .flags = flags_of(what >> 4), .ttl = 64, .wscale = NO_WSCALE,
	    .window = 60000 };
	uint8_t *bytes = r->frames + (r->recall ? (r->packet - 1) * FUZZ_PAYLOAD : 0);
	struct endpoint *client = d ? &s.dst : &s.src, *server = d ? &s.src : &s.dst;

	pass_time(r, (who >> 2) & 7);
	s.from.time = r->now;
	client->addr.family = server->addr.family = 4;
	client->addr.ip[3] = (uint8_t)(i + 1);
	server->addr.ip[3] = 200;
	client->port = 40000;
	server->port = i == 2 ? 8080 : 25;
	s.length = (uint32_t)length << (odd & 3);
	s.seq = number(r->isn[i][d] + r->sent[i][d], off, what & 7);
	s.ack = number(r->isn[i][!d] + r->sent[i][!d], ack, (odd >> 2) & 7);
	if (s.flags & TCP_SYN)
		s.seq -= 1;
	if (odd & 0x20)
		s.window = (uint16_t)(off << 4);
	s.urgent = ack;
	s.has_timestamp = what & 8;
	s.tsval = (uint32_t)(r->now / NSTIME_MS) - (odd & 0x40 ? 1000 : 0);
	for (uint32_t n = 0; n < s.length; n++)
		bytes[n] = truth(s.seq + (s.flags & TCP_SYN ? 1 : 0) + n, odd & 0x80);
	s.payload = (slice){ bytes, who & 0x40 ? s.length / 2 : s.length };
	if ((int32_t)(s.seq + s.length - r->isn[i][d] - r->sent[i][d]) > 0)
		r->sent[i][d] = s.seq + s.length - r->isn[i][d];
	flows_segment(r->flows, &s);
}

static uint64_t
run(const uint8_t *data, size_t size, bool recall, uint64_t first_mark)
{
	struct run r = { .recall = recall, .first_mark = first_mark };
	struct stream_user user = { &r, on_open, on_data, on_gap, on_eof, on_one_sided, on_close, on_attempt, on_note, on_packet,
	    on_recall, on_mail_port, on_evict };
	struct reader in = reader_of((slice){ data, size });
	struct flow_config config;
	struct flow_stats stats;
	uint8_t how = read_u8(&in);

	flow_config_default(&config);
	config.overlap = (enum overlap)(how % 5);
	config.seed = 7;
	config.packets = how & 0x40;
	if (how & 0x80) {
		config.max_flows = config.max_half_open = 2;
		config.max_reassembly = FUZZ_HELD;
		config.max_ahead_segments = FUZZ_SEGMENTS;
	}
	r.now = 1000 * NSTIME_S;
	r.frames = xcalloc(recall ? in.rest.n / FUZZ_STEP + 1 : 1, FUZZ_PAYLOAD);
	for (unsigned i = 0; i < FUZZ_CONNECTIONS; i++)
		r.isn[i][0] = 0xffffff00 + i, r.isn[i][1] = 1000 * i;
	r.flows = flows_new(&config, &user);
	for (unsigned n = 0; in.rest.n > 0 && n < FUZZ_STEPS; n++) {
		step(&r, &in);
		flows_stats(r.flows, &stats);
		CHECK(stats.held <= config.max_reassembly);
		CHECK(stats.open == r.open);
	}
	flows_finish(r.flows);
	flows_stats(r.flows, &stats);
	CHECK(stats.open == 0 && stats.held == 0 && stats.half_open == 0 && r.open == 0);
	flows_free(&r.flows);
	free(r.frames);
	return r.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CHECK(run(data, size, true, 0) == run(data, size, true, 1000000));
	run(data, size, false, 0);
	return 0;
}
