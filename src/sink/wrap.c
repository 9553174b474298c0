#include "wrap.h"

#include "base/clean.h"

enum { TOGETHER = 30 };		/* columns of a piece that is not broken at its blanks */

struct line {
	struct buf *out;
	size_t column, indent, width;
	bool empty;		/* nothing but the indent stands in it */
};

static slice
word_of(slice s)
{
	size_t at;

	return slice_find(s, ' ', &at) ? slice_take(s, at) : s;
}

/* Up to the next "·", where a piece began with one. */
static slice
piece_of(slice s)
{
	static const slice dot = SLICE("·");
	slice piece = word_of(s), longer = piece;

	if (!slice_eq(piece, dot))
		return piece;
	while (longer.n < s.n) {
		slice next = word_of(slice_drop(s, longer.n + 1));

		if (slice_eq(next, dot))
			break;
		longer = slice_take(s, longer.n + 1 + next.n);
		if (clean_width(longer) > TOGETHER)
			return piece;
	}
	return longer;
}

static void
begin_line(struct line *l)
{
	buf_add_byte(l->out, '\n');
	buf_spaces(l->out, l->indent);
	l->column = l->indent;
	l->empty = true;
}

/* A word that is too long for any line: broken between characters. */
static void
add_broken(struct line *l, slice word)
{
	while (word.n > 0) {
		uint32_t character;
		size_t n = utf8_take(word, &character), columns = utf8_columns(character);

		if (l->column + columns > l->width && !l->empty)
			begin_line(l);
		buf_add(l->out, slice_take(word, n));
		l->column += columns;
		l->empty = false;
		word = slice_drop(word, n);
	}
}

static void
add_piece(struct line *l, slice blanks, slice piece)
{
	size_t columns = clean_width(piece);

	if (l->column + blanks.n + columns <= l->width) {
		buf_add(l->out, blanks);
		buf_add(l->out, piece);
		l->column += blanks.n + columns;
		l->empty = false;
		return;
	}
	if (l->indent + columns <= l->width) {
		if (!l->empty)
			begin_line(l);
		add_piece(l, SLICE_NONE, piece);
		return;
	}
	if (l->column + blanks.n < l->width) {
		buf_add(l->out, blanks);
		l->column += blanks.n;
	}
	add_broken(l, piece);
}

void
wrap_tail(struct buf *out, size_t from, size_t column, size_t indent, size_t width)
{
	struct line l = { out, column, indent, width, false };
	struct buf text;
	slice rest = slice_drop(buf_slice(out), from);

	if (column + clean_width(rest) <= width || indent + 1 >= width)
		return;
	buf_init(&text, SIZE_MAX / 2);
	buf_add(&text, rest);
	out->n = from;
	for (rest = buf_slice(&text); rest.n > 0; ) {
		size_t blanks = 0;
		slice piece;

		while (blanks < rest.n && rest.p[blanks] == ' ')
			blanks++;
		piece = piece_of(slice_drop(rest, blanks));
		add_piece(&l, slice_take(rest, blanks), piece);
		rest = slice_drop(rest, blanks + piece.n);
	}
	buf_fini(&text);
}
