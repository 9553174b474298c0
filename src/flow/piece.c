#include "piece.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct piece *
piece_new(const struct piece *like)
{
	size_t n = like->kind == PIECE_BYTES ? (size_t)(like->end - like->pos) : 0;
	struct piece *p = xcalloc(1, sizeof *p + n);

	*p = *like;
	p->prev = p->next = p->left = p->right = p->older = p->newer = NULL;
	p->cost = sizeof *p + n;
	p->waiting = false;
	p->bytes = p->copy;
	if (n > 0)
		memcpy(p->copy, like->bytes, n);
	return p;
}

void
piece_trim_front(struct piece *p, int64_t pos)
{
	if (p->kind == PIECE_BYTES) {
		p->bytes += pos - p->pos;
		if (p->frame.p != NULL)
			p->frame.p += pos - p->pos;
	}
	p->pos = pos;
}

void
piece_trim_back(struct piece *p, int64_t end)
{
	p->end = end;
}

void
pieces_init(struct pieces *ps, uint32_t seed)
{
	*ps = (struct pieces){ .random = seed | 1 };
}

void
pieces_free(struct pieces *ps)
{
	for (struct piece *p = ps->first, *next; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
	pieces_init(ps, ps->random);
}

/* Marsaglia's xorshift: the treap only needs that nobody can choose priorities. */
static uint32_t
roll(struct pieces *ps)
{
	ps->random ^= ps->random << 13;
	ps->random ^= ps->random >> 17;
	ps->random ^= ps->random << 5;
	return ps->random;
}

/* All below `pos` go to *low, the others to *high. */
static void
split(struct piece *t, int64_t pos, struct piece **low, struct piece **high)
{
	while (t != NULL)
		if (t->pos < pos) {
			*low = t;
			low = &t->right;
			t = t->right;
		} else {
			*high = t;
			high = &t->left;
			t = t->left;
		}
	*low = *high = NULL;
}

static void
merge(struct piece *low, struct piece *high, struct piece **into)
{
	while (low != NULL && high != NULL)
		if (low->priority >= high->priority) {
			*into = low;
			into = &low->right;
			low = low->right;
		} else {
			*into = high;
			into = &high->left;
			high = high->left;
		}
	*into = low != NULL ? low : high;
}

struct piece *
pieces_at(const struct pieces *ps, int64_t pos)
{
	struct piece *found = NULL;

	/* What comes in order belongs behind everything: no need to search. */
	if (ps->last == NULL || ps->last->end <= pos)
		return NULL;
	for (struct piece *t = ps->root; t != NULL; )
		if (t->end > pos) {
			found = t;
			t = t->left;
		} else
			t = t->right;
	return found;
}

static void
link_offset(struct pieces *ps, struct piece *p)
{
	p->next = pieces_at(ps, p->pos);
	p->prev = p->next != NULL ? p->next->prev : ps->last;
	*(p->prev != NULL ? &p->prev->next : &ps->first) = p;
	*(p->next != NULL ? &p->next->prev : &ps->last) = p;
}

static void
link_arrival(struct pieces *ps, struct piece *p)
{
	p->older = ps->newest;
	*(p->older != NULL ? &p->older->newer : &ps->oldest) = p;
	ps->newest = p;
	p->waiting = true;
}

void
pieces_settle(struct pieces *ps, struct piece *p)
{
	if (!p->waiting)
		return;
	*(p->older != NULL ? &p->older->newer : &ps->oldest) = p->newer;
	*(p->newer != NULL ? &p->newer->older : &ps->newest) = p->older;
	p->waiting = false;
}

void
pieces_insert(struct pieces *ps, struct piece *p)
{
	struct piece **at = &ps->root;

	link_offset(ps, p);
	link_arrival(ps, p);
	p->priority = roll(ps);
	while (*at != NULL && (*at)->priority >= p->priority)
		at = p->pos < (*at)->pos ? &(*at)->left : &(*at)->right;
	split(*at, p->pos, &p->left, &p->right);
	*at = p;
	ps->count++;
	ps->cost += p->cost;
}

void
pieces_remove(struct pieces *ps, struct piece *p)
{
	struct piece **at = &ps->root;

	while (*at != p)
		at = p->pos < (*at)->pos ? &(*at)->left : &(*at)->right;
	merge(p->left, p->right, at);
	*(p->prev != NULL ? &p->prev->next : &ps->first) = p->next;
	*(p->next != NULL ? &p->next->prev : &ps->last) = p->prev;
	pieces_settle(ps, p);
	ps->count--;
	ps->cost -= p->cost;
	free(p);
}
