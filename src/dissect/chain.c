/*
 * chain.c - how bytes climb through a connection's layers.
 *
 * Layers stand in an array, the one next to TCP first. Each has two queues of
 * bytes that it left for later. Whenever one direction moved on, the other
 * one's queue is offered again; the loop ends when neither moves, so that
 * nothing is offered twice for the same reason.
 *
 * A layer may ask to change the chain while it is being called. The chain is
 * changed at once; the bytes change hands after the call has returned, in
 * settle(). Layers that left are freed with the stack, as callers may still
 * stand in them.
 */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

unsigned
chain_position(const struct layer *l)
{
	unsigned i;

	for (i = 0; i < l->stack->n && l->stack->layer[i] != l; i++)
		;
	return i;
}

struct layer *
chain_above(const struct layer *l)
{
	unsigned i = chain_position(l) + 1;

	return i < l->stack->n ? l->stack->layer[i] : NULL;
}

struct layer *
chain_new_layer(struct stack *s, const struct dissector *d)
{
	struct layer *l = xcalloc(1, sizeof *l + d->state_size);

	l->stack = s;
	l->dissector = d;
	queue_init(&l->queue[DIR_CLIENT]);
	queue_init(&l->queue[DIR_SERVER]);
	return l;
}

void
chain_free_layer(struct layer *l)
{
	queue_fini(&l->queue[0]);
	queue_fini(&l->queue[1]);
	free(l);
}

void
chain_place(struct stack *s, unsigned at, struct layer *l)
{
	memmove(&s->layer[at + 1], &s->layer[at], (s->n - at) * sizeof s->layer[0]);
	s->layer[at] = l;
	s->n++;
}

static void
take_out(struct layer *l)
{
	struct stack *s = l->stack;
	unsigned at = chain_position(l);

	s->n--;
	memmove(&s->layer[at], &s->layer[at + 1], (s->n - at) * sizeof s->layer[0]);
	l->retired_next = s->retired;
	s->retired = l;
}

const struct dissector *
chain_find_dissector(const char *name)
{
	for (const struct dissector *const *d = dissectors; *d != NULL; d++)
		if (strcmp((*d)->name, name) == 0)
			return *d;
	return NULL;
}

/*
 * All that `from` has kept goes, in the packets that it came in, to whoever
 * stands at `place`: a run may make that layer change the chain again. The
 * queue is emptied first, because the bytes may at once be given back.
 */
static void
hand_over(struct layer *from, unsigned place, enum dir dir)
{
	struct stack *s = from->stack;
	struct queue q = from->queue[dir];
	struct origin saved = s->now;
	bool ended = q.eof || from->eof_told[dir];

	queue_init(&from->queue[dir]);
	while (!queue_empty(&q)) {
		struct origin origin;
		slice head = queue_head(&q, &origin);

		chain_data(s->layer[place], dir, head, origin);
		queue_take(&q, head.n);
	}
	queue_fini(&q);
	s->now = saved;
	if (ended)
		chain_eof(s->layer[place], dir);
}

/* Where the one stands who gets the bytes when the chain changes at l: the newcomer is there already, an heir will move there. */
static unsigned
place_of_change(const struct layer *l)
{
	return chain_position(l->newcomer ? l->newcomer : l);
}

/*
 * After a call of l: if the chain changed, what was kept of the other
 * direction finds its new owner. True: it changed, and who stands at *place_r
 * is due the rest of dir.
 */
static bool
settle(struct layer *l, enum dir dir, unsigned *place_r)
{
	enum dir other = dir_other(dir);
	struct layer *next = l->newcomer;

	if (next == NULL && l->fate != PASSES)
		return false;
	*place_r = place_of_change(l);
	l->newcomer = NULL;
	if (next == NULL) {
		next = l->heir = chain_above(l);
		take_out(l);
		l->fate = DROPS;
	}
	next->offset[dir] = l->offset[dir];
	next->offset[other] = l->offset[other];
	hand_over(l, *place_r, other);
	return true;
}

static size_t
call_data(struct layer *l, enum dir dir, slice s, struct origin from)
{
	size_t n;

	l->stack->now = from;
	n = l->dissector->data(l, dir, s);
	CHECK(n <= s.n);
	l->offset[dir] += n;
	return n;
}

