/*
 * cursor.h - where a reader stands in a file: the bytes ahead of it, in one
 * piece, used where read() put them.
 *
 * Only what straddles the end of a block is moved, to the front of the next
 * one. cursor_need() can be asked again after AGAIN; nothing has moved then.
 */
#ifndef CURSOR_H
#define CURSOR_H

#include "input.h"
#include "ring.h"

enum got { GOT, GOT_END, GOT_AGAIN };		/* END: fewer bytes are left than were asked for */

struct cursor {
	const uint8_t *p, *end;		/* what is ahead */
	uint64_t end_offset;		/* of `end` in the decompressed file */
	uint64_t skip;			/* bytes still to be passed over */
	struct block *block;
	struct ring *ring;
	struct input input;
	size_t block_size;
	bool over;			/* the input has ended */
	enum input_end why;		/* then: how */
};

/* The first block has first_size bytes, so that a small file does not hold a large block. */
void cursor_init(struct cursor *, const struct input *, struct ring *, size_t first_size, size_t block_size);
void cursor_fini(struct cursor *);		/* closes the input */
enum got cursor_fill(struct cursor *, size_t n);	/* the slow half of cursor_need */
enum got cursor_skip(struct cursor *, uint64_t n);	/* after AGAIN: cursor_skip(c, 0) goes on with it */

static inline size_t   cursor_left(const struct cursor *c) { return (size_t)(c->end - c->p); }
static inline uint64_t cursor_offset(const struct cursor *c) { return c->end_offset - cursor_left(c); }
static inline uint64_t cursor_mark(const struct cursor *c) { return block_mark(c->block); }

/* Are n bytes (up to 1 MiB) ahead, in one piece? */
static inline enum got
cursor_need(struct cursor *c, size_t n)
{
	return cursor_left(c) >= n ? GOT : cursor_fill(c, n);
}

#endif
