#include "lines_inside.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "base/limits.h"

enum { WHEEL = 3 };

struct lines *
lines_new(const struct lines_user *user)
{
	struct lines *l = xcalloc(1, sizeof *l);

	l->user = *user;
	l->anchor = l->found = NOWHERE;
	buf_init(&l->words, KiB);
	return l;
}

void
lines_free(struct lines **lp)
{
	struct lines *l = *lp;

	if (l == NULL)
		return;
	buf_fini(&l->words);
	free(l->v);
	free(l);
	*lp = NULL;
}

void
lines_begin(struct lines *l, enum lines_how how)
{
	l->how = how;
	l->text = SLICE_NONE;
	l->over = false;
	lines_wrap_again(l, l->width);
	l->anchor = l->found = NOWHERE;
}

void
lines_text(struct lines *l, slice text, bool over)
{
	l->text = text;
	l->over = over;
}

size_t
lines_count(const struct lines *l)
{
	return l->n;
}

size_t
lines_top(const struct lines *l)
{
	return l->top;
}

bool
lines_fit(const struct lines *l)
{
	return l->n <= (size_t)(l->height > 0 ? l->height : 0);
}

void
lines_status(const struct lines *l, struct buf *out)
{
	size_t last = l->top + (size_t)(l->height > 0 ? l->height : 0);

	if (!lines_fit(l))
		buf_printf(out, "%zu–%zu/%zu", l->top + 1, last < l->n ? last : l->n, l->n);
}

/* --- moving --- */

static void
move(struct lines *l, size_t by, bool back)
{
	l->found_n = 0;
	if (back)
		l->top -= by < l->top ? by : l->top;
	else
		l->top += by < l->n ? by : l->n;
	lines_keep_in_sight(l);
}

bool
lines_act(struct lines *l, enum action action)
{
	size_t page = l->height > 1 ? (size_t)l->height - 1 : 1, half = page > 1 ? (page + 1) / 2 : 1;

	switch (action) {
	case ACTION_DOWN: move(l, 1, false); return true;
	case ACTION_UP: move(l, 1, true); return true;
	case ACTION_PAGE_DOWN: move(l, page, false); return true;
	case ACTION_PAGE_UP: move(l, page, true); return true;
	case ACTION_HALF_DOWN: move(l, half, false); return true;
	case ACTION_HALF_UP: move(l, half, true); return true;
	case ACTION_FIRST: move(l, l->n, true); return true;
	case ACTION_LAST: lines_wrap_all(l); move(l, l->n, false); return true;
	default: return false;
	}
}

bool
lines_mouse(struct lines *l, const struct mouse *m)
{
	if (m->kind != MOUSE_WHEEL_UP && m->kind != MOUSE_WHEEL_DOWN)
		return false;
	move(l, WHEEL, m->kind == MOUSE_WHEEL_UP);
	return true;
}

void
lines_show(struct lines *l, size_t at)
{
	size_t line, above = l->height > 3 ? (size_t)l->height / 3 : 0;

	lines_wrap_all(l);
	if (l->n == 0) {
		l->anchor = at;
		return;
	}
	line = lines_line_of(l, at);
	if (line < l->top || line >= l->top + (size_t)(l->height > 0 ? l->height : 1))
		l->top = line > above ? line - above : 0;
	lines_keep_in_sight(l);
}

/* --- searching --- */

static bool
stands_at(slice text, size_t at, slice words)
{
	for (size_t i = 0; i < words.n; i++)
		if (char_lower(text.p[at + i]) != char_lower(words.p[i]))
			return false;
	return true;
}

size_t
lines_find(slice text, size_t from, size_t to, slice words, bool last)
{
	size_t at = NOWHERE;

	for (size_t i = from; i < to && i + words.n <= text.n; i++) {
		if (!stands_at(text, i, words))
			continue;
		at = i;
		if (!last)
			break;
	}
	return at;
}

bool
lines_search(struct lines *l, slice words, bool backwards)
{
	size_t from = l->found_n > 0 ? l->found : l->n > 0 ? l->v[l->top].at : 0, at;
	size_t behind = l->found_n > 0 ? from + 1 : from;

	if (words.n == 0)
		return false;
	at = backwards ? lines_find(l->text, 0, from, words, true) : lines_find(l->text, behind, l->text.n, words, false);
	if (at == NOWHERE)
		at = backwards ? lines_find(l->text, from, l->text.n, words, true) : lines_find(l->text, 0, behind, words, false);
	if (at == NOWHERE)
		return false;
	l->found = at;
	l->found_n = words.n;
	lines_show(l, at);
	return true;
}
