/*
 * dialogs.c - boxes over the view; the topmost one gets the keys.
 *
 * A dialog that is over is closed when its function has returned, never
 * inside it.
 */
#include "parts.h"

#include <stdlib.h>

#include "base/err.h"

struct box *
dialog_top(struct app *app)
{
	return app->nbox > 0 ? &app->box[app->nbox - 1] : NULL;
}

static void
close_box(struct app *app, size_t i)
{
	struct box box = app->box[i];

	for (app->nbox--; i < app->nbox; i++)
		app->box[i] = app->box[i + 1];
	if (box.ops->close != NULL)
		box.ops->close(box.state);
	free(box.state);
	app->stale = true;
}

static void
close_state(struct app *app, const void *state)
{
	for (size_t i = 0; i < app->nbox; i++)
		if (app->box[i].state == state) {
			close_box(app, i);
			return;
		}
}

void *
app_dialog(struct app *app, const struct dialog_ops *ops)
{
	struct box *box;

	CHECK(app->nbox < DIALOGS);
	box = &app->box[app->nbox++];
	*box = (struct box){ .ops = ops, .state = xcalloc(1, ops->state_size > 0 ? ops->state_size : 1) };
	app->stale = true;
	return box->state;
}

void
dialog_key(struct app *app, uint32_t key)
{
	const struct box box = *dialog_top(app);

	if (!box.ops->key(box.state, key))
		close_state(app, box.state);
}

void
dialog_mouse(struct app *app, const struct mouse *mouse)
{
	const struct box box = *dialog_top(app);
	struct mouse inside = { mouse->kind, mouse->x - box.inside.x, mouse->y - box.inside.y };
	bool hit = inside.x >= 0 && inside.y >= 0 && inside.x < box.inside.width && inside.y < box.inside.height;

	if (box.ops->mouse != NULL && hit && !box.ops->mouse(box.state, &inside))
		close_state(app, box.state);
}

bool
dialogs_work(struct app *app, nstime until)
{
	bool more = false;

	for (size_t i = 0; i < app->nbox; i++)
		if (app->box[i].ops->work != NULL)
			more |= app->box[i].ops->work(app->box[i].state, until);
	return more;
}

void
dialogs_close(struct app *app)
{
	while (app->nbox > 0)
		close_box(app, app->nbox - 1);
}

/* --- drawing --- */

enum { TOP_LEFT = 0x250c, TOP_RIGHT = 0x2510, BOTTOM_LEFT = 0x2514, BOTTOM_RIGHT = 0x2518, ACROSS = 0x2500, DOWN = 0x2502 };

static void
frame(struct area a, const char *title)
{
	int right = a.width - 1, bottom = a.height - 1;

	canvas_fill(a, 0, 0, a.width, a.height, ' ', STYLE_PLAIN);
	canvas_fill(a, 0, 0, a.width, 1, ACROSS, STYLE_FRAME);
	canvas_fill(a, 0, bottom, a.width, 1, ACROSS, STYLE_FRAME);
	canvas_fill(a, 0, 0, 1, a.height, DOWN, STYLE_FRAME);
	canvas_fill(a, right, 0, 1, a.height, DOWN, STYLE_FRAME);
	canvas_put(a, 0, 0, TOP_LEFT, STYLE_FRAME);
	canvas_put(a, right, 0, TOP_RIGHT, STYLE_FRAME);
	canvas_put(a, 0, bottom, BOTTOM_LEFT, STYLE_FRAME);
	canvas_put(a, right, bottom, BOTTOM_RIGHT, STYLE_FRAME);
	if (title != NULL && a.width > 8) {
		int n = canvas_text(a, 3, 0, a.width - 6, STYLE_TITLE, slice_of(title));

		canvas_put(a, 2, 0, ' ', STYLE_TITLE);
		canvas_put(a, 3 + n, 0, ' ', STYLE_TITLE);
	}
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* In the middle of the view, framed if there is room for a frame, with a blank at either side. */
static void
draw_box(struct box *box, struct area all)
{
	int width = all.width, height = all.height, edge = all.width >= 20 && all.height >= 5;
	struct area outer;

	if (box->ops->size != NULL)
		box->ops->size(box->state, &width, &height);
	width = least(width + 4 * edge, all.width);
	height = least(height + 2 * edge, all.height);
	outer = area_part(all, (all.width - width) / 2, (all.height - height) / 2, width, height);
	if (edge)
		frame(outer, box->ops->title);
	else
		canvas_fill(outer, 0, 0, width, height, ' ', STYLE_PLAIN);
	box->inside = area_part(outer, 2 * edge, edge, width - 4 * edge, height - 2 * edge);
	if (box->inside.width > 0 && box->inside.height > 0)
		box->ops->draw(box->state, box->inside);
}

void
dialogs_draw(struct app *app, struct area all)
{
	for (size_t i = 0; i < app->nbox; i++)
		draw_box(&app->box[i], all);
}
