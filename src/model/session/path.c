#include "path.h"

void
path_init(struct path *p)
{
	*p = (struct path){ .syn = NSTIME_NONE, .last_syn = NSTIME_NONE, .syn_ack = NSTIME_NONE, .guess = NSTIME_NONE };
	for (int d = 0; d < 2; d++)
		p->round[d] = p->sent_time[d] = p->last[d] = p->closed_since[d] = NSTIME_NONE;
}

static void
remember(struct path_mark ring[PATH_REMEMBERED], size_t *n, struct path_mark mark)
{
	ring[(*n)++ % PATH_REMEMBERED] = mark;
}

static void
learn_round(struct path *p, enum dir to, nstime took, bool may_be_first)
{
	/* So quick an answer rules out that the SYN-ACK was for the first of two SYNs. */
	if (to == DIR_SERVER && p->round[to] == NSTIME_NONE && p->guess != NSTIME_NONE && took >= 0 && took < p->unless)
		p->round[to] = p->guess;
	if (took < 0 || (p->round[to] == NSTIME_NONE && !may_be_first))
		return;
	if (p->round[to] == NSTIME_NONE || took < p->round[to])
		p->round[to] = took;
}

/* RFC 6298 section 3: of what was sent twice nobody knows which copy was answered. */
static void
on_handshake(struct path *p, const struct event *e)
{
	uint32_t flags = e->u.packet.flags;

	if (flags & PACKET_SYN && !(flags & PACKET_ACK)) {
		p->syn_again |= p->syn != NSTIME_NONE;
		p->syn = p->syn == NSTIME_NONE ? e->at.time : p->syn;
		p->last_syn = e->at.time;
	} else if (flags & PACKET_SYN) {
		p->syn_ack_again |= p->syn_ack != NSTIME_NONE;
		if (p->syn != NSTIME_NONE && !p->syn_ack_again && !p->syn_again)
			learn_round(p, DIR_SERVER, e->at.time - p->syn, true);
		else if (p->syn != NSTIME_NONE && !p->syn_ack_again) {
			p->guess = e->at.time - p->last_syn;
			p->unless = e->at.time - p->syn;
		}
		p->syn_ack = e->at.time;
	} else if (!p->shaken && e->at.dir == DIR_CLIENT) {
		p->shaken = true;
		if (p->syn_ack != NSTIME_NONE && !p->syn_ack_again && !(flags & PACKET_RST))
			learn_round(p, DIR_CLIENT, e->at.time - p->syn_ack, true);
	}
}

static void
on_ack(struct path *p, const struct event *e)
{
	enum dir of = dir_other(e->at.dir);
	uint64_t acked = e->u.packet.acknowledged;
	bool alone = e->at.length == 0 && !(e->u.packet.flags & (PACKET_FIN | PACKET_RST));

	if (!(e->u.packet.flags & PACKET_ACK) || acked <= p->acked[of])
		return;
	if (acked >= p->sent[of] && p->sent_time[of] != NSTIME_NONE)
		learn_round(p, e->at.dir, e->at.time - p->sent_time[of], alone);
	remember(p->ack[of], &p->nack[of], (struct path_mark){ p->acked[of], acked, e->at.time });
	p->acked[of] = acked;
}

/* Did it come because bytes had not arrived? */
static bool
is_repair(const struct path *p, const struct event *e)
{
	uint32_t flags = e->u.packet.flags;

	return flags & (PACKET_RETRANSMITTED | PACKET_REORDERED) && !(flags & PACKET_KEEPALIVE)
	    && e->at.offset + e->at.length > p->acked[e->at.dir];
}

static void
on_bytes(struct path *p, const struct event *e)
{
	enum dir d = e->at.dir;
	uint64_t end = e->at.offset + e->at.length;

	if (e->at.length == 0)
		return;
	if (is_repair(p, e)) {
		remember(p->copy[d], &p->ncopy[d], (struct path_mark){ e->at.offset, end, e->at.time });
		if (p->last[d] != NSTIME_NONE && e->at.time > p->last[d])
			p->lost[d] += e->at.time - p->last[d];
		if (end >= p->sent[d])
			p->sent_time[d] = NSTIME_NONE;
	}
	if (end > p->sent[d]) {
		p->sent[d] = end;
		p->sent_time[d] = e->at.time;
	}
	p->last[d] = e->at.time;
}

static void
on_window(struct path *p, const struct event *e)
{
	enum dir d = e->at.dir;
	bool closed = e->u.packet.window == 0 && !(e->u.packet.flags & (PACKET_RST | PACKET_SYN | PACKET_FIN));

	if (closed && p->closed_since[d] == NSTIME_NONE)
		p->closed_since[d] = e->at.time;
	if (closed || p->closed_since[d] == NSTIME_NONE)
		return;
	if (e->at.time > p->closed_since[d])
		p->closed[d] += e->at.time - p->closed_since[d];
	p->closed_since[d] = NSTIME_NONE;
}

void
path_packet(struct path *p, const struct event *e)
{
	on_handshake(p, e);
	on_ack(p, e);
	on_bytes(p, e);
	on_window(p, e);
}

/* --- a wait --- */

/* When the last copy left before they were acknowledged, or `from`. */
static nstime
last_copy(const struct path *p, enum dir d, uint64_t offset, uint64_t end, nstime from, nstime to)
{
	nstime last = from;

	for (size_t i = 0; i < PATH_REMEMBERED && i < p->ncopy[d]; i++) {
		const struct path_mark *m = &p->copy[d][i];

		if (m->offset < end && m->end > offset && m->time > last && m->time <= to)
			last = m->time;
	}
	return last;
}

/* When the bytes before `end` were acknowledged, or `to`. */
static nstime
first_ack(const struct path *p, enum dir d, uint64_t end, nstime to)
{
	nstime first = to;

	for (size_t i = 0; i < PATH_REMEMBERED && i < p->nack[d]; i++) {
		const struct path_mark *m = &p->ack[d][i];

		if (m->offset < end && m->end >= end && m->time < first)
			first = m->time;
	}
	return first;
}

struct path_split
path_split(const struct path *p, enum dir d, uint64_t offset, uint64_t end, nstime from, nstime to)
{
	nstime way = p->round[dir_other(d)], sent, there;
	struct path_split s = { from, from, to > from ? to : from, way != NSTIME_NONE };

	if (to <= from)
		return s;
	sent = last_copy(p, d, offset, end, from, to);
	there = first_ack(p, d, end, to);
	if (there < sent)
		there = sent;
	s.until = s.proven && sent + way < there ? sent + way : s.proven ? there : sent;
	return s;
}
