/*
 * connection.c - one segment of a connection: the order of the questions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"

uint32_t
connection_seen(uint8_t tcp)
{
	return (tcp & TCP_SYN ? SEEN_SYN : 0u) | (tcp & TCP_ACK ? SEEN_ACK : 0u) | (tcp & TCP_FIN ? SEEN_FIN : 0u) |
	    (tcp & TCP_RST ? SEEN_RST : 0u) | (tcp & TCP_PSH ? SEEN_PSH : 0u) | (tcp & TCP_URG ? SEEN_URG : 0u);
}

static unsigned
side_of(const struct flow *f, enum dir d)
{
	return d == DIR_CLIENT ? f->client_side : 1u - f->client_side;
}

static void
tell_one(struct flow *f, enum dir d, const struct segment *s, const struct early_packet *p)
{
	struct stream_user *u = &f->flows->user;

	if (!f->flows->config.packets || flow_over(f))
		return;
	if (f->opened)
		u->packet(u->self, f->conn, d, s, p->offset, p->acknowledged, p->seen);
	else
		early_add(&f->early, p);
}

/* A packet of the connection that is no segment by itself. */
static void
tell_aside(struct flow *f, enum dir d, struct origin from, unsigned seen)
{
	struct segment s = { .from = from };
	struct early_packet p = { .from = from, .seen = seen, .side = side_of(f, d) };

	tell_one(f, d, &s, &p);
}

static void
tell_packet(struct flow *f, enum dir d, const struct segment *s, unsigned seen)
{
	const struct stream *me = &f->stream[d], *other = &f->stream[dir_other(d)];
	int64_t offset = s->flags & TCP_SYN || !me->based ? 0 : stream_offset(me, s->seq);
	int64_t ack = s->flags & TCP_ACK && other->based ? stream_offset(other, s->ack) : 0;
	struct early_packet p = {
		.from = s->from, .offset = offset > 0 ? (uint64_t)offset : 0, .acknowledged = ack > 0 ? (uint64_t)ack : 0,
		.length = s->length, .seen = connection_seen(s->flags) | seen, .window = s->window, .side = side_of(f, d),
	};

	for (unsigned i = 0; i < s->npiece; i++)
		tell_aside(f, d, s->piece[i], SEEN_FRAGMENT);
	tell_one(f, d, s, &p);
}

/* --- questions --- */

static bool
peer_unseen(const struct flow *f, enum dir d)
{
	return f->stream[dir_other(d)].packets == 0;
}

/* RFC 7323 section 5: PAWS. */
static bool
is_old(const struct stream *t, const struct segment *s)
{
	return s->has_timestamp && t->has_ts && (int32_t)(s->tsval - t->ts_recent) < 0;
}

/* Only a segment that spans the frontier moves TS.Recent, or one stamp from the far future would deafen the flow. */
static void
move_timestamp(struct stream *t, const struct segment *s, int64_t pos, int64_t end)
{
	if (!s->has_timestamp || t->no_ts || pos > t->next || end < t->next)
		return;
	t->ts_recent = s->tsval;
	t->has_ts = true;
}

/*
 * Beyond the window, and not the continuation of anything: what follows what
 * was captured is used, for it is rather the capture that missed an ACK. A
 * byte at the edge asks whether the window is still closed (RFC 9293 3.8.6.1).
 */
static bool
is_outside(const struct flow *f, enum dir d, int64_t pos)
{
	const struct stream *t = &f->stream[d];

	return pos > t->edge && pos > t->high && !peer_unseen(f, d) && !f->one_sided;
}

/*
 * A keep-alive repeats the last byte that was acknowledged, often with garbage
 * in its place (RFC 1122 4.2.3.6). If that byte was not captured, only the
 * silence before tells it from a byte of the stream.
 */
static bool
is_keepalive(const struct stream *t, const struct segment *s, int64_t pos)
{
	if (s->length > 1 || s->flags & (TCP_FIN | TCP_URG) || pos == t->next)
		return false;
	if (pos == t->next - 1)
		return true;
	if (pos < t->next || t->ahead == NULL || (t->last_new != NSTIME_NONE && s->from.time - t->last_new < LIMIT_PATIENCE))
		return false;
	return proofs_were(&t->ahead->proofs, pos + 1, s->from.time - LIMIT_PATIENCE);
}

/* --- a segment --- */

static void
see_urgent(struct flow *f, enum dir d, const struct segment *s, int64_t pos)
{
	struct stream *t = &f->stream[d];
	int64_t at = pos + s->urgent - 1;	/* the pointer is behind the byte, as everybody but RFC 1122 has it (RFC 6093) */

	if (s->urgent == 0 || at < t->next)
		return;
	stream_trouble(t)->urgent = at;
	t->has_urgent = true;
	f->careful = true;
}

static void
old_timestamp(struct flow *f, enum dir d, const struct segment *s, int64_t pos)
{
	const struct stream *t = &f->stream[d];

	if (pos + s->length > t->next)
		note_once(f, FINDING_TCP_OLD_TIMESTAMP, d, pos, s->from, "%u bytes, stamped %u ticks before what came already",
		    s->length, t->ts_recent - s->tsval);
}

