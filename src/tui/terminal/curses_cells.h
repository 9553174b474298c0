/*
 * curses_cells.h - a cell of a canvas as ncurses has it: styles become
 * attributes and pairs of colours, as many as this terminal has. For curses.c.
 */
#ifndef CURSES_CELLS_H
#define CURSES_CELLS_H

#include "tui/canvas.h"

void cells_theme(const struct theme *, bool monochrome);	/* NULL: the default */
void cells_put(int x, int y, const struct cell *);

#endif
