/*
 * theme.h - what a style looks like.
 *
 * Views say what a text means; a theme says how that is shown with 256
 * colours, with 8, and with none. Severity and results are never told by
 * colour alone: views show a letter or a word too.
 */
#ifndef THEME_H
#define THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum style {
	STYLE_PLAIN,
	STYLE_DIM,		/* times, counts, what is beside the point */
	STYLE_TITLE,		/* headings, column titles */
	STYLE_BAR,		/* the top and the bottom line */
	STYLE_BAR_ON,		/* the tab that is shown; a key in the bottom line */
	STYLE_CLIENT,		/* what the client says */
	STYLE_SERVER,
	STYLE_GOOD,		/* 2yz, accepted */
	STYLE_LATER,		/* 4yz, note */
	STYLE_BAD,		/* 5yz, warning */
	STYLE_ALERT,
	STYLE_INFO,
	STYLE_LINK,		/* what Enter opens; host names */
	STYLE_FRAME,		/* lines between panes, ladder rails */
	STYLE_WAIT_CLIENT, STYLE_WAIT_SERVER, STYLE_WAIT_NETWORK,	/* bars */
	STYLE_INPUT,		/* what is typed */
	STYLE_INPUT_GOOD, STYLE_INPUT_BAD,	/* a filter that is one, or not */
	STYLE_MARK,		/* marked items */
	STYLE_LOST,		/* gaps; what was let go */
	STYLE_SECRET,
	STYLES
};

enum { COLOUR_DEFAULT = -1 };
struct look { int16_t fg, bg; bool bold, dim, underline, reverse, italic; };	/* colours: of 256, or COLOUR_DEFAULT */

struct theme {
	const char *name;		/* "terminal" "dark" "light" "contrast" "colourblind" "mono" */
	const char *about;
	struct look look[STYLES];	/* with 256 colours */
	struct look look8[STYLES];	/* with 8 */
	/* What the cursor's line and finds add: fg and bg if not default, and attributes. */
	struct look selected, found, selected8, found8;
};

extern const struct theme themes[];	/* ended by a NULL name; the first is the default, in the terminal's own colours */
/*
 * What a cell looks like. Finds go before the cursor's line; that leaves
 * alone what has a ground of its own (an alert, the bars).
 */
struct look theme_look(const struct theme *, bool eight, enum style, bool selected, bool found);
const struct theme *theme_find(const char *name);	/* NULL: none */
char style_letter(enum style);		/* for canvas_print() */

#endif
