/*
 * unwrap.h - a report as it is mailed: plain, gzipped, or the first file of a
 * ZIP archive, told by its first bytes. A stream; the first LIMIT_REPORT bytes.
 *
 * Whether a ZIP's first file is whole is not looked at: a reader of reports
 * stops when its report ends.
 */
#ifndef MIME_UNWRAP_H
#define MIME_UNWRAP_H

#include "base/buf.h"

struct inflate;

struct unwrap {
	void *self;
	void (*bytes)(void *self, slice);
	uint8_t state;
	struct buf head;		/* the first bytes, and a local file header */
	size_t skip;			/* name and extra field behind that header */
	uint64_t left;			/* of a stored file */
	uint64_t told;
	struct inflate *z;
	bool truncated;			/* by LIMIT_REPORT */
};

void unwrap_init(struct unwrap *, void *self, void (*bytes)(void *self, slice));
void unwrap_feed(struct unwrap *, slice);
void unwrap_finish(struct unwrap *);		/* what was held is told; frees */
size_t unwrap_memory(const struct unwrap *);
/* Do the first bytes of a part unwrap to text that begins so, behind blanks, and holds that word? */
bool unwrap_begins(slice head, uint8_t first, slice word);

#endif
