/*
 * stack.c - finds the protocol of a connection, then feeds its layers.
 *
 * Until a dissector has said yes, what comes is kept in the order in which it
 * came; the piece that decides is never copied, and almost always it is the
 * first one.
 */
#include "stack.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "chain.h"

static void
probing_add(struct stack *s, struct early e, slice bytes)
{
	struct probing *p = &s->probing;

	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 4;
		p->early = xrealloc(p->early, p->cap, sizeof *p->early);
	}
	e.n = bytes.n;
	p->early[p->n++] = e;
	buf_add(&p->bytes, bytes);
}

static void
probing_fini(struct probing *p)
{
	buf_fini(&p->head[0]);
	buf_fini(&p->head[1]);
	buf_fini(&p->bytes);
	free(p->early);
	p->early = NULL;
	p->n = p->cap = 0;
}

/* Asks every dissector in the order of their ranks. */
static enum probe
ask(struct stack *s, const struct hint *hint, const struct dissector **found_r)
{
	enum probe best = PROBE_NO;
	int rank = -1;

	if (s->conn.forced != NULL) {
		*found_r = chain_find_dissector(s->conn.forced);
		return *found_r ? PROBE_YES : PROBE_NO;
	}
	for (const struct dissector *const *d = dissectors; *d != NULL; d++) {
		enum probe answer;

		if ((*d)->rank < 0 || (*d)->probe == NULL)
			continue;
		answer = (*d)->probe(hint);
		if ((answer == PROBE_YES || answer == PROBE_FLIPPED) && (rank < 0 || (*d)->rank < rank)) {
			best = answer;
			rank = (*d)->rank;
			*found_r = *d;
		} else if (answer == PROBE_MORE && rank < 0)
			best = PROBE_MORE;
	}
	return best;
}

static enum probe
probe(struct stack *s, bool last, const struct dissector **found_r)
{
	struct probing *p = &s->probing;
	struct hint hint = {
		.head = { buf_slice(&p->head[0]), buf_slice(&p->head[1]) },
		.port = s->conn.port,
		.mail_port = s->conn.mail_port,
		.whole = !s->conn.midstream,
		.first_server = p->first_server,
		.last = last,
	};
	enum probe answer = ask(s, &hint, found_r);

	if (answer == PROBE_MORE && (hint.head[0].n == LIMIT_HEAD || hint.head[1].n == LIMIT_HEAD))
		return PROBE_NO;
	return answer;
}

static enum dir
turned(const struct stack *s, enum dir dir)
{
	return s->flipped ? dir_other(dir) : dir;
}

static void
found(struct stack *s, const struct dissector *d, bool flipped)
{
	s->state = STACK_FOUND;
	s->flipped = flipped;
	s->user.found(s->user.self, s, d, flipped);
	chain_place(s, 0, chain_new_layer(s, d));
	chain_open(s->layer[0]);
}

/* What came early is given in the order in which it came. */
static void
replay(struct stack *s)
{
	struct probing p = s->probing;
	slice bytes = buf_slice(&p.bytes);

	s->probing = (struct probing){ 0 };
	for (size_t i = 0; i < p.n; i++) {
		const struct early *e = &p.early[i];

		switch (e->what) {
		case EARLY_DATA:
			chain_data(s->layer[0], turned(s, e->dir), slice_take(bytes, e->n), e->from);
			bytes = slice_drop(bytes, e->n);
			break;
		case EARLY_GAP:
			s->now = e->from;
			chain_gap(s->layer[0], turned(s, e->dir), e->missing);
			break;
		case EARLY_EOF:
			s->now = e->from;
			chain_eof(s->layer[0], turned(s, e->dir));
			break;
		}
	}
	probing_fini(&p);
}

/* Something early was added: is it known now? `last`: nothing more will come. */
static void
try(struct stack *s, bool last)
{
	const struct dissector *d = NULL;
	enum probe answer = probe(s, last, &d);

	if (answer == PROBE_YES || answer == PROBE_FLIPPED) {
		found(s, d, answer == PROBE_FLIPPED);
		replay(s);
		return;
	}
	if (answer == PROBE_NO || last)
		s->state = STACK_REJECTED;
}

static void
early_data(struct stack *s, enum dir dir, slice bytes, struct origin from)
{
	struct probing *p = &s->probing;
	const struct dissector *d = NULL;
	enum probe answer;

	if (!p->any) {
		p->any = true;
		p->first_server = dir == DIR_SERVER;
	}
	buf_add(&p->head[dir], bytes);
	answer = probe(s, false, &d);
	if (answer == PROBE_NO) {
		s->state = STACK_REJECTED;
		return;
	}
	if (answer == PROBE_MORE) {
		probing_add(s, (struct early){ .what = EARLY_DATA, .dir = dir, .from = from }, bytes);
		return;
	}
	found(s, d, answer == PROBE_FLIPPED);
	replay(s);
	/* The piece that decided was never copied. */
	chain_data(s->layer[0], turned(s, dir), bytes, from);
}

