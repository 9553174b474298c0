/*
 * list.c - view 1: sessions, or messages.
 *
 * The cursor stands on an item, not on a place: while others come in before
 * it, are filtered away or sorted anew, it stays with its item as long as that
 * is shown. Its session is the one that all other views show.
 *
 * list_table.c draws rows, list_columns.c lays them out, list_preview.c is the
 * pane below, list_empty.c says why there is nothing.
 */
#include "base/limits.h"
#include "base/machine.h"
#include "base/words.h"
#include "list_empty.h"
#include "list_preview.h"
#include "list_table.h"
#include "tui/columns_dialog.h"
#include "tui/view.h"

enum {
	HIGH = 26,			/* lines of a view that has a preview unless somebody says no … */
	SPARE = 8,			/* … as has one of which the list leaves so many */
	PREVIEW_LEAST = 5, ROWS_LEAST = 4,
	STEP = 2			/* columns, of + and - */
};

struct state {
	struct app *app;
	struct list_table table;
	struct list_preview preview;
	struct scroll scroll;
	uint32_t item;			/* under the cursor, or NO_ITEM */
	bool follow;			/* stay at the end … */
	bool last;			/* … only until the list, which is being made, has one */
	bool focus;			/* keys go to the preview */
	bool searching;
	int rows;			/* as drawn last, without titles */
	int preview_y;			/* where the preview begins, or 0: there is none */
};

static bool
is_messages(const struct state *s)
{
	return list_kind_of(app_list(s->app)) == LIST_MESSAGES;
}

/* --- preferences --- */

static const char *
columns_key(const struct state *s)
{
	return is_messages(s) ? "columns.messages" : "columns.sessions";
}

static void
load_columns(struct state *s)
{
	slice text = config_get(app_config(s->app), columns_key(s), "");
	struct buf why;

	buf_init(&why, KiB);
	if (!list_columns_parse(&s->table.columns, text, &why))
		list_columns_parse(&s->table.columns, slice_of(columns_default(is_messages(s))), &why);
	buf_fini(&why);
}

/* What is as at first is not remembered: a later version may know better. */
static void
columns_changed(void *self)
{
	struct state *s = self;
	struct buf text;

	buf_init(&text, LIMIT_CONFIG);
	list_columns_print(&s->table.columns, &text);
	if (slice_eq(buf_slice(&text), slice_of(columns_default(is_messages(s)))))
		buf_clear(&text);
	config_set(app_config(s->app), columns_key(s), buf_slice(&text));
	buf_fini(&text);
}

static void
sort_by(struct state *s, const struct column *c, bool descending)
{
	struct buf text;

	list_sort(app_list(s->app), c, descending);
	buf_init(&text, KiB);
	if (c != NULL || descending)
		buf_printf(&text, "%s %s", c != NULL ? c->name : "number", descending ? "desc" : "asc");
	config_set(app_config(s->app), "sort", buf_slice(&text));
	buf_fini(&text);
}

/* "wait desc". Without a direction it is the column's own; the number is the order in which they came. */
static bool
parse_sort(slice text, const struct column **c_r, bool *descending_r)
{
	slice name, direction = SLICE_NONE;

	slice_cut(slice_trim(text), ' ', &name, &direction);
	direction = slice_trim(direction);
	*c_r = column_find(name);
	*descending_r = direction.n > 0 ? slice_istarts(direction, S("desc")) : *c_r != NULL && (*c_r)->worst_first;
	if (*c_r == NULL && name.n > 0)
		return false;
	if (name.n == 0 || slice_eq(name, S("number")))
		*c_r = NULL;
	return direction.n == 0 || *descending_r || slice_istarts(direction, S("asc"));
}

static void
load_sort(struct state *s)
{
	const struct column *c;
	bool descending;

	if (parse_sort(config_get(app_config(s->app), "sort", ""), &c, &descending))
		list_sort(app_list(s->app), c, descending);
}

/* --- open, close --- */

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	s->item = NO_ITEM;
	s->follow = app_options(app)->live;
	list_table_init(&s->table, app);
	list_preview_init(&s->preview, app);
	load_columns(s);
	if (!s->follow)			/* what is followed stands in the order in which it comes */
		load_sort(s);
}

static void
close_view(void *self)
{
	struct state *s = self;

	list_table_fini(&s->table);
	list_preview_fini(&s->preview);
}

/* --- the cursor --- */

static void
choose(struct state *s, size_t place)
{
	uint32_t item = list_at(app_list(s->app), place);

	if (item == NO_ITEM)
		return;
	if (item != s->item || app_session(s->app) == NO_ITEM)
		app_choose(s->app, item);
	s->item = item;
}

