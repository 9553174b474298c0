#include "clock.h"

enum { WITNESSES = 8 };

#define JUMP (3600 * NSTIME_S)

void
clock_init(struct clock *c)
{
	*c = (struct clock){ .now = NSTIME_NONE };
}

/* Is `to` further than a jump ahead of `from`? The difference may not fit an int64: hostile stamps use the whole range. */
static bool
is_jump(nstime from, nstime to)
{
	return to > from && (uint64_t)to - (uint64_t)from > (uint64_t)JUMP;
}

static nstime
doubt(struct clock *c, nstime stamp)
{
	if (c->agree > 0 && !is_jump(c->claimed, stamp) && !is_jump(stamp, c->claimed))
		c->agree++;
	else
		c->agree = 1;
	c->claimed = stamp;
	if (c->agree > WITNESSES) {
		c->now = stamp;
		c->agree = 0;
	}
	return c->now;
}

nstime
clock_feed(struct clock *c, nstime stamp)
{
	if (c->now == NSTIME_NONE)
		return c->now = stamp;
	if (is_jump(c->now, stamp))
		return doubt(c, stamp);
	c->agree = 0;
	if (stamp > c->now)
		c->now = stamp;
	return c->now;
}

bool
clock_was_set_back(struct clock *c, nstime stamp)
{
	if (c->now == NSTIME_NONE || !is_jump(stamp, c->now)) {
		c->agree_behind = 0;
		return false;
	}
	if (c->agree_behind > 0 && !is_jump(c->behind, stamp) && !is_jump(stamp, c->behind))
		c->agree_behind++;
	else
		c->agree_behind = 1;
	c->behind = stamp;
	if (c->agree_behind <= WITNESSES)
		return false;
	clock_init(c);
	return true;
}
