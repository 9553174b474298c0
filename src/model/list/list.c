/*
 * list.c - which items, in which order: what is asked and sorted, and when.
 *
 * Items are taken up in the order of their numbers. Those whose record may
 * still change are kept in mind with the version that was looked at, and taken
 * up again when they have another.
 */
#include "list.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/machine.h"
#include "list_judge.h"
#include "list_order.h"
#include "list_search.h"

enum {
	READS_BETWEEN = 32,		/* looks at the clock, where records are read */
	ITEMS_BETWEEN = 2048		/* … and where none are */
};

/* An item whose record is not final. */
struct pending { uint32_t item; uint64_t version; };

struct queue { uint32_t *v; size_t n, cap; };

struct list {
	struct model *model;
	enum list_kind kind;
	const struct column *column;	/* sorted by, or NULL */
	struct judge judge;
	struct entry_reader *reader;
	struct order order;
	uint32_t from, seen;		/* items taken up: from the beginning of this work, up to this one */
	size_t total;
	struct pending *pending;
	size_t npending, cappending;
	struct queue again;		/* items to be taken up once more */
	struct queue rekey;		/* … of which is known that they are shown: only their place is not */
	size_t rekeyed;
	uint32_t busy;			/* the item that is being asked about, or NO_ITEM */
	bool yes;			/* it is shown; its key is being made */
	bool known;			/* … and was before: it is in mind already */
	uint64_t version, forgotten;	/* of the model, as last looked at */
	uint32_t first;
	struct search search;
};

static void
queue_add(struct queue *q, uint32_t item)
{
	if (q->n == q->cap) {
		q->cap = q->cap ? 2 * q->cap : 64;
		q->v = xrealloc(q->v, q->cap, sizeof *q->v);
	}
	q->v[q->n++] = item;
}

static void
start_over(struct list *l)
{
	l->from = l->seen = l->first = model_first(l->model);
	l->total = l->npending = l->again.n = l->rekey.n = l->rekeyed = 0;
	l->busy = NO_ITEM;
	l->judge.unread = 0;
	l->version = 0;
	l->forgotten = model_forgotten(l->model);
	order_clear(&l->order, l->first);
}

struct list *
list_new(struct model *model, enum list_kind kind)
{
	struct list *l = xcalloc(1, sizeof *l);

	l->model = model;
	l->kind = kind;
	l->reader = entry_reader_new();
	l->judge.desk = desk_new();
	search_init(&l->search);
	start_over(l);
	return l;
}

void
list_free(struct list **lp)
{
	struct list *l = *lp;

	if (l == NULL)
		return;
	entry_reader_free(&l->reader);
	desk_free(&l->judge.desk);
	order_fini(&l->order);
	search_fini(&l->search);
	free(l->pending);
	free(l->again.v);
	free(l->rekey.v);
	free(l);
	*lp = NULL;
}

/* --- what is wanted --- */

void
list_kind(struct list *l, enum list_kind kind)
{
	if (kind == l->kind)
		return;
	l->kind = kind;
	start_over(l);
}

enum list_kind
list_kind_of(const struct list *l)
{
	return l->kind;
}

void
list_filter(struct list *l, const struct filter *filter, bool only_trouble)
{
	l->judge.filter = filter;
	l->judge.only_trouble = only_trouble;
	start_over(l);
}

bool
list_only_trouble(const struct list *l)
{
	return l->judge.only_trouble;
}

/* What is shown is known; only its order is made anew. */
void
list_sort(struct list *l, const struct column *column, bool descending)
{
	if (column == l->column) {
		order_turn(&l->order, descending);
		return;
	}
	l->column = column;
	for (size_t i = l->order.n; i > 0; i--)
		queue_add(&l->rekey, l->order.row[i - 1].item);
	l->rekeyed = 0;
	order_clear(&l->order, l->order.base);
	l->order.descending = descending;
}

const struct column *
list_sorted_by(const struct list *l, bool *descending_r)
{
	*descending_r = l->order.descending;
	return l->column;
}

/* --- one item --- */

static bool
is_of_kind(const struct list *l, const struct item *is)
{
	return l->kind == LIST_MESSAGES ? is->kind == ITEM_MESSAGE : is->kind == ITEM_SESSION || is->kind == ITEM_ATTEMPT;
}

