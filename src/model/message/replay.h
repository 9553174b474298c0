/*
 * replay.h - what is remembered, fed once more to an ordinary sink.
 *
 * So a session that is saved from the screen is written by the same code that
 * writes it from the command line, and says the same. What was let go is told
 * as bytes that are missing: such a message is not whole, and its file is
 * called partial.
 *
 * Events and records come as the engine gives them, but session by session
 * in the order that was asked for, and REC_STATS, which speaks of all
 * sessions, does not come. A session that goes on is told as if the capture
 * ended here. Of a session whose events were let go in part, the records are
 * those that were remembered.
 *
 * The bytes of parts and their text are not remembered: a sink that wants
 * them gets those of a second walk through the message, and all that is told
 * of its parts with them. So do digests that the first one did not make.
 *
 *	replay.c	sessions and messages: which, in which order, what is told of them
 *	replay_body.c	the content of a message: read, walked through, told as partial
 *
 * BUGS: findings stand where they arose in the first reading, so of a part's
 * bytes some may come before and some behind them.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "dissect/sink.h"
#include "model/model.h"
#include "record/fold.h"

struct replay_options {
	const uint32_t *item;		/* sessions, attempts, messages and findings of the model, each once, in order; copied */
	size_t n;
	unsigned keep;			/* FOLD_… for the records that the sink gets */
	uint32_t wants_all;		/* WANT_… that go beyond kinds: digests */
	bool ends;			/* messages alone: the sink is told their sessions' records, too */
};

struct replay;

struct replay *replay_new(struct model *, const struct replay_options *);
/* The fold whose records the sink gets, for sinks that ask. */
const struct fold *replay_fold(const struct replay *);
void replay_sink(struct replay *, const struct sink *);	/* it is closed by replay_free() */
/* Goes on until machine_steady() says `until`. 1: there is more; 0: done; -1: the sink failed. */
int  replay_work(struct replay *, nstime until);
unsigned replay_percent(const struct replay *);
uint64_t replay_gone(const struct replay *);		/* sessions of which something had been let go */
/* Of messages: only these go to the sink, none else of their session. failed: leave nothing half-written. -1: it failed to close. */
int  replay_free(struct replay **, bool failed);

#endif
