/*
 * ladder_attempt.h - a connection that came to nothing, as far as there is a
 * ladder of it: what was tried, what came back, how often.
 */
#ifndef LADDER_ATTEMPT_H
#define LADDER_ATTEMPT_H

#include "record/record.h"
#include "tui/widgets/arrow.h"

/* Its lines as rungs, at most max. Texts are constants or the record's. */
size_t attempt_rungs(const struct rec_attempt *, struct rung *out, size_t max);
/* "refused 12 times, from … to …" */
void attempt_say(struct buf *out, const struct rec_attempt *, const struct when *);

#endif
