#include "edges.h"

#include <string.h>

/* The place of the first edge that is not below `offset`. Almost always the last: segments come in order. */
static size_t
place(const struct edges *e, uint64_t offset)
{
	size_t i = e->n;

	while (i > 0 && e->at[i - 1] >= offset)
		i--;
	return i;
}

void
edges_add(struct edges *e, uint64_t offset)
{
	size_t i = place(e, offset);

	if (i < e->n && e->at[i] == offset)
		return;
	if (e->n == EDGES_KEPT) {
		if (i == 0)
			return;
		edges_forget(e, e->at[0] + 1);
		i--;
	}
	memmove(&e->at[i + 1], &e->at[i], (e->n - i) * sizeof e->at[0]);
	e->at[i] = offset;
	e->n++;
}

bool
edges_next(const struct edges *e, uint64_t from, uint64_t end, uint64_t *edge_r)
{
	size_t i = place(e, from);

	if (i == e->n || e->at[i] >= end)
		return false;
	*edge_r = e->at[i];
	return true;
}

void
edges_forget(struct edges *e, uint64_t below)
{
	size_t i = place(e, below);

	memmove(&e->at[0], &e->at[i], (e->n - i) * sizeof e->at[0]);
	e->n -= i;
}
