/*
 * app.c - the screen as a whole: what it owns, what it knows, its work and
 * its drawing. parts.h says where the rest is.
 */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"

/* What the screen remembers of times, unless -t was given. */
static void
use_remembered_times(struct app *app)
{
	struct buf why;
	slice times = config_get(app->options.config, "times", "");

	buf_init(&why, KiB);
	if (!app->options.when_given && times.n > 0)
		option_set(app, S("times"), times, &why);
	buf_fini(&why);
}

struct app *
app_new(const struct app_options *options)
{
	struct app *app = xcalloc(1, sizeof *app);
	struct buf why;

	app->options = *options;
	app->desk = desk_new();
	app->list = list_new(options->model, LIST_SESSIONS);
	app->session = app->message = NO_ITEM;
	app->finding = SIZE_MAX;
	app->stack[app->depth++] = 0;
	app->stale = true;
	app->cursor_x = app->cursor_y = -1;
	buf_init(&app->said, 4 * KiB);
	buf_init(&app->search, LIMIT_PROMPT);
	buf_init(&app->question.text, KiB);
	buf_init(&why, LIMIT_PROMPT);
	use_remembered_times(app);
	if (options->filter.n > 0 && !filter_set(app, options->filter, &why))
		app_say(app, STYLE_BAD, "%.*s", (int)why.n, (const char *)why.p);
	buf_fini(&why);
	return app;
}

void
app_free(struct app **pointer)
{
	struct app *app = *pointer;

	if (app == NULL)
		return;
	dialogs_close(app);
	prompt_free(&app->prompt);
	trial_stop(app);
	pages_close(app);
	dossier_close(&app->dossier);
	list_free(&app->list);
	filter_free(&app->filter);
	desk_free(&app->desk);
	for (size_t i = 0; i < app->nkept; i++)
		news_batch_free(&app->kept[i]);
	free(app->kept);
	buf_fini(&app->said);
	buf_fini(&app->search);
	buf_fini(&app->question.text);
	free(app);
	*pointer = NULL;
}

/* --- news --- */

/* What was chosen may have been forgotten by the model meanwhile. */
static void
let_go_of_forgotten(struct app *app)
{
	if (app->session == NO_ITEM || model_item(app->options.model, app->session) != NULL)
		return;
	dossier_close(&app->dossier);
	app->session = app->message = NO_ITEM;
	app_say(app, STYLE_LOST, "The session that was shown had to make room for younger ones (--mem)");
}

/* What could not be remembered, because the disk is full or lets nobody write, is told when it begins. */
static void
tell_vault_trouble(struct app *app)
{
	const char *trouble = vault_trouble(model_vault(app->options.model));

	if (trouble != NULL && trouble != app->vault_trouble)
		app_say(app, STYLE_BAD, "%s", trouble);
	app->vault_trouble = trouble;
}

static void
go_on(struct app *app)
{
	app->paused = false;
	for (size_t i = 0; i < app->nkept; i++)
		app_take(app, &app->kept[i]);
	app->nkept = app->nfigured = app->kept_news = 0;
}

static void
keep(struct app *app, struct news_batch *batch)
{
	if (app->nkept == app->kept_room) {
		app->kept_room = app->kept_room > 0 ? 2 * app->kept_room : LIMIT_BATCHES;
		app->kept = xrealloc(app->kept, app->kept_room, sizeof(*app->kept));
	}
	if (batch->figures != NULL) {		/* they are of all that came: only the latest are shown */
		for (size_t i = app->nfigured; i < app->nkept; i++) {
			free(app->kept[i]->figures);
			app->kept[i]->figures = NULL;
		}
		app->nfigured = app->nkept;
	}
	app->kept_news += batch->n + batch->nfinding;
	app->kept[app->nkept++] = batch;
}