/* What another view, or J and K, have chosen meanwhile. */
static void
follow_choice(struct state *s)
{
	uint32_t chosen = is_messages(s) && app_message(s->app) != NO_ITEM ? app_message(s->app) : app_session(s->app);

	if (chosen != NO_ITEM)
		s->item = chosen;
}

/*
 * Puts the cursor where its item is, at the same height of the screen. While the list is being made anew the item may not be
 * there yet; only then the nearest one is the cursor's without being chosen.
 */
static void
find_cursor(struct state *s, int height)
{
	struct list *list = app_list(s->app);
	size_t count = list_count(list), at = 0, above = s->scroll.cursor - s->scroll.top;

	if ((s->follow || s->last) && count > 0)
		at = count - 1;
	else if (s->item != NO_ITEM && count > 0)
		at = list_find(list, s->item);
	s->scroll.cursor = at;
	s->scroll.top = at > above ? at - above : 0;
	scroll_set(&s->scroll, count, height);
	s->last = s->last && list_is_busy(list);
	if (count > 0 && (s->follow || s->item == NO_ITEM || !list_is_busy(list)))
		choose(s, s->scroll.cursor);
}

static void
refresh(void *self)
{
	struct state *s = self;

	follow_choice(s);
}

/* --- drawing --- */

/* Lines that rows need, as far as anybody has so many. */
static int
rows_needed(const struct state *s)
{
	size_t count = list_count(app_list(s->app));

	return count < LIMIT_CANVAS ? (int)count : LIMIT_CANVAS;
}

static bool
is_spacious(const struct state *s, int height)
{
	return model_over(app_model(s->app)) && 1 + rows_needed(s) + SPARE <= height;
}

static bool
shows_preview(const struct state *s, int height)
{
	slice said = config_get(app_config(s->app), "preview", "");

	if (rows_needed(s) == 0 || height < 1 + ROWS_LEAST + 1 + PREVIEW_LEAST || slice_eq(said, S("no")))
		return false;
	return height >= HIGH || slice_eq(said, S("yes")) || is_spacious(s, height);
}

/* Less than half, and what the list does not need. */
static int
preview_height(const struct state *s, int height)
{
	int preview = height * 45 / 100, spare = height - 1 - (rows_needed(s) > ROWS_LEAST ? rows_needed(s) : ROWS_LEAST);

	if (!shows_preview(s, height))
		return 0;
	if (spare > preview || is_spacious(s, height))
		return spare;
	return preview > 1 + PREVIEW_LEAST ? preview : 1 + PREVIEW_LEAST;
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;
	int preview = preview_height(s, area.height), height = area.height - preview;

	s->rows = height > 1 ? height - 1 : 1;
	s->preview_y = preview > 0 ? height : 0;
	s->focus = s->focus && preview > 0;
	find_cursor(s, s->rows);
	list_table_draw(&s->table, area_part(area, 0, 0, area.width, height), s->scroll.top, s->rows,
	    s->scroll.count > 0 ? s->scroll.cursor : SIZE_MAX);
	if (s->scroll.count == 0)
		list_empty_draw(s->app, area_part(area, 0, 1, area.width, height - 1));
	if (preview > 0)
		list_preview_draw(&s->preview, area_part(area, 0, height, area.width, preview), s->item, s->focus);
}

static void
status(void *self, struct buf *out)
{
	struct state *s = self;
	struct list *list = app_list(s->app);
	const struct column *sorted;
	const struct column *shown[LIST_COLUMNS_MOST];
	size_t nshown = list_table_shown(&s->table, shown), total = list_total(list), count = list_count(list);
	char number[WORDS_NUMBER];
	bool descending, visible = false;

	if (model_marked(app_model(s->app)) > 0)
		buf_printf(out, "%s marked · ", words_number(model_marked(app_model(s->app)), number));
	sorted = list_sorted_by(list, &descending);
	for (size_t i = 0; i < nshown; i++)
		visible |= shown[i] == sorted;
	if (sorted != NULL && !visible)
		buf_printf(out, "by %s · ", sorted->name);
	if (count == 0 && total == 0)
		return;
	if (s->follow)
		buf_text(out, "follow · ");
	buf_printf(out, "%s%s/", is_messages(s) ? "mails " : "", words_number(count > 0 ? s->scroll.cursor + 1 : 0, number));
	buf_text(out, words_number(count, number));
	if (count != total)
		buf_printf(out, " of %s", words_number(total, number));
}

/* --- actions --- */

