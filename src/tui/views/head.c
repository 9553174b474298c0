/*
 * head.c - the header of a message: its fields, decoded or as they were sent,
 * and the way that it came, with what each hop took.
 */
#include "base/limits.h"
#include "tui/mail/fields.h"
#include "tui/mail/step.h"
#include "tui/mail/way.h"
#include "tui/widgets/hex.h"
#include "tui/widgets/lines.h"
#include "tui/widgets/rule.h"
#include "tui/widgets/sheet_pane.h"

enum { LOW = 12, DETAILS_FROM = 18 };

enum fields_how { FIELDS_DECODED, FIELDS_RAW, FIELDS_HEX };

struct state {
	struct app *app;
	struct desk *desk;
	struct unit unit;
	uint32_t item;
	uint64_t version;
	bool there;
	struct content *content;	/* its header */
	size_t fields;			/* that the sheet was filled with */
	bool over;
	enum fields_how how;
	struct sheet_pane sheet;
	struct lines *lines;
	struct hex hex;
	struct way way;
	struct scroll hop;
	bool on_way;			/* the cursor is in the table */
	struct area all, fields_area, way_area;
};

static bool
note(void *self, size_t i, size_t *at_r, struct buf *words)
{
	const struct state *s = self;
	struct content_gap g;

	if (s->content == NULL || i >= content_gaps(s->content))
		return false;
	g = content_gap_at(s->content, i);
	*at_r = (size_t)g.at;
	buf_printf(words, "⋯ %llu bytes %s ⋯", (unsigned long long)g.missing,
	    g.let_go ? "were let go to make room" : "were not captured");
	return true;
}

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	s->item = NO_ITEM;
	s->desk = desk_new();
	s->lines = lines_new(&(struct lines_user){ .self = s, .note = note });
	s->hex.user = (struct hex_user){ s, note };
	sheet_pane_init(&s->sheet);
	way_init(&s->way);
}

static void
close_view(void *self)
{
	struct state *s = self;

	content_close(&s->content);
	lines_free(&s->lines);
	sheet_pane_fini(&s->sheet);
	way_fini(&s->way);
	desk_free(&s->desk);
}

/* --- which message --- */

static void
give_bytes(struct state *s)
{
	if (s->how == FIELDS_HEX)
		hex_bytes(&s->hex, content_bytes(s->content));
	else
		lines_text(s->lines, content_bytes(s->content), content_over(s->content));
	if (s->fields != content_fields(s->content) || s->over != content_over(s->content))
		s->sheet.width = 0;
	s->fields = content_fields(s->content);
	s->over = content_over(s->content);
}

static void
read_message(struct state *s)
{
	s->there = s->item != NO_ITEM && model_read(app_model(s->app), s->item, s->desk, &s->unit) && s->unit.message != NULL;
	s->sheet.width = 0;
	if (s->there)
		way_make(&s->way, &s->unit);
}

static void
show_from_beginning(struct state *s)
{
	sheet_pane_begin(&s->sheet);
	hex_begin(&s->hex);
	lines_begin(s->lines, LINES_EXACT);
	give_bytes(s);
}

static void
begin_message(struct state *s)
{
	content_close(&s->content);
	read_message(s);
	s->hop = (struct scroll){ .height = s->hop.height };
	s->content = content_open(app_model(s->app), s->item, 0, CONTENT_HEADER);
	show_from_beginning(s);
}

static void
refresh(void *self)
{
	struct state *s = self;
	uint32_t item = app_message(s->app);
	uint64_t version = item != NO_ITEM ? model_item_version(app_model(s->app), item) : 0;

	if (item != s->item || s->content == NULL) {
		s->item = item;
		s->version = version;
		begin_message(s);
	} else if (version != s->version) {
		s->version = version;
		read_message(s);
	}
}

static bool
work(void *self, nstime until)
{
	struct state *s = self;
	bool more;

	if (!s->there)
		return false;
	more = content_work(s->content, until);
	give_bytes(s);
	return (s->how == FIELDS_RAW && lines_work(s->lines, until)) || more;
}

