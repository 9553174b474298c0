/*
 * filter_prompt.c - the filter: typed, judged with every key, and set.
 */
#include "parts.h"

#include "base/arena.h"
#include "base/limits.h"
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

bool
filter_judge(slice text, struct buf *message)
{
	struct buf why;
	struct filter *filter;
	bool good;

	if (slice_trim(text).n == 0) {
		buf_text(message, "Enter: no filter, everything is shown");
		return true;
	}
	if (names_a_file(text)) {
		buf_text(message, "Enter: the file is read, and only what matches is shown");
		return true;
	}
	buf_init(&why, LIMIT_PROMPT);
	filter = filter_new(text, &why);
	good = filter != NULL;
	if (good)
		buf_text(message, "Enter: only what matches is shown");
	else
		buf_add(message, sentence_of(&why));
	buf_fini(&why);
	filter_free(&filter);
	return good;
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
	if (text.p != NULL)
		app_filter_by(self, text);
}

static bool
changed(void *self, slice text, struct buf *message)
{
	(void)self;
	return filter_judge(text, message);
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
		.title = "filter", .history = "filter", .hint = hint, .done = done, .changed = changed, .complete = complete,
	};
	struct prompt_user mine = user;

	mine.self = app;
	app_prompt(app, &mine, text);
}
