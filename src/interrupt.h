/*
 * interrupt.h - what signals ask of a run.
 *
 * INT, TERM	it ends, as if the capture ended here, and reads what was captured
 *		until then; a second one ends the program at once
 * HUP		live, with results that go into files: they are opened again, by
 *		name (who rotates logs says so with it). Else, and when the
 *		terminal that the program was started from has gone, it ends.
 * USR1		the counters are told
 * PIPE		nobody reads our only output any more: it ends, and nothing is said
 * ALRM		a second after one that ends it: the run may have been about to wait
 *		for input, or still read
 *
 * The screen has handlers of its own while it is up (tui/terminal/signals.h).
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

struct interrupts {
	atomic_int stop;		/* enum engine_stop */
	atomic_int ask, reopen;		/* set; whoever obeys clears them */
	atomic_int by;			/* the signal that ended it, or 0 */
};

/* Until the options are known: a closed pipe is an error like others, and which terminal we were started from is remembered. */
void interrupt_begin(void);
void interrupt_catch(bool one_output, bool reopens);
struct interrupts *interrupt_state(void);
/* Is a SIGHUP a wish that results be opened again? */
bool interrupt_means_reopen(void);

#endif
