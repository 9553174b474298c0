/*
 * clean.h - the one sanitizer: text from the wire, fit for people's terminals
 * and for JSON.
 *
 * It is called after the last decoding, at the last moment before output.
 */
#ifndef CLEAN_H
#define CLEAN_H

#include "buf.h"

enum clean_how {
	CLEAN_TERMINAL,		/* one line of UTF-8: controls (C0, DEL, C1) as \xNN or \t \r \n \e, bidi and invisible controls as \u{202E}, invalid bytes as \xNN; a backslash stays */
	CLEAN_JSON,		/* the inside of a JSON string; invalid UTF-8 becomes U+FFFD, controls \uXXXX, DEL, C1 and bidi too */
	CLEAN_WORD		/* a value of `lines` and `log`: TERMINAL, and blanks, quotes and backslashes are escaped: always one word, "" for empty */
};

enum { CLEANED_ESCAPE = 1, CLEANED_BIDI = 2, CLEANED_INVALID = 4 };	/* what was found: for term.* findings */

unsigned clean_add(struct buf *, slice, enum clean_how);
unsigned clean_scan(slice);		/* the same bits, without writing: ESCAPE is a control other than tab */
bool     utf8_valid(slice);
/* Columns that the text takes on a terminal (wide characters 2, combining 0), as CLEAN_TERMINAL writes it. */
size_t   clean_width(slice);

#endif