/* --- drawing --- */

static void
draw_fields(struct state *s, struct area a)
{
	slice words = app_search_words(s->app);

	give_bytes(s);
	if (s->how == FIELDS_RAW)
		lines_draw(s->lines, area_part(a, 1, 0, a.width - 1, a.height), words);
	else if (s->how == FIELDS_HEX)
		hex_draw(&s->hex, area_part(a, 1, 0, a.width - 1, a.height), words);
	else {
		const struct app_options *o = app_options(s->app);
		const struct facts_look look = { .width = a.width, .live_links = o->live_links, .when = o->when };

		if (sheet_pane_fit(&s->sheet, a.width))
			fields_fill(&s->sheet.sheet, &look, s->unit.message, s->content);
		sheet_pane_draw(&s->sheet, a, words);
	}
}

static void
draw_fields_rule(struct state *s, struct area a)
{
	static const char *const modes[] = { "decoded", "as sent", "bytes" };
	struct buf title, right;

	buf_init(&title, 256);
	buf_init(&right, 256);
	buf_text(&title, "header");
	if (s->unit.message->index > 0 && s->unit.session->messages > 1)
		buf_printf(&title, " of message %u of %llu", s->unit.message->index, (unsigned long long)s->unit.session->messages);
	if (s->how == FIELDS_RAW)
		lines_status(s->lines, &right);
	else if (s->how == FIELDS_HEX)
		hex_status(&s->hex, &right);
	else
		sheet_pane_status(&s->sheet, &right);
	buf_text(&right, right.n > 0 ? " · " : "");
	buf_text(&right, modes[s->how]);
	rule_draw(a, 0, !s->on_way, buf_slice(&title), buf_slice(&right));
	buf_fini(&title);
	buf_fini(&right);
}

