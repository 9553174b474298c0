/*
 * help.c - the page that explains: the keys of the view one came from, those of
 * all others, what can be typed, what letters and colours mean.
 *
 * Keys and their sentences come from actions.def, so that nothing is told that
 * is not so.
 */
#include "parts.h"

#include <string.h>

#include "base/limits.h"

enum {
	LINES = 256,
	LEFT = 20,			/* columns of keys */
	COLUMN = 75, COLUMNS = 3,	/* a column of lines is at least so wide */
	WHEEL = 3
};

enum line_kind { LINE_BLANK, LINE_HEADING, LINE_KEYS, LINE_SAMPLE, LINE_TEXT };

struct help_line {
	enum line_kind kind;
	enum style style;		/* of a sample */
	const char *left, *right;
	unsigned where;			/* of keys that do not hold everywhere */
};

struct state {
	struct app *app;
	struct help_line line[LINES];
	size_t n;
	size_t top;			/* the first row that is shown */
	size_t found;			/* the line that was searched for, or LINES */
	int columns, height;		/* as drawn last */
	size_t from;			/* the page one came from */
	unsigned shows;			/* when that was */
};

/* --- what is told --- */

/* Headings and actions, in the order of the table. */
static const struct { const char *heading; enum action action; } table[] = {
#define ACTION_GROUP(title) { title, ACTION_NONE },
#define ACTION(id, keys, brief, name, about, where) { NULL, ACTION_##id },
#include "tui/actions.def"
};

static const struct help_line typing[] = {
	{ LINE_HEADING, STYLE_TITLE, "While typing", NULL, 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Enter", "Take it", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Esc ^C", "Leave it", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Tab BackTab", "Complete the word, or the next of what it could become", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Up Down ^P ^N", "What was typed before", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Home End ^A ^E", "To the beginning, to the end", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "^W ^U ^K ^Y", "Cut the word, what is before, what is behind; put it back", 0 },
	{ LINE_BLANK, 0, NULL, NULL, 0 },
	{ LINE_HEADING, STYLE_TITLE, "Filters", NULL, 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Refused recipients", "smtp.rcpt.code >= 500", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Mail of somebody", "smtp.mail_from contains \"alice@\"", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Mail to somebody", "smtp.rcpt.address == \"bob@example.net\"", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Slow answers", "smtp.reply_time > 2", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "Attachments", "mime.filename matches \"(?i)\\.exe$\"", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "A network", "client.ip == 192.0.2.0/24 && !tls", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "What was found", "finding.severity >= warning", 0 },
	{ LINE_KEYS, STYLE_PLAIN, "A subject", "imf.subject contains \"invoice\"", 0 },
	{ LINE_TEXT, STYLE_DIM, NULL, "smtptap --help-fields lists every field; so does Tab in the filter.", 0 },
	{ LINE_BLANK, 0, NULL, NULL, 0 },
	{ LINE_HEADING, STYLE_TITLE, "What it means", NULL, 0 },
	{ LINE_SAMPLE, STYLE_ALERT, "a alert", "An attack, or bytes that differ by reader", 0 },
	{ LINE_SAMPLE, STYLE_BAD, "w warning", "Mail or a session failed, or content deceives", 0 },
	{ LINE_SAMPLE, STYLE_LATER, "n note", "Unusual, and mail flows", 0 },
	{ LINE_SAMPLE, STYLE_INFO, "i info", "A fact", 0 },
	{ LINE_SAMPLE, STYLE_CLIENT, "C", "What the client said", 0 },
	{ LINE_SAMPLE, STYLE_SERVER, "S", "What the server said", 0 },
	{ LINE_SAMPLE, STYLE_GOOD, "250", "Done", 0 },
	{ LINE_SAMPLE, STYLE_LATER, "450", "Not now; a good client tries again", 0 },
	{ LINE_SAMPLE, STYLE_BAD, "550", "No", 0 },
	{ LINE_SAMPLE, STYLE_PLAIN, "1 of 3", "So many of the recipients were accepted", 0 },
	{ LINE_SAMPLE, STYLE_MARK, "*", "Marked, to be saved", 0 },
	{ LINE_SAMPLE, STYLE_FRAME, "╭ │ ╰", "Commands sent without waiting for answers; at the right their replies", 0 },
	{ LINE_SAMPLE, STYLE_PLAIN, "════►", "The content of a message", 0 },
	{ LINE_SAMPLE, STYLE_WAIT_CLIENT, "c ▒▒", "The client was waited for, so long; more is longer by tens", 0 },
	{ LINE_SAMPLE, STYLE_WAIT_SERVER, "s ██", "The server was", 0 },
	{ LINE_SAMPLE, STYLE_WAIT_NETWORK, "n ░░", "The network was", 0 },
	{ LINE_SAMPLE, STYLE_DIM, "← RCPT …", "Which of several commands the reply answers", 0 },
	{ LINE_SAMPLE, STYLE_DIM, "·", "What happened, but was not said: connected, closed", 0 },
	{ LINE_SAMPLE, STYLE_LOST, "…", "Not all of a text: it was cut, or there was no room for it", 0 },
	{ LINE_SAMPLE, STYLE_LOST, "bytes missing", "Sent, but not in the capture", 0 },
	{ LINE_SAMPLE, STYLE_SECRET, "<redacted>", "A credential; --show-secrets shows it", 0 },
	{ LINE_SAMPLE, STYLE_PLAIN, "\\xNN \\u{202E}", "A byte or character that a terminal must not get", 0 },
};

static void
add(struct state *s, struct help_line line)
{
	if (s->n < LINES)
		s->line[s->n++] = line;
}

static void
add_action(struct state *s, enum action action, unsigned where)
{
	const struct action_info *info = action_info(action);

	add(s, (struct help_line){ LINE_KEYS, STYLE_PLAIN, info->keys, info->about, where });
}

/* What is particular to the view one came from stands first. */
static void
add_own(struct state *s)
{
	unsigned here = page_ops(s->from)->where;
	bool any = false;

	for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
		unsigned where = action_info(a)->where;

		if (where == IN_ALL || (where & here) == 0)
			continue;
		if (!any)
			add(s, (struct help_line){ LINE_HEADING, STYLE_TITLE, page_ops(s->from)->name, NULL, 0 });
		any = true;
		add_action(s, a, 0);
	}
	if (any)
		add(s, (struct help_line){ 0 });
}

