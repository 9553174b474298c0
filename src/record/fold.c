/*
 * fold.c - who gets which event, and when a record is ready.
 *
 * A finding goes to the narrowest record that is still open: its message, its
 * session, or a line of its own.
 */
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include "attempt.h"
#include "base/err.h"
#include "base/map.h"
#include "visit.h"

struct late { uint64_t number; char uid[UID_TEXT]; };

struct fold {
	size_t memory;			/* taken by the arenas of all visits */
	struct fold_user user;
	unsigned keeps;
	struct map sessions;			/* by number */
	struct visit *last;			/* the one that the last event spoke of: the next one often does too */
	struct visit *closed;			/* told, but its last event is not over */
	struct late late[LIMIT_LATE_FINDINGS];	/* by number modulo the limit */
	struct attempts attempts;
	uint64_t lone;				/* findings given as records of their own */
	struct rec_stats stats;
};

size_t
fold_memory(const struct fold *f)
{
	return f->memory;
}

uint32_t
fold_wants(unsigned keep)
{
	uint32_t wants = WANT(EV_OPEN) | WANT(EV_CLOSE) | WANT(EV_COMMAND) | WANT(EV_REPLY) | WANT(EV_AUTH)
	    | WANT(EV_TLS) | WANT(EV_PROXY) | WANT(EV_MAIL_BEGIN) | WANT(EV_MAIL_END) | WANT(EV_MAIL_DONE)
	    | WANT(EV_GAP) | WANT(EV_ANOMALY);

	if (keep & (FOLD_MESSAGES | FOLD_HEADERS))
		wants |= WANT(EV_HEADER);
	if (keep & (FOLD_MESSAGES | FOLD_PARTS))
		wants |= WANT(EV_PART_BEGIN) | WANT(EV_PART_END);
	if (keep & FOLD_MESSAGES)
		wants |= WANT(EV_PART_FACT) | WANT(EV_PART_MEMBER) | WANT(EV_URL) | WANT_INSIDE | WANT_JUDGEMENT;
	return wants;
}

struct fold *
fold_new(const struct fold_user *user, unsigned keep)
{
	struct fold *f = xcalloc(1, sizeof *f);

	f->user = *user;
	f->keeps = keep;
	f->stats.first = f->stats.last = NSTIME_NONE;
	attempts_init(&f->attempts);
	return f;
}

void
fold_free(struct fold **fp)
{
	struct fold *f = *fp;
	struct visit *s;
	size_t cursor = 0;

	if (f == NULL)
		return;
	while ((s = map_next(&f->sessions, &cursor)) != NULL)
		visit_free(&s);
	map_fini(&f->sessions);
	visit_free(&f->closed);
	attempts_fini(&f->attempts);
	free(f);
	*fp = NULL;
}

static struct visit *
visit_of(struct fold *f, uint64_t number)
{
	if (f->last == NULL || f->last->rec.number != number)
		f->last = map_get(&f->sessions, number);
	return f->last;
}

const struct rec_session *
fold_session(const struct fold *f, uint64_t number)
{
	const struct visit *s = map_get(&f->sessions, number);

	if (s == NULL && f->closed != NULL && f->closed->rec.number == number)
		s = f->closed;
	return s ? &s->rec : NULL;
}

const struct rec_message *
fold_message(const struct fold *f, uint64_t number, uint32_t mail, bool server_reading)
{
	struct visit *s = map_get(&f->sessions, number);
	const struct message *m = s != NULL && mail != 0 ? visit_find(s, mail, server_reading) : NULL;

	return m ? &m->rec : NULL;
}

size_t
fold_attempts(const struct fold *f)
{
	return f->attempts.n;
}

const struct rec_attempt *
fold_attempt_at(const struct fold *f, size_t i)
{
	return attempts_at(&f->attempts, i);
}

const struct rec_stats *
fold_stats(const struct fold *f)
{
	return &f->stats;
}

static int
give_message(struct fold *f, struct visit *s, struct message *m)
{
	struct rec_stats *st = &f->stats;
	int status;

	visit_count(s, &m->rec);
	st->messages++;
	st->status[m->rec.status]++;
	st->accepted += m->rec.status == MAIL_ACCEPTED;
	st->rejected += m->rec.status == MAIL_REJECTED || m->rec.status == MAIL_REFUSED;
	st->recipients += m->rec.recipients;
	st->message_bytes += m->rec.size;
	status = f->user.give(f->user.self, &(struct record){ REC_MESSAGE, { .message = &m->rec } });
	visit_forget(s, m);
	return status;
}

static int
give_session(struct fold *f, struct visit *s)
{
	struct late *late = &f->late[s->rec.number % LIMIT_LATE_FINDINGS];

	late->number = s->rec.number;
	memcpy(late->uid, s->rec.uid, sizeof late->uid);
	map_take(&f->sessions, s->rec.number);
	f->last = NULL;
	f->closed = s;
	return f->user.give(f->user.self, &(struct record){ REC_SESSION, { .session = &s->rec } });
}

