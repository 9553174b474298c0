#include "list_table.h"

#include "base/clean.h"
#include "base/limits.h"
#include "base/machine.h"

#define SLOW		NSTIME_S		/* a wait that people feel … */
#define VERY_SLOW	(10 * NSTIME_S)		/* … and one that they ask about */

void
list_table_init(struct list_table *t, struct app *app)
{
	*t = (struct list_table){ .app = app, .reader = entry_reader_new() };
	buf_init(&t->text, LIMIT_HEADER);
}

void
list_table_fini(struct list_table *t)
{
	entry_reader_free(&t->reader);
	buf_fini(&t->text);
}

/* --- colours --- */

enum style
tone_style(enum result_tone tone)
{
	static const enum style style[] = {
		[TONE_OPEN] = STYLE_INFO, [TONE_GOOD] = STYLE_GOOD, [TONE_PARTLY] = STYLE_LATER, [TONE_LATER] = STYLE_LATER,
		[TONE_BAD] = STYLE_BAD, [TONE_UNKNOWN] = STYLE_DIM,
	};

	return style[tone];
}

static enum style
severity_style(enum severity s)
{
	static const enum style style[] = {
		[SEVERITY_NONE] = STYLE_DIM, [INFO] = STYLE_DIM, [NOTE] = STYLE_LATER, [WARNING] = STYLE_BAD, [ALERT] = STYLE_ALERT,
	};

	return style[s];
}

static enum style
wait_style(nstime wait)
{
	return wait >= VERY_SLOW ? STYLE_BAD : wait >= SLOW ? STYLE_LATER : STYLE_DIM;
}

/* By the column's name: what is of no weight is dim, what came of it has the colour of its result. */
static enum style
cell_style(const struct column *c, const struct entry *e)
{
	static const struct { slice name; enum style style; } table[] = {
		{ SLICE("number"), STYLE_DIM }, { SLICE("date"), STYLE_DIM }, { SLICE("time"), STYLE_DIM }, { SLICE("port"), STYLE_DIM },
		{ SLICE("duration"), STYLE_DIM }, { SLICE("size"), STYLE_DIM }, { SLICE("messages"), STYLE_DIM },
		{ SLICE("attachments"), STYLE_DIM }, { SLICE("tls"), STYLE_DIM }, { SLICE("close"), STYLE_DIM }, { SLICE("queue"), STYLE_DIM },
	};
	slice name = slice_of(c->name);

	if (e->gone)
		return STYLE_LOST;
	if (slice_eq(name, S("result")) || slice_eq(name, S("reason")))
		return tone_style(unit_result(&e->unit, NULL));
	if (slice_eq(name, S("severity")) || slice_eq(name, S("findings")))
		return severity_style(e->sums.severity);
	if (slice_eq(name, S("wait")))
		return wait_style(e->sums.slowest);
	if (slice_eq(name, S("route")) && e->unit.message == NULL)
		return STYLE_DIM;		/* no mail: only who was there */
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_eq(name, table[i].name))
			return table[i].style;
	return STYLE_PLAIN;
}

/* --- rows --- */

static struct column_style
style_of(const struct list_table *t, int width)
{
	return (struct column_style){ .when = app_options(t->app)->when, .width = width };
}

/* How wide it would like to be; what once was seen is remembered, so that columns do not jump while one scrolls. */
static void
measure(struct list_table *t, struct list_column *c, const struct entry *e)
{
	struct column_style style = style_of(t, 0);
	int columns;

	if (c->seen >= (c->is->wide > 0 ? c->is->wide : LIMIT_CANVAS))
		return;
	buf_clear(&t->text);
	c->is->text(c->is, e, &style, &t->text);
	columns = text_columns(buf_slice(&t->text));
	if (columns > c->seen)
		c->seen = columns;
}

static void
measure_rows(struct list_table *t, size_t top, int rows)
{
	struct list *list = app_list(t->app);
	struct entry e;

	for (int i = 0; i < rows && top + (size_t)i < list_count(list); i++)
		if (entry_read(t->reader, app_model(t->app), list_at(list, top + (size_t)i), &e)) {
			t->more |= e.more;
			for (size_t k = 0; k < t->columns.n; k++)
				measure(t, &t->columns.v[k], &e);
		}
}

static void
draw_cell(struct list_table *t, struct area area, int y, const struct list_column *c, const struct entry *e)
{
	struct column_style style = style_of(t, c->width);

	buf_clear(&t->text);
	c->is->text(c->is, e, &style, &t->text);
	if (c->is->right)
		canvas_right(area, c->x, y, c->width, cell_style(c->is, e), buf_slice(&t->text));
	else
		canvas_text(area, c->x, y, c->width, cell_style(c->is, e), buf_slice(&t->text));
}

static void
draw_row(struct list_table *t, struct area area, int y, uint32_t item)
{
	struct entry e;

	if (!entry_read(t->reader, app_model(t->app), item, &e))
		return;
	if (e.is.marked)
		canvas_words(area, 0, y, STYLE_MARK, "*");
	for (size_t i = 0; i < t->columns.n; i++)
		if (t->columns.v[i].width > 0)
			draw_cell(t, area, y, &t->columns.v[i], &e);
}

/* With the direction behind the title of the column that is sorted by, or in the gap before it. */
static void
draw_titles(struct list_table *t, struct area area)
{
	bool descending;
	const struct column *sorted = list_sorted_by(app_list(t->app), &descending);

	canvas_line(area, 0, ' ', STYLE_TITLE);
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct list_column *c = &t->columns.v[i];
		slice title = slice_of(c->is->title), arrow = slice_of(descending ? "▼" : "▲");
		int width = text_columns(title), x = c->is->right && c->width > width ? c->x + c->width - width : c->x, at;

		if (c->width == 0)
			continue;
		canvas_text(area, x, 0, c->width, STYLE_TITLE, title);
		if (c->is != sorted)
			continue;
		at = !c->is->right && width < c->width ? x + width : x > 0 ? x - 1 : x;
		canvas_text(area, at, 0, 1, STYLE_TITLE, arrow);
	}
}

void
list_table_draw(struct list_table *t, struct area area, size_t top, int rows, size_t cursor)
{
	struct list *list = app_list(t->app);

	t->top = top;
	t->rows = rows;
	t->more = false;
	measure_rows(t, top, rows);
	list_columns_lay_out(&t->columns, area.width);
	draw_titles(t, area);
	for (int i = 0; i < rows && top + (size_t)i < list_count(list); i++) {
		draw_row(t, area, i + 1, list_at(list, top + (size_t)i));
		canvas_mark_found(area, i + 1, app_search_words(t->app));
		if (top + (size_t)i == cursor)
			canvas_select(area, i + 1);
	}
}

bool
list_table_work(struct list_table *t, nstime until)
{
	struct list *list = app_list(t->app);
	struct entry e;

	for (int i = 0; t->more && i < t->rows; i++)
		while (entry_read(t->reader, app_model(t->app), list_at(list, t->top + (size_t)i), &e) && e.more)
			if (machine_steady() >= until)
				return true;
	t->more = false;
	return false;
}

const struct column *
list_table_at(const struct list_table *t, int x)
{
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct list_column *c = &t->columns.v[i];

		if (c->width > 0 && x >= c->x && x <= c->x + c->width)
			return c->is;
	}
	return NULL;
}

size_t
list_table_shown(const struct list_table *t, const struct column *shown[LIST_COLUMNS_MOST])
{
	size_t n = 0;

	for (size_t i = 0; i < t->columns.n; i++)
		if (t->columns.v[i].width > 0)
			shown[n++] = t->columns.v[i].is;
	return n;
}