static void
build(struct state *s)
{
	s->n = 0;
	add_own(s);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (table[i].heading != NULL) {
			if (i > 0)
				add(s, (struct help_line){ 0 });
			add(s, (struct help_line){ LINE_HEADING, STYLE_TITLE, table[i].heading, NULL, 0 });
		} else {
			unsigned where = action_info(table[i].action)->where;

			add_action(s, table[i].action, where == IN_ALL ? 0 : where);
		}
	}
	add(s, (struct help_line){ 0 });
	for (size_t i = 0; i < sizeof typing / sizeof typing[0]; i++)
		add(s, typing[i]);
}

/* --- the view --- */

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	s->columns = 1;
}

static void
refresh(void *self)
{
	struct state *s = self;
	size_t from = s->app->depth > 1 ? s->app->stack[s->app->depth - 2] : 0;

	if (s->shows == s->app->shows)
		return;
	s->shows = s->app->shows;
	s->from = from;
	s->top = 0;
	s->found = LINES;
	build(s);
}

/* "1 6" behind what does not hold everywhere: the digits of its views. */
static void
add_places(struct buf *out, unsigned where)
{
	buf_text(out, "in");
	for (size_t page = 0; page < PAGE_HELP; page++)
		if (where & page_ops(page)->where)
			buf_printf(out, " %zu", page + 1);
}

static void
draw_keys(const struct help_line *l, struct area area, int y)
{
	bool sample = l->kind == LINE_SAMPLE;
	int x = LEFT < area.width / 3 ? LEFT : area.width / 3;
	struct buf places;

	canvas_text(area, 2, y, x - 2, sample ? l->style : STYLE_LINK, slice_of(l->left));
	x += 2 + canvas_text(area, x + 1, y, area.width - x - 1, STYLE_PLAIN, slice_of(l->right)) + 1;
	if (l->where == 0 || x >= area.width - 4)
		return;
	buf_init(&places, KiB);
	add_places(&places, l->where);
	canvas_text(area, x, y, area.width - x, STYLE_DIM, buf_slice(&places));
	buf_fini(&places);
}

