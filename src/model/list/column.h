/*
 * column.h - what a list can show of an entry, as a table.
 *
 * The columns that people want first have a title, a width and a place among
 * those that a narrow screen leaves out; beyond them every field of the
 * filter language is a column under its own name.
 */
#ifndef COLUMN_H
#define COLUMN_H

#include "base/when.h"
#include "entry.h"
#include "filter/field.h"

/* For those who show it: how times are written, and how many columns there are. */
struct column_style {
	struct when when;		/* of r and d: the clock in UTC, for nothing is before a row of a list */
	int width;			/* the text is made to fit, 0: as wide as it is */
};

struct column {
	const char *name;		/* "from", or a field's name */
	const char *title;		/* "from → to": at most as wide as the column */
	const char *about;		/* one line for the chooser */
	uint8_t narrow, wide;		/* columns that it takes at least, and at most; wide 0: all that is left */
	uint8_t rank;			/* the highest go first when there is no room; 0: never */
	bool right;			/* numbers */
	bool in_sessions, in_messages;	/* lists that it is meant for */
	bool adapts;			/* its text says less where there is less room, so that others may grow first */
	bool worst_first;		/* whoever sorts by it wants the highest first */
	/* Appends what it shows, raw as on the wire; the screen cleans it. */
	void (*text)(const struct column *, const struct entry *, const struct column_style *, struct buf *out);
	/* What it is sorted by: a number, or else (false) its text without regard to case. NULL: always its text. */
	bool (*number)(const struct column *, const struct entry *, int64_t *number_r);
	const char *fields;		/* the fields that say the same, for tables that are saved: "smtp.mail_from,smtp.rcpt_to" */
	const struct field *field;	/* of a column that is a field, else NULL */
};

extern const struct column columns_known[];
extern const size_t ncolumns_known;

/* By name, or of a field. NULL: neither. The result is valid for ever. */
const struct column *column_find(slice name);
/* Names, separated by commas: what is shown unless somebody chose otherwise. */
const char *columns_default(bool messages);
/* The text with its values as they are, for searching: no width. */
void column_text(const struct column *, const struct entry *, const struct column_style *, struct buf *out);
bool column_number(const struct column *, const struct entry *, int64_t *number_r);

/* The result as it stands in the list: "250", "550 5.1.1", "timeout", "TLS fail"; and whether it is good. */
enum result_tone { TONE_OPEN, TONE_GOOD, TONE_PARTLY, TONE_LATER, TONE_BAD, TONE_UNKNOWN };
enum result_tone unit_result(const struct unit *, struct buf *text_or_null);
/* What was answered, or what else explains the result: "nobody@example.net: 550 5.1.1 User unknown". Appends. */
void unit_reason(const struct unit *, struct buf *out);
unsigned result_badness(enum result_tone);		/* 0: all is well */
/* "" (none) "i" "n" "w" "a" */
const char *severity_letter(enum severity);

#endif
