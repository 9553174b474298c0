#include "ring.h"

#include <stdlib.h>

#include "base/err.h"

struct ring {
	struct block **block;		/* by index */
	size_t nblock, cap;
	struct block *oldest, **newest;	/* released ones */
	size_t keep, released;		/* bytes used in released ones */
	uint64_t serial;
};

struct ring *
ring_new(size_t keep)
{
	struct ring *r = xcalloc(1, sizeof *r);

	r->keep = keep;
	r->newest = &r->oldest;
	return r;
}

void
ring_free(struct ring **rp)
{
	struct ring *r = *rp;

	if (r == NULL)
		return;
	for (size_t i = 0; i < r->nblock; i++) {
		free(r->block[i]->bytes);
		free(r->block[i]);
	}
	free(r->block);
	free(r);
	*rp = NULL;
}

static struct block *
new_block(struct ring *r)
{
	struct block *b = xcalloc(1, sizeof *b);

	CHECK(r->nblock < (size_t)1 << RING_INDEX_BITS);
	if (r->nblock == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->block = xrealloc(r->block, r->cap, sizeof(struct block *));
	}
	b->index = (uint32_t)r->nblock;
	r->block[r->nblock++] = b;
	return b;
}

/* The oldest released block, if what was released after it is enough to keep. */
static struct block *
reuse_block(struct ring *r)
{
	struct block *b = r->oldest;

	if (b == NULL || r->released - b->used < r->keep)
		return NULL;
	r->oldest = b->next;
	if (r->oldest == NULL)
		r->newest = &r->oldest;
	r->released -= b->used;
	return b;
}

struct block *
ring_take(struct ring *r, size_t cap)
{
	struct block *b = reuse_block(r);

	if (b == NULL)
		b = new_block(r);
	if (b->cap < cap) {
		free(b->bytes);
		b->bytes = xrealloc(NULL, cap, 1);	/* not zeroed: read() will fill it */
		b->cap = cap;
	}
	b->serial = ++r->serial;
	b->used = 0;
	b->next = NULL;
	return b;
}

void
ring_release(struct ring *r, struct block **bp)
{
	struct block *b = *bp;

	if (b == NULL)
		return;
	*r->newest = b;
	r->newest = &b->next;
	r->released += b->used;
	*bp = NULL;
}

bool
ring_recall(const struct ring *r, uint64_t mark)
{
	uint64_t index = mark & (((uint64_t)1 << RING_INDEX_BITS) - 1);

	return mark != 0 && index < r->nblock && r->block[index]->serial == mark >> RING_INDEX_BITS;
}
