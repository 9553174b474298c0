/*
 * line.h - a line of text that is typed: UTF-8, with a cursor that stands
 * between characters, never inside one or before its combining marks.
 *
 * What does not fit into LIMIT_PROMPT is not taken.
 */
#ifndef LINE_H
#define LINE_H

#include "base/buf.h"

struct line {
	struct buf text;
	size_t cursor;			/* in bytes */
	struct buf killed;		/* by ^U ^K ^W, for ^Y */
};

void line_init(struct line *, slice text);		/* the cursor at its end */
void line_fini(struct line *);
void line_set(struct line *, slice text);
/* Bytes [from, to) become these, and the cursor stands behind them. */
void line_replace(struct line *, size_t from, size_t to, slice with);

enum line_said { LINE_NOT_MINE, LINE_MOVED, LINE_CHANGED };
enum line_said line_key(struct line *, uint32_t key);

#endif
