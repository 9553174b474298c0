/*
 * reading.c - the second reading of a message that may have been smuggled.
 *
 * At the first non-standard end of data behind which a line looks like a
 * command, the session forks: a second reading goes on from there as a server
 * would that took it for the end. Its events are held.
 *
 * Both readings meet again at the real end of the content: from there on all
 * commands are both's. The server's replies decide. By RFC 5321 one reply is
 * due for the content, and one for each command since; replies beyond those
 * are the second reading's. When two of them came, or one and the client or
 * the connection went on, it is true: its events are told, and pairing goes on
 * with its queue. When the client goes on and there was none, it is dropped.
 *
 * BUGS: the second reading ends its own messages as the standard says, even if
 * one of them has the odd end again. In LMTP there is only the finding.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "session.h"

struct held {
	struct held *next;
	struct event *event;
};

/* A reply that waits until it is known whose it is: the reply, its lines, their bytes, in one block. */
struct held_reply {
	struct held_reply *next;
	struct reply reply;
};

struct fork {
	struct reading rd;
	uint64_t next;			/* stream offset of the first byte that it has not read */
	struct mail *mail;		/* the message of the first reading */
	struct held *events, **events_end;
	size_t bytes;			/* of events held */
	struct { uint32_t mail, part; } first_left_out;
	struct held_reply *replies, **replies_end;
	size_t nreplies;
	uint32_t serial;		/* of its last own command */
	bool met;			/* both readings are behind the content */
	bool answered;			/* the one reply that is due by both was given */
};

/* --- copies --- */

enum { EVENT_SLICES = 8 };

static size_t
part_slices(struct event *ev, slice *at[EVENT_SLICES])
{
	size_t n = 0;

	switch (ev->kind) {
	case EV_PART_BEGIN:
		at[n++] = &ev->u.part_begin.path;
		at[n++] = &ev->u.part_begin.content_type;
		at[n++] = &ev->u.part_begin.charset;
		at[n++] = &ev->u.part_begin.encoding;
		at[n++] = &ev->u.part_begin.disposition;
		at[n++] = &ev->u.part_begin.filename;
		at[n++] = &ev->u.part_begin.content_id;
		at[n++] = &ev->u.part_begin.description;
		break;
	case EV_PART_BYTES:
		at[n++] = &ev->u.part_bytes.bytes;
		break;
	case EV_PART_TEXT:
		at[n++] = &ev->u.part_text.text;
		break;
	case EV_PART_FACT:
		at[n++] = &ev->u.part_fact.name;
		at[n++] = &ev->u.part_fact.value;
		break;
	case EV_PART_MEMBER:
		at[n++] = &ev->u.part_member.name;
		break;
	case EV_URL:
		at[n++] = &ev->u.url.url;
		at[n++] = &ev->u.url.host;
		at[n++] = &ev->u.url.text;
		break;
	default:
		break;
	}
	return n;
}

/* The slices of an event, so that each kind is named once. */
static size_t
event_slices(struct event *ev, slice *at[EVENT_SLICES])
{
	size_t n = 0;

	switch (ev->kind) {
	case EV_COMMAND:
		at[n++] = &ev->u.command.verb;
		at[n++] = &ev->u.command.line;
		at[n++] = &ev->u.command.args;
		at[n++] = &ev->u.command.address;
		at[n++] = &ev->u.command.path;
		break;
	case EV_MAIL_BYTES:
		at[n++] = &ev->u.mail_bytes.bytes;
		break;
	case EV_HEADER:
		at[n++] = &ev->u.header.name;
		at[n++] = &ev->u.header.value;
		at[n++] = &ev->u.header.decoded;
		break;
	case EV_ANOMALY:
		at[n++] = &ev->u.anomaly.detail;
		break;
	default:
		n = part_slices(ev, at);
		break;
	}
	return n;
}

