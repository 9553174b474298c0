#include "map.h"

#include <stdlib.h>

#include "err.h"

enum { MAP_FIRST = 16 };

/* Fibonacci hashing: neighbouring numbers land far apart. */
static size_t
home(const struct map *m, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (m->size - 1);
}

static size_t
probe(const struct map *m, uint64_t key)
{
	size_t i = home(m, key);

	while (m->slot[i].value != NULL && m->slot[i].key != key)
		i = (i + 1) & (m->size - 1);
	return i;
}

static void
resize(struct map *m, size_t size)
{
	struct map old = *m;

	m->slot = xcalloc(size, sizeof *m->slot);
	m->size = size;
	for (size_t i = 0; i < old.size; i++)
		if (old.slot[i].value != NULL)
			m->slot[probe(m, old.slot[i].key)] = old.slot[i];
	free(old.slot);
}

void
map_fini(struct map *m)
{
	free(m->slot);
	*m = (struct map){ 0 };
}

void *
map_get(const struct map *m, uint64_t key)
{
	return m->n == 0 ? NULL : m->slot[probe(m, key)].value;
}

void
map_put(struct map *m, uint64_t key, void *value)
{
	size_t i;

	CHECK(value != NULL);
	if (m->n >= m->size / 2)
		resize(m, m->size ? m->size * 2 : MAP_FIRST);
	i = probe(m, key);
	CHECK(m->slot[i].value == NULL);
	m->slot[i] = (struct map_slot){ key, value };
	m->n++;
}

/* Closes the hole at i: whoever probed past it moves back, so that no tombstones are needed. */
static void
close_hole(struct map *m, size_t i)
{
	size_t mask = m->size - 1;

	for (size_t j = (i + 1) & mask; m->slot[j].value != NULL; j = (j + 1) & mask)
		if (((j - home(m, m->slot[j].key)) & mask) >= ((j - i) & mask)) {
			m->slot[i] = m->slot[j];
			i = j;
		}
	m->slot[i] = (struct map_slot){ 0 };
}

void *
map_take(struct map *m, uint64_t key)
{
	size_t i;
	void *value;

	if (m->n == 0)
		return NULL;
	i = probe(m, key);
	value = m->slot[i].value;
	if (value == NULL)
		return NULL;
	close_hole(m, i);
	m->n--;
	if (m->size > MAP_FIRST && m->n < m->size / 8)
		resize(m, m->size / 2);
	return value;
}

void *
map_next(const struct map *m, size_t *cursor)
{
	while (*cursor < m->size) {
		void *value = m->slot[(*cursor)++].value;

		if (value != NULL)
			return value;
	}
	return NULL;
}
