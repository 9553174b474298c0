/*
 * buf.h - a run of bytes that we own, growing up to a bound.
 *
 * A buf never grows past `max`: what does not fit is left out and `full` is
 * set, so that a caller cannot forget that something was cut. A buf that is
 * all zero is empty and may hold nothing (max 0): use buf_init().
 */
#ifndef BUF_H
#define BUF_H

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
bool  buf_add(struct buf *, slice);		/* false: only the part that fits was taken */
bool  buf_add_byte(struct buf *, uint8_t);
bool  buf_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void  buf_clear(struct buf *);			/* keeps the memory */
void  buf_drop(struct buf *, size_t n);		/* forget the first n bytes */
void  buf_wipe(struct buf *);			/* clears, and overwrites what was held: secrets */
void  buf_reserve(struct buf *, size_t more);	/* room for `more` bytes without another allocation, within max */
slice buf_slice(const struct buf *);		/* valid until the next change */

#endif
