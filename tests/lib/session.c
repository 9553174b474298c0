/*
 * session.c - what two honest TCPs send when they are made to say this.
 *
 * Lines that one side says in a row leave in one segment (cut at the MSS). A
 * segment acknowledges all that the peer has sent; a peer that says nothing
 * acknowledges each segment by itself, 50 us later, or 40 ms later when it
 * goes on to answer after that. A change of speaker takes 1 ms, the next
 * segment of the same speaker 100 us, unless the talk says how long it waits.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "talk.h"

enum { TURN = 1000000, NEXT = 100000, ACK_SOON = 50000, ACK_DELAYED = 40000000 };	/* ns */
enum { FIRST_PORT = 51234, ROOM = 64 };

static const struct side ends[2] = {
	[DIR_CLIENT] = { .at = { { 4, { 192, 0, 2, 10 } }, FIRST_PORT }, .isn = 1000000000, .window = 64240, .ttl = 64, .wscale = NO_WSCALE },
	[DIR_SERVER] = { .at = { { 4, { 198, 51, 100, 5 } }, 25 }, .isn = 3000000000u, .window = 65160, .ttl = 57, .wscale = NO_WSCALE },
};

void
talk_init(struct talk *t)
{
	*t = (struct talk){ .wait = NSTIME_NONE, .snaplen = 262144 };
	t->clock = nstime_from_civil((struct civil){ 2026, 11, 21, 18, 29, 1 }) + 123456000;
	t->paused = true;
	t->arena = arena_new((size_t)1 << 32);
	buf_init(&t->keylog, SIZE_MAX / 2);
	buf_init(&t->patch, SIZE_MAX / 2);
	t->model = (struct session){ .side = { ends[DIR_CLIENT], ends[DIR_SERVER] }, .link = LINK_ETHERNET, .mss = 1460, .rtt = 400000 };
}

void
talk_fini(struct talk *t)
{
	for (size_t i = 0; i < t->nsession; i++)
		buf_fini(&t->session[i].speech);
	buf_fini(&t->keylog);
	buf_fini(&t->patch);
	free(t->session);
	free(t->packet);
	arena_free(&t->arena);
}

slice
talk_keep(struct talk *t, slice s)
{
	slice copy = SLICE_NONE;

	CHECK(s.n == 0 || arena_copy(t->arena, s, &copy));
	return copy;
}

struct packet *
talk_packet(struct talk *t, const struct packet *p)
{
	struct packet copy = *p;	/* it may stand in the array that grows */

	if (t->npacket == t->packet_room) {
		t->packet_room = t->packet_room ? 2 * t->packet_room : ROOM;
		t->packet = xrealloc(t->packet, t->packet_room, sizeof *t->packet);
	}
	copy.dropped += t->dropped;
	t->dropped = 0;
	t->packet[t->npacket] = copy;
	return &t->packet[t->npacket++];
}

/* Each new session has the settings of the talk, the next client port, and numbers of its own. */
struct session *
session_begin(struct talk *t, slice name)
{
	struct session *s;

	session_flush(t);
	for (t->now = 0; t->now < t->nsession; t->now++)
		if (slice_eq(t->session[t->now].name, name))
			return &t->session[t->now];
	t->session = xrealloc(t->session, t->nsession + 1, sizeof *t->session);
	s = &t->session[t->nsession++];
	*s = t->model;
	s->name = talk_keep(t, name);
	buf_init(&s->speech, SIZE_MAX / 2);
	t->model.side[DIR_CLIENT].at.port++;
	t->model.side[DIR_CLIENT].isn += 100000000;
	t->model.side[DIR_SERVER].isn += 100000000;
	return s;
}

struct session *
session_now(struct talk *t)
{
	return t->nsession == 0 ? session_begin(t, S("1")) : &t->session[t->now];
}

