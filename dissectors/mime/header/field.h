/*
 * field.h - a field's value as a person reads it: unfolded, encoded words undone.
 */
#ifndef MIME_FIELD_H
#define MIME_FIELD_H

#include "base/buf.h"

struct field_text {
	struct buf unfolded, decoded;
	unsigned words;			/* WORD_…: what word_decode() said */
};

void  field_init(struct field_text *);
void  field_fini(struct field_text *);
slice field_decode(struct field_text *, slice value);	/* valid until the next one; where nothing is to be done, the value itself */

#endif
