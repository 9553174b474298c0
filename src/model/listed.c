#include "listed.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"

enum { LEAST = 64 };

void
listed_fini(struct listed *l)
{
	free(l->v);
}

static size_t
most(size_t bytes)
{
	size_t n = bytes / sizeof(struct model_finding);

	if (n > LIMIT_MODEL_FINDINGS)
		return LIMIT_MODEL_FINDINGS;
	return n < LEAST ? LEAST : n;
}

static void
grow(struct listed *l, size_t limit)
{
	l->cap = l->cap ? 2 * l->cap : LEAST;
	if (l->cap > limit)
		l->cap = limit;
	l->v = xrealloc(l->v, l->cap, sizeof *l->v);
}

void
listed_add(struct listed *l, const struct model_finding *f, size_t bytes)
{
	size_t limit = most(bytes);

	l->all++;
	if (l->n == limit) {
		l->v[l->oldest] = *f;
		l->oldest = (l->oldest + 1) % limit;
		return;
	}
	if (l->n == l->cap)
		grow(l, limit);
	l->v[l->n++] = *f;
}

struct model_finding
listed_at(const struct listed *l, size_t i)
{
	return l->v[(l->oldest + i) % l->n];
}

size_t
listed_memory(const struct listed *l)
{
	return l->cap * sizeof *l->v;
}
