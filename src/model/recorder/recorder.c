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
#include <stdlib.h>

#include "base/err.h"
#include "base/machine.h"
#include "recorder_inside.h"

enum {
	AGAIN_SIZE = 2 * 1024,		/* a record that takes so much is told half as often */
	CLOCK_EVERY = 32,		/* events: looking at the clock costs as much as remembering a few */
	FIGURES_EVERY = 500		/* ms */
};

unsigned
recorder_keeps(bool secrets)
{
	return FOLD_MESSAGES | FOLD_HEADERS | FOLD_DIALOGUE | (secrets ? FOLD_SECRETS : 0u);
}

/* --- handing over --- */

/* Every session has its record before its events are known of. */
static void
put_away_all(struct recorder *r, nstime now)
{
	struct talk *t;

	while ((t = r->queue[TALKING].first) != NULL) {
		talk_leave(r, t, TALKING);
		put_away(r, t);
		talk_release(r, t);
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
			talk_leave(r, t, CHANGED);
			talk_join(r, t, CHANGED);
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

/* Nobody is woken for nothing. */
static bool
is_news(const struct recorder *r, const struct news_batch *b, bool figures_due)
{
	return b->n > 0 || b->progress.packets != r->packets || (figures_due && r->uncounted);
}

static void
give(struct recorder *r, nstime now, bool figures_due)
{
	struct news_batch *b = r->batch;

	r->packets = b->progress.packets;
	r->uncounted = !figures_due;
	if (figures_due) {
		b->figures = copy_figures(r, &b->progress);
		r->figured = now;
	}
	r->deaf = !r->o.give(r->o.self, b);
	new_batch(r);
}

/* What a hand-over may still add to it is counted as if it stood there. */
static bool
is_full(const struct recorder *r)
{
	return r->batch->n + 2 * r->queue[TALKING].n + 2 * AGAIN_MOST >= LIMIT_NEWS || r->batch->nfinding >= LIMIT_NEWS;
}

/* The screen has enough to do (or its terminal hangs), and there is room in the batch. */
static bool
can_wait(const struct recorder *r)
{
	return r->o.busy != NULL && !is_full(r) && r->o.busy(r->o.self);
}

static int
hand_over(struct recorder *r, nstime now, bool over)
{
	struct news_batch *b = r->batch;
	bool figures_due = over || now - r->figured >= FIGURES_EVERY * NSTIME_MS;

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
	b->over = over;
	r->given = now;
	if (over || (is_news(r, b, figures_due) && !can_wait(r)))
		give(r, now, figures_due);
	return 0;
}

static int
hand_over_if_due(struct recorder *r)
{
	nstime now;

	if (is_full(r))
		return hand_over(r, machine_steady(), false);
	if (++r->events < CLOCK_EVERY)
		return 0;
	r->events = 0;
	now = machine_steady();
	return now - r->given >= RECORDER_HASTE ? hand_over(r, now, false) : 0;
}

/* --- events --- */

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
	talk_join(r, t, CHANGED);
	if (mail == 0)
		return;
	if (begins(e))
		talk_open_mail(r, t, mail, e->at.server_reading);
	else if ((o = talk_mail(t, mail, e->at.server_reading)) != NULL)
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

	talk_borrow(r, t);
	cap = t->tale.cap;
	if (e->kind == EV_MAIL_BYTES)
		body = vault_write(r->o.vault, VAULT_BODY, e->u.mail_bytes.bytes);
	pickle_event(&t->tale, e, &body, r->o.secrets, &t->before);
	r->memory += t->tale.cap - cap;
	talk_join(r, t, TALKING);
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
	struct opened *o = t ? talk_mail(t, m->mail, m->server_reading) : NULL;
	size_t none = 0;

	if (t == NULL)
		return;
	tell_message(r, t, m, true, o ? &o->findings : &none);
	if (o != NULL)
		*o = t->open[--t->nopen];
	talk_join(r, t, CHANGED);
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
	case REC_ATTEMPT:	tell_attempt(r, rec->u.attempt); break;
	case REC_FINDING:	tell_finding(r, rec->u.finding); break;
	case REC_STATS:		r->stats = *rec->u.stats; break;
	}
	return hand_over_if_due(r);
}

static int
recorder_tick(void *self, nstime packet_time)
{
	struct recorder *r = self;
	nstime now = machine_steady();

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
	struct tried *tried;

	(void)failed;
	(void)hand_over(r, machine_steady(), true);
	while ((t = map_next(&r->talks, &cursor)) != NULL)
		talk_free(r, t);
	while (r->nspare > 0)
		buf_fini(&r->spare[--r->nspare]);
	map_fini(&r->talks);
	for (cursor = 0; (tried = map_next(&r->tried, &cursor)) != NULL; )
		free(tried);
	map_fini(&r->tried);
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
	r->given = machine_steady();
	r->figured = r->given - FIGURES_EVERY * NSTIME_MS;
	new_batch(r);
	*sink_r = (struct sink){
		&recorder_ops, r,
		(kinds & ~(WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT))) | WANT_SHA256 | WANT_JUDGEMENT | WANT_INSIDE
	};
}
