#define _XOPEN_SOURCE 700		/* wcwidth() */
#include "curses_cells.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "tui/glyph.h"

#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <ncursesw/curses.h>

enum { PAIRS = 256 };

static struct { attr_t attributes; short pair; } looks[STYLES][2][2];	/* by style, selected, found */
static struct { short fg, bg; } pairs[PAIRS];
static short npairs;

/* The pair of two colours; 0, which is the terminal's own, when there are no more. */
static short
pair_of(short fg, short bg)
{
	if (fg < 0 && bg < 0)
		return 0;
	for (short i = 1; i < npairs; i++)
		if (pairs[i].fg == fg && pairs[i].bg == bg)
			return i;
	if (npairs >= PAIRS || npairs >= COLOR_PAIRS || init_pair(npairs, fg, bg) != OK)
		return 0;
	pairs[npairs].fg = fg;
	pairs[npairs].bg = bg;
	return npairs++;
}

static attr_t
attributes_of(struct look look)
{
	return (look.bold ? WA_BOLD : 0) | (look.dim ? WA_DIM : 0) | (look.underline ? WA_UNDERLINE : 0)
	    | (look.reverse ? WA_REVERSE : 0) | (look.italic ? WA_ITALIC : 0);
}

void
cells_theme(const struct theme *theme, bool monochrome)
{
	bool colours = !monochrome && start_color() == OK && COLORS >= 8;

	if (theme == NULL || !colours)
		theme = colours ? &themes[0] : theme_find("mono");
	/* Where the terminal's own colours cannot be asked for, they are taken to be light on dark. */
	if (colours && use_default_colors() != OK)
		assume_default_colors(COLOR_WHITE, COLOR_BLACK);
	npairs = 1;
	for (int style = 0; style < STYLES; style++)
		for (int which = 0; which < 4; which++) {
			bool selected = which & 1, found = which & 2;
			struct look look = theme_look(theme, COLORS != 256, (enum style)style, selected, found);

			looks[style][selected][found].attributes = attributes_of(look);
			looks[style][selected][found].pair = colours ? pair_of(look.fg, look.bg) : 0;
		}
}

/* Does the C library, and with it ncurses, know the character, and say what we say of its width? */
static bool
fits(uint32_t character, int columns)
{
	mbstate_t state;
	char bytes[MB_LEN_MAX];

	memset(&state, 0, sizeof state);
	return wcrtomb(bytes, (wchar_t)character, &state) != (size_t)-1 && wcwidth((wchar_t)character) == columns;
}

/* The cell as ncurses has it. Of a wide character that cannot be shown, '?' and a blank. */
void
cells_put(int x, int y, const struct cell *cell)
{
	bool selected = cell->selected, found = cell->found;
	attr_t attributes = looks[cell->style][selected][found].attributes;
	short pair = looks[cell->style][selected][found].pair;
	int columns = cell->character < 0x80 ? 1 : (int)utf8_columns(cell->character), n = 1;
	wchar_t text[2 + CELL_MARKS] = { (wchar_t)cell->character };
	cchar_t c;

	if (cell->character >= 0x80 && !fits(cell->character, columns)) {
		text[0] = (wchar_t)glyph_ascii(cell->character);
		if (columns == 2) {
			setcchar(&c, L" ", attributes, pair, NULL);
			mvadd_wch(y, x + 1, &c);
		}
	} else {
		for (int i = 0; i < CELL_MARKS && cell->mark[i] != 0; i++)
			if (fits(cell->mark[i], 0))
				text[n++] = (wchar_t)cell->mark[i];
	}
	setcchar(&c, text, attributes, pair, NULL);
	mvadd_wch(y, x, &c);
}
