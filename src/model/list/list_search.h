/*
 * list_search.h - where do the words stand next? Only list.c includes this.
 */
#ifndef LIST_SEARCH_H
#define LIST_SEARCH_H

#include "list.h"

enum { SEARCH_COLUMNS = 64 };

struct search {
	struct buf words, text;
	const struct column *column[SEARCH_COLUMNS];
	size_t ncolumn;
	bool backwards, round;
	size_t at, from, done;		/* rows that were looked at */
	size_t of;			/* … and that are to be */
	enum list_found found;
};

void search_init(struct search *);
void search_fini(struct search *);
void search_begin(struct search *, slice words, size_t from, bool backwards, const struct column *const *, size_t ncolumns);
bool search_work(struct search *, const struct list *, const struct model *, struct entry_reader *, nstime until);
unsigned search_percent(const struct search *);

#endif
