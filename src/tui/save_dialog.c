/*
 * save_dialog.c - `s`: what, in which format, and where.
 *
 * Three things are chosen at once: what with h and l, the format with j and k,
 * and the name, which is made from the two until somebody writes another one
 * (Tab). While it is written to, the dialog stays and says how far it is; then
 * what was written where.
 */
#include "save_dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/parts.h"
#include "base/limits.h"
#include "base/words.h"
#include "model/table.h"
#include "widgets/line.h"
#include "save_items.h"
#include "views/list_columns.h"

enum phase {
	PHASE_CHOOSE,
	PHASE_READ,			/* the session, to be drawn as a ladder; or all rows of a table */
	PHASE_WRITE,
	PHASE_DONE
};

enum { PAGE_LADDER = 1, PAGE_TEXT = 2, PAGE_MAIL = 3, PAGE_HEAD = 4, LABEL = 10, NAME = 13, WIDTH = 74, LINES = SAVE_FORMATS + 7, NAMES = 4 * KiB, MESSAGES_LOOKED_AT = 1000 };

struct dialog {
	struct app *app;
	enum phase phase;
	enum save_what what;
	enum save_format format;
	bool typing;			/* the name is being written */
	bool own_name;			/* … and was: it is not made any more */
	struct line path;
	struct buf said;		/* what came of it */
	bool failed;
	struct save *save;
	unsigned percent;
	struct table *table;		/* that is being made, or NULL */
	bool cut;			/* it was too long */
	struct buf files;		/* ": report.pdf and 2 more": what is attached in the session */
	uint64_t attached;
	struct buf part;		/* the name of the one that view 4 stands on; or none */
};

static const struct {
	const char *word;		/* of `:save` */
	const char *name, *about, *ending;
	bool folder;
} formats[SAVE_FORMATS] = {
	[SAVE_PCAP] = { "pcap", "capture", "all packets of the session, for Wireshark", ".pcapng", false },
	[SAVE_EML] = { "eml", "messages", "each mail as it was stored, as an .eml file", "-mail", true },
	[SAVE_PARTS] = { "parts", "attachments", "files as they were attached", "-files", true },
	[SAVE_TEXT] = { "text", "transcript", "the conversation as text, credentials left out", ".txt", false },
	[SAVE_LADDER] = { "ladder", "ladder", "who said what when, as text, for a ticket", "-ladder.txt", false },
	[SAVE_JSON] = { "json", "JSON", "all that is known, for programs: a record a line", ".jsonl", false },
	[SAVE_CSV] = { "csv", "table", "this list with its columns, for a spreadsheet", ".csv", false },
};

static const char *const whats[SAVE_WHATS] = {
	[SAVE_THIS_PART] = "this part", [SAVE_THIS_SESSION] = "this session", [SAVE_THIS_MESSAGE] = "this message", [SAVE_MARKED] = "marked",
	[SAVE_FILTERED] = "filtered", [SAVE_ALL] = "all",
};

/* --- what can be chosen --- */

static bool
is_session(const struct dialog *d)
{
	const struct item *is = model_item(app_model(d->app), app_session(d->app));

	return is != NULL && is->kind == ITEM_SESSION;
}

static bool
has_messages(const struct dialog *d)
{
	const struct item *is = model_item(app_model(d->app), app_session(d->app));

	return is_session(d) && is->next != NO_ITEM;
}

/* Of one session it is known what is in it; of many, one would have to look. */
static bool
can_save(const struct dialog *d, enum save_what what, enum save_format format)
{
	if (save_items_count(d->app, what) == 0)
		return false;
	if (what == SAVE_THIS_PART)
		return format == SAVE_PARTS;
	if (format == SAVE_LADDER)
		return what == SAVE_THIS_SESSION && is_session(d);
	if (format == SAVE_EML)
		return what != SAVE_THIS_SESSION || has_messages(d);
	if (format == SAVE_PARTS)
		return what > SAVE_THIS_MESSAGE || d->attached > 0;
	if (format == SAVE_PCAP || format == SAVE_TEXT)
		return what != SAVE_THIS_MESSAGE;
	return true;
}

