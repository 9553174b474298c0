/*
 * attempt.h - connections that came to nothing, one record for each client,
 * server and outcome, with a count.
 *
 * At most LIMIT_ATTEMPTS are told apart at a time; what comes beyond is counted.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "base/map.h"
#include "fold.h"
#include "keep.h"

struct attempts {
	struct map table;		/* chains of struct attempt by a seeded hash */
	uint64_t seed;
	struct attempt_entry **v;	/* in no order */
	size_t n, cap, next;		/* next: to be looked at, whether it is over */
	uint64_t order;			/* ever heard of */
	uint64_t untold;
};

void attempts_init(struct attempts *);
void attempts_fini(struct attempts *);
void attempts_add(struct attempts *, const struct attempt_facts *);
const struct rec_attempt *attempts_at(const struct attempts *, size_t);	/* as known so far */
/* Gives those that are over, and forgets them. -1: give said so. */
int  attempts_expire(struct attempts *, nstime now, const struct fold_user *);
/* In order of their first time. -1: give said so. */
int  attempts_give(struct attempts *, const struct fold_user *);

#endif