/* The columns from left to right, and in front of them the order in which sessions came. */
static void
sort_beside(struct state *s, bool left)
{
	const struct column *shown[LIST_COLUMNS_MOST];
	bool descending;
	const struct column *now = list_sorted_by(app_list(s->app), &descending);
	size_t n = list_table_shown(&s->table, shown), at = 0;	/* 0: as they came */

	for (size_t i = 0; i < n; i++)
		if (shown[i] == now)
			at = i + 1;
	at = left ? (at == 0 ? n : at - 1) : at == n ? 0 : at + 1;
	if (at > 0 && slice_eq(slice_of(shown[at - 1]->name), S("number")))	/* that is as they came */
		at = left ? at - 1 : at < n ? at + 1 : 0;
	sort_by(s, at == 0 ? NULL : shown[at - 1], at > 0 && shown[at - 1]->worst_first);
	if (at == 0)
		app_say(s->app, STYLE_INFO, "In the order in which they came");
	else
		app_say(s->app, STYLE_INFO, "Sorted by %s, %s first: I turns it around", shown[at - 1]->name, shown[at - 1]->worst_first ? "the highest" : "the lowest");
}

static void
turn_sort(struct state *s)
{
	bool descending;
	const struct column *now = list_sorted_by(app_list(s->app), &descending);

	sort_by(s, now, !descending);
}

/* Of the column that is sorted by, else of the first one that takes what is left. */
static void
widen(struct state *s, int by)
{
	bool descending;
	struct list_columns *l = &s->table.columns;
	const struct column *sorted = list_sorted_by(app_list(s->app), &descending);
	struct list_column *c = sorted != NULL ? list_columns_find(l, sorted) : NULL;

	for (size_t i = 0; c == NULL && i < l->n; i++)
		if (l->v[i].is->wide == 0 && l->v[i].width > 0)
			c = &l->v[i];
	if (c == NULL)
		return;
	c->chosen = (c->width > 0 ? c->width : c->is->narrow) + by;
	if (c->chosen < 1)
		c->chosen = 1;
	columns_changed(s);
	app_say(s->app, STYLE_INFO, "%s is %d columns wide (= in t forgets all widths)", c->is->title, c->chosen);
}

static void
turn_kind(struct state *s)
{
	list_kind(app_list(s->app), is_messages(s) ? LIST_SESSIONS : LIST_MESSAGES);
	follow_choice(s);
	load_columns(s);
}

static void
turn_preview(struct state *s)
{
	bool shown = s->preview_y > 0;

	config_set(app_config(s->app), "preview", shown ? S("no") : S("yes"));
	if (!shown && s->rows < ROWS_LEAST + 1 + PREVIEW_LEAST)
		app_say(s->app, STYLE_INFO, "The screen is too low for a preview: 3 shows the transcript");
}

static void
mark(struct state *s)
{
	const struct item *is = s->item != NO_ITEM ? model_item(app_model(s->app), s->item) : NULL;

	if (is == NULL)
		return;
	model_mark(app_model(s->app), s->item, !is->marked);
	s->follow = false;
	scroll_act(&s->scroll, ACTION_DOWN);
	choose(s, s->scroll.cursor);
}

static void
unmark_all(struct state *s)
{
	struct model *model = app_model(s->app);

	for (uint32_t i = model_first(model); i < model_end(model) && model_marked(model) > 0; i++)
		model_mark(model, i, false);
}

static void
open_item(struct state *s)
{
	const struct item *is = s->item != NO_ITEM ? model_item(app_model(s->app), s->item) : NULL;

	if (is == NULL)
		return;
	app_choose(s->app, s->item);
	app_show(s->app, is->kind == ITEM_MESSAGE ? ACTION_VIEW_MAIL : is->kind == ITEM_ATTEMPT ? ACTION_VIEW_TEXT : ACTION_VIEW_LADDER);
}

static bool
move(struct state *s, enum action action)
{
	if (s->focus)
		return list_preview_act(&s->preview, action);
	scroll_set(&s->scroll, list_count(app_list(s->app)), s->rows > 0 ? s->rows : 1);
	if (!scroll_act(&s->scroll, action))
		return false;
	s->follow = s->follow && action == ACTION_LAST;
	s->last = action == ACTION_LAST && list_is_busy(app_list(s->app));
	choose(s, s->scroll.cursor);
	return true;
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;

	if (move(s, action))
		return ACT_DONE;
	switch (action) {
	case ACTION_OPEN: open_item(s); break;
	case ACTION_KIND: turn_kind(s); break;
	case ACTION_SORT_LEFT: sort_beside(s, true); break;
	case ACTION_SORT_RIGHT: sort_beside(s, false); break;
	case ACTION_SORT_TURN: turn_sort(s); break;
	case ACTION_WIDER: widen(s, STEP); break;
	case ACTION_NARROWER: widen(s, -STEP); break;
	case ACTION_COLUMNS: columns_dialog_open(s->app, &s->table.columns, is_messages(s), columns_changed, s); break;
	case ACTION_PREVIEW: turn_preview(s); break;
	case ACTION_MARK: mark(s); break;
	case ACTION_MARK_NONE: unmark_all(s); break;
	case ACTION_FOLLOW: s->follow = !s->follow; break;
	case ACTION_PANE: s->focus = !s->focus && s->preview_y > 0; break;
	default: return ACT_NOT_MINE;
	}
	return ACT_DONE;
}

