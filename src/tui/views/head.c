/*
 * head.c - headers.
 */
#include "tui/view.h"

struct state { struct app *app; };

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
}

static void
draw(void *self, struct area area)
{
	(void)self;
	canvas_words(area, 0, 0, STYLE_DIM, "Headers");
}

static enum act_result
act(void *self, enum action action)
{
	(void)self;
	(void)action;
	return ACT_NOT_MINE;
}

const struct view_ops view_head = {
	.name = "Headers", .tab = "5Head", .where = IN_HEAD, .of_session = true,
	.useful = { ACTION_PANE, ACTION_RAW, ACTION_SEARCH, ACTION_SAVE, ACTION_BACK, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .draw = draw, .act = act,
};