static void
draw_details(struct state *s, struct area a, int y)
{
	struct buf words;

	buf_init(&words, 4 * KiB);
	way_details(&s->way, s->hop.cursor, &words);
	canvas_text(a, 3, y, a.width - 3, STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

static void
draw_way(struct state *s, struct area a, bool details)
{
	struct buf title;
	int lines = a.height - 2 - details;

	buf_init(&title, 4 * KiB);
	way_total(&s->way, &title);
	rule_draw(a, 0, s->on_way, buf_slice(&title), SLICE_NONE);
	buf_fini(&title);
	if (a.height < 3)
		return;
	way_title(a, 1);
	s->way_area = area_part(a, 0, 2, a.width, lines);
	scroll_set(&s->hop, s->way.n, lines);
	for (int y = 0; y < lines && s->hop.top + (size_t)y < s->way.n; y++) {
		way_draw(&s->way, s->way_area, y, s->hop.top + (size_t)y);
		if (s->on_way && s->hop.top + (size_t)y == s->hop.cursor)
			canvas_select(s->way_area, y);
	}
	if (details)
		draw_details(s, a, a.height - 1);
}

static void
draw_nothing(const struct state *s, struct area a)
{
	const char *why = "No session is chosen";

	if (s->item != NO_ITEM)
		why = "What was known of this message was let go to make room";
	else if (app_session(s->app) != NO_ITEM)
		why = "No message came in this session";
	canvas_words(a, 1, a.height / 3, STYLE_DIM, why);
}

/* Lines for the table: all of it, or two fifths; on a low screen only while the cursor is in it. */
static int
way_lines(const struct state *s, int height, bool details)
{
	int want = (int)s->way.n + 2 + details, most = 2 * height / 5;

	if (height < LOW)
		return s->on_way ? height : 0;
	if (s->on_way && want > most)
		most = 3 * height / 5;
	return want < most ? want : most;
}

static void
draw(void *self, struct area a)
{
	struct state *s = self;
	bool details = s->on_way && a.height >= DETAILS_FROM;
	int lines;

	s->all = a;
	s->fields_area = s->way_area = (struct area){ .canvas = a.canvas };
	if (!s->there) {
		draw_nothing(s, a);
		return;
	}
	lines = way_lines(s, a.height, details);
	s->fields_area = area_part(a, 0, 1, a.width, a.height - lines - 1);
	if (lines < a.height) {
		draw_fields(s, s->fields_area);
		draw_fields_rule(s, a);
	}
	if (lines > 0)
		draw_way(s, area_part(a, 0, a.height - lines, a.width, lines), details);
}

/* --- keys --- */

static enum act_result
turn(struct state *s, enum fields_how how)
{
	s->how = s->how == how ? FIELDS_DECODED : how;
	s->on_way = false;
	show_from_beginning(s);
	return ACT_DONE;
}

static bool
move_fields(struct state *s, enum action action)
{
	if (s->how == FIELDS_RAW)
		return lines_act(s->lines, action);
	return s->how == FIELDS_HEX ? hex_act(&s->hex, action) : sheet_pane_act(&s->sheet, action);
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;

	if (!s->there)
		return ACT_NOT_MINE;
	switch (action) {
	case ACTION_NEXT_SESSION:
	case ACTION_PREVIOUS_SESSION:
		return step_message(s->app, action == ACTION_PREVIOUS_SESSION) ? ACT_DONE : ACT_NOT_MINE;
	case ACTION_PANE:
		s->on_way = !s->on_way;
		return ACT_DONE;
	case ACTION_HEX:
		return turn(s, FIELDS_HEX);
	case ACTION_RAW:
		return turn(s, FIELDS_RAW);
	default:
		break;
	}
	if (s->on_way ? scroll_act(&s->hop, action) : move_fields(s, action))
		return ACT_DONE;
	return ACT_NOT_MINE;
}

static bool
is_in(const struct state *s, struct area part, const struct mouse *m)
{
	int x = m->x + s->all.x - part.x, y = m->y + s->all.y - part.y;

	return x >= 0 && y >= 0 && x < part.width && y < part.height;
}

static bool
mouse_in_fields(struct state *s, const struct mouse *m)
{
	if (s->how == FIELDS_RAW)
		return lines_mouse(s->lines, m);
	return s->how == FIELDS_HEX ? hex_mouse(&s->hex, m) : sheet_pane_mouse(&s->sheet, m);
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;
	bool click = m->kind == MOUSE_CLICK || m->kind == MOUSE_DOUBLE, done;

	if (!s->there)
		return ACT_NOT_MINE;
	if (is_in(s, s->way_area, m))
		done = scroll_mouse(&s->hop, m, s->way_area.y - s->all.y);
	else if (is_in(s, s->fields_area, m))
		done = mouse_in_fields(s, m) || click;
	else
		return ACT_NOT_MINE;
	if (click)
		s->on_way = is_in(s, s->way_area, m);
	return done ? ACT_DONE : ACT_NOT_MINE;
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;

	if (!s->there)
		return false;
	s->on_way = false;
	if (s->how == FIELDS_RAW)
		return lines_search(s->lines, words, backwards);
	return s->how == FIELDS_HEX ? hex_search(&s->hex, words, backwards) : sheet_pane_search(&s->sheet, words, backwards);
}

static void
status(void *self, struct buf *out)
{
	const struct state *s = self;

	if (s->there)
		buf_printf(out, "%zu field%s", content_fields(s->content), content_fields(s->content) == 1 ? "" : "s");
}

static void
text(void *self, struct buf *out)
{
	struct state *s = self;

	if (!s->there)
		return;
	if (s->how == FIELDS_DECODED)
		sheet_print(&s->sheet.sheet, out);
	else
		buf_add(out, content_bytes(s->content));
}

static bool
is_empty(const void *self)
{
	const struct state *s = self;

	return !s->there;
}

const struct view_ops view_head = {
	.name = "Headers", .tab = "5Head", .where = IN_HEAD, .of_session = true,
	.useful = { ACTION_PANE, ACTION_RAW, ACTION_SEARCH, ACTION_NEXT_SESSION, ACTION_SAVE, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .work = work, .draw = draw,
	.act = act, .mouse = mouse, .search = search, .status = status, .text = text,
	.is_empty = is_empty,
};
