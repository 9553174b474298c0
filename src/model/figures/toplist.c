#include "toplist.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/err.h"

enum { NO_PLACE = UINT32_MAX };

struct place {
	struct figures_name name;
	uint64_t hash;
	size_t key;			/* bytes of the name, kept or not, that tell it from others */
	uint32_t next;			/* of the same bucket */
	uint32_t at;			/* in the heap */
};

struct toplist {
	uint64_t seed[2];		/* names are chosen by whoever sends packets */
	size_t max, n, cap;
	struct place *place;
	uint32_t *heap;			/* places, the rarest on top */
	uint32_t *bucket;
	size_t buckets;			/* a power of two */
	bool replaced;
};

struct toplist *
toplist_new(size_t max)
{
	struct toplist *t = xcalloc(1, sizeof *t);

	CHECK(max > 0 && max < NO_PLACE / 2);
	if (getrandom(t->seed, sizeof t->seed, 0) != sizeof t->seed)
		die("no random numbers");
	t->max = max;
	for (t->buckets = 16; t->buckets < max; t->buckets *= 2)
		continue;
	t->bucket = xcalloc(t->buckets, sizeof *t->bucket);
	for (size_t i = 0; i < t->buckets; i++)
		t->bucket[i] = NO_PLACE;
	return t;
}

void
toplist_free(struct toplist **tp)
{
	struct toplist *t = *tp;

	if (t == NULL)
		return;
	free(t->place);
	free(t->heap);
	free(t->bucket);
	free(t);
	*tp = NULL;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
hash(const struct toplist *t, slice key)
{
	uint64_t h = t->seed[0] ^ key.n;

	for (; key.n > 0; key = slice_drop(key, 8)) {
		uint64_t word = 0;

		memcpy(&word, key.p, key.n < 8 ? key.n : 8);
		h = mix(h ^ word, t->seed[1] | 1);
		h ^= UINT64_C(0x9e3779b97f4a7c15);
	}
	return mix(h, UINT64_C(0xff51afd7ed558ccd));
}

/* --- the heap --- */

static uint64_t
count_at(const struct toplist *t, size_t i)
{
	return t->place[t->heap[i]].name.count;
}

static void
swap(struct toplist *t, size_t i, size_t k)
{
	uint32_t place = t->heap[i];

	t->heap[i] = t->heap[k];
	t->heap[k] = place;
	t->place[t->heap[i]].at = (uint32_t)i;
	t->place[t->heap[k]].at = (uint32_t)k;
}

static void
rise(struct toplist *t, size_t i)
{
	for (; i > 0 && count_at(t, i) < count_at(t, (i - 1) / 2); i = (i - 1) / 2)
		swap(t, i, (i - 1) / 2);
}

static void
sink(struct toplist *t, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= t->n)
			return;
		if (child + 1 < t->n && count_at(t, child + 1) < count_at(t, child))
			child++;
		if (count_at(t, i) <= count_at(t, child))
			return;
		swap(t, i, child);
		i = child;
	}
}

/* --- places --- */

static bool
is_place_of(const struct place *p, slice key, uint64_t h)
{
	size_t kept = key.n < FIGURES_NAME - 1 ? key.n : FIGURES_NAME - 1;

	/* Of what was not kept the hash speaks: two long names would have to agree in 64 bits that nobody can choose. */
	return p->hash == h && p->key == key.n && (kept == 0 || memcmp(p->name.name, key.p, kept) == 0);
}

static struct place *
find(const struct toplist *t, slice key, uint64_t h)
{
	uint32_t i = t->bucket[h & (t->buckets - 1)];

	while (i != NO_PLACE && !is_place_of(&t->place[i], key, h))
		i = t->place[i].next;
	return i != NO_PLACE ? &t->place[i] : NULL;
}

static void
unlink_place(struct toplist *t, uint32_t index)
{
	uint32_t *link = &t->bucket[t->place[index].hash & (t->buckets - 1)];

	while (*link != index)
		link = &t->place[*link].next;
	*link = t->place[index].next;
}

/* A new place, or the rarest one's, whose count stays. */
static uint32_t
make_room(struct toplist *t)
{
	if (t->n == t->max) {
		unlink_place(t, t->heap[0]);
		t->replaced = true;
		return t->heap[0];
	}
	if (t->n == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 16;
		t->place = xrealloc(t->place, t->cap, sizeof *t->place);
		t->heap = xrealloc(t->heap, t->cap, sizeof *t->heap);
	}
	t->place[t->n] = (struct place){ .at = (uint32_t)t->n };
	t->heap[t->n] = (uint32_t)t->n;
	t->n++;
	rise(t, t->n - 1);
	return (uint32_t)(t->n - 1);
}

static struct place *
put(struct toplist *t, slice name, size_t key, uint64_t h)
{
	uint32_t index = make_room(t);
	struct place *p = &t->place[index];
	slice kept = slice_take(name, FIGURES_NAME - 1);
	uint64_t count = p->name.count;

	p->name = (struct figures_name){ .n = kept.n, .count = count, .error = count };
	if (kept.n > 0)
		memcpy(p->name.name, kept.p, kept.n);
	p->hash = h;
	p->key = key;
	p->next = t->bucket[h & (t->buckets - 1)];
	t->bucket[h & (t->buckets - 1)] = index;
	return p;
}

struct figures_name *
toplist_count(struct toplist *t, slice name, size_t key, uint64_t times)
{
	slice distinct = slice_take(name, key);
	uint64_t h = hash(t, distinct);
	struct place *p = find(t, distinct, h);

	if (p == NULL)
		p = put(t, name, distinct.n, h);
	p->name.count += times;
	sink(t, p->at);
	return &p->name;
}

/* --- the answer --- */

static bool
is_before(const struct figures_name *a, const struct figures_name *b)
{
	return a->count != b->count ? a->count > b->count : strcmp(a->name, b->name) < 0;
}

size_t
toplist_best(const struct toplist *t, struct figures_name *out, size_t max)
{
	const struct figures_name **best = xcalloc(max + 1, sizeof *best);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct figures_name *name = &t->place[i].name;
		size_t k = n;

		if (n == max && !is_before(name, best[n - 1]))
			continue;
		for (; k > 0 && is_before(name, best[k - 1]); k--)
			best[k] = best[k - 1];
		best[k] = name;
		n += n < max;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = *best[i];
	free(best);
	return n;
}

size_t
toplist_names(const struct toplist *t)
{
	return t->n;
}

bool
toplist_replaced(const struct toplist *t)
{
	return t->replaced;
}
