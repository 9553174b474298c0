/*
 * wanted.h - packets that are chosen: by their numbers, and as those of a
 * connection that came to nothing.
 *
 * A number costs a bit, in pages of which only those exist that hold one.
 *
 * The packets of an attempt are known by what they say: those between the two
 * hosts, at that port and in that time, and the errors that routers sent about
 * them.
 *
 * BUGS: Packets of an attempt at a port where the same two hosts also had
 * sessions meanwhile are taken with those.
 */
#ifndef WANTED_H
#define WANTED_H

#include "base/map.h"
#include "capture/source.h"
#include "record/record.h"

struct wanted {
	struct map page;			/* bits, by number */
	uint64_t n, last;			/* numbers; the highest */
	struct map span;			/* by hosts and port */
	struct span **spans;
	size_t nspan;
	struct decoder *decoder;		/* when there are spans */
};

/* All zero is nothing. */
void wanted_fini(struct wanted *);
void wanted_add(struct wanted *, uint64_t packet);
void wanted_attempt(struct wanted *, const struct rec_attempt *);
bool wanted_begin(struct wanted *);				/* frames come, from the first one. False: nothing is wanted */
bool wanted_has(struct wanted *, const struct frame *);		/* of frames in order */
bool wanted_is_behind(const struct wanted *, uint64_t found, uint64_t packet);	/* nothing more is wanted from this packet on, when so many were found */

#endif
