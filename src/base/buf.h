/*
 * buf.h - a run of bytes that we own, growing up to a bound.
 *
 * A buf never grows past `max`: what does not fit is left out and `full` is
 * set, so that a caller cannot forget that something was cut. A buf that is
 * all zero is empty and may hold nothing (max 0): use buf_init().
 */
#ifndef BUF_H
#define BUF_H

#include <string.h>

#include "slice.h"

struct buf {
	uint8_t *p;
	size_t n;		/* bytes held */
	size_t cap;		/* bytes allocated */
	size_t max;		/* bound of n */
	bool full;		/* something was left out since the last clear */
};

void  buf_init(struct buf *, size_t max);
void  buf_fini(struct buf *);			/* frees; the buf is empty and may be used again */
bool  buf_add_growing(struct buf *, slice);	/* what buf_add() does with more than fits in the memory it has */
bool  buf_add_byte(struct buf *, uint8_t);
bool  buf_text(struct buf *, const char *);
bool  buf_number(struct buf *, uint64_t);
bool  buf_spaces(struct buf *, size_t n);
bool  buf_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void  buf_clear(struct buf *);			/* keeps the memory */
void  buf_drop(struct buf *, size_t n);		/* forget the first n bytes */
void  buf_wipe(struct buf *);			/* clears, and overwrites what was held: secrets */
void  buf_reserve(struct buf *, size_t more);	/* room for `more` bytes without another allocation, within max */
slice buf_slice(const struct buf *);		/* valid until the next change */

/* False: only the part that fits was taken. In line, because most of what is written is short and fits. */
static inline bool
buf_add(struct buf *b, slice s)
{
	if (s.n == 0 || s.n > b->cap - b->n)
		return s.n == 0 || buf_add_growing(b, s);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return true;
}

#endif
