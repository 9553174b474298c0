/*
 * curses.h - the one door to ncurses: the terminal as a place for a canvas,
 * and a source of keys.
 *
 * Opened by newterm(), never by initscr(), which exits. A TERM that is not
 * known falls back to one that every terminal understands. Whatever happens (an
 * exit, a signal, a crash) the terminal is put back as it was found.
 *
 * Characters are written as UTF-8 where the locale says so; elsewhere lines
 * become - and |, and others that the locale lacks '?'.
 */
#ifndef CURSES_DOOR_H
#define CURSES_DOOR_H

#include "action.h"
#include "canvas.h"

struct curses_options {
	const struct theme *theme;	/* NULL: the default, in the terminal's own colours */
	bool monochrome;		/* NO_COLOR, --color never */
};

/* Keys come from standard input if it is a terminal, else from the terminal of the process. False: why, in `why`. */
bool curses_open(const struct curses_options *, struct buf *why);
void curses_close(void);			/* as often as one likes */
void curses_theme(const struct theme *, bool monochrome);
void curses_size(int *width_r, int *height_r);	/* as it is now */
void curses_show(const struct canvas *, int cursor_x, int cursor_y);	/* only what changed; cursor -1: hidden */
void curses_redraw(void);			/* the next show draws everything */
void curses_mouse(bool on);
int  curses_fd(void);				/* to poll */
/* The next key that is there, or KEY_NOTHING. Mouse: KEY_SPECIAL, and *mouse_r. A lone ESC is told at once. */
uint32_t curses_key(struct mouse *mouse_r);
void curses_leave(void);			/* the terminal is the user's, for a program or the shell … */
void curses_return(void);			/* … and ours again */

#endif