static void
move_what(struct dialog *d, unsigned step)
{
	for (unsigned i = 1; i <= SAVE_WHATS; i++) {
		enum save_what what = (enum save_what)((d->what + i * step) % SAVE_WHATS);

		if (save_items_count(d->app, what) > 0) {
			d->what = what;
			return;
		}
	}
}

/* What of this format can be saved: what is chosen, else what is nearest to it. False: nothing. */
static bool
find_what(const struct dialog *d, enum save_format format, enum save_what *what_r)
{
	static const enum save_what nearest[] = {
		SAVE_THIS_MESSAGE, SAVE_THIS_SESSION, SAVE_MARKED, SAVE_FILTERED, SAVE_ALL, SAVE_THIS_PART,
	};

	*what_r = d->what;
	for (size_t i = 0; i < sizeof nearest / sizeof nearest[0] && !can_save(d, *what_r, format); i++)
		*what_r = nearest[i];
	return can_save(d, *what_r, format);
}

static bool
set_format(struct dialog *d, enum save_format format)
{
	enum save_what what;

	if (!find_what(d, format, &what))
		return false;
	d->format = format;
	d->what = what;
	return true;
}

static void
move_format(struct dialog *d, unsigned step)
{
	for (unsigned i = 1; i <= SAVE_FORMATS; i++)
		if (set_format(d, (enum save_format)((d->format + i * step) % SAVE_FORMATS)))
			return;
}

/* --- the name --- */

static void
add_stem(const struct dialog *d, struct buf *out)
{
	const struct app_options *o = app_options(d->app);
	const struct item *session = model_item(app_model(d->app), app_session(d->app));
	const struct item *message = model_item(app_model(d->app), app_message(d->app));
	slice title = o->title;

	if (d->what == SAVE_THIS_PART && message != NULL) {
		buf_printf(out, "session-%llu-message-%u", (unsigned long long)message->number, (unsigned)message->index);
	} else if (d->what == SAVE_THIS_SESSION && session != NULL && session->number > 0) {
		buf_printf(out, "session-%llu", (unsigned long long)session->number);
	} else if (d->what == SAVE_THIS_MESSAGE && message != NULL) {
		buf_printf(out, "session-%llu-message-%u", (unsigned long long)message->number, (unsigned)message->index);
	} else if (d->what == SAVE_ALL) {
		for (size_t i = 0; i < title.n && title.p[i] != '.' && buf_slice(out).n < 40; i++)
			buf_add_byte(out, char_is_alnum(title.p[i]) || title.p[i] == '-' || title.p[i] == '_' ? title.p[i] : '-');
		if (out->n == 0)
			buf_text(out, "smtptap");
	} else {
		buf_text(out, d->what == SAVE_THIS_SESSION ? "attempt" : whats[d->what]);
	}
}

/* One that is free: "session-3.pcapng", "session-3-2.pcapng" … */
static void
make_name(struct dialog *d)
{
	struct buf stem, name;

	if (d->own_name)
		return;
	buf_init(&stem, NAMES);
	buf_init(&name, NAMES);
	add_stem(d, &stem);
	for (unsigned i = 1; i < 1000; i++) {
		buf_clear(&name);
		buf_add(&name, buf_slice(&stem));
		if (i > 1)
			buf_printf(&name, "-%u", i);
		buf_text(&name, formats[d->format].ending);
		buf_add_byte(&name, '\0');
		if (access((const char *)name.p, F_OK) != 0)
			break;
	}
	line_set(&d->path, slice_take(buf_slice(&name), name.n - 1));
	buf_fini(&stem);
	buf_fini(&name);
}

/* Without the slash at the end of a folder. */
static void
add_path(const struct dialog *d, struct buf *out)
{
	slice path = slice_trim(buf_slice(&d->path.text));

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	buf_add(out, path);
	buf_add_byte(out, '\0');
}

/* --- saving --- */

static void
say(struct dialog *d, bool failed, const char *words)
{
	buf_clear(&d->said);
	buf_text(&d->said, words);
	d->failed = failed;
}

