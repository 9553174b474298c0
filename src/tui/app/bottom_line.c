/*
 * bottom_line.c - what is most useful to know now: a question, what is typed,
 * a message, or else the keys of the view.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"

enum { USEFUL = 6 };

/* --- useful keys, made from the table --- */

static const enum action leading_on[USEFUL] = {
	ACTION_NEXT_SESSION, ACTION_PREVIOUS_SESSION, ACTION_VIEW_LADDER, ACTION_VIEW_FIND, ACTION_BACK, ACTION_HELP,
};

static const enum action *
useful_now(const struct app *app)
{
	const struct view_ops *ops = shown_ops(app);
	const void *state = app->page[page_shown(app)].state;

	return ops->is_empty != NULL && state != NULL && ops->is_empty(state) ? leading_on : ops->useful;
}

/* The first of an action's keys. */
static slice
first_key(enum action action)
{
	const char *keys = action_info(action)->keys;

	return (slice){ (const uint8_t *)keys, strcspn(keys, " ") };
}

static int
key_width(enum action action)
{
	return text_columns(first_key(action)) + 1 + text_columns(slice_of(action_info(action)->brief));
}

/*
 * Which keys there is room for, and where: "Enter open  \ filter  ? help".
 * The help's is the last to go. Returns how many.
 */
static size_t
lay_out(const struct app *app, enum action action[USEFUL], int x[USEFUL])
{
	const enum action *useful = useful_now(app);
	int room = app->width, at = 0;
	size_t n = 0;

	for (size_t i = 0; i < USEFUL; i++)
		if (useful[i] == ACTION_HELP)
			room -= key_width(ACTION_HELP) + 2;
	for (size_t i = 0; i < USEFUL && useful[i] != ACTION_NONE; i++) {
		bool help = useful[i] == ACTION_HELP;

		if (!help && at + key_width(useful[i]) > room)
			continue;
		action[n] = useful[i];
		x[n++] = at;
		at += key_width(useful[i]) + 2;
	}
	return n;
}

static void
draw_keys(struct app *app, struct area area, int y)
{
	enum action action[USEFUL];
	int x[USEFUL];
	size_t n = lay_out(app, action, x);

	for (size_t i = 0; i < n; i++) {
		slice key = first_key(action[i]);
		int width = canvas_text(area, x[i], y, area.width - x[i], STYLE_BAR_ON, key);

		canvas_words(area, x[i] + width + 1, y, STYLE_BAR, action_info(action[i])->brief);
	}
}

enum action
bottom_line_at(const struct app *app, int at)
{
	enum action action[USEFUL];
	int x[USEFUL];
	size_t n = lay_out(app, action, x);

	if (app->prompt != NULL || app->question.open || app->said.n > 0)
		return ACTION_NONE;
	for (size_t i = 0; i < n; i++)
		if (at >= x[i] && at < x[i] + key_width(action[i]))
			return action[i];
	return ACTION_NONE;
}

/* --- questions --- */

void
app_ask(struct app *app, const char *question, const char *letters, void (*answer)(void *self, char), void *self)
{
	struct question *q = &app->question;

	buf_clear(&q->text);
	buf_text(&q->text, question);
	snprintf(q->letters, sizeof q->letters, "%s", letters);
	q->answer = answer;
	q->self = self;
	q->open = true;
	app->stale = true;
}

/* Other keys than the letters are not heard, but for those that mean no everywhere. */
void
question_key(struct app *app, uint32_t key)
{
	struct question *q = &app->question;
	bool leaves = key == KEY_ESCAPE || key == KEY_CONTROL('C');

	if (!leaves && (key == 0 || key >= 0x7f || strchr(q->letters, (int)key) == NULL))
		return;
	q->open = false;
	q->answer(q->self, leaves ? 0 : (char)key);
}

static void
draw_question(struct app *app, struct area area, int y)
{
	int x = canvas_text(area, 0, y, area.width, STYLE_BAR_ON, buf_slice(&app->question.text)) + 1;

	for (const char *letter = app->question.letters; *letter != '\0'; letter++)
		x += canvas_text(area, x, y, 1, STYLE_BAR_ON, (slice){ (const uint8_t *)letter, 1 }) + 1;
	app->cursor_x = x < area.width ? x : area.width - 1;
	app->cursor_y = area.y + y;
}

/* --- what is typed --- */

void
app_prompt(struct app *app, const struct prompt_user *user, slice text)
{
	prompt_free(&app->prompt);
	trial_stop(app);
	app->searching = false;
	app->prompt = prompt_new(user, app->options.config, text);
	app->stale = true;
}

/* Over: whoever asked may ask again from inside done(). */
static void
finish_prompt(struct app *app, bool taken)
{
	struct prompt *prompt = app->prompt;
	const struct prompt_user *user = prompt_user(prompt);

	app->prompt = NULL;
	if (taken)
		prompt_remember(prompt);
	user->done(user->self, taken ? prompt_text(prompt) : SLICE_NONE);
	prompt_free(&prompt);
}

void
prompt_feed(struct app *app, uint32_t key)
{
	switch (prompt_key(app->prompt, key)) {
	case PROMPT_OPEN: break;
	case PROMPT_DONE: finish_prompt(app, true); break;
	case PROMPT_CANCELLED: finish_prompt(app, false); break;
	}
}

static void
draw_prompt(struct app *app, struct area area, int y)
{
	struct buf note;

	buf_init(&note, KiB);
	trial_tell(app, &note);
	prompt_draw(app->prompt, area, y, buf_slice(&note), &app->cursor_x);
	app->cursor_y = area.y + y;
	buf_fini(&note);
}

void
bottom_line_draw(struct app *app, struct area area, int y)
{
	if (app->prompt != NULL) {
		draw_prompt(app, area, y);
		return;
	}
	canvas_fill(area, 0, y, area.width, 1, ' ', STYLE_BAR);
	if (app->question.open)
		draw_question(app, area, y);
	else if (app->said.n > 0)
		canvas_text(area, 0, y, area.width, app->said_style, buf_slice(&app->said));
	else
		draw_keys(app, area, y);
}
