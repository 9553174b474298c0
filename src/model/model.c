/*
 * model.c - batches of news, and answers.
 */
#include "model.h"

#include <stdlib.h>

#include "base/err.h"
#include "items.h"
#include "listed.h"

struct model {
	const struct vault *vault;
	size_t budget;
	struct items items;
	struct listed listed;
	uint64_t version;
	struct figures *figures;
	struct news_progress progress;
	bool over;
};

struct model *
model_new(const struct vault *vault, size_t memory)
{
	struct model *m = xcalloc(1, sizeof *m);

	m->vault = vault;
	m->budget = memory;
	m->progress.first = m->progress.last = NSTIME_NONE;
	return m;
}

void
model_free(struct model **mp)
{
	struct model *m = *mp;

	if (m == NULL)
		return;
	items_fini(&m->items);
	listed_fini(&m->listed);
	free(m->figures);
	free(m);
	*mp = NULL;
}

/* --- a batch --- */

static bool
same_place(const struct extent *a, const struct extent *b)
{
	return a->ring == b->ring && a->at == b->at && a->length == b->length;
}

static uint32_t
item_by_name(const struct model *m, const struct news_finding *f)
{
	return f->index != 0 ? model_find_message(m, f->session, f->index, f->server_reading) : model_find(m, f->session);
}

/* item: what each of the news of the batch is about. */
static void
take_findings(struct model *m, const struct news_batch *b, const uint32_t *item)
{
	for (size_t i = 0; i < b->nfinding; i++) {
		const struct news_finding *f = &b->finding[i];
		bool told = f->news < b->n && same_place(&b->v[f->news].where, &f->where);

		listed_add(&m->listed, &(struct model_finding){ *f, told ? item[f->news] : item_by_name(m, f) }, m->budget / 4);
	}
}

static void
take_all(struct model *m, const struct news_batch *b)
{
	uint32_t *item = xcalloc(b->n, sizeof *item);

	for (size_t i = 0; i < b->n; i++)
		item[i] = items_take(&m->items, &b->v[i], m->version);
	take_findings(m, b, item);
	free(item);
}

static void
keep_budget(struct model *m)
{
	size_t listed = listed_memory(&m->listed);

	items_forget(&m->items, m->budget > listed ? m->budget - listed : 0);
}

void
model_take(struct model *m, struct news_batch **bp)
{
	struct news_batch *b = *bp;

	m->version++;
	take_all(m, b);
	if (b->figures != NULL) {
		free(m->figures);
		m->figures = b->figures;
		b->figures = NULL;
	}
	m->progress = b->progress;
	m->over |= b->over;
	keep_budget(m);
	news_batch_free(bp);
}

/* --- asking --- */

uint32_t
model_first(const struct model *m)
{
	return m->items.first;
}

uint32_t
model_end(const struct model *m)
{
	return m->items.end;
}

const struct item *
model_item(const struct model *m, uint32_t item)
{
	const struct known *e = items_at(&m->items, item);

	return e ? &e->item : NULL;
}

uint32_t
model_find(const struct model *m, uint64_t session)
{
	return items_session(&m->items, session);
}

uint32_t
model_find_message(const struct model *m, uint64_t session, uint32_t index, bool server_reading)
{
	const struct known *e = items_at(&m->items, items_session(&m->items, session));

	for (uint32_t i = e ? e->item.next : NO_ITEM; i != NO_ITEM; i = e->item.next) {
		e = items_at(&m->items, i);
		if (e->item.index == index && e->item.server_reading == server_reading)
			return i;
	}
	return NO_ITEM;
}

void
model_mark(struct model *m, uint32_t item, bool on)
{
	struct known *e = items_at(&m->items, item);

	if (e == NULL || e->item.marked == on)
		return;
	e->item.marked = on;
	if (on)
		m->items.marked++;
	else
		m->items.marked--;
}

size_t
model_marked(const struct model *m)
{
	return m->items.marked;
}

uint64_t
model_forgotten(const struct model *m)
{
	return m->items.forgotten;
}

uint64_t
model_version(const struct model *m)
{
	return m->version;
}

uint64_t
model_item_version(const struct model *m, uint32_t item)
{
	const struct known *e = items_at(&m->items, item);

	return e ? e->version : 0;
}

const struct extent *
model_tale(const struct model *m, uint32_t item, size_t *n_r)
{
	const struct known *e = items_at(&m->items, item);

	*n_r = e != NULL && e->tale != NULL ? e->tale->n : 0;
	return *n_r > 0 ? e->tale->v : NULL;
}

size_t
model_findings(const struct model *m)
{
	return m->listed.n;
}

uint64_t
model_findings_all(const struct model *m)
{
	return m->listed.all;
}

struct model_finding
model_finding(const struct model *m, size_t i)
{
	struct model_finding f = listed_at(&m->listed, i);

	if (items_at(&m->items, f.item) == NULL)
		f.item = NO_ITEM;
	return f;
}

const struct figures *
model_figures(const struct model *m)
{
	return m->figures;
}

const struct news_progress *
model_progress(const struct model *m)
{
	return &m->progress;
}

bool
model_over(const struct model *m)
{
	return m->over;
}

size_t
model_memory(const struct model *m)
{
	return sizeof *m + items_memory(&m->items) + listed_memory(&m->listed) + (m->figures ? sizeof *m->figures : 0);
}

const struct vault *
model_vault(const struct model *m)
{
	return m->vault;
}
