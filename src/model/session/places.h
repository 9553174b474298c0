/*
 * places.h - which row of a transcript tells which bytes, and in which order
 * rows are read.
 *
 * Rows become known one after the other, and a finding after what it speaks
 * of, often long after. Who reads wants it where its evidence stands: a
 * finding that names bytes is read below the row that tells them, behind all
 * that belongs to that row (the further lines of a reply, the parts of a
 * message); several below the same row in the order in which they arose. One
 * that names none stays where it arose. All other rows keep their order.
 */
#ifndef PLACES_H
#define PLACES_H

#include "record/row.h"

struct places;

struct places *places_new(void);
void places_free(struct places **);
/* Each row once, in order. */
void places_add(struct places *, const struct row *);
/* The row that tells these bytes, or the nearest before them in its direction; no finding. SIZE_MAX: none. */
size_t places_find(const struct places *, enum dir, uint64_t offset, uint64_t packet);
/* Puts the rows that came since in order. */
void places_order(struct places *);
size_t places_count(const struct places *);		/* of rows in order */
size_t places_findings(const struct places *);		/* of them */
size_t places_row(const struct places *, size_t at);	/* the row that is read there */
size_t places_of(const struct places *, size_t row);	/* where it is read; the inverse */

#endif
