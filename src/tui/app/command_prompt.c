/*
 * command_prompt.c - the `:` line: every action by its name, a few words with
 * an argument, and the number of a session.
 */
#include "parts.h"

#include "base/limits.h"
#include "model/list/column.h"
#include "tui/save/save_dialog.h"

/* --- words with an argument --- */

static void
say_why(struct app *app, const struct buf *why)
{
	slice sentence, rest;

	slice_cut(buf_slice(why), '\n', &sentence, &rest);
	app_say(app, STYLE_BAD, "%.*s", (int)sentence.n, (const char *)sentence.p);
}

static void
run_filter(struct app *app, slice argument)
{
	struct buf why;

	buf_init(&why, LIMIT_PROMPT);
	if (!filter_set(app, argument, &why))
		say_why(app, &why);
	buf_fini(&why);
}

static void
set_option(struct app *app, slice name, slice value)
{
	struct buf why;

	buf_init(&why, LIMIT_PROMPT);
	if (!option_set(app, name, slice_trim(value), &why))
		say_why(app, &why);
	buf_fini(&why);
}

static void
run_theme(struct app *app, slice argument)
{
	set_option(app, S("theme"), argument);
}

static void
run_set(struct app *app, slice argument)
{
	slice name, value = SLICE_NONE;

	slice_cut(argument, ' ', &name, &value);
	set_option(app, name, value);
}

/* The list answers for its columns and its order, whatever is shown. */
static void
run_of_list(struct app *app, slice word, slice argument)
{
	struct buf why;

	buf_init(&why, LIMIT_PROMPT);
	if (view_list.command == NULL || view_list.command(page_state(app, 0), word, argument, &why) != ACT_DONE)
		buf_text(&why, "The list does not know this");
	if (why.n > 0)
		say_why(app, &why);
	buf_fini(&why);
}

static void run_columns(struct app *app, slice argument) { run_of_list(app, S("columns"), argument); }
static void run_sort(struct app *app, slice argument) { run_of_list(app, S("sort"), argument); }

/* --- what could stand in their arguments --- */

/* A candidate, and what it is about. */
static bool
add_word(struct buf *out, const char *word, const char *about)
{
	buf_text(out, word);
	if (about != NULL)
		buf_printf(out, "\t%s", about);
	return true;
}

/* Of names that begin with the word, the nth. */
static bool
nth_name(const char *(*name)(slice of, size_t), slice of, slice word, size_t n, struct buf *out)
{
	const char *text;

	for (size_t i = 0; (text = name(of, i)) != NULL; i++)
		if (slice_istarts(slice_of(text), word) && n-- == 0)
			return add_word(out, text, NULL);
	return false;
}

static const char *
nth_option(slice of, size_t n)
{
	(void)of;
	return option_name(n);
}

static bool
complete_theme(slice argument, size_t cursor, size_t n, size_t *from, struct buf *word)
{
	*from = 0;
	for (size_t i = 0; themes[i].name != NULL; i++)
		if (slice_istarts(slice_of(themes[i].name), slice_take(argument, cursor)) && n-- == 0)
			return add_word(word, themes[i].name, themes[i].about);
	return false;
}

static bool
complete_set(slice argument, size_t cursor, size_t n, size_t *from, struct buf *word)
{
	slice name, value;

	if (!slice_cut(slice_take(argument, cursor), ' ', &name, &value)) {
		*from = 0;
		return nth_name(nth_option, SLICE_NONE, name, n, word);
	}
	*from = name.n + 1;
	return nth_name(option_value, name, value, n, word);
}

/* Behind the last comma: the list's own columns, then every field. */
static bool
complete_columns(slice argument, size_t cursor, size_t n, size_t *from, struct buf *out)
{
	slice word;

	for (*from = cursor; *from > 0 && argument.p[*from - 1] != ',' && argument.p[*from - 1] != ' '; --*from)
		;
	word = slice_drop(slice_take(argument, cursor), *from);
	for (size_t i = 0; i < ncolumns_known; i++)
		if (slice_istarts(slice_of(columns_known[i].name), word) && n-- == 0)
			return add_word(out, columns_known[i].name, columns_known[i].about);
	for (size_t i = 0; i < nfields; i++)
		if (slice_istarts(slice_of(fields[i].name), word) && n-- == 0)
			return add_word(out, fields[i].name, fields[i].about);
	return false;
}

