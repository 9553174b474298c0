/*
 * column.h - what a list can show of an item, as a table.
 *
 * The columns that people want first have a title, a width and a place among
 * those that a narrow screen leaves out; beyond them every field of the
 * filter language is a column under its own name.
 */
#ifndef COLUMN_H
#define COLUMN_H

#include "base/when.h"
#include "filter/field.h"

struct column {
	const char *name;		/* "from", or a field's name */
	const char *title;		/* "from → to": at most as wide as the column */
	const char *about;		/* one line for the chooser */
	uint8_t narrow, wide;		/* columns that it takes at least, and wants; wide 0: all that is left */
	uint8_t rank;			/* the highest go first when there is no room; 0: never */
	bool right;			/* numbers */
	bool in_sessions, in_messages;	/* lists that it is meant for */
	/* Appends what it shows, raw as on the wire; the screen cleans it. */
	void (*text)(const struct column *, const struct unit *, const struct when *, struct buf *out);
	/* What it is sorted by: a number, or else (false) its text without regard to case. */
	bool (*number)(const struct column *, const struct unit *, int64_t *number_r);
	const struct field *field;	/* of a column that is a field, else NULL */
};

extern const struct column columns_known[];
extern const size_t ncolumns_known;

/* By name, or of a field. NULL: neither. The result is valid for ever. */
const struct column *column_find(slice name);
/* Names, separated by commas: what is shown unless somebody chose otherwise. */
const char *columns_default(bool messages);

/* The result as it stands in the list: "250", "550 5.1.1", "timeout", "TLS fail"; and whether it is good. */
enum result_tone { TONE_OPEN, TONE_GOOD, TONE_PARTLY, TONE_LATER, TONE_BAD, TONE_UNKNOWN };
enum result_tone unit_result(const struct unit *, struct buf *text_or_null);
/* "" (none) "i" "n" "w" "a" */
const char *severity_letter(enum severity);

#endif
