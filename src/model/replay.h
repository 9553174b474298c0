/*
 * replay.h - what is remembered, fed once more to an ordinary sink.
 *
 * So a session that is saved from the screen is written by the same code that
 * writes it from the command line, and says the same. What was let go is told
 * as bytes that are missing: such a message is not whole, and its file is
 * called partial.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "dissect/sink.h"
#include "model.h"
#include "record/fold.h"

struct replay_options {
	const uint32_t *item;		/* sessions, attempts and messages of the model, each once, in order; copied */
	size_t n;
	unsigned keep;			/* FOLD_… for the records that the sink gets */
	uint32_t wants_all;		/* WANT_… that go beyond kinds: digests */
};

struct replay;

/* The fold whose records the sink gets, for sinks that ask. */
struct replay *replay_new(struct model *, const struct replay_options *);
const struct fold *replay_fold(const struct replay *);
void replay_sink(struct replay *, const struct sink *);	/* it is closed by replay_free() */
/* Goes on until list_clock() says `until`. 1: there is more; 0: done; -1: the sink failed. */
int  replay_work(struct replay *, nstime until);
unsigned replay_percent(const struct replay *);
uint64_t replay_gone(const struct replay *);		/* sessions of which something had been let go */
/* Of messages: only these go to the sink, none else of their session. failed: leave nothing half-written. -1: it failed to close. */
int  replay_free(struct replay **, bool failed);

#endif
