#include "theme.h"

#include <string.h>

#define NONE	COLOUR_DEFAULT
#define FG(c)	.fg = (c), .bg = NONE
#define ON(f, b) .fg = (f), .bg = (b)

/* Colours 0 to 7 as every terminal has them. */
enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* The terminal's own sixteen colours at most, on its own ground: whatever its user chose is readable there. */
#define LOOK_TERMINAL { \
	[STYLE_PLAIN] = { FG(NONE) }, \
	[STYLE_DIM] = { FG(NONE), .dim = true }, \
	[STYLE_TITLE] = { FG(NONE), .bold = true }, \
	[STYLE_BAR] = { FG(NONE), .reverse = true }, \
	[STYLE_BAR_ON] = { FG(NONE), .bold = true }, \
	[STYLE_CLIENT] = { FG(CYAN) }, \
	[STYLE_SERVER] = { FG(NONE) }, \
	[STYLE_GOOD] = { FG(GREEN) }, \
	[STYLE_LATER] = { FG(YELLOW) }, \
	[STYLE_BAD] = { FG(RED), .bold = true }, \
	[STYLE_ALERT] = { ON(WHITE, RED), .bold = true }, \
	[STYLE_INFO] = { FG(CYAN) }, \
	[STYLE_LINK] = { FG(NONE), .underline = true }, \
	[STYLE_FRAME] = { FG(NONE), .dim = true }, \
	[STYLE_WAIT_CLIENT] = { FG(CYAN) }, \
	[STYLE_WAIT_SERVER] = { FG(MAGENTA) }, \
	[STYLE_WAIT_NETWORK] = { FG(YELLOW) }, \
	[STYLE_INPUT] = { FG(NONE), .bold = true }, \
	[STYLE_INPUT_GOOD] = { ON(BLACK, GREEN) }, \
	[STYLE_INPUT_BAD] = { ON(WHITE, RED) }, \
	[STYLE_MARK] = { FG(YELLOW), .bold = true }, \
	[STYLE_LOST] = { FG(MAGENTA), .reverse = true }, \
	[STYLE_SECRET] = { FG(MAGENTA) }, \
}

/* With eight colours and nothing sure about the ground: what a console from the factory has, light on black. */
#define LOOK_EIGHT { \
	[STYLE_PLAIN] = { ON(WHITE, BLACK) }, \
	[STYLE_DIM] = { ON(WHITE, BLACK), .dim = true }, \
	[STYLE_TITLE] = { ON(WHITE, BLACK), .bold = true }, \
	[STYLE_BAR] = { ON(WHITE, BLUE) }, \
	[STYLE_BAR_ON] = { ON(YELLOW, BLUE), .bold = true }, \
	[STYLE_CLIENT] = { ON(CYAN, BLACK) }, \
	[STYLE_SERVER] = { ON(WHITE, BLACK) }, \
	[STYLE_GOOD] = { ON(GREEN, BLACK) }, \
	[STYLE_LATER] = { ON(YELLOW, BLACK) }, \
	[STYLE_BAD] = { ON(RED, BLACK), .bold = true }, \
	[STYLE_ALERT] = { ON(WHITE, RED), .bold = true }, \
	[STYLE_INFO] = { ON(CYAN, BLACK) }, \
	[STYLE_LINK] = { ON(WHITE, BLACK), .underline = true }, \
	[STYLE_FRAME] = { ON(CYAN, BLACK), .dim = true }, \
	[STYLE_WAIT_CLIENT] = { ON(CYAN, BLACK) }, \
	[STYLE_WAIT_SERVER] = { ON(MAGENTA, BLACK), .bold = true }, \
	[STYLE_WAIT_NETWORK] = { ON(YELLOW, BLACK) }, \
	[STYLE_INPUT] = { ON(WHITE, BLACK), .bold = true }, \
	[STYLE_INPUT_GOOD] = { ON(BLACK, GREEN) }, \
	[STYLE_INPUT_BAD] = { ON(WHITE, RED), .bold = true }, \
	[STYLE_MARK] = { ON(YELLOW, BLACK), .bold = true }, \
	[STYLE_LOST] = { ON(BLACK, MAGENTA) }, \
	[STYLE_SECRET] = { ON(MAGENTA, BLACK), .bold = true }, \
}

