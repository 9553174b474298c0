/*
 * leaf.h - one part's content as it stands in the message: its transfer
 * encoding undone, then counted, digested and looked into (file.h), read as
 * text (text.h), searched for files in the text (embedded.h), and handed on
 * where a message stands in it.
 */
#ifndef MIME_LEAF_H
#define MIME_LEAF_H

#include "entity.h"
#include "file.h"

struct leaf;

struct leaf_about {
	const struct entity *entity;	/* valid inside the call */
	struct file_about file;		/* part 0: nothing is told of it */
	/* May be NULL. The content, decoded; offset: where it stands, or the part if it was encoded. */
	void (*content)(void *self, slice, uint64_t offset);
	void *self;
};

struct leaf *leaf_new(struct telling *, const struct leaf_about *);
void leaf_feed(struct leaf *, slice, uint64_t offset);
void leaf_gap(struct leaf *, uint64_t missing);
/* In two steps, so that what stands in it can end between them: no more content comes; tell its end. */
void leaf_finish(struct leaf *, bool whole);
void leaf_end(struct leaf **, bool whole, uint64_t length);
size_t leaf_memory(const struct leaf *);

#endif
