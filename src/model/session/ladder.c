/*
 * ladder.c - owns rungs, their texts and packets.
 *
 * BUGS
 * A segment that holds the end of one thing and the beginning of the next
 * stands below the first only. Above TLS that was decrypted, packets stay
 * below the rung of TLS.
 */
#include "ladder_parts.h"

#include <stdlib.h>

#include "base/err.h"

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
	ladder_claim(l, index, rung->dir, end);
	if (end > l->told[rung->dir])
		l->told[rung->dir] = end;
	return index;
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
		ladder_split(l, &r, &s, WAITED_NETWORK);
	}
	ladder_sum(l, add(l, &r, false), r.own);
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
		ladder_wait_for_client(l, &r, r.time);
	group(l, &r, c->pipelined);
	index = add_said(l, &r);
	ladder_sum(l, index, r.own);
	if (!c->pipelined)
		l->leader = index;
	ladder_ask(l, c->serial, index);
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
	r.partner = ladder_answered(l, reply->answers);
	if (r.partner == SIZE_MAX && of_content)
		r.partner = l->last_content;
	command = r.partner != SIZE_MAX ? &l->rung[r.partner].rung : NULL;
	r.group = command != NULL ? command->group : 0;
	say_reply(l, &r, reply);
	say_answers(l, &r, e);
	ladder_wait_for_server(l, &r, reply->wait, command);
	index = add_said(l, &r);
	ladder_sum(l, index, r.own);
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
		ladder_claim(l, index, r.dir, UINT64_MAX - 1);
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
	nstime lost = l->path.lost[r->dir] - l->lost, closed = l->path.closed[dir_other(r->dir)] - l->closed;
	nstime took = r->time - r->first;
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
	ladder_wait_for_client(l, r, r->first);
	add_stalls(l, r);
	ladder_sum(l, index, r->own);
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
		ladder_claim_all(l, index);
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
	    && ladder_content(l, e->at.dir) == SIZE_MAX;
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
	ladder_claim_all(l, add_note(l, e, RUNG_NOTE, row));
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
	if (e->kind == EV_PACKET && e->u.packet.flags & PACKET_ASIDE)
		return;
	if (e->kind == EV_PACKET)
		ladder_packet(l, e);
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
