/*
 * save_dialog.c - `s`: what, in which format, and where.
 *
 * Three things are chosen at once: what with h and l, the format with j and k,
 * and the name, which is made from the two until somebody writes another one
 * (Tab). While it is written to, the dialog stays and says how far it is; then
 * what was written where.
 */
#include "save_dialog.h"

#include "model/list/table.h"
#include "save_parts.h"

enum { MESSAGES_LOOKED_AT = 1000 };

/* --- keys --- */

static void
choices_changed(struct save_dialog *d)
{
	for (enum save_format f = 0; f < SAVE_FORMATS && !save_can(d, d->what, d->format); f++)
		if (save_can(d, d->what, f))
			d->format = f;
	save_make_name(d);
	save_say(d, false, "");
}

static bool
key_of_name(struct save_dialog *d, uint32_t key)
{
	switch (key) {
	case KEY_ESCAPE: case KEY_TAB: case KEY_TAB_BACK: case KEY_CURSOR_UP:
		d->typing = false;
		return true;
	case KEY_RETURN:
		save_start(d);
		return true;
	default:
		d->own_name |= line_key(&d->path, key) == LINE_CHANGED;
		return true;
	}
}

static bool
key_of_choice(struct save_dialog *d, uint32_t key)
{
	switch (key) {
	case 'j': case KEY_CURSOR_DOWN: save_move_format(d, 1); break;
	case 'k': case KEY_CURSOR_UP: save_move_format(d, SAVE_FORMATS - 1); break;
	case 'l': case KEY_CURSOR_RIGHT: case ' ': save_move_what(d, 1); break;
	case 'h': case KEY_CURSOR_LEFT: save_move_what(d, SAVE_WHATS - 1); break;
	case KEY_TAB: case KEY_TAB_BACK: d->typing = true; return true;
	case KEY_RETURN: save_start(d); return true;
	case KEY_ESCAPE: case 'q': case 's': case KEY_F_2: return false;
	default: return true;
	}
	choices_changed(d);
	return true;
}

static bool
key(void *self, uint32_t k)
{
	struct save_dialog *d = self;

	switch (d->phase) {
	case PHASE_DONE:
		return false;
	case PHASE_READ:
	case PHASE_WRITE:
		if (k == KEY_ESCAPE)
			save_stop(d);
		return true;
	case PHASE_CHOOSE:
		break;
	}
	return d->typing ? key_of_name(d, k) : key_of_choice(d, k);
}

static bool
mouse_at(void *self, const struct mouse *m)
{
	struct save_dialog *d = self;
	int y = m->y - SAVE_LINE_FORMATS;

	if (d->phase == PHASE_DONE)
		return false;
	if (d->phase != PHASE_CHOOSE || (m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE))
		return true;
	if (m->y == 0)
		save_move_what(d, 1);
	else if (y >= 0 && y < SAVE_FORMATS)
		save_set_format(d, (enum save_format)y);
	choices_changed(d);
	if (m->kind == MOUSE_DOUBLE)
		save_start(d);
	return true;
}

static void
close_dialog(void *self)
{
	struct save_dialog *d = self;

	if (d->save != NULL)
		save_stop(d);
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
		if (slice_ieq(word, slice_of(save_formats[f].word)) || slice_ieq(word, slice_of(save_formats[f].name))) {
			*format_r = f;
			return true;
		}
	return false;
}

static bool
what_of_word(slice word, enum save_what *what_r)
{
	for (enum save_what what = 0; what < SAVE_WHATS; what++) {
		slice name = slice_of(save_whats[what]);

		if (slice_ieq(word, slice_starts(name, S("this ")) ? slice_drop(name, 5) : name)) {
			*what_r = what;
			return true;
		}
	}
	return false;
}

/* "parts all files": a format, what, a name; each may be left out. True: it is enough to begin. */
static bool
take_arguments(struct save_dialog *d, slice rest)
{
	enum save_format said;
	slice word;
	bool named = false;

	slice_cut(slice_trim(rest), ' ', &word, &rest);
	if (!format_of_word(word, &d->format)) {
		save_say(d, true, "save takes a format (pcap eml parts text ladder json csv), what, a name");
		return false;
	}
	slice_cut(slice_trim(rest), ' ', &word, &rest);
	if (what_of_word(word, &d->what))
		word = slice_trim(rest);
	named = word.n > 0;
	said = d->format;
	choices_changed(d);
	if (named) {
		line_set(&d->path, word);
		d->own_name = true;
	}
	if (d->format != said)
		save_say(d, true, "There is nothing of that here: choose another format, or of what");
	return named && d->format == said;
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
look_for_files(struct save_dialog *d)
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
look_at_part(struct save_dialog *d)
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
		.title = "Save", .state_size = sizeof(struct save_dialog), .size = save_size, .draw = save_draw, .key = key, .work = save_work,
		.mouse = mouse_at, .close = close_dialog,
	};
	struct save_dialog *d;

	if (list_total(app_list(app)) == 0 && app_session(app) == NO_ITEM) {
		app_say(app, STYLE_INFO, "There is nothing to save yet");
		return;
	}
	d = app_dialog(app, &ops);
	d->app = app;
	line_init(&d->path, SLICE_NONE);
	buf_init(&d->said, SAVE_NAMES);
	buf_init(&d->files, SAVE_NAMES);
	buf_init(&d->part, LIMIT_FILE_NAME);
	look_for_files(d);
	look_at_part(d);
	d->what = most_likely(app);
	d->format = likely_format(app);
	choices_changed(d);
	if (slice_trim(arguments).n > 0 && take_arguments(d, arguments))
		save_start(d);
}
