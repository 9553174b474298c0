/*
 * stack.c - how bytes climb through a connection's layers.
 *
 * Layers stand in an array, the one next to TCP first. Each has two queues of
 * bytes that it left for later, with the packet that each run came from, so
 * that an event made of kept bytes still names the packet that held its last
 * byte. Whenever one direction moved on, the other one's queue is offered
 * again; the loop ends when neither moves, so that nothing is offered twice
 * for the same reason.
 *
 * A layer may ask to change the chain while it is being called. The chain is
 * changed at once; the bytes change hands after the call has returned, in
 * settle(). Layers that left are freed with the stack, as callers may still
 * stand in them.
 */
#include "stack.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct run {				/* kept bytes up to `end` came in this packet */
	uint64_t end;			/* in bytes since the queue was last empty */
	struct origin from;
};

struct queue {
	struct buf bytes;
	size_t taken;			/* of bytes: already consumed */
	struct run *run;
	size_t nrun, caprun, first;	/* runs before `first` are consumed */
	bool eof;			/* the direction ended behind these bytes */
};

enum fate { STAYS, PASSES, DROPS };

struct layer {
	struct stack *stack;
	const struct dissector *dissector;
	void *state;
	struct layer *retired_next;	/* in the stack's list of those that left */
	struct layer *heir;		/* retired: who has my bytes now */
	uint64_t offset[2];		/* stream offset of the next byte, by enum dir */
	struct queue queue[2];
	bool eof_told[2];
	enum fate fate;
	struct layer *newcomer;		/* inserted under me in the current call */
};

struct early {				/* what came before the protocol was known */
	enum { EARLY_DATA, EARLY_GAP, EARLY_EOF } what;
	enum dir dir;
	size_t n;			/* EARLY_DATA: bytes, one run after the other in `bytes` */
	uint64_t missing;
	struct origin from;
};

struct probing {
	struct buf head[2];
	struct buf bytes;
	struct early *early;
	size_t n, cap;
	bool first_server, any;
};

struct stack {
	struct stack_user user;
	void *tag;
	struct stack_conn conn;
	enum stack_state state;
	bool flipped, one_sided;
	struct probing probing;
	struct layer *layer[LIMIT_LAYERS];	/* [0] is next to TCP */
	unsigned n;
	struct layer *retired;
	struct arena *arena;
	struct origin now;
};

static void deliver(struct layer *, enum dir, slice, struct origin);
static void deliver_eof(struct layer *, enum dir);

/* --- queues --- */

static slice
queue_rest(const struct queue *q)
{
	return slice_drop(buf_slice(&q->bytes), q->taken);
}

static bool
queue_empty(const struct queue *q)
{
	return q->taken == q->bytes.n;
}

static void
queue_clear(struct queue *q)
{
	buf_clear(&q->bytes);
	q->taken = q->first = q->nrun = 0;
}

static void
queue_fini(struct queue *q)
{
	buf_fini(&q->bytes);
	free(q->run);
}

static void
queue_add(struct queue *q, slice s, struct origin from)
{
	if (queue_empty(q))
		queue_clear(q);
	if (q->nrun == q->caprun) {
		q->caprun = q->caprun ? 2 * q->caprun : 4;
		q->run = xrealloc(q->run, q->caprun, sizeof *q->run);
	}
	buf_add(&q->bytes, s);
	q->run[q->nrun++] = (struct run){ q->bytes.n, from };
}

/* The first run that is left: at most its bytes are offered in one call, so that `now` is their packet. */
static slice
queue_head(const struct queue *q, struct origin *from_r)
{
	*from_r = q->run[q->first].from;
	return slice_take(queue_rest(q), (size_t)q->run[q->first].end - q->taken);
}

static void
queue_take(struct queue *q, size_t n)
{
	q->taken += n;
	while (q->first < q->nrun && q->run[q->first].end <= q->taken)
		q->first++;
}

/* --- layers --- */

