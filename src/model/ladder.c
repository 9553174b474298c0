/*
 * ladder.c - owns rungs, their texts and packets.
 *
 * Packets come before the events that their bytes make, so they are put
 * aside until a rung tells their bytes. While a content or TLS goes on, its
 * rung takes them at once. What nothing ever told goes to the rung that was
 * last when room was needed, or to the end.
 *
 * BUGS
 * A segment that holds the end of one thing and the beginning of the next
 * stands below the first only. Above TLS that was decrypted, packets
 * stay below the rung of TLS.
 */
#include "ladder.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "path.h"
#include "record/row_words.h"

enum { ASIDE = 256, SEARCHED = 256, UNTOLD = 64, TOLD = 4 };

#define NO_PACKET UINT32_MAX

struct stored {
	struct rung rung;
	size_t text;			/* where its texts stand: answers right behind text */
	uint32_t head, tail;		/* packets */
};

struct packet { struct rung_packet is; uint32_t next; };

/* A packet whose bytes, or those that it acknowledges, were not told yet. */
struct aside { uint32_t packet; enum dir of; uint64_t at; };

/* A command that waits for its reply. */
struct asked { uint32_t serial; size_t rung; };

/* A finding about bytes that were not told yet. */
struct untold { struct rung rung; struct buf text; };

struct ladder {
	bool secrets, truncated;
	struct stored *rung;
	size_t n, cap;
	struct buf texts, words, answers;
	struct packet *packet;
	size_t npacket, cappacket;
	struct path path;
	nstime start;
	struct farewell bye;
	/* packets on their way to a rung */
	struct aside aside[ASIDE];
	size_t naside;
	uint64_t told[2];		/* of each direction, up to this byte */
	bool ending;			/* FIN or RST was seen: what is no answer belongs to the end */
	/* the conversation */
	struct asked *asked;		/* a queue */
	size_t first_asked, nasked, capasked;
	size_t content[2], tls;		/* rungs that go on, or SIZE_MAX; contents by reading */
	nstime lost, closed;		/* of the path, when the content began */
	size_t last_content;		/* its rung, for the replies to it */
	struct { uint32_t mail, index; } message[TOLD];
	nstime reply_time;		/* the last reply's, or NSTIME_NONE: the client has nothing to go on from */
	uint64_t reply_offset, reply_end;
	size_t leader;			/* the last command that was not pipelined */
	nstime counted;			/* waits until here are in the sums */
	nstime before;			/* the time of the rung before … */
	size_t before_is;		/* … and which it is */
	bool other_reading;
	bool skewed;			/* a reply was captured before its command */
	struct untold untold[UNTOLD];
	size_t nuntold;
	nstime sum[WAITED], most[WAITED];
	size_t longest[WAITED];
};

const char *
waited_name(enum waited_for who)
{
	static const char *const names[WAITED] = { "unknown", "client", "server", "network" };

	CHECK(who < WAITED);
	return names[who];
}

struct ladder *
ladder_new(bool secrets)
{
	struct ladder *l = xcalloc(1, sizeof *l);

	l->secrets = secrets;
	buf_init(&l->texts, LIMIT_ROWS_TEXT);
	buf_init(&l->words, LIMIT_COMMAND_LINE + LIMIT_AUTH_RESPONSE);
	buf_init(&l->answers, LIMIT_COMMAND_LINE);
	path_init(&l->path);
	l->start = l->reply_time = l->counted = l->before = NSTIME_NONE;
	l->content[0] = l->content[1] = l->tls = l->last_content = l->leader = l->before_is = SIZE_MAX;
	for (enum waited_for w = 0; w < WAITED; w++)
		l->longest[w] = SIZE_MAX;
	return l;
}

void
ladder_free(struct ladder **lp)
{
	struct ladder *l = *lp;

	if (l == NULL)
		return;
	/* They may hold credentials that were asked for. */
	buf_wipe(&l->texts);
	buf_wipe(&l->words);
	buf_fini(&l->texts);
	buf_fini(&l->words);
	buf_fini(&l->answers);
	for (size_t i = 0; i < l->nuntold; i++)
		buf_fini(&l->untold[i].text);
	free(l->asked);
	free(l->packet);
	free(l->rung);
	free(l);
	*lp = NULL;
}

