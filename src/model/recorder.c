/*
 * recorder.c - events and records into the vault, and news of them into
 * batches.
 *
 * Each open session is a `talk`: its events of the last moment, which go into
 * the vault in one piece, and what was told of it. A session gets its place in
 * the batch when it begins, so that items stand in the order of beginnings,
 * and the place is filled when its record is known: at its end, or when the
 * batch is handed over before.
 *
 * How often an open session's record is told again depends on its size: a
 * session that goes on for days must not push others out of the vault with
 * what is said of it again and again.
 */
#include "recorder.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/map.h"
#include "pickle.h"
#include "record/fold.h"

enum {
	PIECE = 4 * 1024,		/* of a tale, put away at once */
	SPARES = 64,			/* buffers for tales, kept for the next talk */
	AGAIN_MOST = 1000,		/* records of open sessions in one hand-over, beyond the first of each; attempts looked at */
	AGAIN_SIZE = 2 * 1024,		/* a record that takes so much is told half as often */
	CLOCK_EVERY = 32,		/* events: looking at the clock costs as much as remembering a few */
	FIGURES_EVERY = 500		/* ms */
};

/* A transaction whose record is not final. */
struct opened {
	uint32_t mail;
	bool server_reading, changed;
	size_t findings;		/* told */
};

/* Queues that a talk may stand in, with who waits longest first. */
enum queue_name {
	TALKING,			/* has events that were not put away */
	CHANGED,			/* its record, or that of a message, is not what was told */
	QUEUES
};

struct link { struct talk *next, **at; };		/* at: what points here, or NULL: it is not in the queue */
struct queue { struct talk *first, **end; size_t n; };

struct talk {
	uint64_t number;
	struct buf tale;		/* events that were not put away */
	struct pickle_before before;	/* of them the last one */
	struct link link[QUEUES];
	bool told;			/* its record, ever */
	uint64_t batch;			/* its place in the list of news: of which batch, and which */
	size_t place;
	nstime when;			/* its record was told last */
	size_t size;			/* of that record */
	size_t findings;		/* told */
	bool trouble;			/* one of its messages has */
	struct opened *open;
	size_t nopen, capopen;
};

struct tried { uint64_t count; size_t findings; };	/* told */

struct recorder {
	struct recorder_options o;
	struct map talks;
	struct talk *last;		/* that the last event spoke of: the next one often does too */
	struct queue queue[QUEUES];
	struct buf spare[SPARES];
	size_t nspare;
	struct news_batch *batch;
	uint64_t batches;
	nstime given, figured;		/* of the machine's clock: the last hand-over, the last copy of the figures */
	unsigned events;		/* since the clock was looked at */
	uint64_t session;		/* that the last event spoke of */
	struct tried *tried;		/* attempts that were told, as the fold counts them */
	size_t ntried, captried, next_tried;
	struct map tried_by;		/* the same by key_of(): which + 1 */
	struct figures_keeper *keeper;
	struct rec_stats stats;		/* the final ones, once they are told */
	struct buf out;			/* a record being written */
	size_t memory;
	bool deaf;			/* nobody listens any more */
};

unsigned
recorder_keeps(bool secrets)
{
	return FOLD_MESSAGES | FOLD_HEADERS | FOLD_DIALOGUE | (secrets ? FOLD_SECRETS : 0u);
}

static nstime
machine_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSTIME_S + t.tv_nsec;
}

/* --- talks --- */

static struct talk *
talk_new(struct recorder *r, uint64_t number)
{
	struct talk *t = xcalloc(1, sizeof *t);

	t->number = number;
	map_put(&r->talks, number, t);
	r->memory += sizeof *t;
	return t;
}

static void
enqueue(struct recorder *r, struct talk *t, enum queue_name name)
{
	struct queue *q = &r->queue[name];
	struct link *l = &t->link[name];

	if (l->at != NULL)
		return;
	*l = (struct link){ NULL, q->end };
	*q->end = t;
	q->end = &l->next;
	q->n++;
}

static void
dequeue(struct recorder *r, struct talk *t, enum queue_name name)
{
	struct queue *q = &r->queue[name];
	struct link *l = &t->link[name];

	if (l->at == NULL)
		return;
	*l->at = l->next;
	if (l->next != NULL)
		l->next->link[name].at = l->at;
	else
		q->end = l->at;
	l->at = NULL;
	q->n--;
}

