/*
 * tally.h - what a page of figures counts of one message, session or attempt,
 * as bytes that can wait for a verdict (hold.h).
 */
#ifndef TALLY_H
#define TALLY_H

#include "base/buf.h"
#include "record/record.h"

/* What is counted. Replies and findings are told one by one. */
struct tally_user {
	void *self;
	void (*message)(void *self, enum mail_status, uint64_t recipients, uint64_t bytes);
	void (*session)(void *self, uint64_t commands);
	void (*attempt)(void *self, uint64_t count);
	void (*reply)(void *self, slice verb, int code, nstime wait, slice enhanced, slice text);
	void (*finding)(void *self, enum finding);
};

/* A message and the replies to it; a session and those of no message; an attempt; a lone finding. */
void tally_message(struct buf *, const struct rec_message *);
void tally_session(struct buf *, const struct rec_session *);
void tally_attempt(struct buf *, const struct rec_attempt *);
void tally_finding(struct buf *, const struct rec_lone_finding *);
void tally_tell(slice tally, const struct tally_user *);

#endif
