/*
 * table.h - all connections of a lane, and the time at which each must be
 * looked at again.
 *
 * An open-addressing table of 8-byte slots over entries of 64 bytes. An entry
 * is named by its index, which stays as long as it lives; pointers to entries
 * die at the next table_add().
 *
 * Every entry stands in a wheel of ticks, so that nobody scans all
 * connections to find the few whose time has come. A timer fires at its tick
 * or, after a jump of the clock, at the first advance behind it.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "key.h"

#define FLOW_TICK (100 * NSTIME_MS)

enum { ENTRY_NONE = UINT32_MAX, WHEEL_SLOTS = 1024 };

enum entry_state {
	ENTRY_FREE,
	ENTRY_HALF,		/* a SYN or SYN-ACK was seen */
	ENTRY_FLOW,		/* both streams are followed */
	ENTRY_IGNORED,		/* nobody reads it */
	ENTRY_CLOSED		/* over: stray segments end here */
};

struct half;
struct flow;

struct entry {
	struct key key;
	union {
		struct half *half;
		struct flow *flow;
	} u;
	uint32_t timer_next, timer_prev;
	uint32_t due;			/* tick; 0: no timer */
	uint8_t state;			/* enum entry_state */
	bool touched;			/* ENTRY_IGNORED: a segment came since its timer was set */
	bool ended;			/* ENTRY_IGNORED: a FIN or RST came */
};

struct slot { uint32_t tag, index; };

struct table {
	struct entry *entries;
	uint32_t used, cap;		/* entries ever used; allocated */
	uint32_t free;			/* list of free ones, by timer_next */
	struct slot *slots;
	uint32_t mask;
	uint32_t count;
	uint64_t seed;
	uint32_t wheel[WHEEL_SLOTS];
	uint32_t now;			/* the tick up to which timers have fired */
};

void table_init(struct table *, uint64_t seed);
void table_fini(struct table *);
uint32_t table_find(const struct table *, const struct key *);		/* or ENTRY_NONE */
uint32_t table_add(struct table *, const struct key *);			/* the key must not be there */
void table_remove(struct table *, uint32_t);
size_t table_memory(const struct table *);

static inline struct entry *
table_entry(const struct table *t, uint32_t index)
{
	return &t->entries[index];
}

void table_arm(struct table *, uint32_t index, uint32_t due);		/* replaces the timer that was set */
/* Calls fire() for every entry due up to `now`, its timer cleared. fire() may remove that entry and arm any. */
void table_advance(struct table *, uint32_t now, void (*fire)(void *self, uint32_t index), void *self);

#endif
