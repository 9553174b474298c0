/*
 * save_draw.c - what the save dialog looks like: what, the formats with a line
 * about each, the name, and what came of it.
 */
#include <stdio.h>

#include "base/words.h"
#include "save_parts.h"

enum { LABEL = 10, NAME = 13, WIDTH = 74, LINES = SAVE_FORMATS + 7 };

void
save_size(void *self, int *width, int *height)
{
	(void)self;
	*width = WIDTH;
	*height = LINES;
}

/* "this session", "12 filtered", "all 345". */
static void
add_what(const struct save_dialog *d, enum save_what what, struct buf *out)
{
	const struct item *is = model_item(app_model(d->app), app_session(d->app));
	char number[WORDS_NUMBER];

	words_number(save_items_count(d->app, what), number);
	if (what == SAVE_ALL)
		buf_printf(out, "all %s", number);
	else if (what >= SAVE_MARKED)
		buf_printf(out, "%s %s", number, save_whats[what]);
	else if (what == SAVE_THIS_PART && d->part.n > 0)
		buf_add(out, buf_slice(&d->part));
	else
		buf_text(out, what == SAVE_THIS_SESSION && is != NULL && is->kind == ITEM_ATTEMPT ? "this attempt" : save_whats[what]);
}

static int
draw_one_what(const struct save_dialog *d, struct area area, int x, int y, enum save_what what, bool draw)
{
	struct buf text;
	int columns;

	buf_init(&text, 128);
	if (what == d->what)
		buf_text(&text, "[");
	add_what(d, what, &text);
	if (what == d->what)
		buf_text(&text, "]");
	columns = text_columns(buf_slice(&text));
	if (draw)
		canvas_text(area, x, y, area.width - x, what == d->what ? STYLE_TITLE : STYLE_PLAIN, buf_slice(&text));
	buf_fini(&text);
	return columns + 2;
}

/* All that there is, if there is room; else the one that is chosen. */
static void
draw_what(const struct save_dialog *d, struct area area, int y)
{
	int x = LABEL, needed = LABEL - 2;

	canvas_words(area, 0, y, STYLE_DIM, "What");
	for (enum save_what what = 0; what < SAVE_WHATS; what++)
		if (save_items_count(d->app, what) > 0)
			needed += draw_one_what(d, area, x, y, what, false);
	for (enum save_what what = 0; what < SAVE_WHATS; what++)
		if (save_items_count(d->app, what) > 0 && (needed <= area.width || what == d->what))
			x += draw_one_what(d, area, x, y, what, true);
}

static const char *
reason_against(enum save_what what, enum save_format f)
{
	if (what == SAVE_THIS_PART)
		return "(of sessions and messages)";
	switch (f) {
	case SAVE_LADDER: return "(of one session)";
	case SAVE_EML: return "(there is no mail in it)";
	case SAVE_PARTS: return "(nothing is attached)";
	default: return "(of whole sessions)";
	}
}

static void
draw_format(const struct save_dialog *d, struct area area, int y, enum save_format f)
{
	bool here = f == d->format, can = save_can(d, d->what, f);
	int x = LABEL + NAME;

	canvas_words(area, LABEL - 2, y, STYLE_TITLE, here ? ">" : " ");
	canvas_words(area, LABEL, y, here ? STYLE_TITLE : can ? STYLE_PLAIN : STYLE_DIM, save_formats[f].name);
	x += canvas_text(area, x, y, area.width - x, STYLE_DIM, slice_of(!can ? reason_against(d->what, f)
	    : d->what == SAVE_THIS_PART ? "the file as it was before the mail encoded it" : save_formats[f].about));
	if (can && f == SAVE_PARTS && (d->what == SAVE_THIS_SESSION || d->what == SAVE_THIS_MESSAGE) && d->files.n > 0)
		canvas_text(area, x, y, area.width - x, STYLE_LINK, buf_slice(&d->files));
	if (here && !d->typing)
		canvas_select(area_part(area, LABEL - 2, y, area.width - LABEL + 2, 1), 0);
}

