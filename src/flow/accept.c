/*
 * accept.c - what one segment says: its ACK about the other stream, its bytes
 * about its own.
 */
#include <stdio.h>
#include <string.h>

#include "connection.h"

/* The PACKET_… flags of dissect/event.h, by value: flow knows nothing of dissect. */

enum {
	STALLS = 3,			/* retransmissions without an ACK that are suspect */
	STALL_LENGTH = 512,		/* smaller ones pass a small MTU */
	TCP_IP_HEADERS = 40,
	TTL_VOTES = 200
};

void
accept_see_ttl(struct stream *t, uint8_t ttl)
{
	if (t->ttl == ttl) {
		if (t->ttl_votes < TTL_VOTES)
			t->ttl_votes++;
	} else if (t->ttl_votes == 0) {
		t->ttl = ttl;
		t->ttl_votes = 1;
	} else
		t->ttl_votes--;
}

/* --- checksums --- */

/* Are the bytes themselves wrong, and not only the IP header in front of them? */
static bool
payload_is_bad(const struct segment *s)
{
	struct segment alone = *s;

	alone.bad_header = false;
	return segment_checksum(&alone) == CHECKSUM_BAD;
}

/* Its bytes are not used, but where they lie is remembered: they may have to stand in. */
static void
refuse(struct flow *f, enum dir d, const struct segment *s, bool beyond)
{
	struct stream *t = &f->stream[d], *other = &f->stream[dir_other(d)];
	struct trouble *b = stream_trouble(t);
	struct refused *r = &b->refused[b->refused_at];

	f->careful = true;
	if (s->payload.n == 0 || s->mark == 0)
		return;
	if (!t->based)
		stream_base(t, s->seq);
	*r = (struct refused){ .pos = stream_offset(t, s->seq), .frame = { s->payload.p, s->mark }, .from = s->from, .ack = ACK_NONE,
	    .ttl = s->ttl, .beyond = beyond };
	r->end = r->pos + (int64_t)s->payload.n;
	r->from.damaged = payload_is_bad(s);
	if (!beyond && b->refused_high < r->end)
		b->refused_high = r->end;
	if (s->flags & TCP_ACK && other->based)
		r->ack = stream_offset(other, s->ack);
	b->refused_at = (b->refused_at + 1) % REFUSED;
	if (b->refused_count < REFUSED)
		b->refused_count++;
}

/* What was refused is accepted now, from where it lies. */
static void
readmit(struct flow *f, enum dir d, int64_t from, int64_t to)
{
	struct trouble *b = f->stream[d].trouble;

	for (unsigned i = 0; i < b->refused_count; i++) {
		unsigned at = (b->refused_at + REFUSED - b->refused_count + i) % REFUSED;
		struct refused *r = &b->refused[at];
		struct piece in = { .pos = r->pos, .end = r->end, .ack = r->ack, .kind = PIECE_BYTES, .from = r->from, .frame = r->frame,
		    .bytes = r->frame.p, .ttl = r->ttl };

		in.from.damaged &= f->stream[d].sum_good;
		if (r->pos < from || r->pos >= to || r->end <= r->pos)
			continue;
		r->end = r->pos;
		if (f->flows->user.recall(f->flows->user.self, in.frame.mark))
			accept_piece(f, d, &in);
	}
}

/*
 * Every checksum of this direction was wrong so far, and the peer acknowledges
 * all the same: the capture is at fault (a broken card, addresses rewritten),
 * not the segments.
 */
void
accept_trust(struct flow *f, enum dir d)
{
	struct stream *t = &f->stream[d];

	if (t->unverified)
		return;
	t->unverified = true;
	note(f, FINDING_TCP_BAD_CHECKSUM, d, t->next, f->last,
	    "checksums of this direction are wrong throughout, and acknowledged: they are used, and not looked at any more");
	if (t->trouble != NULL)
		readmit(f, d, INT64_MIN, INT64_MAX);
}

/* Does the segment's ACK speak of bytes that were refused, in a direction that has shown no right checksum yet? */
static bool
vouches(const struct stream *t, const struct segment *s)
{
	const struct trouble *b = t->trouble;

	if (t->sum_good || t->unverified || b == NULL || !(s->flags & TCP_ACK))
		return false;
	for (unsigned i = 0; i < b->refused_count; i++)
		if (b->refused[i].end == stream_offset(t, s->ack))
			return true;
	return false;
}

