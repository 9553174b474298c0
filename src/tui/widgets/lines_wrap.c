#include "lines_inside.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "base/machine.h"
#include "model/list/list.h"
#include "tui/glyph.h"

enum { LINES_A_LOOK = 512 };

size_t
lines_unit(slice text, int column, int *columns_r)
{
	uint8_t c = text.p[0];
	struct glyph_reader r;
	struct glyph g;

	if (c == '\t') {
		*columns_r = LINES_TAB - column % LINES_TAB;
		return 1;
	}
	*columns_r = 1;
	if (char_is_print(c) && (text.n == 1 || text.p[1] < 0x80))
		return 1;
	r = glyph_reader(text);
	*columns_r = 0;
	do {
		glyph_next(&r, &g);
		*columns_r += g.columns;
	} while (r.at < r.n);
	return r.rest.n < text.n ? text.n - r.rest.n : 1;
}

static int
room_of(const struct lines *l)
{
	int room = l->how == LINES_EXACT ? l->width - 1 : l->width;

	return room > 0 ? room : 1;
}

/* How many bytes of the text, which has no line end, go into one line. */
static size_t
fitting(const struct lines *l, slice text)
{
	size_t at = 0, good = 0;
	int column = 0, room = room_of(l);

	while (at < text.n) {
		int columns;
		size_t n = lines_unit(slice_drop(text, at), column, &columns);
		bool blank = l->how == LINES_WORDS && char_is_blank(text.p[at]);

		if (l->how == LINES_WORDS && columns == 2 && text.p[at] >= 0x80)
			good = at;			/* scripts whose words have no blanks between them */
		if (column + columns > room && !blank)
			return at == 0 ? n : good > 0 ? good : at;
		column += columns;
		at += n;
		if (blank || (columns == 2 && l->how == LINES_WORDS && text.p[at - n] >= 0x80))
			good = at;
	}
	return at;
}

static void
add_line(struct lines *l, size_t at, size_t n, enum line_kind kind)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->v = xrealloc(l->v, l->cap, sizeof *l->v);
	}
	l->v[l->n++] = (struct line){ .at = (uint32_t)at, .n = (uint32_t)n & 0x3fffffff, .kind = kind & 3 };
}

/* Where the next note stands; NOWHERE: there is none. */
static size_t
next_note(struct lines *l)
{
	size_t at;

	buf_clear(&l->words);
	if (l->user.note == NULL || !l->user.note(l->user.self, l->notes, &at, &l->words))
		return NOWHERE;
	return at;
}

size_t
lines_end_of(slice text)
{
	if (slice_starts(text, S("\r\n")))
		return 2;
	return slice_starts(text, S("\n")) ? 1 : 0;
}

/* Its end is in sight, or the text is over: so many bytes without it. NOWHERE: not yet. */
static size_t
line_length(const struct lines *l, size_t note)
{
	slice rest = slice_drop(l->text, l->next);
	size_t lf;

	if (note != NOWHERE && note > l->next)
		rest = slice_take(rest, note - l->next);
	if (slice_find(rest, '\n', &lf))
		return lf > 0 && rest.p[lf - 1] == '\r' ? lf - 1 : lf;
	if (note != NOWHERE && note > l->next && note <= l->text.n)
		return rest.n;
	return l->over && rest.n > 0 ? rest.n : NOWHERE;
}

/* False: there is nothing to wrap now. */
static bool
wrap_line(struct lines *l)
{
	size_t note = next_note(l), length, n;

	if (note <= l->next && (note < l->text.n || l->over)) {
		add_line(l, l->next, l->notes++, LINE_NOTE);
		l->continued = false;
		return true;
	}
	length = line_length(l, note);
	if (length == NOWHERE)
		return false;
	n = fitting(l, slice_take(slice_drop(l->text, l->next), length));
	add_line(l, l->next, n, l->continued ? LINE_CONTINUED : LINE_WHOLE);
	l->next += n;
	l->continued = n < length;
	if (!l->continued && l->next != note)
		l->next += lines_end_of(slice_drop(l->text, l->next));
	return true;
}

size_t
lines_line_of(const struct lines *l, size_t at)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->v[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : 0;
}

void
lines_keep_in_sight(struct lines *l)
{
	size_t height = l->height > 0 ? (size_t)l->height : 1;

	if (l->n <= height)
		l->top = 0;
	else if (l->top > l->n - height)
		l->top = l->n - height;
}

void
lines_drop_anchor(struct lines *l)
{
	if (l->anchor == NOWHERE || (l->anchor >= l->next && !l->over))
		return;
	l->top = lines_line_of(l, l->anchor);
	l->anchor = NOWHERE;
	lines_keep_in_sight(l);
}

bool
lines_work(struct lines *l, nstime until)
{
	bool more = false;

	if (l->width == LINES_NO_WIDTH)
		return false;
	do {
		for (unsigned i = 0; i < LINES_A_LOOK; i++)
			if (!(more = wrap_line(l)))
				break;
	} while (more && machine_steady() < until);
	lines_drop_anchor(l);
	return more;
}

void
lines_wrap_all(struct lines *l)
{
	while (l->width != LINES_NO_WIDTH && wrap_line(l))
		;
	lines_drop_anchor(l);
}

void
lines_wrap_again(struct lines *l, int width)
{
	if (l->n > 0 && l->anchor == NOWHERE)
		l->anchor = l->v[l->top].at;
	l->width = width;
	l->n = l->next = l->notes = l->top = 0;
	l->continued = false;
}
