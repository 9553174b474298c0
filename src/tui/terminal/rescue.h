/*
 * rescue.h - the terminal is put back, whatever ends the program.
 *
 * curses_close() does it in good order. What is here is for all other ends:
 * exit() from anywhere, and signals that end the program at once (a crash, or
 * a signal that nobody catches). Then nothing may be called that is not safe
 * in a signal handler: the bytes are prepared before, and written; after that
 * the signal does what it did before (a core, a sanitizer's report).
 *
 * Meanwhile what is said on stderr would spoil the screen. It is kept (the
 * first RESCUE_SAID bytes) and said when the terminal is the user's again.
 */
#ifndef RESCUE_H
#define RESCUE_H

#include "base/limits.h"
#include "base/slice.h"

enum { RESCUE_BYTES = 512, RESCUE_SAID = LIMIT_SCREEN_STDERR };

/* Keeps how the terminal is now, to be restored; `key` and `out` are its descriptors. False: it is no terminal. */
bool rescue_prepare(int key, int out);
void rescue_arm(slice bytes);		/* from now on; more than RESCUE_BYTES are refused by CHECK() */
void rescue_disarm(void);		/* the terminal is the user's */
void rescue_now(void);			/* safe in a signal handler */
void rescue_restore_modes(void);	/* as they were when prepared */

/* stderr, if it is a terminal, is kept between the two. */
void rescue_hush(void);
void rescue_speak(void);
int  rescue_hushed(void);		/* a descriptor that can be read when something was said, or -1 */
/* What was said since the last call; valid until the next one. */
slice rescue_listen(void);

#endif
