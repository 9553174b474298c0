/*
 * release.c - what goes up, and when.
 *
 * A piece goes when all before it in its direction and all that it
 * acknowledges has gone. What stands in its way is a hole; a hole has a
 * patience, and when that is over it is declared and becomes a piece itself.
 * So the two streams are told in an order in which the two ends could have
 * said them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "connection.h"

enum { GAPS_IN_A_ROW = 8 };

/* --- memory --- */

struct ahead *
release_ahead(struct flow *f, enum dir d)
{
	struct flows *fs = f->flows;
	struct stream *t = &f->stream[d];

	if (t->ahead != NULL)
		return t->ahead;
	if (fs->spare_ahead != NULL) {
		t->ahead = fs->spare_ahead;
		fs->spare_ahead = t->ahead->spare;
	} else
		t->ahead = xcalloc(1, sizeof *t->ahead);
	pieces_init(&t->ahead->pieces, (uint32_t)(fs->config.seed ^ fs->stats.segments));
	t->ahead->proofs.n = 0;
	return t->ahead;
}

static void
drop_ahead(struct flow *f, struct stream *t)
{
	if (t->ahead == NULL)
		return;
	pieces_free(&t->ahead->pieces);
	t->ahead->spare = f->flows->spare_ahead;
	f->flows->spare_ahead = t->ahead;
	t->ahead = NULL;
}

static void
hold_link(struct flow *f)
{
	struct flows *fs = f->flows;

	f->held_before = fs->held_last;
	f->held_after = NULL;
	*(fs->held_last != NULL ? &fs->held_last->held_after : &fs->held_first) = f;
	fs->held_last = f;
	f->holding = true;
}

static void
hold_unlink(struct flow *f)
{
	struct flows *fs = f->flows;

	*(f->held_before != NULL ? &f->held_before->held_after : &fs->held_first) = f->held_after;
	*(f->held_after != NULL ? &f->held_after->held_before : &fs->held_last) = f->held_before;
	f->holding = false;
}

/* After any change: what this flow holds counts in the budget. */
void
release_account(struct flow *f)
{
	struct flows *fs = f->flows;
	size_t held = 0;

	for (int d = 0; d < 2; d++) {
		struct stream *t = &f->stream[d];

		if (t->ahead == NULL)
			continue;
		held += t->ahead->pieces.cost;
		if (t->ahead->pieces.count == 0 && t->ahead->proofs.n == 0)
			drop_ahead(f, t);
	}
	fs->stats.held += held - f->held;
	f->held = held;
	if (fs->stats.held_peak < fs->stats.held)
		fs->stats.held_peak = fs->stats.held;
	if (held > 0 && !f->holding)
		hold_link(f);
	else if (held == 0 && f->holding)
		hold_unlink(f);
}

void
release_drop(struct flow *f)
{
	drop_ahead(f, &f->stream[DIR_CLIENT]);
	drop_ahead(f, &f->stream[DIR_SERVER]);
	release_account(f);
}

/* --- to the user --- */

void
release_open(struct flow *f)
{
	struct stream_user *u = &f->flows->user;

	if (f->opened || flow_over(f))
		return;
	f->conn = u->open(u->self, f);
	f->opened = true;
	if (f->conn == NULL) {
		f->ignored = true;
		return;
	}
	f->flows->stats.open++;
	early_tell(f);
	if (f->midstream)
		note_once(f, FINDING_TCP_MIDSTREAM, DIR_CLIENT, 0, f->first, "the capture begins inside this connection");
}

static void
tell_data(struct flow *f, enum dir d, slice bytes, struct origin from)
{
	struct stream_user *u = &f->flows->user;

	release_open(f);
	if (flow_over(f) || bytes.n == 0)
		return;
	f->stream[d].bytes += bytes.n;
	f->flows->stats.bytes += bytes.n;
	u->data(u->self, f->conn, d, bytes, from);
}

