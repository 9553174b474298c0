/*
 * sink.h - somebody who listens.
 *
 * Sinks run on one thread, whatever the number of lanes, and hear each
 * session's events in order, then the records folded from them. Returning -1
 * stops the run (disk full); the sink has said why on stderr.
 */
#ifndef SINK_H
#define SINK_H

#include "event.h"

struct record;				/* record/record.h */

/* What a sink that writes files has put in place so far. */
struct sink_wrote {
	uint64_t files, partial, bytes;
	uint64_t packets;		/* of what writes captures */
	bool captures;
};

struct sink_ops {
	const char *name;
	int  (*event)(void *self, const struct event *);	/* only kinds in `wants`; may be NULL */
	int  (*record)(void *self, const struct record *);	/* every record; may be NULL */
	int  (*tick)(void *self, nstime now);			/* nothing arrived for a while, or thousands of packets did; may be NULL */
	size_t (*memory)(void *self);				/* bytes kept for sessions that are still open; may be NULL */
	int  (*reopen)(void *self);				/* SIGHUP: what is appended to is opened again, by its name; may be NULL */
	void (*wrote)(void *self, struct sink_wrote *wrote_r);	/* may be NULL */
	int  (*close)(void *self, bool failed);			/* writes the end, frees self; failed: leave nothing half-written */
};

struct sink {
	const struct sink_ops *ops;
	void *self;
	uint32_t wants;			/* WANT() bits */
};

#endif
