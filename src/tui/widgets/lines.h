/*
 * lines.h - a pane of text to be read: its lines, wrapped to the width, with
 * notes between them, and words to be found in it.
 *
 * The text is the caller's and may grow at its end while it is shown; it is
 * wrapped in slices. Nothing is lost by wrapping: words (LINES_WORDS) break at
 * blanks where they can; exact text (LINES_EXACT) breaks anywhere, and says at
 * the right edge that a line goes on, and where one ends in a bare LF.
 *
 *	lines.c		doors, moving, searching
 *	lines_wrap.c	text into lines
 *	lines_draw.c	lines into cells; links and finds
 *
 * BUGS: a search knows upper and lower case of ASCII only.
 */
#ifndef LINES_H
#define LINES_H

#include "base/nstime.h"
#include "tui/view.h"

enum lines_how { LINES_WORDS, LINES_EXACT };

/* What the pane asks for what it shows; any may be NULL. */
struct lines_user {
	void *self;
	/* The i-th note: it stands on a line of its own in front of byte *at_r. In order. Appends its words. False: there is none. */
	bool (*note)(void *self, size_t i, size_t *at_r, struct buf *words);
	enum style (*style)(void *self, slice line);	/* of a whole line as it begins, before it is wrapped */
	bool links;			/* URLs stand out */
};

struct lines;

struct lines *lines_new(const struct lines_user *);
void lines_free(struct lines **);
/* Something else is shown, from its beginning. */
void lines_begin(struct lines *, enum lines_how);
/* The text, as much as there is; since lines_begin() it may only have grown. over: no more will come. Valid until the next call. */
void lines_text(struct lines *, slice text, bool over);
/* Wraps on for the width that was drawn last. True: there is more. */
bool lines_work(struct lines *, nstime until);
/* words: what was searched for, shown where it stands; or none. */
void lines_draw(struct lines *, struct area, slice words);

bool lines_act(struct lines *, enum action);		/* DOWN … LAST; true: it was one of them */
bool lines_mouse(struct lines *, const struct mouse *);
/* Shows where the words are next, goes round. False: nowhere. */
bool lines_search(struct lines *, slice words, bool backwards);
void lines_show(struct lines *, size_t at);		/* the line that holds this byte, near the top */

size_t lines_count(const struct lines *);		/* as wrapped so far */
size_t lines_top(const struct lines *);			/* the first one shown, from 0 */
bool lines_fit(const struct lines *);			/* all of it is in sight */
void lines_status(const struct lines *, struct buf *out);	/* appends "12–35/207", or nothing if all is in sight */

#endif