/* The columns of the list as it stands. */
static void
begin_table(struct dialog *d)
{
	bool messages = list_kind_of(app_list(d->app)) == LIST_MESSAGES;
	slice text = config_get(app_config(d->app), messages ? "columns.messages" : "columns.sessions", "");
	const struct column *column[LIST_COLUMNS_MOST];
	struct list_columns columns;
	struct save_items items = { 0 };
	struct buf why;

	buf_init(&why, KiB);
	if (!list_columns_parse(&columns, text, &why))
		list_columns_parse(&columns, slice_of(columns_default(messages)), &why);
	for (size_t i = 0; i < columns.n; i++)
		column[i] = columns.v[i].is;
	save_items_collect(d->app, d->what, SAVE_CSV, &items);
	d->table = table_new(app_model(d->app), items.v, items.n, column, columns.n);
	save_items_fini(&items);
	buf_fini(&why);
}

/* text: what the host writes, where the screen makes it. */
static void
begin(struct dialog *d, slice text)
{
	const struct host *host = app_host(d->app);
	struct save_items items = { 0 };
	struct save_request request = { .format = d->format, .text = text };
	struct buf path;

	buf_init(&path, NAMES);
	add_path(d, &path);
	save_items_collect(d->app, d->what, d->format, &items);
	request.path = (const char *)path.p;
	request.item = items.v;
	request.n = items.n;
	request.part = d->what == SAVE_THIS_PART ? app_stands_on(d->app) : 0;
	say(d, false, "");
	d->percent = 0;
	d->save = host->save(host->self, app_model(d->app), &request, &d->said);
	d->failed = d->save == NULL;
	d->phase = d->save != NULL ? PHASE_WRITE : PHASE_CHOOSE;
	buf_fini(&path);
	save_items_fini(&items);
}

static void
start(struct dialog *d)
{
	d->typing = d->cut = false;
	if (app_host(d->app) == NULL || app_host(d->app)->save == NULL)
		say(d, true, "Nothing can be saved from here");
	else if (slice_trim(buf_slice(&d->path.text)).n == 0)
		say(d, true, "A name is missing: Tab, and type one");
	else if (d->format == SAVE_LADDER || d->format == SAVE_CSV)
		d->phase = PHASE_READ;
	else
		begin(d, SLICE_NONE);
	if (d->phase == PHASE_READ && d->format == SAVE_CSV)
		begin_table(d);
}

static bool
read_table(struct dialog *d, nstime until)
{
	bool more = table_work(d->table, until);

	d->percent = table_percent(d->table);
	if (more)
		return true;
	begin(d, table_text(d->table));
	d->cut = table_truncated(d->table);
	table_free(&d->table);
	return d->phase == PHASE_WRITE;
}

/* The ladder is drawn by its view, when all of the session was read. */
static bool
read_ladder(struct dialog *d, nstime until)
{
	struct dossier *dossier = app_dossier(d->app);
	void *view = page_state(d->app, PAGE_LADDER);
	struct buf text;

	if (dossier != NULL && dossier_work(dossier, until)) {
		d->percent = dossier_percent(dossier);
		return true;
	}
	if (view_ladder.work != NULL && view_ladder.work(view, until))
		return true;
	buf_init(&text, 64 * MiB);
	if (view_ladder.text != NULL)
		view_ladder.text(view, &text);
	begin(d, buf_slice(&text));
	buf_fini(&text);
	return d->phase == PHASE_WRITE;
}

static bool
write_on(struct dialog *d, nstime until)
{
	const struct host *host = app_host(d->app);
	int status;

	buf_clear(&d->said);
	buf_text(&d->said, "Saved ");
	status = host->save_work(host->self, &d->save, until, &d->percent, &d->said);
	if (status > 0)
		return true;
	if (status < 0)
		buf_drop(&d->said, sizeof "Saved " - 1);
	d->save = NULL;
	d->failed = status < 0;
	if (status == 0 && d->cut)
		buf_text(&d->said, " (as many rows as fit)");
	d->phase = status < 0 ? PHASE_CHOOSE : PHASE_DONE;
	return false;
}

static bool
work(void *self, nstime until)
{
	struct dialog *d = self;

	if (d->phase == PHASE_READ)
		return d->table != NULL ? read_table(d, until) : read_ladder(d, until);
	return d->phase == PHASE_WRITE && write_on(d, until);
}

