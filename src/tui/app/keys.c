/*
 * keys.c - what a key or the mouse comes to.
 *
 * A question hears keys first, then what is typed, then the topmost dialog,
 * then the view, and what the view leaves is done here.
 */
#include "parts.h"

#include "tui/save/save_dialog.h"

/* --- leaving --- */

static void
quit_answered(void *self, char letter)
{
	if (letter == 'y')
		wish_for(self, APP_QUIT);
}

static void
back(struct app *app, uint32_t key)
{
	if (page_back(app))
		return;
	if (key == KEY_ESCAPE && app->search.n > 0)
		buf_clear(&app->search);	/* what was found is no longer marked */
	else if (key == KEY_ESCAPE)
		app_say(app, STYLE_INFO, "q leaves smtptap; \\ changes the filter, ? explains the keys");
	else if (app->options.live && !model_over(app->options.model))
		app_ask(app, "Packets are still being captured. Leave?", "yn", quit_answered, app);
	else
		wish_for(app, APP_QUIT);
}

/* --- along the list --- */

static void
next_session(struct app *app, bool backwards)
{
	bool messages = list_kind_of(app->list) == LIST_MESSAGES;
	uint32_t now = messages && app_message(app) != NO_ITEM ? app_message(app) : app->session;
	size_t at = now != NO_ITEM ? list_find(app->list, now) : SIZE_MAX, count = list_count(app->list);

	if (count == 0)
		app_say(app, STYLE_INFO, "The list is empty");
	else if (at == SIZE_MAX)
		app_choose(app, list_at(app->list, 0));
	else if (list_at(app->list, at) != now)
		app_choose(app, list_at(app->list, at));	/* it is not in the list: its neighbour is */
	else if (backwards ? at == 0 : at + 1 >= count)
		app_say(app, STYLE_INFO, backwards ? "This is the first one of the list" : "This is the last one of the list");
	else
		app_choose(app, list_at(app->list, backwards ? at - 1 : at + 1));
}

/* --- along the findings of the session --- */

static bool
is_of_session(const struct app *app, const struct model_finding *f)
{
	const struct item *item = f->item != NO_ITEM ? model_item(app->options.model, f->item) : NULL;

	return item != NULL && item->kind != ITEM_LONE && item->session == app->session;
}

/* The next one from `at` on, not itself; SIZE_MAX: none. */
static size_t
find_finding(const struct app *app, size_t at, bool backwards)
{
	size_t n = model_findings(app->options.model), i = at;

	for (size_t tried = 0; tried < n; tried++) {
		struct model_finding f;

		if (backwards)
			i = i == SIZE_MAX || i == 0 ? n - 1 : i - 1;
		else
			i = i == SIZE_MAX || i + 1 >= n ? 0 : i + 1;
		f = model_finding(app->options.model, i);
		if (is_of_session(app, &f))
			return i;
	}
	return SIZE_MAX;
}

/* What a view that shows no findings does about the next one: the transcript shows it. */
static void
next_finding(struct app *app, bool backwards)
{
	size_t at = find_finding(app, app->finding, backwards);
	struct model_finding f;

	if (at == SIZE_MAX) {
		app_say(app, STYLE_INFO, "Nothing was found in this session");
		return;
	}
	app->finding = at;
	f = model_finding(app->options.model, at);
	app_jump(app, f.is.dir, f.is.offset, f.is.packet);
	app_show(app, ACTION_VIEW_TEXT);
	app_say(app, STYLE_INFO, "%s", finding_info(f.is.finding)->id);
}

/* --- taking away --- */

static bool
print_outside(void *self)
{
	struct app *app = self;
	const struct host *host = app->options.host;

	if (app->session == NO_ITEM || host == NULL || host->print == NULL)
		return false;
	host->print(host->self, app->options.model, &app->session, 1);
	return true;
}

static void
print_session(struct app *app)
{
	if (app->session == NO_ITEM)
		app_say(app, STYLE_INFO, "No session is chosen whose transcript could be printed");
	else
		app_leave(app, APP_PRINT, print_outside, app);
}

static void
turn_mouse(struct app *app)
{
	app->mouse = !app->mouse;
	wish_for(app, app->mouse ? APP_MOUSE_ON : APP_MOUSE_OFF);
	app_say(app, STYLE_INFO, app->mouse ? "The mouse is on: M turns it off, and the terminal copies again" : "The mouse is off");
}

/* --- actions --- */

static void
show_page(struct app *app, size_t page)
{
	if (page == PAGE_HELP && page_shown(app) == PAGE_HELP)
		page_back(app);
	else
		page_show(app, page, page != PAGE_HELP);
}