static int
give_finding(struct fold *f, const struct event *e)
{
	const struct late *late = &f->late[e->at.session % LIMIT_LATE_FINDINGS];
	struct rec_lone_finding lone = {
		.finding = {
			.finding = e->u.anomaly.finding, .detail = e->u.anomaly.detail, .dir = e->at.dir,
			.offset = e->at.offset, .length = e->at.length, .packet = e->at.packet, .time = e->at.time,
		},
	};

	uid_make(lone.own_uid, finding_info(lone.finding.finding)->id, e->at.time, f->lone++);
	if (e->at.session != 0 && late->number == e->at.session)
		memcpy(lone.uid, late->uid, sizeof lone.uid);
	return f->user.give(f->user.self, &(struct record){ REC_FINDING, { .finding = &lone } });
}

static int
on_open(struct fold *f, const struct event *e)
{
	struct visit *s;

	if (visit_of(f, e->at.session) != NULL)
		return 0;
	s = visit_new(e, f->keeps, &f->memory);
	map_put(&f->sessions, e->at.session, s);
	f->last = s;
	f->stats.sessions++;
	return 0;
}

/* Does the command begin a transaction? `mail` is the serial of the one that does. */
static bool
begins(const struct ev_command *c)
{
	return c->mail != 0 && c->mail == c->serial
	    && (slice_eq(c->verb, S("MAIL")) || slice_eq(c->verb, S("DATA")) || slice_eq(c->verb, S("BDAT")));
}

/* Of its transaction, while that is open; else of the session. */
static void
keep_dialogue(struct fold *f, struct visit *s, struct message *m, const struct event *e)
{
	if (!(f->keeps & FOLD_DIALOGUE))
		return;
	if (m != NULL)
		message_dialogue(m, e);
	else
		visit_dialogue(s, e);
}

static void
on_command(struct fold *f, struct visit *s, const struct event *e)
{
	const struct ev_command *c = &e->u.command;
	struct message *m;

	f->stats.command_count += c->verb.n > 0 && !slice_eq(c->verb, S("AUTH*"));
	visit_command(s, e);
	if (begins(c)) {
		m = visit_begin(s, c->mail, &e->at);
		message_mail(m, e, s->rec.helo_verb, s->rec.helo_name, s->auth_user);
	} else {
		m = c->mail ? visit_find(s, c->mail, e->at.server_reading) : NULL;
		if (m != NULL && slice_eq(c->verb, S("RCPT")))
			message_rcpt(m, c);
	}
	if (m != NULL)
		message_saw(m, &e->at);
	keep_dialogue(f, s, m, e);
}

/* SPEC: no record of a MAIL that was answered 503 inside another transaction (RFC 5321 4.1.4). */
static bool
is_nested(const struct visit *s, const struct message *m, const struct ev_reply *r)
{
	return r->code == 503 && slice_eq(r->verb, S("MAIL")) && s->nopen > 1 && s->open[0] != m
	    && s->open[0]->rec.mail_reply.code < 400;
}

static void
on_reply(struct fold *f, struct visit *s, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	struct message *m = r->mail ? visit_find(s, r->mail, e->at.server_reading) : NULL;

	f->stats.reply_class[r->code >= 100 && r->code < 600 ? r->code / 100 : 0]++;
	visit_reply(s, e);
	if (m != NULL) {
		message_saw(m, &e->at);
		message_reply(m, e);
		if (is_nested(s, m, r)) {
			visit_forget(s, m);
			m = NULL;
		}
	}
	keep_dialogue(f, s, m, e);
}

static int
on_mail(struct fold *f, struct visit *s, const struct event *e, uint32_t mail)
{
	struct message *m;

	if (mail == 0)
		return 0;
	m = visit_begin(s, mail, &e->at);
	message_saw(m, &e->at);
	if (e->kind == EV_MAIL_BEGIN) {
		message_begin(m, e);
	} else if (e->kind == EV_MAIL_END) {
		message_end(m, e);
	} else {
		message_done(m, e);
		return give_message(f, s, m);
	}
	return 0;
}

static void
on_header(struct fold *f, struct visit *s, const struct event *e)
{
	struct message *m = visit_find(s, e->u.header.mail, e->at.server_reading);

	if (m != NULL && f->keeps & (FOLD_MESSAGES | FOLD_HEADERS))
		message_header(m, e, f->keeps);
}

static void
on_part(struct fold *f, struct visit *s, const struct event *e, uint32_t mail)
{
	struct message *m = visit_find(s, mail, e->at.server_reading);

	if (m != NULL && f->keeps & (FOLD_MESSAGES | FOLD_PARTS))
		message_part(m, e);
}