static void
stop(struct dialog *d)
{
	const struct host *host = app_host(d->app);

	if (d->save != NULL)
		host->save_stop(host->self, &d->save);
	d->save = NULL;
	table_free(&d->table);
	d->phase = PHASE_CHOOSE;
	say(d, true, "Stopped: nothing half-written was left");
}

/* --- keys --- */

static void
choices_changed(struct dialog *d)
{
	for (enum save_format f = 0; f < SAVE_FORMATS && !can_save(d, d->what, d->format); f++)
		if (can_save(d, d->what, f))
			d->format = f;
	make_name(d);
	say(d, false, "");
}

static bool
key_of_name(struct dialog *d, uint32_t key)
{
	switch (key) {
	case KEY_ESCAPE: case KEY_TAB: case KEY_TAB_BACK: case KEY_CURSOR_UP:
		d->typing = false;
		return true;
	case KEY_RETURN:
		start(d);
		return true;
	default:
		d->own_name |= line_key(&d->path, key) == LINE_CHANGED;
		return true;
	}
}

static bool
key_of_choice(struct dialog *d, uint32_t key)
{
	switch (key) {
	case 'j': case KEY_CURSOR_DOWN: move_format(d, 1); break;
	case 'k': case KEY_CURSOR_UP: move_format(d, SAVE_FORMATS - 1); break;
	case 'l': case KEY_CURSOR_RIGHT: case ' ': move_what(d, 1); break;
	case 'h': case KEY_CURSOR_LEFT: move_what(d, SAVE_WHATS - 1); break;
	case KEY_TAB: case KEY_TAB_BACK: d->typing = true; return true;
	case KEY_RETURN: start(d); return true;
	case KEY_ESCAPE: case 'q': case 's': case KEY_F_2: return false;
	default: return true;
	}
	choices_changed(d);
	return true;
}

static bool
key(void *self, uint32_t k)
{
	struct dialog *d = self;

	switch (d->phase) {
	case PHASE_DONE:
		return false;
	case PHASE_READ:
	case PHASE_WRITE:
		if (k == KEY_ESCAPE)
			stop(d);
		return true;
	case PHASE_CHOOSE:
		break;
	}
	return d->typing ? key_of_name(d, k) : key_of_choice(d, k);
}

/* --- drawing --- */

static void
size(void *self, int *width, int *height)
{
	(void)self;
	*width = WIDTH;
	*height = LINES;
}

/* "this session", "12 filtered", "all 345". */
static void
add_what(const struct dialog *d, enum save_what what, struct buf *out)
{
	const struct item *is = model_item(app_model(d->app), app_session(d->app));
	char number[WORDS_NUMBER];

	words_number(save_items_count(d->app, what), number);
	if (what == SAVE_ALL)
		buf_printf(out, "all %s", number);
	else if (what >= SAVE_MARKED)
		buf_printf(out, "%s %s", number, whats[what]);
	else if (what == SAVE_THIS_PART && d->part.n > 0)
		buf_add(out, buf_slice(&d->part));
	else
		buf_text(out, what == SAVE_THIS_SESSION && is != NULL && is->kind == ITEM_ATTEMPT ? "this attempt" : whats[what]);
}

static int
draw_one_what(const struct dialog *d, struct area area, int x, int y, enum save_what what, bool draw)
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
draw_what(const struct dialog *d, struct area area, int y)
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
draw_format(const struct dialog *d, struct area area, int y, enum save_format f)
{
	bool here = f == d->format, can = can_save(d, d->what, f);
	int x = LABEL + NAME;

	canvas_words(area, LABEL - 2, y, STYLE_TITLE, here ? ">" : " ");
	canvas_words(area, LABEL, y, here ? STYLE_TITLE : can ? STYLE_PLAIN : STYLE_DIM, formats[f].name);
	x += canvas_text(area, x, y, area.width - x, STYLE_DIM, slice_of(!can ? reason_against(d->what, f)
	    : d->what == SAVE_THIS_PART ? "the part as it was before it was encoded for the mail" : formats[f].about));
	if (can && f == SAVE_PARTS && (d->what == SAVE_THIS_SESSION || d->what == SAVE_THIS_MESSAGE) && d->files.n > 0)
		canvas_text(area, x, y, area.width - x, STYLE_LINK, buf_slice(&d->files));
	if (here && !d->typing)
		canvas_select(area_part(area, LABEL - 2, y, area.width - LABEL + 2, 1), 0);
}

