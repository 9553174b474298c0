/*
 * table.h - a list as it stands, as a table for a spreadsheet: CSV as RFC 4180
 * has it, a line with the columns' names first.
 *
 * Numbers, spans (seconds) and times (UTC) are written so that programs read
 * them; "from → to" is two columns, and all recipients are named. What came
 * from the wire is cleaned, and what would be a formula gets an apostrophe
 * before it. Made in slices; at most LIMIT_TABLE bytes.
 */
#ifndef TABLE_H
#define TABLE_H

#include "column.h"

struct table;

/* The items are copied. */
struct table *table_new(const struct model *, const uint32_t *item, size_t n, const struct column *const *, size_t ncolumns);
void table_free(struct table **);
bool table_work(struct table *, nstime until);		/* true: there is more */
unsigned table_percent(const struct table *);
size_t table_rows(const struct table *);		/* without the names */
bool table_truncated(const struct table *);		/* it would be longer than the limit */
slice table_text(const struct table *);

#endif
