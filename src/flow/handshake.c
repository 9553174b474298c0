/*
 * handshake.c - connections that are not one yet.
 *
 * Anybody can send a SYN, so a half-open connection is small, and its numbers
 * are only candidates: the ACK that the other side sends chooses among them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "connection.h"

#define SYN_DATA_ALL (1 * MiB)		/* bytes kept of all SYNs; more are not kept, and are a gap if acknowledged */

enum { NEAR = 1 << 20 };		/* how far beyond its SYN a first segment is believed to belong to it */

struct candidate
handshake_candidate(const struct segment *s)
{
	return (struct candidate){ .isn = s->seq, .window = s->window, .wscale = s->wscale, .has_ts = s->has_timestamp, .tsval = s->tsval };
}

static struct half_extra *
extra(struct half *h)
{
	if (h->extra == NULL)
		h->extra = xcalloc(1, sizeof *h->extra);
	return h->extra;
}

/* --- birth and death --- */

static struct half *
half_new(struct flows *fs, uint32_t entry, unsigned opener, struct origin first)
{
	struct half *h = xcalloc(1, sizeof *h);
	struct entry *e;

	h->id = fs->ids++;
	h->entry = entry;
	h->opener = (uint8_t)opener;
	h->first = h->last = first;
	h->older = fs->half_newest;
	*(fs->half_newest != NULL ? &fs->half_newest->newer : &fs->half_oldest) = h;
	fs->half_newest = h;
	e = table_entry(&fs->table, entry);
	e->state = ENTRY_HALF;
	e->u.half = h;
	fs->stats.half_open++;
	table_arm(&fs->table, entry, flow_tick_of(fs, handshake_deadline(h)));
	return h;
}

/* Frees the half, not its entry. */
static void
half_free(struct flows *fs, struct half *h)
{
	*(h->older != NULL ? &h->older->newer : &fs->half_oldest) = h->newer;
	*(h->newer != NULL ? &h->newer->older : &fs->half_newest) = h->older;
	fs->stats.half_open--;
	if (h->extra != NULL) {
		fs->syn_data -= h->extra->syn_length;
		free(h->extra->syn_data);
		free(h->extra->unreachable);
		free(h->extra);
	}
	free(h->early);
	free(h);
}

void
handshake_drop(struct flows *fs, struct half *h)
{
	uint32_t entry = h->entry;

	half_free(fs, h);
	table_remove(&fs->table, entry);
}

nstime
handshake_deadline(const struct half *h)
{
	return h->last.time + (h->refused || h->reset ? LIMIT_PATIENCE : LIMIT_IDLE_NEW);
}

/* --- candidates --- */

static void
add_candidate(struct half *h, unsigned side, struct candidate c, struct origin from)
{
	unsigned n = h->count[side];

	for (unsigned i = 0; i < n; i++)
		if (h->side[side][i].isn == c.isn) {
			if (!c.implied)
				h->side[side][i] = c;
			return;
		}
	if (n > 0 && !h->conflict[side]) {
		h->conflict[side] = true;
		extra(h)->conflict = from;
	}
	if (n == CANDIDATES)
		n--;		/* somebody sprays numbers: the last one is as good as any other */
	h->side[side][n] = c;
	h->count[side] = (uint8_t)(n + 1);
}

/* The candidate of `side` that a number right behind it, or little more, belongs to. */
static const struct candidate *
candidate_for(const struct half *h, unsigned side, uint32_t number)
{
	const struct candidate *best = NULL;
	uint32_t nearest = NEAR;

	for (unsigned i = 0; i < h->count[side]; i++) {
		uint32_t away = number - (h->side[side][i].isn + 1);

		if (away < nearest) {
			nearest = away;
			best = &h->side[side][i];
		}
	}
	return best;
}

static bool
is_candidate(const struct half *h, unsigned side, uint32_t isn)
{
	const struct candidate *c = candidate_for(h, side, isn + 1);

	return c != NULL && c->isn == isn;
}

