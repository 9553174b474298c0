/*
 * list_order.h - items in their places: those that are there, and those that
 * come and go between two commits. Only list*.c include this.
 *
 * A commit costs as much as the part of the list behind the first change; of
 * what is added at the end, no more than that. Keys are compared in one
 * ascending order; turning it around costs nothing, because places are then
 * counted from the other end. Only what has no key stands last either way.
 */
#ifndef LIST_ORDER_H
#define LIST_ORDER_H

#include "base/slice.h"

/* By what a row stands where it does: a number, a text (lower case), or neither. Of equals the one that came first is first. */
struct order_key {
	int64_t number;
	int64_t time;			/* among equals, the earlier is the first */
	char *text;			/* malloc()ed, owned by the order; NULL: none */
	uint8_t rank;			/* ORDER_… */
};

enum { ORDER_NUMBER, ORDER_TEXT, ORDER_NOTHING };

struct order_row { uint32_t item; struct order_key key; };

struct order {
	struct order_row *row, *coming;
	size_t n, cap, ncoming, capcoming, going;	/* going: rows that leave with the next commit */
	uint8_t *flag;			/* of each item from `base` on */
	uint32_t base;
	size_t nflag;
	bool descending;
};

/* All zero is an empty order. */
void order_fini(struct order *);
void order_clear(struct order *, uint32_t base);
struct order_key order_text_key(slice text);		/* made lower, and cut to LIMIT_SORT_TEXT bytes */
void order_put(struct order *, uint32_t item, struct order_key);	/* must not be there, or be going; takes the key */
void order_drop(struct order *, uint32_t item);		/* if it is there, or coming */
bool order_has(const struct order *, uint32_t item);	/* as of the last commit, but for what is going */
void order_commit(struct order *);
void order_turn(struct order *, bool descending);	/* nothing may be coming */

uint32_t order_at(const struct order *, size_t);
/* The place of the item that has this key, or where it would be (at most n). */
size_t order_find(const struct order *, uint32_t item, const struct order_key *);

#endif
