/*
 * sheet_pane.h - a sheet that is longer than its pane: scrolled, and searched.
 *
 * Whoever owns it fills the sheet when sheet_pane_fit() says so.
 */
#ifndef SHEET_PANE_H
#define SHEET_PANE_H

#include "sheet.h"
#include "tui/view.h"

struct sheet_pane {
	struct sheet sheet;
	int width;			/* that it was filled for; 0: it must be filled again */
	int height;			/* of the pane, as drawn last */
	int top;			/* the first line in sight */
};

void sheet_pane_init(struct sheet_pane *);
void sheet_pane_fini(struct sheet_pane *);
void sheet_pane_begin(struct sheet_pane *);			/* something else is shown, from its beginning */
/* True: it is to be filled, and was cleared for that. */
bool sheet_pane_fit(struct sheet_pane *, int width);
void sheet_pane_draw(struct sheet_pane *, struct area, slice words);
bool sheet_pane_act(struct sheet_pane *, enum action);		/* DOWN … LAST; true: it was one of them */
bool sheet_pane_mouse(struct sheet_pane *, const struct mouse *);
bool sheet_pane_search(struct sheet_pane *, slice words, bool backwards);	/* goes round; false: nowhere */
void sheet_pane_status(const struct sheet_pane *, struct buf *out);		/* "12–35/207", or nothing if all is in sight */

#endif
