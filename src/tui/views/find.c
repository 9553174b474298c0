/*
 * find.c - findings: what is wrong, the worst first.
 *
 * Of few each stands on a line. Of many those of one name stand under it, and
 * unfold. What is known of the one under the cursor stands in a pane; Enter
 * shows its bytes in the transcript.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/machine.h"
#include "base/words.h"
#include "find_words.h"
#include "model/list/column.h"
#include "tui/view.h"
#include "tui/widgets/explain.h"
#include "tui/widgets/pane.h"

static const struct pane_size pane_size = { .wide = 130, .high = 17, .lines = 8 };

enum {
	MANY = 300,			/* findings that are put under their names unless somebody wants it otherwise */
	ID_LEAST = 12, ID_SHARE = 36,	/* columns of the names: at least, and of a hundred at most */
	COUNT_WIDTH = 7,
	WIDE = 100			/* columns from which there is room for times */
};

#define SEARCH_AT_ONCE  (20 * NSTIME_MS)

enum grouping { AS_MANY, EACH, UNDER_NAMES };

struct state {
	struct app *app;
	struct finding_list *list;
	struct find_words *words;
	struct sheet sheet;
	struct scroll scroll;
	struct finding_line at;		/* under the cursor */
	bool moved;			/* the user went to it: it stays under the cursor whatever comes above */
	bool one_session;
	enum grouping grouping;
	int top, width;			/* the line where findings begin, and their columns */
	/* a search that goes on */
	struct buf sought;
	size_t place, left;
	bool searching, backwards;
};

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	s->list = finding_list_new(app_model(app));
	s->words = find_words_new(app_model(app));
	sheet_init(&s->sheet);
	buf_init(&s->sought, LIMIT_PROMPT);
}

static void
close_view(void *self)
{
	struct state *s = self;

	finding_list_free(&s->list);
	find_words_free(&s->words);
	sheet_fini(&s->sheet);
	buf_fini(&s->sought);
}

static uint64_t
session_number(const struct state *s)
{
	const struct item *item = model_item(app_model(s->app), app_session(s->app));

	return item != NULL ? item->number : 0;
}

static bool
is_grouped(const struct state *s)
{
	return s->grouping == UNDER_NAMES || (s->grouping == AS_MANY && !s->one_session && model_findings(app_model(s->app)) > MANY);
}

/* Where the cursor's finding stands now. */
static void
keep_cursor(struct state *s)
{
	size_t n = finding_list_count(s->list);

	scroll_set(&s->scroll, n, s->scroll.height);
	if (n > 0 && s->moved)
		scroll_to(&s->scroll, finding_list_find(s->list, &s->at));
}

static void
note_cursor(struct state *s)
{
	if (s->scroll.cursor < finding_list_count(s->list))
		s->at = finding_list_at(s->list, s->scroll.cursor);
}

static void
refresh(void *self)
{
	struct state *s = self;
	struct finding_scope scope = {
		.session = s->one_session ? session_number(s) : 0, .least = app_trouble(s->app) ? WARNING : INFO, .grouped = is_grouped(s),
	};

	finding_list_scope(s->list, &scope);
	keep_cursor(s);
}

static bool
line_has(struct state *s, size_t line, slice sought)
{
	struct finding_line l = finding_list_at(s->list, line);
	slice words;

	if (slice_icontains(slice_of(finding_info(l.finding)->id), sought))
		return true;
	if (l.is_name)
		return slice_icontains(slice_of(finding_info(l.finding)->seen), sought);
	find_words_of(s->words, &l, &words);
	return slice_icontains(words, sought);
}

