#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "err.h"

enum { BUF_FIRST = 64 };

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_fini(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t room = b->max - b->n;
	size_t want = b->n + (more < room ? more : room);
	size_t cap = b->cap ? b->cap : BUF_FIRST;

	if (want <= b->cap)
		return;
	while (cap < want)
		cap = cap > SIZE_MAX / 2 ? want : cap * 2;
	if (cap > b->max)
		cap = b->max;
	b->p = xrealloc(b->p, cap, 1);
	b->cap = cap;
}

bool
buf_add_growing(struct buf *b, slice s)
{
	slice fits = slice_take(s, b->max - b->n);

	if (fits.n > 0) {
		buf_reserve(b, fits.n);
		memcpy(b->p + b->n, fits.p, fits.n);
		b->n += fits.n;
	}
	if (fits.n < s.n)
		b->full = true;
	return fits.n == s.n;
}

bool
buf_add_byte(struct buf *b, uint8_t byte)
{
	return buf_add(b, (slice){ &byte, 1 });
}

bool
buf_text(struct buf *b, const char *text)
{
	return buf_add(b, slice_of(text));
}

bool
buf_number(struct buf *b, uint64_t number)
{
	char text[DIGITS_MAX];

	return buf_add(b, (slice){ (uint8_t *)text, (size_t)(digits_put(text, number, 1) - text) });
}

bool
buf_spaces(struct buf *b, size_t n)
{
	slice blank = S("                                ");
	bool fits = true;

	for (; n > blank.n; n -= blank.n)
		fits = buf_add(b, blank);
	return buf_add(b, slice_take(blank, n)) && fits;
}

bool
buf_printf(struct buf *b, const char *format, ...)
{
	char few[256], *many;
	va_list args;
	bool fits;
	int n;

	va_start(args, format);
	n = vsnprintf(few, sizeof few, format, args);
	va_end(args);
	CHECK(n >= 0);
	if ((size_t)n < sizeof few)
		return buf_add(b, (slice){ (uint8_t *)few, (size_t)n });
	many = xcalloc((size_t)n + 1, 1);
	va_start(args, format);
	vsnprintf(many, (size_t)n + 1, format, args);
	va_end(args);
	fits = buf_add(b, (slice){ (uint8_t *)many, (size_t)n });
	free(many);
	return fits;
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

void
buf_drop(struct buf *b, size_t n)
{
	CHECK(n <= b->n);
	if (n > 0 && n < b->n)
		memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void
buf_wipe(struct buf *b)
{
	volatile uint8_t *p = b->p;

	for (size_t i = 0; i < b->cap; i++)
		p[i] = 0;
	buf_clear(b);
}

slice
buf_slice(const struct buf *b)
{
	return (slice){ b->p, b->n };
}
