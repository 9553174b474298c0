/*
 * message_copy.h - a message's record, for those who must know of it longer.
 *
 * The copy has what a file is named by and what a manifest tells: envelope,
 * fate, digests, parts. Its lists of addresses, hops, links and findings are
 * empty. Its session is the original's, and lives as long.
 */
#ifndef MESSAGE_COPY_H
#define MESSAGE_COPY_H

#include "base/arena.h"
#include "record/record.h"

/* In the arena. What does not fit is absent. NULL: not even the record fits. */
const struct rec_message *message_copy(struct arena *, const struct rec_message *);

#endif
