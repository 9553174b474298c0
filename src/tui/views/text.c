/*
 * text.c - the transcript of the session that is chosen: when, how long was
 * waited, who, what.
 *
 * Rows are laid out (sheet.h) only while they are looked at, so the length of a
 * session does not matter. They are read in the dossier's order: findings stand
 * below what they speak of. What is known of the row under the cursor stands
 * beside the rows on a wide screen, below them on a high one, and in one line
 * on a small one; Enter unfolds it there.
 */
#include "text_facts.h"
#include "text_row.h"
#include "tui/view.h"
#include "tui/widgets/explain.h"
#include "tui/widgets/pane.h"
#include "tui/widgets/session_title.h"
#include "tui/widgets/tall.h"

static const struct pane_size pane_size = { .wide = 130, .high = 34, .lines = 9, .low = 10 };

enum { ABOVE = 3 };			/* lines shown above what one jumped to */

/* Marks the reply to the command under the cursor, or the command that the reply answers. */
enum { DOWN_TO = 0x2514, UP_TO = 0x250c };

/* A row that is to be shown as soon as it is there. */
enum aim { AIM_NONE, AIM_BYTES, AIM_MESSAGE };

struct state {
	struct app *app;
	struct session_title title;
	struct text_facts facts;
	struct sheet sheet;
	struct tall tall;
	struct sheet_look look;		/* as drawn last */
	int top;			/* the line where rows begin */
	uint32_t item, message;		/* that are shown */
	size_t unfolded;		/* a row, or NO_ROW */
	bool raw, hex, follow;
	bool explains, locates;		/* there is a pane that tells what the row under the cursor means; a line that tells where it stands */
	enum aim aim;
	enum dir dir;
	uint64_t offset, packet;
};

static int lines_of(void *self, size_t place);

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	session_title_init(&s->title);
	sheet_init(&s->sheet);
	text_facts_init(&s->facts);
	s->tall = (struct tall){ .height = 1, .lines = lines_of, .self = s };
	s->look.width = LIMIT_CANVAS;
	s->item = s->message = NO_ITEM;
	s->unfolded = NO_ROW;
}

static void
close_view(void *self)
{
	struct state *s = self;

	session_title_fini(&s->title);
	sheet_fini(&s->sheet);
	text_facts_fini(&s->facts);
}

/* Fills the sheet with the row that is read there. */
static void
lay_out(struct state *s, const struct dossier *d, size_t place)
{
	size_t index = dossier_read(d, place);
	struct row row = dossier_row(d, index), above;
	const struct row *known = text_row_above(d, place, &above) ? &above : NULL;
	struct sheet_look look = s->look;

	look.dossier = d;
	look.hex |= index == s->unfolded;
	sheet_row(&s->sheet, &look, &row, index, known);
	if (index == s->unfolded)
		text_say_details(&s->sheet, &s->look, d, place, sheet_column(&look), look.width,
		    EXPLAINED_NAME | (s->locates || s->explains ? EXPLAINED_PLACE : 0) | (row.kind == ROW_FINDING && sheet_tells_meaning(&row, known) ? EXPLAINED_MEANING : 0));
}

static void
set_look(struct state *s, const struct dossier *d, int width)
{
	size_t n = dossier_rows(d);
	struct sheet_look *look = &s->look;

	look->when = app_options(s->app)->when;
	look->start = dossier_start(d);
	look->times = sheet_times(&look->when, look->start, n > 0 ? dossier_row(d, n - 1).time : look->start);
	look->width = width;
	look->raw = s->raw;
	look->hex = s->hex;
	look->dossier = d;
	look->live_links = app_options(s->app)->live_links;
}

/* Before a key is answered: what was drawn last may be of another session. */
static void
catch_up(struct state *s, const struct dossier *d)
{
	set_look(s, d, s->look.width);
	tall_set(&s->tall, dossier_rows(d), s->tall.height);
}

static int
lines_of(void *self, size_t place)
{
	struct state *s = self;
	const struct dossier *d = app_dossier(s->app);

	if (d == NULL || place >= dossier_rows(d))
		return 1;
	lay_out(s, d, place);
	return s->sheet.height;
}

/* The first row of the message's transaction, or NO_ROW. */
static size_t
row_of_message(const struct dossier *d, const struct item *message)
{
	for (size_t i = 0; message != NULL && i < dossier_rows(d); i++) {
		struct row row = dossier_row(d, i);

		if ((message->mail != 0 && row.mail == message->mail) || (row.index != 0 && row.index == message->index))
			return i;
	}
	return NO_ROW;
}

