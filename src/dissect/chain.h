/*
 * chain.h - the layers of one connection, and how bytes pass between them.
 * Shared by stack.c (which feeds the chain), chain.c and layer.c (what a
 * dissector may ask of it).
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <stdalign.h>
#include <stddef.h>

#include "base/limits.h"
#include "queue.h"
#include "stack.h"

enum fate { STAYS, PASSES, DROPS };

struct layer {
	struct stack *stack;
	const struct dissector *dissector;
	struct layer *retired_next;	/* in the stack's list of those that left */
	struct layer *heir;		/* retired: who has my bytes now */
	uint64_t offset[2];		/* stream offset of the next byte, by enum dir */
	struct queue queue[2];
	bool eof_told[2];
	enum fate fate;
	struct layer *newcomer;		/* inserted under me in the current call */
	alignas(max_align_t) uint8_t state[];	/* the dissector's own */
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
	bool gap[2];			/* bytes were lost behind the head: what follows is not its end */
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
	unsigned n, insertions;
	struct layer *retired;
	struct arena *arena;
	struct origin now;		/* the packet of the bytes given now */
};

const struct dissector *chain_find_dissector(const char *name);
struct layer *chain_new_layer(struct stack *, const struct dissector *);
void chain_free_layer(struct layer *);
unsigned chain_position(const struct layer *);
struct layer *chain_above(const struct layer *);
void chain_place(struct stack *, unsigned at, struct layer *);

void chain_open(struct layer *);
void chain_data(struct layer *, enum dir, slice, struct origin);
void chain_gap(struct layer *, enum dir, uint64_t missing);
void chain_eof(struct layer *, enum dir);
/* Offers what is kept of dir, packet by packet. True: something was taken, or the chain changed. */
bool chain_offer(struct layer *, enum dir);
/* The layer must take what is kept of dir now, on a guess. What it still leaves is lost to it. */
void chain_force(struct layer *, enum dir);

#endif
