/*
 * pickle.h - events and records as bytes, and back.
 *
 * What is put into the vault. A pickle is compact (small numbers are short,
 * what is absent takes a bit) and says the same when it is read: every member
 * of every struct of event.h and record.h is named in one table, which writes
 * and reads. Slices of what was read point into the bytes, lists stand in the
 * arena, so both must live as long; C strings are valid for ever, as ever.
 *
 * Pickles are our own and never leave the process; still, one that is damaged
 * is refused, not believed.
 */
#ifndef PICKLE_H
#define PICKLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "record/record.h"
#include "vault.h"

/*
 * What the event before said of where and when, so that the next one tells
 * only what is new. All zero before the first event of a piece, which tells
 * all, and says so: pieces that stand one behind the other can be read as one.
 */
struct pickle_before {
	bool any;
	uint64_t session, packet;
	uint64_t end[2];		/* of what was told of, in each direction's stream */
	nstime time;
};

/* Of EV_MAIL_BYTES not the bytes but where they were put; `body` of other kinds is ignored. Credentials are left out unless secrets. */
void pickle_event(struct buf *out, const struct event *, const struct extent *body, bool secrets, struct pickle_before *);
/* Takes one event from the front of *bytes. False: damaged, or it leans on events before it that were not read. */
bool unpickle_event(slice *bytes, struct arena *, struct event *event_r, struct extent *body_r, struct pickle_before *);

/* A record; of a message not its session. */
void pickle_session(struct buf *out, const struct rec_session *);
void pickle_message(struct buf *out, const struct rec_message *);
void pickle_attempt(struct buf *out, const struct rec_attempt *);
void pickle_finding(struct buf *out, const struct rec_lone_finding *);
const struct rec_session *unpickle_session(slice, struct arena *);		/* NULL: damaged */
const struct rec_message *unpickle_message(slice, struct arena *, const struct rec_session *);
const struct rec_attempt *unpickle_attempt(slice, struct arena *);
const struct rec_lone_finding *unpickle_finding(slice, struct arena *);

#endif