/* Most talks are silent at any moment: they need no room. */
static void
borrow_tale(struct recorder *r, struct talk *t)
{
	if (t->tale.max > 0)
		return;
	if (r->nspare > 0) {
		t->tale = r->spare[--r->nspare];
	} else {
		buf_init(&t->tale, UINT32_MAX);
		buf_reserve(&t->tale, PIECE);
	}
	r->memory += t->tale.cap;
}

static void
release_tale(struct recorder *r, struct talk *t)
{
	r->memory -= t->tale.cap;
	if (t->tale.max > 0 && t->tale.cap <= 2 * PIECE && r->nspare < SPARES)
		r->spare[r->nspare++] = t->tale;
	else
		buf_fini(&t->tale);
	t->tale = (struct buf){ 0 };
}

static void
talk_free(struct recorder *r, struct talk *t)
{
	dequeue(r, t, TALKING);
	dequeue(r, t, CHANGED);
	release_tale(r, t);
	r->memory -= sizeof *t + t->capopen * sizeof *t->open;
	free(t->open);
	free(t);
}

/* --- what goes into the vault --- */

static void
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

static struct extent
put_record(struct recorder *r)
{
	struct extent e = vault_write(r->o.vault, VAULT_RECORD, buf_slice(&r->out));

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

/* --- is there trouble? --- */

static bool
is_refused(const struct rec_reply *r)
{
	return r->code >= 400;
}

/* A transaction that was given up is none, unless something had been refused in it. */
static bool
message_fails(const struct rec_message *m, bool over)
{
	bool refused = is_refused(&m->mail_reply) || is_refused(&m->reply);

	for (size_t i = 0; i < m->nrecipient && !refused; i++)
		refused = is_refused(&m->recipient[i].reply);
	if (refused || m->findings.severity >= WARNING)
		return true;
	return over && (m->status == MAIL_REJECTED || m->status == MAIL_REFUSED || m->status == MAIL_UNANSWERED
	    || m->status == MAIL_INCOMPLETE);
}

static bool
session_fails(const struct rec_session *s)
{
	bool authenticated = s->auths == 0;

	for (size_t i = 0; i < s->nauth; i++)
		authenticated |= s->auth[i].accepted;
	return !authenticated || s->tls_broken || (s->has_greeting && is_refused(&s->greeting))
	    || s->findings.severity >= WARNING;
}

/* A port where somebody speaks another protocol fails nobody. */
static bool
attempt_fails(const struct rec_attempt *a)
{
	return strcmp(attempt_name(a->outcome), "other-protocol") != 0 || a->findings.severity >= WARNING;
}

/* --- news of records --- */

/* Its place in this batch; else a new one. */
static size_t
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

static void
tell_session(struct recorder *r, struct talk *t, const struct rec_session *s, nstime now)
{
	struct news n = {
		.kind = NEWS_SESSION, .severity = (uint8_t)s->findings.severity, .over = s->closed, .session = t->number,
		.trouble = t->trouble || session_fails(s), .time = s->time,
	};

	pickle_session(&r->out, s);
	t->size = r->out.n;
	n.where = put_record(r);
	t->told = true;
	t->when = now;
	tell_findings(r, &s->findings, &t->findings, &n, place_for(r, t, &n));
}

static void
tell_message(struct recorder *r, struct talk *t, const struct rec_message *m, bool over, size_t *findings)
{
	struct news n = {
		.kind = NEWS_MESSAGE, .severity = (uint8_t)m->findings.severity, .over = over, .session = t->number,
		.trouble = message_fails(m, over), .server_reading = m->server_reading, .index = m->index, .mail = m->mail,
		.time = m->time,
	};

	t->trouble |= n.trouble;
	pickle_message(&r->out, m);
	n.where = put_record(r);
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

/* As it is now. How many records were told. */
static size_t
tell_again(struct recorder *r, struct talk *t, nstime now)
{
	const struct rec_session *s = fold_session(r->o.fold, t->number);
	size_t told = tell_open_messages(r, t);

	dequeue(r, t, CHANGED);
	if (s == NULL)
		return told;
	tell_session(r, t, s, now);
	return told + 1;
}

/* --- attempts --- */

/* An attempt or a lone finding. */
static void
tell_lone(struct recorder *r, struct news n, const struct rec_findings *f, size_t *told)
{
	n.severity = (uint8_t)f->severity;
	n.where = put_record(r);
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
tell_attempt(struct recorder *r, const struct rec_attempt *a, size_t which, bool over)
{
	struct tried *t = &r->tried[which];

	t->count = a->count;
	pickle_attempt(&r->out, a);
	tell_lone(r, (struct news){ .kind = NEWS_ATTEMPT, .index = (uint32_t)which + 1, .time = a->first, .over = over,
	    .trouble = attempt_fails(a) }, &a->findings, &t->findings);
}

/* Which one it is. */
static size_t
tried_place(struct recorder *r, const struct rec_attempt *a)
{
	uintptr_t known = (uintptr_t)map_get(&r->tried_by, key_of(a));

	if (known != 0)
		return known - 1;
	if (r->ntried == r->captried) {
		r->captried = r->captried ? 2 * r->captried : 16;
		r->tried = xrealloc(r->tried, r->captried, sizeof *r->tried);
	}
	r->tried[r->ntried++] = (struct tried){ 0 };
	map_put(&r->tried_by, key_of(a), (void *)(uintptr_t)r->ntried);
	return r->ntried - 1;
}

/* Those that are new or were counted again; of many some each time. */
static void
tell_attempts(struct recorder *r)
{
	size_t n = fold_attempts(r->o.fold);

	for (size_t looks = n < AGAIN_MOST ? n : AGAIN_MOST; looks > 0; looks--) {
		size_t i = r->next_tried < n ? r->next_tried : 0;
		const struct rec_attempt *a = fold_attempt_at(r->o.fold, i);
		size_t which = tried_place(r, a);

		if (r->tried[which].count != a->count)
			tell_attempt(r, a, which, false);
		r->next_tried = i + 1;
	}
}

/* --- handing over --- */

/* Every session has its record before its events are known of. */
static void
put_away_all(struct recorder *r, nstime now)
{
	struct talk *t;

	while ((t = r->queue[TALKING].first) != NULL) {
		dequeue(r, t, TALKING);
		put_away(r, t);
		release_tale(r, t);
		if (!t->told)
			tell_again(r, t, now);
	}
}

static nstime
patience(const struct talk *t)
{
	nstime n = RECORDER_AGAIN * (nstime)(1 + t->size / AGAIN_SIZE);

	return n < 20 * RECORDER_AGAIN ? n : 20 * RECORDER_AGAIN;
}

/* Looks at a bounded number of those that changed; who was told too short a time ago waits on. */
static void
tell_changed(struct recorder *r, nstime now)
{
	size_t told = 0;

	for (int looks = 2 * AGAIN_MOST; looks > 0 && told < AGAIN_MOST && r->queue[CHANGED].n > 0; looks--) {
		struct talk *t = r->queue[CHANGED].first;

		if (now - t->when >= patience(t)) {
			told += tell_again(r, t, now);
		} else {
			dequeue(r, t, CHANGED);
			enqueue(r, t, CHANGED);
		}
	}
}

static struct figures *
copy_figures(struct recorder *r, const struct news_progress *p)
{
	struct rec_stats so_far = r->stats.final ? r->stats : *fold_stats(r->o.fold);

	if (!so_far.final) {
		so_far.packets = p->packets;
		so_far.bytes = p->bytes;
		so_far.dropped = p->dropped;
		so_far.first = p->first;
		so_far.last = p->last;
	}
	return figures_copy(r->keeper, &so_far, p->memory);
}

static void
new_batch(struct recorder *r)
{
	r->batch = news_batch_new();
	r->batches++;
}

static int
hand_over(struct recorder *r, nstime now, bool over)
{
	struct news_batch *b = r->batch;

	if (r->deaf)
		return 0;
	put_away_all(r, now);
	tell_changed(r, now);
	if (!over)
		tell_attempts(r);
	vault_flush(r->o.vault);
	b->progress.first = b->progress.last = NSTIME_NONE;
	if (r->o.progress != NULL)
		r->o.progress(r->o.self, &b->progress, over);
	if (over || now - r->figured >= FIGURES_EVERY * NSTIME_MS) {
		b->figures = copy_figures(r, &b->progress);
		r->figured = now;
	}
	b->over = over;
	r->given = now;
	r->deaf = !r->o.give(r->o.self, b);
	new_batch(r);
	return 0;
}

/* What a hand-over may still add to it is counted as if it stood there. */
static bool
is_full(const struct recorder *r)
{
	return r->batch->n + 2 * r->queue[TALKING].n + 2 * AGAIN_MOST >= LIMIT_NEWS || r->batch->nfinding >= LIMIT_NEWS;
}

static int
hand_over_if_due(struct recorder *r)
{
	nstime now;

	if (is_full(r))
		return hand_over(r, machine_time(), false);
	if (++r->events < CLOCK_EVERY)
		return 0;
	r->events = 0;
	now = machine_time();
	return now - r->given >= RECORDER_HASTE ? hand_over(r, now, false) : 0;
}

/* --- events --- */

static struct opened *
open_place(struct talk *t, uint32_t mail, bool server_reading)
{
	for (size_t i = t->nopen; i-- > 0; )
		if (t->open[i].mail == mail && t->open[i].server_reading == server_reading)
			return &t->open[i];
	return NULL;
}

static void
open_mail(struct recorder *r, struct talk *t, uint32_t mail, bool server_reading)
{
	struct opened *o = open_place(t, mail, server_reading);

	if (o != NULL) {
		o->changed = true;
		return;
	}
	if (t->nopen == LIMIT_PENDING)
		return;				/* it is told when it is over */
	if (t->nopen == t->capopen) {
		r->memory += (t->capopen ? t->capopen : 2) * sizeof *t->open;
		t->capopen = t->capopen ? 2 * t->capopen : 2;
		t->open = xrealloc(t->open, t->capopen, sizeof *t->open);
	}
	t->open[t->nopen++] = (struct opened){ .mail = mail, .server_reading = server_reading, .changed = true };
}

/* The transaction that the event speaks of; 0: none. */
static uint32_t
mail_of(const struct event *e)
{
	switch (e->kind) {
	case EV_COMMAND:	return e->u.command.mail;
	case EV_REPLY:		return e->u.reply.mail;
	case EV_MAIL_BEGIN:	return e->u.mail_begin.mail;
	case EV_MAIL_END:	return e->u.mail_end.mail;
	case EV_HEADER:		return e->u.header.mail;
	case EV_PART_END:	return e->u.part_end.mail;
	case EV_ANOMALY:	return e->u.anomaly.mail;
	default:		return 0;
	}
}

/* A reply or an anomaly may speak of a transaction that is over: only these begin one. */
static bool
begins(const struct event *e)
{
	return e->kind == EV_COMMAND || e->kind == EV_MAIL_BEGIN;
}

static void
note_change(struct recorder *r, struct talk *t, const struct event *e)
{
	uint32_t mail = mail_of(e);
	struct opened *o;

	if (e->kind == EV_PACKET || e->kind == EV_MAIL_BYTES)
		return;				/* no record says anything of these */
	enqueue(r, t, CHANGED);
	if (mail == 0)
		return;
	if (begins(e))
		open_mail(r, t, mail, e->at.server_reading);
	else if ((o = open_place(t, mail, e->at.server_reading)) != NULL)
		o->changed = true;
}

static struct talk *
talk_of(struct recorder *r, const struct event *e)
{
	struct news n = { .kind = NEWS_SESSION, .session = e->at.session, .time = e->at.time };

	if (r->last != NULL && r->last->number == e->at.session)
		return r->last;
	r->last = map_get(&r->talks, e->at.session);
	if (r->last != NULL || e->kind != EV_OPEN)
		return r->last;
	r->last = talk_new(r, e->at.session);
	place_for(r, r->last, &n);
	return r->last;
}

static void
write_event(struct recorder *r, struct talk *t, const struct event *e)
{
	struct extent body = { 0 };
	size_t cap;

	borrow_tale(r, t);
	cap = t->tale.cap;
	if (e->kind == EV_MAIL_BYTES)
		body = vault_write(r->o.vault, VAULT_BODY, e->u.mail_bytes.bytes);
	pickle_event(&t->tale, e, &body, r->o.secrets, &t->before);
	r->memory += t->tale.cap - cap;
	enqueue(r, t, TALKING);
	if (t->tale.n >= PIECE)
		put_away(r, t);
}

static int
recorder_event(void *self, const struct event *e)
{
	struct recorder *r = self;
	struct talk *t = r->deaf ? NULL : talk_of(r, e);

	r->session = e->at.session;
	if (r->deaf)
		return 0;
	figures_event(r->keeper, e);
	if (t == NULL)
		return 0;			/* a finding of no session, or of one that is over: its record comes */
	write_event(r, t, e);
	note_change(r, t, e);
	return hand_over_if_due(r);
}

/* --- records --- */

static void
on_message(struct recorder *r, const struct rec_message *m)
{
	struct talk *t = map_get(&r->talks, m->session->number);
	struct opened *o = t ? open_place(t, m->mail, m->server_reading) : NULL;
	size_t none = 0;

	if (t == NULL)
		return;
	tell_message(r, t, m, true, o ? &o->findings : &none);
	if (o != NULL)
		*o = t->open[--t->nopen];
	enqueue(r, t, CHANGED);
}

static void
on_session(struct recorder *r, const struct rec_session *s)
{
	struct talk *t = map_take(&r->talks, s->number);

	if (t == NULL)
		return;
	r->last = NULL;
	put_away(r, t);
	tell_session(r, t, s, r->given);
	talk_free(r, t);
}

static void
on_finding(struct recorder *r, const struct rec_lone_finding *f)
{
	enum severity severity = finding_info(f->finding.finding)->severity;
	struct rec_findings one = { .v = &f->finding, .n = 1, .count = 1, .severity = severity };
	size_t told = 0;

	pickle_finding(&r->out, f);
	tell_lone(r, (struct news){ .kind = NEWS_FINDING, .session = f->uid[0] ? r->session : 0,
	    .time = f->finding.time, .over = true, .trouble = severity >= WARNING }, &one, &told);
}

static void
on_attempt(struct recorder *r, const struct rec_attempt *a)
{
	tell_attempt(r, a, tried_place(r, a), true);
}

static int
recorder_record(void *self, const struct record *rec)
{
	struct recorder *r = self;

	if (r->deaf)
		return 0;
	figures_record(r->keeper, rec);
	switch (rec->kind) {
	case REC_SESSION:	on_session(r, rec->u.session); break;
	case REC_MESSAGE:	on_message(r, rec->u.message); break;
	case REC_ATTEMPT:	on_attempt(r, rec->u.attempt); break;
	case REC_FINDING:	on_finding(r, rec->u.finding); break;
	case REC_STATS:		r->stats = *rec->u.stats; break;
	}
	return hand_over_if_due(r);
}

static int
recorder_tick(void *self, nstime packet_time)
{
	struct recorder *r = self;
	nstime now = machine_time();

	(void)packet_time;
	return now - r->given >= RECORDER_HASTE ? hand_over(r, now, false) : 0;
}

static size_t
recorder_memory(void *self)
{
	return ((const struct recorder *)self)->memory;
}

/* What is open after all had an end is open because the run failed. */
static int
recorder_close(void *self, bool failed)
{
	struct recorder *r = self;
	size_t cursor = 0;
	struct talk *t;

	(void)failed;
	(void)hand_over(r, machine_time(), true);
	while ((t = map_next(&r->talks, &cursor)) != NULL)
		talk_free(r, t);
	while (r->nspare > 0)
		buf_fini(&r->spare[--r->nspare]);
	map_fini(&r->talks);
	map_fini(&r->tried_by);
	free(r->tried);
	news_batch_free(&r->batch);
	figures_keeper_free(&r->keeper);
	buf_fini(&r->out);
	free(r);
	return 0;
}

static const struct sink_ops recorder_ops = {
	.name = "recorder", .event = recorder_event, .record = recorder_record, .tick = recorder_tick,
	.memory = recorder_memory, .close = recorder_close,
};

void
recorder_open(const struct recorder_options *options, struct sink *sink_r)
{
	struct recorder *r = xcalloc(1, sizeof *r);
	uint32_t kinds = WANT(EV_KINDS) - 1;

	r->o = *options;
	for (int i = 0; i < QUEUES; i++)
		r->queue[i].end = &r->queue[i].first;
	r->keeper = figures_keeper_new();
	buf_init(&r->out, UINT32_MAX);
	r->given = machine_time();
	r->figured = r->given - FIGURES_EVERY * NSTIME_MS;
	new_batch(r);
	*sink_r = (struct sink){
		&recorder_ops, r,
		(kinds & ~(WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT))) | WANT_SHA256 | WANT_JUDGEMENT | WANT_INSIDE
	};
}
