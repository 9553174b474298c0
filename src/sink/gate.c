#include "gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"

/* A session while its records come. */
struct account {
	uint64_t number;
	enum truth whole;		/* of everything in it, whatever comes */
	bool any, matched;		/* a message was told; one matched */
	bool closed, shown;		/* the session's record was told; the verdict */
	bool forced;
	struct refused { uint32_t mail; bool server_reading; } *refused;	/* messages that are open, and will not be shown */
	size_t nrefused;
	struct buf answers;		/* of what is UNSURE, by ticket */
	struct ticket { bool is_message; bool good; } *ticket;
	size_t nticket, cap;
};

struct gate {
	const struct filter *filter;
	const struct fold *fold;
	struct map accounts;
	struct account *closed;		/* told, and asked for until the next event */
	size_t memory;
	/* of the message that is being told */
	const struct rec_message *message;
	enum truth verdict;
	gate_ticket ticket;
	bool noted;			/* its answers are in `answers` */
	struct buf answers, element;	/* of the message; of the element that is asked about */
	struct gate_counts counts;
};

struct gate *
gate_new(const struct filter *f)
{
	struct gate *g = xcalloc(1, sizeof *g);

	g->filter = f;
	buf_init(&g->answers, SIZE_MAX / 2);
	buf_init(&g->element, SIZE_MAX / 2);
	return g;
}

static void
account_free(struct account **ap)
{
	struct account *a = *ap;

	if (a == NULL)
		return;
	buf_fini(&a->answers);
	free(a->ticket);
	free(a->refused);
	free(a);
	*ap = NULL;
}

void
gate_free(struct gate **gp)
{
	struct gate *g = *gp;
	struct account *a;
	size_t cursor = 0;

	if (g == NULL)
		return;
	while ((a = map_next(&g->accounts, &cursor)) != NULL)
		account_free(&a);
	map_fini(&g->accounts);
	account_free(&g->closed);
	buf_fini(&g->answers);
	buf_fini(&g->element);
	free(g);
	*gp = NULL;
}

const struct filter *
gate_filter(const struct gate *g)
{
	return g ? g->filter : NULL;
}

static struct account *
account_of(const struct gate *g, uint64_t number)
{
	if (g->closed != NULL && g->closed->number == number)
		return g->closed;
	return map_get(&g->accounts, number);
}

/* --- tickets --- */

static gate_ticket
issue(struct gate *g, struct account *a, slice answers, bool is_message)
{
	if (a->nticket == a->cap) {
		g->memory += (a->cap ? a->cap : 4) * (sizeof *a->ticket + answers.n);
		a->cap = a->cap ? 2 * a->cap : 4;
		a->ticket = xrealloc(a->ticket, a->cap, sizeof *a->ticket);
	}
	a->ticket[a->nticket++] = (struct ticket){ .is_message = is_message };
	buf_add(&a->answers, answers);
	return a->nticket;		/* 0 is the session's */
}

/* Room for an answer to each question. */
static uint8_t *
make_answers(struct gate *g, struct buf *to)
{
	buf_clear(to);
	buf_reserve(to, filter_questions(g->filter));
	to->n = filter_questions(g->filter);
	return to->p;
}

static void
note_message(struct gate *g, const struct unit *u)
{
	if (!g->noted)
		filter_note(g->filter, u, make_answers(g, &g->answers));
	g->noted = true;
}

static struct unit
unit_of(const struct rec_message *m)
{
	return (struct unit){ .session = m->session, .message = m };
}

enum truth
gate_message(struct gate *g, const struct rec_message *m, gate_ticket *ticket_r)
{
	*ticket_r = GATE_SESSION;
	if (g == NULL)
		return TRUTH_YES;
	CHECK(g->message == m);
	*ticket_r = g->ticket;
	return g->verdict;
}

