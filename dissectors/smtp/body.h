/*
 * body.h - the content behind DATA, as RFC 5321 4.5.2 reads it.
 *
 * Bytes come cut anywhere and go out in place: dots undone, the CRLF before
 * the final dot included, the final dot line not. Only <CRLF>.<CRLF> ends it.
 *
 * Other readers end it elsewhere. The reader tells where: at a non-standard
 * end of data (odd_ends below) that is followed by what looks like a command.
 *
 * Speed: a line that ends in CRLF and begins with no dot is passed at the
 * speed of one search for its end; everything else goes byte by byte around
 * the ends of lines only.
 */
#ifndef SMTP_BODY_H
#define SMTP_BODY_H

#include "base/buf.h"

/*
 * The twelve ways to end a message that some server was seen to take, and the
 * standard does not know: each pair of line ends around a lone dot but the
 * right one, and a NUL before or behind the dot (SEC Consult, "SMTP Smuggling",
 * 2023; CVE-2023-51764, -51765, -51766; the payloads of the public test tools).
 */
enum odd_end {
	ODD_NONE,
	ODD_LF_LF, ODD_LF_CRLF, ODD_LF_CR, ODD_CRLF_LF, ODD_CRLF_CR, ODD_CR_CR, ODD_CR_LF, ODD_CR_CRLF,
	ODD_CRLF_NUL_CRLF, ODD_CRLF_NUL_LF, ODD_CRLF_NUL_CR, ODD_CRLF_CRLF_NUL,
	ODD_ENDS
};
slice odd_end_text(enum odd_end);	/* "LF.CRLF" */

struct body_user {
	void *self;
	/* Content, in order. `offset`: of its first byte in the stream; may be NULL if nobody wants it. */
	void (*bytes)(void *self, slice, uint64_t offset);
	/*
	 * Behind a non-standard end of data a line begins like a command. `seen`: its beginning,
	 * which may be longer ago than this piece, and ends where the reader stands; `offset`: where it begins.
	 */
	void (*odd)(void *self, enum odd_end, uint64_t offset, slice seen);
};

enum body_at {				/* where the reader stands, as RFC 5321 sees it */
	BODY_START,			/* at the beginning of a line */
	BODY_DOT,			/* behind a dot at the beginning of a line */
	BODY_DOT_CR,			/* ... and a CR */
	BODY_TEXT,
	BODY_CR				/* behind a CR in a line */
};

struct body {
	struct body_user user;
	enum body_at at;
	uint64_t size;			/* octets of content so far */
	uint64_t line;			/* where the current line begins in the stream */
	uint64_t longest, longest_at;	/* octets of the longest line, as sent, with its end; where it begins */
	uint64_t bare_lf, bare_cr;	/* how many, and the first one's place in the stream */
	uint64_t first_bare_lf, first_bare_cr;
	/* The line as a lenient reader sees it, for whom LF, CR and CRLF all end lines. */
	uint8_t sep;			/* what ended the one before: 'L', 'C', or '2' for CRLF */
	uint8_t n;			/* bytes since, at most 3 */
	uint8_t first[2];
	bool cr;			/* a CR came: it is known with the next byte what it is */
	/* A line behind a non-standard end of data, while it may look like a command. */
	enum odd_end odd;
	uint8_t nseen;
	uint8_t seen[24];
	uint64_t odd_offset;
	/* The bytes of a line that may be such an end: held, for the server may take it for one. */
	uint8_t held[8];
	uint8_t nheld;
	uint64_t held_offset;
};

void   body_init(struct body *, const struct body_user *, uint64_t offset);	/* offset: of its first byte */
/* Takes bytes from stream offset `offset` on; returns how many. *end_r: the final dot line was among them. */
size_t body_feed(struct body *, slice in, uint64_t offset, bool *end_r);
/* The content ends here in another way: what was held is given. */
void   body_flush(struct body *);
/*
 * The server answered, and what came last is a non-standard end of data with nothing behind it: then that was the end.
 * What was held of it is dropped.
 */
bool   body_end_oddly(struct body *);
/* Bytes were lost: the next one, at stream offset `next`, stands in the middle of a line for all we know. */
void   body_gap(struct body *, uint64_t next);

#endif