/* Goes on with a search. 1: found; 0: nowhere; -1: there is more to look at. */
static int
search_on(struct state *s, nstime until)
{
	size_t n = finding_list_count(s->list);

	while (s->left > 0 && n > 0) {
		s->left--;
		s->place = s->backwards ? (s->place > 0 && s->place < n ? s->place : n) - 1 : s->place + 1 < n ? s->place + 1 : 0;
		if (line_has(s, s->place, buf_slice(&s->sought))) {
			scroll_to(&s->scroll, s->place);
			s->moved = true;
			note_cursor(s);
			return 1;
		}
		if (s->left % 32 == 0 && machine_steady() >= until)
			return -1;
	}
	return 0;
}

static bool
work(void *self, nstime until)
{
	struct state *s = self;
	bool more;

	refresh(s);			/* `!` and J tell nobody */
	more = finding_list_work(s->list, until);
	keep_cursor(s);
	if (!s->searching || more)
		return more;
	switch (search_on(s, until)) {
	case -1:
		return true;
	case 0:
		app_say(s->app, STYLE_LATER, "not found");
		break;
	}
	s->searching = false;
	return false;
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;
	int found;

	buf_clear(&s->sought);
	buf_add(&s->sought, words);
	s->backwards = backwards;
	s->place = s->scroll.cursor;
	s->left = finding_list_count(s->list);
	found = search_on(s, machine_steady() + SEARCH_AT_ONCE);
	s->searching = found < 0;
	return found != 0;
}

static int
add_text(struct area area, int x, int y, enum style style, const char *text)
{
	return x + canvas_text(area, x, y, area.width - x, style, slice_of(text));
}

/* "24 findings: 3 alert, 12 warning …", and of what. */
static void
draw_summary(struct state *s, struct area area)
{
	char number[WORDS_NUMBER], text[64];
	const char *between = ": ";
	size_t n = finding_list_shown(s->list);
	int x = 1;

	x = add_text(area, x, 0, STYLE_TITLE, words_number(n, number));
	x = add_text(area, x, 0, STYLE_TITLE, n == 1 ? " finding" : " findings");
	for (enum severity severity = ALERT; severity >= INFO; severity--) {
		size_t count = finding_list_severity(s->list, severity);

		if (count == 0)
			continue;
		x = add_text(area, x, 0, STYLE_DIM, between);
		x = add_text(area, x, 0, sheet_severity(severity), words_number(count, number));
		x = add_text(area, x, 0, sheet_severity(severity), " ");
		x = add_text(area, x, 0, sheet_severity(severity), severity_name(severity));
		x = add_text(area, x, 0, sheet_severity(severity), count > 1 && severity != INFO ? "s" : "");
		between = ", ";
	}
	if (s->one_session)
		snprintf(text, sizeof text, " · of session %" PRIu64, session_number(s));
	else
		snprintf(text, sizeof text, " · of all sessions");
	x = add_text(area, x, 0, STYLE_DIM, text);
	if (finding_list_gone(s->list) > 0) {
		x = add_text(area, x, 0, STYLE_LOST, " the oldest ");
		x = add_text(area, x, 0, STYLE_LOST, words_number(finding_list_gone(s->list), number));
		add_text(area, x, 0, STYLE_LOST, " were let go ");
	}
}

/* What was looked for: the first words of all ids. */
static void
say_families(struct buf *out)
{
	slice before = SLICE_NONE;

	for (int f = 0; f < FINDINGS; f++) {
		slice id = slice_of(finding_info((enum finding)f)->id), family, rest;

		slice_cut(id, '.', &family, &rest);
		if (slice_eq(family, before))
			continue;
		if (before.n > 0)
			buf_add(out, S(", "));
		buf_add(out, family);
		before = family;
	}
}

