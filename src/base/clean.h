/*
 * clean.h - the one sanitizer: text from the wire, fit for people's terminals
 * and for JSON.
 *
 * It is called after the last decoding, at the last moment before output.
 * What goes out is always valid UTF-8 without a control byte (C0, DEL, C1)
 * and without a character that a reader cannot see or that turns the line
 * around. The joiners U+200C and U+200D, which scripts need, and variation
 * selectors stay.
 *
 * A buf that becomes full is cut between characters and escapes, never inside.
 */
#ifndef CLEAN_H
#define CLEAN_H

#include "buf.h"
#include "utf8.h"

enum clean_how {
	CLEAN_TERMINAL,		/* one line: C0 and DEL as \t \r \n \e or \xNN, other controls as \u{202E}, invalid bytes as \xNN; a backslash stays */
	CLEAN_JSON,		/* the inside of a JSON string: the same characters as \n or \uXXXX, invalid UTF-8 as U+FFFD */
	CLEAN_WORD		/* a value of `lines` and `log`: TERMINAL, and blanks, quotes and backslashes are escaped: always one word, "" for empty */
};

/* What was found: for term.* findings. ESCAPE is a control (C0 but tab, DEL, C1); INVISIBLE is harmless but for the reader. */
enum { CLEANED_ESCAPE = 1, CLEANED_BIDI = 2, CLEANED_INVALID = 4, CLEANED_INVISIBLE = 8 };

bool     clean_is_plain(slice);		/* printable ASCII only, as almost all text is: there is nothing to clean */
unsigned clean_add(struct buf *, slice, enum clean_how);
unsigned clean_scan(slice);		/* the same bits, without writing */
/* Columns that the text takes on a terminal (wide characters 2, combining 0), as CLEAN_TERMINAL writes it. */
size_t   clean_width(slice);

#endif