/* `height` lines of the table, the chosen one among them. */
static void
draw_formats(const struct dialog *d, struct area area, int y, int height)
{
	int first = (int)d->format - height / 2, last = SAVE_FORMATS - height;

	first = first > last ? last : first;
	first = first < 0 ? 0 : first;
	canvas_words(area, 0, y, STYLE_DIM, "Format");
	for (int i = 0; i < height && first + i < SAVE_FORMATS; i++)
		draw_format(d, area, y + i, (enum save_format)(first + i));
}

static void
draw_name(const struct dialog *d, struct area area, int y)
{
	slice path = buf_slice(&d->path.text);
	int room = area.width - LABEL, before = text_columns(slice_take(path, d->path.cursor)), skip = before >= room ? before - room + 1 : 0;

	canvas_words(area, 0, y, STYLE_DIM, formats[d->format].folder ? "Folder" : "File");
	canvas_fill(area, LABEL, y, room, 1, ' ', d->typing ? STYLE_INPUT : STYLE_PLAIN);
	canvas_text_from(area, LABEL, y, room, d->typing ? STYLE_INPUT : STYLE_PLAIN, path, skip);
	if (d->typing) {
		d->app->cursor_x = area.x + LABEL + before - skip;
		d->app->cursor_y = area.y + y;
	}
}

/* What was written stands on one line, where on the next, if they do not fit on one. */
static void
draw_outcome(const struct dialog *d, struct area area, int y, int lines)
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
draw_hint(const struct dialog *d, struct area area, int y)
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
static void
draw(void *self, struct area area)
{
	struct dialog *d = self;
	int airy = area.height >= LINES, formats_height = area.height - (airy ? 7 : 3), last = area.height - 1;

	draw_what(d, area, 0);
	draw_formats(d, area, 1 + airy, formats_height > 1 ? formats_height : 1);
	draw_name(d, area, last - (airy ? 3 : 1));
	if (airy || d->said.n == 0 || d->phase == PHASE_WRITE || d->phase == PHASE_READ)
		draw_hint(d, area, last);
	if (d->said.n > 0 && (d->phase == PHASE_DONE || d->phase == PHASE_CHOOSE))
		draw_outcome(d, area, airy ? last - 2 : last, airy ? 2 : 1);
}

static bool
mouse_at(void *self, const struct mouse *m)
{
	struct dialog *d = self;
	int y = m->y - 2;

	if (d->phase == PHASE_DONE)
		return false;
	if (d->phase != PHASE_CHOOSE || (m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE))
		return true;
	if (m->y == 0)
		move_what(d, 1);
	else if (y >= 0 && y < SAVE_FORMATS)
		set_format(d, (enum save_format)y);
	choices_changed(d);
	if (m->kind == MOUSE_DOUBLE)
		start(d);
	return true;
}

static void
close_dialog(void *self)
{
	struct dialog *d = self;

	if (d->save != NULL)
		stop(d);
	else if (d->phase == PHASE_DONE)
		app_say(d->app, STYLE_GOOD, "%.*s", (int)d->said.n, (const char *)d->said.p);
	table_free(&d->table);
	line_fini(&d->path);
	buf_fini(&d->said);
	buf_fini(&d->files);
	buf_fini(&d->part);
}

/* --- opening --- */

static bool
format_of_word(slice word, enum save_format *format_r)
{
	for (enum save_format f = 0; f < SAVE_FORMATS; f++)
		if (slice_ieq(word, slice_of(formats[f].word)) || slice_ieq(word, slice_of(formats[f].name))) {
			*format_r = f;
			return true;
		}
	return false;
}

static bool
what_of_word(slice word, enum save_what *what_r)
{
	for (enum save_what what = 0; what < SAVE_WHATS; what++) {
		slice name = slice_of(whats[what]);

		if (slice_ieq(word, slice_starts(name, S("this ")) ? slice_drop(name, 5) : name)) {
			*what_r = what;
			return true;
		}
	}
	return false;
}

