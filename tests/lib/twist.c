/*
 * twist.c - another capture of the same conversation: cut into other
 * segments, captured in another order, captured twice.
 *
 * Law 3 says that none of these changes what is reported, but for packet
 * numbers and times. Where a statement is about the segments themselves (raw
 * ones, fragments, urgent data, SYN data) they are left as they are.
 */
#include <stdlib.h>

#include "talk.h"

enum { CUT_MOST = 200 };			/* bytes of a random piece */
#define JITTER (20 * NSTIME_MS)		/* well within the patience of a reader */

/* xorshift64*: the same everywhere, unlike rand(). */
static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717) >> 32;
}

static uint64_t
random_seed(uint64_t seed)
{
	return (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static bool
can_cut(const struct packet *p)
{
	return p->kind == PACKET_TCP && !p->raw && !p->corrupt && p->npiece == 0 && !(p->flags & (TCP_SYN | TCP_URG));
}

/* The pieces leave at the same moment; only the last one pushes, or ends the stream. */
static void
cut_packet(struct talk *t, struct packet whole, size_t bytes, uint64_t *state)
{
	slice rest = whole.payload;
	struct packet piece = whole;

	do {
		size_t n = bytes ? bytes : 1 + random_next(state) % CUT_MOST;

		piece.payload = slice_take(rest, n);
		rest = slice_drop(rest, n);
		piece.flags = rest.n ? whole.flags & (uint8_t)~(TCP_PSH | TCP_FIN) : whole.flags;
		talk_packet(t, &piece);
		piece.seq += (uint32_t)piece.payload.n;
		piece.ip_id++;
	} while (rest.n > 0);
}

void
twist_cut(struct talk *t, size_t bytes, uint64_t seed)
{
	uint64_t state = random_seed(seed);
	struct packet *old = t->packet;
	size_t n = t->npacket;

	t->packet = NULL;
	t->npacket = t->packet_room = 0;
	for (size_t i = 0; i < n; i++)
		if (can_cut(&old[i]) && old[i].payload.n > 0)
			cut_packet(t, old[i], bytes, &state);
		else
			talk_packet(t, &old[i]);
	free(old);
}

/* A third of the segments is captured late; those that open or end a connection keep their place. */
void
twist_shuffle(struct talk *t, uint64_t seed)
{
	uint64_t state = random_seed(seed);

	for (size_t i = 0; i < t->npacket; i++) {
		struct packet *p = &t->packet[i];
		nstime late = (nstime)(random_next(&state) % (uint64_t)JITTER);

		if (random_next(&state) % 3 == 0 && p->kind == PACKET_TCP && !p->raw && !(p->flags & (TCP_SYN | TCP_FIN | TCP_RST)))
			p->time += late;
	}
	edit_finish(t);
}

void
twist_duplicate(struct talk *t, uint64_t seed)
{
	uint64_t state = random_seed(seed);
	size_t n = t->npacket;

	for (size_t i = 0; i < n; i++)
		if (random_next(&state) % 3 == 0)
			talk_packet(t, &t->packet[i]);
	edit_finish(t);
}
