/*
 * hold.h - lines that wait for a verdict.
 *
 * What is sure goes out at once. What is not is kept for its session, a
 * little in memory and the rest in one file that has no name, at most
 * --spool-max for all outputs. When that is full, the session that has waited
 * longest is shown as it is, each line marked, and counted: a match is never
 * lost. At the session's record the rest goes out, or is forgotten.
 */
#ifndef HOLD_H
#define HOLD_H

#include "gate.h"
#include "options.h"
#include "output.h"

struct hold;

/* How a line says that it was shown before the verdict: mark stands `before` bytes from its end. */
struct hold_mark { slice text; size_t before; };

struct hold *hold_new(const struct output_options *, struct output_file *, struct hold_mark);
/* Instead of writing a line that waited as it is. Nothing is marked then; and the file may be NULL if only what waits is put. */
typedef int hold_writer(void *self, uint64_t session, slice line);
void hold_set_let_out(struct hold *, hold_writer *, void *self);
void hold_free(struct hold **);			/* what still waits is forgotten */

/*
 * A line of a session that is shown, is not, or waits for what the ticket is
 * good for: append it to the buf and end it. NULL: it is not shown.
 */
struct buf *hold_begin(struct hold *, uint64_t session, enum truth, gate_ticket);
/* A line that tells an event: it is shown with its session. */
struct buf *hold_begin_event(struct hold *, const struct event *);
int  hold_end(struct hold *);
int  hold_put(struct hold *, uint64_t session, enum truth, gate_ticket, slice line);	/* one that stands elsewhere */
/* A session's verdict may be there since its last line: what waited goes out, or is forgotten. */
int  hold_settle(struct hold *, uint64_t session, enum truth);
/* At the session's record. */
int  hold_finish(struct hold *, uint64_t session);
size_t hold_memory(const struct hold *);

#endif
