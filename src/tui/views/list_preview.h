/*
 * list_preview.h - the transcript of the session under the cursor, below the
 * list. Of a message it begins where its transaction does.
 */
#ifndef LIST_PREVIEW_H
#define LIST_PREVIEW_H

#include "tui/view.h"
#include "tui/widgets/sheet.h"

struct list_preview {
	struct app *app;
	struct sheet sheet;
	uint32_t item;			/* that is shown: a session or a message */
	size_t top;			/* the first row */
	bool moved;			/* by somebody: it stays */
	int height;
};

void list_preview_init(struct list_preview *, struct app *);
void list_preview_fini(struct list_preview *);
/* A line that says whose it is, and rows; focused: keys go to it. */
void list_preview_draw(struct list_preview *, struct area, uint32_t item, bool focused);
bool list_preview_act(struct list_preview *, enum action);		/* DOWN … LAST */
void list_preview_wheel(struct list_preview *, bool down);

#endif
