/*
 * columns_dialog.c - `t`: the columns that are shown stand first, in their
 * order; below them those that could be, and every field of the filter.
 */
#include "columns_dialog.h"

#include <string.h>

#include "base/limits.h"
#include "view.h"

enum { WIDTH = 92, NAME = 18, SHOWN = 4 };

struct dialog {
	struct app *app;
	struct list_columns *columns;
	bool messages;
	void (*changed)(void *self);
	void *self;
	struct scroll scroll;
	struct buf words;		/* typed to find a name */
};

/* --- what there is --- */

static bool
is_shown(const struct dialog *d, const struct column *c)
{
	return list_columns_find(d->columns, c) != NULL;
}

static bool
fits_kind(const struct dialog *d, const struct column *c)
{
	return d->messages ? c->in_messages : c->in_sessions;
}

static bool
is_wanted(const struct dialog *d, const struct column *c)
{
	slice words = buf_slice(&d->words);

	return words.n == 0 || slice_icontains(slice_of(c->name), words) || slice_icontains(slice_of(c->title), words)
	    || slice_icontains(slice_of(c->about), words);
}

/* The nth line: what is shown, then the other known columns, then fields. NULL: no more. */
static const struct column *
line_at(const struct dialog *d, size_t n)
{
	for (size_t i = 0; i < d->columns->n; i++)
		if (is_wanted(d, d->columns->v[i].is) && n-- == 0)
			return d->columns->v[i].is;
	for (size_t i = 0; i < ncolumns_known; i++) {
		const struct column *c = &columns_known[i];

		if (!is_shown(d, c) && fits_kind(d, c) && is_wanted(d, c) && n-- == 0)
			return c;
	}
	for (size_t i = 0; i < nfields; i++) {
		const struct column *c = column_find(slice_of(fields[i].name));

		if (c->field != NULL && !is_shown(d, c) && is_wanted(d, c) && n-- == 0)
			return c;
	}
	return NULL;
}

static size_t
count_lines(const struct dialog *d)
{
	size_t n = 0;

	while (line_at(d, n) != NULL)
		n++;
	return n;
}

static size_t
place_of(const struct dialog *d, const struct column *c)
{
	const struct column *at;

	for (size_t n = 0; (at = line_at(d, n)) != NULL; n++)
		if (at == c)
			return n;
	return 0;
}

/* --- changing --- */

static void
remove_at(struct list_columns *l, size_t i)
{
	memmove(&l->v[i], &l->v[i + 1], (l->n - i - 1) * sizeof l->v[0]);
	l->n--;
}

static void
turn(struct dialog *d, const struct column *c)
{
	struct list_columns *l = d->columns;
	struct list_column *shown = list_columns_find(l, c);

	if (shown != NULL && l->n > 1)
		remove_at(l, (size_t)(shown - l->v));
	else if (shown == NULL && l->n < LIST_COLUMNS_MOST)
		l->v[l->n++] = list_column_of(c);
	d->changed(d->self);
}

static void
move(struct dialog *d, const struct column *c, bool up)
{
	struct list_columns *l = d->columns;
	struct list_column *at = list_columns_find(l, c), kept;
	size_t i = at != NULL ? (size_t)(at - l->v) : 0, other = up ? i - 1 : i + 1;

	if (at == NULL || (up && i == 0) || other >= l->n)
		return;
	kept = l->v[i];
	l->v[i] = l->v[other];
	l->v[other] = kept;
	d->changed(d->self);
	scroll_to(&d->scroll, place_of(d, c));
}

static void
reset(struct dialog *d)
{
	struct buf why;

	buf_init(&why, KiB);
	list_columns_parse(d->columns, slice_of(columns_default(d->messages)), &why);
	buf_fini(&why);
	d->changed(d->self);
}

static void
type(struct dialog *d, uint32_t key)
{
	if (key == KEY_RUBOUT || key == KEY_CONTROL('H')) {
		while (d->words.n > 0 && (d->words.p[--d->words.n] & 0xc0) == 0x80)
			;
	} else if (key == KEY_CONTROL('U')) {
		buf_clear(&d->words);
	} else if (key > ' ' && key < 0x7f) {
		buf_add_byte(&d->words, (uint8_t)key);
	} else {
		return;
	}
	scroll_to(&d->scroll, 0);
}

