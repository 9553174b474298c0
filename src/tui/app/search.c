/*
 * search.c - words, and the places where they stand in what is shown.
 */
#include "parts.h"

slice
app_search_words(const struct app *app)
{
	if (app->searching && app->prompt != NULL)
		return prompt_text(app->prompt);
	return buf_slice(&app->search);
}

/* From the cursor of the view that is shown. */
static void
look(struct app *app, bool backwards)
{
	const struct view_ops *ops = shown_ops(app);
	void *state = shown_state(app);
	slice words = buf_slice(&app->search);

	if (ops->search == NULL || (ops->of_session && !has_session(app)))
		app_say(app, STYLE_INFO, "There is nothing to search in here");
	else if (!ops->search(state, words, backwards))
		app_say(app, STYLE_LATER, "Not found: %.*s", (int)words.n, (const char *)words.p);
}

/* None: what was found is no longer shown as found. */
void
search_for(struct app *app, slice words)
{
	buf_clear(&app->search);
	buf_add(&app->search, words);
	app->stale = true;
	if (words.n > 0)
		look(app, false);
}

void
search_again(struct app *app, bool backwards)
{
	if (app->search.n == 0)
		search_prompt_open(app);
	else
		look(app, backwards);
}

static void
done(void *self, slice text)
{
	struct app *app = self;

	app->searching = false;
	if (text.p != NULL)
		search_for(app, text);
}

void
search_prompt_open(struct app *app)
{
	static const struct prompt_user user = {
		.title = "search (\\ filters)", .history = "search", .done = done,
		.hint = "words of what is shown, upper or lower case; Enter finds, n the next, N the one before",
	};
	struct prompt_user mine = user;

	mine.self = app;
	app_prompt(app, &mine, SLICE_NONE);
	app->searching = true;
}
