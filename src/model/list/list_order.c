#include "list_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"

enum { FLAG_HERE = 1, FLAG_COMING = 2, FLAG_GOING = 4 };

static void
free_rows(struct order_row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(row[i].key.text);
}

void
order_fini(struct order *o)
{
	free_rows(o->row, o->n);
	free_rows(o->coming, o->ncoming);
	free(o->row);
	free(o->coming);
	free(o->flag);
	*o = (struct order){ 0 };
}

void
order_clear(struct order *o, uint32_t base)
{
	free_rows(o->row, o->n);
	free_rows(o->coming, o->ncoming);
	o->n = o->ncoming = o->going = 0;
	if (o->nflag > 0)
		memset(o->flag, 0, o->nflag);
	o->base = base;
}

struct order_key
order_text_key(slice text)
{
	struct order_key k = { .rank = ORDER_TEXT };
	slice s = slice_take(text, LIMIT_SORT_TEXT);

	if (s.n == 0)
		return (struct order_key){ .rank = ORDER_NOTHING };
	k.text = xcalloc(s.n + 1, 1);
	for (size_t i = 0; i < s.n; i++)
		k.text[i] = s.p[i] == '\0' ? ' ' : (char)char_lower(s.p[i]);
	return k;
}

/* --- flags --- */

static uint8_t *
flag_of(struct order *o, uint32_t item)
{
	size_t i = item - o->base;

	if (i >= o->nflag) {
		size_t size = i < 1024 ? 1024 : 2 * i;

		o->flag = xrealloc(o->flag, size, 1);
		memset(o->flag + o->nflag, 0, size - o->nflag);
		o->nflag = size;
	}
	return &o->flag[i];
}

static uint8_t
flags_of(const struct order *o, uint32_t item)
{
	return item < o->base || item - o->base >= o->nflag ? 0 : o->flag[item - o->base];
}

bool
order_has(const struct order *o, uint32_t item)
{
	return (flags_of(o, item) & (FLAG_HERE | FLAG_GOING)) == FLAG_HERE;
}

/* --- comparing --- */

static int
compare_keys(const struct order_key *a, const struct order_key *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->rank == ORDER_TEXT)
		return strcmp(a->text, b->text);
	return (a->number > b->number) - (a->number < b->number);
}

/*
 * In a descending order, places are counted from the end. There, what has no
 * key must stand first to be last, and equals the other way around, so that
 * the one that came first is still first.
 */
static int
compare_rows(const struct order *o, const struct order_row *a, const struct order_row *b)
{
	int c;

	if (o->descending && (a->key.rank == ORDER_NOTHING) != (b->key.rank == ORDER_NOTHING))
		return a->key.rank == ORDER_NOTHING ? -1 : 1;
	c = compare_keys(&a->key, &b->key);
	if (c != 0)
		return c;
	c = (a->key.time > b->key.time) - (a->key.time < b->key.time);
	if (c == 0)
		c = (a->item > b->item) - (a->item < b->item);
	return o->descending ? -c : c;
}

static int
compare_up(const void *a, const void *b)
{
	return compare_rows(&(struct order){ .descending = false }, a, b);
}

static int
compare_down(const void *a, const void *b)
{
	return compare_rows(&(struct order){ .descending = true }, a, b);
}

/* --- coming and going --- */

void
order_put(struct order *o, uint32_t item, struct order_key key)
{
	if (item < o->base) {			/* nothing that old can still be there */
		free(key.text);
		return;
	}
	if (o->ncoming == o->capcoming) {
		o->capcoming = o->capcoming ? 2 * o->capcoming : 256;
		o->coming = xrealloc(o->coming, o->capcoming, sizeof *o->coming);
	}
	*flag_of(o, item) |= FLAG_COMING;
	o->coming[o->ncoming++] = (struct order_row){ item, key };
}

static void
drop_coming(struct order *o, uint32_t item)
{
	for (size_t i = o->ncoming; i > 0; i--)
		if (o->coming[i - 1].item == item) {
			free(o->coming[i - 1].key.text);
			o->coming[i - 1] = o->coming[--o->ncoming];
			break;
		}
	*flag_of(o, item) &= (uint8_t)~FLAG_COMING;
}

void
order_drop(struct order *o, uint32_t item)
{
	uint8_t flags = flags_of(o, item);

	if (flags & FLAG_COMING)
		drop_coming(o, item);
	if ((flags & (FLAG_HERE | FLAG_GOING)) == FLAG_HERE) {
		*flag_of(o, item) |= FLAG_GOING;
		o->going++;
	}
}

static void
remove_going(struct order *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		uint8_t *flag = flag_of(o, o->row[i].item);

		if (*flag & FLAG_GOING) {
			*flag &= (uint8_t)~(FLAG_GOING | FLAG_HERE);
			free(o->row[i].key.text);
		} else {
			o->row[n++] = o->row[i];
		}
	}
	o->n = n;
	o->going = 0;
}

/* From the end, until all that came has its place: what stands before them is not touched. */
static void
merge(struct order *o)
{
	size_t old = o->n, new = o->ncoming, at = old + new;

	if (at > o->cap) {
		o->cap = at + at / 2;
		o->row = xrealloc(o->row, o->cap, sizeof *o->row);
	}
	o->n = at;
	while (new > 0) {
		if (old > 0 && compare_rows(o, &o->row[old - 1], &o->coming[new - 1]) > 0)
			o->row[--at] = o->row[--old];
		else
			o->row[--at] = o->coming[--new];
	}
}

void
order_commit(struct order *o)
{
	if (o->going > 0)
		remove_going(o);
	if (o->ncoming == 0)
		return;
	qsort(o->coming, o->ncoming, sizeof *o->coming, o->descending ? compare_down : compare_up);
	for (size_t i = 0; i < o->ncoming; i++)
		*flag_of(o, o->coming[i].item) = FLAG_HERE;
	merge(o);
	o->ncoming = 0;
}

void
order_turn(struct order *o, bool descending)
{
	if (o->descending == descending)
		return;
	o->descending = descending;
	if (o->n > 0)
		qsort(o->row, o->n, sizeof *o->row, descending ? compare_down : compare_up);
}

/* --- asking --- */

uint32_t
order_at(const struct order *o, size_t i)
{
	return o->row[o->descending ? o->n - 1 - i : i].item;
}

size_t
order_find(const struct order *o, uint32_t item, const struct order_key *key)
{
	struct order_row row = { item, *key };
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_rows(o, &o->row[middle], &row) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!o->descending)
		return low;
	return low < o->n && o->row[low].item == item ? o->n - 1 - low : o->n - low;
}
