/*
 * cte.h - transfer encodings undone (RFC 2045 6), as a stream.
 *
 * What is not of the encoding is passed over and counted. A gap does not
 * derail what follows: base64 finds its groups of four again at the next line,
 * quoted-printable and uuencode at the next line too.
 */
#ifndef MIME_CTE_H
#define MIME_CTE_H

#include "base/slice.h"

enum cte {
	CTE_NONE,			/* 7bit, 8bit, binary: content is what stands there */
	CTE_BASE64,
	CTE_QP,
	CTE_UU,				/* x-uuencode, uuencode, x-uue: between "begin" and "end" */
	CTE_YENC,			/* x-yenc: between "=ybegin" and "=yend" */
	CTE_UNKNOWN			/* as CTE_NONE; mac-binhex40 is named, not undone */
};

enum cte cte_find(slice name);		/* any case, blanks and comments around it; "" is CTE_NONE */

struct cte_user { void *self; void (*bytes)(void *self, slice decoded); };

struct cte_told {			/* what was wrong, and how often */
	uint64_t junk;			/* base64: bytes outside the alphabet that are no line end or blank */
	uint64_t padding_inside;	/* base64: "=" with more behind it */
	uint64_t odd_tail;		/* base64: a group was not full at the end */
	uint64_t bad_escapes;		/* qp: "=" with something else behind it */
	uint64_t bad_lines;		/* uu, yenc: a line that says another length than it has; a wrong sum */
	bool no_end;			/* uu, yenc: "end" was not seen */
};

struct cte_stream {
	struct cte_user user;
	enum cte kind;
	struct cte_told told;
	/* The decoders' own: see cte.c. */
	uint32_t bits;
	uint8_t n, state, line_state;
	uint8_t held[120];
	uint8_t nheld;
	uint64_t sum, size, expected;
};

void cte_init(struct cte_stream *, enum cte, const struct cte_user *);
void cte_feed(struct cte_stream *, slice);	/* any cut; calls back with pieces of at most a few KiB, or with the input itself */
void cte_gap(struct cte_stream *, uint64_t missing);
void cte_finish(struct cte_stream *);

#endif
