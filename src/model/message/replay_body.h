/*
 * replay_body.h - the content of one message at a time, as it is told again.
 *
 * It is fed what the tale says of it and tells it with the bytes of the
 * vault, and with its parts if they are wanted. What is gone is told as
 * EV_GAP, and makes its end one that is not whole.
 */
#ifndef REPLAY_BODY_H
#define REPLAY_BODY_H

#include "base/crypto.h"
#include "model/vault/vault.h"
#include "reread.h"

struct replay_body_user {
	void *self;
	void (*tell)(void *self, const struct event *);
	void (*tell_gap)(void *self, const struct event *);	/* EV_GAP: bytes that were let go */
	const struct vault *vault;
	uint32_t wants;			/* of the sink: EV_PART_BYTES, EV_PART_TEXT and digests beyond SHA-256 make parts be walked through */
};

/* All zero is none. */
struct replay_body {
	const struct replay_body_user *user;
	bool open;
	uint32_t mail;
	struct event now;		/* what is fed: its parts are told to happen then */
	struct buf bytes;
	struct reread *parts;		/* NULL: not wanted */
	struct digests *digests;	/* NULL: those that are remembered do */
	uint64_t seen, gone;		/* bytes of it that were told, and that were let go */
	bool complete;			/* the part that ended last was whole: so the message's end was seen, whatever was lost before */
	uint64_t next;			/* in the stream, behind them */
	bool holed;			/* the tale has a hole, which may be one of it */
};

/* Is it of any use to read bodies, for a sink that wants that? */
bool replay_body_wanted(uint32_t wants);

/* begin: its EV_MAIL_BEGIN, or if that was let go, the first event of its content. */
void replay_body_begin(struct replay_body *, const struct replay_body_user *, const struct event *begin, uint32_t mail);
void replay_body_bytes(struct replay_body *, const struct event *, const struct extent *);
void replay_body_gap(struct replay_body *, const struct event *);
void replay_body_hole(struct replay_body *);
/* Before EV_MAIL_END is told: all its parts end, and it says what is true of what was told. */
void replay_body_end(struct replay_body *, struct event *);
void replay_body_free(struct replay_body *);
/* What is remembered of the end of a part, when parts are told from here. */
void replay_body_part_end(struct replay_body *, const struct event *);
/* Are the parts of this transaction's message told from here? Then what is remembered of them is not. */
bool replay_body_tells_parts(const struct replay_body *, uint32_t mail);

#endif
