/*
 * tall.h - lines of varying height with a cursor that is always in sight.
 *
 * What scroll is for lists (view.h), for rows that take one or more lines on
 * the screen. How many a row takes is asked when it is needed, of those
 * in sight and a screenful around them; so it costs the same for ten rows and
 * a hundred thousand. A row that is taller than the screen is read by going
 * down line by line before the cursor leaves it.
 */
#ifndef TALL_H
#define TALL_H

#include "tui/view.h"

struct tall {
	size_t top, cursor, count;
	int line;			/* of the row at the top: the first that is shown */
	int height;			/* of the area */
	int (*lines)(void *self, size_t row);	/* at least 1 */
	void *self;
};

void tall_set(struct tall *, size_t count, int height);		/* before drawing; keeps the cursor in sight */
void tall_to(struct tall *, size_t cursor);
void tall_show(struct tall *, size_t cursor, int above);	/* the same, with so many lines above it if there are */
bool tall_act(struct tall *, enum action);			/* DOWN … LAST; true: it was one of them */
/* Wheel, click: of lines from its first one on. *row_r: what was clicked at, or SIZE_MAX. */
bool tall_mouse(struct tall *, const struct mouse *, int y0, size_t *row_r);

#endif
