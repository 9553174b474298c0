/*
 * sheet_parts.h - for those who write on sheets: sheet.c, and sheet_row.c,
 * which knows rows.
 */
#ifndef SHEET_PARTS_H
#define SHEET_PARTS_H

#include "sheet.h"

/* How a line is broken where it is too long. */
enum sheet_breaking { BREAK_AT_WORDS, BREAK_AT_EDGE, BREAK_CUT };

/* Clean text at a place of its own. */
void sheet_put(struct sheet *, int y, int x, enum style, slice);
/* The style of what is added to sheet.line from now on. */
void sheet_style(struct sheet *, enum style);
/* What was collected, below what is there; as sheet_end_line(). */
void sheet_break(struct sheet *, int x, int hanging, int right, enum sheet_breaking);

#endif
