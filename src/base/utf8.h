/*
 * utf8.h - the characters of UTF-8 text, strictly (RFC 3629 3, 4).
 *
 * No overlong forms, no surrogates, nothing over U+10FFFF. Nothing here asks
 * the locale or the C library: the same text gives the same answer anywhere.
 */
#ifndef UTF8_H
#define UTF8_H

#include "slice.h"

enum { UTF8_INVALID = 0x110000 };	/* what utf8_take() says of bytes that are no character */

/*
 * The character at the front of a slice that is not empty. Returns its bytes,
 * 1 to 4; of what is invalid, the bytes that one U+FFFD stands for (the
 * maximal subpart: Unicode 15.0, 3.9, table 3-8), 1 to 3.
 */
size_t utf8_take(slice, uint32_t *character_r);
size_t utf8_ascii(slice);		/* How many bytes at the front are ASCII? Many at a time. */
bool   utf8_valid(slice);
/* Writes a character, 1 to 4 bytes; of what is none (a surrogate, over U+10FFFF) U+FFFD. Returns the bytes. */
size_t utf8_put(uint32_t character, uint8_t out[4]);
/* Columns on a terminal: 2 wide, 0 combining, else 1. Of controls: 1, but nobody writes them. */
unsigned utf8_columns(uint32_t character);

#endif
