#include "entry.h"

#include <stdlib.h>

#include "base/err.h"
#include "column.h"

enum { MEMOS = 256 };

/* Of a session: what its first messages come to, which are over and will not change. */
struct memo {
	uint32_t session;		/* its item, or NO_ITEM */
	uint32_t last;			/* the last item that is told here: a message, or the session itself */
	uint32_t worst;			/* message, or NO_ITEM */
	enum result_tone tone;		/* its result's */
	struct entry_sums sums;
};

struct entry_reader {
	struct desk *desk;
	uint32_t at_desk;		/* the item that was read last, or NO_ITEM */
	struct unit unit;
	struct memo memo[MEMOS];	/* by item modulo MEMOS */
};

struct entry_reader *
entry_reader_new(void)
{
	struct entry_reader *r = xcalloc(1, sizeof *r);

	r->desk = desk_new();
	for (size_t i = 0; i < MEMOS; i++)
		r->memo[i].session = NO_ITEM;
	return r;
}

void
entry_reader_free(struct entry_reader **rp)
{
	struct entry_reader *r = *rp;

	if (r == NULL)
		return;
	desk_free(&r->desk);
	free(r);
	*rp = NULL;
}

/* --- waits --- */

static nstime
later(nstime a, nstime b)
{
	return b > a ? b : a;			/* NSTIME_NONE is the smallest */
}

static nstime
slowest_exchange(const struct rec_exchange *e, size_t n)
{
	nstime slowest = NSTIME_NONE;

	for (size_t i = 0; i < n; i++)
		slowest = later(slowest, e[i].wait);
	return slowest;
}

static nstime
slowest_of_message(const struct rec_message *m)
{
	nstime t = slowest_exchange(m->exchange, m->nexchange);

	return later(later(later(t, m->wait_mail), later(m->wait_rcpt, m->wait_data)), m->wait_accept);
}

/* Only of the session itself, its messages are told apart from it. */
static nstime
slowest_of_session(const struct rec_session *s)
{
	return slowest_exchange(s->exchange, s->nexchange);
}

struct entry_sums
entry_sums_of(const struct unit *u)
{
	struct entry_sums sums = { .slowest = NSTIME_NONE };

	if (u->message != NULL)
		sums = (struct entry_sums){ 1, u->message->size, u->message->attachments, slowest_of_message(u->message),
		    u->message->findings.severity };
	else if (u->attempt != NULL)
		sums.severity = u->attempt->findings.severity;
	else if (u->session != NULL) {
		sums.slowest = slowest_of_session(u->session);
		sums.severity = u->session->findings.severity;
	}
	return sums;
}

static void
add_sums(struct entry_sums *to, const struct entry_sums *more)
{
	to->messages += more->messages;
	to->size += more->size;
	to->attachments += more->attachments;
	to->slowest = later(to->slowest, more->slowest);
	if (more->severity > to->severity)
		to->severity = more->severity;
}

/* --- a session's messages --- */

static bool
read_unit(struct entry_reader *r, const struct model *model, uint32_t item)
{
	r->at_desk = model_read(model, item, r->desk, &r->unit) ? item : NO_ITEM;
	return r->at_desk == item;
}

static struct memo *
memo_of(struct entry_reader *r, uint32_t session)
{
	struct memo *m = &r->memo[session % MEMOS];

	if (m->session != session)
		*m = (struct memo){ .session = session, .last = session, .worst = NO_ITEM, .sums.slowest = NSTIME_NONE };
	return m;
}

static void
add_message(struct entry_reader *r, const struct model *model, uint32_t item, struct memo *m)
{
	struct entry_sums sums;
	enum result_tone tone;

	if (!read_unit(r, model, item)) {
		m->sums.messages++;
		return;
	}
	sums = entry_sums_of(&r->unit);
	tone = unit_result(&r->unit, NULL);
	add_sums(&m->sums, &sums);
	if (m->worst == NO_ITEM || result_badness(tone) > result_badness(m->tone)) {
		m->worst = item;
		m->tone = tone;
	}
}

/* What is over is remembered; behind the first message that is not, all are looked at again. Returns what they come to. */
static struct memo
add_messages(struct entry_reader *r, const struct model *model, struct memo *kept, bool *more_r)
{
	struct memo m = *kept;
	const struct item *at = model_item(model, m.last);
	size_t steps = 0;
	bool over = true;

	for (uint32_t next; at != NULL && (next = at->next) != NO_ITEM; steps++) {
		if (steps == ENTRY_STEP) {
			*more_r = over;		/* else there would be no end: what is behind comes when the open one is over */
			break;
		}
		add_message(r, model, next, &m);
		at = model_item(model, next);
		m.last = next;
		over = over && at != NULL && at->over;
		if (over)
			*kept = m;
	}
	return m;
}

static void
read_session(struct entry_reader *r, const struct model *model, struct entry *e)
{
	struct memo m = add_messages(r, model, memo_of(r, e->item), &e->more);
	struct entry_sums own;

	if (m.worst == NO_ITEM || (r->at_desk != m.worst && !read_unit(r, model, m.worst)))
		read_unit(r, model, e->item);
	if (r->at_desk == NO_ITEM)
		return;
	e->unit = r->unit;
	e->sums = m.sums;
	own = entry_sums_of(&(struct unit){ .session = r->unit.session, .attempt = r->unit.attempt });
	add_sums(&e->sums, &own);
}

bool
entry_read(struct entry_reader *r, const struct model *model, uint32_t item, struct entry *e)
{
	const struct item *is = model_item(model, item);

	*e = (struct entry){ .item = item, .sums.slowest = NSTIME_NONE };
	if (is == NULL)
		return false;
	e->is = *is;
	e->of_session = is->kind != ITEM_MESSAGE;
	r->at_desk = NO_ITEM;
	if (is->kind == ITEM_SESSION) {
		read_session(r, model, e);
	} else if (read_unit(r, model, item)) {
		e->unit = r->unit;
		e->sums = entry_sums_of(&r->unit);
	}
	e->gone = r->at_desk == NO_ITEM;
	if (is->severity > e->sums.severity)
		e->sums.severity = is->severity;
	return true;
}
