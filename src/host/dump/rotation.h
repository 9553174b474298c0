/*
 * rotation.h - the files that -w writes: one, or a ring of them (-b), until
 * enough was written (-a).
 *
 * The files of a ring (names.h) are called by the time of their first packets.
 * When as many are there as -b files: says, the oldest goes before the next
 * one is begun. Files of earlier runs are left alone.
 *
 * Offline each file appears whole. Live they grow under their names, the first
 * one from the start, and a reader finds in each all that came more than a
 * moment ago.
 *
 * A next file is begun by the packet for which it is time; but one that is due
 * by the clock is ended by the clock, too, if there is anything in it.
 */
#ifndef ROTATION_H
#define ROTATION_H

#include "base/buf.h"
#include "capture/source.h"
#include "options/options.h"

struct rotation;

/* NULL: said on stderr. */
struct rotation *rotation_open(const struct options *, const struct source *);
int  rotation_frame(struct rotation *, const struct frame *, slice secrets);	/* secrets: all so far. -1: said on stderr */
/* Before each packet, with its time. idle: nothing comes for now; its time, if it has one (NSTIME_NONE). -1: said on stderr. */
int  rotation_tick(struct rotation *, nstime now, bool idle);
int  rotation_reopen(struct rotation *);		/* SIGHUP */
bool rotation_is_over(const struct rotation *);		/* -a; or nobody reads standard output any more, and there is no other output */
int  rotation_close(struct rotation **, bool failed);

struct rotation_counts { uint64_t files, packets, bytes, left_out, removed; };	/* written; removed: files of the ring, since */
struct rotation_counts rotation_counts(const struct rotation *);

#endif
