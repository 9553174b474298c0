/*
 * fold.h - events into records.
 *
 * Feed every event of the run; records come out through `give` in the order
 * in which they become known: a message before its session. Memory follows
 * the sessions that are open; it is freed with each.
 */
#ifndef FOLD_H
#define FOLD_H

#include "record.h"

struct fold;

struct fold_user {
	void *self;
	int (*give)(void *self, const struct record *);		/* -1 stops the run */
};

/* What the records shall hold besides the envelope. */
enum {
	FOLD_MESSAGES = 1,	/* subject, from, date and the like; parts with what is in them; links */
	FOLD_HEADERS = 2,	/* all header fields (--headers) */
	FOLD_SECRETS = 4,	/* credentials (--show-secrets); they are wiped with the session */
	FOLD_PARTS = 16,	/* only which parts there are, and their sizes */
	FOLD_DIALOGUE = 32,	/* commands with their replies */
	FOLD_NAMELESS = 8	/* nobody shows a uid or Community ID: they stay empty (digests cost more than the rest) */
};

/* The events that the fold needs: or this into the wants of the run. */
uint32_t fold_wants(unsigned keep);

struct fold *fold_new(const struct fold_user *, unsigned keep);
void fold_free(struct fold **);
int  fold_event(struct fold *, const struct event *);		/* 0, or -1 from give */

struct attempt_facts {
	int outcome;
	struct endpoint client, server;
	nstime first, last;
	slice detail;
	enum finding finding;		/* FINDINGS: none */
	uint64_t packet;
};
int  fold_attempt(struct fold *, const struct attempt_facts *);
/* A finding of no session (at.session 0 in the event), or of a session already recorded, is given at once as REC_FINDING. */

/* A sink may ask what is known of a session while its events still come, the last one included; NULL: not open. */
const struct rec_session *fold_session(const struct fold *, uint64_t number);

/* The same of a message whose record was not told yet. */
const struct rec_message *fold_message(const struct fold *, uint64_t number, uint32_t mail, bool server_reading);

/* Attempts that were not told yet; each may still be counted again. */
size_t fold_attempts(const struct fold *);
const struct rec_attempt *fold_attempt_at(const struct fold *, size_t);

/* Bytes kept for sessions that are still open: a share of the budget. */
size_t fold_memory(const struct fold *);

/*
 * Live there is no end at which attempts could be told: those that were not counted again for LIMIT_ATTEMPT_QUIET, or began
 * LIMIT_ATTEMPT_AGE ago, are told and forgotten. Looks at a bounded number each time.
 */
int  fold_expire(struct fold *, nstime now);

/* Numbers that the engine knows; the fold adds its own and gives REC_STATS. */
int  fold_tell_stats(struct fold *, const struct rec_stats *, nstime now);	/* so far */
int  fold_finish(struct fold *, const struct rec_stats *);	/* attempts (by first), then stats */
const struct rec_stats *fold_stats(const struct fold *);	/* so far */

#endif
