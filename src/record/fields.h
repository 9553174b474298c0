/*
 * fields.h - header fields into the facts of a message record.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "fold.h"
#include "keep.h"

/* Of a field that may occur once the first counts (SPEC: "JSON Lines"). */
/* Returns its name in a record, SLICE_NONE: it is not in there. */
slice fields_header(struct rec_message *, struct keeper *, const struct ev_header *);
/* Received fields, top first. */
void fields_hop(struct rec_message *, struct keeper *, struct kept_list *hops, const struct ev_header *);
/* When all are there: how long each hop took. */
void fields_delays(struct kept_list *hops);
void fields_keep_raw(struct rec_message *, struct keeper *, struct kept_list *, const struct ev_header *);

#endif
