/*
 * piece.h - the bytes of one direction that cannot be released yet.
 *
 * Pieces never overlap. They are kept by stream offset, in a treap (a search
 * tree whose shape is that of random insertion, whatever the order of
 * arrival) and in a list; those above the receiver's frontier also stand in a
 * second list by time of arrival.
 *
 * A piece owns a copy of its bytes. Missing bytes are pieces too, so that gaps
 * are released in their turn.
 */
#ifndef FLOW_PIECE_H
#define FLOW_PIECE_H

#include "base/net.h"

enum piece_kind {
	PIECE_BYTES,
	PIECE_CUT,		/* captured without its bytes: the snaplen */
	PIECE_GAP		/* not captured */
};

/* Where a frame's bytes are, as long as the source can recall it. */
struct frame_ref {
	const uint8_t *p;
	uint64_t mark;
};

struct piece {
	struct piece *prev, *next;		/* by offset */
	struct piece *left, *right;		/* the treap */
	struct piece *older, *newer;		/* by arrival, while above the frontier */
	int64_t pos, end;			/* stream offsets */
	int64_t rank;				/* where the segment began, or the one it was glued to (overlap.c) */
	int64_t ack;				/* acknowledges the other stream up to here */
	struct origin from;
	struct frame_ref frame;			/* of its first byte */
	const uint8_t *bytes;			/* of its first byte, inside `copy` */
	size_t cost;				/* memory taken */
	uint32_t priority;
	uint8_t kind;
	uint8_t ttl;
	bool waiting;				/* in the list by arrival */
	bool begun;				/* a gap whose first part was told */
	uint8_t copy[];
};

struct pieces {
	struct piece *root, *first, *last;
	struct piece *oldest, *newest;		/* of those above the frontier, by arrival */
	size_t count, cost;
	uint32_t random;
};

/* A piece with the range, kind, origin and frame of `like`; its bytes are copied. It is in no list. */
struct piece *piece_new(const struct piece *like);
void piece_trim_front(struct piece *, int64_t pos);
void piece_trim_back(struct piece *, int64_t end);

void pieces_init(struct pieces *, uint32_t seed);
void pieces_free(struct pieces *);				/* the pieces, not the struct */
void pieces_insert(struct pieces *, struct piece *);		/* where none is; it joins the list by arrival */
void pieces_remove(struct pieces *, struct piece *);		/* and frees it */
void pieces_settle(struct pieces *, struct piece *);		/* out of the list by arrival: the frontier has passed it */
struct piece *pieces_at(const struct pieces *, int64_t pos);	/* the first that ends behind pos, or NULL */

#endif
