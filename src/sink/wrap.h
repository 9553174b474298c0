/*
 * wrap.h - a long line for a narrow terminal: broken between words, and what
 * follows stands indented below.
 *
 * The text is clean (base/clean.h) and holds no line end. A piece that begins
 * with "·" stays together if it is short, "· 1,915 bytes" for one. A word
 * that has no room in a line of its own is broken at the edge. What is in a
 * pipe or a file is never broken: that is for the caller to know.
 */
#ifndef WRAP_H
#define WRAP_H

#include "base/buf.h"

/* Breaks what stands in out behind `from`, whose first character is in that column (from 0). */
void wrap_tail(struct buf *out, size_t from, size_t column, size_t indent, size_t width);

#endif
