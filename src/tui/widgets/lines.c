#include "lines.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "base/limits.h"
#include "tui/glyph.h"
#include "model/list.h"

enum { TAB_STOP = 8, WHEEL = 3, LINES_A_LOOK = 512, NO_WIDTH = 0, SCHEME = 16 };

enum line_kind {
	LINE_WHOLE,		/* it begins here … */
	LINE_CONTINUED,		/* … or goes on from the one above */
	LINE_NOTE		/* between lines: `at` of the text, n: which note */
};

/* One line as it is shown. 4 MiB of text have many. */
struct line { uint32_t at; uint32_t n : 30; uint32_t kind : 2; };

struct lines {
	struct lines_user user;
	enum lines_how how;
	slice text;
	bool over;			/* no more comes */
	int width, height;		/* drawn last */
	struct line *v;
	size_t n, cap;
	size_t next;			/* byte from which on nothing is wrapped yet */
	size_t notes;			/* that stand among the lines */
	bool continued;			/* `next` is in the middle of a line */
	size_t top;			/* the first line in sight */
	size_t anchor;			/* byte that shall be there, as soon as it is known where it is; or NOWHERE */
	size_t found;			/* byte where words were found last; or NOWHERE */
	size_t found_n;
	struct buf words;		/* of a note */
};

#define NOWHERE SIZE_MAX
#define AT_ONCE	(50 * NSTIME_MS)		/* of wrapping, when the width is another one */

/* --- wrapping --- */

/* Bytes of the first thing that cannot be divided, and the columns that it takes. The text is not empty. */
static size_t
unit(slice text, int column, int *columns_r)
{
	uint8_t c = text.p[0];
	struct glyph_reader r;
	struct glyph g;

	if (c == '\t') {
		*columns_r = TAB_STOP - column % TAB_STOP;
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
		size_t n = unit(slice_drop(text, at), column, &columns);
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

/* The line end at the front: CRLF, or LF. */
static size_t
line_end(slice text)
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
		l->next += line_end(slice_drop(l->text, l->next));
	return true;
}

/* The last line that begins at the byte or before it. */
static size_t
line_of(const struct lines *l, size_t at)
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

static void
keep_in_sight(struct lines *l)
{
	size_t height = l->height > 0 ? (size_t)l->height : 1;

	if (l->n <= height)
		l->top = 0;
	else if (l->top > l->n - height)
		l->top = l->n - height;
}

static void
drop_anchor(struct lines *l)
{
	if (l->anchor == NOWHERE || (l->anchor >= l->next && !l->over))
		return;
	l->top = line_of(l, l->anchor);
	l->anchor = NOWHERE;
	keep_in_sight(l);
}

bool
lines_work(struct lines *l, nstime until)
{
	bool more = false;

	if (l->width == NO_WIDTH)
		return false;
	do {
		for (unsigned i = 0; i < LINES_A_LOOK; i++)
			if (!(more = wrap_line(l)))
				break;
	} while (more && list_clock() < until);
	drop_anchor(l);
	return more;
}

/* All of it, at once: somebody wants to go where it is not wrapped yet. */
static void
wrap_all(struct lines *l)
{
	while (l->width != NO_WIDTH && wrap_line(l))
		;
	drop_anchor(l);
}

static void
wrap_again(struct lines *l, int width)
{
	if (l->n > 0 && l->anchor == NOWHERE)
		l->anchor = l->v[l->top].at;
	l->width = width;
	l->n = l->next = l->notes = l->top = 0;
	l->continued = false;
}

/* --- doors --- */

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
	wrap_again(l, l->width);
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
	keep_in_sight(l);
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
	case ACTION_LAST: wrap_all(l); move(l, l->n, false); return true;
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

	wrap_all(l);
	if (l->n == 0) {
		l->anchor = at;
		return;
	}
	line = line_of(l, at);
	if (line < l->top || line >= l->top + (size_t)(l->height > 0 ? l->height : 1))
		l->top = line > above ? line - above : 0;
	keep_in_sight(l);
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

/* The first place in [from, to), or the last one; NOWHERE: none. */
static size_t
find(slice text, size_t from, size_t to, slice words, bool last)
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
	at = backwards ? find(l->text, 0, from, words, true) : find(l->text, behind, l->text.n, words, false);
	if (at == NOWHERE)
		at = backwards ? find(l->text, from, l->text.n, words, true) : find(l->text, 0, behind, words, false);
	if (at == NOWHERE)
		return false;
	l->found = at;
	l->found_n = words.n;
	lines_show(l, at);
	return true;
}

/* --- drawing --- */

static slice
line_text(const struct lines *l, const struct line *line)
{
	slice text = slice_take(slice_drop(l->text, line->at), line->n);

	while (l->how == LINES_WORDS && text.n > 0 && char_is_blank(text.p[text.n - 1]))
		text.n--;
	return text;
}

static int
column_of(slice text)
{
	int column = 0;

	while (text.n > 0) {
		int columns;
		size_t n = unit(text, column, &columns);

		column += columns;
		text = slice_drop(text, n);
	}
	return column;
}

