#include "tall.h"

enum { WHEEL = 3 };			/* lines of one notch */

static int
lines_of(const struct tall *t, size_t row)
{
	return row < t->count ? t->lines(t->self, row) : 1;
}

/* A place that stands so many lines below the top; at most the last line of the last row. */
static void
go_down(const struct tall *t, size_t *row, int *line, int lines)
{
	while (lines > 0) {
		int left = lines_of(t, *row) - *line;

		if (lines < left) {
			*line += lines;
			return;
		}
		if (*row + 1 >= t->count) {
			*line = lines_of(t, *row) - 1;
			return;
		}
		lines -= left;
		*line = 0;
		++*row;
	}
}

static void
go_up(const struct tall *t, size_t *row, int *line, int lines)
{
	while (lines > *line) {
		if (*row == 0) {
			*line = 0;
			return;
		}
		lines -= *line + 1;
		--*row;
		*line = lines_of(t, *row) - 1;
	}
	*line -= lines;
}

/* The lines from the top of the screen to the first of the row; at most `enough`. */
static int
lines_above(const struct tall *t, size_t row, int enough)
{
	int n = -t->line;

	for (size_t i = t->top; i < row && n < enough; i++)
		n += lines_of(t, i);
	return n;
}

/* No blank lines at the end while there are others above. */
static void
fill_screen(struct tall *t)
{
	size_t row = t->count > 0 ? t->count - 1 : 0;
	int line = lines_of(t, row) - 1;

	go_up(t, &row, &line, t->height - 1);
	if (t->top > row || (t->top == row && t->line > line)) {
		t->top = row;
		t->line = line;
	}
}

static void
keep_in_sight(struct tall *t)
{
	int above, lines;

	if (t->cursor >= t->count)
		t->cursor = t->count > 0 ? t->count - 1 : 0;
	if (t->top >= t->count)
		{
		t->top = 0;
		t->line = 0;
	}
	lines = lines_of(t, t->top);
	if (t->line >= lines)
		t->line = lines - 1;
	if (t->cursor < t->top) {
		t->top = t->cursor;
		t->line = 0;
	}
	lines = lines_of(t, t->cursor);
	above = lines_above(t, t->cursor, t->height);
	if (t->cursor == t->top && t->line > 0 && lines <= t->height)
		t->line = 0;
	else if (above > 0 && above + lines > t->height) {
		t->top = t->cursor;
		t->line = 0;
		if (lines < t->height)
			go_up(t, &t->top, &t->line, t->height - lines);
	}
	fill_screen(t);
}

void
tall_set(struct tall *t, size_t count, int height)
{
	t->count = count;
	t->height = height > 0 ? height : 1;
	keep_in_sight(t);
}

void
tall_to(struct tall *t, size_t cursor)
{
	t->cursor = cursor;
	keep_in_sight(t);
}

void
tall_show(struct tall *t, size_t cursor, int above)
{
	t->cursor = t->top = cursor < t->count ? cursor : t->count > 0 ? t->count - 1 : 0;
	t->line = 0;
	go_up(t, &t->top, &t->line, above);
	keep_in_sight(t);
}

/* One line down within a row whose end is out of sight; else the next row. */
static void
down(struct tall *t)
{
	int rest = lines_above(t, t->cursor, t->height) + lines_of(t, t->cursor) - t->height;

	if (t->cursor == t->top && rest > 0)
		t->line++;
	else if (t->cursor + 1 < t->count)
		tall_to(t, t->cursor + 1);
}

static void
up(struct tall *t)
{
	if (t->cursor == t->top && t->line > 0)
		t->line--;
	else if (t->cursor > 0)
		tall_to(t, t->cursor - 1);
}

/* What is shown moves, and the cursor with it. */
static void
turn(struct tall *t, int lines, bool back)
{
	int above = lines_above(t, t->cursor, t->height), line = t->line;
	size_t top = t->top;

	if (back)
		go_up(t, &t->top, &t->line, lines);
	else
		go_down(t, &t->top, &t->line, lines);
	fill_screen(t);
	if (top == t->top && line == t->line) {
		tall_to(t, back ? 0 : t->count);
		return;
	}
	t->cursor = t->top;
	line = t->line;
	go_down(t, &t->cursor, &line, above > 0 ? above : 0);
	if (!back && t->cursor == t->top && t->line > 0 && lines_of(t, t->cursor) <= t->height && t->cursor + 1 < t->count)
		t->cursor++;
	keep_in_sight(t);
}

bool
tall_act(struct tall *t, enum action action)
{
	int page = t->height > 1 ? t->height - 1 : 1, half = page > 1 ? (page + 1) / 2 : 1;

	switch (action) {
	case ACTION_DOWN: down(t); return true;
	case ACTION_UP: up(t); return true;
	case ACTION_PAGE_DOWN: turn(t, page, false); return true;
	case ACTION_PAGE_UP: turn(t, page, true); return true;
	case ACTION_HALF_DOWN: turn(t, half, false); return true;
	case ACTION_HALF_UP: turn(t, half, true); return true;
	case ACTION_FIRST: tall_to(t, 0); return true;
	case ACTION_LAST: tall_to(t, t->count); return true;
	default: return false;
	}
}

bool
tall_mouse(struct tall *t, const struct mouse *m, int y0, size_t *row_r)
{
	size_t row = t->top;
	int line = t->line;

	*row_r = SIZE_MAX;
	if (m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN) {
		turn(t, WHEEL, m->kind == MOUSE_WHEEL_UP);
		return true;
	}
	if (m->y < y0 || m->y - y0 >= t->height || t->count == 0)
		return false;
	go_down(t, &row, &line, m->y - y0);
	if (row + 1 == t->count && lines_above(t, row, t->height) + lines_of(t, row) <= m->y - y0)
		return false;
	*row_r = row;
	tall_to(t, row);
	return true;
}