/* --- packets --- */

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
static void
claim(struct ladder *l, size_t index, enum dir dir, uint64_t end)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->naside; i++)
		if (l->aside[i].of == dir && l->aside[i].at < end)
			attach(l, index, l->aside[i].packet);
		else
			l->aside[kept++] = l->aside[i];
	l->naside = kept;
}

static void
claim_all(struct ladder *l, size_t index)
{
	for (size_t i = 0; i < l->naside; i++)
		attach(l, index, l->aside[i].packet);
	l->naside = 0;
}

/* The content that goes on: what its sender says is of it. SIZE_MAX: none. */
static size_t
content_of(const struct ladder *l, enum dir dir)
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
	else if (content_of(l, of) != SIZE_MAX)
		attach(l, content_of(l, of), packet);
	else
		put_aside(l, packet, of, at);
}

static void
on_packet(struct ladder *l, const struct event *e)
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

/* --- rungs --- */

/* A copy of it with its texts. SIZE_MAX over a limit; the one that ends a session is always told. */
static size_t
add(struct ladder *l, const struct rung *rung, bool last)
{
	bool over = l->n >= LIMIT_RUNGS || l->texts.max - l->texts.n < rung->text.n + rung->answers.n;
	struct stored *s;

	if (over && !last) {
		l->truncated = true;
		return SIZE_MAX;
	}
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->rung = xrealloc(l->rung, l->cap, sizeof *l->rung);
	}
	s = &l->rung[l->n];
	*s = (struct stored){ *rung, l->texts.n, NO_PACKET, NO_PACKET };
	buf_add(&l->texts, rung->text);
	s->rung.text.n = l->texts.n - s->text;
	buf_add(&l->texts, rung->answers);
	s->rung.answers.n = l->texts.n - s->text - s->rung.text.n;
	if (rung->kind != RUNG_FINDING) {
		s->rung.since = l->before != NSTIME_NONE ? rung->time - l->before : NSTIME_NONE;
		l->before = rung->time;
		l->before_is = l->n;
	}
	return l->n++;
}

static struct rung
rung_for(const struct ladder *l, const struct event *e, enum rung_kind kind, size_t row)
{
	return (struct rung){
		.kind = kind, .dir = e->at.dir, .finding = FINDINGS, .verb = WAIT_OTHERS, .time = e->at.time, .first = NSTIME_NONE,
		.last = NSTIME_NONE,
		.since = NSTIME_NONE, .wait = NSTIME_NONE, .text = buf_slice(&l->words), .secret = e->at.secret && !l->secrets,
		.decrypted = e->at.decrypted, .unsure = e->at.after_gap, .server_reading = e->at.server_reading, .offset = e->at.offset,
		.length = e->at.length, .packet = e->at.packet, .row = row, .partner = SIZE_MAX,
	};
}

static void
tell_untold(struct ladder *l)
{
	for (size_t i = 0; i < l->nuntold; i++) {
		struct untold *u = &l->untold[i];

		u->rung.text = buf_slice(&u->text);
		add(l, &u->rung, false);
		buf_fini(&u->text);
	}
	l->nuntold = 0;
}

/* What was said is told: its packets come, and the findings about it. */
static size_t
add_said(struct ladder *l, const struct rung *rung)
{
	size_t index = add(l, rung, false);
	uint64_t end = rung->offset + rung->length;

	if (rung->decrypted || index == SIZE_MAX)
		return index;
	if (l->tls != SIZE_MAX) {
		l->rung[l->tls].rung.open = false;
		l->tls = SIZE_MAX;
	}
	claim(l, index, rung->dir, end);
	if (end > l->told[rung->dir])
		l->told[rung->dir] = end;
	return index;
}

/* --- waits --- */

static nstime
later(nstime a, nstime b)
{
	return a > b ? a : b;
}

/* NSTIME_NONE is less than any time, so that nothing was counted before the first wait. */
static void
split(struct ladder *l, struct rung *r, const struct path_split *s, enum waited_for who)
{
	enum waited_for rest = s->proven ? who : WAITED_NOBODY;

	r->wait = s->to - s->from;
	r->of[WAITED_NETWORK] += s->until - s->from;
	r->of[rest] += s->to - s->until;
	if (s->until > l->counted)
		r->own[WAITED_NETWORK] += s->until - later(s->from, l->counted);
	if (s->to > l->counted)
		r->own[rest] += s->to - later(s->until, l->counted);
	l->counted = later(l->counted, s->to);
}

