/*
 * literal.h - what a field is compared with, read by the field's type.
 *
 *	text, digest	anything; a digest may have : or - between its bytes
 *	number		550  0x226  10k  5M (of 1024)
 *	seconds		2.4  300ms  5m  2h
 *	time		2026-11-21  2026-11-21T18:29:01.5Z  "2026-11-21 18:29"  (UTC, or with +01:00)
 *			1795285741.5 (seconds since 1970)
 *	address		192.0.2.1  192.0.2.0/24  2001:db8::/32
 *	flag		true false yes no 1 0
 *	severity	info note warning alert
 */
#ifndef FILTER_LITERAL_H
#define FILTER_LITERAL_H

#include "field.h"
#include "base/arena.h"

struct literal {
	struct value from, to;		/* the same, but for a range or a network */
	slice said, said_to;		/* as written; said_to.p NULL: no range */
};

/* NULL, or why the text is no value of this field (a constant sentence). The literal points into the text or the arena. */
const char *literal_parse(const struct field *, slice text, struct arena *, struct literal *literal_r);
/* A piece of a value, for contains. */
const char *literal_parse_piece(const struct field *, slice text, struct arena *, struct literal *literal_r);
/* Makes one of two: false if the second is smaller, or of another family. */
bool literal_range(const struct field *, struct literal *from, const struct literal *to);
/* <0, 0, >0. Addresses of different families do not compare: *comparable_r. */
int  value_compare(const struct field *, const struct value *, const struct value *, bool *comparable_r);
bool value_is_in(const struct field *, const struct value *, const struct literal *);

#endif