/* Goes to what was asked for, if it is there; waits for it while there is more to read. */
static void
take_aim(struct state *s, struct dossier *d)
{
	size_t row = NO_ROW;
	bool all = dossier_percent(d) == 100;

	if (s->aim == AIM_BYTES)
		row = dossier_row_at(d, s->dir, s->offset, s->packet);
	else if (s->aim == AIM_MESSAGE)
		row = row_of_message(d, model_item(app_model(s->app), s->message));
	if (row != NO_ROW && row < dossier_rows(d) && (all || s->aim == AIM_MESSAGE)) {
		tall_set(&s->tall, dossier_rows(d), s->tall.height);
		tall_show(&s->tall, dossier_place(d, row), ABOVE);
		s->aim = AIM_NONE;
		s->follow = false;
	} else if (all)
		s->aim = AIM_NONE;
}

/* The first message is read with all that came before it. */
static bool
is_first(struct state *s, uint32_t message)
{
	const struct item *session = model_item(app_model(s->app), s->item);

	return session == NULL || session->next == message;
}

static void
begin_session(struct state *s, uint32_t item)
{
	s->item = item;
	s->tall.top = s->tall.cursor = 0;
	s->tall.line = 0;
	s->unfolded = NO_ROW;
	s->aim = AIM_NONE;
}

static void
refresh(void *self)
{
	struct state *s = self;
	uint32_t item = app_session(s->app), message = app_message(s->app);
	bool another = item != s->item;

	if (another)
		begin_session(s, item);
	if (message != s->message) {
		s->message = message;
		if (message != NO_ITEM && !(another && is_first(s, message)))
			s->aim = AIM_MESSAGE;
	}
	if (app_jump_taken(s->app, &s->dir, &s->offset, &s->packet))
		s->aim = AIM_BYTES;
}

static void
draw_notice(struct state *s, struct area area)
{
	const struct dossier *d = app_dossier(s->app);
	const char *words = "Choose a session in the list: 1";

	if (d != NULL && dossier_gone(d))
		words = "What was said here was let go to make room for what came later; --spool-max keeps more";
	else if (d != NULL)
		words = dossier_percent(d) < 100 ? "Reading …" : "Nothing was said yet";
	canvas_words(area, 1, area.height > 2 ? 1 : 0, STYLE_DIM, words);
}

/* What is not told, above the rows. Returns the lines it took. */
static int
draw_shortcoming(const struct dossier *d, struct area area)
{
	const char *words = dossier_gone(d) ? " The beginning was let go to make room (--spool-max keeps more) "
	    : dossier_truncated(d) ? " Longer than a transcript may be: lines before the last are missing " : NULL;

	if (words == NULL || area.height < 3)
		return 0;
	canvas_words(area, 0, 0, STYLE_LOST, words);
	return 1;
}

static void
draw_rows(struct state *s, const struct dossier *d, struct area area)
{
	slice words = app_search_words(s->app);
	size_t together = s->tall.cursor < s->tall.count ? text_partner(d, s->tall.cursor) : NO_ROW;
	int y = -s->tall.line;

	for (size_t place = s->tall.top; place < s->tall.count && y < area.height; place++) {
		int top = y > 0 ? y : 0;

		lay_out(s, d, place);
		sheet_draw(&s->sheet, area, top, top - y);
		if (place == together && y >= 0 && place + 1 != s->tall.cursor && place != s->tall.cursor + 1)
			canvas_put(area, 0, y, place > s->tall.cursor ? DOWN_TO : UP_TO, STYLE_MARK);
		y += s->sheet.height;
		for (int line = top; line < y && line < area.height; line++) {
			canvas_mark_found(area, line, words);
			if (place == s->tall.cursor)
				canvas_select(area, line);
		}
	}
}

/* The item of the message that the row belongs to, or NO_ITEM. */
static uint32_t
message_of(struct state *s, const struct dossier *d, const struct row *row)
{
	for (size_t i = 0, n = row->mail != 0 ? dossier_messages(d) : 0; i < n; i++) {
		uint32_t item = dossier_message(d, i);
		const struct item *message = model_item(app_model(s->app), item);

		if (message != NULL && message->mail == row->mail && (row->index == 0 || message->index == row->index))
			return item;
	}
	return NO_ITEM;
}

