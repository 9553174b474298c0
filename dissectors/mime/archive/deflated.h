/*
 * deflated.h - deflate (RFC 1951), with zlib's header (RFC 1950) or without,
 * as a stream that gives up what grows as a bomb does: LIMIT_ARCHIVE_RATIO
 * beyond LIMIT_ARCHIVE_FREE. zlib's sum is not looked at.
 */
#ifndef MIME_DEFLATED_H
#define MIME_DEFLATED_H

#include "base/slice.h"

struct inflate;

struct deflated {
	void *self;
	void (*bytes)(void *self, slice);
	struct inflate *z;		/* NULL: damaged, or given up */
	uint8_t skip;			/* bytes of zlib's header that are still to come */
	uint64_t packed, unpacked;
	bool truncated;			/* given up */
};

void deflated_init(struct deflated *, bool zlib, void *self, void (*bytes)(void *self, slice));
void deflated_feed(struct deflated *, slice);
bool deflated_whole(const struct deflated *);	/* it came to its end */
void deflated_fini(struct deflated *);		/* one that is all zero, too */
size_t deflated_memory(const struct deflated *);

#endif
