/*
 * cte.h - transfer encodings undone (RFC 2045 6), as a stream.
 *
 * What is not of the encoding is passed over and counted. A gap does not
 * derail what follows: base64 finds its groups of four again at the end of
 * the line, quoted-printable, uuencode and yEnc go on at the next line.
 *
 * The law: the same bytes give the same bytes and the same counts, wherever
 * they were cut, and all of it is linear.
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

/*
 * The name in a field's value, as people write it: blanks, quotes and comments around it, parameters or junk behind it.
 * Where there is no name, all of what is no comment.
 */
slice cte_name(slice value);
enum cte cte_find(slice value);		/* by that name, in any case; "" is CTE_NONE */

struct cte_user { void *self; void (*bytes)(void *self, slice decoded); };

struct cte_told {			/* what was wrong, and how often */
	uint64_t junk;			/* base64: bytes outside the alphabet that are no line end or blank; "=" where none can stand; all behind what follows padding and is no base64 */
	uint64_t padding_inside;	/* base64: "=" with more groups behind it, which were decoded too */
	uint64_t odd_tail;		/* base64: a group was not full and not padded */
	uint64_t bad_escapes;		/* qp: "=" with something else behind it, kept as it stands */
	uint64_t bad_lines;		/* uu, yenc: a line that says another length than it has, or is none; a wrong size or sum */
	uint64_t skipped;		/* bytes beside a gap that could not be decoded: as good as lost */
	bool no_end;			/* uu, yenc: "end" was not seen */
};

struct cte_stream {
	struct cte_user user;
	enum cte kind;
	struct cte_told told;
	/* The decoders' own, all zero at first: what each means by them stands in its file. */
	uint8_t state, n, due, nheld;
	bool ragged, holed, lost;
	uint8_t held[120];		/* bytes whose meaning depends on what follows */
	uint32_t bits;
	uint64_t size, expected;
};

void cte_init(struct cte_stream *, enum cte, const struct cte_user *);
void cte_feed(struct cte_stream *, slice);	/* any cut; calls back with pieces of at most a few KiB, or with the input itself */
void cte_gap(struct cte_stream *, uint64_t missing);
void cte_finish(struct cte_stream *);

#endif
