#include "items.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"

enum { CHUNK = 256, PAGE = 1024 };

struct chunk { size_t here; struct known v[CHUNK]; };
struct page { size_t used; uint32_t item[PAGE]; };		/* item + 1; 0: none */

void
items_fini(struct items *s)
{
	size_t cursor = 0;
	struct page *p;

	for (size_t i = 0; i < s->nchunk; i++) {
		for (size_t k = 0; s->chunk[i] != NULL && k < CHUNK; k++)
			free(s->chunk[i]->v[k].tale);
		free(s->chunk[i]);
	}
	free(s->chunk);
	while ((p = map_next(&s->page, &cursor)) != NULL)
		free(p);
	map_fini(&s->page);
	map_fini(&s->open);
}

struct known *
items_at(const struct items *s, uint32_t item)
{
	struct chunk *c;

	if (item < s->first || item >= s->end)
		return NULL;
	c = s->chunk[item / CHUNK];
	return c != NULL && c->v[item % CHUNK].here ? &c->v[item % CHUNK] : NULL;
}

static struct chunk *
chunk_for(struct items *s, uint32_t item)
{
	if (item / CHUNK < s->nchunk)
		return s->chunk[item / CHUNK];
	if (s->nchunk == s->capchunk) {
		s->capchunk = s->capchunk ? 2 * s->capchunk : 64;
		s->chunk = xrealloc(s->chunk, s->capchunk, sizeof(struct chunk *));
	}
	s->kept++;
	return s->chunk[s->nchunk++] = xcalloc(1, sizeof(struct chunk));
}

/* NULL: there are no more numbers. */
struct known *
items_add(struct items *s, const struct news *n, enum item_kind kind)
{
	uint32_t item = s->end;
	struct chunk *c;
	struct known *e;

	if (item == NO_ITEM)
		return NULL;
	c = chunk_for(s, item);
	e = &c->v[item % CHUNK];
	*e = (struct known){ .last = NO_ITEM, .here = true };
	e->item = (struct item){
		.kind = kind, .number = n->session, .index = n->index, .mail = n->mail, .session = item,
		.server_reading = n->server_reading, .next = NO_ITEM, .time = n->time,
	};
	c->here++;
	s->here++;
	s->end++;
	return e;
}

uint32_t
items_session(const struct items *s, uint64_t session)
{
	const struct page *p = map_get(&s->page, session / PAGE);

	return p == NULL || p->item[session % PAGE] == 0 ? NO_ITEM : p->item[session % PAGE] - 1;
}

void
items_number(struct items *s, uint64_t session, uint32_t item)
{
	struct page *p = map_get(&s->page, session / PAGE);

	if (p == NULL) {
		p = xcalloc(1, sizeof *p);
		map_put(&s->page, session / PAGE, p);
	}
	p->used++;
	p->item[session % PAGE] = item + 1;
}

static void
unnumber(struct items *s, uint64_t session)
{
	struct page *p = map_get(&s->page, session / PAGE);

	if (p == NULL || p->item[session % PAGE] == 0)
		return;
	p->item[session % PAGE] = 0;
	if (--p->used == 0)
		free(map_take(&s->page, session / PAGE));
}

static size_t
tale_size(const struct pieces *t)
{
	return t ? sizeof *t + t->cap * sizeof t->v[0] : 0;
}

void
items_drop(struct items *s, uint32_t item)
{
	struct chunk *c = s->chunk[item / CHUNK];
	struct known *e = &c->v[item % CHUNK];

	s->tales -= tale_size(e->tale);
	free(e->tale);
	e->tale = NULL;
	e->here = false;
	s->marked -= e->item.marked;
	s->here--;
	if (--c->here > 0 || ((uint64_t)item / CHUNK + 1) * CHUNK > s->end)
		return;				/* more will be put into the last one */
	free(c);
	s->chunk[item / CHUNK] = NULL;
	s->kept--;
}

/* Small pieces that lie one behind the other are one: the last one may grow, so long as it is read at once, and goes at once. */
void
items_join(struct items *s, struct known *e, const struct extent *more)
{
	struct pieces *t = e->tale;
	struct extent *last = t ? &t->v[t->n - 1] : NULL;

	if (last != NULL && last->ring == more->ring && last->at + last->length == more->at
	    && last->length < LIMIT_TALE_PIECE && more->length <= LIMIT_TALE_PIECE - last->length) {
		last->length += more->length;
		return;
	}
	if (t == NULL || t->n == t->cap) {
		size_t kept = t ? t->n : 0, cap = t ? 2 * t->cap : 1;

		s->tales -= tale_size(t);
		t = e->tale = xrealloc(t, 1, sizeof *t + cap * sizeof t->v[0]);
		*t = (struct pieces){ kept, cap };
		s->tales += tale_size(t);
	}
	t->v[t->n++] = *more;
}

/* --- forgetting --- */

static void
move_first(struct items *s)
{
	while (s->first < s->end && items_at(s, s->first) == NULL)
		s->first++;
}

static void
forget_messages(struct items *s, const struct known *session)
{
	for (uint32_t i = session->item.next, next; i != NO_ITEM; i = next) {
		next = items_at(s, i)->item.next;
		items_drop(s, i);
	}
}

/* It goes on, or somebody marked it or one of its messages. */
static bool
is_wanted(const struct items *s, const struct known *e)
{
	if (!e->item.over)
		return true;
	if (e->item.marked || s->marked == 0)
		return e->item.marked;
	for (uint32_t i = e->item.next; i != NO_ITEM; i = items_at(s, i)->item.next)
		if (items_at(s, i)->item.marked)
			return true;
	return false;
}

/* Messages go with their session. */
static void
forget(struct items *s, uint32_t item)
{
	struct known *e = items_at(s, item);

	if (e == NULL || e->item.kind == ITEM_MESSAGE || is_wanted(s, e))
		return;
	if (e->item.kind == ITEM_SESSION) {
		forget_messages(s, e);
		unnumber(s, e->item.number);
		s->forgotten++;
	}
	items_drop(s, item);
}

/* What is needed, not what stands in chunks because an open session is in them. */
static size_t
memory_needed(const struct items *s)
{
	return s->here * sizeof(struct known) + s->tales + s->page.n * sizeof(struct page);
}

void
items_forget(struct items *s, size_t bytes)
{
	bool again = false;

	while (memory_needed(s) > bytes) {
		if (s->sweep >= s->end) {
			if (again)
				break;		/* what is left is open, or marked */
			again = true;
			s->sweep = s->first;
		}
		if (s->chunk[s->sweep / CHUNK] == NULL)
			s->sweep |= CHUNK - 1;
		else
			forget(s, s->sweep);
		s->sweep++;
	}
	move_first(s);
	if (s->sweep < s->first)
		s->sweep = s->first;
}

size_t
items_memory(const struct items *s)
{
	return s->kept * sizeof(struct chunk) + s->capchunk * sizeof(struct chunk *) + s->tales
	    + s->page.n * sizeof(struct page) + (s->page.size + s->open.size) * sizeof(struct map_slot);
}