static bool
wrong(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];

	f->flows->stats.checksum_bad++;
	note_once(f, FINDING_TCP_BAD_CHECKSUM, d, t->based ? stream_offset(t, s->seq) : 0, s->from, "a segment of %u bytes with a wrong checksum is not used", s->length);
	if (!t->sum_good && f->flows->config.checksums == CHECKSUMS_AUTO && vouches(&f->stream[dir_other(d)], s))
		accept_trust(f, dir_other(d));
	if (t->unverified)
		return true;
	refuse(f, d, s, false);
	return false;
}

/* False: the segment is not used. */
bool
accept_checksum(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];

	if (f->flows->config.checksums == CHECKSUMS_NONE || t->unverified)
		return true;
	switch (segment_checksum(s)) {
	case CHECKSUM_UNKNOWN:
		return true;
	case CHECKSUM_GOOD:
		t->sum_good = true;
		return true;
	case CHECKSUM_OFFLOAD:
		f->flows->stats.checksum_offload++;
		if (f->flows->config.checksums == CHECKSUMS_ALL)
			break;
		if (!note_was_told(f, FINDING_TCP_CHECKSUM_OFFLOAD))
			note_once(f, FINDING_TCP_CHECKSUM_OFFLOAD, d, t->next, s->from, "as a host leaves them to its network card");
		return true;
	case CHECKSUM_BAD:
		break;
	}
	return wrong(f, d, s);
}

/* --- what an ACK says --- */

/* A segment beyond the window: only where its bytes lie is kept. Runs of them are one entry; the oldest gives way. */
void
accept_outage(struct flow *f, enum dir d, int64_t pos, const struct segment *s)
{
	struct trouble *b = stream_trouble(&f->stream[d]);
	int64_t end = pos + s->length;

	f->careful = true;
	if (f->stream[d].fin.seen)
		return;			/* nothing is beyond the end */
	refuse(f, d, s, true);
	for (unsigned i = 0; i < b->outages; i++)
		if (pos >= b->outage[i].pos && pos <= b->outage[i].end) {
			if (b->outage[i].end < end)
				b->outage[i].end = end;
			return;
		}
	if (b->outages == OUTAGES)
		memmove(&b->outage[0], &b->outage[1], --b->outages * sizeof b->outage[0]);
	b->outage[b->outages++] = (struct outage){ pos, end, end, s->from };
}

/* The sender goes on below them: those segments were not its own. */
void
accept_deny_outage(struct flow *f, enum dir d)
{
	struct trouble *b = f->stream[d].trouble;

	if (b == NULL || b->outages == 0)
		return;
	note_once(f, FINDING_TCP_OUT_OF_WINDOW, d, b->outage[0].pos, b->outage[0].from,
	    "%lld bytes, %lld beyond what was expected", (long long)(b->outage[0].first_end - b->outage[0].pos),
	    (long long)(b->outage[0].pos - f->stream[d].next));
	b->outages = 0;
	for (unsigned i = 0; i < b->refused_count; i++)
		if (b->refused[i].beyond)
			b->refused[i].end = b->refused[i].pos;		/* never to be used */
}

/*
 * The receiver confirms a run of segments that lay beyond the window as we
 * knew it: it is the capture that left something out. What it left out is an
 * ordinary hole now, proven and with an end.
 */
void
accept_end_outage(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];
	struct trouble *b = t->trouble;
	int64_t ack;

	if (b == NULL || b->outages == 0 || t->fin.seen || !(s->flags & TCP_ACK))
		return;
	ack = stream_offset(t, s->ack);
	for (unsigned i = 0; i < b->outages && ack > t->edge; i++) {
		struct outage run = b->outage[i];

		if (ack < run.first_end || run.end <= t->next)
			continue;
		b->outages = 0;
		b->far = 0;
		t->edge = EDGE_NONE;
		readmit(f, d, run.pos, run.end);
		if (t->high < run.end)
			t->high = run.end;
	}
}

static void
believe_window(struct stream *t, const struct stream *peer, int64_t ack, const struct segment *s)
{
	int64_t edge = ack + ((int64_t)s->window << peer->wscale);

	if (t->edge == EDGE_NONE || t->edge < edge)
		t->edge = edge;
}

static void
see_window(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];

	if (s->window == 0) {
		if (t->zero_since == NSTIME_NONE)
			t->zero_since = s->from.time;
	} else if (t->zero_since != NSTIME_NONE) {
		nstime closed = s->from.time - t->zero_since;

		t->zero_since = NSTIME_NONE;
		if (closed > NSTIME_S)
			note_once(f, FINDING_TCP_ZERO_WINDOW, d, f->stream[dir_other(d)].acked, s->from,
			    "the %s's window was closed for %.1f s", d == DIR_CLIENT ? "client" : "server", (double)closed / 1e9);
	}
}