static unsigned
position(const struct layer *l)
{
	unsigned i;

	for (i = 0; i < l->stack->n && l->stack->layer[i] != l; i++)
		;
	return i;
}

static struct layer *
above(const struct layer *l)
{
	unsigned i = position(l) + 1;

	return i < l->stack->n ? l->stack->layer[i] : NULL;
}

static struct layer *
layer_new(struct stack *s, const struct dissector *d)
{
	struct layer *l = xcalloc(1, sizeof *l);

	l->stack = s;
	l->dissector = d;
	l->state = xcalloc(1, d->state_size);
	for (int dir = 0; dir < 2; dir++)
		buf_init(&l->queue[dir].bytes, LIMIT_KEPT);
	return l;
}

static void
layer_free(struct layer *l)
{
	queue_fini(&l->queue[0]);
	queue_fini(&l->queue[1]);
	free(l->state);
	free(l);
}

static void
place(struct stack *s, unsigned at, struct layer *l)
{
	memmove(&s->layer[at + 1], &s->layer[at], (s->n - at) * sizeof s->layer[0]);
	s->layer[at] = l;
	s->n++;
}

static void
take_out(struct layer *l)
{
	struct stack *s = l->stack;
	unsigned at = position(l);

	s->n--;
	memmove(&s->layer[at], &s->layer[at + 1], (s->n - at) * sizeof s->layer[0]);
	l->retired_next = s->retired;
	s->retired = l;
}

static const struct dissector *
find_dissector(const char *name)
{
	for (const struct dissector *const *d = dissectors; *d != NULL; d++)
		if (strcmp((*d)->name, name) == 0)
			return *d;
	return NULL;
}

/* --- bytes change hands --- */

/*
 * All that `from` has kept goes to `to`, in the packets that it came in. The
 * queue is emptied first, because `to` may at once give the bytes back.
 */
static void
hand_over(struct layer *from, struct layer *to, enum dir dir)
{
	struct queue q = from->queue[dir];
	struct origin saved = from->stack->now;
	bool ended = q.eof || from->eof_told[dir];

	from->queue[dir] = (struct queue){ .bytes.max = LIMIT_KEPT };
	while (!queue_empty(&q)) {
		struct origin origin;
		slice head = queue_head(&q, &origin);

		deliver(to, dir, head, origin);
		queue_take(&q, head.n);
	}
	queue_fini(&q);
	from->stack->now = saved;
	if (ended)
		deliver_eof(to, dir);
}