/* What is known of the row under the cursor, on one line; and what Enter does, if there is room for both. */
static void
draw_origin(struct state *s, const struct row *row, bool unfolded, struct area area)
{
	slice hint = row->kind == ROW_FINDING && !unfolded ? S("Enter: what it means") : text_is_of_message(row) ? S("Enter: the message") : S("");
	int columns = text_columns(hint);

	text_say_origin(&s->sheet, &s->look, row, 1, LIMIT_CANVAS, columns == 0);
	sheet_draw(&s->sheet, area_part(area, 0, 0, area.width - columns - 3, 1), 0, 0);
	canvas_text(area, area.width - columns - 1, 0, columns, STYLE_INFO, hint);
}

static void
draw_details(struct state *s, const struct dossier *d, struct area area)
{
	size_t index;
	struct row row;

	if (s->tall.cursor >= s->tall.count || area.height == 0)
		return;
	index = dossier_read(d, s->tall.cursor);
	row = dossier_row(d, index);
	sheet_clear(&s->sheet);
	if (area.height == 1) {
		draw_origin(s, &row, index == s->unfolded, area);
		return;
	}
	text_say_details(&s->sheet, &s->look, d, s->tall.cursor, 1, area.width - 1, 0);
	if (text_is_of_message(&row)) {
		sheet_words(&s->sheet, STYLE_INFO, "Enter opens the message");
		sheet_end_line(&s->sheet, 1, 0, area.width - 1);
	}
	sheet_draw(&s->sheet, area, 0, 0);
	text_facts_draw(&s->facts, s->app, message_of(s, d, &row), area, s->sheet.height);
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;
	struct dossier *d = app_dossier(s->app);
	int y = session_title_draw(&s->title, s->app, area);
	struct area pane;

	s->top = y;
	area = area_part(area, 0, y, area.width, area.height - y);
	if (d == NULL || dossier_rows(d) == 0) {
		draw_notice(s, area);
		return;
	}
	y = draw_shortcoming(d, area);
	s->top += y;
	area = area_part(area, 0, y, area.width, area.height - y);
	pane = pane_cut(&area, &pane_size);
	s->explains = pane.height > 1;
	s->locates = pane.height == 1;
	set_look(s, d, area.width);
	if (s->follow)
		s->tall.cursor = SIZE_MAX;
	tall_set(&s->tall, dossier_rows(d), area.height);
	if (s->aim != AIM_NONE)
		take_aim(s, d);
	draw_rows(s, d, area);
	draw_details(s, d, pane);
}

static bool
open_message(struct state *s, const struct row *row)
{
	struct model *model = app_model(s->app);
	const struct item *session = model_item(model, s->item);
	uint32_t item = NO_ITEM;

	if (session != NULL)
		item = model_find_message(model, session->number, row->index, false);
	if (session != NULL && item == NO_ITEM)
		item = model_find_message(model, session->number, row->index, true);
	if (item == NO_ITEM) {
		app_say(s->app, STYLE_LATER, "the message was let go");
		return false;
	}
	app_choose(s->app, item);
	s->message = item;
	if (row->part != 0)
		app_part(s->app, row->part);
	app_show(s->app, ACTION_VIEW_MAIL);
	return true;
}

/* Views 4 and 5 show the message among whose rows the cursor stands. */
static void
choose_message(struct state *s, const struct dossier *d)
{
	struct row row;
	uint32_t item;

	if (s->tall.cursor >= dossier_rows(d))
		return;
	row = text_row(d, s->tall.cursor);
	item = message_of(s, d, &row);
	if (item == NO_ITEM || item == app_message(s->app))
		return;
	s->message = item;
	app_choose(s->app, item);
}

static void
unfold(struct state *s, const struct dossier *d, bool on)
{
	size_t row = dossier_read(d, s->tall.cursor);

	s->unfolded = on ? row : s->unfolded == row ? NO_ROW : s->unfolded;
	tall_to(&s->tall, s->tall.cursor);
}

static enum act_result
open_row(struct state *s, const struct dossier *d)
{
	struct row row;

	if (s->tall.cursor >= dossier_rows(d))
		return ACT_DONE;
	row = text_row(d, s->tall.cursor);
	if (text_is_of_message(&row))
		open_message(s, &row);
	else
		unfold(s, d, s->unfolded != dossier_read(d, s->tall.cursor));
	return ACT_DONE;
}