struct stack *
stack_new(const struct stack_user *user, void *tag, const struct stack_conn *conn)
{
	struct stack *s = xcalloc(1, sizeof *s);

	s->user = *user;
	s->tag = tag;
	s->conn = *conn;
	buf_init(&s->probing.head[0], LIMIT_HEAD);
	buf_init(&s->probing.head[1], LIMIT_HEAD);
	buf_init(&s->probing.bytes, LIMIT_KEPT);
	return s;
}

void
stack_free(struct stack **sp)
{
	struct stack *s = *sp;

	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->n; i++)
		chain_free_layer(s->layer[i]);
	for (struct layer *l = s->retired, *next; l != NULL; l = next) {
		next = l->retired_next;
		chain_free_layer(l);
	}
	probing_fini(&s->probing);
	arena_free(&s->arena);
	free(s);
	*sp = NULL;
}

void *
stack_tag(struct stack *s)
{
	return s->tag;
}

enum stack_state
stack_state(const struct stack *s)
{
	return s->state;
}

bool
stack_flipped(const struct stack *s)
{
	return s->flipped;
}

slice
stack_head(const struct stack *s, enum dir dir)
{
	return buf_slice(&s->probing.head[dir]);
}

void
stack_data(struct stack *s, enum dir dir, slice bytes, struct origin from)
{
	s->now = from;
	if (s->state == STACK_FOUND)
		chain_data(s->layer[0], turned(s, dir), bytes, from);
	else if (s->state == STACK_PROBING)
		early_data(s, dir, bytes, from);
	else if (!s->probing.gap[dir])
		buf_add(&s->probing.head[dir], bytes);
}

/* A gap says nothing of the protocol: at a mail port, where the lost bytes may well be the greeting, the next bytes decide. */
void
stack_gap(struct stack *s, enum dir dir, uint64_t missing, struct origin from)
{
	s->now = from;
	if (s->state == STACK_FOUND)
		chain_gap(s->layer[0], turned(s, dir), missing);
	s->probing.gap[dir] |= s->probing.head[dir].n > 0;
	if (s->state != STACK_PROBING)
		return;
	probing_add(s, (struct early){ .what = EARLY_GAP, .dir = dir, .missing = missing, .from = from }, SLICE_NONE);
	if (s->probing.head[dir].n > 0 || !s->conn.mail_port)
		try(s, true);
}

void
stack_eof(struct stack *s, enum dir dir, struct origin from)
{
	s->now = from;
	if (s->state == STACK_FOUND)
		chain_eof(s->layer[0], turned(s, dir));
	if (s->state != STACK_PROBING)
		return;
	probing_add(s, (struct early){ .what = EARLY_EOF, .dir = dir, .from = from }, SLICE_NONE);
	if (s->probing.head[dir].n > 0)
		try(s, s->probing.head[dir_other(dir)].n > 0);
}

void
stack_one_sided(struct stack *s, struct origin from)
{
	s->now = from;
	s->one_sided = true;
	for (unsigned i = 0; i < s->n; i++) {
		chain_force(s->layer[i], DIR_CLIENT);
		chain_force(s->layer[i], DIR_SERVER);
	}
}

void
stack_close(struct stack *s, enum why why, enum dir who, struct origin from)
{
	s->now = from;
	if (s->state == STACK_PROBING && s->probing.any)
		try(s, true);
	for (unsigned i = 0; i < s->n; i++) {
		chain_force(s->layer[i], DIR_CLIENT);
		chain_force(s->layer[i], DIR_SERVER);
	}
	s->now = from;
	for (unsigned i = 0; i < s->n; i++)
		if (s->layer[i]->dissector->close != NULL)
			s->layer[i]->dissector->close(s->layer[i], why, turned(s, who));
}

size_t
stack_memory(const struct stack *s)
{
	size_t n = sizeof *s + s->probing.bytes.cap + (s->arena ? arena_used(s->arena) : 0);

	for (unsigned i = 0; i < s->n; i++) {
		struct layer *l = s->layer[i];

		n += sizeof *l + l->dissector->state_size + queue_memory(&l->queue[0]) + queue_memory(&l->queue[1])
		    + (l->dissector->memory ? l->dissector->memory(l) : 0);
	}
	return n;
}