/* As they came: by the time when they began, which an item knows without its record. Attempts are told of late. */
static struct order_key
key_of_item(const struct item *is)
{
	return (struct order_key){ .number = is->time, .rank = ORDER_NUMBER };
}

static struct order_key
key_of(const struct column *column, const struct entry *e)
{
	struct order_key key = { .rank = ORDER_NUMBER };
	struct buf text;

	if (column_number(column, e, &key.number))
		return key;
	buf_init(&text, LIMIT_COMMAND_LINE);
	column_text(column, e, &(struct column_style){ .when.digits = 3 }, &text);
	key = order_text_key(buf_slice(&text));
	buf_fini(&text);
	return key;
}

static void
keep_in_mind(struct list *l, uint32_t item)
{
	const struct item *is = model_item(l->model, item);

	if (is == NULL || is->over)
		return;
	if (l->npending == l->cappending) {
		l->cappending = l->cappending ? 2 * l->cappending : 64;
		l->pending = xrealloc(l->pending, l->cappending, sizeof *l->pending);
	}
	l->pending[l->npending++] = (struct pending){ item, model_item_version(l->model, item) };
}

static void
take_up(struct list *l, uint32_t item)
{
	l->busy = item;
	l->yes = l->known = false;
	judge_begin(&l->judge, l->model, item);
}

static void
settle(struct list *l)
{
	if (!l->known)
		keep_in_mind(l, l->busy);
	l->busy = NO_ITEM;
}

/* Puts it where it belongs. A session's key may take several steps. */
static void
place(struct list *l)
{
	const struct item *is = model_item(l->model, l->busy);
	struct order_key key;
	struct entry e;

	if (is == NULL || (l->column == NULL && order_has(&l->order, l->busy))) {
		if (is == NULL)
			order_drop(&l->order, l->busy);
		settle(l);
		return;
	}
	key = key_of_item(is);
	if (l->column != NULL && entry_read(l->reader, l->model, l->busy, &e)) {
		if (e.more)
			return;
		key = key_of(l->column, &e);
	}
	key.time = is->time;
	order_drop(&l->order, l->busy);
	order_put(&l->order, l->busy, key);
	settle(l);
}

static void
step(struct list *l)
{
	if (!l->yes) {
		switch (judge_step(&l->judge, l->model, l->busy)) {
		case VERDICT_LATER:
			return;
		case VERDICT_NO:
			order_drop(&l->order, l->busy);
			settle(l);
			return;
		case VERDICT_YES:
			l->yes = true;
		}
	}
	place(l);
}

/* --- all of them --- */

static void
count_all(struct list *l)
{
	const struct item *is;

	l->total = 0;
	for (uint32_t i = model_first(l->model); i < l->seen; i++)
		if ((is = model_item(l->model, i)) != NULL)
			l->total += is_of_kind(l, is);
}

/* Items that were forgotten leave the list. */
static void
drop_forgotten(struct list *l)
{
	for (size_t i = 0; i < l->order.n; i++)
		if (model_item(l->model, l->order.row[i].item) == NULL)
			order_drop(&l->order, l->order.row[i].item);
	l->first = model_first(l->model);
	l->forgotten = model_forgotten(l->model);
	if (l->seen < l->first)
		l->seen = l->first;
	if (l->from < l->first)
		l->from = l->first;
	if (l->busy != NO_ITEM && model_item(l->model, l->busy) == NULL)
		l->busy = NO_ITEM;
	count_all(l);
}

/* A transaction that came to nothing is gone without having been forgotten. */
static void
look_for_changes(struct list *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->npending; i++) {
		struct pending *p = &l->pending[i];

		if (model_item(l->model, p->item) == NULL) {
			order_drop(&l->order, p->item);
			l->total -= l->total > 0;
		} else if (model_item_version(l->model, p->item) != p->version) {
			queue_add(&l->again, p->item);
		} else {
			l->pending[kept++] = *p;
		}
	}
	l->npending = kept;
}

/* What became of the model since the last time. */
static void
catch_up(struct list *l)
{
	if (l->version == model_version(l->model))
		return;
	l->version = model_version(l->model);
	if (l->busy != NO_ITEM && model_item(l->model, l->busy) == NULL)
		l->busy = NO_ITEM;
	look_for_changes(l);
	if (l->first != model_first(l->model) || l->forgotten != model_forgotten(l->model))
		drop_forgotten(l);
}

