/*
 * through.h - a source that stands before another one: what it has not of its
 * own is asked of that.
 */
#ifndef THROUGH_H
#define THROUGH_H

#include "source.h"

struct through { struct source from; };		/* the first member of whoever stands there */

/* All of `from` but next(); self is that whoever. */
struct source through_source(struct through *self, const struct source *from, enum source_result (*next)(void *self, struct frame *));

#endif
