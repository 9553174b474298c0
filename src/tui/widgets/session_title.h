/*
 * session_title.h - the lines that stand on top of every view of a session:
 * its number, who talked to whom and when; what came of it.
 *
 * Read from the record when that changed, not with each drawing.
 */
#ifndef SESSION_TITLE_H
#define SESSION_TITLE_H

#include "tui/app.h"

struct session_title {
	uint32_t item;
	uint64_t version;		/* of the item; 0: nothing was read */
	enum time_format format;	/* of times, then */
	struct buf ends, time, result, shortcoming;
	bool open;			/* the session goes on */
	enum style tone;
};

void session_title_init(struct session_title *);
void session_title_fini(struct session_title *);
/* Draws it for the session that is chosen. Returns the lines it took: 2, or 1 of a low screen, or 0 of a very low one. */
int  session_title_draw(struct session_title *, struct app *, struct area);
/* What stands at the right of the top line: how far its reading is, or which line of how many the cursor stands on. */
void session_status(struct app *, size_t cursor, size_t count, bool follows, struct buf *out);

#endif
