/*
 * header.h - the fields of a message's header, as a stream (RFC 5322 2.2).
 *
 * Fed pieces of a message, cut anywhere, it calls back for each whole field
 * and once at the end of the header. Folding stays in the raw value; lines
 * may end in CRLF or a bare LF.
 */
#ifndef MIME_HEADER_H
#define MIME_HEADER_H

#include "base/buf.h"
#include "base/finding.h"

struct header_field {
	slice raw;		/* from the first byte of the name to the last CRLF, folds included */
	slice name;		/* as sent, blanks before the colon removed */
	slice value;		/* raw, folded as sent, blanks at both ends and the line end removed */
	bool truncated;		/* longer than LIMIT_HEADER */
};

struct header_user {
	void *self;
	void (*field)(void *self, const struct header_field *);
};

struct header_parser {
	struct header_user user;
	struct buf field;	/* the field so far */
	bool done;		/* the empty line was seen (or a line that is no header began the body) */
	bool line_start;	/* the next byte begins a line */
	unsigned fields;
	size_t bytes;
	bool limit_hit;		/* fields or bytes over the limit: the rest is not told */
};

void   header_init(struct header_parser *, const struct header_user *);
void   header_fini(struct header_parser *);
/* Returns the bytes that belong to the header, its ending empty line included; less than in.n once it is done. */
size_t header_feed(struct header_parser *, slice in);
void   header_gap(struct header_parser *);		/* the field that was open is dropped; the next line begins anew */
void   header_finish(struct header_parser *);		/* the message ended inside its header */

/* The value with its folds undone: each CRLF (or LF) before a blank removed, the blank kept (RFC 5322 2.2.3). Appended to out. */
void header_unfold(slice value, struct buf *out);

#endif
