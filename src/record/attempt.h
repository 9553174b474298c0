/*
 * attempt.h - connections that came to nothing, one record for each client,
 * server and outcome, with a count.
 *
 * At most LIMIT_ATTEMPTS are told apart; what comes beyond is counted.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "base/map.h"
#include "fold.h"
#include "keep.h"

struct attempts {
	struct map table;		/* chains of struct attempt by a seeded hash */
	uint64_t seed;
	struct attempt_entry **v;	/* in order of arrival */
	size_t n, cap;
	uint64_t untold;
};

void attempts_init(struct attempts *);
void attempts_fini(struct attempts *);
void attempts_add(struct attempts *, const struct attempt_facts *);
const struct rec_attempt *attempts_at(const struct attempts *, size_t);	/* in order of arrival, as known so far */
/* In order of their first time. -1: give said so. */
int  attempts_give(struct attempts *, const struct fold_user *);

#endif