static slice
put(uint8_t **to, slice s)
{
	slice copy = { *to, s.n };

	if (s.p == NULL)
		return s;
	if (s.n > 0)
		memcpy(*to, s.p, s.n);
	*to += s.n;
	return copy;
}

static size_t
parameters_size(const struct event *ev)
{
	size_t n = 0;

	for (size_t i = 0; ev->kind == EV_COMMAND && i < ev->u.command.nparameter; i++)
		n += sizeof(struct pair) + ev->u.command.parameter[i].name.n + ev->u.command.parameter[i].value.n;
	return n;
}

static void
put_parameters(struct event *ev, struct pair *pairs, uint8_t **to)
{
	for (size_t i = 0; i < ev->u.command.nparameter; i++) {
		pairs[i].name = put(to, ev->u.command.parameter[i].name);
		pairs[i].value = put(to, ev->u.command.parameter[i].value);
	}
	ev->u.command.parameter = pairs;
}

struct event *
event_clone(const struct event *ev, size_t *size_r)
{
	struct event scratch = *ev, *copy;
	size_t size = sizeof *ev + parameters_size(ev), n;
	slice *at[EVENT_SLICES];
	uint8_t *to;

	n = event_slices(&scratch, at);
	for (size_t i = 0; i < n; i++)
		size += at[i]->n;
	copy = xcalloc(size, 1);
	*copy = *ev;
	to = (uint8_t *)(copy + 1);
	if (ev->kind == EV_COMMAND) {
		struct pair *pairs = (struct pair *)(void *)to;

		to += ev->u.command.nparameter * sizeof *pairs;
		put_parameters(copy, pairs, &to);
	}
	n = event_slices(copy, at);
	for (size_t i = 0; i < n; i++)
		*at[i] = put(&to, *at[i]);
	if (size_r != NULL)
		*size_r = size;
	return copy;
}

static struct held_reply *
reply_clone(const struct reply *r)
{
	size_t size = sizeof(struct held_reply) + r->nline * sizeof(slice);
	struct held_reply *h;
	slice *lines;
	uint8_t *to;

	for (size_t i = 0; i < r->nline; i++)
		size += r->line[i].n;
	h = xcalloc(size, 1);
	h->reply = *r;
	lines = (slice *)(void *)(h + 1);
	to = (uint8_t *)(lines + r->nline);
	for (size_t i = 0; i < r->nline; i++)
		lines[i] = put(&to, r->line[i]);
	h->reply.line = lines;
	if (r->nline > 0) {
		struct reply_line last;

		reply_line_parse(lines[r->nline - 1], &last);
		reply_enhanced(last.text, &h->reply.enhanced, &h->reply.text);
	}
	return h;
}

/* --- numbers --- */

/*
 * How many commands the first reading will see meanwhile is not known, and where the bytes were
 * cut must not show: the second one counts for itself, until it is true.
 */
enum { OWN = INT32_MIN };

uint32_t
fork_serial(struct session *s)
{
	return (uint32_t)OWN | ++s->fork->serial;
}

static void
renumber(uint32_t *serial, uint32_t base)
{
	if (*serial & (uint32_t)OWN)
		*serial = base + (*serial & ~(uint32_t)OWN);
}

/* The transaction that an event speaks of. */
static uint32_t *
mail_of(struct event *ev)
{
	switch (ev->kind) {
	case EV_COMMAND:	return &ev->u.command.mail;
	case EV_MAIL_BEGIN:	return &ev->u.mail_begin.mail;
	case EV_MAIL_BYTES:	return &ev->u.mail_bytes.mail;
	case EV_MAIL_END:	return &ev->u.mail_end.mail;
	case EV_HEADER:		return &ev->u.header.mail;
	case EV_PART_BEGIN:	return &ev->u.part_begin.mail;
	case EV_PART_BYTES:	return &ev->u.part_bytes.mail;
	case EV_PART_TEXT:	return &ev->u.part_text.mail;
	case EV_PART_FACT:	return &ev->u.part_fact.mail;
	case EV_PART_MEMBER:	return &ev->u.part_member.mail;
	case EV_PART_END:	return &ev->u.part_end.mail;
	case EV_URL:		return &ev->u.url.mail;
	default:		return NULL;
	}
}