static void
keep_syn_data(struct flows *fs, struct half *h, const struct segment *s)
{
	struct half_extra *x;

	if (s->payload.n == 0 || s->payload.n > LIMIT_SYN_DATA || fs->syn_data + s->payload.n > SYN_DATA_ALL)
		return;
	x = extra(h);
	if (x->syn_data != NULL)
		return;
	x->syn_data = xcalloc(s->payload.n, 1);
	memcpy(x->syn_data, s->payload.p, s->payload.n);
	x->syn_length = (uint32_t)s->payload.n;
	x->syn_isn = s->seq;
	x->syn_from = s->from;
	fs->syn_data += s->payload.n;
}

static void
see_checksum(const struct flows *fs, struct half *h, unsigned side, const struct segment *s)
{
	if (fs->config.checksums == CHECKSUMS_NONE)
		return;
	switch (segment_checksum(s)) {
	case CHECKSUM_GOOD:
		h->sum_good[side] = true;
		break;
	case CHECKSUM_BAD:
		h->sum_bad[side] = true;
		break;
	case CHECKSUM_OFFLOAD:
	case CHECKSUM_UNKNOWN:
		break;
	}
}

static void
see_syn(struct flows *fs, struct half *h, unsigned side, const struct segment *s)
{
	see_checksum(fs, h, side, s);
	add_candidate(h, side, handshake_candidate(s), s->from);
	keep_syn_data(fs, h, s);
	h->syn[side] = true;
}

static void
see_syn_ack(struct flows *fs, struct half *h, unsigned side, const struct segment *s)
{
	unsigned other = 1 - side;

	see_checksum(fs, h, side, s);
	if (h->count[other] == 0)
		add_candidate(h, other, (struct candidate){ .isn = s->ack - 1, .wscale = NO_WSCALE, .implied = true }, s->from);
	else if (candidate_for(h, other, s->ack) == NULL) {
		extra(h)->bad_ack = s->from;
		return;
	}
	add_candidate(h, side, handshake_candidate(s), s->from);
	h->syn_acked = s->ack;
	h->answered = true;
}

static void
see_rst(struct half *h, unsigned side, const struct segment *s)
{
	/* RFC 9293 3.10.7.3: a RST is an answer to the SYN only if it acknowledges it. */
	if (side != h->opener && !h->answered && s->flags & TCP_ACK && candidate_for(h, h->opener, s->ack) != NULL)
		h->refused = true;
	else if (candidate_for(h, side, s->seq) != NULL)
		h->reset = true;
}

/* --- a connection at last --- */

static void
scale_windows(struct flow *f, const struct candidate *const side[2])
{
	const struct candidate *a = side[0], *b = side[1];
	bool both = a != NULL && b != NULL && !a->implied && !b->implied;
	bool scaled = both && a->wscale != NO_WSCALE && b->wscale != NO_WSCALE;

	for (unsigned i = 0; i < 2; i++) {
		struct stream *t = &f->stream[flow_dir(f, i)];

		if (both)
			t->wscale = !scaled ? 0 : side[i]->wscale < WSCALE_MOST ? side[i]->wscale : WSCALE_MOST;
		t->no_ts = both && !(a->has_ts && b->has_ts);
		if (both && !t->no_ts) {
			t->has_ts = true;
			t->ts_recent = side[i]->tsval;
		}
	}
}

static void
set_streams(struct flow *f, const struct half *h, const struct candidate *const side[2])
{
	for (unsigned i = 0; i < 2; i++) {
		struct stream *t = &f->stream[flow_dir(f, i)];
		const struct candidate *peer = side[1 - i];

		if (side[i] != NULL)
			stream_base(t, side[i]->isn + 1);
		if (peer != NULL && !peer->implied)
			t->edge = peer->window;
		t->sum_good = h->sum_good[i];
		if (h->ttl[i] != 0)
			accept_see_ttl(t, h->ttl[i]);
	}
	scale_windows(f, side);
}

