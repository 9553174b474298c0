/*
 * clock.h - one clock out of the time stamps of a capture.
 *
 * It never goes back. A jump of over an hour counts only when the next eight
 * packets agree with it, so that one damaged time stamp does not end every
 * session by time-out.
 *
 * BUGS: where the machine's own clock is set back while packets are captured, time stands still here until it has caught up.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "base/nstime.h"

struct clock {
	nstime now;		/* NSTIME_NONE before the first packet */
	nstime claimed;		/* where a jump would lead */
	unsigned agree;		/* packets that said so in a row */
};

void   clock_init(struct clock *);
nstime clock_feed(struct clock *, nstime stamp);	/* returns now */

#endif
