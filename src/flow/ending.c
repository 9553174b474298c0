/*
 * ending.c - how a connection ends, and how it does not.
 *
 * Whoever knows four numbers can send a RST, a FIN or a SYN in another's
 * name. Each is judged by what the two ends do afterwards.
 */
#include <stdlib.h>

#include "connection.h"

/* --- RST --- */

/*
 * RFC 5961 section 3 lets a receiver honour only the exact next number; a
 * closed socket answers with the last number that was acknowledged to it, and
 * what was in flight then lies above. Over a hole nobody here knows what the
 * receiver expects: it may be anything up to the highest byte captured.
 */
static bool
rst_fits(const struct flow *f, enum dir d, int64_t pos)
{
	const struct stream *t = &f->stream[d];
	int64_t upper = t->high, claimed = t->ahead != NULL ? proofs_highest(&t->ahead->proofs) : ACK_NONE;

	if (f->stream[dir_other(d)].packets == 0)
		return pos <= t->high + 1;
	if (upper < claimed)
		upper = claimed;
	if (t->fin.seen)
		upper++;
	return pos >= t->acked && pos <= upper;
}

static void
suspect(struct flow *f, enum dir d, int64_t pos, struct origin from)
{
	note_once(f, FINDING_TCP_RST_SUSPECT, d, pos, from, "its number is %lld, the stream is at %lld", (long long)pos,
	    (long long)f->stream[d].high);
}

void
ending_rst(struct flow *f, enum dir d, const struct segment *s)
{
	const struct stream *t = &f->stream[d];
	int64_t pos = stream_offset(t, s->seq);
	bool fits = rst_fits(f, d, pos);

	note_odd_ttl(f, d, s->ttl, pos, s->from, "a RST");
	/* Ahead of the stream, it may have been captured before the bytes that it follows. */
	if (!fits && (pos < t->high || pos > t->edge)) {
		suspect(f, d, pos, s->from);
		return;
	}
	if (f->rst.seen && (!fits || ending_rst_holds(f)))
		return;
	f->rst.seen = f->careful = true;
	f->rst.dir = d;
	f->rst.pos = pos;
	f->rst.from = s->from;
}

bool
ending_rst_holds(struct flow *f)
{
	if (!f->rst.seen || rst_fits(f, f->rst.dir, f->rst.pos))
		return f->rst.seen;
	suspect(f, f->rst.dir, f->rst.pos, f->rst.from);
	f->rst.seen = false;
	return false;
}

/* The peer acknowledged more of the stream that the RST ended: it did not believe the RST. */
void
ending_rst_denied(struct flow *f, struct origin from)
{
	(void)from;
	note_once(f, FINDING_TCP_RST_SUSPECT, f->rst.dir, f->rst.pos, f->rst.from, "the connection went on behind it");
	f->rst.seen = false;
}

/* --- FIN --- */

static bool
fin_fits(const struct stream *t, int64_t pos)
{
	return pos >= t->next && pos >= t->high;
}

void
ending_fin(struct flow *f, enum dir d, const struct segment *s, int64_t pos, int64_t ack)
{
	struct stream *t = &f->stream[d];
	int64_t claimed;

	if (t->fin.seen && t->fin.pos == pos)
		return;
	note_odd_ttl(f, d, s->ttl, pos, s->from, "a FIN");
	if (t->fin.seen || !fin_fits(t, pos)) {
		note_once(f, FINDING_TCP_FIN_SUSPECT, d, pos, s->from, "its number is %lld, the stream is at %lld", (long long)pos,
		    (long long)t->high);
		return;
	}
	t->fin = (struct fin){ .pos = pos, .ack = ack, .from = s->from, .seen = true };
	f->careful = true;
	if (!f->fin.seen) {
		f->fin.seen = true;
		f->fin.dir = d;
	}
	/* Its acknowledgement may have been captured first, as a claim of one byte. */
	if (t->ahead == NULL)
		return;
	claimed = proofs_highest(&t->ahead->proofs);
	if (claimed > pos)
		t->fin.acked = t->fin.due = true;
	if (claimed > pos + 1)
		accept_tell_bad_ack(f, d, claimed, pos, s->from);
	proofs_limit(&t->ahead->proofs, pos);
	proofs_drop(&t->ahead->proofs, t->next);
}