/* An acknowledgement beyond the window: no receiver sends it, unless the capture has lost much. */
static int64_t
disbelieve(struct flow *f, struct stream *t, int64_t ack, const struct segment *s)
{
	struct trouble *b = stream_trouble(t);

	f->careful = true;
	if (b->far == 0 || ack < b->far) {
		b->far = ack;
		b->far_since = s->from.time;
	}
	return ACK_NONE;
}

/* Where the sender's own stream stood when it sent the segment; a retransmission does not tell. */
static int64_t
said_at(const struct stream *me, const struct segment *s)
{
	int64_t pos = stream_offset(me, s->seq);

	return pos < me->high ? INT64_MAX : pos + s->length;
}

/* An ACK that says something new. */
static int64_t
advance_ack(struct flow *f, enum dir d, int64_t ack, const struct segment *s)
{
	struct stream *t = &f->stream[d];

	if (f->rst.seen && f->rst.dir == d && ack > f->rst.pos)
		ending_rst_denied(f, s->from);
	/* Who acknowledges bytes beyond a FIN has not taken it for one. */
	if (t->fin.seen && ack > t->fin.pos + 1 && !t->fin.acked && !t->fin.told)
		ending_fin_denied(f, d);
	if (t->fin.seen && ack > t->fin.pos) {
		t->fin.acked = t->fin.due = true;
		ack = t->fin.pos;
	}
	if (ack <= t->high && ack > t->acked)
		t->acked = ack;
	if (ack > t->next)
		proofs_add(&release_ahead(f, d)->proofs, ack, t->high, said_at(&f->stream[dir_other(d)], s), s->from, s->length > 0);
	return ack;
}

void
accept_tell_bad_ack(struct flow *f, enum dir d, int64_t claim, int64_t sent, struct origin from)
{
	note_once(f, FINDING_TCP_BAD_ACK, dir_other(d), claim, from, "acknowledges up to %lld, and the %s has sent %lld",
	    (long long)claim, d == DIR_CLIENT ? "client" : "server", (long long)sent);
}

static void
false_claim(struct flow *f, enum dir d, int64_t claim, int64_t sent, struct origin from)
{
	struct trouble *b = stream_trouble(&f->stream[d]);

	f->careful = true;
	b->far = 0;
	b->bad_ack = claim;
	b->bad_packet = from.packet;
	accept_tell_bad_ack(f, d, claim, sent, from);
}

/*
 * A gap was declared on an ACK's word alone, and the word was false. What was
 * told cannot be taken back: the stream goes on behind the gap, with the bytes
 * that belong before it.
 */
static void
take_back(struct flow *f, enum dir d, struct origin from)
{
	struct stream *t = &f->stream[d];
	struct trouble *b = t->trouble;
	int64_t excess = b->believed.to - b->believed.from;

	false_claim(f, d, b->believed.to, b->believed.from, from);
	t->base -= (uint32_t)excess;
	t->acked = t->next;
	t->edge = EDGE_NONE;
	b->outages = b->refused_count = 0;
	b->refused_high = 0;
	b->believed.to = b->believed.from;
}

/* A later segment of the same sender acknowledges less: no receiver takes back an ACK, so the earlier one was not its own. */
static void
deny_claims(struct flow *f, enum dir d, const struct segment *s)
{
	enum dir o = dir_other(d);
	struct stream *t = &f->stream[o];
	struct trouble *b = t->trouble;
	int64_t pos = stream_offset(&f->stream[d], s->seq), ack = stream_offset(t, s->ack), claim;

	if (t->ahead != NULL && proofs_deny(&t->ahead->proofs, ack, t->high, pos, s->from.time, &claim))
		false_claim(f, o, claim, t->high, s->from);
	if (b != NULL && b->believed.to > b->believed.from && t->high == b->believed.to && t->released == t->high && !t->fin.seen &&
	    ack <= b->believed.from && pos >= b->believed.said_at)
		take_back(f, o, s->from);
}

