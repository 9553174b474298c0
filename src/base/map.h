/*
 * map.h - numbers to pointers.
 *
 * For keys that the program itself gives out (session numbers) or has mixed
 * with a secret seed: the hash alone does not withstand chosen keys. Open
 * addressing; grows and shrinks with what it holds. Values are never NULL and
 * belong to the caller.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_slot { uint64_t key; void *value; };

/* All zero is an empty map. */
struct map {
	struct map_slot *slot;
	size_t n;			/* held */
	size_t size;			/* slots: a power of two, or 0 */
};

void  map_fini(struct map *);				/* not the values */
void *map_get(const struct map *, uint64_t key);	/* or NULL */
void  map_put(struct map *, uint64_t key, void *value);	/* the key must not be there yet */
void *map_take(struct map *, uint64_t key);		/* removes; NULL: was not there */
/* All values in no order: start with *cursor 0, until NULL. The map must not change between. */
void *map_next(const struct map *, size_t *cursor);

#endif