/* What is left of a segment once it has passed all checks. */
static unsigned
use(struct flow *f, enum dir d, const struct segment *s, int64_t pos)
{
	struct stream *t = &f->stream[d];
	int64_t ack = accept_ack(f, d, s);
	unsigned seen = 0;

	if (is_keepalive(t, s, pos))
		return SEEN_KEEPALIVE;
	if (s->flags & TCP_URG)
		see_urgent(f, d, s, pos);
	if (s->length > 0)
		seen = accept_bytes(f, d, s, pos, ack);
	if (s->flags & TCP_FIN)
		ending_fin(f, d, s, pos + s->length, ack);
	return seen;
}

static unsigned
check(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];
	int64_t pos;

	accept_end_outage(f, dir_other(d), s);
	if (s->flags & TCP_SYN) {
		ending_syn(f, d, s);
		return 0;
	}
	if (!t->based)
		stream_base(t, s->seq);
	if (s->flags & TCP_RST) {
		ending_rst(f, d, s);
		return 0;
	}
	pos = stream_offset(t, s->seq);
	if (is_old(t, s)) {
		old_timestamp(f, d, s, pos);
		return 0;
	}
	if (is_outside(f, d, pos)) {
		if (s->length > 0)
			accept_outage(f, d, pos, s);
		return 0;
	}
	move_timestamp(t, s, pos, pos + s->length);
	accept_see_ttl(t, s->ttl);
	return use(f, d, s, pos);
}

/* The usual segment: the next bytes, nothing held, nothing odd. False: ask all the questions. */
static bool
usual(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];
	int64_t pos = stream_offset(t, s->seq), ack;

	if (f->careful || f->flows->config.packets || t->ahead != NULL || pos != t->next || !t->based ||
	    s->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_URG) || s->payload.n != s->length || is_old(t, s))
		return false;
	move_timestamp(t, s, pos, pos);
	accept_see_ttl(t, s->ttl);
	ack = accept_ack(f, d, s);
	if (s->length == 0)
		return true;
	if (release_is_free(f, d, ack, s->from.packet) && t->ahead == NULL)
		release_now(f, d, s->payload, s);
	else
		accept_bytes(f, d, s, pos, ack);
	return true;
}

void
connection_segment(struct flow *f, enum dir d, const struct segment *s)
{
	f->last = s->from;
	f->stream[d].packets++;
	if (!accept_checksum(f, d, s))
		tell_packet(f, d, s, 0);
	else if (!usual(f, d, s)) {
		unsigned seen = check(f, d, s);

		tell_packet(f, d, s, seen);
	}
	if (f->stream[0].ahead == NULL && f->stream[1].ahead == NULL && !f->careful)
		return;
	release_run(f);
	release_caps(f);
	release_account(f);
	connection_arm(f);
}

/* --- time --- */

static nstime
sooner(nstime a, nstime b)
{
	return a < b ? a : b;
}

nstime
connection_deadline(const struct flow *f)
{
	nstime at = f->last.time + LIMIT_IDLE_ESTABLISHED;
	struct hole h;

	for (int d = 0; d < 2; d++) {
		const struct fin *fin = &f->stream[d].fin;

		if (release_hole(f, (enum dir)d, &h))
			at = sooner(at, h.deadline);
		if (fin->seen && !fin->due)
			at = sooner(at, fin->from.time + LIMIT_PATIENCE);
	}
	if (f->rst.seen)
		at = sooner(at, f->rst.from.time + LIMIT_PATIENCE);
	return at;
}

void
connection_arm(struct flow *f)
{
	struct table *t = &f->flows->table;
	uint32_t due, set = table_entry(t, f->entry)->due;

	if (flow_over(f))
		return;
	due = flow_tick_of(f->flows, connection_deadline(f));
	/* A timer that is too early is harmless: it is set again when it fires. */
	if (set == 0 || due < set)
		table_arm(t, f->entry, due);
}

static void
expire_fins(struct flow *f, nstime now)
{
	for (int d = 0; d < 2; d++) {
		struct fin *fin = &f->stream[d].fin;

		if (fin->seen && now - fin->from.time >= LIMIT_PATIENCE)
			fin->due = true;
	}
}

void
connection_expire(struct flow *f, nstime now)
{
	if (f->rst.seen && now - f->rst.from.time >= LIMIT_PATIENCE && ending_rst_holds(f)) {
		ending_close(f, WHY_RST, f->rst.dir, f->rst.from);
		return;
	}
	release_patience(f, now);
	if (flow_over(f))
		return;
	expire_fins(f, now);
	release_run(f);
	if (!flow_over(f) && now - f->last.time >= LIMIT_IDLE_ESTABLISHED)
		ending_close(f, WHY_IDLE, DIR_CLIENT, f->last);
	if (flow_over(f))
		return;
	release_account(f);
	connection_arm(f);
}

/* --- ICMP --- */

void
connection_icmp(struct flow *f, enum dir d, const struct icmp_error *e)
{
	const struct stream *t = &f->stream[d];
	int64_t pos = stream_offset(t, e->seq);
	char words[128], by[ADDR_TEXT], text[256];

	/* Anybody can send one; who cannot see the connection does not know its numbers (RFC 5927). */
	if (!t->based || pos < t->acked - 1 || pos > t->high)
		return;
	tell_aside(f, d, e->from, SEEN_ICMP);
	snprintf(text, sizeof text, "%s, says %s", icmp_error_text(e, words, sizeof words), addr_text(&e->by, by));
	free(f->icmp);
	f->mtu = e->mtu;
	f->icmp = strdup(text);
	if (note_was_told(f, FINDING_TCP_STALLED) && !(f->icmp_told)) {
		f->icmp_told = true;
		note(f, FINDING_TCP_STALLED, d, pos, e->from, "%s", text);
	}
}
