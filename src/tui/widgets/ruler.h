/*
 * ruler.h - waits as lengths: from 1 ms on, so many columns for each factor of
 * ten. The same scale wherever waits are drawn.
 */
#ifndef RULER_H
#define RULER_H

#include "tui/canvas.h"

enum { RULER_DECADES = 5 };			/* 1 ms to 100 s */

static inline int ruler_columns(int decade) { return decade * RULER_DECADES + 1; }
/* In eighths of a column, at least one. */
int  ruler_length(int decade, int64_t wait);
/* "1ms .1s 10s" where they belong; nothing if there is too little room. */
void ruler_draw(struct area, int x, int y, int decade);

#endif
