/*
 * ring.h - the blocks that frames stand in, remembered for a while.
 *
 * All files of a source share one ring. A file takes a block, fills it, and
 * releases it when it goes on to the next; released blocks keep their bytes
 * until `keep` younger bytes have been released after them, then the oldest is
 * taken again. A mark names a block and which use of it, so that recall is one
 * comparison, whatever the number of files. Marks grow with every block taken.
 */
#ifndef RING_H
#define RING_H

#include "base/slice.h"

struct ring;

struct block {
	uint8_t *bytes;
	size_t cap;
	size_t used;			/* set by the owner */
	uint64_t serial;		/* of this use of the block */
	uint32_t index;
	struct block *next;		/* in the queue of released ones */
};

struct ring *ring_new(size_t keep);
void ring_free(struct ring **);				/* with all blocks, taken or not */
struct block *ring_take(struct ring *, size_t cap);	/* nothing is used of it yet */
void ring_release(struct ring *, struct block **);	/* NULL is fine */
bool ring_recall(const struct ring *, uint64_t mark);

enum { RING_INDEX_BITS = 20 };

static inline uint64_t
block_mark(const struct block *b)
{
	return b->serial << RING_INDEX_BITS | b->index;
}

#endif