/* "parts all files": a format, what, a name; each may be left out. True: it is enough to begin. */
static bool
take_arguments(struct dialog *d, slice rest)
{
	slice word;
	bool named = false;

	slice_cut(slice_trim(rest), ' ', &word, &rest);
	if (!format_of_word(word, &d->format)) {
		say(d, true, "save takes pcap, eml, parts, text, ladder, json or csv; then session, message, marked, filtered or all; then a name");
		return false;
	}
	slice_cut(slice_trim(rest), ' ', &word, &rest);
	if (what_of_word(word, &d->what))
		word = slice_trim(rest);
	named = word.n > 0;
	choices_changed(d);
	if (named) {
		line_set(&d->path, word);
		d->own_name = true;
	}
	return named;
}

/* By what is looked at. */
static enum save_format
likely_format(struct app *app)
{
	switch (page_shown(app)) {
	case PAGE_LADDER: return SAVE_LADDER;
	case PAGE_TEXT: return SAVE_TEXT;
	case PAGE_MAIL: case PAGE_HEAD: return SAVE_EML;
	default: return SAVE_PCAP;
	}
}

static enum save_what
most_likely(struct app *app)
{
	if (save_items_count(app, SAVE_THIS_PART) > 0)
		return SAVE_THIS_PART;
	if (model_marked(app_model(app)) > 0 && page_shown(app) == 0)
		return SAVE_MARKED;
	if (list_kind_of(app_list(app)) == LIST_MESSAGES && app_message(app) != NO_ITEM)
		return SAVE_THIS_MESSAGE;
	return app_session(app) != NO_ITEM ? SAVE_THIS_SESSION : SAVE_ALL;
}

/* ": report.pdf and 2 more", of what is chosen. */
static void
look_for_files(struct dialog *d)
{
	struct desk *desk = app_desk(d->app);
	const struct model *model = app_model(d->app);
	const struct item *is = model_item(model, app_session(d->app));
	uint32_t next = is != NULL && is->kind == ITEM_SESSION ? is->next : NO_ITEM;
	struct unit u;

	for (int i = 0; next != NO_ITEM && (is = model_item(model, next)) != NULL && i < MESSAGES_LOOKED_AT; i++, next = is->next) {
		if (!model_read(model, next, desk, &u))
			continue;
		d->attached += u.message->attachments;
		for (size_t k = 0; k < u.message->npart && d->files.n == 0; k++)
			if (u.message->part[k].filename.n > 0 && u.message->part[k].kind != PART_UNPACKED) {
				buf_text(&d->files, ": ");
				buf_add(&d->files, u.message->part[k].filename);
			}
	}
	if (d->files.n > 0 && d->attached > 1)
		buf_printf(&d->files, " and %llu more", (unsigned long long)d->attached - 1);
}

static void
look_at_part(struct dialog *d)
{
	uint32_t part = app_stands_on(d->app);
	struct unit u;

	if (part == 0 || app_message(d->app) == NO_ITEM || !model_read(app_model(d->app), app_message(d->app), app_desk(d->app), &u))
		return;
	for (size_t i = 0; i < u.message->npart; i++)
		if (u.message->part[i].number == part)
			buf_add(&d->part, u.message->part[i].filename);
}

void
save_dialog_open(struct app *app, slice arguments)
{
	static const struct dialog_ops ops = {
		.title = "Save", .state_size = sizeof(struct dialog), .size = size, .draw = draw, .key = key, .work = work,
		.mouse = mouse_at, .close = close_dialog,
	};
	struct dialog *d;

	if (list_total(app_list(app)) == 0 && app_session(app) == NO_ITEM) {
		app_say(app, STYLE_INFO, "There is nothing to save yet");
		return;
	}
	d = app_dialog(app, &ops);
	d->app = app;
	line_init(&d->path, SLICE_NONE);
	buf_init(&d->said, NAMES);
	buf_init(&d->files, NAMES);
	buf_init(&d->part, LIMIT_FILE_NAME);
	look_for_files(d);
	look_at_part(d);
	d->what = most_likely(app);
	d->format = likely_format(app);
	choices_changed(d);
	if (slice_trim(arguments).n > 0 && take_arguments(d, arguments))
		start(d);
}
