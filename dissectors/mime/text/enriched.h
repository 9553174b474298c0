/*
 * enriched.h - text/enriched (RFC 1896) as a person reads it, and the
 * text/richtext before it.
 *
 * Marks of face and colour go, excerpts are quotes, <nofill> keeps its lines.
 * "<<" is "<". Of n line ends in a row, n - 1 count.
 */
#ifndef MIME_ENRICHED_H
#define MIME_ENRICHED_H

#include "base/buf.h"

struct enriched_user { void *self; void (*text)(void *self, slice utf8); };

struct enriched;

struct enriched *enriched_new(const struct enriched_user *);
void enriched_feed(struct enriched *, slice utf8);
void enriched_gap(struct enriched *, slice said);
void enriched_finish(struct enriched *);
size_t enriched_memory(const struct enriched *);
void enriched_free(struct enriched **);

#endif