/* After a call of l: if the chain changed, bytes find their new owner. `rest` of dir is what the call left. True: it changed. */
static bool
settle(struct layer *l, enum dir dir, slice rest, struct origin from)
{
	enum dir other = dir_other(dir);
	struct layer *next = l->newcomer;

	if (next == NULL && l->fate != PASSES)
		return false;
	l->newcomer = NULL;
	if (next == NULL) {
		next = l->heir = above(l);
		take_out(l);
		l->fate = DROPS;
	}
	next->offset[dir] = l->offset[dir];
	next->offset[other] = l->offset[other];
	hand_over(l, next, other);
	if (rest.n > 0)
		deliver(next, dir, rest, from);
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

/* The chain changed while l was offered what it keeps of dir: all that is left of it is the new owner's. */
static void
settle_queue(struct layer *l, enum dir dir, struct origin from)
{
	struct layer *next = l->newcomer ? l->newcomer : above(l);

	settle(l, dir, SLICE_NONE, from);
	hand_over(l, next, dir);
}

/* Offers what is kept of dir, packet by packet. True: something was taken, or the chain changed. */
static bool
offer(struct layer *l, enum dir dir)
{
	struct queue *q = &l->queue[dir];
	struct origin saved = l->stack->now;
	bool moved = false;

	while (!queue_empty(q) && l->fate == STAYS) {
		struct origin from;
		slice head = queue_head(q, &from);
		size_t n = call_data(l, dir, head, from);

		queue_take(q, n);
		moved |= n > 0;
		if (l->newcomer != NULL || l->fate == PASSES) {
			settle_queue(l, dir, from);
			moved = true;
			break;
		}
		if (n < head.n)
			break;
	}
	l->stack->now = saved;
	if (queue_empty(q) && q->eof && l->fate == STAYS) {
		q->eof = false;
		deliver_eof(l, dir);
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
		idle = offer(l, dir) ? 0 : idle + 1;
		dir = dir_other(dir);
	}
}

/* The layer must take what is kept of dir now, on a guess. What it still leaves is lost to it. */
static void
force(struct layer *l, enum dir dir)
{
	while (!queue_empty(&l->queue[dir]) && l->fate == STAYS) {
		size_t before = queue_rest(&l->queue[dir]).n;

		l->dissector->decide(l, dir);
		offer(l, dir);
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
	struct queue *q = &l->queue[dir];

	while (s.n > 0 && l->fate == STAYS) {
		slice fits = slice_take(s, LIMIT_KEPT - queue_rest(q).n);

		if (q->taken > 0 && q->bytes.n + fits.n > LIMIT_KEPT) {
			uint64_t shift = q->taken;

			buf_drop(&q->bytes, q->taken);
			memmove(q->run, q->run + q->first, (q->nrun - q->first) * sizeof *q->run);
			q->nrun -= q->first;
			q->first = q->taken = 0;
			for (size_t i = 0; i < q->nrun; i++)
				q->run[i].end -= shift;
		}
		queue_add(q, fits, from);
		s = slice_drop(s, fits.n);
		if (queue_rest(q).n == LIMIT_KEPT || l->stack->one_sided)
			force(l, dir);
	}
}

static void
deliver(struct layer *l, enum dir dir, slice s, struct origin from)
{
	size_t n;

	if (l->heir != NULL) {
		deliver(l->heir, dir, s, from);
		return;
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
	if (settle(l, dir, s, from))
		return;
	if (l->fate == DROPS) {
		l->offset[dir] += s.n;
		return;
	}
	if (s.n > 0)
		keep(l, dir, s, from);
	if (n > 0 && (!queue_empty(&l->queue[DIR_CLIENT]) || !queue_empty(&l->queue[DIR_SERVER])))
		offer_both(l, dir_other(dir));
}

static void
deliver_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	if (l->heir != NULL) {
		deliver_gap(l->heir, dir, missing);
		return;
	}
	if (l->fate == STAYS)
		force(l, dir);
	l->offset[dir] += missing;
	if (l->fate != STAYS)
		return;
	l->dissector->gap(l, dir, missing);
	if (!settle(l, dir, SLICE_NONE, l->stack->now))
		offer_both(l, dir_other(dir));
}

static void
deliver_eof(struct layer *l, enum dir dir)
{
	if (l->heir != NULL) {
		deliver_eof(l->heir, dir);
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
	if (!settle(l, dir, SLICE_NONE, l->stack->now))
		offer_both(l, dir_other(dir));
}

/* --- before the protocol is known --- */

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
		*found_r = find_dissector(s->conn.forced);
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
probe(struct stack *s, const struct dissector **found_r)
{
	struct probing *p = &s->probing;
	struct hint hint = {
		.head = { buf_slice(&p->head[0]), buf_slice(&p->head[1]) },
		.port = s->conn.port,
		.mail_port = s->conn.mail_port,
		.whole = !s->conn.midstream,
		.first_server = p->first_server,
	};
	enum probe answer = ask(s, &hint, found_r);

	if (answer == PROBE_MORE && (hint.head[0].n == LIMIT_HEAD || hint.head[1].n == LIMIT_HEAD))
		return PROBE_NO;
	return answer;
}

static void
open_layer(struct layer *l)
{
	l->dissector->open(l);
	settle(l, DIR_CLIENT, SLICE_NONE, l->stack->now);
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
	place(s, 0, layer_new(s, d));
	open_layer(s->layer[0]);
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
			deliver(s->layer[0], turned(s, e->dir), slice_take(bytes, e->n), e->from);
			bytes = slice_drop(bytes, e->n);
			break;
		case EARLY_GAP:
			s->now = e->from;
			deliver_gap(s->layer[0], turned(s, e->dir), e->missing);
			break;
		case EARLY_EOF:
			s->now = e->from;
			deliver_eof(s->layer[0], turned(s, e->dir));
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
	enum probe answer = probe(s, &d);

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
	answer = probe(s, &d);
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
	deliver(s->layer[0], turned(s, dir), bytes, from);
}

/* --- the stack's own doors --- */

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
		layer_free(s->layer[i]);
	for (struct layer *l = s->retired, *next; l != NULL; l = next) {
		next = l->retired_next;
		layer_free(l);
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
		deliver(s->layer[0], turned(s, dir), bytes, from);
	else if (s->state == STACK_PROBING)
		early_data(s, dir, bytes, from);
}

/* A gap says nothing of the protocol: at a mail port, where the lost bytes may well be the greeting, the next bytes decide. */
void
stack_gap(struct stack *s, enum dir dir, uint64_t missing, struct origin from)
{
	s->now = from;
	if (s->state == STACK_FOUND)
		deliver_gap(s->layer[0], turned(s, dir), missing);
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
		deliver_eof(s->layer[0], turned(s, dir));
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
		force(s->layer[i], DIR_CLIENT);
		force(s->layer[i], DIR_SERVER);
	}
}

void
stack_close(struct stack *s, enum why why, enum dir who, struct origin from)
{
	s->now = from;
	if (s->state == STACK_PROBING && s->probing.any)
		try(s, true);
	for (unsigned i = 0; i < s->n; i++) {
		force(s->layer[i], DIR_CLIENT);
		force(s->layer[i], DIR_SERVER);
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

	for (unsigned i = 0; i < s->n; i++)
		n += sizeof *s->layer[i] + s->layer[i]->dissector->state_size
		    + s->layer[i]->queue[0].bytes.cap + s->layer[i]->queue[1].bytes.cap;
	return n;
}

/* --- what a dissector may ask for --- */

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

struct event
layer_event(struct layer *l, enum ev_kind kind, enum dir dir)
{
	struct event ev;

	memset(&ev, 0, sizeof ev);
	ev.kind = kind;
	ev.at.packet = l->stack->now.packet;
	ev.at.time = l->stack->now.time;
	ev.at.dir = dir;
	return ev;
}

void
layer_emit(struct layer *l, const struct event *given)
{
	struct event ev = *given;

	ev.at.decrypted = layer_has_below(l);
	l->stack->user.emit(l->stack->user.self, l->stack, &ev);
}

void
layer_note(struct layer *l, enum finding finding, enum dir dir, uint64_t offset, uint64_t length, uint32_t mail, slice detail)
{
	struct event ev = layer_event(l, EV_ANOMALY, dir);

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
	struct layer *up = above(l);

	if (up != NULL && s.n > 0)
		deliver(up, dir, s, l->stack->now);
}

void
layer_forward_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	struct layer *up = above(l);

	if (up != NULL)
		deliver_gap(up, dir, missing);
}

void
layer_forward_eof(struct layer *l, enum dir dir)
{
	struct layer *up = above(l);

	if (up != NULL)
		deliver_eof(up, dir);
}

bool
layer_insert(struct layer *l, const char *name)
{
	struct stack *s = l->stack;
	const struct dissector *d = find_dissector(name);
	struct layer *newcomer;

	if (d == NULL || s->n == LIMIT_LAYERS || l->newcomer != NULL)
		return false;
	newcomer = layer_new(s, d);
	newcomer->offset[0] = l->offset[0];
	newcomer->offset[1] = l->offset[1];
	place(s, position(l), newcomer);
	l->newcomer = newcomer;
	d->open(newcomer);
	return true;
}

bool
layer_has_below(struct layer *l)
{
	return position(l) > 0;
}

void
layer_retire(struct layer *l, enum retire how)
{
	l->fate = how == LAYER_PASS && above(l) != NULL ? PASSES : DROPS;
}