/* The same turned around: dark on a white ground. */
#define LOOK_EIGHT_LIGHT { \
	[STYLE_PLAIN] = { ON(BLACK, WHITE) }, \
	[STYLE_DIM] = { ON(BLUE, WHITE), .dim = true }, \
	[STYLE_TITLE] = { ON(BLACK, WHITE), .bold = true }, \
	[STYLE_BAR] = { ON(WHITE, BLUE) }, \
	[STYLE_BAR_ON] = { ON(YELLOW, BLUE), .bold = true }, \
	[STYLE_CLIENT] = { ON(BLUE, WHITE) }, \
	[STYLE_SERVER] = { ON(BLACK, WHITE) }, \
	[STYLE_GOOD] = { ON(BLACK, GREEN) }, \
	[STYLE_LATER] = { ON(BLACK, YELLOW) }, \
	[STYLE_BAD] = { ON(RED, WHITE) }, \
	[STYLE_ALERT] = { ON(WHITE, RED), .bold = true }, \
	[STYLE_INFO] = { ON(BLUE, WHITE) }, \
	[STYLE_LINK] = { ON(BLUE, WHITE), .underline = true }, \
	[STYLE_FRAME] = { ON(BLUE, WHITE) }, \
	[STYLE_WAIT_CLIENT] = { ON(BLUE, WHITE) }, \
	[STYLE_WAIT_SERVER] = { ON(RED, WHITE) }, \
	[STYLE_WAIT_NETWORK] = { ON(BLACK, WHITE) }, \
	[STYLE_INPUT] = { ON(BLACK, WHITE), .bold = true }, \
	[STYLE_INPUT_GOOD] = { ON(BLACK, GREEN) }, \
	[STYLE_INPUT_BAD] = { ON(WHITE, RED), .bold = true }, \
	[STYLE_MARK] = { ON(RED, WHITE), .bold = true }, \
	[STYLE_LOST] = { ON(BLACK, CYAN) }, \
	[STYLE_SECRET] = { ON(RED, WHITE), .underline = true }, \
}

#define GROUND 234
#define LOOK_DARK { \
	[STYLE_PLAIN] = { ON(252, GROUND) }, \
	[STYLE_DIM] = { ON(245, GROUND) }, \
	[STYLE_TITLE] = { ON(231, GROUND), .bold = true }, \
	[STYLE_BAR] = { ON(252, 237) }, \
	[STYLE_BAR_ON] = { ON(231, 24), .bold = true }, \
	[STYLE_CLIENT] = { ON(117, GROUND) }, \
	[STYLE_SERVER] = { ON(223, GROUND) }, \
	[STYLE_GOOD] = { ON(114, GROUND) }, \
	[STYLE_LATER] = { ON(221, GROUND) }, \
	[STYLE_BAD] = { ON(210, GROUND), .bold = true }, \
	[STYLE_ALERT] = { ON(231, 160), .bold = true }, \
	[STYLE_INFO] = { ON(110, GROUND) }, \
	[STYLE_LINK] = { ON(153, GROUND), .underline = true }, \
	[STYLE_FRAME] = { ON(242, GROUND) }, \
	[STYLE_WAIT_CLIENT] = { ON(117, GROUND) }, \
	[STYLE_WAIT_SERVER] = { ON(215, GROUND) }, \
	[STYLE_WAIT_NETWORK] = { ON(183, GROUND) }, \
	[STYLE_INPUT] = { ON(231, 236) }, \
	[STYLE_INPUT_GOOD] = { ON(231, 22) }, \
	[STYLE_INPUT_BAD] = { ON(231, 88) }, \
	[STYLE_MARK] = { ON(220, GROUND), .bold = true }, \
	[STYLE_LOST] = { ON(232, 176) }, \
	[STYLE_SECRET] = { ON(176, GROUND), .italic = true }, \
}

#define PAPER 231
#define LOOK_LIGHT { \
	[STYLE_PLAIN] = { ON(235, PAPER) }, \
	[STYLE_DIM] = { ON(242, PAPER) }, \
	[STYLE_TITLE] = { ON(16, PAPER), .bold = true }, \
	[STYLE_BAR] = { ON(235, 253) }, \
	[STYLE_BAR_ON] = { ON(231, 24), .bold = true }, \
	[STYLE_CLIENT] = { ON(25, PAPER) }, \
	[STYLE_SERVER] = { ON(94, PAPER) }, \
	[STYLE_GOOD] = { ON(22, PAPER) }, \
	[STYLE_LATER] = { ON(94, PAPER) }, \
	[STYLE_BAD] = { ON(124, PAPER), .bold = true }, \
	[STYLE_ALERT] = { ON(231, 160), .bold = true }, \
	[STYLE_INFO] = { ON(24, PAPER) }, \
	[STYLE_LINK] = { ON(25, PAPER), .underline = true }, \
	[STYLE_FRAME] = { ON(244, PAPER) }, \
	[STYLE_WAIT_CLIENT] = { ON(25, PAPER) }, \
	[STYLE_WAIT_SERVER] = { ON(130, PAPER) }, \
	[STYLE_WAIT_NETWORK] = { ON(90, PAPER) }, \
	[STYLE_INPUT] = { ON(16, 254) }, \
	[STYLE_INPUT_GOOD] = { ON(16, 157) }, \
	[STYLE_INPUT_BAD] = { ON(16, 217) }, \
	[STYLE_MARK] = { ON(130, PAPER), .bold = true }, \
	[STYLE_LOST] = { ON(231, 90) }, \
	[STYLE_SECRET] = { ON(90, PAPER), .italic = true }, \
}

