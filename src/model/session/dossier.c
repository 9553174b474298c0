/*
 * dossier.c - owns the rows and the ladder of one session, made of its tale an
 * event after the other, until the time is over. What a row and a rung need is
 * copied.
 */
#include "dossier.h"

#include <stdlib.h>

#include "attempt_rows.h"
#include "base/err.h"
#include "base/machine.h"
#include "model/list/list.h"
#include "places.h"
#include "record/edges.h"
#include "tale.h"

enum { EVENTS_BETWEEN = 64 };		/* two looks at the clock */

/* Where a segment began within a row. Ascending in both. */
struct cut { uint32_t row; uint64_t offset; };

/* Items of the messages, as of a version of the model. */
struct messages { uint32_t *item; size_t n, cap; uint64_t version; bool known; };

struct dossier {
	struct model *model;
	uint32_t item;
	struct rows *rows;
	struct attempt_rows *attempt;	/* instead, if it is one: of its record in this version */
	uint64_t attempt_version;
	struct ladder *ladder;
	struct places *places;
	struct edges edges[2];		/* not yet in a row */
	struct cut *cut;
	size_t ncut, capcut;
	struct desk *desk;
	struct messages *messages;
	struct tale *tale;
	nstime start;			/* of the session if its first event is not there */
	bool gone;
	uint64_t version;
};

struct dossier *
dossier_open(struct model *model, uint32_t session_item, bool secrets)
{
	const struct row_style style = { .show_secrets = secrets, .digests = WANT_SHA256 };
	const struct item *item = model_item(model, session_item);
	struct dossier *d = xcalloc(1, sizeof *d);

	d->model = model;
	d->item = session_item;
	d->tale = tale_open(model, session_item);
	d->rows = rows_new(&style, NULL);
	d->ladder = ladder_new(secrets);
	d->places = places_new();
	d->desk = desk_new();
	d->messages = xcalloc(1, sizeof *d->messages);
	d->start = item != NULL ? item->time : NSTIME_NONE;
	d->version = 1;
	/* The segments that made the session known came before it: their first bytes begin each stream. */
	edges_add(&d->edges[DIR_CLIENT], 0);
	edges_add(&d->edges[DIR_SERVER], 0);
	return d;
}

void
dossier_close(struct dossier **dp)
{
	struct dossier *d = *dp;

	if (d == NULL)
		return;
	rows_free(&d->rows);
	attempt_rows_free(&d->attempt);
	ladder_free(&d->ladder);
	places_free(&d->places);
	desk_free(&d->desk);
	tale_close(&d->tale);
	free(d->cut);
	free(d->messages->item);
	free(d->messages);
	free(d);
	*dp = NULL;
}

uint32_t
dossier_item(const struct dossier *d)
{
	return d->item;
}

static void
add_cut(struct dossier *d, size_t row, uint64_t offset)
{
	if (d->ncut == LIMIT_DOSSIER_EDGES)
		return;
	if (d->ncut == d->capcut) {
		d->capcut = d->capcut ? d->capcut * 2 : 64;
		d->cut = xrealloc(d->cut, d->capcut, sizeof *d->cut);
	}
	d->cut[d->ncut++] = (struct cut){ (uint32_t)row, offset };
}

/* Edges count the bytes of the connection: above TLS offsets are others. */
static void
take_edges(struct dossier *d, const struct row *row, size_t index)
{
	struct edges *edges = &d->edges[row->dir];
	uint64_t end = row->offset + row->length, edge;

	if (row->decrypted || (row->kind != ROW_CLIENT && row->kind != ROW_SERVER && row->kind != ROW_MESSAGE))
		return;
	if (row->kind != ROW_MESSAGE)
		for (uint64_t from = row->offset; edges_next(edges, from, end, &edge); from = edge + 1)
			add_cut(d, index, edge);
	edges_forget(edges, end);
}

static void
take_rows(struct dossier *d, size_t from)
{
	for (size_t i = from; i < rows_count(d->rows); i++) {
		struct row row = rows_at(d->rows, i);

		places_add(d->places, &row);
		take_edges(d, &row, i);
	}
}

static void
take_event(struct dossier *d, const struct event *e)
{
	size_t before = rows_count(d->rows);

	if (e->kind == EV_PACKET && e->at.length > 0)
		edges_add(&d->edges[e->at.dir], e->at.offset);
	ladder_event(d->ladder, e, before);
	rows_event(d->rows, e);
	take_rows(d, before);
}

