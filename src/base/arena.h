/*
 * arena.h - many small things that are freed at once, under a bound.
 *
 * Memory comes zeroed and aligned for any type, and lives until arena_free().
 * Past the cap the answer is NULL: the caller must go on without, and say so.
 */
#ifndef ARENA_H
#define ARENA_H

#include "slice.h"

struct arena;

struct arena *arena_new(size_t cap);		/* cap: bytes handed out, in all */
struct arena *arena_new_counted(size_t cap, size_t *total);	/* what it takes from the system is always in *total too, for a budget */
void   arena_clear(struct arena *);			/* what it held is gone; the memory of a small one is kept for what comes next */
void   arena_free(struct arena **);		/* sets the pointer to NULL; NULL is fine */
void  *arena_zero(struct arena *, size_t size);
bool   arena_copy(struct arena *, slice, slice *copy_r);	/* false and an empty copy past the cap */
size_t arena_used(const struct arena *);	/* bytes taken from the system */

#endif
