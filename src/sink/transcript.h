/*
 * transcript.h - one session as people read it, kept until it ends.
 *
 * Lines are made as events come, so that a session costs what its transcript
 * takes, at most LIMIT_ROWS lines and LIMIT_ROWS_TEXT bytes; what is left out
 * is said. Findings stand at the end, whenever they arose.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "paint.h"
#include "record/record.h"

struct transcript;

/* The paint and the page must live as long; all transcripts of an output share them. */
struct transcript *transcript_new(const struct paint *, const struct row_style *, struct row_page *);
void transcript_free(struct transcript **);
uint32_t transcript_wants(const struct paint *, const struct row_style *);
void transcript_event(struct transcript *, const struct event *);
void transcript_message(struct transcript *, const struct rec_message *);
size_t transcript_memory(const struct transcript *);
/* The session's record closes it: appends all of it, header to footer. */
void transcript_print(struct transcript *, const struct rec_session *, struct buf *out);

#endif