static void
sum(struct ladder *l, size_t index, const nstime own[WAITED])
{
	for (enum waited_for w = 0; w < WAITED && index != SIZE_MAX; w++) {
		l->sum[w] += own[w];
		if (own[w] > l->most[w]) {
			l->most[w] = own[w];
			l->longest[w] = index;
		}
	}
}

/* The client goes on, at `to`, if nothing is to be answered. */
static void
wait_for_client(struct ladder *l, struct rung *r, nstime to)
{
	struct path_split s;

	if (l->reply_time == NSTIME_NONE || l->nasked > 0 || r->unsure || r->server_reading || to < l->reply_time)
		return;
	s = path_split(&l->path, DIR_SERVER, l->reply_offset, l->reply_end, l->reply_time, to);
	s.proven &= !l->skewed;
	split(l, r, &s, WAITED_CLIENT);
}

static void
wait_for_server(struct ladder *l, struct rung *r, nstime wait, const struct rung *command)
{
	struct path_split s;
	uint64_t offset = command != NULL ? command->offset : 0, end = command != NULL ? offset + command->length : 0;

	if (wait == NSTIME_NONE || wait < 0 || r->server_reading)
		return;
	s = path_split(&l->path, DIR_CLIENT, offset, end, r->time - wait, r->time);
	s.proven &= !r->unsure && !l->skewed;
	split(l, r, &s, WAITED_SERVER);
}

/* --- who waits for an answer --- */

static void
ask(struct ladder *l, uint32_t serial, size_t rung)
{
	if (serial == 0 || l->nasked == LIMIT_PENDING || rung == SIZE_MAX)
		return;
	if (l->first_asked + l->nasked == l->capasked && l->first_asked > 0) {
		memmove(l->asked, l->asked + l->first_asked, l->nasked * sizeof *l->asked);
		l->first_asked = 0;
	}
	if (l->nasked == l->capasked) {
		l->capasked = l->capasked ? 2 * l->capasked : 16;
		l->asked = xrealloc(l->asked, l->capasked, sizeof *l->asked);
	}
	l->asked[l->first_asked + l->nasked++] = (struct asked){ serial, rung };
}

/* Replies come in the order of their commands. SIZE_MAX: its command is not told. */
static size_t
answered(struct ladder *l, uint32_t serial)
{
	size_t rung = SIZE_MAX;

	while (l->nasked > 0 && l->asked[l->first_asked].serial <= serial) {
		if (l->asked[l->first_asked].serial == serial)
			rung = l->asked[l->first_asked].rung;
		l->first_asked++;
		l->nasked--;
	}
	return rung;
}

/* --- events --- */

static void
on_open(struct ladder *l, const struct event *e, size_t row)
{
	const struct tcp_facts *tcp = e->u.open.tcp;
	struct rung r;

	row_say_opened(&l->words, &e->u.open);
	r = rung_for(l, e, RUNG_NOTE, row);
	l->start = tcp != NULL ? tcp->first : e->at.time;
	r.time = l->start;
	if (tcp != NULL && tcp->handshake != NSTIME_NONE && !tcp->midstream) {
		struct path_split s = { l->start, l->start + tcp->handshake, l->start + tcp->handshake, true };

		r.time = s.to;
		split(l, &r, &s, WAITED_NETWORK);
	}
	sum(l, add(l, &r, false), r.own);
}

/* The commands that were sent together are called by the first of them. */
static void
group(struct ladder *l, struct rung *r, bool pipelined)
{
	struct rung *leader;

	if (!pipelined || l->leader == SIZE_MAX)
		return;
	leader = &l->rung[l->leader].rung;
	leader->group = r->group = leader->serial;
	/* The octets of a BDAT in front of this one. */
	if (l->content[0] != SIZE_MAX && l->content[0] > l->leader)
		l->rung[l->content[0]].rung.group = r->group;
}

