/*
 * scroll.c - lines with a cursor that is always in sight.
 */
#include "tui/view.h"

enum { WHEEL = 3 };			/* lines of one notch */

static void
keep_in_sight(struct scroll *s)
{
	size_t height = s->height > 0 ? (size_t)s->height : 1;

	if (s->cursor >= s->count)
		s->cursor = s->count > 0 ? s->count - 1 : 0;
	if (s->top > s->cursor)
		s->top = s->cursor;
	if (s->cursor - s->top >= height)
		s->top = s->cursor - height + 1;
	if (s->top > 0 && s->count - s->top < height)		/* no blank lines at the end while there are others above */
		s->top = s->count > height ? s->count - height : 0;
}

void
scroll_set(struct scroll *s, size_t count, int height)
{
	s->count = count;
	s->height = height;
	keep_in_sight(s);
}

void
scroll_to(struct scroll *s, size_t cursor)
{
	s->cursor = cursor;
	keep_in_sight(s);
}

/* So many lines on, or back: the cursor, and with `page` what is shown too. */
static void
step(struct scroll *s, size_t lines, bool back, bool page)
{
	size_t room = s->count > 0 ? s->count - 1 : 0;

	if (back) {
		s->cursor -= lines < s->cursor ? lines : s->cursor;
		if (page)
			s->top -= lines < s->top ? lines : s->top;
	} else {
		s->cursor = s->cursor < room && lines < room - s->cursor ? s->cursor + lines : room;
		if (page)
			s->top = s->top < room && lines < room - s->top ? s->top + lines : room;
	}
	keep_in_sight(s);
}

bool
scroll_act(struct scroll *s, enum action action)
{
	size_t page = s->height > 1 ? (size_t)s->height - 1 : 1, half = page > 1 ? (page + 1) / 2 : 1;

	switch (action) {
	case ACTION_DOWN: step(s, 1, false, false); return true;
	case ACTION_UP: step(s, 1, true, false); return true;
	case ACTION_PAGE_DOWN: step(s, page, false, true); return true;
	case ACTION_PAGE_UP: step(s, page, true, true); return true;
	case ACTION_HALF_DOWN: step(s, half, false, true); return true;
	case ACTION_HALF_UP: step(s, half, true, true); return true;
	case ACTION_FIRST: scroll_to(s, 0); return true;
	case ACTION_LAST: scroll_to(s, s->count); return true;
	default: return false;
	}
}

bool
scroll_mouse(struct scroll *s, const struct mouse *m, int y0)
{
	size_t line;

	switch (m->kind) {
	case MOUSE_WHEEL_UP: step(s, WHEEL, true, true); return true;
	case MOUSE_WHEEL_DOWN: step(s, WHEEL, false, true); return true;
	case MOUSE_CLICK:
	case MOUSE_DOUBLE:
		if (m->y < y0 || m->y - y0 >= s->height)
			return false;
		line = s->top + (size_t)(m->y - y0);
		if (line >= s->count)
			return false;
		scroll_to(s, line);
		return true;
	}
	return false;
}
