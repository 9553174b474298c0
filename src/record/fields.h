/*
 * fields.h - header fields into the facts of a message record.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "fold.h"
#include "keep.h"

/* Of a field that may occur once the first counts (SPEC: "JSON Lines"). */
void fields_header(struct rec_message *, struct keeper *, const struct ev_header *);
void fields_keep_raw(struct rec_message *, struct keeper *, struct kept_list *, const struct ev_header *);

#endif