enum truth
gate_element(struct gate *g, const struct rec_message *m, enum field_scope scope, size_t index, gate_ticket *ticket_r)
{
	struct account *a = g ? account_of(g, m->session->number) : NULL;
	struct unit u = unit_of(m);
	enum truth t;

	*ticket_r = GATE_SESSION;
	if (a == NULL || a->whole != TRUTH_UNSURE)
		return a != NULL ? a->whole : TRUTH_YES;
	note_message(g, &u);
	u.only = scope;
	u.index = index;
	memcpy(make_answers(g, &g->element), g->answers.p, g->answers.n);
	t = filter_ask_element(g->filter, &u, g->element.p);
	if (t == TRUTH_UNSURE)
		*ticket_r = issue(g, a, buf_slice(&g->element), false);
	return t;
}

bool
gate_unit(const struct gate *g, const struct unit *u)
{
	return g == NULL || filter_ask(g->filter, u) == TRUTH_YES;
}

bool
gate_attempt(const struct gate *g, const struct rec_attempt *r)
{
	return gate_unit(g, &(struct unit){ .attempt = r, .over = true });
}

bool
gate_finding(const struct gate *g, const struct rec_lone_finding *r)
{
	return gate_unit(g, &(struct unit){ .finding = r, .over = true });
}

enum truth
gate_session(const struct gate *g, uint64_t number)
{
	const struct account *a = g ? account_of(g, number) : NULL;

	if (a == NULL)
		return TRUTH_YES;
	if (a->closed)
		return a->shown ? TRUTH_YES : TRUTH_NO;
	return a->matched ? TRUTH_YES : a->whole;
}

enum truth
gate_event(const struct gate *g, const struct event *e)
{
	struct rec_lone_finding lone = { .finding = { .finding = e->u.anomaly.finding, .detail = e->u.anomaly.detail, .time = e->at.time } };

	if (g == NULL || e->kind != EV_ANOMALY || account_of(g, e->at.session) != NULL)
		return gate_session(g, e->at.session);
	return gate_finding(g, &lone) ? TRUTH_YES : TRUTH_NO;
}

static size_t
find_refused(const struct account *a, uint32_t mail, bool server_reading)
{
	size_t i = 0;

	while (i < a->nrefused && (a->refused[i].mail != mail || a->refused[i].server_reading != server_reading))
		i++;
	return i;
}

bool
gate_mail(const struct gate *g, uint64_t number, uint32_t mail, bool server_reading)
{
	const struct account *a = g ? account_of(g, number) : NULL;

	return a == NULL || (gate_session(g, number) != TRUTH_NO && find_refused(a, mail, server_reading) == a->nrefused);
}

bool
gate_redeem(const struct gate *g, uint64_t number, gate_ticket ticket)
{
	const struct account *a = g ? account_of(g, number) : NULL;

	if (ticket == GATE_ALWAYS)
		return true;
	if (a == NULL || ticket == GATE_SESSION)
		return gate_session(g, number) == TRUTH_YES;
	return a->ticket[ticket - 1].good;
}

void
gate_force(struct gate *g, uint64_t number)
{
	struct account *a = g ? account_of(g, number) : NULL;

	if (a == NULL || a->forced)
		return;
	a->forced = true;
	g->counts.undecided++;
}

struct gate_counts
gate_counts(const struct gate *g)
{
	return g ? g->counts : (struct gate_counts){ 0 };
}

/* --- what it hears --- */

static void
look(struct gate *g, struct account *a, uint64_t number)
{
	const struct rec_session *s = fold_session(g->fold, number);

	if (s != NULL && a->whole == TRUTH_UNSURE)
		a->whole = filter_ask(g->filter, &(struct unit){ .session = s });
}

/*
 * The envelope is complete when the server has asked for the content; among
 * the chunks of BDAT there may still be commands.
 */
static void
on_begin(struct gate *g, struct account *a, const struct event *e)
{
	const struct ev_mail_begin *b = &e->u.mail_begin;
	const struct rec_message *m = fold_message(g->fold, e->at.session, b->mail, e->at.server_reading);
	struct unit u = { .message = m, .begun = true };

	if (a->whole != TRUTH_UNSURE || m == NULL || strcmp(b->transfer, "DATA") != 0)
		return;
	u.session = m->session;
	if (filter_ask(g->filter, &u) != TRUTH_NO)
		return;
	a->refused = xrealloc(a->refused, a->nrefused + 1, sizeof *a->refused);
	a->refused[a->nrefused++] = (struct refused){ b->mail, e->at.server_reading };
}

