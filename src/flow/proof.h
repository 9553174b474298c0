/*
 * proof.h - what the peer acknowledged above the frontier, and when.
 *
 * An acknowledgement of bytes that were captured proves every hole below it.
 * One above the highest captured byte is a claim: mostly an answer captured
 * before its segment, sometimes a lost segment, sometimes a lie.
 *
 * Entries rise in offset and in time. Those that come within a sixteenth of
 * the patience are one entry, so that a hole's patience is at most that much
 * short, and a few entries are enough for any speed.
 */
#ifndef FLOW_PROOF_H
#define FLOW_PROOF_H

#include "base/net.h"

enum { PROOFS = 24 };

struct proof {
	int64_t upto;			/* the offset that was acknowledged */
	nstime since;			/* patience counts from here */
	uint64_t packet;
	int64_t said_at;		/* where its sender's own stream stood */
	bool with_data;			/* a segment with data said so, and waits for it */
	bool answered;			/* the sender sent new bytes below it since */
	bool late;			/* ... for the first time when the patience was over */
};

struct proofs {
	unsigned n;
	struct proof at[PROOFS];	/* oldest first */
};

/* high: the highest captured byte. What was captured and what is claimed are never made one entry (until there is no room). */
void proofs_add(struct proofs *, int64_t upto, int64_t high, int64_t said_at, struct origin, bool with_data);
void proofs_drop(struct proofs *, int64_t upto);	/* the frontier reached upto */
void proofs_limit(struct proofs *, int64_t upto);	/* the stream ends at upto */
int64_t proofs_highest(const struct proofs *);		/* or INT64_MIN */
bool proofs_were(const struct proofs *, int64_t upto, nstime by);	/* exactly upto was acknowledged, by then */
/*
 * Who made the claims acknowledges only `ack` in a later segment (at `said_at`
 * of its own stream): no receiver takes back an ACK, but the capture may have
 * turned round what came within the patience. True: claims beyond both ack and
 * high are removed, *upto_r is the lowest.
 */
bool proofs_deny(struct proofs *, int64_t ack, int64_t high, int64_t said_at, nstime now, int64_t *upto_r);
/*
 * The sender sent new bytes, the highest captured one now being before `high`.
 * Returns true if claims are false (the patience is over and the sender still
 * sends below them): they are removed, *upto_r is the lowest.
 */
bool proofs_answer(struct proofs *, int64_t high, nstime now, int64_t *upto_r);

#endif
