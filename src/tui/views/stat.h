/*
 * stat.h - the sections of the page of figures: which lines each has, and how
 * they look. stat.c lays them out.
 */
#ifndef STAT_H
#define STAT_H

#include "base/when.h"
#include "model/model.h"
#include "tui/canvas.h"

/* What is drawn from. */
struct stat_page {
	const struct model *model;
	const struct figures *f;
	struct when when;
	bool filtered;			/* the list is; the figures are not */
	int names;			/* of a list that are shown */
	int width;			/* of a column */
};

struct stat_section {
	const char *title;
	int  (*lines)(const struct stat_page *);		/* without title and blank line; 0: the section is left out */
	void (*head)(const struct stat_page *, struct area line);	/* what stands in the title's line, or NULL */
	void (*draw)(const struct stat_page *, int n, struct area line);
	/* The filter that shows what a line counts. False: there is none. NULL: of no line. */
	bool (*filter)(const struct stat_page *, int n, struct buf *out);
};

extern const struct stat_section stat_sections[];
extern const size_t nstat_sections;

#endif