static void
on_command(struct ladder *l, const struct event *e, size_t row)
{
	const struct ev_command *c = &e->u.command;
	struct rung r = rung_for(l, e, RUNG_SAID, row);
	size_t index;

	r.text = c->line;
	if (r.secret) {
		row_say_redacted(&l->words, c);
		r.text = buf_slice(&l->words);
	}
	r.verb = waits_of(c->verb);
	r.serial = c->serial;
	r.mail = c->mail;
	if (!c->pipelined)
		wait_for_client(l, &r, r.time);
	group(l, &r, c->pipelined);
	index = add_said(l, &r);
	sum(l, index, r.own);
	if (!c->pipelined)
		l->leader = index;
	ask(l, c->serial, index);
	l->bye.quit |= slice_eq(c->verb, S("QUIT"));
}

static uint32_t
index_of(const struct ladder *l, uint32_t mail)
{
	for (size_t i = 0; i < TOLD && mail != 0; i++)
		if (l->message[i].mail == mail)
			return l->message[i].index;
	return 0;
}

/* As in transcripts: where several waited, a reader must be told what is answered. */
static void
say_answers(struct ladder *l, struct rung *r, const struct event *e)
{
	const struct ev_reply *reply = &e->u.reply;

	buf_clear(&l->answers);
	if (r->group != 0 || reply->ambiguous || (slice_eq(reply->verb, S(".")) && reply->address.n > 0))
		row_say_answers(&l->answers, &e->at, reply, r->index);
	r->answers = buf_slice(&l->answers);
}

static void
say_reply(struct ladder *l, struct rung *r, const struct ev_reply *reply)
{
	slice line = reply->nline > 0 ? reply->line[0] : reply->text;

	r->text = line;
	if (!r->secret)
		return;
	buf_add(&l->words, slice_take(line, 4));
	buf_add(&l->words, S("<redacted>"));
	r->text = buf_slice(&l->words);
}

static void
on_reply(struct ladder *l, const struct event *e, size_t row)
{
	const struct ev_reply *reply = &e->u.reply;
	bool of_content = slice_eq(reply->verb, S("."));
	struct rung r = rung_for(l, e, RUNG_SAID, row), *command;
	size_t index;

	l->skewed |= reply->captured_first;
	r.is_reply = true;
	r.severity = reply->code >= 500 ? WARNING : reply->code >= 400 ? NOTE : SEVERITY_NONE;
	r.code = reply->code;
	r.lines = reply->nline > 0 ? (unsigned)reply->nline : 1;
	r.verb = waits_of(reply->verb);
	r.serial = reply->answers;
	r.mail = reply->mail;
	r.index = index_of(l, reply->mail);
	r.partner = answered(l, reply->answers);
	if (r.partner == SIZE_MAX && of_content)
		r.partner = l->last_content;
	command = r.partner != SIZE_MAX ? &l->rung[r.partner].rung : NULL;
	r.group = command != NULL ? command->group : 0;
	say_reply(l, &r, reply);
	say_answers(l, &r, e);
	wait_for_server(l, &r, reply->wait, command);
	index = add_said(l, &r);
	sum(l, index, r.own);
	if (r.partner != SIZE_MAX && index != SIZE_MAX && l->rung[r.partner].rung.partner == SIZE_MAX)
		l->rung[r.partner].rung.partner = index;
	l->reply_time = e->at.time;
	l->reply_offset = e->at.offset;
	l->reply_end = e->at.offset + e->at.length;
	l->bye.bye |= reply->code == 221 && (reply->verb.n == 0 || slice_eq(reply->verb, S("QUIT")));
	l->bye.closing = reply->code == 421;
}

/* --- contents --- */

static void
on_mail_begin(struct ladder *l, const struct event *e, size_t row)
{
	const struct ev_mail_begin *m = &e->u.mail_begin;
	struct rung r;
	size_t index;

	for (size_t i = TOLD - 1; i > 0; i--)
		l->message[i] = l->message[i - 1];
	l->message[0].mail = m->mail;
	l->message[0].index = m->index;
	buf_printf(&l->words, "message %u", m->index);
	r = rung_for(l, e, RUNG_CONTENT, row);
	r.open = true;
	r.verb = WAIT_CONTENT;
	r.mail = m->mail;
	r.index = m->index;
	if (l->nasked > 0)
		r.group = l->rung[l->asked[l->first_asked + l->nasked - 1].rung].rung.group;
	l->content[r.server_reading] = l->last_content = index = add(l, &r, false);
	l->lost = l->path.lost[r.dir];
	l->closed = l->path.closed[dir_other(r.dir)];
	if (index != SIZE_MAX)
		claim(l, index, r.dir, UINT64_MAX - 1);
}

