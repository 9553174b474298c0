/*
 * pending.c - which reply answers which command.
 *
 * Replies come in the order of their commands (RFC 2920 3.2), so a ring is
 * enough. Beyond LIMIT_PENDING commands are only counted, behind the entry
 * that they follow: their replies are told without a command, and those of
 * later commands stay right.
 *
 * Where bytes were lost, either side may have said something that nobody saw.
 * Then codes help: 354 answers DATA and nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "session.h"

static void
pending_grow(struct reading *rd)
{
	size_t cap = rd->cap ? 2 * rd->cap : 4;
	struct pending *grown = xcalloc(cap, sizeof *grown);

	for (size_t i = 0; i < rd->n; i++)
		grown[i] = *pending_at(rd, i);
	free(rd->queue);
	rd->queue = grown;
	rd->cap = cap;
	rd->first = 0;
}

struct pending *
pending_at(struct reading *rd, size_t i)
{
	CHECK(i < rd->n);
	return &rd->queue[(rd->first + i) & (rd->cap - 1)];
}

static void
pending_release(struct reading *rd, struct pending *p)
{
	struct mail *m = p->mail;

	free(p->text);
	*p = (struct pending){ .recipient = -1 };
	if (m != NULL) {
		m->refs--;
		mail_settle(rd, m);
	}
}

/*
 * Past the limit the newest entry gives up its place: it is counted in the one before it. A
 * command that the client waits behind keeps its own, as nothing can follow it.
 */
static struct pending *
pending_squeeze(struct reading *rd)
{
	struct pending *newest = pending_at(rd, rd->n - 1), *before = pending_at(rd, rd->n - 2);

	before->more += newest->more + 1;
	pending_release(rd, newest);
	return newest;
}

struct pending *
pending_push(struct reading *rd, const struct verb *verb, uint32_t serial, struct mail *m)
{
	struct origin now = layer_origin(rd->s->layer);
	struct pending *p;

	if (rd->n == LIMIT_PENDING) {
		p = pending_squeeze(rd);
	} else {
		if (rd->n == rd->cap)
			pending_grow(rd);
		rd->n++;
		p = pending_at(rd, rd->n - 1);
	}
	*p = (struct pending){
		.verb = verb, .serial = serial, .recipient = -1, .time = now.time, .packet = now.packet,
		.after_gap = rd->unsure, .forked = rd->fork,
	};
	pending_join(p, m);
	return p;
}

void
pending_join(struct pending *p, struct mail *m)
{
	p->mail = m;
	if (m != NULL)
		m->refs++;
}

void
pending_set_text(struct pending *p, slice text)
{
	if (text.n == 0)
		return;
	p->text = xcalloc(text.n, 1);
	memcpy(p->text, text.p, text.n);
	p->text_n = (uint32_t)text.n;
}

void
pending_pop(struct reading *rd)
{
	struct pending p = *pending_at(rd, 0);

	if (p.more > 0) {
		/* What is only counted becomes an entry that says nothing but that it is one. */
		pending_release(rd, pending_at(rd, 0));
		*pending_at(rd, 0) = (struct pending){
			.verb = &verb_unknown, .recipient = -1, .time = p.time, .packet = p.packet,
			.after_gap = true, .more = p.more - 1,
		};
		return;
	}
	*pending_at(rd, 0) = (struct pending){ .recipient = -1 };
	rd->first = (rd->first + 1) & (rd->cap - 1);
	rd->n--;
	pending_release(rd, &p);
}

/* Nobody will know what the oldest one was answered. */
static void
pending_forget(struct reading *rd)
{
	struct pending *p = pending_at(rd, 0);
	struct mail *m = p->mail;

	if (p->nested)
		answer_guess_nested(rd, p);
	if (m != NULL && p->verb == &verb_end)
		mail_decide(rd, m, MAIL_UNKNOWN, NULL);
	else if (m != NULL && p->verb->id == VERB_MAIL)
		m->accepted_mail = true;
	else if (m != NULL && (p->verb->id == VERB_RSET || p->verb->id == VERB_QUIT))
		mail_abort(rd, m);
	pending_pop(rd);
}

void
pending_mark_answered(struct reading *rd)
{
	for (size_t i = 0; i < rd->n; i++)
		pending_at(rd, i)->maybe_answered = true;
}

void
pending_forget_answered(struct reading *rd)
{
	if (rd->n > 0 && layer_one_sided(rd->s->layer))
		pending_mark_answered(rd);
	/* A line that was no reply stands where one was due, and the client took it for one: it goes on. */
	if (rd->n == 1 && rd->s->strays > 0 && !rd->fork)
		pending_mark_answered(rd);
	if (!rd->fork)
		rd->s->strays = 0;
	while (rd->n > 0 && pending_at(rd, 0)->maybe_answered)
		pending_forget(rd);
}

/* An empty line is a command that some servers answer with 500, and others not at all. */
static bool
is_skipped_blank(const struct pending *p, int code)
{
	return p->blank && code / 100 != 5;
}

/*
 * The first that this code answers and no other verb, if it cannot answer the oldest one: then
 * the oldest ones were answered by something that was no reply to us, or not at all.
 */
static size_t
find_certain(struct reading *rd, int code)
{
	if (verb_answers(pending_at(rd, 0)->verb, code))
		return 0;
	for (size_t i = 1; i < rd->n; i++)
		if (verb_answers_only(pending_at(rd, i)->verb, code))
			return i;
	return 0;
}

struct pending *
pending_match(struct reading *rd, int code)
{
	while (rd->n > 1 && is_skipped_blank(pending_at(rd, 0), code))
		pending_pop(rd);
	while (rd->n > 0 && pending_at(rd, 0)->maybe_answered && !verb_answers(pending_at(rd, 0)->verb, code))
		pending_forget(rd);
	if (rd->n == 0)
		return NULL;
	for (size_t i = find_certain(rd, code); i > 0; i--)
		pending_forget(rd);
	if (!rd->unsure)
		return pending_at(rd, 0);
	if (!verb_answers(pending_at(rd, 0)->verb, code))
		return NULL;		/* it answers what the gap held */
	if (verb_answers_only(pending_at(rd, 0)->verb, code))
		rd->unsure = false;
	return pending_at(rd, 0);
}

void
pending_fini(struct reading *rd)
{
	while (rd->n > 0)
		pending_pop(rd);
	free(rd->queue);
	rd->queue = NULL;
	rd->cap = 0;
}
