/*
 * columns.h - what -e, -E and --rows say: which fields of which rows, and how
 * they are written.
 *
 * The words of -E are tshark's:
 *
 *	header=y|n		names in the first line
 *	separator=/t|/s|C	between columns
 *	quote=d|s|n		around values
 *	occurrence=f|l|a	of several values the first, the last, all
 *	aggregator=,|/s|C	between all of them
 *	bom=y|n			a byte order mark first
 *	guard=y|n		(ours) for spreadsheets: see columns_put()
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "base/buf.h"
#include "filter/field.h"

enum { COLUMNS_MAX = 64 };

/* Rows: session, message, an attempt, or the elements of a list. */
enum rows_of { ROWS_SESSION, ROWS_MESSAGE, ROWS_ATTEMPT, ROWS_LIST };

struct columns {
	const struct field *field[COLUMNS_MAX];
	size_t n;
	enum rows_of rows;
	enum field_scope list;		/* of ROWS_LIST */
	/* '\0': as the format has it */
	char header, separator, quote, occurrence, aggregator, bom, guard;
};

/* The columns of a format as far as nothing else was said: csv has some for each kind of rows, fields has none. */
void columns_init(struct columns *);				/* rows of messages */
/* False: why. */
bool columns_add(struct columns *, slice field, struct buf *error);
bool columns_set(struct columns *, slice option, struct buf *error);
bool columns_rows(struct columns *, slice rows, struct buf *error);
bool columns_check(const struct columns *, struct buf *error);	/* do the fields fit the rows? */
struct columns columns_of_csv(const struct columns *);		/* complete */
struct columns columns_of_fields(const struct columns *);
unsigned columns_needs(const struct columns *);			/* NEED_… of filter/field.h */

/* --- the cells of a row --- */

/*
 * A cell holds cleaned text, several values joined. Those of which the session
 * may add more are late: columns_finish() completes them.
 */
struct columns_cell { struct buf text; bool any, late; };

/* The value of a field of a unit that is there once, or all values of a list, restricted as the unit is. */
void columns_fill(const struct columns *, size_t column, const struct unit *, struct columns_cell *, int digits);
/* A cell of a message: with the session, whose record is complete now. */
void columns_finish(const struct columns *, size_t column, const struct unit *session, struct columns_cell *, int digits);

/*
 * A line of it. guard: a value that begins as a formula does (= + - @) and
 * came from the wire gets an apostrophe before it, so that a spreadsheet
 * shows it instead of doing what it says.
 */
void columns_put(const struct columns *, struct buf *out, size_t column, slice text);
void columns_put_names(const struct columns *, struct buf *out);
void columns_end(const struct columns *, struct buf *out);	/* the line's end: CRLF where values are quoted as RFC 4180 says */

#endif
