/*
 * servers.h - what is known of each server: how fast it answers, and whether
 * it offers STARTTLS.
 *
 * At most LIMIT_SERVERS are known; a new one takes the place of one that has
 * no session open, oldest first, and if there is none it stays unknown.
 */
#ifndef SERVERS_H
#define SERVERS_H

#include "base/map.h"
#include "base/net.h"

enum verb_class { VERB_GREETING, VERB_HELO, VERB_MAIL, VERB_RCPT, VERB_DATA, VERB_CONTENT, VERB_AUTH, VERB_OTHER, VERB_CLASSES };
enum verb_class verb_classify(slice verb);

/* Replies by their wait, two counts to a doubling from 1 µs on: enough to tell ten times a median. */
enum { WAIT_COUNTS = 64, WAIT_ENOUGH = 5 };
struct waits { uint32_t count[WAIT_COUNTS]; uint32_t n; };
void   waits_add(struct waits *, nstime wait);
nstime waits_median(const struct waits *);	/* an upper bound of it; NSTIME_NONE: fewer than WAIT_ENOUGH */

struct server {
	struct endpoint endpoint;
	struct server *same;		/* of the same hash */
	uint64_t hash;
	size_t sessions;		/* open ones */
	struct waits waits[VERB_CLASSES], all;
	bool offered, lacked;		/* STARTTLS, in an answer to EHLO in clear */
	bool told;			/* that it once lacked what it offers */
};

struct servers {
	struct map table;
	struct server **known;		/* a ring for eviction */
	size_t n, next;
	uint64_t seed;
};

void servers_init(struct servers *);
void servers_fini(struct servers *);
struct server *servers_open(struct servers *, const struct endpoint *);	/* NULL: no room */
void servers_close(struct server *);

#endif
