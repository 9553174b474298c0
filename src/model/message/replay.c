#include "replay.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/machine.h"
#include "base/map.h"
#include "model/list/list.h"
#include "model/session/tale.h"
#include "replay_body.h"

enum { EVENTS_A_LOOK = 32, BYTES_A_LOOK = 128 * 1024 };		/* between two looks at the clock */

/* A session with the messages of it that were chosen, or all; or a single record. */
struct job {
	uint32_t item;
	bool all;
	uint32_t choices;		/* the first one, or NO_CHOICE */
};

struct choice { uint32_t item, next; };

enum { NO_CHOICE = UINT32_MAX };

struct replay {
	struct model *model;
	struct replay_options o;
	struct job *job;
	size_t njob, at;		/* at: the one that is being told */
	struct choice *choice;
	size_t nchoice;

	struct fold *fold;
	uint32_t fold_wants;
	struct sink sink;
	bool has_sink, failed;
	bool bodies;			/* the sink wants what the body ring holds */
	struct desk *desk;

	/* The session that is being told. */
	struct tale *tale;		/* NULL: none */
	struct map messages;		/* by key_of(): is_chosen, is_told */
	struct event last;		/* its last event */
	bool opened, closed;
	bool holed;			/* its tale is not all there */
	bool let_go;			/* … or some of its bodies */
	struct replay_body body[2];	/* by reading */
	struct replay_body_user user;
	uint64_t gone;
	size_t spent;			/* bytes of bodies since the clock was looked at */
};

/* What the map of messages knows of one. */
static char is_chosen, is_told;

static uint64_t
key_of(uint32_t mail, bool server_reading)
{
	return (uint64_t)mail << 1 | server_reading;
}

/* The transaction that an event speaks of, or 0. */
static uint32_t
mail_of(const struct event *e)
{
	switch (e->kind) {
	case EV_COMMAND:	return e->u.command.mail;
	case EV_REPLY:		return e->u.reply.mail;
	case EV_MAIL_BEGIN:	return e->u.mail_begin.mail;
	case EV_MAIL_BYTES:	return e->u.mail_bytes.mail;
	case EV_MAIL_END:	return e->u.mail_end.mail;
	case EV_MAIL_DONE:	return e->u.mail_done.mail;
	case EV_HEADER:		return e->u.header.mail;
	case EV_PART_BEGIN:	return e->u.part_begin.mail;
	case EV_PART_BYTES:	return e->u.part_bytes.mail;
	case EV_PART_TEXT:	return e->u.part_text.mail;
	case EV_PART_FACT:	return e->u.part_fact.mail;
	case EV_PART_MEMBER:	return e->u.part_member.mail;
	case EV_PART_END:	return e->u.part_end.mail;
	case EV_URL:		return e->u.url.mail;
	case EV_GAP:		return e->u.gap.mail;
	case EV_ANOMALY:	return e->u.anomaly.mail;
	default:		return 0;
	}
}

/* --- what is asked for --- */

static struct job *
add_job(struct replay *r, uint32_t item)
{
	struct job *j = &r->job[r->njob++];

	*j = (struct job){ .item = item, .choices = NO_CHOICE };
	return j;
}

/* A session that is chosen with messages of its own is told whole, where the first of them stands. */
static void
sort_jobs(struct replay *r)
{
	struct map sessions = { 0 };		/* their jobs */

	for (size_t i = 0; i < r->o.n; i++) {
		const struct item *is = model_item(r->model, r->o.item[i]);
		uint32_t item = is != NULL ? is->session : r->o.item[i];
		struct job *j = map_get(&sessions, item);

		if (j == NULL) {
			j = add_job(r, item);
			map_put(&sessions, item, j);
		}
		if (is == NULL || is->kind != ITEM_MESSAGE) {
			j->all = true;
			continue;
		}
		r->choice[r->nchoice] = (struct choice){ r->o.item[i], j->choices };
		j->choices = (uint32_t)r->nchoice++;
	}
	map_fini(&sessions);
}

static bool
chooses(const struct replay *r, uint32_t mail, bool server_reading)
{
	return r->job[r->at].all || (mail != 0 && map_get(&r->messages, key_of(mail, server_reading)) != NULL);
}

/* --- to the sink --- */

static void
give(struct replay *r, const struct record *record)
{
	if (r->has_sink && !r->failed && r->sink.ops->record != NULL && r->sink.ops->record(r->sink.self, record) != 0)
		r->failed = true;
}

static void
show(struct replay *r, const struct event *e)
{
	if (r->has_sink && !r->failed && (r->sink.wants & WANT(e->kind)) && r->sink.ops->event != NULL
	    && chooses(r, mail_of(e), e->at.server_reading) && r->sink.ops->event(r->sink.self, e) != 0)
		r->failed = true;
}