bool
chain_offer(struct layer *l, enum dir dir)
{
	struct queue *q = &l->queue[dir];
	struct origin saved = l->stack->now;
	bool moved = false;
	unsigned place;

	while (!queue_empty(q) && l->fate == STAYS) {
		struct origin from;
		slice head = queue_head(q, &from);
		size_t n = call_data(l, dir, head, from);

		queue_take(q, n);
		moved |= n > 0;
		if (settle(l, dir, &place)) {
			hand_over(l, place, dir);
			moved = true;
			break;
		}
		if (n < head.n)
			break;
	}
	l->stack->now = saved;
	if (queue_empty(q) && q->eof && l->fate == STAYS) {
		q->eof = false;
		chain_eof(l, dir);
		moved = true;
	}
	return moved;
}

/* One direction moved: the other may go on now, and then this one again. */
static void
offer_both(struct layer *l, enum dir first)
{
	enum dir dir = first;
	int idle = 0;

	while (idle < 2 && l->fate == STAYS) {
		idle = chain_offer(l, dir) ? 0 : idle + 1;
		dir = dir_other(dir);
	}
}

void
chain_force(struct layer *l, enum dir dir)
{
	while (!queue_empty(&l->queue[dir]) && l->fate == STAYS) {
		size_t before = queue_rest(&l->queue[dir]).n;

		l->dissector->decide(l, dir);
		chain_offer(l, dir);
		if (queue_rest(&l->queue[dir]).n == before)
			break;
	}
	if (l->fate == STAYS && !queue_empty(&l->queue[dir])) {
		l->offset[dir] += queue_rest(&l->queue[dir]).n;
		queue_clear(&l->queue[dir]);
	}
}

static void
keep(struct layer *l, enum dir dir, slice s, struct origin from)
{
	while (s.n > 0 && l->fate == STAYS) {
		s = slice_drop(s, queue_add(&l->queue[dir], s, from));
		if (queue_rest(&l->queue[dir]).n == LIMIT_KEPT || l->stack->one_sided)
			chain_force(l, dir);
	}
}

/* The chain stayed as it was: what the call left is kept, and if it took something, the other direction may go on. */
static void
after_data(struct layer *l, enum dir dir, slice rest, struct origin from, bool moved)
{
	if (l->fate == DROPS) {
		l->offset[dir] += rest.n;
		return;
	}
	if (rest.n > 0)
		keep(l, dir, rest, from);
	if (moved && (!queue_empty(&l->queue[DIR_CLIENT]) || !queue_empty(&l->queue[DIR_SERVER])))
		offer_both(l, dir_other(dir));
}

/* What a call left when the chain changed goes on in the loop, not in a deeper call: the input must not decide the depth. */
void
chain_data(struct layer *l, enum dir dir, slice s, struct origin from)
{
	struct stack *stack = l->stack;
	unsigned place;

	while (s.n > 0) {
		size_t n;

		if (l->heir != NULL) {
			l = l->heir;
			continue;
		}
		if (l->fate != STAYS) {
			l->offset[dir] += s.n;
			return;
		}
		if (!queue_empty(&l->queue[dir])) {
			keep(l, dir, s, from);
			return;
		}
		n = call_data(l, dir, s, from);
		s = slice_drop(s, n);
		if (settle(l, dir, &place)) {
			l = stack->layer[place];
			continue;
		}
		after_data(l, dir, s, from, n > 0);
		return;
	}
}

/* What is kept is decided first, and that may be the end of l's stay. */
void
chain_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	unsigned place;

	if (l->fate == STAYS)
		chain_force(l, dir);
	if (l->heir != NULL) {
		chain_gap(l->heir, dir, missing);
		return;
	}
	l->offset[dir] += missing;
	if (l->fate != STAYS)
		return;
	l->dissector->gap(l, dir, missing);
	if (!settle(l, dir, &place))
		offer_both(l, dir_other(dir));
}

void
chain_eof(struct layer *l, enum dir dir)
{
	unsigned place;

	if (l->heir != NULL) {
		chain_eof(l->heir, dir);
		return;
	}
	if (l->fate != STAYS || l->eof_told[dir])
		return;
	if (!queue_empty(&l->queue[dir])) {
		l->queue[dir].eof = true;
		return;
	}
	l->eof_told[dir] = true;
	l->dissector->eof(l, dir);
	if (!settle(l, dir, &place))
		offer_both(l, dir_other(dir));
}

void
chain_open(struct layer *l)
{
	unsigned place;

	l->dissector->open(l);
	settle(l, DIR_CLIENT, &place);
}

