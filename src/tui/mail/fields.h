/*
 * fields.h - a message's header fields as a person reads them: names aligned,
 * what was found about a field below it; first those that people wrote (From,
 * To, Subject …), then the others, each in the order of the header. Above
 * them where the envelope says another thing.
 */
#ifndef HEADER_FIELDS_H
#define HEADER_FIELDS_H

#include "facts.h"
#include "model/message/content.h"

/* Of a CONTENT_HEADER as far as it was read. */
void fields_fill(struct sheet *, const struct facts_look *, const struct rec_message *, const struct content *);

#endif
