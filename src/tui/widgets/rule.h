/*
 * rule.h - the line above a pane: its name at the left, what is to be said of
 * it at the right. "── parts ────────── 12–30/97 ──"
 */
#ifndef RULE_H
#define RULE_H

#include "tui/canvas.h"

/* here: the cursor is in this pane. */
void rule_draw(struct area, int y, bool here, slice title, slice right);

#endif
