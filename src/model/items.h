/*
 * items.h - the model's items: by number, and sessions by theirs.
 *
 * Items stand in chunks that never move, so that taking news costs the same
 * whatever is known already, and a chunk whose items are all forgotten goes.
 * Session numbers are dense, so that pages of items lead from one to the other.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include "base/map.h"
#include "model.h"

/* Where the events of a session are. */
struct pieces { size_t n, cap; struct extent v[]; };

struct known {
	struct item item;
	uint64_t version;
	struct pieces *tale;		/* of a session, or NULL */
	uint32_t last;			/* of a session: its last message, or NO_ITEM */
	uint32_t open;			/* of a session: messages whose record is not final */
	bool here;			/* not forgotten */
};

struct chunk;

/* All zero: there are none. */
struct items {
	struct chunk **chunk;		/* NULL: all forgotten */
	size_t nchunk, capchunk, kept;
	uint32_t first, end, sweep;	/* sweep: the next that may be forgotten */
	struct map page;		/* of session numbers */
	struct map open;		/* messages and attempts whose record is not final: item + 1 as a pointer */
	size_t here, tales;		/* items that are here; bytes of their tales */
	size_t marked;
	uint64_t forgotten;		/* sessions */
};

void items_fini(struct items *);
struct known *items_at(const struct items *, uint32_t item);			/* NULL: forgotten, or not there yet */
struct known *items_add(struct items *, const struct news *, enum item_kind);	/* NULL: there are no more numbers */
void items_drop(struct items *, uint32_t item);
uint32_t items_session(const struct items *, uint64_t session);			/* or NO_ITEM */
void items_number(struct items *, uint64_t session, uint32_t item);
void items_join(struct items *, struct known *session, const struct extent *more);	/* to its tale */
/* The oldest that are over, and not marked, until what is left needs no more than so many bytes. */
void items_forget(struct items *, size_t bytes);
size_t items_memory(const struct items *);

/* intake.c: news of an item. Returns the item that they are about; NO_ITEM: a tale's, or none. */
uint32_t items_take(struct items *, const struct news *, uint64_t version);

#endif
