#include "lines_inside.h"

#include "base/chars.h"
#include "base/limits.h"
#include "base/machine.h"
#include "model/list/list.h"

enum { SCHEME = 16 };

#define AT_ONCE	(50 * NSTIME_MS)		/* of wrapping, when the width is another one */

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
		size_t n = lines_unit(text, column, &columns);

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
			column += LINES_TAB - column % LINES_TAB;
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

	while (words.n > 0 && (at = lines_find(l->text, from, end, words, false)) != NOWHERE) {
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

	while (l->user.links && (at = lines_find(l->text, from, line->at + line->n, S("://"), false)) != NOWHERE) {
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
	bool goes_on = rest.n > 0 && lines_end_of(rest) == 0 && line + 1 < l->v + l->n && line[1].kind == LINE_CONTINUED;

	if (goes_on)
		canvas_put(a, a.width - 1, y, 0xbb, STYLE_DIM);		/* » */
	else if (lines_end_of(rest) == 1)
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
		lines_wrap_again(l, a.width);
	l->height = a.height;
	if (again || l->n < l->top + (size_t)a.height)
		lines_work(l, again ? machine_steady() + AT_ONCE : 0);
	lines_drop_anchor(l);
	lines_keep_in_sight(l);
	for (int y = 0; y < a.height && l->top + (size_t)y < l->n; y++)
		draw_line(l, a, y, l->top + (size_t)y, words);
}