/* `height` lines of the table, the chosen one among them. */
static void
draw_formats(const struct save_dialog *d, struct area area, int y, int height)
{
	int first = (int)d->format - height / 2, last = SAVE_FORMATS - height;

	first = first > last ? last : first;
	first = first < 0 ? 0 : first;
	canvas_words(area, 0, y, STYLE_DIM, "Format");
	for (int i = 0; i < height && first + i < SAVE_FORMATS; i++)
		draw_format(d, area, y + i, (enum save_format)(first + i));
}

static void
draw_name(const struct save_dialog *d, struct area area, int y)
{
	slice path = buf_slice(&d->path.text);
	int room = area.width - LABEL, before = text_columns(slice_take(path, d->path.cursor)), skip = before >= room ? before - room + 1 : 0;

	canvas_words(area, 0, y, STYLE_DIM, save_formats[d->format].folder ? "Folder" : "File");
	canvas_fill(area, LABEL, y, room, 1, ' ', d->typing ? STYLE_INPUT : STYLE_PLAIN);
	canvas_text_from(area, LABEL, y, room, d->typing ? STYLE_INPUT : STYLE_PLAIN, path, skip);
	if (d->typing) {
		d->app->cursor_x = area.x + LABEL + before - skip;
		d->app->cursor_y = area.y + y;
	}
}

/* What was written stands on one line, where on the next, if they do not fit on one. */
static void
draw_outcome(const struct save_dialog *d, struct area area, int y, int lines)
{
	enum style style = d->failed ? STYLE_BAD : STYLE_GOOD;
	slice words = buf_slice(&d->said), where = SLICE_NONE;

	if (text_columns(words) <= area.width || lines < 2) {
		canvas_text(area, 0, y, area.width, style, words);
		return;
	}
	for (size_t i = words.n; i > 0 && where.n == 0; i--)
		if (slice_starts(slice_drop(words, i), S(" in ")) || slice_starts(slice_drop(words, i), S(": ")))
			where = slice_trim(slice_drop(words, i + (words.p[i] == ':')));
	canvas_text(area, 0, y, area.width, style, slice_take(words, words.n - where.n));
	canvas_text(area, 0, y + 1, area.width, style, where);
}

static void
draw_hint(const struct save_dialog *d, struct area area, int y)
{
	char text[64];

	if (d->phase == PHASE_WRITE || d->phase == PHASE_READ) {
		snprintf(text, sizeof text, "%s %u %%   Esc stops", d->phase == PHASE_READ ? "reading" : "writing", d->percent > 100 ? 100 : d->percent);
		canvas_words(area, 0, y, STYLE_TITLE, text);
	} else {
		canvas_words(area, 0, y, STYLE_DIM, d->phase == PHASE_DONE ? "any key goes on"
		    : d->typing ? "Enter saves   Tab back to the choices"
		    : "Enter saves   j k format   h l what   Tab another name   Esc leaves");
	}
}

/* With blank lines, and two for the outcome, if there is room for all formats. */
void
save_draw(void *self, struct area area)
{
	struct save_dialog *d = self;
	int airy = area.height >= LINES, formats_height = area.height - (airy ? 7 : 3), last = area.height - 1;

	draw_what(d, area, 0);
	draw_formats(d, area, 1 + airy, formats_height > 1 ? formats_height : 1);
	draw_name(d, area, last - (airy ? 3 : 1));
	if (airy || d->said.n == 0 || d->phase == PHASE_WRITE || d->phase == PHASE_READ)
		draw_hint(d, area, last);
	if (d->said.n > 0 && (d->phase == PHASE_DONE || d->phase == PHASE_CHOOSE))
		draw_outcome(d, area, airy ? last - 2 : last, airy ? 2 : 1);
}

