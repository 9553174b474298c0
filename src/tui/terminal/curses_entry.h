/*
 * curses_entry.h - what the terminal's entry (terminfo) says, beyond what
 * ncurses does with it. For curses.c.
 */
#ifndef CURSES_ENTRY_H
#define CURSES_ENTRY_H

#include "base/buf.h"
#include "keys.h"

bool entry_has_cursor(const char *term);	/* its cursor can be placed; true also if nothing is known of it */
void entry_keys(struct keys *);			/* the sequences of its keys */
bool entry_has(const char *capability);
void entry_send(const char *capability);	/* writes it, if the terminal has it */
/* What puts the terminal back that we may have changed. */
void entry_farewell(struct buf *out, int height, bool mouse);

#endif
