/*
 * talks.c - sessions that are open: their events of the last moment, and what was told of them.
 */
#include <stdlib.h>

#include "base/err.h"
#include "recorder_inside.h"

struct talk *
talk_new(struct recorder *r, uint64_t number)
{
	struct talk *t = xcalloc(1, sizeof *t);

	t->number = number;
	map_put(&r->talks, number, t);
	r->memory += sizeof *t;
	return t;
}

void
talk_join(struct recorder *r, struct talk *t, enum queue_name name)
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

void
talk_leave(struct recorder *r, struct talk *t, enum queue_name name)
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
void
talk_borrow(struct recorder *r, struct talk *t)
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

void
talk_release(struct recorder *r, struct talk *t)
{
	r->memory -= t->tale.cap;
	if (t->tale.max > 0 && t->tale.cap <= 2 * PIECE && r->nspare < SPARES)
		r->spare[r->nspare++] = t->tale;
	else
		buf_fini(&t->tale);
	t->tale = (struct buf){ 0 };
}

void
talk_free(struct recorder *r, struct talk *t)
{
	talk_leave(r, t, TALKING);
	talk_leave(r, t, CHANGED);
	talk_release(r, t);
	r->memory -= sizeof *t + t->capopen * sizeof *t->open;
	free(t->open);
	free(t);
}

struct opened *
talk_mail(struct talk *t, uint32_t mail, bool server_reading)
{
	for (size_t i = t->nopen; i-- > 0; )
		if (t->open[i].mail == mail && t->open[i].server_reading == server_reading)
			return &t->open[i];
	return NULL;
}

void
talk_open_mail(struct recorder *r, struct talk *t, uint32_t mail, bool server_reading)
{
	struct opened *o = talk_mail(t, mail, server_reading);

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
