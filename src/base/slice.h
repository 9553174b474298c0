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

#include "chars.h"

typedef struct {
	const uint8_t *p;
	size_t n;
} slice;

#define S(literal)  ((slice)SLICE(literal))
#define SLICE(literal)  { (const uint8_t *)(literal), sizeof(literal) - 1 }	/* in a table */
#define SLICE_NONE  ((slice){ NULL, 0 })

/* A C string, without its NUL. Inline, so that a constant's length is one too. */
static inline slice
slice_of(const char *text)
{
	return (slice){ (const uint8_t *)text, strlen(text) };
}

/* The first n, or all there are. */
static inline slice
slice_take(slice s, size_t n)
{
	return (slice){ s.p, n < s.n ? n : s.n };
}

/* All but the first n. */
static inline slice
slice_drop(slice s, size_t n)
{
	if (n >= s.n)
		n = s.n;
	return (slice){ n > 0 ? s.p + n : s.p, s.n - n };	/* none from NULL is NULL, and says so to the sanitizer */
}

bool  slice_cut(slice, uint8_t at, slice *head_r, slice *tail_r);	/* around the first `at`; false: all is head */
bool  slice_find(slice, uint8_t byte, size_t *index_r);
/* Where `first` stands before `second`, or is the last byte, and may. */
bool  slice_find_pair(slice, uint8_t first, uint8_t second, size_t *index_r);
slice slice_trim(slice);			/* no blanks (space, tab) at either end */
slice slice_chomp(slice);			/* without one CRLF, LF or CR at the end */
bool  slice_same_letters(slice, slice prefix);	/* what slice_istarts() asks at last */

/* Comparisons are inline, so that most are answered by a length or by the first byte. */
static inline bool
slice_eq(slice a, slice b)
{
	return a.n == b.n && (b.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, b.n) == 0));
}

static inline bool
slice_starts(slice s, slice prefix)
{
	return s.n >= prefix.n && slice_eq((slice){ s.p, prefix.n }, prefix);
}

/* ASCII case does not matter. */
static inline bool
slice_istarts(slice s, slice prefix)
{
	return s.n >= prefix.n
	    && (prefix.n == 0 || (char_lower(s.p[0]) == char_lower(prefix.p[0]) && slice_same_letters(s, prefix)));
}

static inline bool
slice_ieq(slice a, slice b)
{
	return a.n == b.n && slice_istarts(a, b);
}

bool  slice_icontains(slice, slice piece);	/* ASCII case does not matter; nothing is in everything */
int   slice_compare(slice, slice);		/* as memcmp, a prefix is smaller */
bool  slice_number(slice, uint64_t *value_r);	/* decimal digits only, whole slice, no overflow */

#endif
