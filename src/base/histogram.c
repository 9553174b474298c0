#include "histogram.h"

enum { STEPS = 16 };

/* How often 32 or more must be halved to be less. */
static unsigned
octave_of(uint64_t us)
{
	return us < 2 * STEPS ? 0 : 59 - (unsigned)__builtin_clzll(us);
}

/* Below 32 µs each microsecond has its place; above, the sixteenths of a doubling have. */
static unsigned
place_of(nstime wait)
{
	uint64_t us = wait > 0 ? (uint64_t)wait / 1000 : 0;
	unsigned octave = octave_of(us), place = octave * STEPS + (unsigned)(us >> octave);

	return place < HISTOGRAM_PLACES ? place : HISTOGRAM_PLACES - 1;
}

/* The middle of a place. */
static nstime
wait_at(unsigned place)
{
	unsigned octave = place < 2 * STEPS ? 0 : place / STEPS - 1;
	nstime first = (nstime)(place - octave * STEPS) << octave;

	return first * 1000 + ((nstime)1000 << octave) / 2;
}

void
histogram_add(struct histogram *h, nstime wait)
{
	h->count[place_of(wait)]++;
	h->n++;
	if (wait > h->max)
		h->max = wait;
}

nstime
histogram_percentile(const struct histogram *h, unsigned percent)
{
	uint64_t below = 0, want = (h->n * percent + 99) / 100;

	for (unsigned i = 0; i < HISTOGRAM_PLACES; i++) {
		below += h->count[i];
		if (below >= want && below > 0)
			return wait_at(i) < h->max ? wait_at(i) : h->max;
	}
	return h->max;
}