/* The byte that the urgent pointer speaks of is read out of band: it is not in the stream (RFC 6093, BSD's reading). */
static void
tell_bytes(struct flow *f, enum dir d, int64_t pos, slice bytes, struct origin from)
{
	struct stream *t = &f->stream[d];
	size_t at;

	if (!t->has_urgent || t->trouble->urgent < pos || t->trouble->urgent >= pos + (int64_t)bytes.n) {
		tell_data(f, d, bytes, from);
		return;
	}
	at = (size_t)(t->trouble->urgent - pos);
	t->has_urgent = false;
	tell_data(f, d, slice_take(bytes, at), from);
	note_once(f, FINDING_TCP_URGENT, d, t->trouble->urgent, from, "the byte at %lld is out of band", (long long)t->trouble->urgent);
	if (!flow_over(f))
		tell_data(f, d, slice_drop(bytes, at + 1), from);
}

static void
tell_gap(struct flow *f, enum dir d, const struct piece *p, int64_t upto)
{
	struct stream_user *u = &f->flows->user;
	uint64_t whole = (uint64_t)(p->end - p->pos), missing = (uint64_t)(upto - p->pos);

	release_open(f);
	if (flow_over(f))
		return;
	f->stream[d].missing += missing;
	f->flows->stats.missing_bytes += missing;
	if (!p->begun) {
		f->flows->stats.gaps++;
		if (p->kind == PIECE_GAP)
			note(f, FINDING_TCP_GAP, d, p->pos, p->from, "%llu bytes were not captured", (unsigned long long)whole);
		else
			note_once(f, FINDING_TCP_GAP, d, p->pos, p->from,
			    "segments are cut by the snapshot length: of the first, %llu bytes are missing", (unsigned long long)whole);
	}
	if (!flow_over(f))
		u->gap(u->self, f->conn, d, missing, p->from);
}

static void
tell_eof(struct flow *f, enum dir d)
{
	struct stream_user *u = &f->flows->user;

	f->stream[d].fin.told = true;
	release_open(f);
	accept_tell_after_fin(f, d);
	if (!flow_over(f))
		u->eof(u->self, f->conn, d, f->stream[d].fin.from);
}

void
release_one_sided(struct flow *f, struct origin from)
{
	struct stream_user *u = &f->flows->user;

	if (f->one_sided || flow_over(f))
		return;
	f->one_sided = f->free_run = true;
	release_open(f);
	note_once(f, FINDING_TCP_ONE_SIDED, f->stream[DIR_CLIENT].packets ? DIR_CLIENT : DIR_SERVER, 0, from,
	    "only the %s was seen", f->stream[DIR_CLIENT].packets ? "client" : "server");
	if (!flow_over(f))
		u->one_sided(u->self, f->conn, from);
}

/* --- in its turn --- */

void
release_now(struct flow *f, enum dir d, slice bytes, const struct segment *s)
{
	struct stream *t = &f->stream[d];
	int64_t pos = t->next;

	t->next = t->released = t->high = pos + (int64_t)bytes.n;
	t->last_new = s->from.time;
	frames_add(&t->frames, s->seq, bytes, s->mark, s->ttl, stream_seq(t, t->acked));
	tell_data(f, d, bytes, s->from);
}

/* What stands first in a direction and is decided: a piece, or the end. */
struct head {
	struct piece *piece;
	bool any, ready;
	int64_t ack;
	uint64_t packet;
};

bool
release_is_free(const struct flow *f, enum dir d, int64_t ack, uint64_t packet)
{
	const struct stream *other = &f->stream[dir_other(d)];

	if (ack <= other->released || f->free_run)
		return true;
	/* The FIN's own number is no byte. */
	if (other->fin.seen && other->fin.pos <= other->released)
		return true;
	return other->trouble != NULL && ack >= other->trouble->bad_ack && packet <= other->trouble->bad_packet;
}

/*
 * This direction waits for bytes of its own that were acknowledged: they come,
 * or are declared, within a second. A gap of the other one waits for that, as
 * what is said here may belong in the middle of it.
 */