/* As the engine does: the fold hears of a new session first, and of what completes a record last. */
static void
tell(void *self, const struct event *e)
{
	struct replay *r = self;

	if (e->kind == EV_OPEN)
		fold_event(r->fold, e);
	show(r, e);
	if (e->kind != EV_OPEN && (r->fold_wants & WANT(e->kind)))
		fold_event(r->fold, e);
}

/* The capture had these bytes: no record says that it did not. */
static void
tell_gap(void *self, const struct event *e)
{
	struct replay *r = self;

	r->let_go = true;
	show(r, e);
}

/* --- records --- */

/* Of what is remembered all but the content: that is as it was told now. */
static struct rec_message
join(const struct rec_message *remembered, const struct rec_message *told)
{
	struct rec_message m = *remembered;

	m.has_content = told->has_content;
	m.whole = told->whole;
	m.size = told->size;
	m.missing = told->missing;
	m.has_sha256 = told->has_sha256;
	m.has_sha1 = told->has_sha1;
	m.has_md5 = told->has_md5;
	m.part = told->part;
	m.npart = told->npart;
	m.parts = told->parts;
	m.attachments = told->attachments;
	return m;
}

static const struct rec_message *
remembered_message(struct replay *r, uint32_t item)
{
	struct unit u;

	return item != NO_ITEM && model_read(r->model, item, r->desk, &u) ? u.message : NULL;
}

static uint32_t
item_of_message(const struct replay *r, const struct rec_message *m)
{
	const struct item *is = model_item(r->model, r->job[r->at].item);

	for (uint32_t i = is != NULL ? is->next : NO_ITEM; i != NO_ITEM; i = is->next) {
		is = model_item(r->model, i);
		if (is == NULL)
			break;
		if (is->mail == m->mail && is->server_reading == m->server_reading)
			return i;
	}
	return NO_ITEM;
}

static void
note_told(struct replay *r, uint32_t mail, bool server_reading)
{
	map_take(&r->messages, key_of(mail, server_reading));
	map_put(&r->messages, key_of(mail, server_reading), &is_told);
}

static void
give_message(struct replay *r, const struct rec_message *m)
{
	const struct rec_message *remembered;
	struct rec_message joined;

	if (!chooses(r, m->mail, m->server_reading))
		return;
	remembered = r->holed ? remembered_message(r, item_of_message(r, m)) : NULL;
	note_told(r, m->mail, m->server_reading);
	if (remembered != NULL) {
		joined = r->bodies ? join(remembered, m) : *remembered;
		m = &joined;
	}
	give(r, &(struct record){ REC_MESSAGE, { .message = m } });
}

static void
give_session(struct replay *r, const struct rec_session *s)
{
	struct unit u;

	if (!r->job[r->at].all && !r->o.ends)
		return;
	if (r->holed && model_read(r->model, r->job[r->at].item, r->desk, &u) && u.session != NULL)
		s = u.session;
	give(r, &(struct record){ REC_SESSION, { .session = s } });
}

static int
on_record(void *self, const struct record *record)
{
	struct replay *r = self;

	if (record->kind == REC_MESSAGE)
		give_message(r, record->u.message);
	else if (record->kind == REC_SESSION)
		give_session(r, record->u.session);
	else
		give(r, record);
	return 0;
}

/* Those whose end was let go. */
static void
give_untold(struct replay *r)
{
	const struct item *is = model_item(r->model, r->job[r->at].item);
	const struct rec_message *m;

	for (uint32_t i = is != NULL ? is->next : NO_ITEM; i != NO_ITEM; i = is->next) {
		is = model_item(r->model, i);
		if (is == NULL)
			break;
		if (!chooses(r, is->mail, is->server_reading)
		    || map_get(&r->messages, key_of(is->mail, is->server_reading)) == &is_told)
			continue;
		note_told(r, is->mail, is->server_reading);
		m = remembered_message(r, i);
		if (m != NULL)
			give(r, &(struct record){ REC_MESSAGE, { .message = m } });
	}
}

/* An attempt, or a finding of no session. */
static void
give_single(struct replay *r, uint32_t item)
{
	struct unit u;

	if (!model_read(r->model, item, r->desk, &u))
		r->gone++;
	else if (u.attempt != NULL)
		give(r, &(struct record){ REC_ATTEMPT, { .attempt = u.attempt } });
	else if (u.finding != NULL)
		give(r, &(struct record){ REC_FINDING, { .finding = u.finding } });
}

/* --- a session --- */

