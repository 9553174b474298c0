/*
 * packets.h - the packets of chosen sessions, read once more and written to a
 * capture.
 *
 * Which ones they are is remembered (EV_PACKET); the bytes are read from the
 * input a second time, where packets have the same numbers, or from what was
 * kept of it on the way (capture/tee.h). In slices, as all that the screen does.
 *
 * The capture is a pcap unless its name ends in ".pcapng", there are several
 * link types, or keys go along.
 */
#ifndef PACKETS_H
#define PACKETS_H

#include "capture/tee.h"
#include "model/model.h"
#include "options/options.h"

struct packets_options {
	const struct options *options;	/* which input */
	struct tee *tee;		/* or what was kept of it; NULL: it can be read again */
	struct model *model;
	const uint32_t *item;		/* sessions, attempts, messages (their sessions are meant); copied */
	size_t n;
	const char *path;		/* nothing is overwritten */
};

struct packets;

struct packets *packets_new(const struct packets_options *, struct buf *why);	/* NULL: why, in a sentence */
/* A slice of it. 1: more; 0: done, *said tells what was written; -1: failed, *said tells why. Frees it unless 1. */
int  packets_work(struct packets **, nstime until, unsigned *percent_r, struct buf *said);
void packets_stop(struct packets **);						/* leaves nothing half-written */

#endif
