/*
 * canvas.h - a grid of cells that views draw on.
 *
 * A cell is a character with its combining marks, and a style by meaning
 * (theme.h says what it looks like). Views draw with no terminal there; the
 * door to curses copies the grid, tests print it.
 *
 * canvas_text() is the last moment before output: whatever came from the wire
 * goes through it and is made harmless there (base/clean.h). Nothing is ever
 * drawn outside the canvas or the area.
 */
#ifndef CANVAS_H
#define CANVAS_H

#include "base/buf.h"
#include "theme.h"

enum { CELL_MARKS = 2 };

struct cell {
	uint32_t character;		/* 0: the right half of the wide character before it */
	uint32_t mark[CELL_MARKS];	/* combining, or 0 */
	uint8_t style;			/* enum style */
	bool selected;			/* shown as the cursor's line, whatever the style */
	bool found;			/* … as what was searched for */
};

struct canvas { struct cell *cell; int width, height; };	/* cell[y * width + x] */

/* A rectangle of a canvas; views get theirs and count from its corner. */
struct area { struct canvas *canvas; int x, y, width, height; };

struct canvas *canvas_new(int width, int height);	/* at most LIMIT_CANVAS each way */
void canvas_free(struct canvas **);
void canvas_resize(struct canvas *, int width, int height);	/* cleared */
void canvas_clear(struct canvas *);
struct area canvas_all(struct canvas *);
struct area area_part(struct area, int x, int y, int width, int height);	/* clipped */

/* Text from anywhere, one line; what does not fit in `room` columns ends in "…". Returns the columns it took. */
int  canvas_text(struct area, int x, int y, int room, enum style, slice);
int  canvas_words(struct area, int x, int y, enum style, const char *constant);	/* our own text, to the edge */
/* Right-aligned in `room` columns. */
void canvas_right(struct area, int x, int y, int room, enum style, slice);
/* The text from column `skip` on, for what is scrolled sideways. */
int  canvas_text_from(struct area, int x, int y, int room, enum style, slice, int skip);
void canvas_fill(struct area, int x, int y, int width, int height, uint32_t character, enum style);
void canvas_line(struct area, int y, uint32_t character, enum style);		/* a whole line of it */
void canvas_put(struct area, int x, int y, uint32_t character, enum style);
void canvas_select(struct area, int y);			/* the whole line is the cursor's */
/* Marks where the words stand on that line, without regard to case. */
void canvas_mark_found(struct area, int y, slice words);

/* Columns that a text takes when drawn. */
int  text_columns(slice);

/*
 * Lines with their blanks at the end removed, as UTF-8. styles: below each line that has any, a line with the letter of
 * each cell's style (theme.h), and one with ^ for the cursor's line and ~ for what was found.
 */
void canvas_print(const struct canvas *, struct buf *out, bool styles);

#endif