void
app_take(struct app *app, struct news_batch **batch)
{
	if (app->paused) {
		keep(app, *batch);
		*batch = NULL;
		if (app->options.live && (app->nkept >= LIMIT_PAUSED || app->kept_news >= LIMIT_PAUSED_NEWS)) {
			go_on(app);
			app_say(app, STYLE_LOST, "The screen goes on: it cannot stand still for longer without losing packets");
		}
		return;
	}
	model_take(app->options.model, batch);
	let_go_of_forgotten(app);
	tell_vault_trouble(app);
	app->stale = true;
}

bool
app_is_full(const struct app *app)
{
	return app->paused && !app->options.live && app->nkept >= LIMIT_BATCHES;
}

void
app_pause(struct app *app)
{
	if (app->paused) {
		go_on(app);
	} else if (model_over(app->options.model)) {
		app_say(app, STYLE_INFO, "All has been read: there is nothing to pause");
	} else {
		app->paused = true;
		app_say(app, STYLE_INFO, "Paused: nothing is lost, p goes on");
	}
}

/* --- work --- */

static bool
list_turn(struct app *app, nstime until)
{
	return list_work(app->list, until);
}

static bool
dossier_turn(struct app *app, nstime until)
{
	return app->dossier != NULL && dossier_work(app->dossier, until);
}

/* Each in turn is the first, so that none waits for ever. */
bool
app_work(struct app *app, nstime until)
{
	static bool (*const workers[])(struct app *, nstime) = { pages_work, dialogs_work, dossier_turn, list_turn, trial_work };
	enum { WORKERS = sizeof workers / sizeof workers[0] };
	bool more = false;

	for (unsigned i = 0; i < WORKERS; i++)
		more |= workers[(app->turn + i) % WORKERS](app, until);
	app->turn = (app->turn + 1) % WORKERS;
	app->stale |= more || app->worked;
	app->worked = more;			/* the last slice, too, has changed something */
	return more;
}

bool
app_is_stale(const struct app *app)
{
	return app->stale;
}

/* --- drawing --- */

static void
draw_no_session(struct app *app, struct area area)
{
	int y = area.height / 3;

	canvas_words(area, 2, y, STYLE_TITLE, "No session is chosen");
	if (list_count(app->list) > 0)
		canvas_words(area, 2, y + 1, STYLE_DIM, "1 shows the list; Enter opens what its cursor stands on.");
	else if (list_total(app->list) > 0)
		canvas_words(area, 2, y + 1, STYLE_DIM, "None matches the filter: \\ changes it.");
	else
		canvas_words(area, 2, y + 1, STYLE_DIM, model_over(app->options.model) ? "There is none in what was read." : "None has been read so far.");
}

static void
draw_view(struct app *app, struct area area)
{
	void *state = shown_state(app);

	if (shown_ops(app)->of_session && !has_session(app))
		draw_no_session(app, area);
	else
		shown_ops(app)->draw(state, area);
}

void
app_draw(struct app *app, struct canvas *canvas)
{
	struct area all = canvas_all(canvas), view;
	int top = all.height >= 3, bottom = all.height >= 2;

	app->width = all.width;
	app->height = all.height;
	app->cursor_x = app->cursor_y = -1;
	app->stale = false;
	canvas_clear(canvas);
	view = area_part(all, 0, top, all.width, all.height - top - bottom);
	draw_view(app, view);
	dialogs_draw(app, view);
	if (top)
		top_line_draw(app, all, 0);
	if (bottom || app->prompt != NULL)
		bottom_line_draw(app, all, all.height - 1);
}

void
app_cursor(const struct app *app, int *x_r, int *y_r)
{
	*x_r = app->cursor_x;
	*y_r = app->cursor_y;
}

/* --- wishes --- */

enum app_wish
app_wish(struct app *app)
{
	for (unsigned wish = APP_NOTHING + 1; wish <= APP_THEME; wish++)
		if (app->wishes & 1u << wish) {
			app->wishes &= ~(1u << wish);
			return (enum app_wish)wish;
		}
	return APP_NOTHING;
}

void
app_leave(struct app *app, enum app_wish wish, bool (*run)(void *self), void *self)
{
	app->outside = (struct outside){ run, self };
	wish_for(app, wish);
}