static void
on_gap(struct visit *s, const struct event *e)
{
	struct message *m = visit_find(s, e->u.gap.mail, e->at.server_reading);

	s->rec.gaps = true;
	if (m != NULL)
		message_saw(m, &e->at);
}

static int
on_anomaly(struct fold *f, struct visit *s, const struct event *e)
{
	enum finding id = e->u.anomaly.finding;
	struct message *m;

	f->stats.finding[id]++;
	f->stats.by_severity[finding_info(id)->severity]++;
	if (s == NULL)
		return give_finding(f, e);
	m = e->u.anomaly.mail ? visit_find(s, e->u.anomaly.mail, e->at.server_reading) : NULL;
	if (m != NULL)
		message_finding(m, e);
	else
		visit_finding(s, e);
	return 0;
}

static int
on_close(struct fold *f, struct visit *s, const struct event *e)
{
	visit_close(s, e);
	return give_session(f, s);
}

int
fold_event(struct fold *f, const struct event *e)
{
	struct visit *s;

	visit_free(&f->closed);
	if (e->kind == EV_OPEN)
		return on_open(f, e);
	s = visit_of(f, e->at.session);
	if (e->kind == EV_ANOMALY)
		return on_anomaly(f, s, e);
	if (s == NULL)
		return 0;
	switch (e->kind) {
	case EV_COMMAND:	on_command(f, s, e); return 0;
	case EV_REPLY:		on_reply(f, s, e); return 0;
	case EV_AUTH:		visit_auth(s, e); return 0;
	case EV_TLS:		visit_tls(s, e); return 0;
	case EV_PROXY:		visit_proxy(s, e); return 0;
	case EV_HEADER:		on_header(f, s, e); return 0;
	case EV_PART_BEGIN:	on_part(f, s, e, e->u.part_begin.mail); return 0;
	case EV_PART_FACT:	on_part(f, s, e, e->u.part_fact.mail); return 0;
	case EV_PART_MEMBER:	on_part(f, s, e, e->u.part_member.mail); return 0;
	case EV_PART_END:	on_part(f, s, e, e->u.part_end.mail); return 0;
	case EV_URL:		on_part(f, s, e, e->u.url.mail); return 0;
	case EV_GAP:		on_gap(s, e); return 0;
	case EV_MAIL_BEGIN:	return on_mail(f, s, e, e->u.mail_begin.mail);
	case EV_MAIL_END:	return on_mail(f, s, e, e->u.mail_end.mail);
	case EV_MAIL_DONE:	return on_mail(f, s, e, e->u.mail_done.mail);
	case EV_CLOSE:		return on_close(f, s, e);
	default:		return 0;		/* of no interest for a record */
	}
}

int
fold_attempt(struct fold *f, const struct attempt_facts *facts)
{
	attempts_add(&f->attempts, facts);
	f->stats.attempts++;
	if (facts->finding < FINDINGS) {
		f->stats.finding[facts->finding]++;
		f->stats.by_severity[finding_info(facts->finding)->severity]++;
	}
	return 0;
}

/* The engine's numbers, and the fold's own where the fold knows. */
static void
complete_stats(struct fold *f, const struct rec_stats *engine)
{
	struct rec_stats own = f->stats, *st = &f->stats;

	*st = *engine;
	st->sessions = own.sessions;
	st->messages = own.messages;
	st->accepted = own.accepted;
	st->rejected = own.rejected;
	st->recipients = own.recipients;
	st->attempts = own.attempts;
	st->attempts_untold = f->attempts.untold;
	st->message_bytes = own.message_bytes;
	st->command_count = own.command_count;
	memcpy(st->status, own.status, sizeof st->status);
	memcpy(st->reply_class, own.reply_class, sizeof st->reply_class);
	memcpy(st->finding, own.finding, sizeof st->finding);
	memcpy(st->by_severity, own.by_severity, sizeof st->by_severity);
}

int
fold_expire(struct fold *f, nstime now)
{
	return attempts_expire(&f->attempts, now, &f->user);
}

int
fold_tell_stats(struct fold *f, const struct rec_stats *engine, nstime now)
{
	complete_stats(f, engine);
	uid_make(f->stats.uid, "stats so far", f->stats.first, (uint64_t)now);
	return f->user.give(f->user.self, &(struct record){ REC_STATS, { .stats = &f->stats } });
}

int
fold_finish(struct fold *f, const struct rec_stats *engine)
{
	complete_stats(f, engine);
	f->stats.final = true;
	uid_make(f->stats.uid, "stats", f->stats.first, f->stats.packets);
	if (attempts_give(&f->attempts, &f->user) < 0)
		return -1;
	return f->user.give(f->user.self, &(struct record){ REC_STATS, { .stats = &f->stats } });
}
