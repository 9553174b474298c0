/*
 * save_choice.c - what can be saved in which format, and what it is called.
 */
#include "base/files.h"
#include "save_parts.h"

const struct save_format_info save_formats[SAVE_FORMATS] = {
	[SAVE_PCAP] = { "pcap", "capture", "all packets of the session, for Wireshark", ".pcapng", false },
	[SAVE_EML] = { "eml", "messages", "each mail as it was stored, as an .eml file", "-mail", true },
	[SAVE_PARTS] = { "parts", "attachments", "files as they were attached", "-files", true },
	[SAVE_TEXT] = { "text", "transcript", "the conversation as text, credentials left out", ".txt", false },
	[SAVE_LADDER] = { "ladder", "ladder", "who said what when, as text, for a ticket", "-ladder.txt", false },
	[SAVE_JSON] = { "json", "JSON", "all that is known, for programs: a record a line", ".jsonl", false },
	[SAVE_CSV] = { "csv", "table", "this list with its columns, for a spreadsheet", ".csv", false },
};

const char *const save_whats[SAVE_WHATS] = {
	[SAVE_THIS_PART] = "this part", [SAVE_THIS_SESSION] = "this session", [SAVE_THIS_MESSAGE] = "this message", [SAVE_MARKED] = "marked",
	[SAVE_FILTERED] = "filtered", [SAVE_ALL] = "all",
};

/* --- what can be chosen --- */

static bool
is_session(const struct save_dialog *d)
{
	const struct item *is = model_item(app_model(d->app), app_session(d->app));

	return is != NULL && is->kind == ITEM_SESSION;
}

static bool
has_messages(const struct save_dialog *d)
{
	const struct item *is = model_item(app_model(d->app), app_session(d->app));

	return is_session(d) && is->next != NO_ITEM;
}

/* Of one session it is known what is in it; of many, one would have to look. */
bool
save_can(const struct save_dialog *d, enum save_what what, enum save_format format)
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

void
save_move_what(struct save_dialog *d, unsigned step)
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
find_what(const struct save_dialog *d, enum save_format format, enum save_what *what_r)
{
	static const enum save_what nearest[] = {
		SAVE_THIS_MESSAGE, SAVE_THIS_SESSION, SAVE_MARKED, SAVE_FILTERED, SAVE_ALL, SAVE_THIS_PART,
	};

	*what_r = d->what;
	for (size_t i = 0; i < sizeof nearest / sizeof nearest[0] && !save_can(d, *what_r, format); i++)
		*what_r = nearest[i];
	return save_can(d, *what_r, format);
}

bool
save_set_format(struct save_dialog *d, enum save_format format)
{
	enum save_what what;

	if (!find_what(d, format, &what))
		return false;
	d->format = format;
	d->what = what;
	return true;
}

void
save_move_format(struct save_dialog *d, unsigned step)
{
	for (unsigned i = 1; i <= SAVE_FORMATS; i++)
		if (save_set_format(d, (enum save_format)((d->format + i * step) % SAVE_FORMATS)))
			return;
}

/* --- the name --- */

/* Where it may be saved, if that is not here. */
static void
add_directory(struct buf *out)
{
	const char *directory = files_saving();

	if (directory == NULL || strcmp(directory, ".") == 0)
		return;
	buf_text(out, directory);
	if (out->n > 0 && out->p[out->n - 1] != '/')
		buf_add_byte(out, '/');
}

static void
add_stem(const struct save_dialog *d, struct buf *out)
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
		buf_text(out, d->what == SAVE_THIS_SESSION ? "attempt" : save_whats[d->what]);
	}
}

/* One that is free: "session-3.pcapng", "session-3-2.pcapng" … */
void
save_make_name(struct save_dialog *d)
{
	struct buf stem, name;

	if (d->own_name)
		return;
	buf_init(&stem, SAVE_NAMES);
	buf_init(&name, SAVE_NAMES);
	add_stem(d, &stem);
	for (unsigned i = 1; i < 1000; i++) {
		buf_clear(&name);
		add_directory(&name);
		buf_add(&name, buf_slice(&stem));
		if (i > 1)
			buf_printf(&name, "-%u", i);
		buf_text(&name, save_formats[d->format].ending);
		buf_add_byte(&name, '\0');
		if (files_ask(FILES_LOOK, (const char *)name.p, NULL) != 0)
			break;
	}
	line_set(&d->path, slice_take(buf_slice(&name), name.n - 1));
	buf_fini(&stem);
	buf_fini(&name);
}