static void
renumber_event(struct event *ev, uint32_t base)
{
	uint32_t *mail = mail_of(ev);

	if (ev->kind == EV_COMMAND)
		renumber(&ev->u.command.serial, base);
	if (mail != NULL)
		renumber(mail, base);
}

/* --- what is held --- */

static uint32_t
part_of(const struct event *ev)
{
	switch (ev->kind) {
	case EV_PART_BEGIN:	return ev->u.part_begin.part;
	case EV_PART_BYTES:	return ev->u.part_bytes.part;
	case EV_PART_TEXT:	return ev->u.part_text.part;
	case EV_PART_FACT:	return ev->u.part_fact.part;
	case EV_PART_MEMBER:	return ev->u.part_member.part;
	case EV_PART_END:	return ev->u.part_end.part;
	case EV_URL:		return ev->u.url.part;
	default:		return 0;
	}
}

/* Beyond the limit: envelope, sizes and digests. Nothing is said of a part whose beginning was left out, and of those behind it. */
static bool
is_left_out(struct fork *f, struct event *ev)
{
	bool full = f->bytes + (ev->kind == EV_MAIL_BYTES ? ev->u.mail_bytes.bytes.n : 0) > LIMIT_FORK_HELD;
	uint32_t part = part_of(ev), mail = part != 0 ? *mail_of(ev) : 0;

	if (ev->kind == EV_MAIL_BYTES)
		return full;
	if (ev->kind == EV_PART_BEGIN && full && f->first_left_out.part == 0) {
		f->first_left_out.mail = mail;
		f->first_left_out.part = part;
	}
	if (part == 0 || f->first_left_out.part == 0)
		return part != 0 && full && ev->kind != EV_PART_END;
	return mail > f->first_left_out.mail || (mail == f->first_left_out.mail && part >= f->first_left_out.part)
	    || ev->kind != EV_PART_END;
}

void
fork_hold(struct session *s, const struct event *ev)
{
	struct fork *f = s->fork;
	struct event scratch = *ev;
	struct held *h;
	size_t size;

	if (f == NULL || is_left_out(f, &scratch))
		return;
	h = xcalloc(1, sizeof *h);
	h->event = event_clone(ev, &size);
	f->bytes += size;
	*f->events_end = h;
	f->events_end = &h->next;
}

static void
hold_reply(struct fork *f, const struct reply *r)
{
	struct held_reply *h = reply_clone(r);

	*f->replies_end = h;
	f->replies_end = &h->next;
	f->nreplies++;
}

static struct held_reply *
take_reply(struct fork *f)
{
	struct held_reply *h = f->replies;

	f->replies = h->next;
	if (f->replies == NULL)
		f->replies_end = &f->replies;
	f->nreplies--;
	return h;
}

static void
give_replies(struct session *s, struct fork *f)
{
	while (f->replies != NULL) {
		struct held_reply *h = take_reply(f);

		answer_reply(s, &h->reply);
		free(h);
	}
}

/* --- the fork --- */

static void
note_smuggling(struct reading *rd, enum odd_end odd, uint64_t offset, slice seen)
{
	struct buf text;

	buf_init(&text, LIMIT_DETAIL);
	buf_add(&text, odd_end_text(odd));
	buf_add(&text, S(", then "));
	buf_add(&text, slice_chomp(seen));
	reading_note(rd, FINDING_SMTP_SMUGGLING, content_mail(rd), rd->s->client, offset, seen.n, buf_slice(&text));
	buf_fini(&text);
}

