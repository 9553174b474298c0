/*
 * stat.c - figures of the whole run, while it goes on: one page of sections,
 * in as many columns as there is room for.
 *
 * A cursor goes from line to line through all columns; Enter on a line that
 * counts something shows what it counts, in the list.
 */
#include "stat.h"

#include <stdlib.h>

#include "base/err.h"
#include "tui/view.h"

enum {
	COLUMN_LEAST = 58,		/* that a column of the page must have if there are several */
	COLUMNS = 3, GAP = 3,
	TITLE = -1,			/* instead of a line's number in its section */
	MANY = 50,			/* lines of a screen that shows longer lists */
	NAMES = 10, NAMES_MANY = 16,
	TEXT_WIDTH = 100		/* of a page that is saved */
};

struct line { size_t section; int n; int column, y; };

struct state {
	struct app *app;
	struct stat_page page;
	struct line *line;		/* titles too, in the order in which the cursor goes */
	size_t n, cap;
	int columns;			/* of the page */
	int width, height;		/* of the area */
	size_t cursor;
	int top;
};

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
}

static void
close_view(void *self)
{
	struct state *s = self;

	free(s->line);
}

/* --- layout --- */

static void
add_line(struct state *s, size_t section, int n, int column, int y)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->line = xrealloc(s->line, s->cap, sizeof *s->line);
	}
	s->line[s->n++] = (struct line){ section, n, column, y };
}

static int
columns_for(int width)
{
	int n = (width + GAP) / (COLUMN_LEAST + GAP);

	return n < 1 ? 1 : n > COLUMNS ? COLUMNS : n;
}

/* Sections fill one column after the other, each up to its share of the whole. */
static void
lay_out(struct state *s, int width, int height)
{
	struct stat_page *p = &s->page;
	int lines[64], all = 0, column = 0, y = 0, before = 0;

	p->model = app_model(s->app);
	p->f = model_figures(p->model);
	p->when = app_options(s->app)->when;
	p->filtered = app_filter(s->app) != NULL;
	p->names = height >= MANY ? NAMES_MANY : NAMES;
	s->columns = columns_for(width);
	p->width = (width - (s->columns - 1) * GAP) / s->columns;
	s->n = 0;
	for (size_t i = 0; p->f != NULL && i < nstat_sections; i++) {
		lines[i] = stat_sections[i].lines(p);
		all += lines[i] > 0 ? lines[i] + 2 : 0;
	}
	for (size_t i = 0; p->f != NULL && i < nstat_sections; i++) {
		int here = lines[i] > 0 ? lines[i] + 2 : 0;

		if (here == 0)
			continue;
		if (column + 1 < s->columns && y > 0 && (before + here / 2) * s->columns > all * (column + 1)) {
			column++;
			y = 0;
		}
		for (int n = TITLE; n < lines[i]; n++)
			add_line(s, i, n, column, y++);
		y++;
		before += here;
	}
	if (s->cursor >= s->n)
		s->cursor = s->n > 0 ? s->n - 1 : 0;
}

static int
page_height(const struct state *s)
{
	int height = 0;

	for (size_t i = 0; i < s->n; i++)
		height = s->line[i].y >= height ? s->line[i].y + 1 : height;
	return height;
}

static void
keep_in_sight(struct state *s)
{
	int y = s->n > 0 ? s->line[s->cursor].y : 0, height = page_height(s);
	int first = s->n > 0 && s->line[s->cursor].n == 0 ? y - 1 : y;		/* with its title */

	if (first < s->top)
		s->top = first;
	if (y >= s->top + s->height)
		s->top = y - s->height + 1;
	if (s->top > height - s->height)
		s->top = height - s->height > 0 ? height - s->height : 0;
}

/* --- drawing --- */

static void
draw_line(const struct state *s, const struct line *l, struct area line)
{
	const struct stat_section *section = &stat_sections[l->section];
	int x;

	if (l->n != TITLE) {
		section->draw(&s->page, l->n, line);
		return;
	}
	canvas_line(line, 0, 0x2500, STYLE_FRAME);
	canvas_put(line, 1, 0, ' ', STYLE_FRAME);
	x = 2 + canvas_words(line, 2, 0, STYLE_TITLE, section->title);
	canvas_put(line, x, 0, ' ', STYLE_FRAME);
	if (section->head != NULL)
		section->head(&s->page, line);
}

static void
draw_page(struct state *s, struct area area, int top)
{
	slice words = app_search_words(s->app);

	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->line[i];
		struct area line = area_part(area, l->column * (s->page.width + GAP), l->y - top, s->page.width, 1);

		if (l->y < top || l->y >= top + area.height)
			continue;
		draw_line(s, l, line);
		canvas_mark_found(line, 0, words);
		if (i == s->cursor && l->n != TITLE)
			canvas_select(line, 0);
	}
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;

	s->width = area.width;
	s->height = area.height;
	lay_out(s, area.width, area.height);
	if (s->page.f == NULL) {
		canvas_words(area, 1, area.height > 2 ? 1 : 0, STYLE_DIM, "Nothing was counted yet");
		return;
	}
	keep_in_sight(s);
	draw_page(s, area, s->top);
}

/* The figures that were drawn may be gone: others came since. */
static void
refresh(void *self)
{
	struct state *s = self;

	if (s->width > 0)
		lay_out(s, s->width, s->height);
}

/* --- keys --- */

static void
move(struct state *s, int lines)
{
	long to = (long)s->cursor + lines;

	s->cursor = to < 0 ? 0 : (size_t)to >= s->n ? s->n - 1 : (size_t)to;
	/* Titles are no place to stay. */
	if (s->line[s->cursor].n == TITLE)
		s->cursor = lines < 0 && s->cursor > 0 ? s->cursor - 1 : s->cursor + 1 < s->n ? s->cursor + 1 : s->cursor;
}

