/*
 * facts.h - what an opener tells of its part, counted and cut by limits.h.
 *
 * Values are told cleaned of blanks and NULs at both ends; empty ones are not told.
 */
#ifndef MIME_FACTS_H
#define MIME_FACTS_H

#include "base/nstime.h"
#include "opener.h"

struct facts {
	const struct opener_user *user;
	unsigned n;		/* told */
	bool truncated;		/* LIMIT_FACTS, or a value over LIMIT_FACT */
};

void facts_tell(struct facts *, unsigned group, slice name, slice value);
void facts_number(struct facts *, unsigned group, slice name, uint64_t value);
void facts_time(struct facts *, unsigned group, slice name, nstime);	/* RFC 3339, whole seconds */
/* What is said once at the end, though the rest did not fit. */
void facts_total(struct facts *, slice name, uint64_t value);

#endif