bool
app_outside(struct app *app)
{
	struct outside outside = app->outside;

	app->outside = (struct outside){ 0 };
	app->stale = true;
	return outside.run != NULL && outside.run(outside.self);
}

void
wish_for(struct app *app, enum app_wish wish)
{
	app->wishes |= 1u << wish;
}

/* --- what views ask --- */

struct model *app_model(struct app *app) { return app->options.model; }
struct list *app_list(struct app *app) { return app->list; }
const struct filter *app_filter(const struct app *app) { return app->filter; }
bool app_trouble(const struct app *app) { return app->trouble; }
struct config *app_config(struct app *app) { return app->options.config; }
const struct host *app_host(const struct app *app) { return app->options.host; }
const struct app_options *app_options(const struct app *app) { return &app->options; }
uint32_t app_session(const struct app *app) { return app->session; }
struct desk *app_desk(struct app *app) { return app->desk; }

void
app_set_trouble(struct app *app, bool on)
{
	app->trouble = on;
	list_filter(app->list, app->filter, on);
	app->stale = true;
}

/* The one that was chosen; else the first that the session had, as soon as it has one. */
uint32_t
app_message(const struct app *app)
{
	const struct item *session = app->session != NO_ITEM ? model_item(app->options.model, app->session) : NULL;

	if (app->message != NO_ITEM && model_item(app->options.model, app->message) != NULL)
		return app->message;
	return session != NULL && session->kind == ITEM_SESSION ? session->next : NO_ITEM;
}

struct dossier *
app_dossier(struct app *app)
{
	if (app->dossier == NULL && app->session != NO_ITEM) {
		app->dossier = dossier_open(app->options.model, app->session, app->options.secrets);
		app->stale = true;		/* it is read from now on, even if it was asked for while drawing */
	}
	return app->dossier;
}

void
app_choose(struct app *app, uint32_t chosen)
{
	const struct item *item = chosen != NO_ITEM ? model_item(app->options.model, chosen) : NULL;
	uint32_t session = item == NULL || item->kind == ITEM_LONE ? NO_ITEM : item->session;

	if (session != app->session) {
		dossier_close(&app->dossier);
		app->finding = SIZE_MAX;
		app->jump.there = app->part.there = false;
	}
	app->session = session;
	app->message = item != NULL && item->kind == ITEM_MESSAGE ? chosen : NO_ITEM;
	app->stale = true;
}

void
app_show(struct app *app, enum action view)
{
	size_t page = page_of_action(view);

	CHECK(page < PAGES);
	page_show(app, page, false);
}

void
app_jump(struct app *app, enum dir dir, uint64_t offset, uint64_t packet)
{
	app->jump.there = true;
	app->jump.dir = dir;
	app->jump.offset = offset;
	app->jump.packet = packet;
}

bool
app_jump_taken(struct app *app, enum dir *dir, uint64_t *offset, uint64_t *packet)
{
	bool there = app->jump.there;

	*dir = app->jump.dir;
	*offset = app->jump.offset;
	*packet = app->jump.packet;
	app->jump.there = false;
	return there;
}

void
app_part(struct app *app, uint32_t part)
{
	app->part.there = true;
	app->part.number = part;
}

bool
app_part_taken(struct app *app, uint32_t *part)
{
	bool there = app->part.there;

	*part = app->part.number;
	app->part.there = false;
	return there;
}

void
app_stand_on(struct app *app, uint32_t part)
{
	app->stands_on.message = app_message(app);
	app->stands_on.number = part;
}

uint32_t
app_stands_on(const struct app *app)
{
	bool there = shown_ops(app) == &view_mail && app->stands_on.message == app_message(app);

	return there ? app->stands_on.number : 0;
}

void
app_say(struct app *app, enum style style, const char *format, ...)
{
	char text[KiB];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buf_clear(&app->said);
	buf_text(&app->said, text);
	app->said_style = style;
	app->stale = true;
}
