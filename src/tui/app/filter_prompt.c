/*
 * filter_prompt.c - the filter: typed, judged with every key, and set.
 */
#include "parts.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/words.h"
#include "filter/lexer.h"

static const char hint[] = "as  smtp.rcpt.code >= 500  ·  mime.filename contains \".exe\"  ·  smtp.reply_time > 2  ·  Tab: what there is";

/* The parser's sentence, without the picture below it. */
static slice
sentence_of(const struct buf *why)
{
	slice sentence, rest;

	slice_cut(buf_slice(why), '\n', &sentence, &rest);
	return sentence;
}

/* What is wrong, as it helps here: an option of the program cannot be given, and who types a plain word wants to search. */
static void
say_why(const struct buf *why, struct buf *out)
{
	slice sentence = sentence_of(why);
	size_t end;

	if (!slice_find(sentence, ';', &end) || !slice_starts(slice_drop(sentence, end), S("; --help-fields"))) {
		buf_add(out, sentence);
		return;
	}
	buf_add(out, slice_take(sentence, end));
	buf_add(out, S("; Tab on an empty line lists them, and / searches for words"));
}

/* --- how many would be shown? --- */

void
trial_stop(struct app *app)
{
	list_free(&app->trial.list);
	filter_free(&app->trial.filter);
}

/* A list of its own is filtered while one types: each key begins again. */
static void
trial_start(struct app *app, struct filter *filter)
{
	trial_stop(app);
	app->trial.filter = filter;
	app->trial.list = list_new(app->options.model, list_kind_of(app->list));
	list_filter(app->trial.list, filter, app->trouble);
}

bool
trial_work(struct app *app, nstime until)
{
	return app->trial.list != NULL && list_work(app->trial.list, until);
}

void
trial_tell(const struct app *app, struct buf *out)
{
	const struct list *list = app->trial.list;
	char count[WORDS_NUMBER], total[WORDS_NUMBER];

	if (list != NULL && list_total(list) > 0)
		buf_printf(out, "%s%s of %s", list_is_busy(list) ? "… " : "", words_number(list_count(list), count),
		    words_number(list_total(list), total));
}

/* --- while it is typed --- */

/* "in @FILE": files are not read with every key. */
static bool
names_a_file(slice text)
{
	struct arena *arena = arena_new(LIMIT_FILTER);
	struct lexer lexer = { .text = text, .arena = arena };
	enum token_kind before = TOKEN_END;
	bool found = false;

	for (struct token t = lexer_next(&lexer); t.kind != TOKEN_END && t.kind != TOKEN_BAD; t = lexer_next(&lexer)) {
		found |= before == TOKEN_IN && t.kind == TOKEN_WORD && slice_starts(t.text, S("@"));
		before = t.kind;
	}
	arena_free(&arena);
	return found;
}

static bool
changed(void *self, slice text, struct buf *message)
{
	struct app *app = self;
	struct buf why;
	struct filter *filter;

	trial_stop(app);
	if (slice_trim(text).n == 0) {
		buf_text(message, "Enter: no filter, everything is shown");
		return true;
	}
	if (names_a_file(text)) {
		buf_text(message, "Enter: the file is read, and only what matches is shown");
		return true;
	}
	buf_init(&why, LIMIT_PROMPT);
	filter = filter_new_where(text, &why, &app->fault.from, &app->fault.to);
	if (filter != NULL) {
		buf_text(message, "Enter: only what matches is shown");
		trial_start(app, filter);
	} else {
		say_why(&why, message);
	}
	buf_fini(&why);
	return filter != NULL;
}

bool
filter_set(struct app *app, slice text, struct buf *why)
{
	struct filter *filter = NULL, *before = app->filter;

	if (slice_trim(text).n > 0) {
		filter = filter_new(text, why);
		if (filter == NULL)
			return false;
	}
	app->filter = filter;
	list_filter(app->list, filter, app->trouble);
	filter_free(&before);
	app->stale = true;
	return true;
}

bool
app_filter_by(struct app *app, slice text)
{
	struct buf why;
	bool set;

	buf_init(&why, LIMIT_PROMPT);
	set = filter_set(app, text, &why);
	if (!set)
		app_say(app, STYLE_BAD, "%.*s", (int)sentence_of(&why).n, (const char *)sentence_of(&why).p);
	buf_fini(&why);
	return set;
}

static void
done(void *self, slice text)
{
	trial_stop(self);
	if (text.p != NULL)
		app_filter_by(self, text);
}

static void
fault(void *self, size_t *from, size_t *to)
{
	struct app *app = self;

	*from = app->fault.from;
	*to = app->fault.to;
}

static bool
complete(void *self, slice text, size_t cursor, size_t n, size_t *from, struct buf *word)
{
	(void)self;
	return filter_complete(text, cursor, n, from, word);
}

void
filter_prompt_open(struct app *app, slice text)
{
	static const struct prompt_user user = {
		.title = "filter", .history = "filter", .hint = hint, .done = done, .changed = changed,
		.fault = fault, .complete = complete,
	};
	struct prompt_user mine = user;

	mine.self = app;
	app_prompt(app, &mine, text);
}