int64_t
accept_ack(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[dir_other(d)], *me = &f->stream[d];
	bool unseen = f->stream[dir_other(d)].packets == 0;
	int64_t ack;

	if (!(s->flags & TCP_ACK))
		return ACK_NONE;
	if (!t->based)
		stream_base(t, s->ack);
	if (s->length > 0 && (t->ahead != NULL || t->trouble != NULL))
		deny_claims(f, d, s);
	ack = stream_offset(t, s->ack);
	if (s->window == 0 || me->zero_since != NSTIME_NONE)
		see_window(f, d, s);
	if (ack <= t->acked) {
		believe_window(t, me, ack, s);
		return ack;
	}
	if (unseen && f->one_sided) {
		t->next = t->released = t->high = t->acked = ack;
		return ack;
	}
	if (t->trouble != NULL && !t->sum_good && vouches(t, s))
		accept_trust(f, dir_other(d));
	if (!unseen && ack > t->edge && ack > t->high + 1)
		return disbelieve(f, t, ack, s);
	believe_window(t, me, ack, s);
	return advance_ack(f, dir_other(d), ack, s);
}

/* --- bytes --- */

/* The same conflict, in the next segment or once more, is one occasion, wherever it was cut. */
static bool
is_same_conflict(struct stream *t, const struct piece *in)
{
	struct trouble *b = stream_trouble(t);
	bool same = b->conflict.end > b->conflict.pos && in->pos >= b->conflict.pos && in->pos <= b->conflict.end;

	if (!same)
		b->conflict.pos = in->pos;
	if (!same || b->conflict.end < in->end)
		b->conflict.end = in->end;
	return same;
}

static void
tell_clash(struct flow *f, enum dir d, const struct piece *in, int64_t at, uint8_t old_ttl, const char *kept)
{
	if (is_same_conflict(&f->stream[d], in))
		return;
	f->conflicts++;
	f->flows->stats.conflicts++;
	note(f, FINDING_TCP_OVERLAP_CONFLICT, d, at, in->from, "bytes that came twice differ from %lld on; %s", (long long)at, kept);
	note_odd_ttl(f, d, in->ttl, at, in->from, "a segment that conflicts");
	note_odd_ttl(f, d, old_ttl, at, in->from, "the earlier of two that conflict");
}

/* Bytes that the receiver has: they change nothing, but if they differ somebody lies. */
static void
compare_old(struct flow *f, enum dir d, const struct piece *in)
{
	struct stream *t = &f->stream[d];
	struct flows *fs = f->flows;
	struct frames_clash frames = { .first = SIZE_MAX };
	struct clash held;
	size_t n = (size_t)(in->end - in->pos), compared;

	if (in->kind != PIECE_BYTES)
		return;
	compared = overlap_compare(t, in, &held);
	if (compared < n) {
		frames_compare(&t->frames, stream_seq(t, in->pos), (slice){ in->bytes, n }, fs->user.recall, fs->user.self, &frames);
		compared += frames.compared;
	}
	if (compared < n)
		fs->stats.uncompared += n - compared;
	if (held.seen)
		tell_clash(f, d, in, held.at, held.ttl, "the first were kept");
	else if (frames.first != SIZE_MAX)
		tell_clash(f, d, in, in->pos + (int64_t)frames.first, frames.ttl, "the first were kept");
}

static void
tell_stall(struct flow *f, enum dir d, const struct piece *in, unsigned count, nstime since)
{
	char often[48] = "";

	if (count > 1)
		snprintf(often, sizeof often, " %u times in %.1f s", count, (double)since / 1e9);
	note_once(f, FINDING_TCP_STALLED, d, in->pos, in->from, "%lld bytes sent again%s%s%s", (long long)(in->end - in->pos), often,
	    f->icmp != NULL ? "; " : "", f->icmp != NULL ? f->icmp : "");
	f->icmp_told |= f->icmp != NULL;
}

/* The same large segment again and again, and no ACK of it, while others pass. */
static void
see_stall(struct flow *f, enum dir d, const struct piece *in)
{
	struct stream *t = &f->stream[d];
	struct trouble *b;
	nstime now = in->from.time;
	/* A router has said that it is too large, and it comes again as it was. */
	bool is_too_big = f->mtu != 0 && in->end - in->pos + TCP_IP_HEADERS > f->mtu;

	if (in->end - in->pos < STALL_LENGTH || in->pos > t->acked || in->end <= t->acked)
		return;
	b = stream_trouble(t);
	if (b->stall.count == 0 || b->stall.pos != in->pos) {
		b->stall.pos = in->pos;
		b->stall.count = 0;
		b->stall.since = now;
	} else if (now - b->stall.last < 200 * NSTIME_MS)
		return;		/* a mirror port tells each packet twice; no time-out of TCP is shorter */
	b->stall.last = now;
	if (++b->stall.count == STALLS || is_too_big)
		tell_stall(f, d, in, b->stall.count, now - b->stall.since);
}

