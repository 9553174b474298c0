/*
 * list.c - sessions.
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
	canvas_words(area, 0, 0, STYLE_DIM, "Sessions");
}

static enum act_result
act(void *self, enum action action)
{
	(void)self;
	(void)action;
	return ACT_NOT_MINE;
}

const struct view_ops view_list = {
	.name = "Sessions", .tab = "1Sess", .where = IN_LIST, .of_session = false,
	.useful = { ACTION_OPEN, ACTION_FILTER, ACTION_TROUBLE, ACTION_KIND, ACTION_SAVE, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .draw = draw, .act = act,
};
