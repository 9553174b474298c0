/*
 * Any text on the screen. The first bytes say where. Oracles: the columns that
 * were told are those that were drawn, no cell outside changes, no half of a
 * wide character is alone, and what a terminal gets is harmless.
 */
#include <string.h>

#include "base/clean.h"
#include "base/err.h"
#include "tui/canvas.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { WIDTH = 24, LEFT = 4, INSIDE = 16 };

static void
check_cells(const struct canvas *c)
{
	for (int x = 0; x < c->width; x++) {
		const struct cell *cell = &c->cell[x];

		if (cell->character == 0)
			CHECK(x > 0 && utf8_columns(cell[-1].character) == 2);
		else
			CHECK(utf8_columns(cell->character) == 1 || (x + 1 < c->width && cell[1].character == 0));
		for (int i = 0; i < CELL_MARKS; i++)
			CHECK(cell->mark[i] == 0 || utf8_columns(cell->mark[i]) == 0);
		if (x < LEFT || x >= LEFT + INSIDE)
			CHECK(cell->character == '.' && cell->style == STYLE_DIM);
	}
}

static void
check_print(const struct canvas *c)
{
	struct buf out;

	buf_init(&out, 4096);
	canvas_print(c, &out, true);
	while (out.n > 0) {
		slice line, rest;

		slice_cut(buf_slice(&out), '\n', &line, &rest);
		CHECK(utf8_valid(line) && clean_scan(line) == 0 && memchr(line.p, '\t', line.n) == NULL);
		buf_drop(&out, line.n + 1);
	}
	buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice text = { data, size };
	struct canvas *c;
	struct area inside;
	int x, room, skip, columns, whole;

	if (size < 3)
		return 0;
	x = data[0] % INSIDE;
	room = data[1] % (INSIDE + 2);
	skip = data[2] % 32;
	text = slice_drop(text, 3);
	c = canvas_new(WIDTH, 1);
	canvas_fill(canvas_all(c), 0, 0, WIDTH, 1, '.', STYLE_DIM);
	inside = area_part(canvas_all(c), LEFT, 0, INSIDE, 1);
	columns = canvas_text_from(inside, x, 0, room, STYLE_BAD, text, skip);
	if (room > INSIDE - x)
		room = INSIDE - x;
	whole = text_columns(text) > skip ? text_columns(text) - skip : 0;
	CHECK(columns == (whole < room ? whole : room));
	for (int i = 0; i < WIDTH; i++)
		CHECK((c->cell[i].style == STYLE_BAD) == (i >= LEFT + x && i < LEFT + x + columns));
	check_cells(c);
	canvas_right(inside, x, 0, room, STYLE_GOOD, text);
	canvas_mark_found(inside, 0, slice_take(text, 2));
	canvas_words(inside, 1, 0, STYLE_PLAIN, "x");
	check_cells(c);
	check_print(c);
	canvas_free(&c);
	return 0;
}
