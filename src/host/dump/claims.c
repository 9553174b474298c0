#include "claims.h"

#include <stdlib.h>
#include <string.h>

#include "aside.h"
#include "base/err.h"
#include "host/wanted.h"
#include "sink/gate.h"
#include "sink/hold.h"

enum { NUMBER_ONLY = -1 };			/* a link type that no frame has */

/* Whose a packet may be, if nobody claims it better. */
struct rumour { uint64_t session, packet; };

struct claims {
	claims_give *give;
	void *self;
	struct gate *gate;
	struct hold *hold;			/* of sessions without a verdict */
	bool numbers;				/* packets are numbers */
	struct frame now;			/* the packet that is looked at; number 0: none, or it was claimed */
	struct aside aside;			/* those before it that nobody has claimed */
	struct rumour *rumour;
	size_t nrumour;
	struct map open;			/* sessions, by number; the values are the claims themselves */
	struct wanted attempts;			/* shown, and not looked for yet */
	struct buf waiting;			/* a packet, as it waits */
};

/* --- a packet that waits, as it stands in the spool --- */

struct head {
	uint64_t number, wire;
	nstime time;
	int linktype;
	uint32_t input;
	uint8_t fcs, digits;
};

static struct frame
number_only(uint64_t number)
{
	return (struct frame){ .number = number, .linktype = NUMBER_ONLY };
}

static slice
wrap(struct buf *to, const struct frame *f)
{
	struct head h;

	memset(&h, 0, sizeof h);
	h.number = f->number;
	h.wire = f->wire;
	h.time = f->time;
	h.linktype = f->linktype;
	h.input = f->input;
	h.fcs = (uint8_t)f->fcs;
	h.digits = f->digits;
	buf_clear(to);
	buf_add(to, (slice){ (const uint8_t *)&h, f->linktype == NUMBER_ONLY ? sizeof h.number : sizeof h });
	buf_add(to, f->bytes);
	return buf_slice(to);
}

static struct frame
unwrap(slice s)
{
	struct head h;

	if (s.n == sizeof h.number) {
		memcpy(&h.number, s.p, sizeof h.number);
		return number_only(h.number);
	}
	CHECK(s.n >= sizeof h);
	memcpy(&h, s.p, sizeof h);
	return (struct frame){
		.bytes = slice_drop(s, sizeof h), .wire = (size_t)h.wire, .linktype = h.linktype, .fcs = h.fcs,
		.time = h.time, .number = h.number, .input = h.input, .digits = h.digits,
	};
}

static int
let_out(void *self, uint64_t session, slice waited)
{
	struct claims *c = self;
	struct frame f = unwrap(waited);

	(void)session;
	return c->give(c->self, &f);
}

struct claims *
claims_new(const struct options *o, size_t room, claims_give *give, void *self)
{
	struct claims *c = xcalloc(1, sizeof *c);

	c->give = give;
	c->self = self;
	c->gate = o->show.gate;
	c->hold = hold_new(&o->show, NULL, (struct hold_mark){ SLICE_NONE, 0 });
	hold_set_let_out(c->hold, let_out, c);
	c->numbers = room == 0;
	c->aside.max = room;
	buf_init(&c->waiting, SIZE_MAX / 2);
	return c;
}

void
claims_free(struct claims **cp)
{
	struct claims *c = *cp;

	if (c == NULL)
		return;
	hold_free(&c->hold);
	aside_fini(&c->aside);
	wanted_fini(&c->attempts);
	map_fini(&c->open);
	buf_fini(&c->waiting);
	free(c->rumour);
	free(c);
	*cp = NULL;
}

size_t
claims_memory(const struct claims *c)
{
	return hold_memory(c->hold);
}

/* --- sessions --- */

static int
claim(struct claims *c, uint64_t session, const struct frame *f)
{
	enum truth verdict = gate_session(c->gate, session);

	if (hold_settle(c->hold, session, verdict) < 0)
		return -1;
	if (verdict == TRUTH_UNSURE)
		return hold_put(c->hold, session, verdict, GATE_SESSION, wrap(&c->waiting, f));
	return verdict == TRUTH_YES ? c->give(c->self, f) : 0;
}

static int
claim_packet(struct claims *c, uint64_t session, uint64_t number)
{
	struct frame f = c->now;
	struct aside_packet *p;
	int status;

	if (c->numbers)
		return claim(c, session, &(const struct frame){ .number = number, .linktype = NUMBER_ONLY });
	if (number == c->now.number) {
		c->now.number = 0;
		return claim(c, session, &f);
	}
	if ((p = aside_get(&c->aside, number)) == NULL)
		return 0;
	status = claim(c, session, &p->frame);
	aside_drop(&c->aside, p);
	return status;
}

/*
 * What happened may have come with a packet that is none of the session's
 * segments (an ICMP error). If it is one, it will be told of in its turn.
 */
static void
hear(struct claims *c, uint64_t session, uint64_t number)
{
	if (!c->numbers && number != c->now.number && aside_get(&c->aside, number) == NULL)
		return;
	c->rumour = xrealloc(c->rumour, c->nrumour + 1, sizeof *c->rumour);
	c->rumour[c->nrumour++] = (struct rumour){ session, number };
}

/* Of a session that is over nobody knows any more whether it was shown. */
static int
believe(struct claims *c)
{
	int status = 0;

	for (size_t i = 0; i < c->nrumour && status == 0; i++)
		if (map_get(&c->open, c->rumour[i].session) != NULL)
			status = claim_packet(c, c->rumour[i].session, c->rumour[i].packet);
	c->nrumour = 0;
	return status;
}

int
claims_event(struct claims *c, const struct event *e)
{
	uint64_t session = e->at.session, number = e->at.packet;

	if (e->kind == EV_OPEN)
		map_put(&c->open, session, c);
	if (e->kind == EV_ANOMALY)
		hear(c, session, number);
	if (e->kind == EV_OPEN || e->kind == EV_ANOMALY || number == 0)
		return 0;
	if (e->kind == EV_CLOSE && believe(c) != 0)
		return -1;
	return claim_packet(c, session, number);
}

int
claims_session(struct claims *c, const struct rec_session *s)
{
	map_take(&c->open, s->number);
	return hold_finish(c->hold, s->number);
}

/* --- attempts --- */

int
claims_attempt(struct claims *c, const struct rec_attempt *a)
{
	wanted_attempt(&c->attempts, a);
	return 0;
}

/* They are over, and what came of them was put aside. */
static int
find_attempts(struct claims *c)
{
	struct aside_packet *p, *next;
	int status = 0;

	if (!wanted_begin(&c->attempts))
		return 0;
	for (p = c->aside.oldest; p != NULL && status == 0; p = next) {
		next = p->newer;
		if (!wanted_has(&c->attempts, &p->frame))
			continue;
		status = c->give(c->self, &p->frame);
		aside_drop(&c->aside, p);
	}
	wanted_fini(&c->attempts);
	return status;
}

/* --- one packet after the other --- */

void
claims_begin(struct claims *c, const struct frame *f)
{
	if (!c->numbers)
		c->now = *f;
}

int
claims_leave(struct claims *c)
{
	int status = believe(c);

	if (c->now.number != 0)
		aside_put(&c->aside, &c->now);
	c->now.number = 0;
	return status == 0 ? find_attempts(c) : status;
}
