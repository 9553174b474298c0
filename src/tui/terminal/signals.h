/*
 * signals.h - signals as something that can be polled for.
 *
 * Handlers only write a byte into a pipe (and remember that the program shall
 * end). They reach the main thread: base/thread.h.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

void signals_begin(void);	/* INT TERM HUP WINCH TSTP CONT; PIPE is ignored */
void signals_end(void);		/* as it was before */
int  signals_fd(void);
int  signals_next(void);	/* one that came since, or 0 */
/* Stops this program (or all of its job, as the terminal's own ^Z does) until it is continued. */
void signals_stop(bool job);

#endif
