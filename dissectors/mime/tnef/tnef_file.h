/*
 * tnef_file.h - a file that stands in TNEF, until it is told.
 *
 * An attachment's long name, its type and its Content-ID stand behind its
 * content. So the first LIMIT_TNEF_HELD bytes are held until they come; a
 * larger file begins under the name that is known by then, and says so.
 */
#ifndef MIME_TNEF_FILE_H
#define MIME_TNEF_FILE_H

#include "base/buf.h"
#include "dissectors/mime/content/opener.h"

struct tnef_file {
	const struct opener_user *user;
	struct buf title, name, display;	/* short; long; as shown: the long one is preferred, then the short one */
	struct buf type, id;
	struct buf held;
	uint64_t size;				/* of the content, as announced */
	uint64_t at;				/* bytes seen of it */
	unsigned terminator;			/* of a text: so many NULs at its very end are not content */
	uint8_t tail[2];
	uint8_t ntail;
	bool known;				/* something was said of it */
	bool content;				/* there is content */
	bool complete;				/* all of it was seen */
	bool begun;				/* it is being told */
};

void tnef_file_init(struct tnef_file *, const struct opener_user *);
void tnef_file_fini(struct tnef_file *);
/* Content begins. at_once: nothing more about it will come. */
void tnef_file_begin(struct tnef_file *, uint64_t size, unsigned terminator, bool at_once);
void tnef_file_bytes(struct tnef_file *, slice);
void tnef_file_complete(struct tnef_file *);	/* all of the content was seen; what else is known may follow */
/* Nothing follows: the content is told if it was not yet; without any, the name is told as a member. */
void tnef_file_end(struct tnef_file *);
void tnef_file_forget(struct tnef_file *);	/* its names */
slice tnef_file_name(const struct tnef_file *);
size_t tnef_file_memory(const struct tnef_file *);

#endif
