/*
 * fields.h - a message's header fields as a person reads them: a line each,
 * names aligned, what was found about a field below it; and where what the
 * header says differs from the envelope.
 */
#ifndef HEADER_FIELDS_H
#define HEADER_FIELDS_H

#include "facts.h"
#include "model/content.h"

/* Of a CONTENT_HEADER as far as it was read. */
void fields_fill(struct sheet *, const struct facts_look *, const struct rec_message *, const struct content *);

#endif