nstime
session_tick(struct talk *t, enum dir d)
{
	const struct session *s = session_now(t);

	if (t->wait != NSTIME_NONE)
		t->clock += t->wait;
	else if (!t->paused)
		t->clock += s->open && s->speaker == d ? NEXT : TURN;
	t->wait = NSTIME_NONE;
	t->paused = false;
	return t->clock;
}

/* The packet that d would send now: its numbers, and all that it got acknowledged. */
static struct packet
packet_next(struct talk *t, struct session *s, enum dir d, uint8_t flags, nstime time)
{
	struct side *me = &s->side[d], *peer = &s->side[dir_other(d)];
	struct packet p = {
		.session = (size_t)(s - t->session), .dir = d, .time = time, .era = t->era, .flags = flags,
		.window = me->window, .ttl = me->ttl, .ip_id = me->ip_id++, .seq = me->isn + 1 + me->next,
		.tsval = (uint32_t)(time / NSTIME_MS) + me->isn, .tsecr = (uint32_t)(s->spoken / NSTIME_MS) + peer->isn,
	};

	if (flags & TCP_ACK) {
		if (!s->cross)
			me->acked = peer->next;
		p.ack = peer->isn + 1 + me->acked;
	}
	if ((flags & TCP_RST) && !me->spoke)
		p.seq = 0;		/* RFC 9293 3.10.7.1: it has no sequence of its own */
	return p;
}

/* A packet without data; SYN and FIN take a sequence number. */
static void
send_bare(struct talk *t, struct session *s, enum dir d, uint8_t flags, nstime time)
{
	struct packet p = packet_next(t, s, d, flags, time);

	if (flags & TCP_SYN)
		p.seq--;
	talk_packet(t, &p);
	s->side[d].spoke = true;
	if (flags & TCP_FIN) {
		s->side[d].next++;
		s->side[d].fin = true;
	}
}

/* The handshake; what the talk waits for is the wait before the first words. */
static void
open_session(struct talk *t, struct session *s)
{
	nstime wait = t->wait, syn;

	if (s->open)
		return;
	if (!s->no_syn) {
		t->wait = NSTIME_NONE;
		syn = session_tick(t, DIR_CLIENT);
		send_bare(t, s, DIR_CLIENT, TCP_SYN, syn);
		send_bare(t, s, DIR_SERVER, TCP_SYN | TCP_ACK, syn + s->rtt / 2);
		send_bare(t, s, DIR_CLIENT, TCP_ACK, syn + s->rtt);
		t->clock = s->spoken = syn + s->rtt;
		s->speaker = DIR_CLIENT;
		t->wait = wait;
	}
	s->open = true;
}

/* The listener acknowledges what the speaker sent last, unless it goes on to answer soon enough to do it in passing. */
static void
acknowledge(struct talk *t, struct session *s, enum dir next, nstime when)
{
	enum dir listener = dir_other(s->speaker);
	nstime pause = when - s->spoken, late = next == listener ? ACK_DELAYED : ACK_SOON;

	if (s->no_acks || s->cross || s->side[listener].acked == s->side[s->speaker].next)
		return;
	if (next == listener && pause <= late)
		return;
	send_bare(t, s, listener, TCP_ACK, s->spoken + (late < pause ? late : pause / 2));
}

static void
send_data(struct talk *t, struct session *s, enum dir d, slice bytes, bool last)
{
	nstime time = session_tick(t, d);
	struct packet p;

	acknowledge(t, s, d, time);
	p = packet_next(t, s, d, last ? TCP_ACK | TCP_PSH : TCP_ACK, time);
	p.payload = talk_keep(t, bytes);
	p.ordinal = ++s->side[d].segments;
	talk_packet(t, &p);
	s->side[d].next += (uint32_t)bytes.n;
	s->side[d].spoke = true;
	s->speaker = d;
	s->spoken = time;
}

