/*
 * row_parts.h - the parts of a message as rows, when its content is over.
 * Only row.c includes this.
 *
 * Parts are told in the order in which they begin, each with what is in it
 * right below; that is known only at the end, so it is kept until then, at
 * most LIMIT_ROW_PARTS parts and LIMIT_ROW_MESSAGE bytes. Counts are of all.
 */
#ifndef ROW_PARTS_H
#define ROW_PARTS_H

#include "row.h"

struct row_parts;

void row_parts_event(struct row_parts **, const struct event *);	/* makes it when a part begins */
void row_parts_free(struct row_parts **);
size_t row_parts_memory(const struct row_parts *);
/*
 * Rows for all of it: `row` is the message's, whose place and time they share.
 * Texts of a row given to `add` are valid inside the call.
 */
void row_parts_tell(const struct row_parts *, const struct row_style *, const struct row *message,
    void (*add)(void *self, const struct row *), void *self);

#endif
