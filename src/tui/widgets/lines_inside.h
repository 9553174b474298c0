/*
 * lines_inside.h - what the files of lines.h share: lines_wrap.c cuts text into
 * lines, lines_draw.c shows them, lines.c moves and searches.
 */
#ifndef LINES_INSIDE_H
#define LINES_INSIDE_H

#include "lines.h"

enum { LINES_TAB = 8, LINES_NO_WIDTH = 0 };

#define NOWHERE SIZE_MAX

enum line_kind {
	LINE_WHOLE,		/* it begins here … */
	LINE_CONTINUED,		/* … or goes on from the one above */
	LINE_NOTE		/* between lines: `at` of the text, n: which note */
};

/* One line as it is shown. 4 MiB of text have many. */
struct line { uint32_t at; uint32_t n : 30; uint32_t kind : 2; };

struct lines {
	struct lines_user user;
	enum lines_how how;
	slice text;
	bool over;			/* no more comes */
	int width, height;		/* drawn last */
	struct line *v;
	size_t n, cap;
	size_t next;			/* byte from which on nothing is wrapped yet */
	size_t notes;			/* that stand among the lines */
	bool continued;			/* `next` is in the middle of a line */
	size_t top;			/* the first line in sight */
	size_t anchor;			/* byte that shall be there, as soon as it is known where it is; or NOWHERE */
	size_t found;			/* byte where words were found last; or NOWHERE */
	size_t found_n;
	struct buf words;		/* of a note */
};

/* lines_wrap.c */
/* Bytes of the first thing that cannot be divided, and the columns that it takes. The text is not empty. */
size_t lines_unit(slice text, int column, int *columns_r);
size_t lines_end_of(slice text);			/* the line end at the front: CRLF, or LF; else 0 */
size_t lines_line_of(const struct lines *, size_t at);	/* the last line that begins at the byte or before it */
void   lines_keep_in_sight(struct lines *);
void   lines_drop_anchor(struct lines *);
void   lines_wrap_all(struct lines *);			/* at once: somebody wants to go where it is not wrapped yet */
void   lines_wrap_again(struct lines *, int width);

/* lines.c: the first place in [from, to), or the last one; NOWHERE: none. */
size_t lines_find(slice text, size_t from, size_t to, slice words, bool last);

#endif
