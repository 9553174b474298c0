/*
 * boundary.h - the lines that part the parts of a multipart (RFC 2046 5.1.1).
 *
 * Knows the boundaries that are open, innermost last, and cuts content at
 * their delimiter lines, which are whole lines:
 *
 *	"--" boundary [ "--" ] blanks ( CRLF | LF | the end )
 *
 * so that a boundary which begins another one is no trap. The line end before
 * a delimiter belongs to it, and is no content.
 *
 * Two ways to read: in a part's header every line is offered (`lines`), so
 * that whoever reads it can say where content begins; content goes out in
 * place, in slices as large as they come. What may be the beginning of a
 * delimiter at the end of a piece is held: LIMIT_DELIMITER bytes at most.
 *
 * Speed: one search for LF "--" over all content. A line that begins so is
 * compared with the open boundaries of its length only.
 */
#ifndef MIME_BOUNDARY_H
#define MIME_BOUNDARY_H

#include "base/buf.h"

struct boundary_user {
	void *self;
	/* Offsets are those given to boundary_feed(), of the first byte. */
	void (*bytes)(void *self, slice content, uint64_t offset);
	/* While `lines` is set: a line with its end; of one longer than LIMIT_DELIMITER its beginning, then the rest as it
	   comes. False: no header line. The user has called boundary_content(), and the line is read again as content. */
	bool (*line)(void *self, slice line, uint64_t offset);
	/* A delimiter of the open boundary number `which`; the user pops what it ends, and says how to go on. */
	void (*delimiter)(void *self, size_t which, bool close, slice line, uint64_t offset);
	/* The first line of content that begins like a delimiter of that one, and goes on otherwise: some readers take it for
	   one. May be NULL. */
	void (*near)(void *self, size_t which, slice line, uint64_t offset);
};

struct boundary_open { size_t at, n; };

struct boundary {
	struct boundary_user user;
	struct buf text;		/* of the open boundaries, one behind the other */
	struct boundary_open *open;
	size_t n, cap;
	bool lines;			/* in a header: line by line */
	bool inside;			/* ... in a line whose beginning was given */
	bool start;			/* the next byte begins a line, and the line end before it is no content */
	struct buf held;		/* a line end, and what may be a delimiter line, of earlier pieces */
	size_t eol;			/* of held: the line end before the line */
	uint64_t held_offset;
};

void boundary_init(struct boundary *, const struct boundary_user *);	/* at the beginning of content */
void boundary_fini(struct boundary *);
void boundary_push(struct boundary *, slice text);	/* blanks at its end are none of it (RFC 2046 5.1.1) */
void boundary_pop(struct boundary *, size_t n);		/* so that n stay open */
slice boundary_text(const struct boundary *, size_t which);
void boundary_lines(struct boundary *);			/* from the next line on: line by line */
void boundary_content(struct boundary *);		/* from the next line on, or the one given now: content */
void boundary_feed(struct boundary *, slice, uint64_t offset);
void boundary_gap(struct boundary *);			/* a line behind it that is a whole delimiter is taken for one */
void boundary_finish(struct boundary *);		/* a last line without line end may be a delimiter */
size_t boundary_memory(const struct boundary *);

/* Is the line (with or without its end) a delimiter of `text`? */
enum boundary_match { BOUNDARY_OTHER, BOUNDARY_NEAR, BOUNDARY_DELIMITER, BOUNDARY_CLOSE };
enum boundary_match boundary_match(slice line, slice text);

#endif