/* The next row on, or back, of a finding. */
static void
go_to_finding(struct state *s, const struct dossier *d, bool back)
{
	size_t n = dossier_rows(d);

	for (size_t place = s->tall.cursor; back ? place-- > 0 : ++place < n; ) {
		if (text_row(d, place).kind != ROW_FINDING)
			continue;
		s->follow = false;
		tall_to(&s->tall, place);
		if (!s->explains)
			unfold(s, d, true);
		return;
	}
	app_say(s->app, STYLE_DIM, dossier_findings(d) == 0 ? "no finding in this session; 6 lists those of all"
	    : back ? "no finding above" : "no finding below; 6 lists those of all sessions");
}

/* What holds for whatever is shown. */
static enum act_result
turn(struct state *s, enum action action)
{
	switch (action) {
	case ACTION_RAW:
		s->raw = !s->raw;
		app_say(s->app, STYLE_DIM, s->raw ? "exact: line ends, blanks at the end, ¦ where a segment began" : "as people read it");
		return ACT_DONE;
	case ACTION_HEX:
		s->hex = !s->hex;
		return ACT_DONE;
	case ACTION_FOLLOW:
		s->follow = !s->follow;
		app_say(s->app, STYLE_DIM, s->follow ? "stays at the end" : "stays where it is");
		return ACT_DONE;
	default:
		return ACT_NOT_MINE;
	}
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;
	const struct dossier *d = app_dossier(s->app);

	if (d == NULL || dossier_rows(d) == 0)
		return turn(s, action);
	catch_up(s, d);
	if (tall_act(&s->tall, action)) {
		s->follow &= action == ACTION_LAST;
		choose_message(s, d);
		return ACT_DONE;
	}
	switch (action) {
	case ACTION_OPEN:
		return open_row(s, d);
	case ACTION_RIGHT:
		unfold(s, d, true);
		return ACT_DONE;
	case ACTION_LEFT:
		unfold(s, d, false);
		return ACT_DONE;
	case ACTION_NEXT_FINDING:
	case ACTION_PREVIOUS_FINDING:
		go_to_finding(s, d, action == ACTION_PREVIOUS_FINDING);
		return ACT_DONE;
	default:
		return turn(s, action);
	}
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;
	const struct dossier *d = app_dossier(s->app);
	size_t place;

	if (d == NULL || m->x >= s->look.width || !tall_mouse(&s->tall, m, s->top, &place))
		return ACT_NOT_MINE;
	s->follow = false;
	return m->kind == MOUSE_DOUBLE && place != NO_ROW ? open_row(s, d) : ACT_DONE;
}

static bool
row_has(const struct row *row, slice words)
{
	return slice_icontains(row->text, words) || slice_icontains(row->answers, words)
	    || (row->kind == ROW_FINDING && slice_icontains(slice_of(finding_info(row->finding)->id), words));
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;
	const struct dossier *d = app_dossier(s->app);
	size_t n = d != NULL ? dossier_rows(d) : 0, place = s->tall.cursor;

	if (n > 0)
		catch_up(s, d);
	for (size_t i = 0; i < n; i++) {
		struct row row;

		place = backwards ? (place > 0 ? place : n) - 1 : place + 1 < n ? place + 1 : 0;
		row = text_row(d, place);
		if (!row_has(&row, words))
			continue;
		s->follow = false;
		tall_to(&s->tall, place);
		return true;
	}
	return false;
}

static void
status(void *self, struct buf *out)
{
	struct state *s = self;

	session_status(s->app, s->tall.cursor, s->tall.count, s->follow, out);
}

/* The whole transcript, a line a row. */
static void
text(void *self, struct buf *out)
{
	struct state *s = self;
	const struct dossier *d = app_dossier(s->app);
	struct sheet_look look;

	if (d == NULL || dossier_rows(d) == 0)
		return;
	set_look(s, d, LIMIT_CANVAS);
	look = s->look;
	look.one_line = true;
	for (size_t place = 0; place < dossier_rows(d); place++) {
		size_t index = dossier_read(d, place);
		struct row row = dossier_row(d, index), above;

		sheet_row(&s->sheet, &look, &row, index, text_row_above(d, place, &above) ? &above : NULL);
		sheet_print(&s->sheet, out);
	}
}

const struct view_ops view_text = {
	.name = "Transcript", .tab = "3Text", .where = IN_TEXT, .of_session = true,
	.useful = { ACTION_NEXT_SESSION, ACTION_NEXT_FINDING, ACTION_SEARCH, ACTION_RAW, ACTION_PRINT, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .draw = draw, .act = act,
	.mouse = mouse, .search = search, .status = status, .text = text,
};