static void
draw_nothing(struct state *s, struct area area)
{
	size_t all = model_findings(app_model(s->app));
	struct buf words;
	char number[WORDS_NUMBER];

	buf_init(&words, LIMIT_PROMPT);
	if (!model_over(app_model(s->app)))
		buf_add(&words, S("Nothing was found so far"));
	else
		buf_add(&words, S("Nothing was found"));
	if (s->one_session)
		buf_printf(&words, " in session %" PRIu64, session_number(s));
	if (app_trouble(s->app))
		buf_add(&words, S(" that is a warning or worse"));
	canvas_text(area, 2, 1, area.width - 3, STYLE_TITLE, buf_slice(&words));
	buf_clear(&words);
	if (all > 0 && s->one_session)
		buf_printf(&words, "a shows the %s of all sessions", words_number(all, number));
	else if (all > 0)
		buf_printf(&words, "! shows the %s that are less", words_number(all, number));
	else {
		buf_add(&words, S("Looked for: "));
		say_families(&words);
	}
	canvas_text(area, 2, 2, area.width - 3, STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}


/* "9.1": session and message; of none "–". */
static void
say_session(const struct finding_line *l, char *text, size_t size)
{
	if (l->what.is.session == 0)
		snprintf(text, size, "–");
	else if (l->what.is.index == 0)
		snprintf(text, size, "#%" PRIu64, l->what.is.session);
	else
		snprintf(text, size, "#%" PRIu64 ".%u", l->what.is.session, l->what.is.index);
}

/* Columns of names and of sessions: as wide as the widest that is in sight, names up to a share of the line. */
struct widths { int id, session; };

static struct widths
measure(const struct state *s, int width)
{
	struct widths w = { ID_LEAST, 0 };
	size_t n = finding_list_count(s->list);
	int most = width * ID_SHARE / 100;

	for (size_t i = s->scroll.top; i < n && i < s->scroll.top + (size_t)s->scroll.height; i++) {
		struct finding_line l = finding_list_at(s->list, i);
		int columns = (int)strlen(finding_info(l.finding)->id);
		char text[NSTIME_TEXT];

		w.id = columns > w.id ? columns : w.id;
		if (!l.is_name)
			say_session(&l, text, sizeof text);
		columns = l.is_name ? COUNT_WIDTH : text_columns(slice_of(text));
		w.session = columns > w.session ? columns : w.session;
	}
	if (w.id > most)
		w.id = most > ID_LEAST ? most : ID_LEAST;
	return w;
}

/* A list has no session that times could count from: those are the clock's. */
static struct when
clock_of(const struct state *s)
{
	struct when when = app_options(s->app)->when;

	if (when.format == TIME_RELATIVE || when.format == TIME_DELTA) {
		when.format = TIME_UTC_CLOCK;
		when.digits = 3;
	}
	return when;
}

static void
draw_name(const struct finding_line *l, struct area area, int y, const struct widths *w)
{
	const struct finding_info *info = finding_info(l->finding);
	char number[WORDS_NUMBER];
	int x = 5 + w->id + 2;

	canvas_put(area, 1, y, l->unfolded ? 0x25be : 0x25b8, STYLE_LINK);
	canvas_text(area, 3, y, 1, sheet_severity(info->severity), slice_of(severity_letter(info->severity)));
	canvas_text(area, 5, y, w->id, STYLE_TITLE, slice_of(info->id));
	canvas_right(area, x, y, w->session, STYLE_PLAIN, slice_of(words_number(l->count, number)));
	x += w->session + 2;
	canvas_text(area, x, y, area.width - x, STYLE_DIM, slice_of(info->seen));
}

static void
draw_finding(struct state *s, const struct finding_line *l, struct area area, int y, const struct widths *w)
{
	const struct finding_info *info = finding_info(l->finding);
	bool grouped = is_grouped(s), there;
	struct when when = clock_of(s);
	char text[NSTIME_TEXT];
	int x = grouped ? 5 + w->id + 2 : 3 + w->id + 2;
	slice words;

	if (!grouped) {
		canvas_text(area, 1, y, 1, sheet_severity(info->severity), slice_of(severity_letter(info->severity)));
		canvas_text(area, 3, y, w->id, STYLE_TITLE, slice_of(info->id));
	}
	say_session(l, text, sizeof text);
	canvas_right(area, x, y, w->session, l->what.is.session != 0 ? STYLE_LINK : STYLE_DIM, slice_of(text));
	x += w->session + 2;
	if (area.width >= WIDE && when.format != TIME_NONE)
		x += canvas_text(area, x, y, area.width - x, STYLE_DIM, slice_of(when_text(&when, l->what.is.time, 0, 0, text))) + 2;
	there = find_words_of(s->words, l, &words);
	sheet_clear(&s->sheet);
	sheet_say_links(&s->sheet, there ? STYLE_PLAIN : STYLE_DIM, words, sheet_tells_hosts(l->finding, words), app_options(s->app)->live_links);
	sheet_end_line(&s->sheet, 0, 0, LIMIT_CANVAS);
	sheet_draw(&s->sheet, area_part(area, x, y, area.width - x, 1), 0, 0);
}

static void
draw_lines(struct state *s, struct area area)
{
	slice sought = app_search_words(s->app);
	struct widths w = measure(s, area.width);

	for (int y = 0; y < area.height && s->scroll.top + (size_t)y < s->scroll.count; y++) {
		size_t line = s->scroll.top + (size_t)y;
		struct finding_line l = finding_list_at(s->list, line);

		if (l.is_name)
			draw_name(&l, area, y, &w);
		else
			draw_finding(s, &l, area, y, &w);
		canvas_mark_found(area, y, sought);
		if (line == s->scroll.cursor)
			canvas_select(area, y);
	}
}

/* Where it stands: "session 9, message 1 · packet 184 · client's byte 259". */
static void
say_place(struct state *s, const struct finding_line *l)
{
	const struct news_finding *f = &l->what.is;
	struct sheet *sheet = &s->sheet;
	char number[WORDS_NUMBER];

	if (f->session != 0) {
		sheet_words(sheet, STYLE_DIM, "  session ");
		sheet_words(sheet, STYLE_DIM, words_number(f->session, number));
	}
	if (f->index != 0) {
		sheet_words(sheet, STYLE_DIM, ", message ");
		sheet_words(sheet, STYLE_DIM, words_number(f->index, number));
	}
	if (f->packet != 0) {
		sheet_words(sheet, STYLE_DIM, " · packet ");
		sheet_words(sheet, STYLE_DIM, words_number(f->packet, number));
	}
	if (f->packet != 0 && f->session != 0) {
		sheet_words(sheet, STYLE_DIM, f->dir == DIR_CLIENT ? " · client's byte " : " · server's byte ");
		sheet_words(sheet, STYLE_DIM, words_number(f->offset, number));
	}
}

static void
draw_pane(struct state *s, struct area area)
{
	struct finding_line l;
	struct explained e = { .live_links = app_options(s->app)->live_links };
	const struct finding_info *info;
	int right = area.width - 1;

	if (area.height == 0 || s->scroll.cursor >= finding_list_count(s->list))
		return;
	l = finding_list_at(s->list, s->scroll.cursor);
	info = finding_info(l.finding);
	e.finding = l.finding;
	sheet_clear(&s->sheet);
	sheet_words(&s->sheet, sheet_severity(info->severity), severity_name(info->severity));
	sheet_words(&s->sheet, STYLE_PLAIN, " ");
	sheet_words(&s->sheet, STYLE_TITLE, info->id);
	if (!l.is_name)
		say_place(s, &l);
	sheet_end_line(&s->sheet, 1, 2, right);
	if (!l.is_name && find_words_of(s->words, &l, &e.detail) && !slice_eq(e.detail, slice_of(info->seen))) {
		sheet_say_links(&s->sheet, STYLE_PLAIN, e.detail, sheet_tells_hosts(l.finding, e.detail), e.live_links);
		sheet_end_line(&s->sheet, 1, 0, right);
	} else
		e.detail = SLICE_NONE;
	explain_finding(&s->sheet, &e, 1, right, EXPLAINED_NAME | EXPLAINED_PLACE);
	sheet_draw(&s->sheet, area, 0, 0);
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;
	struct area pane;

	if (finding_list_count(s->list) == 0) {
		draw_nothing(s, area);
		return;
	}
	s->top = area.height > 4 ? 1 : 0;
	if (s->top > 0)
		draw_summary(s, area);
	area = area_part(area, 0, s->top, area.width, area.height - s->top);
	pane = pane_cut(&area, &pane_size);
	s->scroll.height = area.height;
	s->width = area.width;
	keep_cursor(s);
	draw_lines(s, area);
	draw_pane(s, pane);
}

/* Its bytes in the transcript. */
static void
show_bytes(struct state *s, const struct finding_line *l)
{
	const struct news_finding *f = &l->what.is;
	const struct item *item = model_item(app_model(s->app), l->what.item);
	uint32_t chosen = item != NULL && item->kind != ITEM_LONE ? l->what.item : model_find(app_model(s->app), f->session);

	if (chosen == NO_ITEM || model_item(app_model(s->app), chosen) == NULL) {
		app_say(s->app, STYLE_LATER, f->session == 0 ? "it belongs to no session" : "its session was let go");
		return;
	}
	app_choose(s->app, chosen);
	app_jump(s->app, f->dir, f->offset, f->packet);
	app_show(s->app, ACTION_VIEW_TEXT);
}

static void
unfold(struct state *s, enum finding finding, bool on)
{
	struct finding_line name = { .is_name = true, .finding = finding };

	finding_list_unfold(s->list, finding, on);
	scroll_set(&s->scroll, finding_list_count(s->list), s->scroll.height);
	scroll_to(&s->scroll, finding_list_find(s->list, &name));
	note_cursor(s);
}

static void
open_line(struct state *s)
{
	struct finding_line l = finding_list_at(s->list, s->scroll.cursor);

	if (l.is_name)
		unfold(s, l.finding, !l.unfolded);
	else
		show_bytes(s, &l);
}

static void
turn_scope(struct state *s)
{
	if (!s->one_session && session_number(s) == 0) {
		app_say(s->app, STYLE_DIM, "no session is chosen");
		return;
	}
	s->one_session = !s->one_session;
	refresh(s);
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;
	bool any = finding_list_count(s->list) > 0;

	if (any && scroll_act(&s->scroll, action)) {
		s->moved = true;
		note_cursor(s);
		return ACT_DONE;
	}
	switch (action) {
	case ACTION_OPEN:
		if (any)
			open_line(s);
		return ACT_DONE;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		if (any && is_grouped(s)) {
			s->moved = true;
			unfold(s, finding_list_at(s->list, s->scroll.cursor).finding, action == ACTION_RIGHT);
		}
		return ACT_DONE;
	case ACTION_SCOPE:
		turn_scope(s);
		return ACT_DONE;
	case ACTION_NAMES:
		s->grouping = is_grouped(s) ? EACH : UNDER_NAMES;
		refresh(s);
		return ACT_DONE;
	default:
		return ACT_NOT_MINE;
	}
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;

	if (m->x >= s->width || !scroll_mouse(&s->scroll, m, s->top))
		return ACT_NOT_MINE;
	s->moved = true;
	note_cursor(s);
	if (m->kind == MOUSE_DOUBLE)
		open_line(s);
	return ACT_DONE;
}

static void
status(void *self, struct buf *out)
{
	struct state *s = self;

	if (s->searching)
		buf_add(out, S("searching …"));
	else if (s->scroll.count > 0)
		buf_printf(out, "%zu/%zu", s->scroll.cursor + 1, s->scroll.count);
}

const struct view_ops view_find = {
	.name = "Findings", .tab = "6Find", .where = IN_FIND, .of_session = false,
	.useful = { ACTION_OPEN, ACTION_SCOPE, ACTION_TROUBLE, ACTION_NAMES, ACTION_SEARCH, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .work = work, .draw = draw,
	.act = act, .mouse = mouse, .search = search, .status = status,
};
