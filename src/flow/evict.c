/*
 * evict.c - what goes when there is no room.
 *
 * The class of a connection is the user's to tell (is there mail in it?).
 * Victims are chosen many at a time, so that the search costs each of them
 * little, and in an order that does not depend on where they lie in memory.
 */
#include <stdlib.h>

#include "base/err.h"
#include "connection.h"

enum { EVICT_PART = 64 };		/* one in so many goes at a time */
#define EVICT_YOUNG (2 * NSTIME_S)	/* younger ones stay while an older one can go */

static void
tell_limit(struct flows *fs, const char *what, size_t limit)
{
	if (fs->told_limit)
		return;
	fs->told_limit = true;
	note_load(fs, FINDING_LOAD_FLOW_LIMIT, "%zu %s: the oldest are dropped from here on", limit, what);
}

void
evict_for_half(struct flows *fs)
{
	while (fs->stats.half_open >= fs->config.max_half_open && fs->half_oldest != NULL) {
		tell_limit(fs, "half-open connections", fs->config.max_half_open);
		fs->stats.half_open_evicted++;
		handshake_drop(fs, fs->half_oldest);
	}
}

/* Entries without a state cost little, but there can be many: a hand goes round and drops those that it meets. */
void
evict_for_entry(struct flows *fs)
{
	struct table *t = &fs->table;

	while (fs->passive > fs->config.max_flows) {
		struct entry *e = table_entry(t, fs->sweep);

		if (e->state == ENTRY_IGNORED || e->state == ENTRY_CLOSED) {
			fs->passive--;
			table_remove(t, fs->sweep);
		}
		fs->sweep = (fs->sweep + 1) % t->used;
	}
}

struct victim {
	struct flow *flow;
	nstime last;
	uint64_t id;
	unsigned rank;
};

static int
by_worth(const void *a, const void *b)
{
	const struct victim *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static unsigned
rank_of(struct flows *fs, const struct flow *f)
{
	unsigned rank = f->opened ? (unsigned)fs->user.evict(fs->user.self, f->conn) : (unsigned)EVICT_UNRECOGNISED;

	return fs->now - f->first.time < EVICT_YOUNG ? rank + EVICT_IN_TRANSACTION + 1 : rank;
}

/* The part of all connections that can best be done without. */
static void
evict_part(struct flows *fs)
{
	size_t n = 0, count = fs->nflows;
	struct victim *all = xcalloc(count, sizeof *all);

	for (struct flow *f = fs->oldest; f != NULL; f = f->newer)
		all[n++] = (struct victim){ f, f->last.time, f->id, rank_of(fs, f) };
	CHECK(n == count);
	qsort(all, n, sizeof *all, by_worth);
	for (size_t i = 0; i < n / EVICT_PART + 1; i++) {
		fs->stats.evicted++;
		ending_close(all[i].flow, WHY_EVICTED, DIR_CLIENT, all[i].flow->last);
		flow_settle(all[i].flow);
	}
	free(all);
}

void
evict_for_flow(struct flows *fs)
{
	if (fs->nflows < fs->config.max_flows || fs->nflows == 0)
		return;
	tell_limit(fs, "connections", fs->config.max_flows);
	evict_part(fs);
}

bool
flows_evict(struct flows *fs, size_t memory)
{
	if (fs->nflows == 0)
		return false;
	if (!fs->told_state) {
		fs->told_state = true;
		note_load(fs, FINDING_LOAD_MEMORY, "%zu bytes of what is known of open sessions: the least useful of %zu go", memory, fs->nflows);
	}
	evict_part(fs);
	return true;
}

/* The budget of what is held: who waits longest, goes on without waiting. */
void
evict_reassembly(struct flows *fs)
{
	if (!fs->told_memory) {
		fs->told_memory = true;
		note_load(fs, FINDING_LOAD_MEMORY, "%zu bytes held out of order: gaps are declared before their time", fs->stats.held);
	}
	while (fs->stats.held > fs->config.max_reassembly && fs->held_first != NULL) {
		struct flow *f = fs->held_first;

		release_force(f);
		if (!flow_over(f)) {
			release_account(f);
			connection_arm(f);
		}
		flow_settle(f);
	}
}