static void
tell_handshake(struct flow *f, const struct half *h)
{
	const struct half_extra *x = h->extra;

	for (unsigned i = 0; i < 2; i++)
		if (h->conflict[i])
			note_once(f, FINDING_TCP_SYN_CONFLICT, flow_dir(f, i), 0, x->conflict, "several first numbers; the other side's ACK chose");
	if (x != NULL && x->bad_ack.packet != 0)
		note_once(f, FINDING_TCP_BAD_ACK, DIR_SERVER, 0, x->bad_ack, "an ACK that does not belong to the handshake");
	if (h->syn[0] && h->syn[1])
		note_once(f, FINDING_TCP_SIMULTANEOUS_OPEN, DIR_CLIENT, 0, h->first, "both ends sent a SYN");
	if (h->reuse)
		note_once(f, FINDING_TCP_PORT_REUSE, DIR_CLIENT, 0, h->first, "another connection between the same ports");
	if (x != NULL && x->syn_length > 0)
		note_once(f, FINDING_TCP_SYN_DATA, flow_dir(f, h->opener), 0, x->syn_from, "%u bytes", x->syn_length);
}

/* RFC 7413: what rode in the SYN is in the stream if it was acknowledged; else it will be sent again, and need not be the same. */
static void
join_syn_data(struct flow *f, const struct half *h)
{
	const struct half_extra *x = h->extra;
	enum dir d = flow_dir(f, h->opener);
	uint32_t taken;

	if (x == NULL || x->syn_length == 0 || !h->answered || f->stream[d].base != x->syn_isn + 1)
		return;
	taken = h->syn_acked - f->stream[d].base;
	if (taken == 0 || taken > x->syn_length)
		return;
	accept_piece(f, d, &(struct piece){ .end = taken, .ack = ACK_NONE, .from = x->syn_from, .bytes = x->syn_data, .kind = PIECE_BYTES });
}

static struct flow *
promote(struct flows *fs, struct half *h, unsigned sender, const struct candidate *const side[2], const struct segment *s)
{
	const struct key *key = &table_entry(&fs->table, h->entry)->key;
	unsigned client = h->syn[0] && h->syn[1] ? flow_guess_client(fs, key, sender) : h->opener;
	struct flow *f;

	evict_for_flow(fs);
	f = flow_new(fs, h->entry, client, h->first, s);
	f->midstream = side[0] == NULL && side[1] == NULL;
	f->handshaken = side[0] != NULL && side[1] != NULL;
	f->last = s->from;
	for (unsigned i = 0; i < 2; i++)
		f->stream[flow_dir(f, i)].packets = h->packets[i];
	if (f->handshaken)
		f->handshake_done = s->from.time;
	set_streams(f, h, side);
	tell_handshake(f, h);
	for (unsigned i = 0; i < 2; i++)
		if (h->sum_bad[i] && !h->sum_good[i] && fs->config.checksums == CHECKSUMS_AUTO)
			accept_trust(f, flow_dir(f, i));
	f->early = h->early;
	h->early = NULL;
	join_syn_data(f, h);
	half_free(fs, h);
	connection_arm(f);
	return f;
}

static bool
is_wrong(const struct flows *fs, const struct half *h, unsigned side, const struct segment *s)
{
	return fs->config.checksums != CHECKSUMS_NONE && h->sum_good[side] && segment_checksum(s) == CHECKSUM_BAD;
}

/* A segment with neither SYN nor RST: does it complete the handshake? */
static struct flow *
complete(struct flows *fs, struct half *h, unsigned side, const struct segment *s)
{
	const struct candidate *both[2], *me, *other;

	if (is_wrong(fs, h, side, s))
		return NULL;
	me = candidate_for(h, side, s->seq);
	other = candidate_for(h, 1 - side, s->ack);
	if (me == NULL && h->count[side] > 0) {
		/* The numbers are far from the handshake's: a SYN was thrown into a connection that we had not seen. */
		both[0] = both[1] = NULL;
		return s->length > 0 ? promote(fs, h, side, both, s) : NULL;
	}
	if (other == NULL && h->count[1 - side] > 0) {
		extra(h)->bad_ack = s->from;
		return NULL;
	}
	if (s->length == 0 && (me == NULL || (other == NULL && side != h->opener)))
		return NULL;
	both[side] = me;
	both[1 - side] = other;
	return promote(fs, h, side, both, s);
}

