#include "table.h"

#include <stdlib.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/machine.h"
#include "list.h"

enum { COLUMNS = 128, ROWS_BETWEEN = 32 };

/* How a column's value is written for programs. */
enum plain { PLAIN_TEXT, PLAIN_NUMBER, PLAIN_SPAN, PLAIN_TIME, PLAIN_SEVERITY, PLAIN_RECIPIENTS };

struct table {
	const struct model *model;
	struct entry_reader *reader;
	uint32_t *item;
	size_t n, at, rows;
	struct { const struct column *is; enum plain plain; } column[COLUMNS];
	size_t ncolumn;
	struct buf text, cell;
};

static enum plain
plain_of(const struct column *c)
{
	static const struct { slice name; enum plain plain; } table[] = {
		{ SLICE("wait"), PLAIN_SPAN }, { SLICE("duration"), PLAIN_SPAN }, { SLICE("size"), PLAIN_NUMBER },
		{ SLICE("messages"), PLAIN_NUMBER }, { SLICE("attachments"), PLAIN_NUMBER }, { SLICE("time"), PLAIN_TIME },
		{ SLICE("severity"), PLAIN_SEVERITY }, { SLICE("to"), PLAIN_RECIPIENTS },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_eq(slice_of(c->name), table[i].name))
			return table[i].plain;
	return PLAIN_TEXT;
}

static void
add_column(struct table *t, const struct column *c)
{
	for (size_t i = 0; i < t->ncolumn; i++)
		if (t->column[i].is == c)
			return;
	if (t->ncolumn == COLUMNS)
		return;
	t->column[t->ncolumn].is = c;
	t->column[t->ncolumn++].plain = plain_of(c);
}

/* --- cells --- */

static bool
is_formula(slice s)
{
	return s.n > 0 && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@');
}

static bool
needs_quotes(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r')
			return true;
	return s.n > 0 && (char_is_blank(s.p[0]) || char_is_blank(s.p[s.n - 1]));
}

/* A quote inside is doubled (RFC 4180 2.7). */
static void
put(struct buf *out, slice s, bool guarded)
{
	bool quotes = needs_quotes(s);

	if (quotes)
		buf_add_byte(out, '"');
	if (guarded && is_formula(s))
		buf_add_byte(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, s.p[i]);
	}
	if (quotes)
		buf_add_byte(out, '"');
}

static void
add_recipients(const struct rec_message *m, struct buf *out)
{
	for (size_t i = 0; m != NULL && i < m->nrecipient; i++) {
		if (i > 0)
			buf_add_byte(out, ';');
		buf_add(out, m->recipient[i].address);
	}
}

/* What the cell holds. True: it came from the wire, perhaps. */
static bool
fill(struct table *t, size_t column, const struct entry *e)
{
	const struct column *c = t->column[column].is;
	char text[NSTIME_TEXT];
	int64_t n = 0;
	bool has = column_number(c, e, &n);

	buf_clear(&t->cell);
	switch (t->column[column].plain) {
	case PLAIN_NUMBER:
		return has && n != 0 && buf_printf(&t->cell, "%lld", (long long)n) && false;
	case PLAIN_SPAN:
		return has && buf_text(&t->cell, when_span(n, text)) && false;
	case PLAIN_TIME:
		return has && buf_text(&t->cell, nstime_utc(n, 6, text)) && false;
	case PLAIN_SEVERITY:
		return buf_text(&t->cell, severity_name(e->sums.severity)) && false;
	case PLAIN_RECIPIENTS:
		add_recipients(e->unit.message, &t->cell);
		return true;
	case PLAIN_TEXT:
		break;
	}
	column_text(c, e, &(struct column_style){ .when = { TIME_UTC_DATE, 6, 6 } }, &t->cell);
	return c->field == NULL || c->field->type == FIELD_TEXT;
}

static void
put_row(struct table *t, const struct entry *e)
{
	struct buf clean;

	buf_init(&clean, SIZE_MAX / 2);
	for (size_t i = 0; i < t->ncolumn; i++) {
		bool guarded = fill(t, i, e);

		if (i > 0)
			buf_add_byte(&t->text, ',');
		buf_clear(&clean);
		clean_add(&clean, buf_slice(&t->cell), CLEAN_TERMINAL);
		put(&t->text, buf_slice(&clean), guarded);
	}
	buf_add(&t->text, S("\r\n"));
	buf_fini(&clean);
	t->rows++;
}

static void
put_names(struct table *t)
{
	for (size_t i = 0; i < t->ncolumn; i++) {
		if (i > 0)
			buf_add_byte(&t->text, ',');
		buf_text(&t->text, t->column[i].is->name);
	}
	buf_add(&t->text, S("\r\n"));
}

/* --- all of it --- */

struct table *
table_new(const struct model *model, const uint32_t *item, size_t n, const struct column *const *column, size_t ncolumn)
{
	struct table *t = xcalloc(1, sizeof *t);

	t->model = model;
	t->reader = entry_reader_new();
	t->item = xcalloc(n, sizeof *item);
	for (size_t i = 0; i < n; i++)
		t->item[i] = item[i];
	t->n = n;
	buf_init(&t->text, LIMIT_TABLE);
	buf_init(&t->cell, LIMIT_HEADER);
	for (size_t i = 0; i < ncolumn; i++) {
		if (slice_eq(slice_of(column[i]->name), S("route"))) {
			add_column(t, column_find(S("from")));
			add_column(t, column_find(S("to")));
		} else {
			add_column(t, column[i]);
		}
	}
	put_names(t);
	return t;
}

void
table_free(struct table **tp)
{
	struct table *t = *tp;

	if (t == NULL)
		return;
	entry_reader_free(&t->reader);
	buf_fini(&t->text);
	buf_fini(&t->cell);
	free(t->item);
	free(t);
	*tp = NULL;
}

bool
table_work(struct table *t, nstime until)
{
	struct entry e;

	for (unsigned n = 1; t->at < t->n && !t->text.full; n++) {
		bool there = entry_read(t->reader, t->model, t->item[t->at], &e);

		if (there && e.more)
			continue;		/* a session of very many messages takes several steps */
		t->at++;
		if (there)
			put_row(t, &e);
		if (n % ROWS_BETWEEN == 0 && machine_steady() >= until)
			return true;
	}
	return false;
}

unsigned
table_percent(const struct table *t)
{
	return t->n > 0 ? (unsigned)((uint64_t)t->at * 100 / t->n) : 100;
}

size_t
table_rows(const struct table *t)
{
	return t->rows;
}

bool
table_truncated(const struct table *t)
{
	return t->text.full;
}

slice
table_text(const struct table *t)
{
	return buf_slice(&t->text);
}
