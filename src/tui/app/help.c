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

enum { LINES = 256, LEFT = 20 };

enum line_kind { LINE_BLANK, LINE_HEADING, LINE_KEYS, LINE_SAMPLE, LINE_TEXT };

struct help_line {
	enum line_kind kind;
	enum style style;		/* of a sample */
	const char *left, *right;
	unsigned where;			/* of keys that do not hold everywhere */
};

struct state {
	struct app *app;
	struct scroll scroll;
	struct help_line line[LINES];
	size_t n;
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
	{ LINE_KEYS, STYLE_PLAIN, "One of them", "smtp.rcpt.address == \"bob@example.net\" && smtp.rcpt.code >= 400", 0 },
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
	{ LINE_SAMPLE, STYLE_DIM, "·", "What happened, but was not said: connected, closed", 0 },
	{ LINE_SAMPLE, STYLE_LOST, "…", "Not all of a text: it was cut, or there was no room for it", 0 },
	{ LINE_SAMPLE, STYLE_LOST, "1,448 bytes missing", "Sent, but not in the capture", 0 },
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
	s->from = PAGES;
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
	s->scroll = (struct scroll){ 0 };
	build(s);
}

/* "in Ladder, Text" behind what does not hold everywhere. */
static void
add_places(struct buf *out, unsigned where)
{
	const char *before = "in ";

	for (size_t page = 0; page < PAGES; page++)
		if (where & page_ops(page)->where) {
			buf_printf(out, "%s%s", before, page_ops(page)->name);
			before = ", ";
		}
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

static void
draw(void *self, struct area area)
{
	struct state *s = self;

	scroll_set(&s->scroll, s->n, area.height);
	for (int y = 0; y < area.height && s->scroll.top + (size_t)y < s->n; y++) {
		size_t i = s->scroll.top + (size_t)y;

		draw_line(s, &s->line[i], area, y);
		if (i == s->scroll.cursor)
			canvas_select(area, y);
	}
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;

	return scroll_act(&s->scroll, action) ? ACT_DONE : ACT_NOT_MINE;
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	struct state *s = self;

	return scroll_mouse(&s->scroll, m, 0) ? ACT_DONE : ACT_NOT_MINE;
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

	for (size_t step = 1; step <= s->n; step++) {
		size_t i = (s->scroll.cursor + (backwards ? s->n - step : step)) % s->n;

		if (has_words(s->line[i].left, words) || has_words(s->line[i].right, words)) {
			scroll_to(&s->scroll, i);
			return true;
		}
	}
	return false;
}

static void
status(void *self, struct buf *out)
{
	const struct state *s = self;

	buf_printf(out, "%zu/%zu", s->scroll.cursor + 1, s->n);
}

const struct view_ops view_help = {
	.name = "Help", .tab = "Help", .where = IN_HELP, .of_session = false,
	.useful = { ACTION_BACK, ACTION_SEARCH, ACTION_SEARCH_NEXT, ACTION_PAGE_DOWN, ACTION_PAGE_UP, ACTION_QUIT },
	.state_size = sizeof(struct state), .open = open_view, .refresh = refresh, .draw = draw, .act = act, .mouse = mouse,
	.search = search, .status = status,
};
