#include "sheet_pane.h"

enum { WHEEL = 3 };

void
sheet_pane_init(struct sheet_pane *p)
{
	*p = (struct sheet_pane){ .width = 0 };
	sheet_init(&p->sheet);
}

void
sheet_pane_fini(struct sheet_pane *p)
{
	sheet_fini(&p->sheet);
}

void
sheet_pane_begin(struct sheet_pane *p)
{
	p->width = p->top = 0;
}

bool
sheet_pane_fit(struct sheet_pane *p, int width)
{
	if (p->width == width && width > 0)
		return false;
	p->width = width;
	sheet_clear(&p->sheet);
	return true;
}

static void
keep_in_sight(struct sheet_pane *p)
{
	if (p->top > p->sheet.height - p->height)
		p->top = p->sheet.height - p->height;
	if (p->top < 0)
		p->top = 0;
}

void
sheet_pane_draw(struct sheet_pane *p, struct area a, slice words)
{
	p->height = a.height;
	keep_in_sight(p);
	sheet_draw(&p->sheet, a, 0, p->top);
	for (int y = 0; y < a.height; y++)
		canvas_mark_found(a, y, words);
}

static bool
move(struct sheet_pane *p, int by)
{
	p->top += by;
	keep_in_sight(p);
	return true;
}

bool
sheet_pane_act(struct sheet_pane *p, enum action action)
{
	int page = p->height > 1 ? p->height - 1 : 1, half = (page + 1) / 2;

	switch (action) {
	case ACTION_DOWN: return move(p, 1);
	case ACTION_UP: return move(p, -1);
	case ACTION_PAGE_DOWN: return move(p, page);
	case ACTION_PAGE_UP: return move(p, -page);
	case ACTION_HALF_DOWN: return move(p, half);
	case ACTION_HALF_UP: return move(p, -half);
	case ACTION_FIRST: return move(p, -p->top);
	case ACTION_LAST: return move(p, p->sheet.height);
	default: return false;
	}
}

bool
sheet_pane_mouse(struct sheet_pane *p, const struct mouse *m)
{
	if (m->kind != MOUSE_WHEEL_UP && m->kind != MOUSE_WHEEL_DOWN)
		return false;
	return move(p, m->kind == MOUSE_WHEEL_UP ? -WHEEL : WHEEL);
}

static bool
is_found(const struct canvas *c)
{
	for (int x = 0; x < c->width; x++)
		if (c->cell[x].found)
			return true;
	return false;
}

bool
sheet_pane_search(struct sheet_pane *p, slice words, bool backwards)
{
	struct canvas *c;
	int n = p->sheet.height, found = -1;

	if (n == 0 || words.n == 0 || p->width <= 0)
		return false;
	c = canvas_new(p->width, 1);
	for (int i = 1; i <= n && found < 0; i++) {
		int y = backwards ? (p->top - i + 2 * n) % n : (p->top + i) % n;

		canvas_clear(c);
		sheet_draw(&p->sheet, canvas_all(c), 0, y);
		canvas_mark_found(canvas_all(c), 0, words);
		if (is_found(c))
			found = y;
	}
	canvas_free(&c);
	if (found >= 0)
		p->top = found;
	keep_in_sight(p);
	return found >= 0;
}

void
sheet_pane_status(const struct sheet_pane *p, struct buf *out)
{
	int last = p->top + p->height;

	if (p->sheet.height > p->height)
		buf_printf(out, "%d–%d/%d", p->top + 1, last < p->sheet.height ? last : p->sheet.height, p->sheet.height);
}