static bool
key(void *self, uint32_t k)
{
	struct dialog *d = self;
	const struct column *c = line_at(d, d->scroll.cursor);

	switch (k) {
	case KEY_CURSOR_DOWN: case KEY_CONTROL('N'): scroll_act(&d->scroll, ACTION_DOWN); break;
	case KEY_CURSOR_UP: case KEY_CONTROL('P'): scroll_act(&d->scroll, ACTION_UP); break;
	case KEY_PAGE_DOWN: scroll_act(&d->scroll, ACTION_PAGE_DOWN); break;
	case KEY_PAGE_UP: scroll_act(&d->scroll, ACTION_PAGE_UP); break;
	case KEY_TOP: scroll_act(&d->scroll, ACTION_FIRST); break;
	case KEY_BOTTOM: scroll_act(&d->scroll, ACTION_LAST); break;
	case KEY_BLANK: if (c != NULL) turn(d, c); break;
	case '<': case KEY_CURSOR_LEFT: if (c != NULL) move(d, c, true); break;
	case '>': case KEY_CURSOR_RIGHT: if (c != NULL) move(d, c, false); break;
	case '=': reset(d); break;
	case KEY_ESCAPE:
		if (d->words.n == 0)
			return false;
		buf_clear(&d->words);
		scroll_to(&d->scroll, 0);
		break;
	case KEY_RETURN: case KEY_F_10: return false;
	default: type(d, k);
	}
	return true;
}

/* --- drawing --- */

static void
size(void *self, int *width, int *height)
{
	(void)self;
	*width = WIDTH;
	*height = 24;
}

static void
draw_line(const struct dialog *d, struct area area, int y, const struct column *c)
{
	bool shown = is_shown(d, c);
	slice about = slice_of(c->about);

	canvas_words(area, 0, y, STYLE_TITLE, shown ? "[x]" : "[ ]");
	canvas_text(area, SHOWN, y, NAME, shown ? STYLE_TITLE : STYLE_PLAIN, slice_of(c->name));
	canvas_text(area, SHOWN + NAME + 1, y, area.width - SHOWN - NAME - 1, STYLE_DIM, about);
}

static void
draw(void *self, struct area area)
{
	struct dialog *d = self;
	const struct column *c;
	int height = area.height > 2 ? area.height - 2 : 1;

	scroll_set(&d->scroll, count_lines(d), height);
	for (int i = 0; i < height && (c = line_at(d, d->scroll.top + (size_t)i)) != NULL; i++) {
		draw_line(d, area, i, c);
		if (d->scroll.top + (size_t)i == d->scroll.cursor)
			canvas_select(area, i);
	}
	if (d->words.n > 0) {
		canvas_words(area, 0, area.height - 2, STYLE_DIM, "with:");
		canvas_text(area, 6, area.height - 2, area.width - 6, STYLE_INPUT, buf_slice(&d->words));
	}
	canvas_words(area, 0, area.height - 1, STYLE_DIM, "Space on or off   < > move   letters find   = as at first   Esc done");
}

static bool
mouse_at(void *self, const struct mouse *m)
{
	struct dialog *d = self;
	const struct column *c;

	if (!scroll_mouse(&d->scroll, m, 0) || m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN)
		return true;
	c = line_at(d, d->scroll.cursor);
	if (c != NULL && (m->kind == MOUSE_DOUBLE || m->x < SHOWN))
		turn(d, c);
	return true;
}

static void
close_dialog(void *self)
{
	struct dialog *d = self;

	buf_fini(&d->words);
}

void
columns_dialog_open(struct app *app, struct list_columns *columns, bool messages, void (*changed)(void *self), void *self)
{
	static const struct dialog_ops ops = {
		.title = "Columns", .state_size = sizeof(struct dialog), .size = size, .draw = draw, .key = key, .mouse = mouse_at,
		.close = close_dialog,
	};
	struct dialog *d = app_dialog(app, &ops);

	d->app = app;
	d->columns = columns;
	d->messages = messages;
	d->changed = changed;
	d->self = self;
	buf_init(&d->words, 64);
}
