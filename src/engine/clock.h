/*
 * clock.h - one clock out of the time stamps of a capture.
 *
 * It never goes back. A jump of over an hour counts only when the next eight
 * packets agree with it, so that one damaged time stamp does not end every
 * session by time-out.
 *
 * While packets are captured the machine's own clock may be set back by hours,
 * and time would stand still until it has caught up: clock_was_set_back()
 * notices it, by as many witnesses.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>

#include "base/nstime.h"

struct clock {
	nstime now;		/* NSTIME_NONE before the first packet */
	nstime claimed;		/* where a jump would lead */
	unsigned agree;		/* packets that said so in a row */
	nstime behind;		/* the same of a clock that was set back */
	unsigned agree_behind;
};

void   clock_init(struct clock *);
nstime clock_feed(struct clock *, nstime stamp);	/* returns now */
/* Asked before a stamp is fed. True: the clock has begun anew, and takes the next stamp for what it is. */
bool   clock_was_set_back(struct clock *, nstime stamp);

#endif
