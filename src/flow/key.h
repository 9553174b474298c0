/*
 * key.h - whose connection is this? Two ends, whichever of them sent.
 *
 * The smaller end (by address, then port) is side 0, so that both directions
 * have the same key. The hash is seeded: a hostile capture cannot know in
 * which slot its connections lie.
 */
#ifndef FLOW_KEY_H
#define FLOW_KEY_H

#include "base/net.h"

struct key {
	uint64_t ip[2][2];
	uint16_t port[2];
	uint8_t family;
};

/* Returns the side of `src`: 0 or 1. */
unsigned key_of(const struct endpoint *src, const struct endpoint *dst, struct key *key_r);
uint64_t key_hash(const struct key *, uint64_t seed);
void key_endpoint(const struct key *, unsigned side, struct endpoint *);

static inline bool
key_eq(const struct key *a, const struct key *b)
{
	return a->ip[0][0] == b->ip[0][0] && a->ip[0][1] == b->ip[0][1] && a->ip[1][0] == b->ip[1][0] &&
	    a->ip[1][1] == b->ip[1][1] && a->port[0] == b->port[0] && a->port[1] == b->port[1] && a->family == b->family;
}

#endif
