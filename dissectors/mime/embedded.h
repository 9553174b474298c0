/*
 * embedded.h - files that stand in the text itself: uuencode ("begin 644
 * name" … "end"), yEnc ("=ybegin" … "=yend"), BinHex (named only).
 *
 * Fed a text part's content, cut anywhere, it calls back for each file. A
 * line that only looks like a beginning ("begin 1 year ago") is none: the
 * line behind it must be of the encoding.
 */
#ifndef MIME_EMBEDDED_H
#define MIME_EMBEDDED_H

#include "cte.h"

struct embedded_user {
	void *self;
	void (*begin)(void *self, enum cte, slice name);	/* CTE_UNKNOWN: BinHex; no bytes follow */
	void (*bytes)(void *self, slice decoded);
	void (*end)(void *self, bool whole, const struct cte_told *);
};

struct embedded;

struct embedded *embedded_new(const struct embedded_user *);
void embedded_feed(struct embedded *, slice);
void embedded_gap(struct embedded *, uint64_t missing);
void embedded_finish(struct embedded *);		/* a file that is open ends, not whole */
void embedded_free(struct embedded **);

#endif
