/*
 * summary.h - the block above a message: who sent it to whom, and who got it;
 * a line each, as many as there is room for.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "record/record.h"
#include "tui/view.h"

enum { SUMMARY_LABEL = 11, SUMMARY_LINES = 16 };

struct summary_line { const char *label; enum style style; size_t at, n; };

struct summary {
	struct buf text;		/* of all lines */
	struct summary_line line[SUMMARY_LINES];
	int n;
};

void summary_init(struct summary *);
void summary_fini(struct summary *);
/* open: the message still comes. height: lines that it may take; 1: its subject. */
void summary_fill(struct summary *, const struct rec_message *, bool open, int height);
void summary_draw(const struct summary *, struct area, int y);
void summary_print(const struct summary *, struct buf *out);

#endif