void
session_flush(struct talk *t)
{
	struct session *s = t->nsession ? &t->session[t->now] : NULL;
	slice rest;

	if (s == NULL || s->speech.n == 0)
		return;
	open_session(t, s);
	for (rest = buf_slice(&s->speech); rest.n > 0; rest = slice_drop(rest, s->mss))
		send_data(t, s, s->saying, slice_take(rest, s->mss), rest.n <= s->mss);
	buf_clear(&s->speech);
	s->cross = false;
}

void
session_say(struct talk *t, enum dir d, slice bytes)
{
	struct session *s = session_now(t);

	if (s->saying != d)
		session_flush(t);
	s->saying = d;
	buf_add(&s->speech, bytes);
}

void
session_flags(struct talk *t, enum dir d, uint8_t flags)
{
	struct session *s = session_now(t);
	nstime time;

	session_flush(t);
	if (!(flags & TCP_SYN))
		open_session(t, s);
	time = session_tick(t, d);
	if (flags & TCP_FIN)
		acknowledge(t, s, d, time);
	send_bare(t, s, d, flags, time);
	s->open = true;
	s->over = s->over || (flags & TCP_RST);
	s->speaker = d;
	s->spoken = time;
	s->cross = false;
}

void
session_raw(struct talk *t, const struct packet *raw)
{
	struct session *s = session_now(t);
	struct packet p = *raw;

	session_flush(t);
	if (p.taken) {
		s->side[p.dir].next = p.seq + (uint32_t)p.payload.n + ((p.flags & TCP_SYN) != 0) + ((p.flags & TCP_FIN) != 0);
		s->side[p.dir].spoke = true;
		s->speaker = p.dir;
		s->spoken = t->clock;
	}
	p.session = t->now;
	p.raw = true;
	p.time = session_tick(t, p.dir);
	p.era = t->era;
	p.seq += s->side[p.dir].isn + 1;
	p.ack = p.flags & TCP_ACK ? p.ack + s->side[dir_other(p.dir)].isn + 1 : 0;
	p.ip_id = s->side[p.dir].ip_id++;
	p.payload = talk_keep(t, p.payload);
	talk_packet(t, &p);
	s->open = true;
}

void
session_frame(struct talk *t, slice frame)
{
	struct packet p = { .kind = PACKET_FRAME, .payload = talk_keep(t, frame) };

	session_now(t);
	session_flush(t);
	p.session = t->now;
	p.time = session_tick(t, DIR_CLIENT);
	p.era = t->era;
	talk_packet(t, &p);
}

const char *
session_icmp(struct talk *t, enum dir d, uint8_t type, uint8_t code, uint16_t mtu)
{
	struct packet p = { .kind = PACKET_ICMP, .dir = d, .icmp_type = type, .icmp_code = code, .mtu = mtu, .ttl = 60 };
	slice about = SLICE_NONE;

	session_flush(t);
	for (size_t i = t->npacket; i-- > 0 && about.n == 0;)
		if (t->packet[i].kind == PACKET_TCP && t->packet[i].session == t->now && t->packet[i].dir == d)
			about = talk_keep(t, (slice){ (uint8_t *)&t->packet[i], sizeof *t->packet });
	if (about.n == 0)
		return "that side has sent nothing yet";
	p.about = (const struct packet *)(const void *)about.p;
	p.session = t->now;
	p.time = session_tick(t, dir_other(d));
	p.era = t->era;
	talk_packet(t, &p);
	return NULL;
}

void
session_end(struct talk *t, struct session *s)
{
	t->now = (size_t)(s - t->session);
	session_flush(t);
	if (s->over || s->no_fin || s->side[DIR_CLIENT].segments + s->side[DIR_SERVER].segments == 0)
		return;
	for (enum dir d = DIR_CLIENT; d <= DIR_SERVER; d++)
		if (!s->side[d].fin)
			session_flags(t, d, TCP_FIN | TCP_ACK);
	for (enum dir d = DIR_CLIENT; d <= DIR_SERVER; d++)
		if (s->side[d].acked != s->side[dir_other(d)].next)
			session_flags(t, d, TCP_ACK);
	s->over = true;
}
