/*
 * mail.c - a message: its parts as a tree, and what is in the chosen one.
 *
 * Above stand who sent it to whom and who got it. On a wide screen the tree
 * stands at the left of the content, else above it, and gives way to it while
 * one reads. Pages are turned in the content whichever pane the cursor is in.
 */
#include "base/limits.h"
#include "tui/host.h"
#include "tui/mail/part_page.h"
#include "tui/mail/pipe.h"
#include "tui/mail/step.h"
#include "tui/mail/summary.h"
#include "tui/widgets/rule.h"

enum {
	WIDE = 120,			/* columns of a screen that has room for both panes side by side */
	TREE_LEAST = 40, TREE_MOST = 66,
	LOW = 30,			/* lines below which the tree gives way while one reads */
	VERY_LOW = 14
};

struct state {
	struct app *app;
	struct desk *desk;
	struct unit unit;		/* of the message; read into the desk */
	uint32_t item;
	uint64_t version;
	bool there;
	struct part_tree tree;
	struct scroll cursor;
	struct summary summary;
	struct part_page *page;
	struct pipe pipe;
	bool reading;			/* the cursor is in the content */
	enum page_how how;
	struct area all, tree_area, page_area;	/* as drawn last */
	struct area page_rule;
};

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	s->item = NO_ITEM;
	s->desk = desk_new();
	s->page = part_page_new(app);
	summary_init(&s->summary);
}

static void
close_view(void *self)
{
	struct state *s = self;

	part_page_free(&s->page);
	part_tree_fini(&s->tree);
	pipe_fini(&s->pipe);
	summary_fini(&s->summary);
	desk_free(&s->desk);
}

/* --- which message, which part --- */

static const struct node *
chosen(const struct state *s)
{
	return &s->tree.v[s->cursor.cursor];
}

static uint32_t
chosen_part(const struct state *s)
{
	return s->there && chosen(s)->part != NULL ? chosen(s)->part->number : 0;
}

static void
show_chosen(struct state *s)
{
	part_page_show(s->page, s->item, &s->unit, chosen(s), s->how);
	app_stand_on(s->app, chosen_part(s));
}

static void
choose(struct state *s, size_t node)
{
	if (node >= s->tree.n)
		return;
	scroll_to(&s->cursor, node);
	show_chosen(s);
}

static bool
still_comes(const struct state *s)
{
	const struct item *item = model_item(app_model(s->app), s->item);

	return item != NULL && !item->over;
}

/* False: there is none, or its record was let go. */
static bool
read_message(struct state *s)
{
	s->there = s->item != NO_ITEM && model_read(app_model(s->app), s->item, s->desk, &s->unit) && s->unit.message != NULL;
	if (!s->there)
		return false;
	part_tree_make(&s->tree, s->unit.message, still_comes(s));
	scroll_set(&s->cursor, s->tree.n, s->cursor.height);
	return true;
}

static void
begin_message(struct state *s)
{
	if (s->how == PAGE_HEX)			/* whoever reads source goes on reading it */
		s->how = PAGE_READ;
	s->cursor = (struct scroll){ .height = s->cursor.height };
	if (read_message(s)) {
		choose(s, part_tree_first(&s->tree));
		s->cursor.top = 0;		/* how high it will be is not known before it is drawn */
	} else
		part_page_empty(s->page);
}

/* The message goes on: what was chosen stays chosen. */
static void
go_on(struct state *s)
{
	uint32_t part = chosen_part(s);
	enum node_kind kind = s->there ? chosen(s)->kind : NODE_MESSAGE;
	bool was_there = s->there;

	if (!read_message(s)) {
		part_page_empty(s->page);
		return;
	}
	if (!was_there || (kind == NODE_MESSAGE && s->tree.n > 1 && s->cursor.cursor == 0 && s->how == PAGE_READ && !s->reading)) {
		choose(s, part_tree_first(&s->tree));
		return;
	}
	if (kind == NODE_PART && part_tree_find(&s->tree, part) != SIZE_MAX)
		scroll_to(&s->cursor, part_tree_find(&s->tree, part));
	part_page_refresh(s->page, &s->unit, chosen(s));
}

static void
refresh(void *self)
{
	struct state *s = self;
	uint32_t item = app_message(s->app), part;
	uint64_t version = item != NO_ITEM ? model_item_version(app_model(s->app), item) : 0;

	if (item != s->item || (item == NO_ITEM && s->there)) {
		s->item = item;
		s->version = version;
		begin_message(s);
	} else if (version != s->version) {
		s->version = version;
		go_on(s);
	}
	if (s->there && app_part_taken(s->app, &part))
		choose(s, part_tree_find(&s->tree, part));
	app_stand_on(s->app, chosen_part(s));
}