/* What completes the handshake is a packet of the connection. */
static void
keep_packet(const struct flows *fs, struct half *h, unsigned side, const struct segment *s)
{
	uint32_t seen = connection_seen(s->flags);
	struct early_packet p = { .from = s->from, .length = s->length, .window = s->window, .side = side };

	if (!fs->config.packets || !(s->flags & (TCP_SYN | TCP_RST)))
		return;
	p.seen = seen | (early_has(h->early, side, seen) ? SEEN_RETRANSMITTED : 0u);
	early_add(&h->early, &p);
}

struct flow *
handshake_segment(struct flows *fs, struct half *h, unsigned side, const struct segment *s)
{
	h->last = s->from;
	if (h->packets[side] < UINT8_MAX && s->flags & (TCP_SYN | TCP_RST))
		h->packets[side]++;
	if (s->flags & TCP_SYN)
		h->ttl[side] = s->ttl;
	keep_packet(fs, h, side, s);
	if ((s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK))
		see_syn_ack(fs, h, side, s);
	else if (s->flags & TCP_SYN)
		see_syn(fs, h, side, s);
	else if (s->flags & TCP_RST)
		see_rst(h, side, s);
	else
		return complete(fs, h, side, s);
	return NULL;
}

void
handshake_begin(struct flows *fs, uint32_t entry, unsigned side, const struct segment *s, bool reuse)
{
	/* A SYN-ACK alone tells both numbers; its receiver is the client. */
	unsigned opener = s->flags & TCP_ACK ? 1 - side : side;
	struct half *h = half_new(fs, entry, opener, s->from);

	h->reuse = reuse;
	handshake_segment(fs, h, side, s);
}

void
handshake_again(struct flows *fs, uint32_t entry, unsigned side, const struct segment *s, const struct pending_syn *syn)
{
	struct half *h = half_new(fs, entry, 1 - side, syn->from);

	h->reuse = true;
	h->syn[1 - side] = true;
	h->packets[1 - side] = 1;
	add_candidate(h, 1 - side, syn->candidate, syn->from);
	handshake_segment(fs, h, side, s);
}

/* --- that came to nothing --- */

static void
tell_attempt(struct flows *fs, struct half *h)
{
	struct stream_user *u = &fs->user;
	const char *words = h->extra != NULL ? h->extra->unreachable : NULL;
	enum attempt outcome = ATTEMPT_NO_ANSWER;

	flow_init(fs->nobody, fs, h->entry, h->opener, h->first);
	if (h->refused)
		outcome = ATTEMPT_REFUSED;
	else if (h->answered) {
		outcome = ATTEMPT_NO_GREETING;
		words = h->reset ? "reset before the handshake was complete" : "the handshake was not completed";
	} else if (words != NULL)
		outcome = ATTEMPT_UNREACHABLE;
	u->attempt(u->self, fs->nobody, outcome, h->first, h->last, words != NULL ? slice_of(words) : SLICE_NONE);
}

static void
end(struct flows *fs, struct half *h, bool tell)
{
	const struct key *key = &table_entry(&fs->table, h->entry)->key;

	if (tell && fs->user.mail_port(fs->user.self, key->port[1 - h->opener]))
		tell_attempt(fs, h);
	handshake_drop(fs, h);
}

void
handshake_expire(struct flows *fs, struct half *h)
{
	if (handshake_deadline(h) > fs->now)
		table_arm(&fs->table, h->entry, flow_tick_of(fs, handshake_deadline(h)));
	else
		end(fs, h, true);
}

/* A SYN that was sent in the last second of the capture may have been answered behind it. */
void
handshake_finish(struct flows *fs, struct half *h)
{
	end(fs, h, h->refused || h->extra != NULL || fs->now - h->first.time >= LIMIT_PATIENCE);
}

void
handshake_icmp(struct half *h, unsigned side, const struct icmp_error *e)
{
	char words[128];

	if (!icmp_error_is_unreachable(e) || side != h->opener || !is_candidate(h, side, e->seq))
		return;
	if (extra(h)->unreachable == NULL)
		h->extra->unreachable = strdup(icmp_error_text(e, words, sizeof words));
}