/* The rung gets other words: the old ones stay behind, unused. */
static void
say_again(struct ladder *l, size_t index)
{
	struct stored *s = &l->rung[index];

	if (l->texts.max - l->texts.n < l->words.n) {
		l->truncated = true;
		return;
	}
	s->text = l->texts.n;
	buf_add(&l->texts, buf_slice(&l->words));
	s->rung.text.n = l->words.n;
	s->rung.answers.n = 0;
}

/* While it was sent: silence before lost bytes came again, and the time in which the server's window was closed. */
static void
add_stalls(struct ladder *l, struct rung *r)
{
	nstime lost = l->path.lost[r->dir] - l->lost, closed = l->path.closed[dir_other(r->dir)] - l->closed, took = r->time - r->first;
	enum waited_for receiver = r->dir == DIR_CLIENT ? WAITED_SERVER : WAITED_CLIENT;

	if (lost > took)
		lost = took;
	if (closed > took - lost)
		closed = took - lost;
	if (lost + closed <= 0)
		return;
	r->wait = (r->wait != NSTIME_NONE ? r->wait : 0) + lost + closed;
	r->of[WAITED_NETWORK] += lost;
	r->own[WAITED_NETWORK] += lost;
	r->of[receiver] += closed;
	r->own[receiver] += closed;
}

static void
on_mail_end(struct ladder *l, const struct event *e, size_t row)
{
	size_t index = l->content[e->at.server_reading];
	struct rung *r;

	l->content[e->at.server_reading] = SIZE_MAX;
	if (index == SIZE_MAX)
		return;
	r = &l->rung[index].rung;
	row_say_message(&l->words, r->index, &e->at, &e->u.mail_end);
	say_again(l, index);
	r->open = false;
	r->row = row;
	r->offset = e->at.offset;
	r->length = e->at.length;
	r->packet = e->at.packet;
	r->unsure |= e->at.after_gap;
	r->partial = !e->u.mail_end.whole;
	r->first = r->first == NSTIME_NONE || r->first > e->at.time ? e->at.time : r->first;
	r->time = later(e->at.time, r->first);
	wait_for_client(l, r, r->first);
	add_stalls(l, r);
	sum(l, index, r->own);
	l->counted = later(l->counted, r->time);
	if (l->before_is == index) {
		r->since = r->since != NSTIME_NONE ? r->since + r->time - l->before : r->since;
		l->before = r->time;
	}
	if (r->offset + r->length > l->told[r->dir])
		l->told[r->dir] = r->offset + r->length;
}

/* --- what happened --- */

static size_t
add_note(struct ladder *l, const struct event *e, enum rung_kind kind, size_t row)
{
	struct rung r = rung_for(l, e, kind, row);

	return add(l, &r, e->kind == EV_CLOSE);
}

static void
on_auth(struct ladder *l, const struct event *e, size_t row)
{
	row_say_auth(&l->words, &e->u.auth, l->secrets);
	add_note(l, e, RUNG_NOTE, row);
}

static void
on_tls(struct ladder *l, const struct event *e, size_t row)
{
	bool begins = e->u.tls.what == TLS_BEGINS;
	size_t index;

	row_say_tls(&l->words, &e->u.tls);
	index = add_note(l, e, begins ? RUNG_TLS : RUNG_NOTE, row);
	if (l->tls != SIZE_MAX)
		l->rung[l->tls].rung.open = false;
	if (index != SIZE_MAX)
		l->rung[index].rung.of_tls = true;
	l->tls = begins ? index : SIZE_MAX;
	l->bye.hidden |= begins;
	if (begins && index != SIZE_MAX) {
		l->rung[index].rung.open = true;
		claim_all(l, index);
	}
}

static void
on_proxy(struct ladder *l, const struct event *e, size_t row)
{
	row_say_proxy(&l->words, &e->u.proxy);
	add_note(l, e, RUNG_NOTE, row);
}

static void
on_gap(struct ladder *l, const struct event *e, size_t row)
{
	size_t index;

	l->bye.lost[e->at.dir] = true;
	row_say_gap(&l->words, &e->at, &e->u.gap);
	index = add_note(l, e, RUNG_GAP, row);
	if (index != SIZE_MAX)
		l->rung[index].rung.mail = e->u.gap.mail;
}

