/*
 * queue.h - bytes that a layer left for later, and the packets they came in.
 *
 * Each run of bytes keeps its origin, so that an event made of kept bytes
 * still names the packet that held its last byte. Holds LIMIT_KEPT bytes.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "base/buf.h"
#include "base/net.h"

struct run {				/* kept bytes up to `end` came in this packet */
	uint64_t end;			/* an index into `bytes` */
	struct origin from;
};

struct queue {
	struct buf bytes;
	size_t taken;			/* of bytes: already consumed */
	struct run *run;
	size_t nrun, caprun, first;	/* runs before `first` are consumed */
	bool eof;			/* the direction ended behind these bytes */
};

void  queue_init(struct queue *);
void  queue_fini(struct queue *);
bool  queue_empty(const struct queue *);
slice queue_rest(const struct queue *);			/* all that is left; valid until the next change */
/* The first run that is left: at most its bytes are offered in one call. */
slice queue_head(const struct queue *, struct origin *from_r);
void  queue_take(struct queue *, size_t n);
void  queue_clear(struct queue *);
/* Keeps what fits; returns how much that was. */
size_t queue_add(struct queue *, slice, struct origin);
size_t queue_memory(const struct queue *);

#endif