void
fork_begin(struct reading *rd, enum odd_end odd, uint64_t offset, slice seen)
{
	struct session *s = rd->s;
	struct fork *f;

	note_smuggling(rd, odd, offset, seen);
	if (s->fork != NULL || s->lmtp)
		return;
	f = s->fork = xcalloc(1, sizeof *f);
	f->events_end = &f->events;
	f->replies_end = &f->replies;
	f->mail = content_mail(rd);
	reading_init(&f->rd, s);
	f->rd.fork = true;
	pending_push(&f->rd, &verb_end, 0, NULL);
	f->next = offset;
	fork_feed(s, seen, offset);
}

static void
fork_free(struct fork *f)
{
	for (struct held *h = f->events, *next; h != NULL; h = next) {
		next = h->next;
		free(h->event);
		free(h);
	}
	while (f->replies != NULL)
		free(take_reply(f));
	content_drop(&f->rd);
	reading_fini(&f->rd);
	mail_drop_all(&f->rd);
	free(f);
}

static void
settle_all(struct reading *rd)
{
	for (struct mail *m = rd->mails, *next; m != NULL; m = next) {
		next = m->next;
		mail_settle(rd, m);
	}
}

static void
fork_drop(struct session *s)
{
	struct fork *f = s->fork;

	s->fork = NULL;
	give_replies(s, f);
	fork_free(f);
	settle_all(&s->now);
}

/* The messages of the second reading get their numbers, which the events held do not have yet. */
static void
number_mails(struct session *s, struct fork *f)
{
	for (struct mail *m = f->rd.mails; m != NULL; m = m->next) {
		m->two_readings = true;
		if (!m->began)
			continue;
		m->index = ++s->index;
		for (struct held *h = f->events; h != NULL; h = h->next)
			if (h->event->kind == EV_MAIL_BEGIN && h->event->u.mail_begin.mail == m->id)
				h->event->u.mail_begin.index = m->index;
	}
}

static void
renumber_all(struct session *s, struct fork *f)
{
	uint32_t base = s->serial;

	for (struct held *h = f->events; h != NULL; h = h->next)
		renumber_event(h->event, base);
	for (struct mail *m = f->rd.mails; m != NULL; m = m->next)
		renumber(&m->id, base);
	for (size_t i = 0; i < f->rd.n; i++)
		renumber(&pending_at(&f->rd, i)->serial, base);
	s->serial += f->serial;
}

static void
tell_events(struct session *s, struct fork *f)
{
	for (struct held *h = f->events; h != NULL; h = h->next)
		layer_emit(s->layer, h->event);
}

/* What became of the commands that are both's while they waited: they are the last ones of both queues. */
static void
share_fates(struct session *s, struct fork *f)
{
	for (size_t back = 1; back <= s->now.n && back <= f->rd.n; back++) {
		const struct pending *was = pending_at(&s->now, s->now.n - back);
		struct pending *is = pending_at(&f->rd, f->rd.n - back);

		if (was->serial != is->serial)
			return;
		is->guessed = was->guessed;
		is->nested = was->nested;
		is->time = was->time;
		is->packet = was->packet;
	}
}

/* The second reading's commands take the place of the first one's in the queue, and its transactions join the others. */
static void
graft(struct session *s, struct fork *f)
{
	struct reading *rd = &s->now;
	struct mail **end = &rd->mails;
	struct pending *queue = rd->queue;
	size_t first = rd->first, n = rd->n, cap = rd->cap;

	while (*end != NULL)
		end = &(*end)->next;
	*end = f->rd.mails;
	if (rd->current == NULL)
		rd->current = f->rd.current;
	rd->queue = f->rd.queue;
	rd->first = f->rd.first;
	rd->n = f->rd.n;
	rd->cap = f->rd.cap;
	f->rd.queue = queue;
	f->rd.first = first;
	f->rd.n = n;
	f->rd.cap = cap;
	f->rd.mails = NULL;
	for (size_t i = 0; i < rd->n; i++)
		pending_at(rd, i)->guessed |= pending_at(rd, i)->forked;
}