/* About bytes that are told next, or at once. */
static void
on_anomaly(struct ladder *l, const struct event *e, size_t row)
{
	const struct ev_anomaly *a = &e->u.anomaly;
	const struct finding_info *info = finding_info(a->finding);
	struct rung r = rung_for(l, e, RUNG_FINDING, row);
	bool waits = e->at.length > 0 && l->tls == SIZE_MAX && e->at.offset >= l->told[e->at.dir] && !e->at.decrypted
	    && content_of(l, e->at.dir) == SIZE_MAX;
	struct untold *u;

	r.finding = a->finding;
	r.severity = info->severity;
	r.mail = a->mail;
	r.text = a->detail.n > 0 && !r.secret ? a->detail : slice_of(info->seen);
	if (!waits || l->nuntold == UNTOLD) {
		add(l, &r, false);
		return;
	}
	u = &l->untold[l->nuntold++];
	u->rung = r;
	buf_init(&u->text, LIMIT_DETAIL);
	buf_add(&u->text, r.text);
}

static void
on_close(struct ladder *l, const struct event *e, size_t row)
{
	for (int reading = 0; reading < 2; reading++)
		if (l->content[reading] != SIZE_MAX)
			l->rung[l->content[reading]].rung.open = false;
	if (l->tls != SIZE_MAX)
		l->rung[l->tls].rung.open = false;
	l->content[0] = l->content[1] = l->tls = SIZE_MAX;
	row_say_closed(&l->words, &e->u.close, &l->bye);
	claim_all(l, add_note(l, e, RUNG_NOTE, row));
}

static void (*const handlers[EV_KINDS])(struct ladder *, const struct event *, size_t row) = {
	[EV_OPEN] = on_open, [EV_COMMAND] = on_command, [EV_REPLY] = on_reply, [EV_AUTH] = on_auth, [EV_TLS] = on_tls,
	[EV_PROXY] = on_proxy, [EV_MAIL_BEGIN] = on_mail_begin, [EV_MAIL_END] = on_mail_end, [EV_GAP] = on_gap,
	[EV_ANOMALY] = on_anomaly, [EV_CLOSE] = on_close,
};

/* Say it where the rungs of the other reading begin. */
static void
tell_reading(struct ladder *l, const struct event *e)
{
	if (e->at.server_reading && !l->other_reading) {
		row_say_other_reading(&l->words, l->message[0].index);
		add_note(l, e, RUNG_NOTE, SIZE_MAX);
		buf_clear(&l->words);
	}
	l->other_reading = e->at.server_reading;
}

static void
on_mail_bytes(struct ladder *l, const struct event *e)
{
	size_t index = l->content[e->at.server_reading];

	if (index != SIZE_MAX && l->rung[index].rung.first == NSTIME_NONE)
		l->rung[index].rung.first = e->at.time;
}

void
ladder_event(struct ladder *l, const struct event *e, size_t row)
{
	if (e->kind == EV_PACKET)
		on_packet(l, e);
	else if (e->kind == EV_MAIL_BYTES || e->kind == EV_HEADER)
		on_mail_bytes(l, e);
	if (handlers[e->kind] == NULL)
		return;
	buf_clear(&l->words);
	tell_reading(l, e);
	handlers[e->kind](l, e, row);
	if (e->kind != EV_ANOMALY)
		tell_untold(l);
}

/* --- questions --- */

size_t
ladder_count(const struct ladder *l)
{
	return l->n;
}

struct rung
ladder_at(const struct ladder *l, size_t index)
{
	struct rung r;

	CHECK(index < l->n);
	r = l->rung[index].rung;
	r.text.p = l->texts.p + l->rung[index].text;
	r.answers.p = r.text.p + r.text.n;
	return r;
}

bool
ladder_truncated(const struct ladder *l)
{
	return l->truncated;
}

nstime
ladder_round_trip(const struct ladder *l, enum dir to)
{
	return l->path.round[to];
}

nstime
ladder_waited(const struct ladder *l, enum waited_for who, size_t *longest_r)
{
	CHECK(who < WAITED);
	*longest_r = l->longest[who];
	return l->sum[who];
}

nstime
ladder_start(const struct ladder *l)
{
	return l->start;
}
