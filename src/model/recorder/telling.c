/*
 * telling.c - what is known becomes bytes in the vault, and news of them.
 */
#include <stdlib.h>

#include "base/err.h"
#include "recorder_inside.h"

void
put_away(struct recorder *r, struct talk *t)
{
	struct news n = { .kind = NEWS_TALE, .session = t->number };

	if (t->tale.n == 0)
		return;
	n.where = vault_write(r->o.vault, VAULT_TALE, buf_slice(&t->tale));
	news_add(r->batch, &n);
	if (r->o.secrets)
		buf_wipe(&t->tale);
	else
		buf_clear(&t->tale);
	t->before = (struct pickle_before){ 0 };
}

/*
 * What will be told again stands among the events: however often that is, it
 * pushes no record out that is final.
 */
static struct extent
put_record(struct recorder *r, bool over)
{
	struct extent e = vault_write(r->o.vault, over ? VAULT_RECORD : VAULT_TALE, buf_slice(&r->out));

	if (r->o.secrets)
		buf_wipe(&r->out);
	else
		buf_clear(&r->out);
	return e;
}

/* Those that were not told yet: they only ever become more. */
static void
tell_findings(struct recorder *r, const struct rec_findings *f, size_t *told, const struct news *n, size_t news)
{
	for (; *told < f->n; ++*told) {
		const struct rec_finding *is = &f->v[*told];

		news_add_finding(r->batch, &(struct news_finding){
			.finding = is->finding, .session = n->session, .index = n->kind == NEWS_MESSAGE ? n->index : 0,
			.server_reading = n->server_reading, .nth = (uint32_t)*told, .dir = is->dir, .offset = is->offset,
			.packet = is->packet, .time = is->time, .where = n->where, .news = (uint32_t)news,
		});
	}
}

/* --- sessions and messages --- */

/* Its place in this batch; else a new one. */
size_t
place_for(struct recorder *r, struct talk *t, const struct news *n)
{
	if (t->batch == r->batches) {
		r->batch->v[t->place] = *n;
		return t->place;
	}
	t->batch = r->batches;
	t->place = r->batch->n;
	news_add(r->batch, n);
	return t->place;
}

void
tell_session(struct recorder *r, struct talk *t, const struct rec_session *s, nstime now)
{
	struct news n = {
		.kind = NEWS_SESSION, .severity = (uint8_t)s->findings.severity, .over = s->closed, .session = t->number,
		.trouble = t->trouble || session_fails(s), .time = s->time,
	};

	pickle_session(&r->out, s);
	t->size = r->out.n;
	n.where = put_record(r, n.over);
	t->told = true;
	t->when = now;
	tell_findings(r, &s->findings, &t->findings, &n, place_for(r, t, &n));
}

void
tell_message(struct recorder *r, struct talk *t, const struct rec_message *m, bool over, size_t *findings)
{
	struct news n = {
		.kind = NEWS_MESSAGE, .severity = (uint8_t)m->findings.severity, .over = over, .session = t->number,
		.trouble = message_fails(m, over), .server_reading = m->server_reading, .index = m->index, .mail = m->mail,
		.time = m->time,
	};

	t->trouble |= n.trouble;
	pickle_message(&r->out, m);
	n.where = put_record(r, over);
	news_add(r->batch, &n);
	tell_findings(r, &m->findings, findings, &n, r->batch->n - 1);
}

/* The transactions of an open session that changed. How many were told. */
static size_t
tell_open_messages(struct recorder *r, struct talk *t)
{
	size_t told = 0;

	for (size_t i = 0; i < t->nopen; i++) {
		struct opened *o = &t->open[i];
		const struct rec_message *m = o->changed ? fold_message(r->o.fold, t->number, o->mail, o->server_reading) : NULL;

		o->changed = false;
		if (m == NULL)
			continue;
		tell_message(r, t, m, false, &o->findings);
		told++;
	}
	return told;
}

size_t
tell_again(struct recorder *r, struct talk *t, nstime now)
{
	const struct rec_session *s = fold_session(r->o.fold, t->number);
	size_t told = tell_open_messages(r, t);

	talk_leave(r, t, CHANGED);
	if (s == NULL)
		return told;
	tell_session(r, t, s, now);
	return told + 1;
}

/* --- attempts, and findings of no session --- */

/* An attempt or a lone finding. */
static void
tell_lone(struct recorder *r, struct news n, const struct rec_findings *f, size_t *told)
{
	n.severity = (uint8_t)f->severity;
	n.where = put_record(r, n.over);
	news_add(r->batch, &n);
	tell_findings(r, f, told, &n, r->batch->n - 1);
}

/* Of its uid, which is a digest already. */
static uint64_t
key_of(const struct rec_attempt *a)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (const char *p = a->uid; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
	return h;
}

static void
tell_tried(struct recorder *r, const struct rec_attempt *a, struct tried *t, bool over)
{
	t->count = a->count;
	pickle_attempt(&r->out, a);
	tell_lone(r, (struct news){ .kind = NEWS_ATTEMPT, .index = t->which, .time = a->first, .over = over,
	    .trouble = attempt_fails(a) }, &a->findings, &t->findings);
}

static struct tried *
tried_of(struct recorder *r, const struct rec_attempt *a)
{
	uint64_t key = key_of(a);
	struct tried *t = map_get(&r->tried, key);

	if (t != NULL)
		return t;
	t = xcalloc(1, sizeof *t);
	t->which = ++r->ntried;
	map_put(&r->tried, key, t);
	return t;
}

/* One that is over is never told again. */
void
tell_attempt(struct recorder *r, const struct rec_attempt *a)
{
	tell_tried(r, a, tried_of(r, a), true);
	free(map_take(&r->tried, key_of(a)));
}

/* Of many some each time. */
void
tell_attempts(struct recorder *r)
{
	size_t n = fold_attempts(r->o.fold);

	for (size_t looks = n < AGAIN_MOST ? n : AGAIN_MOST; looks > 0; looks--) {
		size_t i = r->next_tried < n ? r->next_tried : 0;
		const struct rec_attempt *a = fold_attempt_at(r->o.fold, i);
		struct tried *t = tried_of(r, a);

		if (t->count != a->count)
			tell_tried(r, a, t, false);
		r->next_tried = i + 1;
	}
}

void
tell_finding(struct recorder *r, const struct rec_lone_finding *f)
{
	enum severity severity = finding_info(f->finding.finding)->severity;
	struct rec_findings one = { .v = &f->finding, .n = 1, .count = 1, .severity = severity };
	size_t told = 0;

	pickle_finding(&r->out, f);
	tell_lone(r, (struct news){ .kind = NEWS_FINDING, .session = f->uid[0] ? r->session : 0,
	    .time = f->finding.time, .over = true, .trouble = severity >= WARNING }, &one, &told);
}
