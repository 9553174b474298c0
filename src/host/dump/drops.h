/*
 * drops.h - what was dropped while a file was written, told in it.
 *
 * Counters that grew stand in it beside those of the reading before: so it is
 * known when they grew. Of several interfaces nobody knows which dropped what,
 * and nothing is told; a pcap cannot tell it.
 */
#ifndef DUMP_DROPS_H
#define DUMP_DROPS_H

#include "capture/writer.h"

struct dump_drops {
	struct drops before, told;	/* when the file began; what it says of that and what came since */
	nstime counted;			/* when that was read last, or NSTIME_NONE */
};

void dump_drops_begin(struct dump_drops *, const struct source *);
void dump_drops_write(struct dump_drops *, const struct source *, struct writer *, nstime now, bool live);

#endif
