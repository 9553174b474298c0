/*
 * reply.h - the server's lines into replies (RFC 5321 4.2).
 *
 * Any three digits are a code: lists of known codes go out of date. A reply
 * of one line is used where it lies; only one of several lines is copied, at
 * most LIMIT_REPLY_LINES of them.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include "dissect/lines.h"
#include "base/net.h"

struct reply {
	int code;			/* of the last line; 0: not three digits */
	slice enhanced;			/* RFC 3463, or empty */
	slice text;			/* of the last line, behind both */
	const slice *line;		/* as sent, without line ends */
	size_t nline;
	uint64_t offset, length;	/* in the server's stream */
	struct origin origin;		/* of its last byte */
	bool truncated;			/* lines were left out or cut */
	bool unterminated;		/* its last line never came */
	bool mismatch;			/* lines carry different codes */
	bool malformed;			/* a line is not three digits */
	bool control, eight_bit, nul;	/* some line holds such bytes */
	bool bare_lf;
};

/* One line's parts. False: it does not begin with three digits and a blank, a hyphen or its end. */
struct reply_line { int code; bool more; slice text; };
bool reply_line_parse(slice line, struct reply_line *line_r);
/* "2.1.5 text" into both; empty and all if there is no enhanced code. */
void reply_enhanced(slice text, slice *enhanced_r, slice *rest_r);

struct reply_builder {
	struct reply_parts *parts;	/* of a reply of several lines, while it comes; else NULL */
};
void reply_builder_fini(struct reply_builder *);
bool reply_pending(const struct reply_builder *);

/*
 * Adds a line; when that completes a reply, calls `done` with it, valid
 * inside the call.
 */
typedef void reply_done(void *self, const struct reply *);
void reply_add(struct reply_builder *, const struct line *, struct origin, reply_done *, void *self);
/* A gap or the end of the stream: what was begun is told unterminated. */
void reply_break(struct reply_builder *, struct origin, reply_done *, void *self);

#endif