static bool
is_about_to_speak(const struct flow *f, enum dir d)
{
	const struct stream *t = &f->stream[d];
	struct hole h;

	return !f->closing && !f->free_run && t->released == t->next && release_hole(f, d, &h) && h.proven;
}

static struct head
head_of(const struct flow *f, enum dir d)
{
	const struct stream *t = &f->stream[d];
	struct piece *p = t->ahead != NULL ? t->ahead->pieces.first : NULL;
	struct head h = { 0 };

	if (p != NULL && p->end <= t->next)
		h = (struct head){ p, true, false, p->ack, p->from.packet };
	else if (t->fin.seen && t->fin.due && !t->fin.told && t->fin.pos == t->released)
		h = (struct head){ NULL, true, false, t->fin.ack, t->fin.from.packet };
	h.ready = h.any && release_is_free(f, d, h.ack, h.packet);
	if (h.ready && p != NULL && p->kind == PIECE_GAP)
		h.ready = !is_about_to_speak(f, dir_other(d));
	return h;
}

/*
 * The other side waits for the first part of a gap: it spoke in the middle of
 * what is missing, and is told there.
 */
static bool
emit_part_of_gap(struct flow *f, enum dir d, struct piece *p)
{
	struct head waits = head_of(f, dir_other(d));
	int64_t upto = waits.ack;

	if (!waits.any || waits.ready || upto <= p->pos || upto >= p->end)
		return false;
	f->stream[d].released = upto;
	tell_gap(f, d, p, upto);
	p->begun = true;
	piece_trim_front(p, upto);
	return true;
}

static void
emit_piece(struct flow *f, enum dir d, struct piece *p)
{
	struct stream *t = &f->stream[d];
	slice bytes = { p->bytes, (size_t)(p->end - p->pos) };

	CHECK(p->pos == t->released);
	if (p->kind == PIECE_GAP && emit_part_of_gap(f, d, p))
		return;
	t->released = p->end;
	if (p->kind == PIECE_BYTES) {
		if (p->frame.p != NULL)
			frames_add(&t->frames, stream_seq(t, p->pos), (slice){ p->frame.p, bytes.n }, p->frame.mark, p->ttl,
			    stream_seq(t, t->acked));
		tell_bytes(f, d, p->pos, bytes, p->from);
	} else
		tell_gap(f, d, p, p->end);
	/* Nobody touches the pieces while the user reads them: it may only ask to be ignored, and that is done later. */
	pieces_remove(&t->ahead->pieces, p);
}

static void
emit(struct flow *f, enum dir d, const struct head *h)
{
	if (h->piece != NULL)
		emit_piece(f, d, h->piece);
	else
		tell_eof(f, d);
}

/*
 * Both wait, and there is no hole that either could wait for: each
 * acknowledges what the other has not said yet. One of them is wrong; the
 * order of capture is as good as any.
 */
static bool
deadlocked(const struct flow *f, const struct head h[2])
{
	return h[0].any && h[1].any && h[0].ack <= f->stream[1].next && h[1].ack <= f->stream[0].next;
}

static bool
is_gap(const struct head *h)
{
	return h->piece != NULL && h->piece->kind == PIECE_GAP;
}

static bool
choose(const struct flow *f, const struct head h[2], enum dir *d_r)
{
	if (!h[0].ready && !h[1].ready && !deadlocked(f, h))
		return false;
	/* A gap waits as long as the other side has something to say: what is missing was said at the latest then. */
	if (h[0].ready && h[1].ready && is_gap(&h[0]) != is_gap(&h[1]))
		*d_r = is_gap(&h[0]) ? DIR_SERVER : DIR_CLIENT;
	else if (h[0].ready != h[1].ready)
		*d_r = h[0].ready ? DIR_CLIENT : DIR_SERVER;
	else
		*d_r = h[0].packet <= h[1].packet ? DIR_CLIENT : DIR_SERVER;
	return true;
}

