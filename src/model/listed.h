/*
 * listed.h - findings of all records, in the order in which they came; the
 * oldest go when there are too many.
 */
#ifndef LISTED_H
#define LISTED_H

#include "model.h"

/* All zero: there are none. A ring once it is full. */
struct listed {
	struct model_finding *v;
	size_t n, cap, oldest;
	uint64_t all;			/* that ever came */
};

void listed_fini(struct listed *);
void listed_add(struct listed *, const struct model_finding *, size_t bytes);	/* bytes: that the list may take */
struct model_finding listed_at(const struct listed *, size_t);
size_t listed_memory(const struct listed *);

#endif
