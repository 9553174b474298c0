/*
 * aside.h - packets that nobody has claimed yet.
 *
 * A handshake belongs to a session that is known of later. Until then its
 * packets are kept here, as long as there is room: the oldest go first, and
 * are counted.
 */
#ifndef ASIDE_H
#define ASIDE_H

#include "base/map.h"
#include "capture/source.h"

/* All zero but max is empty. */
struct aside {
	struct map packet;		/* by number */
	struct aside_packet *oldest, *newest;
	size_t bytes, max;
	uint64_t gone;			/* packets that had to go */
};

struct aside_packet {
	struct frame frame;
	struct aside_packet *older, *newer;
	uint8_t bytes[];
};

void aside_put(struct aside *, const struct frame *);
struct aside_packet *aside_get(const struct aside *, uint64_t number);	/* or NULL */
void aside_drop(struct aside *, struct aside_packet *);
void aside_fini(struct aside *);

#endif
