/*
 * view.h - one of the eight views, as a constant table of functions.
 *
 * A view has its state and draws it; it never blocks and never knows a
 * terminal. What is common (the session that is shown, the model, the
 * preferences) it asks the app for (app.h). State is kept while other views are
 * shown, so that coming back finds the cursor where it was.
 */
#ifndef VIEW_H
#define VIEW_H

#include "action.h"
#include "app.h"
#include "canvas.h"

enum act_result { ACT_DONE, ACT_NOT_MINE };

struct view_ops {
	const char *name;		/* "Ladder" */
	const char *tab;		/* "2Ladder": the top line's */
	unsigned where;			/* IN_LADDER */
	bool of_session;		/* shows the session that is chosen; else the whole run */
	enum action useful[6];		/* for the bottom line, the first ones first */
	size_t state_size;		/* zeroed before open */
	void (*open)(void *state, struct app *);
	void (*close)(void *state);
	/* The session, message or the model may have changed (app_session(), app_message(), model_version()). */
	void (*refresh)(void *state);
	bool (*work)(void *state, nstime until);	/* slices of long work; true: there is more. May be NULL */
	/* Its area, without the top and bottom lines; at least 1 x 1. */
	void (*draw)(void *state, struct area);
	enum act_result (*act)(void *state, enum action);
	enum act_result (*mouse)(void *state, const struct mouse *);		/* from its area's corner. May be NULL */
	/* Where the words are next, from the cursor: moves there. False: nowhere. NULL: the view has nothing to search. */
	bool (*search)(void *state, slice words, bool backwards);
	/*
	 * A line typed behind `:` whose first word no action has: "columns time,from". Asked of the list's view even while another
	 * one is shown. why: what is wrong with the argument. May be NULL
	 */
	enum act_result (*command)(void *state, slice word, slice argument, struct buf *why);
	/* What stands at the right of the top line: "12/345". Appends. May be NULL */
	void (*status)(void *state, struct buf *out);
	/* There is nothing to act on, as no message in this session: the keys that lead on are told. May be NULL */
	bool (*is_empty)(const void *state);
	/* All of what it shows as text, as wide as needed, for saving; may be NULL */
	void (*text)(void *state, struct buf *out);
};

extern const struct view_ops view_list, view_ladder, view_text, view_mail, view_head, view_find, view_stat, view_tls;

/* Lines with a cursor that is always visible. */
struct scroll { size_t top, cursor, count; int height; };

void scroll_set(struct scroll *, size_t count, int height);	/* before drawing; keeps the cursor in sight */
bool scroll_act(struct scroll *, enum action);			/* DOWN … LAST; true: it was one of them */
bool scroll_mouse(struct scroll *, const struct mouse *, int y0);	/* wheel, click; y0: of its first line */
void scroll_to(struct scroll *, size_t cursor);

#endif
