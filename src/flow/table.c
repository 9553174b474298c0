#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { SLOTS_FIRST = 256, ENTRIES_FIRST = 128 };

_Static_assert(sizeof(struct entry) == 64, "an entry is one cache line");

static void
slots_new(struct table *t, uint32_t size)
{
	t->slots = xcalloc(size, sizeof *t->slots);
	memset(t->slots, 0xff, size * sizeof *t->slots);	/* index ENTRY_NONE: empty */
	t->mask = size - 1;
}

void
table_init(struct table *t, uint64_t seed)
{
	*t = (struct table){ .free = ENTRY_NONE, .seed = seed };
	slots_new(t, SLOTS_FIRST);
	for (unsigned i = 0; i < WHEEL_SLOTS; i++)
		t->wheel[i] = ENTRY_NONE;
}

void
table_fini(struct table *t)
{
	free(t->entries);
	free(t->slots);
}

size_t
table_memory(const struct table *t)
{
	return t->cap * sizeof *t->entries + ((size_t)t->mask + 1) * sizeof *t->slots;
}

uint32_t
table_find(const struct table *t, const struct key *key)
{
	uint32_t tag = (uint32_t)key_hash(key, t->seed);

	for (uint32_t i = tag & t->mask; t->slots[i].index != ENTRY_NONE; i = (i + 1) & t->mask)
		if (t->slots[i].tag == tag && key_eq(&t->entries[t->slots[i].index].key, key))
			return t->slots[i].index;
	return ENTRY_NONE;
}

static void
slot_put(struct table *t, struct slot s)
{
	uint32_t i = s.tag & t->mask;

	while (t->slots[i].index != ENTRY_NONE)
		i = (i + 1) & t->mask;
	t->slots[i] = s;
}

static void
slots_grow(struct table *t)
{
	struct slot *old = t->slots;
	uint32_t n = t->mask + 1;

	slots_new(t, n * 2);
	for (uint32_t i = 0; i < n; i++)
		if (old[i].index != ENTRY_NONE)
			slot_put(t, old[i]);
	free(old);
}

static uint32_t
entry_take(struct table *t)
{
	uint32_t index = t->free;

	if (index != ENTRY_NONE) {
		t->free = t->entries[index].timer_next;
		return index;
	}
	if (t->used == t->cap) {
		t->cap = t->cap ? t->cap * 2 : ENTRIES_FIRST;
		t->entries = xrealloc(t->entries, t->cap, sizeof *t->entries);
	}
	return t->used++;
}

uint32_t
table_add(struct table *t, const struct key *key)
{
	uint32_t index;

	if (t->count >= t->mask / 2)
		slots_grow(t);
	index = entry_take(t);
	t->entries[index] = (struct entry){ .key = *key, .timer_next = ENTRY_NONE, .timer_prev = ENTRY_NONE };
	slot_put(t, (struct slot){ (uint32_t)key_hash(key, t->seed), index });
	t->count++;
	return index;
}

/* Closes the hole at slot i: whoever behind it would no longer be found moves into it. */
static void
slot_remove(struct table *t, uint32_t i)
{
	for (uint32_t j = (i + 1) & t->mask; t->slots[j].index != ENTRY_NONE; j = (j + 1) & t->mask) {
		uint32_t home = t->slots[j].tag & t->mask;

		if (((j - home) & t->mask) < ((j - i) & t->mask))
			continue;
		t->slots[i] = t->slots[j];
		i = j;
	}
	t->slots[i].index = ENTRY_NONE;
}

static void
disarm(struct table *t, uint32_t index)
{
	struct entry *e = &t->entries[index];

	if (e->due == 0)
		return;
	if (e->timer_prev != ENTRY_NONE)
		t->entries[e->timer_prev].timer_next = e->timer_next;
	else
		t->wheel[e->due % WHEEL_SLOTS] = e->timer_next;
	if (e->timer_next != ENTRY_NONE)
		t->entries[e->timer_next].timer_prev = e->timer_prev;
	e->due = 0;
}

void
table_remove(struct table *t, uint32_t index)
{
	struct entry *e = &t->entries[index];
	uint32_t i = (uint32_t)key_hash(&e->key, t->seed) & t->mask;

	while (t->slots[i].index != index)
		i = (i + 1) & t->mask;
	slot_remove(t, i);
	disarm(t, index);
	e->state = ENTRY_FREE;
	e->timer_next = t->free;
	t->free = index;
	t->count--;
}

/* A time beyond the wheel's rim waits at the rim: it is looked at once a turn. */
void
table_arm(struct table *t, uint32_t index, uint32_t due)
{
	struct entry *e = &t->entries[index];
	uint32_t *head;

	disarm(t, index);
	if (due <= t->now)
		due = t->now + 1;
	e->due = due;
	head = &t->wheel[due % WHEEL_SLOTS];
	e->timer_prev = ENTRY_NONE;
	e->timer_next = *head;
	if (*head != ENTRY_NONE)
		t->entries[*head].timer_prev = index;
	*head = index;
}

static void
advance_slot(struct table *t, uint32_t slot, uint32_t now, void (*fire)(void *, uint32_t), void *self)
{
	for (uint32_t i = t->wheel[slot], next; i != ENTRY_NONE; i = next) {
		next = t->entries[i].timer_next;
		if (t->entries[i].due > now)
			continue;
		disarm(t, i);
		fire(self, i);
	}
}

void
table_advance(struct table *t, uint32_t now, void (*fire)(void *, uint32_t), void *self)
{
	uint32_t from = t->now, steps;

	if (now <= from)
		return;
	steps = now - from < WHEEL_SLOTS ? now - from : WHEEL_SLOTS;
	t->now = now;
	for (uint32_t i = 1; i <= steps; i++)
		advance_slot(t, (now - steps + i) % WHEEL_SLOTS, now, fire, self);
}
