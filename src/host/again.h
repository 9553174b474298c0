/*
 * again.h - chosen packets, read a second time.
 *
 * The input is read from its beginning once more, where packets have the same
 * numbers; or what was kept of it on the way (capture/tee.h) is.
 *
 * BUGS: an input that changed since is read as it is now.
 */
#ifndef AGAIN_H
#define AGAIN_H

#include "base/buf.h"
#include "capture/tee.h"
#include "options/options.h"
#include "wanted.h"

bool again_is_possible(const struct options *);	/* can all inputs be read once more, from their beginnings? */

struct again {
	const struct options *options;	/* which input */
	struct tee *tee;		/* or what was kept of it; NULL: it can be read again */
	struct wanted wanted;		/* what to find: to be filled before the first again_next() */
	uint64_t found;
	struct source source;
	bool reading;
};

enum again_result {
	AGAIN_FOUND,			/* *frame_r is wanted */
	AGAIN_OTHER,			/* a frame that is not: for who has other things to do, too */
	AGAIN_END,
	AGAIN_FAILED			/* *why is a sentence */
};

enum again_result again_next(struct again *, struct frame *frame_r, struct buf *why);
slice again_secrets(const struct again *);		/* TLS keys that were found so far */
double again_share(const struct again *);		/* how much of the input was read: 0 … 1 */
void again_fini(struct again *);

#endif
