/*
 * unpacked.h - a file that was unpacked from a part (TNEF, signed data, a
 * uuencoded file in a text), read as parts are: its text and links, the files
 * in it, the parts of a message. All of these are told as PART_UNPACKED,
 * without a path; multiparts are not told.
 */
#ifndef MIME_UNPACKED_H
#define MIME_UNPACKED_H

#include "file.h"

struct unpacked;

/*
 * Tells its beginning. NULL: there are too many of them, or they stand too deep, and the part is marked. `encoding` is said as it
 * would be of a part.
 */
struct unpacked *unpacked_new(struct file *parent, const struct opener_member *, slice encoding);
void unpacked_feed(struct unpacked *, slice);
void unpacked_end(struct unpacked **, bool whole);		/* NULL is fine */
size_t unpacked_memory(const struct unpacked *);

#endif