/* New bytes answer claims: either they fill them, or after a second they prove them false. */
static void
answer_claims(struct flow *f, enum dir d, int64_t end, struct origin from)
{
	struct stream *t = &f->stream[d];
	struct trouble *b = t->trouble;
	int64_t claim = INT64_MAX;

	if (t->ahead != NULL)
		proofs_answer(&t->ahead->proofs, end > t->high ? end : t->high, from.time, &claim);
	if (b != NULL && b->far != 0) {
		if (end >= b->far)
			b->far = 0;
		else if (from.time - b->far_since >= LIMIT_PATIENCE && b->far < claim)
			claim = b->far;
	}
	if (claim != INT64_MAX)
		false_claim(f, d, claim, end, from);
}

/* In its turn, behind the last byte. */
void
accept_tell_after_fin(struct flow *f, enum dir d)
{
	const struct stream *t = &f->stream[d];

	if (t->trouble != NULL && t->trouble->after_fin.packet != 0)
		note_once(f, FINDING_TCP_AFTER_FIN, d, t->fin.pos, t->trouble->after_fin, "%lld bytes beyond the end of the stream",
		    (long long)t->trouble->after_fin_bytes);
}

static void
after_fin(struct flow *f, enum dir d, struct piece *in)
{
	struct stream *t = &f->stream[d];
	struct trouble *b;

	if (!t->fin.acked && !t->fin.told) {
		ending_fin_denied(f, d);
		return;
	}
	b = stream_trouble(t);
	if (b->after_fin.packet == 0) {
		b->after_fin = in->from;
		b->after_fin_bytes = in->end - t->fin.pos;
	}
	if (t->fin.told)
		accept_tell_after_fin(f, d);
	piece_trim_back(in, t->fin.pos > in->pos ? t->fin.pos : in->pos);
}

static void
insert(struct flow *f, enum dir d, struct piece *in)
{
	struct stream *t = &f->stream[d];
	struct clash clash;

	if (in->pos < t->high) {
		f->out_of_order++;
		f->flows->stats.out_of_order++;
		if (in->pos == t->next)
			t->gap_run = 0;		/* a hole was filled: the bytes do come */
	}
	release_ahead(f, d);
	overlap_insert(t, f->flows->config.overlap, in, &clash);
	if (clash.seen) {
		char kept[48];

		snprintf(kept, sizeof kept, "read as %s does", overlap_name(f->flows->config.overlap));
		tell_clash(f, d, in, clash.at, clash.ttl, kept);
	}
	answer_claims(f, d, in->end, in->from);
	t->last_new = in->from.time;
	stream_advance(t);
}

void
accept_piece(struct flow *f, enum dir d, struct piece *in)
{
	struct stream *t = &f->stream[d];
	int64_t above = in->pos > t->next ? in->pos : t->next;
	struct piece old = *in;

	if (t->fin.seen && in->end > t->fin.pos)
		after_fin(f, d, in);
	if (old.pos < t->next) {
		piece_trim_back(&old, old.end < t->next ? old.end : t->next);
		compare_old(f, d, &old);
		see_stall(f, d, &old);
	}
	if (in->end <= above)
		return;
	piece_trim_front(in, above);
	if (f->syn.seen)
		ending_alive(f, d, in->from);
	accept_deny_outage(f, d);
	insert(f, d, in);
}

static struct piece
piece_of(const struct segment *s, int64_t pos, int64_t ack)
{
	return (struct piece){ .pos = pos, .end = pos + (int64_t)s->payload.n, .rank = pos, .ack = ack, .from = s->from,
	    .frame = { s->mark != 0 ? s->payload.p : NULL, s->mark }, .bytes = s->payload.p, .kind = PIECE_BYTES, .ttl = s->ttl };
}

unsigned
accept_bytes(struct flow *f, enum dir d, const struct segment *s, int64_t pos, int64_t ack)
{
	struct stream *t = &f->stream[d];
	struct piece in = piece_of(s, pos, ack);
	int64_t end = pos + (int64_t)s->length;
	unsigned seen = 0;

	if (end <= t->next) {
		seen = SEEN_RETRANSMITTED;
		f->retransmitted++;
		f->flows->stats.retransmitted++;
	} else if (pos < t->high)
		seen = SEEN_REORDERED;
	if (in.end > in.pos)
		accept_piece(f, d, &in);
	if (s->payload.n < s->length) {
		in = piece_of(s, pos + (int64_t)s->payload.n, ack);
		in.end = end;
		in.kind = PIECE_CUT;
		accept_piece(f, d, &in);
	}
	return seen;
}