static void
do_it(struct app *app, enum action action, uint32_t key)
{
	if (page_of_action(action) < PAGES) {
		show_page(app, page_of_action(action));
		return;
	}
	switch (action) {
	case ACTION_BACK: back(app, key); break;
	case ACTION_QUIT: wish_for(app, APP_QUIT); break;
	case ACTION_SUSPEND: wish_for(app, APP_SUSPEND); break;
	case ACTION_REDRAW: wish_for(app, APP_REDRAW); break;
	case ACTION_MOUSE: turn_mouse(app); break;
	case ACTION_PAUSE: app_pause(app); break;
	case ACTION_TROUBLE: app_set_trouble(app, !app->trouble); break;
	case ACTION_NEXT_SESSION: next_session(app, false); break;
	case ACTION_PREVIOUS_SESSION: next_session(app, true); break;
	case ACTION_NEXT_FINDING: next_finding(app, false); break;
	case ACTION_PREVIOUS_FINDING: next_finding(app, true); break;
	case ACTION_SEARCH: search_prompt_open(app); break;
	case ACTION_SEARCH_NEXT: search_again(app, false); break;
	case ACTION_SEARCH_BACK: search_again(app, true); break;
	case ACTION_FILTER: filter_prompt_open(app, app->filter != NULL ? filter_text(app->filter) : SLICE_NONE); break;
	case ACTION_COMMAND: command_prompt_open(app); break;
	case ACTION_OPTIONS: options_dialog_open(app); break;
	case ACTION_SAVE: save_dialog_open(app, SLICE_NONE); break;
	case ACTION_PRINT: print_session(app); break;
	default: break;
	}
}

/* Could the view have something to do with it? One of a session has nothing to do while none is chosen. */
static bool
view_acts(struct app *app, enum action action)
{
	void *state = shown_state(app);

	if ((action_info(action)->where & shown_ops(app)->where) == 0 || (shown_ops(app)->of_session && !has_session(app)))
		return false;
	return shown_ops(app)->act(state, action) == ACT_DONE;
}

void
app_act(struct app *app, enum action action, uint32_t key)
{
	if (action == ACTION_NONE)
		return;
	app->stale = true;
	if (!view_acts(app, action))
		do_it(app, action, key);
}

static void
hear(struct app *app, uint32_t key)
{
	if (app->question.open) {
		question_key(app, key);
	} else if (app->prompt != NULL) {
		prompt_feed(app, key);
	} else if (app->nbox > 0 && key == KEY_CONTROL('C')) {
		wish_for(app, APP_QUIT);
	} else if (app->nbox > 0) {
		buf_clear(&app->said);
		dialog_key(app, key);
	} else {
		buf_clear(&app->said);
		app_act(app, action_of_key(key, shown_ops(app)->where), key);
	}
}

/*
 * What is pasted is text: it goes where text is typed, and nowhere else (a dialog knows it by its bit). Alt and a key, where
 * nothing is typed, is Esc and the key.
 */
void
app_key(struct app *app, uint32_t key)
{
	bool typing = app->prompt != NULL && !app->question.open, choosing = app->nbox > 0 && !app->question.open;

	if (key == '\n')
		key = KEY_RETURN;
	app->stale = true;
	if ((key & KEY_PASTED) && !typing && !choosing)
		return;
	if (typing)
		key = key == (KEY_PASTED | KEY_RETURN) ? ' ' : key & ~(uint32_t)KEY_PASTED;
	if ((key & KEY_ALT) && !typing) {
		hear(app, KEY_ESCAPE);
		key &= ~(uint32_t)KEY_ALT;
	}
	hear(app, key);
}

/* --- mouse --- */

static bool
is_click(const struct mouse *mouse)
{
	return mouse->kind == MOUSE_CLICK || mouse->kind == MOUSE_DOUBLE;
}

static void
view_mouse(struct app *app, const struct mouse *mouse)
{
	struct mouse inside = { mouse->kind, mouse->x, mouse->y - (app->height >= 3) };
	void *state = shown_state(app);

	if (shown_ops(app)->mouse != NULL && (!shown_ops(app)->of_session || has_session(app)))
		shown_ops(app)->mouse(state, &inside);
}

void
app_mouse(struct app *app, const struct mouse *mouse)
{
	bool top = app->height >= 3 && mouse->y == 0, bottom = app->height >= 2 && mouse->y == app->height - 1;

	app->stale = true;
	if (app->question.open || app->prompt != NULL)
		return;
	if (app->nbox > 0 || !bottom)
		buf_clear(&app->said);
	if (app->nbox > 0)
		dialog_mouse(app, mouse);
	else if (top && is_click(mouse) && top_line_at(app, mouse->x) < PAGES)
		page_show(app, top_line_at(app, mouse->x), true);
	else if (bottom && is_click(mouse))
		app_act(app, bottom_line_at(app, mouse->x), KEY_NOTHING);
	else if (!top && !bottom)
		view_mouse(app, mouse);
}
