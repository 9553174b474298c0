#include "canvas.h"

#include <limits.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "glyph.h"

enum { ELLIPSIS = 0x2026, RIGHT_HALF = 0 };

static const struct cell blank = { .character = ' ' };

static int
clamp(long value, long low, long high)
{
	return (int)(value < low ? low : value > high ? high : value);
}

void
canvas_resize(struct canvas *c, int width, int height)
{
	c->width = clamp(width, 1, LIMIT_CANVAS);
	c->height = clamp(height, 1, LIMIT_CANVAS);
	c->cell = xrealloc(c->cell, (size_t)c->width * (size_t)c->height, sizeof *c->cell);
	canvas_clear(c);
}

struct canvas *
canvas_new(int width, int height)
{
	struct canvas *c = xcalloc(1, sizeof *c);

	canvas_resize(c, width, height);
	return c;
}

void
canvas_free(struct canvas **c)
{
	if (*c == NULL)
		return;
	free((*c)->cell);
	free(*c);
	*c = NULL;
}

void
canvas_clear(struct canvas *c)
{
	for (size_t i = 0, n = (size_t)c->width * (size_t)c->height; i < n; i++)
		c->cell[i] = blank;
}

struct area
canvas_all(struct canvas *c)
{
	return (struct area){ c, 0, 0, c->width, c->height };
}

struct area
area_part(struct area a, int x, int y, int width, int height)
{
	int left = clamp(x, 0, a.width), top = clamp(y, 0, a.height);
	int right = clamp((long)x + width, left, a.width), bottom = clamp((long)y + height, top, a.height);

	return (struct area){ a.canvas, a.x + left, a.y + top, right - left, bottom - top };
}

/* The cell, or NULL: it is outside the area, or the area outside the canvas (which was made smaller). */
static struct cell *
cell_at(struct area a, int x, int y)
{
	if (x < 0 || y < 0 || x >= a.width || y >= a.height)
		return NULL;
	x += a.x;
	y += a.y;
	if (x < 0 || y < 0 || x >= a.canvas->width || y >= a.canvas->height)
		return NULL;
	return &a.canvas->cell[(size_t)y * (size_t)a.canvas->width + (size_t)x];
}

/* Before a cell is overwritten: the other half of a wide character becomes a blank, in whomever's area it is. */
static void
let_go_half(struct area a, int x, struct cell *cell)
{
	if (cell->character == RIGHT_HALF && a.x + x > 0)
		cell[-1].character = ' ';
	else if (a.x + x + 1 < a.canvas->width && cell[1].character == RIGHT_HALF)
		cell[1].character = ' ';
}

static void
put_cell(struct area a, int x, int y, enum style style, uint32_t character, const uint32_t *mark)
{
	struct cell *cell = cell_at(a, x, y);

	if (cell == NULL)
		return;
	let_go_half(a, x, cell);
	cell->character = character;
	cell->style = (uint8_t)style;
	cell->found = false;
	for (int i = 0; i < CELL_MARKS; i++)
		cell->mark[i] = mark != NULL ? mark[i] : 0;
}

/* A wide character of which only one half is inside leaves a blank there. */
static void
put_glyph(struct area a, int x, int y, enum style style, const struct glyph *g)
{
	if (g->columns == 1) {
		put_cell(a, x, y, style, g->character, g->mark);
		return;
	}
	if (cell_at(a, x, y) == NULL || cell_at(a, x + 1, y) == NULL) {
		put_cell(a, x, y, style, ' ', NULL);
		put_cell(a, x + 1, y, style, ' ', NULL);
		return;
	}
	put_cell(a, x, y, style, ' ', NULL);
	put_cell(a, x + 1, y, style, ' ', NULL);
	cell_at(a, x, y)->character = g->character;
	memcpy(cell_at(a, x, y)->mark, g->mark, sizeof g->mark);
	cell_at(a, x + 1, y)->character = RIGHT_HALF;
}

/* Passes over `skip` columns; the right half of a wide character that is cut there is a blank: 1, else 0. */
static int
skip_columns(struct glyph_reader *r, int skip)
{
	struct glyph g;

	while (skip > 0 && glyph_next(r, &g))
		skip -= g.columns;
	return skip < 0 ? 1 : 0;
}

int
canvas_text_from(struct area a, int x, int y, int room, enum style style, slice text, int skip)
{
	struct glyph_reader r = glyph_reader(text);
	struct glyph g;
	int column, last = 0;

	if (x >= a.width || x <= -LIMIT_CANVAS)
		return 0;
	room = clamp(room, 0, a.width - x);
	column = skip_columns(&r, skip);
	if (column > room || room == 0)
		return 0;
	if (column > 0)
		put_cell(a, x, y, style, ' ', NULL);
	for (; glyph_next(&r, &g); column += g.columns) {
		if (column + g.columns <= room) {
			put_glyph(a, x + column, y, style, &g);
			last = column;
			continue;
		}
		/* Where the last glyph stood, if the line is full; the rest of that, if it was wide, is blank. */
		put_cell(a, x + (column < room ? column : last), y, style, ELLIPSIS, NULL);
		return room;
	}
	return column;
}

int
canvas_text(struct area a, int x, int y, int room, enum style style, slice text)
{
	return canvas_text_from(a, x, y, room, style, text, 0);
}

