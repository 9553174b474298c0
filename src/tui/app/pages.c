/*
 * pages.c - the views: opened when they are first shown, refreshed when what
 * they show has changed, and the way back from each.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static const struct view_ops *const views[PAGES] = {
	&view_list, &view_ladder, &view_text, &view_mail, &view_head, &view_find, &view_stat, &view_tls, &view_help,
};

const struct view_ops *
page_ops(size_t page)
{
	CHECK(page < PAGES);
	return views[page];
}

size_t
page_of_action(enum action action)
{
	if (action == ACTION_HELP)
		return PAGE_HELP;
	return action >= ACTION_VIEW_LIST && action <= ACTION_VIEW_TLS ? (size_t)(action - ACTION_VIEW_LIST) : PAGES;
}

size_t
page_shown(const struct app *app)
{
	return app->stack[app->depth - 1];
}

const struct view_ops *
shown_ops(const struct app *app)
{
	return views[page_shown(app)];
}

bool
has_session(const struct app *app)
{
	return app->session != NO_ITEM;
}

static void
open_page(struct app *app, size_t page)
{
	struct page *p = &app->page[page];

	if (p->state != NULL)
		return;
	p->state = xcalloc(1, views[page]->state_size > 0 ? views[page]->state_size : 1);
	if (views[page]->open != NULL)
		views[page]->open(p->state, app);
}

static void
refresh(struct app *app, size_t page)
{
	struct page *p = &app->page[page];
	struct seen now = { model_version(app->options.model), app_session(app), app_message(app), true };

	if (p->seen.done && p->seen.version == now.version && p->seen.session == now.session && p->seen.message == now.message)
		return;
	p->seen = now;
	if (views[page]->refresh != NULL)
		views[page]->refresh(p->state);
}

void *
page_state(struct app *app, size_t page)
{
	open_page(app, page);
	refresh(app, page);
	return app->page[page].state;
}

/* A view of a session has one as soon as there is one. */
void *
shown_state(struct app *app)
{
	if (shown_ops(app)->of_session && !has_session(app) && list_count(app->list) > 0)
		app_choose(app, list_at(app->list, 0));
	return page_state(app, page_shown(app));
}

void
pages_refresh(struct app *app)
{
	for (size_t i = 0; i < PAGES; i++)
		app->page[i].seen.done = false;
}

/* Takes the page out of the way back. */
static void
forget(struct app *app, size_t page)
{
	for (size_t i = 0; i < app->depth; i++)
		if (app->stack[i] == page) {
			memmove(app->stack + i, app->stack + i + 1, app->depth - i - 1);
			app->depth--;
			return;
		}
}

void
page_show(struct app *app, size_t page, bool instead)
{
	app->stale = true;
	app->shows++;
	if (page == 0) {
		app->depth = 0;			/* behind the list is nothing */
	} else {
		if (instead && app->depth > 1 && views[page]->of_session && shown_ops(app)->of_session)
			app->depth--;
		forget(app, page);
	}
	app->stack[app->depth++] = (uint8_t)page;
	app->page[page].seen.done = false;
}

bool
page_back(struct app *app)
{
	if (app->depth <= 1)
		return false;
	app->depth--;
	app->page[page_shown(app)].seen.done = false;
	app->stale = true;
	return true;
}

void
pages_close(struct app *app)
{
	for (size_t i = 0; i < PAGES; i++) {
		if (app->page[i].state != NULL && views[i]->close != NULL)
			views[i]->close(app->page[i].state);
		free(app->page[i].state);
		app->page[i].state = NULL;
	}
}

bool
pages_work(struct app *app, nstime until)
{
	void *state = shown_state(app);

	if (shown_ops(app)->work == NULL || (shown_ops(app)->of_session && !has_session(app)))
		return false;
	return shown_ops(app)->work(state, until);
}
