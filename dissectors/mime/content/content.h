/*
 * content.h - what is in a part: its type by the first bytes, and what is
 * inside archives, reports, signatures and containers.
 *
 * Fed a leaf's decoded bytes; calls back with what it finds. An opener
 * (opener.h) is chosen by the declared type, the file name and the first
 * bytes; most parts have none and cost nothing behind LIMIT_SNIFF bytes.
 */
#ifndef MIME_CONTENT_H
#define MIME_CONTENT_H

#include "opener.h"

struct content_stream;

/* `about` is copied. deep: openers are wanted (WANT_INSIDE); else only the type is told. */
struct content_stream *content_new(const struct content_about *, const struct opener_user *, bool deep);
void content_feed(struct content_stream *, slice);
void content_gap(struct content_stream *, uint64_t missing);
void content_finish(struct content_stream *, bool whole);	/* then ask for the type */
const char *content_detected(const struct content_stream *);	/* media type, a constant; NULL: not known */
bool content_truncated(const struct content_stream *);		/* a limit: not all was looked into */
size_t content_memory(const struct content_stream *);
void content_free(struct content_stream **);

#endif