static void
draw_line(const struct state *s, const struct help_line *l, struct area area, int y)
{
	switch (l->kind) {
	case LINE_BLANK: break;
	case LINE_HEADING: canvas_text(area, 0, y, area.width, STYLE_TITLE, slice_of(l->left)); break;
	case LINE_TEXT: canvas_text(area, 2, y, area.width - 2, STYLE_DIM, slice_of(l->right)); break;
	case LINE_KEYS:
	case LINE_SAMPLE: draw_keys(l, area, y); break;
	}
	canvas_mark_found(area, y, app_search_words(s->app));
}

/* Lines fill columns as in a newspaper: the first from top to bottom, then the next. */
static size_t
rows(const struct state *s)
{
	return (s->n + (size_t)s->columns - 1) / (size_t)s->columns;
}

static void
stay_inside(struct state *s)
{
	size_t height = s->height > 0 ? (size_t)s->height : 1, most = rows(s) > height ? rows(s) - height : 0;

	s->top = s->top < most ? s->top : most;
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;
	int columns = area.width / COLUMN, width;

	s->columns = columns < 1 ? 1 : columns > COLUMNS ? COLUMNS : columns;
	s->height = area.height;
	width = area.width / s->columns;
	stay_inside(s);
	for (size_t i = 0; i < s->n; i++) {
		size_t row = i % rows(s);
		struct area column = area_part(area, (int)(i / rows(s)) * width, 0, s->columns > 1 ? width - 2 : width, area.height);

		if (row < s->top || row - s->top >= (size_t)area.height)
			continue;
		draw_line(s, &s->line[i], column, (int)(row - s->top));
		if (i == s->found && app_search_words(s->app).n > 0)
			canvas_select(column, (int)(row - s->top));
	}
}

static void
move(struct state *s, size_t lines, bool back)
{
	if (back)
		s->top -= lines < s->top ? lines : s->top;
	else
		s->top += lines;
	stay_inside(s);
}

/* It has no cursor: what moves is the page. */
static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;
	size_t page = s->height > 1 ? (size_t)s->height - 1 : 1;

	switch (action) {
	case ACTION_DOWN: move(s, 1, false); break;
	case ACTION_UP: move(s, 1, true); break;
	case ACTION_PAGE_DOWN: move(s, page, false); break;
	case ACTION_PAGE_UP: move(s, page, true); break;
	case ACTION_HALF_DOWN: move(s, (page + 1) / 2, false); break;
	case ACTION_HALF_UP: move(s, (page + 1) / 2, true); break;
	case ACTION_FIRST: s->top = 0; break;
	case ACTION_LAST: move(s, s->n, false); break;
	default: return ACT_NOT_MINE;
	}
	return ACT_DONE;
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;

	if (m->kind != MOUSE_WHEEL_DOWN && m->kind != MOUSE_WHEEL_UP)
		return ACT_NOT_MINE;
	move(s, WHEEL, m->kind == MOUSE_WHEEL_UP);
	return ACT_DONE;
}

static bool
has_words(const char *text, slice words)
{
	slice all = slice_of(text != NULL ? text : "");

	for (size_t i = 0; i + words.n <= all.n; i++)
		if (slice_istarts(slice_drop(all, i), words))
			return true;
	return false;
}

static bool
search(void *self, slice words, bool backwards)
{
	struct state *s = self;

	size_t from = s->found < s->n ? s->found : backwards ? 0 : s->n - 1;

	for (size_t step = 1; step <= s->n; step++) {
		size_t i = (from + (backwards ? s->n - step : step)) % s->n, row = i % rows(s);

		if (!has_words(s->line[i].left, words) && !has_words(s->line[i].right, words))
			continue;
		s->found = i;
		if (row < s->top || row - s->top >= (size_t)s->height)
			s->top = row > (size_t)s->height / 3 ? row - (size_t)s->height / 3 : 0;
		stay_inside(s);
		return true;
	}
	return false;
}

static void
status(void *self, struct buf *out)
{
	const struct state *s = self;

	if (rows(s) > (size_t)s->height)
		buf_printf(out, "%zu–%zu/%zu", s->top + 1, s->top + (size_t)s->height, rows(s));
}

const struct view_ops view_help = {
	.name = "Help", .tab = "Help", .where = IN_HELP, .of_session = false,
	.useful = { ACTION_BACK, ACTION_SEARCH, ACTION_SEARCH_NEXT, ACTION_PAGE_DOWN, ACTION_PAGE_UP, ACTION_QUIT },
	.state_size = sizeof(struct state), .open = open_view, .refresh = refresh, .draw = draw, .act = act, .mouse = mouse,
	.search = search, .status = status,
};
