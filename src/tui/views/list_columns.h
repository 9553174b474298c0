/*
 * list_columns.h - the columns that somebody chose, and how wide they are on
 * a screen.
 *
 * As text they are names separated by commas, each with the width that was
 * chosen for it behind a colon: "number,time,route:50,result". A width that
 * nobody chose is that of what was shown so far, within what the column allows.
 */
#ifndef LIST_COLUMNS_H
#define LIST_COLUMNS_H

#include "model/list/column.h"

enum { LIST_COLUMNS_MOST = 64 };

struct list_column {
	const struct column *is;
	bool own;			/* it is none of those that are shown at first: somebody wants to see it */
	int chosen;			/* width, or 0: as it comes */
	int seen;			/* of the widest text that was shown */
	int x, width;			/* as laid out; width 0: there is no room for it */
};

struct list_columns {
	struct list_column v[LIST_COLUMNS_MOST];
	size_t n;
	int left;			/* column where the first one begins */
};

struct list_column list_column_of(const struct column *);
/* Names that are no column's are left out, and said in `why`. False: none is left (then nothing changes). */
bool list_columns_parse(struct list_columns *, slice text, struct buf *why);
void list_columns_print(const struct list_columns *, struct buf *out);
struct list_column *list_columns_find(struct list_columns *, const struct column *);	/* or NULL */

/* Who is shown, and where. Returns the columns between two. */
int list_columns_lay_out(struct list_columns *, int width);

#endif