static void
fork_accept(struct session *s)
{
	struct fork *f = s->fork;

	content_end(&f->rd, false);	/* a chunk that nobody will read on */
	s->fork = NULL;
	if (f->mail != NULL)
		f->mail->two_readings = true;
	reading_note(&s->now, FINDING_SMTP_SMUGGLING_ACCEPTED, f->mail, dir_other(s->client),
	    f->replies->reply.offset, f->replies->reply.length, SLICE_NONE);
	renumber_all(s, f);
	number_mails(s, f);
	tell_events(s, f);
	share_fates(s, f);
	graft(s, f);
	give_replies(s, f);
	fork_free(f);
	settle_all(&s->now);
}

static size_t
extras(const struct session *s)
{
	const struct fork *f = s->fork;

	return f->answered && f->nreplies > s->now.n ? f->nreplies - s->now.n : 0;
}

/* 421 is said at any time, and proves nothing (RFC 5321 3.8). */
static bool
is_closing(const struct fork *f)
{
	for (const struct held_reply *h = f->replies; h != NULL; h = h->next)
		if (h->reply.code == 421)
			return true;
	return false;
}

static void
judge(struct session *s)
{
	struct fork *f = s->fork;

	if (!f->met)
		return;
	if (!f->answered && f->nreplies > 0 && !verb_answers(&verb_end, f->replies->reply.code)) {
		fork_drop(s);		/* this answers no end of content: what the replies answer is not known well enough */
		return;
	}
	if (!f->answered && f->nreplies > 0) {
		struct held_reply *h = take_reply(f);

		f->answered = true;
		pending_pop(&f->rd);
		answer_reply(s, &h->reply);
		free(h);
	}
	if (extras(s) >= 2 && !is_closing(f))
		fork_accept(s);
}

bool
fork_reply(struct session *s, const struct reply *r)
{
	if (s->fork == NULL)
		return false;
	hold_reply(s->fork, r);
	judge(s);
	return true;
}

void
fork_before_client(struct session *s, uint64_t offset)
{
	struct fork *f = s->fork;

	if (f == NULL || !f->met || !f->answered || !smtp_is_fresh(s, offset))
		return;
	if (extras(s) > 0 && !is_closing(f))
		fork_accept(s);
	else if (f->nreplies >= s->now.n)
		fork_drop(s);
}

void
fork_end(struct session *s)
{
	if (s->fork == NULL)
		return;
	if (extras(s) > 0 && !is_closing(s->fork))
		fork_accept(s);
	else
		fork_drop(s);
}

bool
fork_delays(const struct session *s, const struct mail *m)
{
	return s->fork != NULL && s->fork->mail == m;
}

void
fork_feed(struct session *s, slice in, uint64_t offset)
{
	struct fork *f = s->fork;
	size_t skip = offset < f->next ? (size_t)(f->next - offset) : 0;
	size_t n = 1;

	if (f->met)
		return;
	for (in = slice_drop(in, skip); in.n > 0 && n > 0; in = slice_drop(in, n)) {
		n = reading_feed(&f->rd, in, f->next);
		f->next += n;
	}
	if (s->now.mode == MODE_BODY)
		return;
	/* The first reading is through. A second one that is still inside something can never be told apart from it. */
	if (f->rd.mode == MODE_BODY || f->rd.mode == MODE_CHUNK) {
		fork_drop(s);
		return;
	}
	f->met = true;
	judge(s);
}

void
fork_command(struct session *s, const struct pending *p)
{
	struct pending *copy;

	if (!s->fork->met)
		return;
	copy = pending_push(&s->fork->rd, p->verb, p->serial, p->mail);
	pending_set_text(copy, (slice){ (const uint8_t *)p->text, p->text_n });
	copy->recipient = p->recipient;
	copy->last_chunk = p->last_chunk;
	copy->nested = p->nested;
	copy->blank = p->blank;
	copy->forked = false;
}

size_t
fork_memory(const struct session *s)
{
	return s->fork != NULL ? sizeof *s->fork + s->fork->bytes + content_held(&s->fork->rd) : 0;
}
