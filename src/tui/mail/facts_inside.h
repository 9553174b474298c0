/*
 * facts_inside.h - what facts.c (lines, the message) and facts_part.c (parts,
 * files in them, links) share.
 */
#ifndef FACTS_INSIDE_H
#define FACTS_INSIDE_H

#include "facts.h"

enum { FACTS_LABEL = 11 };

void facts_label(struct sheet *, const char *name);
void facts_end(struct sheet *, const struct facts_look *);		/* of a line that began with a label */
void facts_blank(struct sheet *, const struct facts_look *);
void facts_title(struct sheet *, const struct facts_look *, const char *words);
void facts_digest(struct sheet *, const struct facts_look *, const char *name, const uint8_t *digest, size_t n);
/* beside: "DATA" or "BDAT", or NULL */
void facts_size(struct sheet *, const struct facts_look *, uint64_t size, uint64_t missing, bool whole, const char *beside);

#endif
