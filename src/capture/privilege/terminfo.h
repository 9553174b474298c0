/*
 * terminfo.h - where ncurses looks for what it knows of terminals, terminfo(5):
 * the directories that the screen may read.
 */
#ifndef TERMINFO_H
#define TERMINFO_H

#include "base/buf.h"

/* One after the other, each with a NUL. */
void terminfo_directories(struct buf *out);

#endif
