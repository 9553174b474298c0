/*
 * drops.h - when the capture dropped packets.
 *
 * A counter of drops is read now and then. Where it rose between two readings,
 * packets were dropped some time between them: that is all that is known, and
 * all that is claimed. Bytes that are missing from the same stretch of time
 * may have been in one of these packets, or may not.
 */
#ifndef ENGINE_DROPS_H
#define ENGINE_DROPS_H

#include "base/buf.h"
#include "base/limits.h"
#include "capture/source.h"

/* So many were dropped after `from`, and not after `to`. */
struct rise { nstime from, to; uint64_t n; };

/* All that was dropped in one go: told as one finding. */
struct spate {
	struct rise all;		/* n 0: there is none */
	struct drops by;		/* what the counters said before it */
};

struct drop_log {
	struct rise rise[LIMIT_DROP_RISES];	/* a ring, in order of time */
	size_t n, next;
	uint64_t dropped;		/* as last read */
	struct drops drops;
	nstime read;			/* when, or NSTIME_NONE */
	struct spate spate;
};

void drops_init(struct drop_log *);
void drops_forget_times(struct drop_log *);	/* the clock was set back: what was dropped when is not known any more */
/* The counters as they are now. */
void drops_read(struct drop_log *, const struct source_stats *, nstime now);
/* How many were dropped in the stretches that touch the time between the two. */
uint64_t drops_between(const struct drop_log *, nstime from, nstime to);
/*
 * Has a spate of drops ended, or lasted long enough to be told? (`over`: the capture has ended.) Then its words, once, and when it
 * ended.
 */
bool drops_tell(struct drop_log *, nstime now, bool over, struct buf *words, nstime *time_r);

#endif