static const struct command {
	slice word;
	const char *about;
	void (*run)(struct app *, slice argument);
	bool (*complete)(slice argument, size_t cursor, size_t n, size_t *from_r, struct buf *word);
	bool bare;			/* without an argument it means something too */
} commands[] = {
	{ SLICE("filter"), "filter EXPRESSION: show only what matches", run_filter, filter_complete, false },
	{ SLICE("search"), "search WORDS in what is shown", search_for, NULL, false },
	{ SLICE("save"), "save FORMAT FILE: pcap, eml, parts, text, ladder, json, csv", save_dialog_open, NULL, false },
	{ SLICE("columns"), "columns NAME,NAME…: of the list", run_columns, complete_columns, false },
	{ SLICE("sort"), "sort NAME: the list by this column", run_sort, complete_columns, true },
	{ SLICE("theme"), "theme NAME: how it looks", run_theme, complete_theme, true },
	{ SLICE("set"), "set NAME VALUE: theme, times, preview, mouse", run_set, complete_set, true },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct command *
find_command(slice word)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (slice_eq(commands[i].word, word))
			return &commands[i];
	return NULL;
}

/* --- what was typed --- */

static void
go_to_session(struct app *app, uint64_t number)
{
	uint32_t item = model_find(app->options.model, number);

	if (item == NO_ITEM)
		app_say(app, STYLE_BAD, "There is no session %llu", (unsigned long long)number);
	else
		app_choose(app, item);
}

/* Names of the `:` line, for nearest_words(). */
static const char *
name_at(size_t i)
{
	if (i + 1 < ACTIONS)
		return action_info((enum action)(i + 1))->name;
	i -= ACTIONS - 1;
	return i < COMMANDS ? (const char *)commands[i].word.p : NULL;
}

static void
say_unknown(struct app *app, slice word)
{
	struct buf nearest;

	buf_init(&nearest, KiB);
	nearest_words(&nearest, word, name_at);
	app_say(app, STYLE_BAD, "There is no command %.*s%.*s", (int)word.n, (const char *)word.p, (int)nearest.n, (const char *)nearest.p);
	buf_fini(&nearest);
}

/* Where an action holds, as people call it. */
static void
say_elsewhere(struct app *app, enum action action)
{
	for (size_t page = 0; page < PAGES; page++)
		if (action_info(action)->where & page_ops(page)->where) {
			app_say(app, STYLE_INFO, ":%s holds in %s", action_info(action)->name, page_ops(page)->name);
			return;
		}
}

void
command_run(struct app *app, slice text)
{
	slice word, argument = SLICE_NONE;
	const struct command *command;
	enum action action;
	uint64_t number;

	text = slice_trim(text);
	slice_cut(text, ' ', &word, &argument);
	argument = slice_trim(argument);
	command = find_command(word);
	action = action_of_name((const char *)word.p, word.n);
	if (word.n == 0)
		return;
	if (slice_number(text, &number))
		go_to_session(app, number);
	else if (command != NULL && (argument.n > 0 || command->bare))
		command->run(app, argument);
	else if (action == ACTION_NONE)
		say_unknown(app, word);
	else if ((action_info(action)->where & shown_ops(app)->where) == 0)
		say_elsewhere(app, action);
	else
		app_act(app, action, KEY_NOTHING);
}

/* --- the prompt --- */

static void
done(void *self, slice text)
{
	if (text.p != NULL)
		command_run(self, text);
}

static bool
nth_word(slice word, size_t n, struct buf *out)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (slice_istarts(commands[i].word, word) && n-- == 0)
			return add_word(out, (const char *)commands[i].word.p, commands[i].about);
	for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
		const struct action_info *info = action_info(a);

		if (slice_istarts(slice_of(info->name), word) && find_command(slice_of(info->name)) == NULL && n-- == 0)
			return add_word(out, info->name, info->about);
	}
	return false;
}

static bool
complete(void *self, slice text, size_t cursor, size_t n, size_t *from, struct buf *out)
{
	slice word, argument;
	const struct command *command;
	bool found;

	(void)self;
	if (!slice_cut(slice_take(text, cursor), ' ', &word, &argument)) {
		*from = 0;
		return nth_word(word, n, out);
	}
	command = find_command(word);
	if (command == NULL || command->complete == NULL)
		return false;
	found = command->complete(slice_drop(text, word.n + 1), cursor - word.n - 1, n, from, out);
	*from += word.n + 1;
	return found;
}

void
command_prompt_open(struct app *app)
{
	static const struct prompt_user user = {
		.title = ":", .history = "command", .done = done, .complete = complete,
		.hint = "as  filter EXPRESSION  ·  columns time,from,result  ·  sort wait  ·  12 (a session)  ·  Tab: what there is",
	};
	struct prompt_user mine = user;

	mine.self = app;
	app_prompt(app, &mine, SLICE_NONE);
}