static void
begin_session(struct replay *r, const struct job *j)
{
	r->tale = tale_open(r->model, j->item);
	r->opened = r->closed = r->holed = r->let_go = false;
	r->last = (struct event){ .at.time = NSTIME_NONE };
	for (uint32_t i = j->choices; i != NO_CHOICE; i = r->choice[i].next) {
		const struct item *is = model_item(r->model, r->choice[i].item);

		if (is != NULL && map_get(&r->messages, key_of(is->mail, is->server_reading)) == NULL)
			map_put(&r->messages, key_of(is->mail, is->server_reading), &is_chosen);
	}
}

/* The beginning was let go: its record knows who spoke. */
static void
open_remembered(struct replay *r)
{
	const struct item *is = model_item(r->model, r->job[r->at].item);
	struct event e = { .kind = EV_OPEN };
	struct unit u;

	r->opened = true;
	if (is == NULL || !model_read(r->model, r->job[r->at].item, r->desk, &u) || u.session == NULL)
		return;
	e.at = (struct where){ .session = is->number, .time = u.session->time };
	e.u.open = (struct ev_open){
		.protocol = u.session->protocol, .client = u.session->client, .server = u.session->server, .tcp = &u.session->tcp,
	};
	r->last = e;
	r->last.u.open.tcp = NULL;
	tell(r, &e);
}

/* Content whose end was not told. */
static void
end_body(struct replay *r, struct replay_body *b)
{
	struct event e = { .kind = EV_MAIL_END, .at = b->now.at };

	if (!b->open)
		return;
	e.u.mail_end = (struct ev_mail_end){ .mail = b->mail, .size = b->seen };
	replay_body_end(b, &e);
	tell(r, &e);
}

/* The transactions that go on, as a capture that ends here tells them. */
static void
end_open_messages(struct replay *r)
{
	const struct item *is = model_item(r->model, r->job[r->at].item);

	for (uint32_t i = is != NULL ? is->next : NO_ITEM; i != NO_ITEM; i = is->next) {
		struct event e = { .kind = EV_MAIL_DONE, .at = r->last.at };

		is = model_item(r->model, i);
		if (is == NULL)
			break;
		if (is->over || map_get(&r->messages, key_of(is->mail, is->server_reading)) == &is_told)
			continue;
		e.at.server_reading = is->server_reading;
		e.u.mail_done = (struct ev_mail_done){ .mail = is->mail, .index = is->index, .status = MAIL_INCOMPLETE };
		tell(r, &e);
	}
}

/* The session goes on, or its end was let go. */
static void
close_session(struct replay *r)
{
	struct event e = { .kind = EV_CLOSE, .at = r->last.at, .u.close.why = WHY_END_OF_CAPTURE };
	struct tcp_facts tcp;			/* a copy: the desk is used again while it is told */
	struct unit u;

	for (int i = 0; i < 2; i++)
		end_body(r, &r->body[i]);
	end_open_messages(r);
	if (r->holed)
		give_untold(r);
	e.at.server_reading = false;
	if (!model_read(r->model, r->job[r->at].item, r->desk, &u) || u.session == NULL)
		u.session = fold_session(r->fold, r->last.at.session);
	if (u.session != NULL) {
		tcp = u.session->tcp;
		e.u.close.tcp = &tcp;
		if (u.session->closed) {
			e.u.close.why = u.session->why;
			e.u.close.who = u.session->who;
		}
	}
	tell(r, &e);
}

static void
end_session(struct replay *r)
{
	if (!r->opened)
		open_remembered(r);
	if (!r->closed)
		close_session(r);
	r->gone += r->holed || r->let_go;
	tale_close(&r->tale);
	map_fini(&r->messages);
	for (int i = 0; i < 2; i++)
		replay_body_free(&r->body[i]);
}

static void
pass_hole(struct replay *r)
{
	r->holed = true;
	for (int i = 0; i < 2; i++)
		replay_body_hole(&r->body[i]);
}

/* --- its events --- */

static struct replay_body *
body_of(struct replay *r, const struct event *e)
{
	return &r->body[e->at.server_reading];
}

/* It may be that its beginning was let go. */
static struct replay_body *
body_for(struct replay *r, const struct event *e)
{
	struct replay_body *b = body_of(r, e);
	uint32_t mail = mail_of(e);

	if (!b->open || b->mail != mail)
		replay_body_begin(b, &r->user, e, mail);
	return b;
}

static bool
is_of_part(enum ev_kind kind)
{
	return kind == EV_PART_BEGIN || kind == EV_PART_FACT || kind == EV_PART_MEMBER || kind == EV_PART_END || kind == EV_URL;
}

