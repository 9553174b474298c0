#include "layout.h"

#include "base/utf8.h"

enum { OUT = 4096 };

void
layout_init(struct layout *l, const struct layout_user *user)
{
	*l = (struct layout){ .user = *user };
	buf_init(&l->out, OUT);
}

void
layout_fini(struct layout *l)
{
	buf_fini(&l->out);
}

void
layout_flush(struct layout *l)
{
	if (l->out.n > 0)
		l->user.text(l->user.self, buf_slice(&l->out));
	buf_clear(&l->out);
}

static void
put(struct layout *l, slice s)
{
	if (s.n > OUT - l->out.n)
		layout_flush(l);
	if (s.n > OUT)
		l->user.text(l->user.self, s);
	else
		buf_add(&l->out, s);
}

/* What is due */

static void
put_item(struct layout *l)
{
	struct buf mark;

	buf_init(&mark, 16);
	if (l->nlists > 0 && l->lists[l->nlists - 1].ordered)
		buf_printf(&mark, "%u. ", l->lists[l->nlists - 1].number++);
	else
		buf_text(&mark, "* ");
	put(l, buf_slice(&mark));
	buf_fini(&mark);
	l->item = false;
}

static void
begin_line(struct layout *l)
{
	for (unsigned i = 0; i < l->quotes && i < LAYOUT_QUOTES; i++)
		put(l, S("> "));
	for (unsigned i = l->item ? 1 : 0; i < l->nlists; i++)
		put(l, S("  "));
	if (l->item)
		put_item(l);
}

static void
put_lines(struct layout *l)
{
	unsigned quotes = l->quotes < l->last_quotes ? l->quotes : l->last_quotes;

	for (; l->begun && l->lines > 0; l->lines--) {
		put(l, S("\n"));
		for (unsigned i = 0; l->lines > 1 && i < quotes && i < LAYOUT_QUOTES; i++)	/* an empty line inside a quote */
			put(l, i == 0 ? S(">") : S(" >"));
	}
	l->last_quotes = l->quotes;
	l->row_broken = l->row_broken || l->row_text;
	begin_line(l);
}

static void
put_due(struct layout *l)
{
	if (l->lines > 0 || !l->begun)
		put_lines(l);
	else if (l->cell)
		put(l, S(" | "));
	else if (l->blank)
		put(l, S(" "));
	l->lines = 0;
	l->cell = l->top = l->blank = false;
	l->begun = l->row_text = true;
}

/* Words */

enum kind { WORD, BLANK, NOTHING };

/* Blanks that are not collapsed by HTML are here, because they are there for the eye; what nobody sees is left out. */
static enum kind
kind_of(const struct layout *l, uint32_t c)
{
	if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f)
		return BLANK;
	if (c == 0xad || c == 0x34f || c == 0x200b || c == 0x2060 || c == 0xfeff)
		return NOTHING;
	return l->no_joiners && c >= 0x200c && c <= 0x200f ? NOTHING : WORD;
}

static size_t
character(const struct layout *l, slice in, enum kind *kind_r)
{
	uint32_t c = in.p[0];
	size_t n = c < 0x80 ? 1 : utf8_take(in, &c);

	*kind_r = kind_of(l, c);
	return n;
}

static size_t
word_length(const struct layout *l, slice in)
{
	size_t n = 0;

	while (n < in.n) {
		enum kind kind;
		size_t length;

		if (in.p[n] > ' ' && in.p[n] < 0x80) {
			n++;
			continue;
		}
		length = character(l, slice_drop(in, n), &kind);
		if (kind != WORD)
			break;
		n += length;
	}
	return n;
}

size_t
layout_find_word(const struct layout *l, slice in)
{
	size_t n = 0;

	while (n < in.n) {
		enum kind kind;
		size_t length = character(l, slice_drop(in, n), &kind);

		if (kind == WORD)
			break;
		n += length;
	}
	return n;
}

void
layout_text(struct layout *l, slice in)
{
	while (in.n > 0) {
		size_t n = word_length(l, in);
		enum kind kind;

		if (n > 0) {
			put_due(l);
			put(l, slice_take(in, n));
		} else {
			n = character(l, in, &kind);
			l->blank = l->blank || kind == BLANK;
		}
		in = slice_drop(in, n);
	}
}

void
layout_as_it_stands(struct layout *l, slice in)
{
	while (in.n > 0) {
		size_t n = 0;

		if (in.p[0] == '\n' || in.p[0] == '\r') {
			l->lines += in.p[0] == '\n';
			in = slice_drop(in, 1);
			continue;
		}
		while (n < in.n && in.p[n] != '\n' && in.p[n] != '\r')
			n++;
		put_due(l);
		put(l, slice_take(in, n));
		in = slice_drop(in, n);
	}
}

void
layout_append(struct layout *l, slice s)
{
	put(l, s);
	l->begun = true;
}

/* Blocks */

/* The first block of a cell begins where the cell does. */
void
layout_break(struct layout *l, unsigned lines)
{
	if (l->cell || l->item || (l->top && l->lines > 0))
		return;
	if (l->lines < lines)
		l->lines = lines;
	l->blank = false;
}

void
layout_line_end(struct layout *l)
{
	if (l->lines < 2)
		l->lines++;
	l->blank = l->cell = false;
}

void
layout_quote(struct layout *l, bool begins)
{
	layout_break(l, 2);
	if (begins)
		l->quotes++;
	else if (l->quotes > 0)
		l->quotes--;
}

void
layout_list_begin(struct layout *l, bool ordered, unsigned first)
{
	layout_break(l, l->nlists > 0 ? 1 : 2);
	if (l->nlists < LAYOUT_LISTS)
		l->nlists++;
	l->lists[l->nlists - 1].ordered = ordered;
	l->lists[l->nlists - 1].number = first;
}

void
layout_list_end(struct layout *l)
{
	l->item = false;
	if (l->nlists > 0)
		l->nlists--;
	layout_break(l, l->nlists > 0 ? 1 : 2);
}

void
layout_item(struct layout *l)
{
	l->item = false;
	layout_break(l, 1);
	l->lines = l->lines > 0 ? l->lines : 1;
	l->item = true;
}

void
layout_row(struct layout *l)
{
	if (l->row_text && !l->row_broken)	/* what was a paragraph in a cell was a line of the table */
		l->lines = 0;
	l->cell = l->top = false;
	layout_break(l, 1);
	l->row_text = l->row_broken = false;
}

/* Cells of one line each stand side by side; what is longer is a page's columns, and they follow one another. */
void
layout_cell(struct layout *l)
{
	if (l->row_text && !l->row_broken) {
		l->lines = 0;
		l->cell = true;
	} else {
		layout_break(l, 1);
		l->top = true;
	}
}

void
layout_table_end(struct layout *l)
{
	l->cell = l->top = false;
	layout_break(l, 1);
	l->row_broken = true;
}