/* Both ends were told (or the only one that is captured). */
bool
release_at_end(const struct flow *f)
{
	for (int d = 0; d < 2; d++)
		if (!f->stream[d].fin.told && f->stream[d].packets > 0)
			return false;
	return f->fin.seen;
}

void
release_run(struct flow *f)
{
	struct head h[2];
	enum dir d;

	while (!flow_over(f)) {
		h[0] = head_of(f, DIR_CLIENT);
		h[1] = head_of(f, DIR_SERVER);
		if (!choose(f, h, &d))
			break;
		emit(f, d, &h[d]);
	}
	if (!flow_over(f) && !f->closing && release_at_end(f))
		ending_close(f, WHY_FIN, f->fin.dir, f->last);
}

/* --- holes --- */

static bool
unseen(const struct flow *f, enum dir d)
{
	return f->stream[d].packets == 0;
}

/* Until when to wait for the bytes below one acknowledgement. False: time alone decides nothing. */
static bool
proof_deadline(const struct stream *t, const struct proof *p, nstime *deadline_r)
{
	nstime since = p->since;

	if (p->upto > t->high && (t->trouble == NULL || p->upto > t->trouble->refused_high)) {
		if (!p->with_data)
			return false;
		/* Its sender must be silent as long, before a claim is believed. */
		if (t->last_new != NSTIME_NONE && t->last_new > since)
			since = t->last_new;
	}
	*deadline_r = since + LIMIT_PATIENCE;
	return true;
}

bool
release_hole(const struct flow *f, enum dir d, struct hole *h)
{
	const struct stream *t = &f->stream[d];
	const struct piece *above = stream_first_ahead(t);
	nstime deadline;

	*h = (struct hole){ .upto = INT64_MAX, .deadline = INT64_MAX };
	if (above != NULL) {
		h->upto = above->pos;
		h->from = above->from;
		h->deadline = t->ahead->pieces.oldest->from.time +
		    (f->one_sided || unseen(f, dir_other(d)) ? LIMIT_PATIENCE_ONE_SIDED : LIMIT_PATIENCE_UNPROVEN);
	}
	for (unsigned i = 0; t->ahead != NULL && i < t->ahead->proofs.n; i++) {
		const struct proof *p = &t->ahead->proofs.at[i];

		if (!proof_deadline(t, p, &deadline) || deadline >= h->deadline)
			continue;
		h->deadline = deadline;
		h->proven = true;
		h->said_at = p->said_at;
		h->from = above != NULL ? above->from : (struct origin){ .packet = p->packet, .time = p->since };
		h->upto = above != NULL && above->pos < p->upto ? above->pos : p->upto;
	}
	return h->upto != INT64_MAX;
}

/* A refused segment (wrong checksum) that holds the bytes at the frontier, and is still there. */
static bool
stand_in(struct flow *f, enum dir d, int64_t upto, struct piece *in_r)
{
	struct stream *t = &f->stream[d];
	struct trouble *b = t->trouble;

	for (unsigned i = 0; b != NULL && i < b->refused_count; i++) {
		const struct refused *r = &b->refused[i];

		if (r->beyond || r->pos > t->next || r->end <= t->next || !f->flows->user.recall(f->flows->user.self, r->frame.mark))
			continue;
		*in_r = (struct piece){ .pos = r->pos, .end = r->end, .kind = PIECE_BYTES, .rank = INT64_MIN, .ack = r->ack,
		    .from = r->from, .frame = r->frame, .bytes = r->frame.p, .ttl = r->ttl };
		in_r->from.damaged &= t->sum_good;
		piece_trim_front(in_r, t->next);
		if (in_r->end > upto)
			piece_trim_back(in_r, upto);
		return true;
	}
	return false;
}

/* Where the next refused segment begins: the gap ends there, at most. */
static int64_t
gap_end(const struct stream *t, int64_t upto)
{
	const struct trouble *b = t->trouble;

	for (unsigned i = 0; b != NULL && i < b->refused_count; i++) {
		const struct refused *r = &b->refused[i];

		if (!r->beyond && r->pos > t->next && r->pos < upto && r->end > r->pos)
			upto = r->pos;
	}
	return upto;
}

