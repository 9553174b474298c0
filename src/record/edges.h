/*
 * edges.h - where the segments of one direction began, as far as they were
 * not yet shown (-x, and the screen's raw view).
 *
 * Kept are the last EDGES_KEPT; a line shows at most those.
 */
#ifndef EDGES_H
#define EDGES_H

#include "base/slice.h"

enum { EDGES_KEPT = 256 };

struct edges {
	uint64_t at[EDGES_KEPT];	/* ascending, each once */
	size_t n;
};

void edges_add(struct edges *, uint64_t offset);
/* The first edge at or behind `from`; false: none below `end`. */
bool edges_next(const struct edges *, uint64_t from, uint64_t end, uint64_t *edge_r);
void edges_forget(struct edges *, uint64_t below);

#endif
