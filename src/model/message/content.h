/*
 * content.h - what was in a message: all of it as it was sent, its header, or
 * one part with its encoding undone, as text or as bytes.
 *
 * Read from the vault in slices; nothing is kept but the first
 * LIMIT_CONTENT_SHOWN bytes of what is shown, unless somebody takes the pieces
 * as they come. What was not captured, and what the vault has let go, is told
 * as a gap: nothing is glued together over it silently.
 *
 * BUGS: to find a message all events of its session before it are read.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "model/model.h"

enum content_how {
	CONTENT_RAW,			/* the message as the receiver stores it; part is ignored */
	CONTENT_HEADER,			/* its header: the same up to the empty line, and the fields; part is ignored */
	CONTENT_BYTES,			/* a part, transfer encoding undone */
	CONTENT_TEXT			/* the same as a person reads it: UTF-8, HTML as plain text; of what is no text nothing */
};

struct content;

struct content *content_open(const struct model *, uint32_t message_item, uint32_t part, enum content_how);
void content_close(struct content **);
/* All pieces, from the first on, also those that are not kept. Set before the first work. False: enough. */
void content_take(struct content *, bool (*take)(void *self, slice piece), void *self);

bool content_work(struct content *, nstime until);	/* true: there is more to read now */
bool content_over(const struct content *);		/* no more will come; else the message still arrives */
unsigned content_percent(const struct content *);
slice content_bytes(const struct content *);		/* what is kept of it so far; valid until the next work */
uint64_t content_size(const struct content *);		/* bytes so far, kept or not */
bool content_gone(const struct content *);		/* the vault let some of it go: what is shown is not whole */
uint64_t content_missing(const struct content *);	/* bytes that were not captured; of an encoded part: as they were sent */

/* Where something is missing, in order; at most LIMIT_CONTENT_GAPS, the last of which stands for all behind it. */
struct content_gap {
	uint64_t at;			/* so many bytes stand before it */
	uint64_t missing;		/* bytes; 0: nobody knows how many */
	bool let_go;			/* the vault let them go; else they were not captured */
};
size_t content_gaps(const struct content *);
struct content_gap content_gap_at(const struct content *, size_t);

/* Of CONTENT_HEADER: the fields, in order. Valid until the next work. */
struct content_field {
	slice name;
	slice raw;			/* with its name and folds, as it was sent */
	slice decoded;			/* the value, unfolded, RFC 2047 undone: UTF-8 as far as it was decodable */
	uint64_t offset;		/* in the client's stream, as findings tell it */
	bool truncated;
};
size_t content_fields(const struct content *);
struct content_field content_field_at(const struct content *, size_t);

#endif
