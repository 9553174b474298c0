/*
 * keep.h - borrowed facts into an arena, where a record can hold them.
 *
 * An arena is bounded. What does not fit is absent from the record, and the
 * keeper says so: `cut` is set and stays set.
 */
#ifndef KEEP_H
#define KEEP_H

#include "base/arena.h"
#include "record.h"

struct keeper {
	struct arena *arena;
	bool cut;
};

/* A list that grows in the arena; its old place is left behind, so that no more than as much again is lost. */
struct kept_list { void *v; size_t n, cap; };

/* A text that may change often: overwritten in place while it fits. */
struct kept_text { uint8_t *p; size_t cap; };

slice keep_slice(struct keeper *, slice);		/* p == NULL stays so */
slice keep_upper(struct keeper *, slice);
slice keep_text(struct keeper *, struct kept_text *, slice);
void *keep_add(struct keeper *, struct kept_list *, size_t size, size_t max);	/* a new element, all zero; NULL: no room */
const struct pair *keep_parameters(struct keeper *, const struct pair *, size_t n, size_t *n_r);	/* names in upper case */
struct rec_reply keep_reply(struct keeper *, const struct ev_reply *);
void  keep_finding(struct keeper *, struct rec_findings *, struct kept_list *, const struct event *);

#endif