int
canvas_words(struct area a, int x, int y, enum style style, const char *constant)
{
	return canvas_text_from(a, x, y, LIMIT_CANVAS, style, slice_of(constant), 0);
}

/* Columns of the text, counted no further than `enough`. */
static int
columns_up_to(slice text, int enough)
{
	struct glyph_reader r = glyph_reader(text);
	struct glyph g;
	int columns = 0;

	while (columns < enough && glyph_next(&r, &g))
		columns += g.columns;
	return columns;
}

int
text_columns(slice text)
{
	return columns_up_to(text, INT_MAX - 1);
}

void
canvas_right(struct area a, int x, int y, int room, enum style style, slice text)
{
	int columns;

	room = clamp(room, 0, LIMIT_CANVAS);
	columns = columns_up_to(text, room + 1);
	canvas_text_from(a, columns < room ? clamp((long)x + room - columns, -LIMIT_CANVAS, LIMIT_CANVAS) : x, y,
	    room, style, text, 0);
}

void
canvas_put(struct area a, int x, int y, uint32_t character, enum style style)
{
	struct glyph g = { .character = glyph_safe(character) };

	if (x < -1 || x >= a.width)
		return;
	g.columns = (int)utf8_columns(g.character);
	put_glyph(a, x, y, style, &g);
}

void
canvas_fill(struct area a, int x, int y, int width, int height, uint32_t character, enum style style)
{
	struct area part = area_part(a, x, y, width, height);
	uint32_t safe = glyph_safe(character);
	int step = (int)utf8_columns(safe);

	for (int row = 0; row < part.height; row++) {
		for (int column = 0; column < part.width && cell_at(part, column, row) != NULL; column++) {
			put_cell(part, column, row, style, ' ', NULL);
			cell_at(part, column, row)->selected = false;
		}
		for (int column = 0; safe != ' ' && column < part.width; column += step)
			put_glyph(part, column, row, style, &(struct glyph){ .character = safe, .columns = step });
	}
}

void
canvas_line(struct area a, int y, uint32_t character, enum style style)
{
	canvas_fill(a, 0, y, a.width, 1, character, style);
}

void
canvas_select(struct area a, int y)
{
	struct cell *cell;

	for (int x = 0; (cell = cell_at(a, x, y)) != NULL; x++)
		cell->selected = true;
}

static bool
same_letter(uint32_t a, uint32_t b)
{
	return a == b || (a < 0x80 && b < 0x80 && char_lower((uint8_t)a) == char_lower((uint8_t)b));
}

/* The column behind the words, if they stand at x; else -1. */
static int
words_end(struct area a, int x, int y, slice words)
{
	struct glyph_reader r = glyph_reader(words);
	struct glyph g;

	while (glyph_next(&r, &g)) {
		const struct cell *cell = cell_at(a, x, y);

		if (cell == NULL || !same_letter(cell->character, g.character))
			return -1;
		x += g.columns;
	}
	return x;
}

void
canvas_mark_found(struct area a, int y, slice words)
{
	if (words.n == 0)
		return;
	for (int x = 0; cell_at(a, x, y) != NULL;) {
		int end = words_end(a, x, y, words);

		if (end <= x) {
			x++;
			continue;
		}
		for (struct cell *cell; x < end && (cell = cell_at(a, x, y)) != NULL; x++)
			cell->found = true;
	}
}

static void
print_character(struct buf *out, uint32_t character)
{
	uint8_t text[4];

	buf_add(out, (slice){ text, utf8_put(character, text) });
}

static char
letter_text(const struct cell *cell)
{
	return cell->character == ' ' ? ' ' : 'x';
}

static char
letter_style(const struct cell *cell)
{
	return style_letter((enum style)cell->style);
}

static char
letter_cursor(const struct cell *cell)
{
	return cell->found ? '~' : cell->selected ? '^' : ' ';
}

/* Cells of the line up to the last one of which the letter is no blank. */
static int
used(const struct canvas *c, int y, char (*letter)(const struct cell *))
{
	int n = c->width;

	while (n > 0 && letter(&c->cell[(size_t)y * (size_t)c->width + (size_t)n - 1]) == ' ')
		n--;
	return n;
}

static void
print_text(const struct canvas *c, int y, struct buf *out)
{
	const struct cell *cell = &c->cell[(size_t)y * (size_t)c->width];

	for (int n = used(c, y, letter_text); n > 0; n--, cell++) {
		if (cell->character != RIGHT_HALF)
			print_character(out, cell->character);
		for (int i = 0; i < CELL_MARKS && cell->mark[i] != 0; i++)
			print_character(out, cell->mark[i]);
	}
	buf_add_byte(out, '\n');
}

static void
print_letters(const struct canvas *c, int y, struct buf *out, char (*letter)(const struct cell *))
{
	const struct cell *cell = &c->cell[(size_t)y * (size_t)c->width];
	int n = used(c, y, letter);

	if (n == 0)
		return;
	for (; n > 0; n--, cell++)
		buf_add_byte(out, (uint8_t)letter(cell));
	buf_add_byte(out, '\n');
}

void
canvas_print(const struct canvas *c, struct buf *out, bool styles)
{
	for (int y = 0; y < c->height; y++) {
		print_text(c, y, out);
		if (!styles)
			continue;
		print_letters(c, y, out, letter_style);
		print_letters(c, y, out, letter_cursor);
	}
}
