/*
 * content.h - what was in a message: all of it as it was sent, or one part
 * with its encoding undone, as text or as bytes.
 *
 * Read from the vault in slices; nothing is kept but the first
 * LIMIT_CONTENT_SHOWN bytes of what is shown, unless somebody takes the pieces
 * as they come.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "model.h"

enum content_how {
	CONTENT_RAW,			/* the message as the receiver stores it; part is ignored */
	CONTENT_BYTES,			/* a part, transfer encoding undone */
	CONTENT_TEXT			/* the same as a person reads it: UTF-8, HTML as plain text */
};

struct content;

struct content *content_open(struct model *, uint32_t message_item, uint32_t part, enum content_how);
void content_close(struct content **);
/* All pieces, from the first on, also those that are not kept. Set before the first work. False: enough. */
void content_take(struct content *, bool (*take)(void *self, slice piece), void *self);

bool content_work(struct content *, nstime until);	/* true: there is more */
unsigned content_percent(const struct content *);
slice content_bytes(const struct content *);		/* what is kept of it so far; valid until the next work */
uint64_t content_size(const struct content *);		/* bytes so far, kept or not */
bool content_gone(const struct content *);		/* the vault let some of it go: what is shown is not whole */
uint64_t content_missing(const struct content *);	/* bytes that were not captured */

#endif