static bool
work(void *self, nstime until)
{
	struct state *s = self;

	return part_page_work(s->page, until);
}

/* --- drawing --- */

/* How many lines of so many the block on top may take. */
static int
summary_lines(const struct state *s, int height)
{
	if (height < VERY_LOW || (s->reading && height < LOW))
		return 1;
	return height / 3 + 1 < SUMMARY_LINES ? height / 3 + 1 : SUMMARY_LINES;
}

static void
draw_tree(struct state *s, struct area a)
{
	scroll_set(&s->cursor, s->tree.n, a.height);
	for (int y = 0; y < a.height && s->cursor.top + (size_t)y < s->tree.n; y++) {
		size_t i = s->cursor.top + (size_t)y;

		part_tree_draw(&s->tree, a, y, i, s->unit.message, i == s->cursor.cursor);
		if (i == s->cursor.cursor && !s->reading)
			canvas_select(a, y);
	}
}

/* Behind the page, which knows by then how far it is. */
static void
draw_page_rule(struct state *s)
{
	struct buf title, right;

	buf_init(&title, 4 * KiB);
	buf_init(&right, KiB);
	part_page_title(s->page, &title);
	part_page_status(s->page, &right);
	buf_text(&right, right.n > 0 ? " · " : "");
	buf_text(&right, part_page_mode(s->page));
	rule_draw(s->page_rule, 0, s->reading, buf_slice(&title), buf_slice(&right));
	buf_fini(&title);
	buf_fini(&right);
}

static struct area
inside(struct area a, int x, int y, int width, int height)
{
	return area_part(a, x, y, width > 0 ? width : 0, height > 0 ? height : 0);
}

static void
draw_beside(struct state *s, struct area a, int y)
{
	int width = a.width / 3 < TREE_LEAST ? TREE_LEAST : a.width / 3 > TREE_MOST ? TREE_MOST : a.width / 3;
	struct area right = inside(a, width + 1, y, a.width - width - 1, a.height - y);

	rule_draw(inside(a, 0, y, width, 1), 0, !s->reading, S("parts"), SLICE_NONE);
	s->page_rule = right;
	canvas_put(a, width, y, 0x252c, STYLE_FRAME);		/* ┬ */
	canvas_fill(a, width, y + 1, 1, a.height - y - 1, 0x2502, STYLE_FRAME);
	s->tree_area = inside(a, 0, y + 1, width - 1, a.height - y - 1);
	s->page_area = inside(right, 0, 1, right.width, right.height - 1);
}

/* How many lines of so many the tree gets, if it stands above the content. */
static int
tree_lines(const struct state *s, int height)
{
	int most = height < VERY_LOW ? height / 2 : height / 3;

	if (s->reading && height < LOW)
		return 0;
	return (int)s->tree.n < most ? (int)s->tree.n : most;
}

