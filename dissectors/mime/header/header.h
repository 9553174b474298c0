/*
 * header.h - the fields of a message's header, as a stream (RFC 5322 2.2).
 *
 * Fed pieces of a message, cut anywhere, it calls back for each whole field
 * and tells where the header ends. Folding stays in the raw value; lines may
 * end in CRLF or a bare LF. A field that lies whole in one piece is told in
 * place; only one cut over pieces is copied.
 *
 * The header ends behind its empty line, or before the first line that is no
 * header (as Postfix and most readers have it: such a line begins the body).
 * Whether a line is one shows at its colon, and a piece may end before that.
 * So that the answer does not depend on the cut, such a beginning of a line is
 * held, and `bytes` says of every byte once on which side it lies.
 *
 * BUGS: the UNIX mailbox's "From " line is passed over at the very top only.
 */
#ifndef MIME_HEADER_H
#define MIME_HEADER_H

#include "base/buf.h"
#include "base/finding.h"

struct header_field {
	slice raw;		/* from the first byte of the name to the last CRLF, folds included */
	slice name;		/* as sent, blanks before the colon removed */
	slice value;		/* raw, folded as sent, blanks at both ends and the line end removed */
	bool truncated;		/* longer than LIMIT_HEADER: the first so many bytes of raw */
};

struct header_user {
	void *self;
	void (*field)(void *self, const struct header_field *);		/* slices are valid inside the call */
	/*
	 * May be NULL. What was taken, in order, as soon as it is known on which side it lies:
	 * in the header, or (what was held) at the beginning of the body. The rest of the
	 * piece, which header_feed() did not take, is body too and is not told here.
	 */
	void (*bytes)(void *self, slice, bool in_header);
	/* May be NULL. A line that is no field began the body: its first bytes, to the one that shows it. Not told behind a gap. */
	void (*no_field)(void *self, slice beginning);
	/* May be NULL. The first field that is not told, for it is over LIMIT_HEADERS or LIMIT_HEADER_BYTES. */
	void (*limit)(void *self);
};

enum header_state {
	HEADER_LINE,		/* at the beginning of a line */
	HEADER_CR,		/* a CR at the beginning of a line: half of the empty line? */
	HEADER_NAME,
	HEADER_COLON,		/* blanks behind the name: the colon must follow (RFC 5322 4.5) */
	HEADER_VALUE,
	HEADER_SKIP		/* to the next line: behind a gap, or the "From " of a mailbox */
};

struct header_parser {
	struct header_user user;
	enum header_state state;
	bool done;		/* the empty line was seen, or a line that is no header began the body */
	bool open;		/* a field is being read: continuation lines belong to it */
	bool lost;		/* a gap: continuation lines belong to nothing */
	bool top;		/* nothing but the first line was seen */
	bool holed;		/* there was a gap */
	struct buf field;	/* the field so far, of earlier pieces */
	size_t name_n;		/* of its name */
	size_t colon;		/* where its colon stands */
	unsigned fields;	/* told */
	size_t bytes;		/* of the fields told */
	bool limit_hit;		/* fields or bytes over the limit: the rest is not told */
};

void   header_init(struct header_parser *, const struct header_user *);
void   header_fini(struct header_parser *);
/* Returns the bytes taken: all, or less once the header is done (0 from then on). */
size_t header_feed(struct header_parser *, slice in);
/* Bytes were lost: the field that was open is dropped, and so is the rest of the line behind the gap. */
void   header_gap(struct header_parser *);
/* The message ended inside its header: the last field is told, what was held is body. No-op once done. */
void   header_finish(struct header_parser *);

/* The value with its folds undone: each CRLF (or LF) before a blank removed, the blank kept (RFC 5322 2.2.3). Appended to out. */
void header_unfold(slice value, struct buf *out);

#endif
