/*
 * entities.h - character references of HTML (13.2.5.72 to .80): "&amp;",
 * "&#65;", "&#x41;".
 *
 * The table has the names of HTML 4, and those of HTML 5 for what can be
 * typed, for Latin letters and for blanks of all kinds (links are hidden in
 * "&colon;" and "&sol;"); mathematics is not there.
 */
#ifndef MIME_ENTITIES_H
#define MIME_ENTITIES_H

#include "base/buf.h"

enum { ENTITY_MAX = 34 };		/* "&" and the longest name; numbers may be longer, and are U+FFFD */

/*
 * The reference at the front, which is "&". Appends the character and returns the length, 0 if it is none. Names of
 * HTML 2 need no ";", but before "=" or a letter in an attribute: "?a=1&copy=2" (13.2.5.73).
 */
size_t entity_take(slice in, bool in_attribute, struct buf *out);
void   entity_decode(slice attribute, struct buf *out);		/* a whole attribute's value, appended */
bool   entity_goes_on(uint8_t c);				/* may it stand in a reference, behind "&"? */

#endif