static void
forget_refused(struct account *a, const struct rec_message *m)
{
	size_t i = find_refused(a, m->mail, m->server_reading);

	if (i < a->nrefused)
		a->refused[i] = a->refused[--a->nrefused];
}

static int
on_event(void *self, const struct event *e)
{
	struct gate *g = self;
	struct account *a = map_get(&g->accounts, e->at.session);

	account_free(&g->closed);
	if (a == NULL && e->kind == EV_OPEN) {
		a = xcalloc(1, sizeof *a);
		a->number = e->at.session;
		a->whole = TRUTH_UNSURE;
		buf_init(&a->answers, SIZE_MAX / 2);
		map_put(&g->accounts, a->number, a);
		g->memory += sizeof *a;
	}
	if (a != NULL)
		look(g, a, e->at.session);
	if (a != NULL && e->kind == EV_MAIL_BEGIN)
		on_begin(g, a, e);
	return 0;
}

static void
on_message(struct gate *g, const struct rec_message *m)
{
	struct account *a = account_of(g, m->session->number);
	struct unit u = unit_of(m);

	g->message = m;
	g->noted = false;
	g->verdict = TRUTH_YES;
	g->ticket = GATE_SESSION;
	if (a == NULL)
		return;
	forget_refused(a, m);
	g->verdict = a->whole != TRUTH_UNSURE ? a->whole : filter_ask(g->filter, &u);
	if (g->verdict == TRUTH_UNSURE) {
		note_message(g, &u);
		g->ticket = issue(g, a, buf_slice(&g->answers), true);
	}
	a->any = true;
	a->matched |= g->verdict == TRUTH_YES;
	g->counts.messages += g->verdict == TRUTH_YES;
}

static void
on_session(struct gate *g, const struct rec_session *s)
{
	struct account *a = map_take(&g->accounts, s->number);
	struct unit u = { .session = s, .over = true };
	size_t n = filter_questions(g->filter);

	if (a == NULL)
		return;
	g->memory -= sizeof *a + a->cap * (sizeof *a->ticket + n);
	for (size_t i = 0; i < a->nticket; i++) {
		struct ticket *t = &a->ticket[i];

		t->good = filter_resume(g->filter, a->answers.p + i * n, &u) == TRUTH_YES;
		a->matched |= t->is_message && t->good;
		g->counts.messages += t->is_message && t->good;
	}
	a->closed = true;
	a->shown = a->matched || (!a->any && filter_ask(g->filter, &u) == TRUTH_YES);
	g->counts.sessions += a->shown;
	g->closed = a;
}

static int
on_record(void *self, const struct record *r)
{
	struct gate *g = self;

	account_free(&g->closed);
	switch (r->kind) {
	case REC_MESSAGE: on_message(g, r->u.message); break;
	case REC_SESSION: on_session(g, r->u.session); break;
	case REC_ATTEMPT: g->counts.attempts += gate_attempt(g, r->u.attempt); break;
	case REC_FINDING: g->counts.findings += gate_finding(g, r->u.finding); break;
	case REC_STATS:	  break;
	}
	return 0;
}

static size_t
memory(void *self)
{
	const struct gate *g = self;

	return g->memory;
}

static int
on_close(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

void
gate_open(struct gate *g, const struct fold *fold, struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "gate", .event = on_event, .record = on_record, .memory = memory, .close = on_close };

	g->fold = fold;
	*sink_r = (struct sink){
		.ops = &ops, .self = g,
		.wants = WANT(EV_OPEN) | WANT(EV_AUTH) | WANT(EV_TLS) | WANT(EV_ANOMALY) | WANT(EV_MAIL_BEGIN)
		    | field_wants(filter_needs(g->filter)),
	};
}
