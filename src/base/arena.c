#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) uint8_t bytes[];
};

enum { BLOCK_FIRST = 1536, BLOCK_MOST = 64 * 1024 };

struct arena {
	struct block *blocks;		/* newest first; the oldest is `first` */
	size_t cap, given, taken;
	size_t *total;			/* of many arenas, or NULL */
	struct block first;		/* with BLOCK_FIRST bytes: most arenas need no other */
};

struct arena *
arena_new(size_t cap)
{
	struct arena *a = xrealloc(NULL, 1, sizeof *a + BLOCK_FIRST);

	*a = (struct arena){ .cap = cap, .first.size = BLOCK_FIRST };
	a->blocks = &a->first;
	return a;
}

static void
count(struct arena *a, size_t taken)
{
	if (a->total != NULL)
		*a->total += taken;
}

struct arena *
arena_new_counted(size_t cap, size_t *total)
{
	struct arena *a = arena_new(cap);

	a->total = total;
	count(a, arena_used(a));
	return a;
}

/* All but the first one and the one to be kept. */
static void
free_blocks(struct arena *a, const struct block *kept)
{
	for (struct block *b = a->blocks, *next; b != &a->first; b = next) {
		next = b->next;
		if (b == kept)
			continue;
		count(a, 0 - (sizeof *b + b->size));
		a->taken -= sizeof *b + b->size;
		free(b);
	}
}

/* The newest is the largest: for as much again it is enough. */
void
arena_clear(struct arena *a)
{
	struct block *kept = a->blocks != &a->first && a->blocks->size <= BLOCK_MOST ? a->blocks : &a->first;

	free_blocks(a, kept);
	a->blocks = kept;
	a->given = a->first.used = kept->used = 0;
	if (kept != &a->first)
		kept->next = &a->first;
}

void
arena_free(struct arena **ap)
{
	struct arena *a = *ap;

	if (a == NULL)
		return;
	free_blocks(a, NULL);
	count(a, 0 - arena_used(a));
	free(a);
	*ap = NULL;
}

/* Blocks double in size, so that a small session stays small and a large one does not call malloc for every string. */
static struct block *
grow(struct arena *a, size_t size)
{
	size_t want = a->blocks->size * 2;
	struct block *b;

	if (want > BLOCK_MOST)
		want = BLOCK_MOST;
	if (want < size)
		want = size;
	b = xrealloc(NULL, 1, sizeof *b + want);
	*b = (struct block){ .size = want, .next = a->blocks };
	a->blocks = b;
	a->taken += sizeof *b + want;
	count(a, sizeof *b + want);
	return b;
}

/* NULL past the cap. What is handed out is cleared by who needs it so, and no more than that. */
static void *
take(struct arena *a, size_t size)
{
	const size_t unit = alignof(max_align_t);
	struct block *b = a->blocks;
	void *p;

	if (size > a->cap || a->given > a->cap - size)
		return NULL;
	size = (size + unit - 1) / unit * unit;
	if (b->size - b->used < size)
		b = grow(a, size);
	p = b->bytes + b->used;
	b->used += size;
	a->given += size;
	return p;
}

void *
arena_zero(struct arena *a, size_t size)
{
	void *p = take(a, size);

	return p ? memset(p, 0, size) : NULL;
}

bool
arena_copy(struct arena *a, slice s, slice *copy_r)
{
	uint8_t *p = take(a, s.n ? s.n : 1);

	*copy_r = SLICE_NONE;
	if (p == NULL)
		return false;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*copy_r = (slice){ p, s.n };
	return true;
}

size_t
arena_used(const struct arena *a)
{
	return sizeof *a + BLOCK_FIRST + a->taken;
}
