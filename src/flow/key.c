#include "key.h"

#include <string.h>

static void
put(struct key *key, unsigned side, const struct endpoint *e)
{
	memcpy(key->ip[side], e->addr.ip, sizeof key->ip[side]);
	key->port[side] = e->port;
}

unsigned
key_of(const struct endpoint *src, const struct endpoint *dst, struct key *key)
{
	unsigned side;

	put(key, 0, src);
	put(key, 1, dst);
	key->family = src->addr.family;
	/* Any order will do, as long as both directions agree on it. */
	if (key->ip[0][0] != key->ip[1][0])
		side = key->ip[0][0] > key->ip[1][0];
	else if (key->ip[0][1] != key->ip[1][1])
		side = key->ip[0][1] > key->ip[1][1];
	else
		side = key->port[0] > key->port[1];
	if (side == 1) {
		put(key, 0, dst);
		put(key, 1, src);
	}
	return side;
}

/* One round of a multiply-and-fold mixer: every bit of the product depends on both factors, and one of them is secret. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
key_hash(const struct key *key, uint64_t seed)
{
	static const uint64_t odd[4] = {		/* digits of the square roots of 2, 3, 5 and 7, made odd */
		0x6a09e667f3bcc909, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1
	};
	uint64_t second = mix(seed ^ odd[0], odd[1]);	/* each half of the key meets a secret of its own */
	uint64_t ports = (uint64_t)key->port[0] << 16 | key->port[1] | (uint64_t)key->family << 32;
	uint64_t h = mix(key->ip[0][0] ^ seed, key->ip[0][1] ^ second);

	h ^= mix(key->ip[1][0] ^ second ^ odd[2], key->ip[1][1] ^ seed ^ odd[3]);
	h = mix(h ^ ports ^ odd[1], second ^ odd[2]);
	return mix(h ^ seed, odd[3]);
}

void
key_endpoint(const struct key *key, unsigned side, struct endpoint *e)
{
	memset(e, 0, sizeof *e);
	memcpy(e->addr.ip, key->ip[side], sizeof e->addr.ip);
	e->addr.family = key->family;
	e->port = key->port[side];
}