#define LOOK_CONTRAST { \
	[STYLE_PLAIN] = { ON(231, 16) }, \
	[STYLE_DIM] = { ON(252, 16) }, \
	[STYLE_TITLE] = { ON(231, 16), .bold = true }, \
	[STYLE_BAR] = { ON(16, 231) }, \
	[STYLE_BAR_ON] = { ON(16, 226), .bold = true }, \
	[STYLE_CLIENT] = { ON(123, 16) }, \
	[STYLE_SERVER] = { ON(229, 16) }, \
	[STYLE_GOOD] = { ON(120, 16) }, \
	[STYLE_LATER] = { ON(226, 16), .bold = true }, \
	[STYLE_BAD] = { ON(217, 16), .bold = true, .underline = true }, \
	[STYLE_ALERT] = { ON(16, 217), .bold = true }, \
	[STYLE_INFO] = { ON(159, 16) }, \
	[STYLE_LINK] = { ON(231, 16), .underline = true }, \
	[STYLE_FRAME] = { ON(250, 16) }, \
	[STYLE_WAIT_CLIENT] = { ON(123, 16) }, \
	[STYLE_WAIT_SERVER] = { ON(222, 16) }, \
	[STYLE_WAIT_NETWORK] = { ON(219, 16) }, \
	[STYLE_INPUT] = { ON(231, 16), .bold = true }, \
	[STYLE_INPUT_GOOD] = { ON(16, 120) }, \
	[STYLE_INPUT_BAD] = { ON(16, 217) }, \
	[STYLE_MARK] = { ON(226, 16), .bold = true, .reverse = true }, \
	[STYLE_LOST] = { ON(16, 219) }, \
	[STYLE_SECRET] = { ON(219, 16), .underline = true }, \
}

/* Blue against orange, which everybody can tell apart; good and bad differ in lightness and weight as well. */
#define LOOK_COLOURBLIND { \
	[STYLE_PLAIN] = { ON(252, GROUND) }, \
	[STYLE_DIM] = { ON(245, GROUND) }, \
	[STYLE_TITLE] = { ON(231, GROUND), .bold = true }, \
	[STYLE_BAR] = { ON(252, 237) }, \
	[STYLE_BAR_ON] = { ON(231, 24), .bold = true }, \
	[STYLE_CLIENT] = { ON(117, GROUND) }, \
	[STYLE_SERVER] = { ON(230, GROUND) }, \
	[STYLE_GOOD] = { ON(75, GROUND) }, \
	[STYLE_LATER] = { ON(228, GROUND), .underline = true }, \
	[STYLE_BAD] = { ON(208, GROUND), .bold = true }, \
	[STYLE_ALERT] = { ON(16, 208), .bold = true }, \
	[STYLE_INFO] = { ON(110, GROUND) }, \
	[STYLE_LINK] = { ON(231, GROUND), .underline = true }, \
	[STYLE_FRAME] = { ON(242, GROUND) }, \
	[STYLE_WAIT_CLIENT] = { ON(75, GROUND) }, \
	[STYLE_WAIT_SERVER] = { ON(214, GROUND) }, \
	[STYLE_WAIT_NETWORK] = { ON(255, GROUND) }, \
	[STYLE_INPUT] = { ON(231, 236) }, \
	[STYLE_INPUT_GOOD] = { ON(231, 25) }, \
	[STYLE_INPUT_BAD] = { ON(16, 208) }, \
	[STYLE_MARK] = { ON(228, GROUND), .bold = true, .reverse = true }, \
	[STYLE_LOST] = { ON(16, 180), .underline = true }, \
	[STYLE_SECRET] = { ON(180, GROUND), .italic = true }, \
}

