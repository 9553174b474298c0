/*
 * lines.h - from pieces of a stream to lines, wherever it was cut.
 *
 * A line in one piece is handed out in place; only a line cut over pieces is
 * copied, up to `max` bytes (the rest is counted, `truncated`). A line is
 * never glued over a gap.
 */
#ifndef LINES_H
#define LINES_H

#include "base/buf.h"

struct lines {
	struct buf partial;	/* the beginning of a line whose end has not come */
	uint64_t offset;	/* stream offset of that beginning */
	uint64_t length;	/* its bytes so far, kept or not */
	bool skipping;		/* after a gap: to the next LF */
	bool last_cr;		/* the last piece of that beginning ended in CR */
};

struct line {
	slice text;		/* without the line end; at most max bytes */
	uint64_t offset;	/* of its first byte in the stream */
	uint64_t length;	/* with the line end */
	uint8_t end;		/* 2: CRLF, '\n': bare LF, 0: none (gap or end of stream) */
	bool truncated;		/* longer than max, or cut by a gap */
	bool bare_cr;		/* holds a CR that no LF follows */
	bool nul;		/* holds a NUL */
	bool eight_bit;		/* holds a byte over 127 */
	bool control;		/* holds a control byte other than tab (a NUL or a bare CR too) */
};

void lines_init(struct lines *, size_t max);
void lines_fini(struct lines *);
/*
 * Takes one line off the front of `in`, whose first byte stands at stream
 * offset `offset`. Returns the bytes of `in` consumed; *got_r: line_r is set
 * (valid until the next call and as long as `in`). Call until in is empty.
 */
size_t lines_feed(struct lines *, slice in, uint64_t offset, struct line *line_r, bool *got_r);
/* A gap or the end: hands out what was partial, truncated. With `skip`, bytes up to the next LF are then consumed without a line. */
bool   lines_break(struct lines *, bool skip, struct line *line_r);
bool   lines_pending(const struct lines *);
/* The next byte begins a line after all: another stream showed that nobody was in the middle of one. */
void   lines_resume(struct lines *);
/* Overwrites what was copied: the line just handed out held a secret. */
void   lines_wipe(struct lines *);

#endif
