/*
 * ladder_packets.c - which rung a packet belongs to.
 *
 * Packets come before the events that their bytes make, so they are put aside
 * until a rung tells their bytes. While a content or TLS goes on, its rung
 * takes them at once. A segment that was sent again goes to the rung that told
 * its bytes, and an acknowledgement to the one that it acknowledges. What
 * nothing ever told goes to the rung that was last when room was needed, or to
 * the end.
 */
#include "ladder_parts.h"

#include "base/err.h"

static void
attach(struct ladder *l, size_t index, uint32_t packet)
{
	struct stored *s = &l->rung[index];
	const struct rung_packet *p = &l->packet[packet].is;

	s->rung.packets++;
	s->rung.retransmitted += (p->flags & PACKET_RETRANSMITTED) != 0;
	s->rung.reordered += (p->flags & PACKET_REORDERED) != 0;
	if (!(p->flags & PACKET_RETRANSMITTED)) {
		s->rung.bytes[p->dir] += p->length;
		s->rung.segments[p->dir] += p->length > 0;
	}
	if (s->rung.open && p->length > 0) {
		if (s->rung.first == NSTIME_NONE)
			s->rung.first = p->time;
		s->rung.last = p->time;
	}
	if (s->rung.n == LIMIT_RUNG_PACKETS)
		return;
	s->rung.n++;
	if (s->tail == NO_PACKET)
		s->head = packet;
	else
		l->packet[s->tail].next = packet;
	s->tail = packet;
}

/* The rung that told that byte, as far as one looks back; else the last one. */
static size_t
rung_of(const struct ladder *l, enum dir dir, uint64_t at)
{
	for (size_t i = l->n; i > 0 && l->n - i < SEARCHED; i--) {
		const struct rung *r = &l->rung[i - 1].rung;

		if (r->dir == dir && r->kind <= RUNG_CONTENT && !r->decrypted && at >= r->offset && at - r->offset < r->length)
			return i - 1;
	}
	return l->n - 1;
}

static void
put_aside(struct ladder *l, uint32_t packet, enum dir of, uint64_t at)
{
	if (l->naside == ASIDE) {
		attach(l, l->n - 1, l->aside[0].packet);
		l->naside--;
		memmove(l->aside, l->aside + 1, l->naside * sizeof l->aside[0]);
	}
	l->aside[l->naside++] = (struct aside){ packet, of, at };
}

/* All that was put aside and stands before that byte. */
void
ladder_claim(struct ladder *l, size_t index, enum dir dir, uint64_t end)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->naside; i++)
		if (l->aside[i].of == dir && l->aside[i].at < end)
			attach(l, index, l->aside[i].packet);
		else
			l->aside[kept++] = l->aside[i];
	l->naside = kept;
}

void
ladder_claim_all(struct ladder *l, size_t index)
{
	for (size_t i = 0; i < l->naside; i++)
		attach(l, index, l->aside[i].packet);
	l->naside = 0;
}

/* The content that goes on: what its sender says is of it. SIZE_MAX: none. */
size_t
ladder_content(const struct ladder *l, enum dir dir)
{
	size_t index = l->content[0] != SIZE_MAX ? l->content[0] : l->content[1];

	return index != SIZE_MAX && l->rung[index].rung.dir == dir ? index : SIZE_MAX;
}

/* Where bytes, or an acknowledgement of them, belong. */
static void
place(struct ladder *l, uint32_t packet, enum dir of, uint64_t at)
{
	if (at < l->told[of])
		attach(l, rung_of(l, of, at), packet);
	else if (l->tls != SIZE_MAX)
		attach(l, l->tls, packet);
	else if (ladder_content(l, of) != SIZE_MAX)
		attach(l, ladder_content(l, of), packet);
	else
		put_aside(l, packet, of, at);
}

void
ladder_packet(struct ladder *l, const struct event *e)
{
	const struct ev_packet *p = &e->u.packet;
	uint32_t index = (uint32_t)l->npacket;

	path_packet(&l->path, e);
	if (l->n == 0)
		return;
	if (l->npacket == LIMIT_LADDER_PACKETS) {
		l->truncated = true;
		return;
	}
	if (l->npacket == l->cappacket) {
		l->cappacket = l->cappacket ? 2 * l->cappacket : 64;
		l->packet = xrealloc(l->packet, l->cappacket, sizeof *l->packet);
	}
	l->packet[l->npacket++] = (struct packet){
		{ e->at.packet, e->at.time, e->at.dir, e->at.offset, e->at.length, p->acknowledged, p->window, p->flags }, NO_PACKET,
	};
	l->ending |= (p->flags & (PACKET_FIN | PACKET_RST)) != 0;
	if (e->at.length > 0)
		place(l, index, e->at.dir, e->at.offset);
	else if (l->ending)
		put_aside(l, index, e->at.dir, UINT64_MAX);
	else if (p->acknowledged > 0)
		place(l, index, dir_other(e->at.dir), p->acknowledged - 1);
	else
		attach(l, l->told[0] + l->told[1] > 0 ? l->n - 1 : 0, index);
}

size_t
ladder_packets(const struct ladder *l, size_t rung, struct rung_packet *out, size_t max)
{
	size_t n = 0;

	CHECK(rung < l->n);
	for (uint32_t i = l->rung[rung].head; i != NO_PACKET && n < max; i = l->packet[i].next)
		out[n++] = l->packet[i].is;
	return n;
}