/* --- mouse --- */

static void
click_title(struct state *s, int x)
{
	const struct column *c = list_table_at(&s->table, x);
	bool descending;

	if (c == NULL)
		return;
	if (slice_eq(slice_of(c->name), S("number")))
		c = NULL;
	if (c == list_sorted_by(app_list(s->app), &descending))
		sort_by(s, c, !descending);
	else
		sort_by(s, c, c != NULL && c->worst_first);
}

static enum act_result
mouse_at(void *self, const struct mouse *m)
{
	struct state *s = self;
	bool wheel = m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN;

	if (s->preview_y > 0 && m->y >= s->preview_y) {
		s->focus = !wheel;
		if (wheel)
			list_preview_wheel(&s->preview, m->kind == MOUSE_WHEEL_DOWN);
		return ACT_DONE;
	}
	s->focus = false;
	if (m->y == 0 && !wheel) {
		click_title(s, m->x);
		return ACT_DONE;
	}
	if (!scroll_mouse(&s->scroll, m, 1))
		return ACT_NOT_MINE;
	s->follow = false;
	choose(s, s->scroll.cursor);
	if (m->kind == MOUSE_DOUBLE)
		open_item(s);
	return ACT_DONE;
}

/* --- searching --- */

/* Moves there, if the search is over. False: nowhere. */
static bool
go_to_found(struct state *s)
{
	size_t at;
	enum list_found found = list_searched(app_list(s->app), &at);

	s->searching = found == LIST_SEARCHING;
	if (found == LIST_NOT_FOUND)
		return false;
	if (found == LIST_SEARCHING)
		return true;
	s->follow = false;
	scroll_to(&s->scroll, at);
	choose(s, at);
	if (found == LIST_FOUND_ROUND)
		app_say(s->app, STYLE_INFO, "Found round the end of the list");
	return true;
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;
	const struct column *shown[LIST_COLUMNS_MOST];
	size_t n = list_table_shown(&s->table, shown);

	list_search(app_list(s->app), words, s->scroll.cursor, backwards, shown, n);
	list_work(app_list(s->app), machine_steady() + 20 * NSTIME_MS);
	return go_to_found(s);
}

static bool
work(void *self, nstime until)
{
	struct state *s = self;

	if (s->searching && !go_to_found(s)) {
		slice words = app_search_words(s->app);

		app_say(s->app, STYLE_LATER, "Not found: %.*s", (int)words.n, (const char *)words.p);
	}
	return list_table_work(&s->table, until) || s->searching;
}

/* --- by name --- */

static bool
command_columns(struct state *s, slice names, struct buf *why)
{
	slice text = slice_trim(names);

	if (!list_columns_parse(&s->table.columns, text.n > 0 ? text : slice_of(columns_default(is_messages(s))), why))
		return false;
	columns_changed(s);
	return true;
}

static enum act_result
command(void *self, slice word, slice argument, struct buf *why)
{
	struct state *s = self;
	const struct column *c;
	bool descending;

	if (slice_eq(word, S("columns"))) {
		command_columns(s, argument, why);
		return ACT_DONE;
	}
	if (!slice_eq(word, S("sort")))
		return ACT_NOT_MINE;
	if (parse_sort(argument, &c, &descending)) {
		sort_by(s, c, descending);
	} else if (c == NULL) {
		slice name, rest;

		slice_cut(slice_trim(argument), ' ', &name, &rest);
		buf_text(why, "There is no column ");
		buf_add(why, name);
		nearest_fields(why, name);
	} else {
		buf_text(why, "sort takes a column, and desc to have the highest first");
	}
	return ACT_DONE;
}

const struct view_ops view_list = {
	.name = "Sessions", .tab = "1Sess", .where = IN_LIST, .of_session = false,
	.useful = { ACTION_OPEN, ACTION_FILTER, ACTION_TROUBLE, ACTION_KIND, ACTION_SAVE, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .work = work, .draw = draw,
	.act = act, .mouse = mouse_at, .search = search, .command = command, .status = status,
};
