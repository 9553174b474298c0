/*
 * top_line.c - the tabs; and at the right what is filtered, how far the
 * reading is, and what the view says of itself.
 *
 * What is narrow loses the tabs' names first (all but that of the one that is
 * shown), then the title, then the filter's text; the view's own words go last.
 */
#include "parts.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/words.h"

enum {
	TABS = 8, NARROW = 72,		/* columns below which tabs are digits */
	BAR = 8,			/* columns of the progress bar */
	GAP = 2, FULL = 0x2588, EMPTY = 0x2591
};

/* Is the tab's name shown, or its digit only? */
static bool
is_named(const struct app *app, size_t page)
{
	return app->width >= NARROW || page == page_shown(app);
}

static int
tab_width(const struct app *app, size_t page)
{
	return is_named(app, page) ? text_columns(slice_of(page_ops(page)->tab)) : 1;
}

size_t
top_line_at(const struct app *app, int x)
{
	int at = 0;

	for (size_t page = 0; page < TABS; page++) {
		int width = tab_width(app, page);

		if (x >= at && x < at + width)
			return page;
		at += width + 1;
	}
	return PAGES;
}

/* Returns the column behind them. */
static int
draw_tabs(struct app *app, struct area area, int y)
{
	int x = 0;

	for (size_t page = 0; page < TABS; page++) {
		enum style style = page == page_shown(app) ? STYLE_BAR_ON : STYLE_BAR;
		int width = tab_width(app, page);

		canvas_text(area, x, y, width, style, slice_take(slice_of(page_ops(page)->tab), is_named(app, page) ? SIZE_MAX : 1));
		x += width + 1;
	}
	if (page_shown(app) == PAGE_HELP)
		x += canvas_words(area, x, y, STYLE_BAR_ON, page_ops(PAGE_HELP)->tab) + 1;
	return x;
}

/* "reading ███░░░░░ 43 %", right-aligned to column `end`; returns where it begins. */
static int
draw_bar(struct area area, int y, int end, const char *what, unsigned percent)
{
	char text[32];
	int done = (int)(percent > 100 ? 100 : percent) * BAR / 100, words, x;

	snprintf(text, sizeof text, " %u %%", percent > 100 ? 100 : percent);
	words = text_columns(slice_of(what)) + 1;
	x = end - (words + BAR + text_columns(slice_of(text)));
	if (x < 0)
		return end;
	canvas_words(area, x, y, STYLE_BAR, what);
	canvas_fill(area, x + words, y, done, 1, FULL, STYLE_BAR);
	canvas_fill(area, x + words + done, y, BAR - done, 1, EMPTY, STYLE_BAR);
	canvas_words(area, x + words + BAR, y, STYLE_BAR, text);
	return x;
}

static int
draw_words(struct area area, int y, int end, enum style style, const char *words)
{
	int x = end - text_columns(slice_of(words));

	if (x < 0)
		return end;
	canvas_words(area, x, y, style, words);
	return x;
}

/* What the capture could not keep: it explains what is missing in all views, so it stands in all. */
static int
draw_drops(struct app *app, struct area area, int y, int end)
{
	const struct news_progress *p = model_progress(app->options.model);
	char number[WORDS_NUMBER], text[WORDS_NUMBER + 16];

	if (p == NULL || p->dropped == 0)
		return end;
	snprintf(text, sizeof text, " %s dropped ", words_number(p->dropped, number));
	return draw_words(area, y, end, STYLE_BAR_ON, text);
}

/* How far it is: of the reading if something is still read, else of the filter. */
static int
draw_progress(struct app *app, struct area area, int y, int end)
{
	const struct news_progress *p = model_progress(app->options.model);
	const char *what = app->options.live ? "live" : "reading";
	char number[WORDS_NUMBER], text[WORDS_NUMBER + 16];
	int x;

	if (app->paused)
		return draw_words(area, y, end, STYLE_BAR_ON, " paused ");
	if (list_is_busy(app->list) && (app->filter != NULL || app->trouble) && model_over(app->options.model))
		return draw_bar(area, y, end, "filtering", list_percent(app->list));
	if (model_over(app->options.model))
		return end;
	if (p != NULL && p->size > 0)
		return draw_bar(area, y, end, "reading", (unsigned)(p->read >= p->size ? 100 : p->read * 100 / p->size));
	snprintf(text, sizeof text, "%s %s packets", what, words_number(p != NULL ? p->packets : 0, number));
	x = draw_words(area, y, end, STYLE_BAR, text);
	return x < end ? x : draw_words(area, y, end, STYLE_BAR, what);		/* that it goes on matters more than how far it is */
}

/* In what is left between the tabs and the rest: what is filtered, where it is, or what is read. */
static void
draw_title(struct app *app, struct area area, int y, int from, int end)
{
	struct buf text;
	int room = end - ++from;
	/* Figures and findings are of all that is read. */
	bool trouble = app->trouble && (shown_ops(app)->where & (IN_LIST | IN_SESSION | IN_FIND)) != 0;
	bool filter = app->filter != NULL && (shown_ops(app)->where & (IN_LIST | IN_SESSION)) != 0;

	if (room < 4)
		return;
	buf_init(&text, LIMIT_PROMPT);
	if (trouble)
		buf_text(&text, filter ? "! \\" : "! trouble only");
	else if (filter)
		buf_text(&text, "\\");
	if (filter)
		buf_add(&text, filter_text(app->filter));
	if (text.n > 0)
		canvas_text(area, from, y, room, STYLE_BAR_ON, buf_slice(&text));
	else
		canvas_text(area, from, y, room, STYLE_BAR, app->options.title);
	buf_fini(&text);
}

void
top_line_draw(struct app *app, struct area area, int y)
{
	struct buf status;
	void *state = shown_state(app);
	int from, end = area.width, columns, drops, begins;
	struct area room;

	buf_init(&status, KiB);
	canvas_fill(area, 0, y, area.width, 1, ' ', STYLE_BAR);
	from = draw_tabs(app, area, y);
	if (shown_ops(app)->status != NULL && (!shown_ops(app)->of_session || has_session(app)))
		shown_ops(app)->status(state, &status);
	columns = text_columns(buf_slice(&status));
	if (columns > 0 && columns < end - from) {
		canvas_right(area, end - columns, y, columns, STYLE_BAR, buf_slice(&status));
		end -= columns + GAP;
	}
	room = area_part(area, from, 0, end - from, area.height);
	drops = draw_drops(app, room, y, end - from);
	begins = from + draw_progress(app, room, y, drops < end - from ? drops - 1 : drops);
	draw_title(app, area, y, from, begins < end ? begins - GAP : end);
	buf_fini(&status);
}