/* Once believed, it waits for what it acknowledges, and says that this exists. */
static void
believe_stand_in(struct flow *f, enum dir d, const struct piece *in)
{
	struct stream *other = &f->stream[dir_other(d)];

	if (!f->stream[d].trouble->stood_in)
		note(f, FINDING_TCP_BAD_CHECKSUM, d, in->pos, in->from,
		    "%lld bytes of a segment with a wrong checksum are used: they were acknowledged, and no other copy was captured",
		    (long long)(in->end - in->pos));
	f->stream[d].trouble->stood_in = true;
	if (in->ack > other->next && !other->fin.seen)
		proofs_add(&release_ahead(f, dir_other(d))->proofs, in->ack, other->high, in->end, in->from, true);
}

/* A gap that continues one which is still to be told is the same gap. */
static bool
lengthen_gap(struct stream *t, int64_t upto)
{
	struct piece *ahead = stream_first_ahead(t), *last;

	if (t->ahead == NULL)
		return false;
	last = ahead != NULL ? ahead->prev : t->ahead->pieces.last;
	if (last == NULL || last->kind != PIECE_GAP || last->begun || last->end != t->next)
		return false;
	last->end = t->next = upto;
	return true;
}

static void
fill(struct flow *f, enum dir d, const struct hole *h)
{
	struct stream *t = &f->stream[d];
	struct piece in;
	bool found = h->proven && stand_in(f, d, h->upto, &in);

	if (found) {
		believe_stand_in(f, d, &in);
		t->gap_run = 0;
	} else {
		in = (struct piece){ .pos = t->next, .end = h->proven ? gap_end(t, h->upto) : h->upto, .kind = PIECE_GAP,
		    .ack = ACK_NONE, .from = h->from };
		if (h->proven && t->gap_run < GAPS_IN_A_ROW)
			t->gap_run++;
	}
	if (found || !lengthen_gap(t, in.end))
		pieces_insert(&release_ahead(f, d)->pieces, piece_new(&in));
	if (t->high < in.end)
		t->high = in.end;
	stream_advance(t);
}

/* The hole at the frontier is a gap (or what stands in for it). */
bool
release_declare(struct flow *f, enum dir d, const struct hole *h)
{
	struct stream *t = &f->stream[d];

	if (h->upto == INT64_MAX || h->upto <= t->next)
		return false;
	if (unseen(f, d)) {
		/* Nothing of this direction is captured: that is no gap, it is half a conversation. */
		release_one_sided(f, h->from);
		t->next = t->released = t->high = h->upto;
		drop_ahead(f, t);
		return true;
	}
	if (h->proven && h->upto > t->high) {
		struct trouble *b = stream_trouble(t);

		b->believed.from = t->high;
		b->believed.to = h->upto;
		b->believed.said_at = h->said_at;
		f->careful = true;
	}
	while (!flow_over(f) && t->next < h->upto)
		fill(f, d, h);
	if (t->acked < h->upto && h->proven)
		t->acked = h->upto;
	/* Bytes that come too late again and again mean that they do not come: waiting for this direction only delays the other. */
	if (t->gap_run == GAPS_IN_A_ROW)
		f->free_run = true;
	return true;
}

/* Of both directions' holes, the one whose patience ends first. */
static bool
next_hole(const struct flow *f, enum dir *d_r, struct hole *h_r)
{
	struct hole h[2];
	bool any[2];

	for (int d = 0; d < 2; d++)
		any[d] = release_hole(f, (enum dir)d, &h[d]);
	if (!any[0] && !any[1])
		return false;
	*d_r = any[0] && (!any[1] || h[0].deadline <= h[1].deadline) ? DIR_CLIENT : DIR_SERVER;
	*h_r = h[*d_r];
	return true;
}

