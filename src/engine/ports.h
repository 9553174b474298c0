/*
 * ports.h - what a capture without SMTP held instead.
 */
#ifndef PORTS_H
#define PORTS_H

#include "base/buf.h"

struct ports;

struct ports *ports_new(void);
void ports_free(struct ports **);
void ports_count(struct ports *, uint16_t a, uint16_t b);	/* one segment between these; the lower one is taken for the service */
/* "TCP ports seen: 443 (91 %), 10025 (4 %)", the busiest few, or "no TCP". */
void ports_tell(const struct ports *, struct buf *out);

#endif
