/*
 * embedded.h - files that stand in the text itself: uuencode ("begin 644
 * name" … "end"), yEnc ("=ybegin" … "=yend"), BinHex (named only).
 *
 * Fed a text part's content, cut anywhere, it calls back for each file. A
 * line that only looks like a beginning ("begin 1 year ago") is none: the
 * line behind it must be of the encoding.
 *
 * It costs ordinary text a memchr for each line.
 *
 * BUGS: of a BinHex file the name is told as far as it stands in the first
 * line, that is its first 46 bytes. A name longer than about 1,000 bytes is
 * cut.
 */
#ifndef MIME_EMBEDDED_H
#define MIME_EMBEDDED_H

#include "cte.h"

/*
 * One file at a time; begin and end come in pairs. whole: its end was seen and no gap fell into it.
 * A uuencoded file also ends, not whole, before a line that is not of it.
 */
struct embedded_user {
	void *self;
	void (*begin)(void *self, enum cte, slice name);	/* as sent; CTE_UNKNOWN: BinHex, no bytes follow */
	void (*bytes)(void *self, slice decoded);
	void (*end)(void *self, bool whole, const struct cte_told *);
};

struct embedded;

struct embedded *embedded_new(const struct embedded_user *);
void embedded_feed(struct embedded *, slice);
void embedded_gap(struct embedded *, uint64_t missing);
void embedded_finish(struct embedded *);		/* a file that is open ends, not whole */
size_t embedded_memory(const struct embedded *);	/* bytes held now */
void embedded_free(struct embedded **);

#endif
