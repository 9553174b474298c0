/*
 * values.h - the values of a set: sorted, so that a list of a hundred
 * thousand addresses costs no more than a few comparisons.
 */
#ifndef FILTER_VALUES_H
#define FILTER_VALUES_H

#include "parser.h"

struct values { struct literal *v; size_t n, cap; };	/* v: to be freed */

void values_add(struct values *, const struct literal *);
/* A value a line; empty lines and those that begin with # say nothing. False: why. */
bool values_read(struct values *, const struct field *, slice path, struct arena *, struct buf *error);
/* Gives the test its set. False: it takes too much memory. */
bool values_finish(struct values *, struct test *, struct arena *);
bool values_have(const struct test *, const struct value *);

#endif
