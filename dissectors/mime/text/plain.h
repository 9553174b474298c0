/*
 * plain.h - text/plain as a person reads it: line ends are LF, and soft ones
 * of format=flowed (RFC 3676) are undone; delsp: with the blank before them.
 */
#ifndef MIME_PLAIN_H
#define MIME_PLAIN_H

#include "base/buf.h"

struct plain_user { void *self; void (*text)(void *self, slice utf8); };

struct plain;

struct plain *plain_new(bool flowed, bool delsp, const struct plain_user *);
void plain_feed(struct plain *, slice utf8);		/* what is told during it: all that is known to be text */
void plain_gap(struct plain *, slice said);		/* said: stands on a line of its own for what was lost */
void plain_finish(struct plain *);
size_t plain_memory(const struct plain *);
void plain_free(struct plain **);

#endif
