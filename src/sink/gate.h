/*
 * gate.h - what is shown (-Y): one account for all outputs of a run.
 *
 * It is the first sink of the run: when another one hears of a record, the
 * gate has heard it and knows the verdict. A message's may wait for the end
 * of its session; then whoever asks gets a ticket, and at the session's
 * record the ticket is good for the answer.
 *
 * A session is shown if one of its messages matches, or, when it had none, if
 * it does itself.
 *
 * A NULL gate stands for no filter: everything is shown.
 */
#ifndef GATE_H
#define GATE_H

#include "dissect/sink.h"
#include "filter/filter.h"
#include "record/fold.h"

struct gate;

typedef size_t gate_ticket;
#define GATE_SESSION  ((gate_ticket)0)		/* for "is the session shown?" */
#define GATE_ALWAYS   SIZE_MAX			/* for what is shown, and waits for something else */

struct gate *gate_new(const struct filter *);
void gate_free(struct gate **);
void gate_open(struct gate *, const struct fold *, struct sink *sink_r);	/* the first sink; the gate outlives it */
const struct filter *gate_filter(const struct gate *);	/* NULL of no gate */

/* While the record is being told. */
enum truth gate_message(struct gate *, const struct rec_message *, gate_ticket *);
/* Of one recipient, part or finding of it, where each is a line of its own. */
enum truth gate_element(struct gate *, const struct rec_message *, enum field_scope, size_t index, gate_ticket *);
/* What is complete: a session, an attempt, a finding, an element of one. */
bool gate_unit(const struct gate *, const struct unit *);
bool gate_attempt(const struct gate *, const struct rec_attempt *);
bool gate_finding(const struct gate *, const struct rec_lone_finding *);

/* Is the session of an event shown? A finding of no open session speaks for itself. */
enum truth gate_event(const struct gate *, const struct event *);
/* Is the session shown? YES and NO stay so; at its record it is never UNSURE. */
enum truth gate_session(const struct gate *, uint64_t number);
/* Can a message whose content has begun still be shown? Not, if its envelope says so. */
bool gate_mail(const struct gate *, uint64_t number, uint32_t mail, bool server_reading);
/* At the session's record: what the ticket is good for. */
bool gate_redeem(const struct gate *, uint64_t number, gate_ticket);

/* Of a session: the spool is full, and what waits for it is shown before the verdict. */
void gate_force(struct gate *, uint64_t number);

struct gate_counts { uint64_t sessions, messages, attempts, findings, undecided; };
struct gate_counts gate_counts(const struct gate *);	/* that matched, so far */

#endif
