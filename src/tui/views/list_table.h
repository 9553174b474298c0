/*
 * list_table.h - rows of the list: titles, cells, colours, marks.
 */
#ifndef LIST_TABLE_H
#define LIST_TABLE_H

#include "list_columns.h"
#include "tui/app.h"

struct list_table {
	struct app *app;
	struct list_columns columns;
	struct entry_reader *reader;
	struct buf text;
	size_t top;			/* rows as drawn last */
	int rows;
	bool more;			/* one of them does not tell all of its session yet */
};

void list_table_init(struct list_table *, struct app *);
void list_table_fini(struct list_table *);

/* `rows` rows from `top` on, below a line with the titles; cursor: its place, SIZE_MAX: none. */
void list_table_draw(struct list_table *, struct area, size_t top, int rows, size_t cursor);
/* Looks at the rest of what was drawn. True: there is more. */
bool list_table_work(struct list_table *, nstime until);
/* Whose title or cell stands at x; NULL: nobody's. */
const struct column *list_table_at(const struct list_table *, int x);
/* What a search looks at: the columns that are shown. Returns how many. */
size_t list_table_shown(const struct list_table *, const struct column *shown[LIST_COLUMNS_MOST]);

enum style tone_style(enum result_tone);

#endif