/* The next section, or the first again. */
static void
next_section(struct state *s)
{
	size_t section = s->line[s->cursor].section;

	while (s->cursor + 1 < s->n && s->line[s->cursor].section == section)
		s->cursor++;
	if (s->line[s->cursor].section == section)
		s->cursor = 0;
	move(s, 0);
	s->top = s->line[s->cursor].y > 0 ? s->line[s->cursor].y - 1 : 0;
}

/* The column beside, about as far down. */
static void
sideways(struct state *s, int by)
{
	const struct line *from = &s->line[s->cursor];
	size_t best = s->cursor;

	for (size_t i = 0; i < s->n; i++)
		if (s->line[i].column == from->column + by && s->line[i].n != TITLE
		    && (best == s->cursor || abs(s->line[i].y - from->y) < abs(s->line[best].y - from->y)))
			best = i;
	s->cursor = best;
}

static enum act_result
open_line(struct state *s)
{
	const struct line *l = &s->line[s->cursor];
	const struct stat_section *section = &stat_sections[l->section];
	struct buf filter;

	buf_init(&filter, LIMIT_PROMPT);
	if (l->n == TITLE || section->filter == NULL || !section->filter(&s->page, l->n, &filter))
		app_say(s->app, STYLE_DIM, "Enter shows what a line counts; this one has no filter of its own");
	else if (app_filter_by(s->app, buf_slice(&filter)))
		app_show(s->app, ACTION_VIEW_LIST);
	buf_fini(&filter);
	return ACT_DONE;
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;

	refresh(s);
	if (s->n == 0)
		return ACT_NOT_MINE;
	switch (action) {
	case ACTION_DOWN: move(s, 1); break;
	case ACTION_UP: move(s, -1); break;
	case ACTION_PAGE_DOWN: move(s, s->height - 1); break;
	case ACTION_PAGE_UP: move(s, 1 - s->height); break;
	case ACTION_HALF_DOWN: move(s, s->height / 2); break;
	case ACTION_HALF_UP: move(s, -(s->height / 2)); break;
	case ACTION_FIRST: s->cursor = 0; move(s, 0); break;
	case ACTION_LAST: s->cursor = s->n - 1; break;
	case ACTION_LEFT: sideways(s, -1); break;
	case ACTION_RIGHT: sideways(s, 1); break;
	case ACTION_PANE: next_section(s); break;
	case ACTION_OPEN: return open_line(s);
	default: return ACT_NOT_MINE;
	}
	return ACT_DONE;
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;

	if (m->kind == MOUSE_WHEEL_DOWN || m->kind == MOUSE_WHEEL_UP)
		return act(s, m->kind == MOUSE_WHEEL_DOWN ? ACTION_HALF_DOWN : ACTION_HALF_UP);
	refresh(s);
	for (size_t i = 0; i < s->n; i++) {
		const struct line *l = &s->line[i];

		if (l->y != m->y + s->top || l->column != m->x / (s->page.width + GAP) || l->n == TITLE)
			continue;
		s->cursor = i;
		return m->kind == MOUSE_DOUBLE ? open_line(s) : ACT_DONE;
	}
	return ACT_DONE;
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;
	struct canvas *line = canvas_new(s->page.width > 0 ? s->page.width : 1, 1);
	struct buf text;
	bool found = false;

	buf_init(&text, LIMIT_PROMPT);
	refresh(s);
	for (size_t i = 1; i <= s->n && !found; i++) {
		size_t at = (backwards ? s->cursor + s->n - i : s->cursor + i) % s->n;

		if (s->line[at].n == TITLE)
			continue;
		canvas_clear(line);
		buf_clear(&text);
		draw_line(s, &s->line[at], canvas_all(line));
		canvas_print(line, &text, false);
		found = slice_icontains(buf_slice(&text), words);
		if (found)
			s->cursor = at;
	}
	buf_fini(&text);
	canvas_free(&line);
	return found;
}

static void
status(void *self, struct buf *out)
{
	struct state *s = self;
	const struct news_progress *p = model_progress(app_model(s->app));
	int height = page_height(s);

	/* The bar of a file that is read, which there is no room for beside this. Of what comes as it happens the top line tells. */
	if (!model_over(app_model(s->app)) && p != NULL && p->size > 0)
		buf_add(out, S("reading "));
	if (height > s->height && s->height > 0)
		buf_printf(out, "%d–%d/%d", s->top + 1, s->top + s->height < height ? s->top + s->height : height, height);
}

/* The page in one column. */
static void
text(void *self, struct buf *out)
{
	struct state *s = self;
	struct canvas *line = canvas_new(TEXT_WIDTH, 1);

	lay_out(s, TEXT_WIDTH, MANY);
	for (size_t i = 0; i < s->n; i++) {
		if (s->line[i].n == TITLE && i > 0)
			buf_add_byte(out, '\n');
		canvas_clear(line);
		draw_line(s, &s->line[i], canvas_all(line));
		canvas_print(line, out, false);
	}
	canvas_free(&line);
	refresh(s);
}

const struct view_ops view_stat = {
	.name = "Statistics", .tab = "7Stat", .where = IN_STAT, .of_session = false,
	.useful = { ACTION_OPEN, ACTION_PANE, ACTION_SEARCH, ACTION_VIEW_LIST, ACTION_SAVE, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .draw = draw, .act = act,
	.mouse = mouse, .search = search, .status = status, .text = text,
};