static void
draw_above(struct state *s, struct area a, int y)
{
	int lines = tree_lines(s, a.height);

	if (lines > 0 && y > 0 && a.height >= VERY_LOW) {
		rule_draw(a, y, !s->reading, S("parts"), SLICE_NONE);
		y++;
	}
	s->tree_area = inside(a, 0, y, a.width, lines);
	s->page_rule = inside(a, 0, y + lines, a.width, 1);
	s->page_area = inside(a, 0, y + lines + 1, a.width, a.height - y - lines - 1);
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

static void
draw(void *self, struct area a)
{
	struct state *s = self;

	s->all = a;
	s->tree_area = s->page_area = (struct area){ .canvas = a.canvas };
	if (!s->there) {
		draw_nothing(s, a);
		return;
	}
	summary_fill(&s->summary, s->unit.message, still_comes(s), summary_lines(s, a.height));
	summary_draw(&s->summary, a, 0);
	if (a.width >= WIDE)
		draw_beside(s, a, s->summary.n);
	else
		draw_above(s, a, s->summary.n);
	draw_tree(s, s->tree_area);
	part_page_draw(s->page, s->page_area);
	draw_page_rule(s);
}

/* --- keys --- */

static enum act_result
turn(struct state *s, enum page_how how)
{
	s->how = s->how == how ? PAGE_READ : how;
	show_chosen(s);
	return ACT_DONE;
}

static slice
name_of(const struct rec_part *p)
{
	return p->filename.n > 0 ? p->filename : p->content_type;
}

static enum act_result
pipe_chosen(struct state *s)
{
	const struct rec_message *m = s->unit.message;
	const struct rec_part *p = chosen(s)->part;

	if (app_options(s->app)->no_pipe != NULL)
		app_say(s->app, STYLE_BAD, "%s", app_options(s->app)->no_pipe);
	else if (app_host(s->app) == NULL || app_host(s->app)->pipe_open == NULL)
		app_say(s->app, STYLE_BAD, "Programs cannot be run from here");
	else if (chosen(s)->kind == NODE_MEMBER || chosen(s)->kind == NODE_MORE || (p != NULL && p->kind == PART_MULTIPART))
		app_say(s->app, STYLE_INFO, "It has no bytes of its own: choose the part that holds it, or the message");
	else if (!m->has_content)
		app_say(s->app, STYLE_INFO, "No content was sent");
	else if (p != NULL && s->how != PAGE_RAW)
		pipe_ask(&s->pipe, s->app, s->item, p->number, name_of(p), p->size, p->whole);
	else
		pipe_ask(&s->pipe, s->app, s->item, 0, S("the message"), m->size, m->whole);
	return ACT_DONE;
}

static enum act_result
move_tree(struct state *s, enum action action)
{
	size_t before = s->cursor.cursor;

	if (!scroll_act(&s->cursor, action))
		return ACT_NOT_MINE;
	if (s->cursor.cursor != before)
		show_chosen(s);
	return ACT_DONE;
}

static enum act_result
move(struct state *s, enum action action)
{
	bool page = action == ACTION_PAGE_DOWN || action == ACTION_PAGE_UP || action == ACTION_HALF_DOWN || action == ACTION_HALF_UP;

	if (s->reading || page)
		return part_page_act(s->page, action) ? ACT_DONE : ACT_NOT_MINE;
	return move_tree(s, action);
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
		s->reading = !s->reading;
		return ACT_DONE;
	case ACTION_OPEN:
	case ACTION_RIGHT:
		s->reading = true;
		return ACT_DONE;
	case ACTION_LEFT:
		s->reading = false;
		return ACT_DONE;
	case ACTION_HEX:
		return turn(s, PAGE_HEX);
	case ACTION_RAW:
		return turn(s, PAGE_RAW);
	case ACTION_PIPE:
		return pipe_chosen(s);
	default:
		return move(s, action);
	}
}

static bool
is_in(const struct state *s, struct area part, const struct mouse *m)
{
	int x = m->x + s->all.x - part.x, y = m->y + s->all.y - part.y;

	return x >= 0 && y >= 0 && x < part.width && y < part.height;
}

static enum act_result
mouse_in_tree(struct state *s, const struct mouse *m)
{
	size_t before = s->cursor.cursor;

	if (!scroll_mouse(&s->cursor, m, s->tree_area.y - s->all.y))
		return ACT_NOT_MINE;
	s->reading = m->kind == MOUSE_DOUBLE;
	if (s->cursor.cursor != before)
		show_chosen(s);
	return ACT_DONE;
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;

	if (!s->there)
		return ACT_NOT_MINE;
	if (is_in(s, s->tree_area, m))
		return mouse_in_tree(s, m);
	if (!is_in(s, s->page_area, m))
		return ACT_NOT_MINE;
	if (m->kind == MOUSE_CLICK || m->kind == MOUSE_DOUBLE)
		s->reading = true;
	return part_page_mouse(s->page, m) || s->reading ? ACT_DONE : ACT_NOT_MINE;
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;

	return s->there && part_page_search(s->page, words, backwards);
}

static void
status(void *self, struct buf *out)
{
	const struct state *s = self;

	if (s->there)
		buf_printf(out, "%zu/%zu", s->cursor.cursor + 1, s->tree.n);
}

static void
text(void *self, struct buf *out)
{
	struct state *s = self;

	if (!s->there)
		return;
	summary_fill(&s->summary, s->unit.message, still_comes(s), SUMMARY_LINES);
	summary_print(&s->summary, out);
	buf_text(out, "\n");
	part_page_text(s->page, out);
}

static bool
is_empty(const void *self)
{
	const struct state *s = self;

	return !s->there;
}

const struct view_ops view_mail = {
	.name = "Message", .tab = "4Mail", .where = IN_MAIL, .of_session = true,
	.useful = { ACTION_PANE, ACTION_SAVE, ACTION_PIPE, ACTION_RAW, ACTION_HEX, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .work = work, .draw = draw,
	.act = act, .mouse = mouse, .search = search, .status = status, .text = text,
	.is_empty = is_empty,
};
