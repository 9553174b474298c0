/*
 * slice.h - a run of bytes that somebody else owns.
 *
 * The currency of the program. A slice is not NUL-terminated, may hold any
 * byte, and is never freed: it is valid until the function it was passed to
 * returns. Whoever needs the bytes longer copies them (buf.h, arena.h).
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const uint8_t *p;
	size_t n;
} slice;

#define S(literal)  ((slice){ (const uint8_t *)(literal), sizeof(literal) - 1 })
#define SLICE_NONE  ((slice){ NULL, 0 })

/* A C string, without its NUL. Inline, so that a constant's length is one too. */
static inline slice
slice_of(const char *text)
{
	return (slice){ (const uint8_t *)text, strlen(text) };
}

slice slice_take(slice, size_t n);		/* the first n, or all there are */
slice slice_drop(slice, size_t n);		/* all but the first n */
bool  slice_cut(slice, uint8_t at, slice *head_r, slice *tail_r);	/* around the first `at`; false: all is head */
bool  slice_find(slice, uint8_t byte, size_t *index_r);
slice slice_trim(slice);			/* no blanks (space, tab) at either end */
slice slice_chomp(slice);			/* without one CRLF, LF or CR at the end */
/* Inline, so that a comparison with a constant (a verb, a field's name) is one of two numbers. */
static inline bool
slice_eq(slice a, slice b)
{
	return a.n == b.n && (b.n == 0 || memcmp(a.p, b.p, b.n) == 0);
}
bool  slice_ieq(slice, slice);			/* ASCII case does not matter */
bool  slice_starts(slice, slice prefix);
bool  slice_istarts(slice, slice prefix);
int   slice_compare(slice, slice);		/* as memcmp, a prefix is smaller */
bool  slice_number(slice, uint64_t *value_r);	/* decimal digits only, whole slice, no overflow */

#endif
