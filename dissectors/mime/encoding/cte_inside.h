/*
 * cte_inside.h - what the decoders of transfer encodings share, and show to
 * embedded.c.
 */
#ifndef MIME_CTE_INSIDE_H
#define MIME_CTE_INSIDE_H

#include <string.h>

#include "base/base64.h"
#include "cte.h"

/* What was decoded and not told yet. It stands on the stack of one call: between calls nothing waits in it. */
enum { CTE_PIECE = 4096 };
struct cte_out {
	struct cte_stream *c;
	size_t n;
	uint8_t p[BASE64_ROOM(CTE_PIECE / 3 * 4)];
};

struct cte_decoder {
	void (*feed)(struct cte_stream *, struct cte_out *, slice);
	void (*gap)(struct cte_stream *);
	void (*finish)(struct cte_stream *, struct cte_out *);
};

extern const struct cte_decoder cte_base64, cte_qp, cte_uu, cte_yenc;

enum { CTE_BEFORE, CTE_INSIDE, CTE_BEHIND };	/* uu, yenc: `n`, where we are: the file, and what stands around it */

/*
 * Lines for the decoder that reads by the line: without their end, CRLF or LF, and of long ones as much as can be
 * held. What stands before the first line end behind a gap (`lost`) is skipped.
 */
typedef void cte_line_taker(struct cte_stream *, struct cte_out *, slice line);
void cte_lines(struct cte_stream *, struct cte_out *, slice, cte_line_taker *);
void cte_last_line(struct cte_stream *, struct cte_out *, cte_line_taker *);
void cte_lose_line(struct cte_stream *);	/* a gap */

bool cte_uu_begins(slice line, slice *name_r);	/* is it "begin 644 name"? */
bool cte_uu_holds(slice line);			/* could it be a line of data, blanks behind it removed or not? */

void cte_flush(struct cte_out *);
void cte_put(struct cte_out *, slice);		/* what is large is told from where it stands */

static inline void
cte_put_byte(struct cte_out *o, uint8_t byte)
{
	if (o->n == CTE_PIECE)
		cte_flush(o);
	o->p[o->n++] = byte;
}

#endif
