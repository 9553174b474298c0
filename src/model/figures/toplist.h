/*
 * toplist.h - the most frequent names of a stream, in bounded memory.
 *
 * Space-saving (Metwally, Agrawal, El Abbadi: "Efficient computation of
 * frequent and top-k elements in data streams", 2005). A new name that finds
 * no room takes the place of the rarest, and its count, which it tells as its
 * error. So a count is never too small, and too large by no more than its
 * error; a name that has more than 1/max of all is always there.
 */
#ifndef TOPLIST_H
#define TOPLIST_H

#include "figures.h"

struct toplist;

struct toplist *toplist_new(size_t max);
void toplist_free(struct toplist **);
/*
 * Counts the name so many times more. What is told apart are the first `key` bytes,
 * of which all count, though FIGURES_NAME are kept. The result may be filled
 * in, and is valid until the next.
 */
struct figures_name *toplist_count(struct toplist *, slice name, size_t key, uint64_t times);
/* The most frequent first, equal ones by name. Returns how many. */
size_t toplist_best(const struct toplist *, struct figures_name *out, size_t max);
size_t toplist_names(const struct toplist *);
bool   toplist_replaced(const struct toplist *);	/* some had to go */

#endif
