/*
 * curses.h - the one door to ncurses: the terminal as a place for a canvas,
 * and a source of keys.
 *
 * Opened by newterm(), never by initscr(), which exits. A TERM that is not
 * known falls back to one that almost every terminal understands. Whatever
 * happens (an exit, a signal, a crash) the terminal is put back as it was found
 * (rescue.h).
 *
 * ncurses writes; reading is done here (keys.h), so that ESC is told at once, no
 * unknown sequence is taken for keys, and the loop alone decides when to wait.
 *
 * Characters are written as UTF-8 where the locale says so; elsewhere lines
 * become - and |, and others that the locale lacks '?'. A character about whose
 * width the C library and base/utf8 disagree is not risked: it is '?' as well.
 *
 * BUGS: one terminal in a process. A character that C library and base/utf8
 * know, and the terminal takes for wider or narrower, shifts the rest of its line.
 */
#ifndef CURSES_DOOR_H
#define CURSES_DOOR_H

#include "tui/action.h"
#include "base/nstime.h"
#include "tui/canvas.h"

struct curses_options {
	const struct theme *theme;	/* NULL: the default, in the terminal's own colours */
	bool monochrome;		/* NO_COLOR, --color never */
};

/* Can keys be read, is standard output a terminal, can its cursor be placed? Else why, in a sentence. */
bool curses_is_possible(struct buf *why);
/*
 * Keys come from standard input if it is a terminal, else from the terminal of the process. False: why not, in `said`;
 * true: what the user should know of it, mostly nothing.
 */
bool curses_open(const struct curses_options *, struct buf *said);
void curses_close(void);			/* as often as one likes */
void curses_theme(const struct theme *, bool monochrome);
void curses_size(int *width_r, int *height_r);	/* as it is now */
void curses_show(const struct canvas *, int cursor_x, int cursor_y);	/* only what changed; cursor -1: hidden */
void curses_redraw(void);			/* the next show draws everything */
void curses_mouse(bool on);
int  curses_fd(void);				/* to poll */
/*
 * The next key that is there, or KEY_NOTHING. Mouse: KEY_SPECIAL, and *mouse_r. A lone ESC is told at once: `now` is the
 * machine's clock.
 */
uint32_t curses_key(nstime now, struct mouse *mouse_r);
nstime curses_key_due(void);			/* when to ask again although nothing arrived, or NSTIME_NONE */
bool curses_is_gone(void);			/* nobody is at the other end any more */
void curses_leave(void);			/* the terminal is the user's, for a program or the shell … */
void curses_single_keys(void);			/* … still the user's, but its keys come one by one and are not shown … */
void curses_return(void);			/* … and ours again; also after being stopped without notice */

#endif
