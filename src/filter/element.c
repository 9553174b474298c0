/*
 * element.c - the lists of a unit, and whether they can still grow.
 */
#include "field.h"

struct list { const void *v; size_t n, size; };

/* Findings over the limit are known by their ids only. */
#define FINDING(name, ...) [FINDING_##name] = { .finding = FINDING_##name, .time = NSTIME_NONE },
static const struct rec_finding bare_findings[FINDINGS] = {
#include "base/finding.def"
};
#undef FINDING

static size_t
bare_count(const struct rec_findings *f)
{
	size_t n = 0;

	if (f->count == f->n)
		return 0;
	for (enum finding i = 0; i < FINDINGS; i++)
		n += rec_findings_have(f, i);
	return n;
}

static const struct rec_finding *
bare_finding(const struct rec_findings *f, size_t k)
{
	for (enum finding i = 0; i < FINDINGS; i++)
		if (rec_findings_have(f, i) && k-- == 0)
			return &bare_findings[i];
	return NULL;
}

/* Both places that findings of a unit stand in: its own, and those of its session. */
static size_t
findings_of(const struct unit *u, const struct rec_findings *f_r[2])
{
	size_t n = 0;

	if (u->message != NULL)
		f_r[n++] = &u->message->findings;
	if (u->session != NULL)
		f_r[n++] = &u->session->findings;
	if (u->attempt != NULL)
		f_r[n++] = &u->attempt->findings;
	return n;
}

static size_t
finding_count(const struct unit *u)
{
	const struct rec_findings *of[2];
	size_t n = u->finding != NULL, count = findings_of(u, of);

	for (size_t i = 0; i < count; i++)
		n += of[i]->n + bare_count(of[i]);
	return n;
}

static const struct rec_finding *
finding_at(const struct unit *u, size_t k)
{
	const struct rec_findings *of[2];
	size_t count = findings_of(u, of);

	for (size_t i = 0; i < count; i++) {
		if (k < of[i]->n)
			return &of[i]->v[k];
		k -= of[i]->n;
		if (k < bare_count(of[i]))
			return bare_finding(of[i], k);
		k -= bare_count(of[i]);
	}
	return &u->finding->finding;
}

/* A message's own list, and one of its session that counts for each of its messages. */
static void
lists_of(enum field_scope scope, const struct unit *u, struct list *own_r, struct list *common_r)
{
	const struct rec_message *m = u->message;
	const struct rec_session *s = u->session;

	*own_r = *common_r = (struct list){ NULL, 0, 1 };
	if (m != NULL && scope == SCOPE_RECIPIENT)
		*own_r = (struct list){ m->recipient, m->nrecipient, sizeof *m->recipient };
	else if (m != NULL && scope == SCOPE_REPLY)
		*own_r = (struct list){ m->exchange, m->nexchange, sizeof *m->exchange };
	else if (m != NULL && scope == SCOPE_PART)
		*own_r = (struct list){ m->part, m->npart, sizeof *m->part };
	else if (m != NULL && scope == SCOPE_URL)
		*own_r = (struct list){ m->url, m->nurl, sizeof *m->url };
	else if (m != NULL && scope == SCOPE_HOP)
		*own_r = (struct list){ m->hop, m->nhop, sizeof *m->hop };
	else if (m != NULL && scope == SCOPE_HEADER)
		*own_r = (struct list){ m->header, m->nheader, sizeof *m->header };
	if (s != NULL && scope == SCOPE_REPLY)
		*common_r = (struct list){ s->exchange, s->nexchange, sizeof *s->exchange };
	else if (s != NULL && scope == SCOPE_AUTH)
		*common_r = (struct list){ s->auth, s->nauth, sizeof *s->auth };
}

size_t
scope_count(enum field_scope scope, const struct unit *u)
{
	struct list own, common;

	if (scope <= SCOPE_MESSAGE)
		return 1;
	if (u->only == scope)
		return 1;
	if (scope == SCOPE_FINDING)
		return finding_count(u);
	lists_of(scope, u, &own, &common);
	return own.n + common.n;
}

const void *
scope_element(enum field_scope scope, const struct unit *u, size_t i)
{
	struct list own, common;

	if (scope <= SCOPE_MESSAGE)
		return NULL;
	if (u->only == scope)
		i = u->index;
	if (scope == SCOPE_FINDING)
		return finding_at(u, i);
	lists_of(scope, u, &own, &common);
	if (i < own.n)
		return (const uint8_t *)own.v + i * own.size;
	return (const uint8_t *)common.v + (i - own.n) * common.size;
}

bool
scope_settled(enum field_scope scope, const struct unit *u)
{
	if (u->session == NULL || u->over || u->only == scope)
		return true;
	if (u->begun)
		return scope == SCOPE_RECIPIENT;
	return u->message != NULL && scope != SCOPE_REPLY && scope != SCOPE_AUTH && scope != SCOPE_FINDING;
}

bool
field_settled(const struct field *f, const struct unit *u)
{
	if (u->session == NULL || u->over || f->settled == SETTLED_OPEN)
		return true;
	return u->message != NULL && f->settled <= (u->begun ? SETTLED_ENVELOPE : SETTLED_MESSAGE);
}