/* First all that is due in both directions is declared, then told: so the two can still be put in order. */
void
release_patience(struct flow *f, nstime now)
{
	struct hole h;
	enum dir d;

	while (!flow_over(f) && next_hole(f, &d, &h) && h.deadline <= now)
		release_declare(f, d, &h);
	release_run(f);
}

/* --- when there is no room to wait --- */

/* One step: the hole that everything waits for is declared, or the head goes without waiting. */
static bool
push(struct flow *f, enum dir d)
{
	struct head h = head_of(f, d);
	struct hole hole;

	if (h.any && release_hole(f, dir_other(d), &hole))
		release_declare(f, dir_other(d), &hole);
	else if (h.any)
		emit(f, d, &h);
	else if (release_hole(f, d, &hole))
		release_declare(f, d, &hole);
	else
		return false;
	release_run(f);
	return true;
}

static bool
over_cap(const struct flow *f, enum dir d)
{
	const struct ahead *a = f->stream[d].ahead;
	const struct flow_config *c = &f->flows->config;

	return a != NULL && (a->pieces.count > c->max_ahead_segments || a->pieces.cost > c->max_ahead_bytes);
}

void
release_caps(struct flow *f)
{
	for (int d = 0; d < 2; d++)
		while (!flow_over(f) && over_cap(f, (enum dir)d))
			if (!push(f, (enum dir)d))
				break;
}

void
release_force(struct flow *f)
{
	const struct ahead *a = f->stream[DIR_CLIENT].ahead, *b = f->stream[DIR_SERVER].ahead;
	bool client = a != NULL && (b == NULL || a->pieces.cost >= b->pieces.cost);

	push(f, client ? DIR_CLIENT : DIR_SERVER);
}

/*
 * The connection is over: what is missing will not come. A claim of one byte
 * behind the end is the FIN that was not captured, unless data answered it.
 */
static bool
is_lost_fin(const struct flow *f, enum dir d, const struct hole *h)
{
	const struct stream *t = &f->stream[d];

	return h->upto == t->next + 1 && stream_first_ahead(t) == NULL && !t->ahead->proofs.at[t->ahead->proofs.n - 1].with_data;
}

static bool
claimed_tail(struct flow *f, enum dir d, struct hole *h)
{
	const struct stream *t = &f->stream[d];
	int64_t upto = t->ahead != NULL ? proofs_highest(&t->ahead->proofs) : ACK_NONE;

	if (upto <= t->next)
		return false;
	if (t->ahead->proofs.at[t->ahead->proofs.n - 1].late) {
		accept_tell_bad_ack(f, d, upto, t->high, f->last);
		return false;
	}
	*h = (struct hole){ .upto = upto, .deadline = INT64_MAX, .from = f->last, .proven = true };
	return !is_lost_fin(f, d, h);
}

/* What is missing in this direction, to the last byte that anybody spoke of. */
static bool
declare_one(struct flow *f, enum dir d)
{
	struct hole h;

	if (release_hole(f, d, &h) && !(h.deadline != INT64_MAX && is_lost_fin(f, d, &h)))
		return release_declare(f, d, &h);
	return claimed_tail(f, d, &h) && release_declare(f, d, &h);
}

/* Who still waits, waits for what will not come: the earlier captured goes first. */
static bool
let_go(struct flow *f)
{
	struct head h[2] = { head_of(f, DIR_CLIENT), head_of(f, DIR_SERVER) };
	enum dir d = h[0].any && (!h[1].any || h[0].packet <= h[1].packet) ? DIR_CLIENT : DIR_SERVER;

	if (!h[d].any)
		return false;
	emit(f, d, &h[d]);
	return true;
}

void
release_flush(struct flow *f)
{
	for (int d = 0; d < 2; d++)
		f->stream[d].fin.due = f->stream[d].fin.seen;
	/* What stands in for a hole may acknowledge more of the other side: until neither has anything more. */
	while (!flow_over(f) && (declare_one(f, DIR_CLIENT) || declare_one(f, DIR_SERVER)))
		;
	release_run(f);
	while (!flow_over(f) && let_go(f))
		release_run(f);
}