/* The stream goes on beyond it, and nobody acknowledged it. */
void
ending_fin_denied(struct flow *f, enum dir d)
{
	struct fin *fin = &f->stream[d].fin;

	note_once(f, FINDING_TCP_FIN_SUSPECT, d, fin->pos, fin->from, "the stream goes on beyond it");
	fin->seen = fin->due = false;
	f->fin.seen = f->stream[dir_other(d)].fin.seen;
	f->fin.dir = dir_other(d);
}

/* --- SYN --- */

/* The old connection went on after a SYN that nobody answered. */
void
ending_alive(struct flow *f, enum dir d, struct origin from)
{
	(void)d;
	(void)from;
	note_once(f, FINDING_TCP_SYN_CONFLICT, f->syn.dir, 0, f->syn.from, "a SYN with another number, while the connection goes on");
	f->syn.seen = false;
}

/*
 * A SYN on a known connection, or its SYN-ACK once more. Only when a SYN-ACK
 * answers a new SYN has another connection begun: a blind SYN ends nothing.
 */
void
ending_syn(struct flow *f, enum dir d, const struct segment *s)
{
	struct stream *t = &f->stream[d];
	bool answer = s->flags & TCP_ACK;

	if (t->based && s->seq + 1 == t->base)
		return;
	if (!answer) {
		f->syn = (struct pending_syn){ true, d, handshake_candidate(s), s->from };
		f->careful = true;
		return;
	}
	if (f->syn.seen && f->syn.dir != d && s->ack == f->syn.candidate.isn + 1) {
		if (ending_rst_holds(f))
			ending_close(f, WHY_RST, f->rst.dir, f->rst.from);
		else
			ending_close(f, WHY_IDLE, DIR_CLIENT, f->last);
		f->reborn = true;
		return;
	}
	/* Mid-stream, the first numbers are not known: it may be the handshake, captured late. */
	if (!f->midstream)
		note_once(f, FINDING_TCP_SYN_CONFLICT, d, 0, s->from, "a SYN-ACK with another number");
}

/* --- the end --- */

static void
tell_reset(struct flow *f)
{
	if (f->stream[0].fin.seen && f->stream[1].fin.seen)
		return;
	note_once(f, FINDING_TCP_RESET, f->rst.dir, f->rst.pos, f->rst.from, "by the %s", f->rst.dir == DIR_CLIENT ? "client" : "server");
}

static void
last_notes(struct flow *f, enum why why)
{
	for (int d = 0; d < 2; d++) {
		accept_deny_outage(f, (enum dir)d);
		if (f->stream[d].zero_since != NSTIME_NONE && f->last.time - f->stream[d].zero_since > NSTIME_S)
			note_once(f, FINDING_TCP_ZERO_WINDOW, (enum dir)d, f->stream[!d].acked, f->last,
			    "the %s's window stayed closed", d == DIR_CLIENT ? "client" : "server");
	}
	if (why == WHY_RST)
		tell_reset(f);
	if (f->opened && flow_is_one_sided(f))
		note_once(f, FINDING_TCP_ONE_SIDED, f->stream[0].packets ? DIR_CLIENT : DIR_SERVER, 0, f->last, "only the %s was seen",
		    f->stream[0].packets ? "client" : "server");
}

static void
tell_nothing_said(struct flow *f, enum why why)
{
	struct stream_user *u = &f->flows->user;
	struct endpoint client, server;
	const char *how = why == WHY_RST ? "reset" : why == WHY_FIN ? "closed" : "silence";

	flow_endpoints(f, &client, &server);
	if (f->handshaken && u->mail_port(u->self, server.port))
		u->attempt(u->self, f, ATTEMPT_NO_GREETING, f->first, f->last, slice_of(how));
}

void
ending_close(struct flow *f, enum why why, enum dir who, struct origin from)
{
	struct stream_user *u = &f->flows->user;

	if (flow_over(f) || f->closing)
		return;
	f->closing = true;
	ending_rst_holds(f);
	release_flush(f);
	if (flow_over(f))
		return;
	if (why != WHY_RST && release_at_end(f)) {
		why = WHY_FIN;
		who = f->fin.dir;
	}
	f->silent = why == WHY_IDLE;
	last_notes(f, why);
	if (f->opened)
		u->close(u->self, f->conn, f, why, who, from);
	else
		tell_nothing_said(f, why);
	f->closed = true;
}