/* Attributes only, and only those which the oldest terminals have: bold, underlined, reversed. */
#define LOOK_MONO { \
	[STYLE_PLAIN] = { FG(NONE) }, \
	[STYLE_DIM] = { FG(NONE), .dim = true }, \
	[STYLE_TITLE] = { FG(NONE), .bold = true }, \
	[STYLE_BAR] = { FG(NONE), .reverse = true }, \
	[STYLE_BAR_ON] = { FG(NONE), .bold = true, .underline = true }, \
	[STYLE_CLIENT] = { FG(NONE) }, \
	[STYLE_SERVER] = { FG(NONE) }, \
	[STYLE_GOOD] = { FG(NONE) }, \
	[STYLE_LATER] = { FG(NONE), .underline = true }, \
	[STYLE_BAD] = { FG(NONE), .bold = true }, \
	[STYLE_ALERT] = { FG(NONE), .bold = true, .reverse = true }, \
	[STYLE_INFO] = { FG(NONE) }, \
	[STYLE_LINK] = { FG(NONE), .underline = true }, \
	[STYLE_FRAME] = { FG(NONE), .dim = true }, \
	[STYLE_WAIT_CLIENT] = { FG(NONE) }, \
	[STYLE_WAIT_SERVER] = { FG(NONE), .bold = true }, \
	[STYLE_WAIT_NETWORK] = { FG(NONE), .dim = true }, \
	[STYLE_INPUT] = { FG(NONE), .bold = true }, \
	[STYLE_INPUT_GOOD] = { FG(NONE), .underline = true }, \
	[STYLE_INPUT_BAD] = { FG(NONE), .bold = true, .reverse = true }, \
	[STYLE_MARK] = { FG(NONE), .bold = true }, \
	[STYLE_LOST] = { FG(NONE), .reverse = true }, \
	[STYLE_SECRET] = { FG(NONE), .underline = true }, \
}

#define SELECTED_8	{ ON(BLACK, CYAN) }
#define FOUND_8		{ ON(BLACK, YELLOW), .underline = true }

const struct theme themes[] = {
	{ "terminal", "The terminal's own colours", LOOK_TERMINAL, LOOK_TERMINAL, SELECTED_8, FOUND_8, SELECTED_8, FOUND_8 },
	{ "dark", "Light on dark", LOOK_DARK, LOOK_EIGHT,
	  { ON(NONE, 18), .bold = true }, { ON(16, 221), .underline = true }, SELECTED_8, FOUND_8 },
	{ "light", "Dark on light", LOOK_LIGHT, LOOK_EIGHT_LIGHT,
	  { ON(NONE, 153), .bold = true }, { ON(16, 221), .underline = true }, SELECTED_8, FOUND_8 },
	{ "contrast", "As clear as can be", LOOK_CONTRAST, LOOK_EIGHT,
	  { ON(16, 226), .bold = true }, { ON(16, 51), .underline = true }, SELECTED_8, FOUND_8 },
	{ "colourblind", "Blue and orange instead of green and red", LOOK_COLOURBLIND, LOOK_EIGHT,
	  { ON(NONE, 18), .bold = true }, { ON(16, 228), .underline = true }, SELECTED_8, FOUND_8 },
	{ "mono", "No colours", LOOK_MONO, LOOK_MONO,
	  { FG(NONE), .reverse = true }, { FG(NONE), .bold = true, .underline = true },
	  { FG(NONE), .reverse = true }, { FG(NONE), .bold = true, .underline = true } },
	{ .name = NULL },
};

static struct look
look_with(struct look look, struct look add)
{
	if (add.fg != COLOUR_DEFAULT)
		look.fg = add.fg;
	if (add.bg != COLOUR_DEFAULT)
		look.bg = add.bg;
	look.bold = look.bold || add.bold;
	look.dim = look.dim && add.bg == COLOUR_DEFAULT;	/* dim on a coloured ground is hard to read */
	look.underline = look.underline || add.underline;
	look.reverse = look.reverse || add.reverse;
	return look;
}

struct look
theme_look(const struct theme *t, bool eight, enum style style, bool selected, bool found)
{
	const struct look *looks = eight ? t->look8 : t->look;
	struct look look = looks[style];

	if (found)
		return look_with(look, eight ? t->found8 : t->found);
	if (selected && look.bg == looks[STYLE_PLAIN].bg)
		return look_with(look, eight ? t->selected8 : t->selected);
	return look;
}

const struct theme *
theme_find(const char *name)
{
	for (const struct theme *t = themes; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

char
style_letter(enum style style)
{
	static const char letter[STYLES] = {
		[STYLE_PLAIN] = ' ', [STYLE_DIM] = 'd', [STYLE_TITLE] = 't', [STYLE_BAR] = 'b', [STYLE_BAR_ON] = 'B',
		[STYLE_CLIENT] = 'c', [STYLE_SERVER] = 's', [STYLE_GOOD] = 'g', [STYLE_LATER] = 'l', [STYLE_BAD] = 'x',
		[STYLE_ALERT] = '!', [STYLE_INFO] = 'i', [STYLE_LINK] = 'k', [STYLE_FRAME] = 'f',
		[STYLE_WAIT_CLIENT] = 'C', [STYLE_WAIT_SERVER] = 'S', [STYLE_WAIT_NETWORK] = 'N',
		[STYLE_INPUT] = 'p', [STYLE_INPUT_GOOD] = '+', [STYLE_INPUT_BAD] = '-',
		[STYLE_MARK] = '*', [STYLE_LOST] = '?', [STYLE_SECRET] = '#',
	};

	return style < STYLES ? letter[style] : '?';
}
