/*
 * pane.h - where what is known of the chosen line stands: beside the lines on
 * a wide screen, below them on another.
 */
#ifndef PANE_H
#define PANE_H

#include "tui/canvas.h"

struct pane_size {
	int wide;		/* columns from which there is room beside the lines */
	int high, lines;	/* lines from which there is room below, and how many it takes then, with the one that parts them */
	int low;		/* lines from which one line has room; 0: never one line alone */
};

/* Cuts the pane off the area, and draws what parts them. Its height is 0 if there is none, 1 if it is only a line. */
struct area pane_cut(struct area *lines, const struct pane_size *);

#endif
