/*
 * layer.c - what a dissector may ask for.
 */
#include <string.h>

#include "base/arena.h"
#include "chain.h"

void *
layer_state(struct layer *l)
{
	return l->state;
}

struct arena *
layer_arena(struct layer *l)
{
	if (l->stack->arena == NULL)
		l->stack->arena = arena_new(LIMIT_SESSION_ARENA);
	return l->stack->arena;
}

bool
layer_wanted(struct layer *l, uint32_t want)
{
	return (l->stack->user.wants & want) != 0;
}

void
layer_event(struct layer *l, enum ev_kind kind, enum dir dir, struct event *ev_r)
{
	ev_r->kind = kind;
	ev_r->at = (struct where){
		.packet = l->stack->now.packet, .time = l->stack->now.time, .dir = dir, .decrypted = layer_has_below(l),
	};
}

void
layer_emit(struct layer *l, struct event *ev)
{
	l->stack->user.emit(l->stack->user.self, l->stack, ev);
}

void
layer_note(struct layer *l, enum finding finding, enum dir dir, uint64_t offset, uint64_t length, uint32_t mail, slice detail)
{
	struct event ev;

	layer_event(l, EV_ANOMALY, dir, &ev);
	ev.at.offset = offset;
	ev.at.length = length;
	ev.u.anomaly = (struct ev_anomaly){ finding, mail, detail };
	layer_emit(l, &ev);
}

uint64_t
layer_offset(struct layer *l, enum dir dir)
{
	return l->offset[dir];
}

struct origin
layer_origin(struct layer *l)
{
	return l->stack->now;
}

nstime
layer_handshake_done(struct layer *l)
{
	return l->stack->conn.handshake_done;
}

slice
layer_kept(struct layer *l, enum dir dir)
{
	return queue_rest(&l->queue[dir]);
}

void
layer_offer(struct layer *l, enum dir dir)
{
	chain_offer(l, dir);
}

bool
layer_midstream(struct layer *l)
{
	return l->stack->conn.midstream;
}

bool
layer_one_sided(struct layer *l)
{
	return l->stack->one_sided;
}

uint16_t
layer_port(struct layer *l)
{
	return l->stack->conn.port;
}

bool
layer_eof(struct layer *l, enum dir dir)
{
	return l->eof_told[dir];
}

void
layer_forward(struct layer *l, enum dir dir, slice s)
{
	struct layer *up = chain_above(l);

	if (up != NULL && s.n > 0)
		chain_data(up, dir, s, l->stack->now);
}

void
layer_forward_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	struct layer *up = chain_above(l);

	if (up != NULL)
		chain_gap(up, dir, missing);
}

void
layer_forward_eof(struct layer *l, enum dir dir)
{
	struct layer *up = chain_above(l);

	if (up != NULL)
		chain_eof(up, dir);
}

bool
layer_insert(struct layer *l, const char *name)
{
	struct stack *s = l->stack;
	const struct dissector *d = chain_find_dissector(name);
	struct layer *newcomer;

	if (d == NULL || s->n == LIMIT_LAYERS || s->insertions == LIMIT_INSERTIONS || l->newcomer != NULL)
		return false;
	s->insertions++;
	newcomer = chain_new_layer(s, d);
	newcomer->offset[0] = l->offset[0];
	newcomer->offset[1] = l->offset[1];
	chain_place(s, chain_position(l), newcomer);
	l->newcomer = newcomer;
	d->open(newcomer);
	return true;
}

bool
layer_has_below(struct layer *l)
{
	for (unsigned i = chain_position(l); i > 0; i--)
		if (l->stack->layer[i - 1]->fate != PASSES)
			return true;
	return false;
}

void
layer_retire(struct layer *l, enum retire how)
{
	l->fate = how == LAYER_PASS && chain_above(l) != NULL ? PASSES : DROPS;
}
