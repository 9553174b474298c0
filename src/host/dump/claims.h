/*
 * claims.h - whose packet is it, and is that shown? For -w with -Y.
 *
 * Each packet is looked at once: between claims_begin() and claims_leave() the
 * events that it causes say whose it is. Nobody's is put aside, as a handshake
 * belongs to a session that is known of later. A session's packets wait in the
 * spool until the verdict on it is there, then they are given on, in the order
 * in which they came, or forgotten. When the spool is full, the session that has
 * waited longest is given before it is known whether it matches, and counted.
 *
 * What can be read again is known by its numbers alone: then nothing is put
 * aside, and what waits and is given is a frame without bytes.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "base/buf.h"
#include "capture/source.h"
#include "dissect/sink.h"
#include "options/options.h"
#include "record/record.h"

struct claims;

/* -1: said on stderr. */
typedef int claims_give(void *self, const struct frame *);

/* room: bytes that may be put aside; 0: only numbers. */
struct claims *claims_new(const struct options *, size_t room, claims_give *, void *self);
void claims_free(struct claims **);

/* The sink's. -1 is give's. */
enum { CLAIMS_WANTS = WANT(EV_OPEN) | WANT(EV_PACKET) | WANT(EV_CLOSE) | WANT(EV_ANOMALY) };
int  claims_event(struct claims *, const struct event *);
int  claims_session(struct claims *, const struct rec_session *);	/* its record: the verdict is there */
int  claims_attempt(struct claims *, const struct rec_attempt *);	/* one that is shown: its packets are among those put aside */
size_t claims_memory(const struct claims *);

/* The source's. */
void claims_begin(struct claims *, const struct frame *);	/* its bytes stay where they are until claims_leave() */
int  claims_leave(struct claims *);				/* all was said of it */

#endif