/* The next one to be looked at. False: there is none. */
static bool
find_work(struct list *l)
{
	const struct item *is;

	if (l->rekey.n > 0) {
		take_up(l, l->rekey.v[--l->rekey.n]);
		l->yes = l->known = true;
		l->rekeyed++;
		return true;
	}
	if (l->again.n > 0) {
		take_up(l, l->again.v[--l->again.n]);
		return true;
	}
	while (l->seen < model_end(l->model)) {
		is = model_item(l->model, l->seen++);
		if (is == NULL || !is_of_kind(l, is))
			continue;
		l->total++;
		take_up(l, l->seen - 1);
		return true;
	}
	return false;
}

static bool
has_work(const struct list *l)
{
	return l->busy != NO_ITEM || l->rekey.n > 0 || l->again.n > 0 || l->seen < model_end(l->model);
}

static void
work_on_items(struct list *l, nstime until)
{
	bool reads = judge_reads(&l->judge) || l->column != NULL;
	unsigned between = reads ? READS_BETWEEN : ITEMS_BETWEEN;

	if (!has_work(l))
		l->from = l->seen;
	for (unsigned n = 1; l->busy != NO_ITEM || find_work(l); n++) {
		step(l);
		if (n % between == 0 && machine_steady() >= until)
			break;
	}
	order_commit(&l->order);
}

bool
list_work(struct list *l, nstime until)
{
	catch_up(l);
	work_on_items(l, until);
	if (!has_work(l))
		l->from = l->seen;
	return search_work(&l->search, l, l->model, l->reader, until) || has_work(l);
}

bool
list_is_busy(const struct list *l)
{
	return has_work(l) || l->search.found == LIST_SEARCHING;
}

unsigned
list_percent(const struct list *l)
{
	uint32_t end = model_end(l->model);

	if (l->search.found == LIST_SEARCHING && !has_work(l))
		return search_percent(&l->search);
	if (l->rekey.n > 0)
		return (unsigned)((uint64_t)l->rekeyed * 100 / (l->rekeyed + l->rekey.n));
	return end <= l->from ? 100 : (unsigned)((uint64_t)(l->seen - l->from) * 100 / (end - l->from));
}

uint64_t
list_unread(const struct list *l)
{
	return l->judge.unread;
}

/* --- asking --- */

size_t
list_count(const struct list *l)
{
	return l->order.n;
}

uint32_t
list_at(const struct list *l, size_t i)
{
	return i < l->order.n ? order_at(&l->order, i) : NO_ITEM;
}

size_t
list_total(const struct list *l)
{
	return l->total;
}

/* The item of this list's kind that stands for another one, or itself. */
static uint32_t
of_kind(const struct list *l, uint32_t item)
{
	const struct item *is = model_item(l->model, item);

	if (is == NULL || is_of_kind(l, is))
		return item;
	if (l->kind == LIST_SESSIONS)
		return is->session;
	return is->next != NO_ITEM ? is->next : item;
}

/* Since its place was found its record may have changed. */
static size_t
find_by_looking(const struct list *l, uint32_t item)
{
	for (size_t i = 0; i < l->order.n; i++)
		if (order_at(&l->order, i) == item)
			return i;
	return 0;
}

static size_t
find_by_key(const struct list *l, uint32_t item)
{
	const struct item *is = model_item(l->model, item);
	struct order_key key;
	struct entry e;
	size_t at;

	if (is == NULL)
		return 0;
	key = key_of_item(is);
	if (l->column != NULL && entry_read(l->reader, l->model, item, &e))
		key = key_of(l->column, &e);
	key.time = is->time;
	at = order_find(&l->order, item, &key);
	free(key.text);
	if (order_has(&l->order, item) && list_at(l, at) != item)
		return find_by_looking(l, item);
	return at;
}

size_t
list_find(const struct list *l, uint32_t item)
{
	size_t n = l->order.n, at;

	if (n == 0)
		return SIZE_MAX;
	at = find_by_key(l, of_kind(l, item));
	return at < n ? at : n - 1;
}

/* --- searching --- */

void
list_search(struct list *l, slice words, size_t from, bool backwards, const struct column *const *column, size_t ncolumns)
{
	search_begin(&l->search, words, from, backwards, column, ncolumns);
}

enum list_found
list_searched(const struct list *l, size_t *at_r)
{
	*at_r = l->search.at;
	return l->search.found;
}
