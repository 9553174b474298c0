#include "save_items.h"

#include <stdlib.h>

#include "base/err.h"

void
save_items_fini(struct save_items *s)
{
	free(s->v);
	*s = (struct save_items){ 0 };
}

static void
add(struct save_items *s, uint32_t item)
{
	if (item == NO_ITEM)
		return;
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->v = xrealloc(s->v, s->cap, sizeof *s->v);
	}
	s->v[s->n++] = item;
}

static bool
is_kind(const struct item *is, enum list_kind kind)
{
	return kind == LIST_MESSAGES ? is->kind == ITEM_MESSAGE : is->kind == ITEM_SESSION || is->kind == ITEM_ATTEMPT;
}

size_t
save_items_count(struct app *app, enum save_what what)
{
	struct list *list = app_list(app);
	bool filtered = app_filter(app) != NULL || app_trouble(app);

	switch (what) {
	case SAVE_THIS_PART:
		return app_stands_on(app) != 0 && app_message(app) != NO_ITEM;
	case SAVE_THIS_SESSION:
		return app_session(app) != NO_ITEM;
	case SAVE_THIS_MESSAGE:
		return app_message(app) != NO_ITEM;
	case SAVE_MARKED:
		return model_marked(app_model(app));
	case SAVE_FILTERED:
		return filtered ? list_count(list) : 0;
	default:
		return list_total(list);
	}
}

static void
add_items_of_model(struct app *app, struct save_items *out, bool marked)
{
	const struct model *model = app_model(app);
	enum list_kind kind = list_kind_of(app_list(app));
	const struct item *is;

	for (uint32_t i = model_first(model); i < model_end(model); i++)
		if ((is = model_item(model, i)) != NULL && (marked ? is->marked : is_kind(is, kind)))
			add(out, i);
}

static void
add_all(struct app *app, enum save_what what, struct save_items *out)
{
	struct list *list = app_list(app);

	switch (what) {
	case SAVE_THIS_SESSION:
		add(out, app_session(app));
		break;
	case SAVE_THIS_PART:
	case SAVE_THIS_MESSAGE:
		add(out, app_message(app));
		break;
	case SAVE_FILTERED:
		for (size_t i = 0; i < list_count(list); i++)
			add(out, list_at(list, i));
		break;
	default:
		add_items_of_model(app, out, what == SAVE_MARKED);
	}
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool
has(const struct save_items *s, uint32_t item)
{
	return bsearch(&item, s->v, s->n, sizeof *s->v, compare) != NULL;
}

/* In order, each once; what was forgotten since, and messages whose session is there, are left out. */
static void
tidy(const struct model *model, struct save_items *s)
{
	size_t n = 0;

	if (s->n == 0)
		return;
	qsort(s->v, s->n, sizeof *s->v, compare);
	for (size_t i = 0; i < s->n; i++) {
		const struct item *is = model_item(model, s->v[i]);

		if (is == NULL || (n > 0 && s->v[n - 1] == s->v[i]) || (is->kind == ITEM_MESSAGE && has(&(struct save_items){ s->v, n, 0 }, is->session)))
			continue;
		s->v[n++] = s->v[i];
	}
	s->n = n;
}

static bool
is_of_sessions(enum save_format f)
{
	return f == SAVE_PCAP || f == SAVE_TEXT || f == SAVE_LADDER;
}

void
save_items_collect(struct app *app, enum save_what what, enum save_format format, struct save_items *out)
{
	const struct model *model = app_model(app);

	out->n = 0;
	if (format == SAVE_CSV && what == SAVE_ALL && app_filter(app) == NULL && !app_trouble(app))
		what = SAVE_FILTERED;		/* that is all, in the order of the list */
	add_all(app, what, out);
	if (format == SAVE_CSV)
		return;
	for (size_t i = 0; i < out->n && is_of_sessions(format); i++) {
		const struct item *is = model_item(model, out->v[i]);

		if (is != NULL && is->kind == ITEM_MESSAGE)
			out->v[i] = is->session;
	}
	tidy(model, out);
}