/* True: there is more to read now. */
static bool
read_tale(struct dossier *d, nstime until)
{
	size_t rows = rows_count(d->rows), rungs = ladder_count(d->ladder), events = 0;
	bool gone = d->gone;
	enum tale_got got;

	do {
		struct event event;
		struct extent body;

		got = tale_next(d->tale, &event, &body);
		if (got == TALE_EVENT)
			take_event(d, &event);
		d->gone |= got == TALE_GONE;
	} while (got != TALE_NOT_YET && (++events % EVENTS_BETWEEN != 0 || machine_steady() < until));
	places_order(d->places);
	if (rows != rows_count(d->rows) || rungs != ladder_count(d->ladder) || gone != d->gone)
		d->version++;
	return got != TALE_NOT_YET;
}

/* There is no tale of an attempt, and all of its rows are made at once. */
static void
read_attempt(struct dossier *d)
{
	struct unit unit;

	if (d->attempt_version == model_item_version(d->model, d->item))
		return;
	d->attempt_version = model_item_version(d->model, d->item);
	d->version++;
	d->gone = !model_read(d->model, d->item, d->desk, &unit) || unit.attempt == NULL;
	if (d->gone)
		return;
	attempt_rows_free(&d->attempt);
	places_free(&d->places);
	d->places = places_new();
	d->attempt = attempt_rows_new(unit.attempt);
	d->start = unit.attempt->first;
	for (size_t i = 0; i < attempt_rows_count(d->attempt); i++) {
		struct row row = attempt_rows_at(d->attempt, i);

		places_add(d->places, &row);
	}
	places_order(d->places);
}

static bool
is_attempt(const struct dossier *d)
{
	const struct item *item = model_item(d->model, d->item);

	return d->attempt != NULL || (item != NULL && item->kind == ITEM_ATTEMPT);
}

bool
dossier_work(struct dossier *d, nstime until)
{
	if (!is_attempt(d))
		return read_tale(d, until);
	read_attempt(d);
	return false;
}

unsigned
dossier_percent(const struct dossier *d)
{
	return tale_percent(d->tale);
}

bool
dossier_gone(const struct dossier *d)
{
	return d->gone;
}

bool
dossier_truncated(const struct dossier *d)
{
	return rows_truncated(d->rows);
}

uint64_t
dossier_version(const struct dossier *d)
{
	return d->version;
}

size_t
dossier_rows(const struct dossier *d)
{
	return places_count(d->places);
}

size_t
dossier_findings(const struct dossier *d)
{
	return places_findings(d->places);
}

struct row
dossier_row(const struct dossier *d, size_t row)
{
	return d->attempt != NULL ? attempt_rows_at(d->attempt, row) : rows_at(d->rows, row);
}

const struct ladder *
dossier_ladder(const struct dossier *d)
{
	return d->ladder;
}

nstime
dossier_start(const struct dossier *d)
{
	return d->attempt != NULL || (d->gone && rows_start(d->rows) == 0) ? d->start : rows_start(d->rows);
}

size_t
dossier_read(const struct dossier *d, size_t place)
{
	return places_row(d->places, place);
}

size_t
dossier_place(const struct dossier *d, size_t row)
{
	return places_of(d->places, row);
}

size_t
dossier_row_at(const struct dossier *d, enum dir dir, uint64_t offset, uint64_t packet)
{
	return places_find(d->places, dir, offset, packet);
}

bool
dossier_edge(const struct dossier *d, size_t row, size_t n, uint64_t *offset_r)
{
	size_t low = 0, high = d->ncut;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->cut[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	if (low + n >= d->ncut || d->cut[low + n].row != row)
		return false;
	*offset_r = d->cut[low + n].offset;
	return true;
}

bool
dossier_unit(struct dossier *d, struct unit *unit_r)
{
	return model_read(d->model, d->item, d->desk, unit_r);
}

static void
add_message(struct messages *m, uint32_t item)
{
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 16;
		m->item = xrealloc(m->item, m->cap, sizeof *m->item);
	}
	m->item[m->n++] = item;
}

/* They hang together in the model; here they stand in a row, so that each is found at once. */
static const struct messages *
messages_of(const struct dossier *d)
{
	struct messages *m = d->messages;
	const struct item *item = model_item(d->model, d->item);
	uint32_t next;

	if (m->known && m->version == model_version(d->model))
		return m;
	m->n = 0;
	m->known = true;
	m->version = model_version(d->model);
	if (item == NULL || item->kind != ITEM_SESSION)
		return m;
	for (next = item->next; (item = model_item(d->model, next)) != NULL; next = item->next)
		add_message(m, next);
	return m;
}

size_t
dossier_messages(const struct dossier *d)
{
	return messages_of(d)->n;
}

uint32_t
dossier_message(const struct dossier *d, size_t n)
{
	const struct messages *m = messages_of(d);

	CHECK(n < m->n);
	return m->item[n];
}