/* What is told of a message's content, by a sink that wants it. */
static void
on_content(struct replay *r, struct event *e, const struct extent *body)
{
	switch (e->kind) {
	case EV_MAIL_BEGIN:
		tell(r, e);
		replay_body_begin(body_of(r, e), &r->user, e, e->u.mail_begin.mail);
		return;
	case EV_MAIL_BYTES:
		r->spent += body->length;
		replay_body_bytes(body_for(r, e), e, body);
		return;
	case EV_MAIL_END:
		replay_body_end(body_for(r, e), e);
		tell(r, e);
		return;
	case EV_GAP:
		tell(r, e);
		if (body_of(r, e)->open && body_of(r, e)->mail == e->u.gap.mail)
			replay_body_gap(body_of(r, e), e);
		return;
	default:
		if (!is_of_part(e->kind) || !replay_body_tells_parts(body_of(r, e), mail_of(e)))
			tell(r, e);
		else if (e->kind == EV_PART_END)
			replay_body_part_end(body_of(r, e), e);
	}
}

static void
on_event(struct replay *r, struct event *e, const struct extent *body)
{
	uint32_t mail = mail_of(e);

	if (e->kind == EV_OPEN)
		r->opened = true;
	else if (!r->opened)
		open_remembered(r);
	if (e->kind == EV_CLOSE) {
		r->closed = true;
		if (r->holed)
			give_untold(r);
	}
	r->last.at = e->at;
	if (r->bodies && mail != 0 && chooses(r, mail, e->at.server_reading))
		on_content(r, e, body);
	else if (e->kind != EV_MAIL_BYTES)
		tell(r, e);
}

/* --- the doors --- */

struct replay *
replay_new(struct model *model, const struct replay_options *options)
{
	struct replay *r = xcalloc(1, sizeof *r);
	struct fold_user user = { r, on_record };

	r->model = model;
	r->o = *options;
	r->job = xcalloc(options->n, sizeof *r->job);
	r->choice = xcalloc(options->n, sizeof *r->choice);
	sort_jobs(r);
	r->o.item = NULL;			/* the caller's */
	r->fold = fold_new(&user, options->keep);
	r->fold_wants = fold_wants(options->keep);
	r->desk = desk_new();
	r->user = (struct replay_body_user){ .self = r, .tell = tell, .tell_gap = tell_gap, .vault = model_vault(model) };
	return r;
}

const struct fold *
replay_fold(const struct replay *r)
{
	return r->fold;
}

void
replay_sink(struct replay *r, const struct sink *sink)
{
	r->sink = *sink;
	r->has_sink = true;
	r->user.wants = sink->wants | r->o.wants_all;
	r->bodies = replay_body_wanted(r->user.wants);
}

static void
next_job(struct replay *r)
{
	const struct job *j = &r->job[r->at];
	const struct item *is = model_item(r->model, j->item);

	if (is != NULL && is->kind == ITEM_SESSION) {
		begin_session(r, j);
		return;
	}
	if (is != NULL)
		give_single(r, j->item);
	else
		r->gone++;			/* forgotten since it was chosen */
	r->at++;
}

static void
step(struct replay *r)
{
	struct extent body;
	struct event e;

	if (r->tale == NULL) {
		next_job(r);
		return;
	}
	switch (tale_next(r->tale, &e, &body)) {
	case TALE_EVENT:
		on_event(r, &e, &body);
		break;
	case TALE_GONE:
		pass_hole(r);
		break;
	case TALE_NOT_YET:
		end_session(r);
		r->at++;
		break;
	}
}

int
replay_work(struct replay *r, nstime until)
{
	while (!r->failed && r->at < r->njob) {
		r->spent = 0;
		for (int i = 0; i < EVENTS_A_LOOK && r->spent < BYTES_A_LOOK && !r->failed && r->at < r->njob; i++)
			step(r);
		if (machine_steady() >= until)
			break;
	}
	return r->failed ? -1 : r->at < r->njob;
}

unsigned
replay_percent(const struct replay *r)
{
	unsigned of_this = r->tale != NULL ? tale_percent(r->tale) : 0;

	return r->njob == 0 ? 100 : (unsigned)((100 * r->at + of_this) / r->njob);
}

uint64_t
replay_gone(const struct replay *r)
{
	return r->gone;
}

int
replay_free(struct replay **rp, bool failed)
{
	struct replay *r = *rp;
	int status = 0;

	if (r == NULL)
		return 0;
	if (r->has_sink)
		status = r->sink.ops->close(r->sink.self, failed || r->failed);
	tale_close(&r->tale);
	map_fini(&r->messages);
	for (int i = 0; i < 2; i++)
		replay_body_free(&r->body[i]);
	fold_free(&r->fold);
	desk_free(&r->desk);
	free(r->job);
	free(r->choice);
	free(r);
	*rp = NULL;
	return status;
}
