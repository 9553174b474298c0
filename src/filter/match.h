/*
 * match.h - regular expressions: the one door to PCRE2.
 *
 * Patterns come from the user, subjects from the wire. Matching is bounded in
 * steps, depth and memory; a subject that reaches a bound counts as no match,
 * which is said once on stderr; later ones are given less time. Nothing is compiled to machine code. Bytes
 * that are not UTF-8 match no character, and what stands around them is
 * still looked at. Case does not matter, as in Wireshark.
 */
#ifndef FILTER_MATCH_H
#define FILTER_MATCH_H

#include "base/buf.h"

struct match;

struct match *match_new(slice pattern, struct buf *error, size_t *offset_r);	/* NULL: why, and where in the pattern */
void match_free(struct match **);
bool match_test(const struct match *, slice subject);

#endif