/* Up to the next tab, which is drawn as the blanks that it stands for. Returns the column behind it all. */
static int
draw_text(struct area a, int y, enum style style, slice text)
{
	int column = 0;

	while (text.n > 0) {
		size_t tab = text.n;

		slice_find(text, '\t', &tab);
		column += canvas_text(a, column, y, a.width - column, style, slice_take(text, tab));
		if (tab < text.n)
			column += TAB_STOP - column % TAB_STOP;
		text = slice_drop(text, tab < text.n ? tab + 1 : tab);
	}
	return column;
}

static void
mark_found(struct area a, int y, int from, int to)
{
	a = area_part(a, from, y, to - from, 1);
	for (int x = 0; x < a.width; x++)
		a.canvas->cell[(size_t)a.y * (size_t)a.canvas->width + (size_t)(a.x + x)].found = true;
}

/* Words may begin on the line above, and end on the one below. */
static void
draw_found(const struct lines *l, struct area a, int y, const struct line *line, slice words)
{
	size_t end = line->at + line->n, from = line->at >= words.n ? line->at - words.n + 1 : 0, at;

	while (words.n > 0 && (at = find(l->text, from, end, words, false)) != NOWHERE) {
		size_t begin = at > line->at ? at - line->at : 0, behind = at + words.n < end ? at + words.n - line->at : line->n;
		slice text = slice_take(slice_drop(l->text, line->at), line->n);

		mark_found(a, y, column_of(slice_take(text, begin)), column_of(slice_take(text, behind)));
		from = at + words.n;
	}
}

static bool
ends_url(uint8_t c)
{
	return c <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7f;
}

/* From its scheme to the next blank or bracket, however it was wrapped; not before `least`. */
static void
draw_link(const struct lines *l, struct area a, int y, const struct line *line, size_t colon, size_t least)
{
	size_t from = colon, to = colon, end = line->at + line->n;
	slice text = slice_take(slice_drop(l->text, line->at), line->n);

	while (from > least && colon - from < SCHEME && char_is_alnum(l->text.p[from - 1]))
		from--;
	while (to < end && !ends_url(l->text.p[to]))
		to++;
	if (from == colon || to <= line->at || from >= end)
		return;
	from = from > line->at ? from - line->at : 0;
	to = to < end ? to - line->at : line->n;
	a = area_part(a, column_of(slice_take(text, from)), y, column_of(slice_take(slice_drop(text, from), to - from)), 1);
	for (int x = 0; x < a.width; x++)
		a.canvas->cell[(size_t)a.y * (size_t)a.canvas->width + (size_t)(a.x + x)].style = STYLE_LINK;
}

static void
draw_links(const struct lines *l, struct area a, int y, const struct line *line)
{
	size_t least = line->at > LIMIT_URL ? line->at - LIMIT_URL : 0, from = least, at;

	while (l->user.links && (at = find(l->text, from, line->at + line->n, S("://"), false)) != NOWHERE) {
		draw_link(l, a, y, line, at, least);
		for (from = at + 3; from < line->at + line->n && !ends_url(l->text.p[from]);)	/* one is no other's part */
			from++;
	}
}

static enum style
style_of(const struct lines *l, size_t i)
{
	size_t lf;
	slice text;

	if (l->user.style == NULL)
		return STYLE_PLAIN;
	while (i > 0 && l->v[i].kind == LINE_CONTINUED)
		i--;
	text = slice_drop(l->text, l->v[i].at);
	if (slice_find(text, '\n', &lf))
		text.n = lf;
	return l->user.style(l->user.self, text);
}

/* How an exact line ends, if not in CRLF: it goes on below, or in a bare LF. */
static void
draw_end(const struct lines *l, struct area a, int y, const struct line *line, int column)
{
	slice rest = slice_drop(l->text, line->at + line->n);
	bool goes_on = rest.n > 0 && line_end(rest) == 0 && line + 1 < l->v + l->n && line[1].kind == LINE_CONTINUED;

	if (goes_on)
		canvas_put(a, a.width - 1, y, 0xbb, STYLE_DIM);		/* » */
	else if (line_end(rest) == 1)
		canvas_words(a, column, y, STYLE_LOST, "\\n");
}

static void
draw_note(struct lines *l, struct area a, int y, size_t i)
{
	size_t at;

	buf_clear(&l->words);
	if (l->user.note(l->user.self, i, &at, &l->words))
		canvas_text(a, 0, y, a.width, STYLE_LOST, buf_slice(&l->words));
}

static void
draw_line(struct lines *l, struct area a, int y, size_t i, slice words)
{
	const struct line *line = &l->v[i];
	int column;

	if (line->kind == LINE_NOTE) {
		draw_note(l, a, y, line->n);
		return;
	}
	column = draw_text(a, y, style_of(l, i), line_text(l, line));
	if (l->how == LINES_EXACT)
		draw_end(l, a, y, line, column);
	draw_links(l, a, y, line);
	draw_found(l, a, y, line, words);
}

void
lines_draw(struct lines *l, struct area a, slice words)
{
	bool again = a.width != l->width;

	if (again)
		wrap_again(l, a.width);
	l->height = a.height;
	if (again || l->n < l->top + (size_t)a.height)
		lines_work(l, again ? list_clock() + AT_ONCE : 0);
	drop_anchor(l);
	keep_in_sight(l);
	for (int y = 0; y < a.height && l->top + (size_t)y < l->n; y++)
		draw_line(l, a, y, l->top + (size_t)y, words);
}
