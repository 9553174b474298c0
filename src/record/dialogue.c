#include "dialogue.h"

static void
on_command(struct dialogue *d, struct keeper *k, const struct event *e)
{
	const struct ev_command *c = &e->u.command;
	struct rec_exchange *x = keep_add(k, &d->list, sizeof *x, LIMIT_EXCHANGES);

	if (x == NULL)
		return;
	*x = (struct rec_exchange){ .serial = c->serial, .verb = keep_slice(k, c->verb), .wait = NSTIME_NONE };
	if (c->args.n > 0 && !e->at.secret)
		x->args = keep_slice(k, c->args);
}

/* Replies come in the order of their commands: one that was passed over gets none. */
static struct rec_exchange *
answered(struct dialogue *d, uint32_t serial)
{
	struct rec_exchange *v = d->list.v;

	while (d->open < d->list.n && (v[d->open].answered || v[d->open].serial < serial))
		d->open++;
	return d->open < d->list.n && v[d->open].serial == serial ? &v[d->open] : NULL;
}

static void
on_reply(struct dialogue *d, struct keeper *k, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	struct rec_exchange *x = r->answers != 0 ? answered(d, r->answers) : NULL;

	if (x == NULL) {
		x = keep_add(k, &d->list, sizeof *x, LIMIT_EXCHANGES);
		if (x == NULL)
			return;
		x->serial = r->answers;
		x->verb = r->verb.n > 0 ? keep_slice(k, r->verb) : SLICE_NONE;
	}
	x->answered = true;
	x->wait = r->wait;
	x->reply = keep_reply(k, r);
	if (e->at.secret)
		x->reply.text = SLICE_NONE;
}

void
dialogue_event(struct dialogue *d, struct keeper *k, const struct event *e)
{
	if (e->kind == EV_COMMAND)
		on_command(d, k, e);
	else
		on_reply(d, k, e);
}
