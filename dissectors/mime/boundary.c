#include "boundary.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/err.h"
#include "base/limits.h"

/* header.h must not be left in doubt by the beginning of a line that is given to it. */
_Static_assert(LIMIT_DELIMITER > LIMIT_HEADER_NAME + 2, "a line's beginning tells whether it is a header");
_Static_assert(LIMIT_DELIMITER > LIMIT_BOUNDARY + 6, "a delimiter fits");

void
boundary_init(struct boundary *b, const struct boundary_user *user)
{
	*b = (struct boundary){ .user = *user, .start = true };
	buf_init(&b->text, SIZE_MAX);
	buf_init(&b->held, LIMIT_DELIMITER + 2);
}

void
boundary_fini(struct boundary *b)
{
	buf_fini(&b->text);
	buf_fini(&b->held);
	free(b->open);
	b->open = NULL;
	b->n = b->cap = 0;
}

size_t
boundary_memory(const struct boundary *b)
{
	return b->text.cap + b->held.cap + b->cap * sizeof *b->open;
}

/* Blanks behind the boundary are padding, added on the way; so is a CR too many. */
static slice
trim_end(slice s)
{
	while (s.n > 0 && (char_is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

void
boundary_push(struct boundary *b, slice text)
{
	text = trim_end(text);
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 4;
		b->open = xrealloc(b->open, b->cap, sizeof *b->open);
	}
	b->open[b->n++] = (struct boundary_open){ b->text.n, text.n };
	buf_add(&b->text, text);
}

void
boundary_pop(struct boundary *b, size_t n)
{
	if (n >= b->n)
		return;
	b->text.n = b->open[n].at;
	b->n = n;
}

slice
boundary_text(const struct boundary *b, size_t which)
{
	return slice_take(slice_drop(buf_slice(&b->text), b->open[which].at), b->open[which].n);
}

void
boundary_lines(struct boundary *b)
{
	b->lines = true;
	b->inside = b->start = false;
}

void
boundary_content(struct boundary *b)
{
	b->lines = false;
	b->start = true;
}

/* --- is it one? --- */

/* line: without "--" and line end. */
static enum boundary_match
match(slice line, slice text)
{
	if (line.n < text.n || !slice_starts(line, text))
		return BOUNDARY_OTHER;
	line = slice_drop(line, text.n);
	if (line.n == 0)
		return BOUNDARY_DELIMITER;
	return slice_eq(line, S("--")) ? BOUNDARY_CLOSE : BOUNDARY_NEAR;
}

static slice
strip(slice line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	return trim_end(slice_drop(line, 2));
}

enum boundary_match
boundary_match(slice line, slice text)
{
	return slice_starts(line, S("--")) ? match(strip(line), trim_end(text)) : BOUNDARY_OTHER;
}

/* What the line is; the innermost that it is a delimiter of wins. */
static enum boundary_match
look_up(const struct boundary *b, slice line, size_t *which_r)
{
	slice text = strip(line);
	enum boundary_match best = BOUNDARY_OTHER;

	if (!slice_starts(line, S("--")))
		return BOUNDARY_OTHER;
	for (size_t i = b->n; i-- > 0 && best < BOUNDARY_DELIMITER;) {
		enum boundary_match m = match(text, boundary_text(b, i));

		if (m > best) {
			best = m;
			*which_r = i;
		}
	}
	return best;
}

/* One that is only near is content, which others need to know but once. */
static bool
is_told(const struct boundary *b, enum boundary_match m)
{
	return m >= BOUNDARY_DELIMITER || (m == BOUNDARY_NEAR && b->user.near != NULL);
}

static void
tell(struct boundary *b, enum boundary_match m, size_t which, slice line, uint64_t offset)
{
	if (m == BOUNDARY_NEAR) {
		void (*near)(void *, size_t, slice, uint64_t) = b->user.near;

		b->user.near = NULL;
		near(b->user.self, which, line, offset);
		return;
	}
	b->start = true;
	b->user.delimiter(b->user.self, which, m == BOUNDARY_CLOSE, line, offset);
}

/* --- content --- */

static void
give(struct boundary *b, slice content, uint64_t offset)
{
	if (content.n > 0)
		b->user.bytes(b->user.self, content, offset);
}

/* The first LF behind which "--" stands, or as much of it as there is up to the end. NULL: none. */
static const uint8_t *
find_dashes(const uint8_t *p, const uint8_t *end)
{
#ifdef __SSE2__
	const __m128i lf = _mm_set1_epi8('\n'), dash = _mm_set1_epi8('-');

	for (; end - p >= 18; p += 16) {
		__m128i a = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), lf);
		__m128i b = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + 1)), dash);
		__m128i c = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + 2)), dash);
		int hit = _mm_movemask_epi8(_mm_and_si128(_mm_and_si128(a, b), c));

		if (hit != 0)
			return p + __builtin_ctz((unsigned)hit);
	}
#endif
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		if ((end - p < 2 || p[1] == '-') && (end - p < 3 || p[2] == '-'))
			return p;
		p++;
	}
	return NULL;
}

/* A line in a piece that may be a delimiter, and the line end before it. */
struct candidate { size_t eol, line; };

/* The next one, whose line end's LF stands at `from` or behind it. A CR at the end of the piece may begin a line end. */
static bool
next_candidate(slice in, size_t from, struct candidate *c)
{
	const uint8_t *lf = find_dashes(in.p + from, in.p + in.n);

	if (lf != NULL) {
		c->eol = (size_t)(lf - in.p);
		c->line = c->eol + 1;
		if (c->eol > 0 && in.p[c->eol - 1] == '\r')
			c->eol--;
		return true;
	}
	c->eol = in.n - 1;
	c->line = in.n;
	return in.p[in.n - 1] == '\r';
}

/* Content up to the candidate's line end is out; from there on the piece is held until the line is whole. */
static size_t
hold(struct boundary *b, slice in, const struct candidate *c, uint64_t offset)
{
	give(b, slice_take(in, c->eol), offset);
	b->eol = c->line - c->eol;
	b->held_offset = offset + c->eol;
	buf_add(&b->held, slice_drop(in, c->eol));
	return in.n;
}

static size_t
take_content(struct boundary *b, slice in, uint64_t offset)
{
	struct candidate c = { 0, 0 };
	bool found = b->start || next_candidate(in, 0, &c);

	b->start = false;
	while (found) {
		slice rest = slice_drop(in, c.line);
		bool dashes = slice_starts(rest, S("--"));
		enum boundary_match m;
		size_t lf, which;

		if (!dashes && slice_starts(S("--"), rest))
			return hold(b, in, &c, offset);
		if (!dashes || !slice_find(slice_take(rest, LIMIT_DELIMITER), '\n', &lf)) {
			if (dashes && rest.n < LIMIT_DELIMITER)
				return hold(b, in, &c, offset);
			found = next_candidate(in, c.line, &c);
			continue;
		}
		rest = slice_take(rest, lf + 1);
		m = look_up(b, rest, &which);
		if (is_told(b, m)) {
			b->start = c.line == 0;
			give(b, slice_take(in, c.eol), offset);
			tell(b, m, which, rest, offset + c.line);
			return m == BOUNDARY_NEAR ? c.eol : c.line + rest.n;
		}
		found = next_candidate(in, c.line + lf, &c);
	}
	give(b, in, offset);
	return in.n;
}

static void
flush(struct boundary *b)
{
	slice held = buf_slice(&b->held);

	b->held.n = 0;
	give(b, held, b->held_offset);
}

/* The held line is whole, or too long to be a delimiter. Its line end may belong to the next one. */
static void
end_held(struct boundary *b, bool whole)
{
	slice held = buf_slice(&b->held), line = slice_drop(held, b->eol);
	enum boundary_match m = BOUNDARY_OTHER;
	size_t which, eol;

	b->start = false;
	if (whole)
		m = look_up(b, line, &which);
	if (m >= BOUNDARY_DELIMITER)
		b->held.n = 0;
	if (is_told(b, m))
		tell(b, m, which, line, b->held_offset + b->eol);
	if (m >= BOUNDARY_DELIMITER)
		return;
	if (!whole || line.p[line.n - 1] != '\n') {
		flush(b);
		return;
	}
	eol = line.n > 1 && line.p[line.n - 2] == '\r' ? 2 : 1;
	give(b, slice_take(held, held.n - eol), b->held_offset);
	b->held_offset += held.n - eol;
	buf_drop(&b->held, held.n - eol);
	b->eol = eol;
}

/* Content is held: a CR; or a line end, and behind it a line that may be a delimiter. Returns what it took of the piece. */
static size_t
add_content(struct boundary *b, slice in)
{
	size_t line = b->held.n - b->eol, n;
	bool cr = b->held.n == 1 && b->held.p[0] == '\r', whole;

	if (cr || line < 2) {
		if (in.p[0] != (cr ? '\n' : '-')) {
			flush(b);
			return 0;
		}
		buf_add_byte(&b->held, in.p[0]);
		b->eol += cr;
		return 1;
	}
	in = slice_take(in, LIMIT_DELIMITER - line);
	whole = slice_find(in, '\n', &n);
	in = slice_take(in, whole ? n + 1 : in.n);
	buf_add(&b->held, in);
	if (whole || line + in.n == LIMIT_DELIMITER)
		end_held(b, whole);
	return in.n;
}

/* --- header --- */

/* A line, or (not whole) the beginning of a long one. False: it is content, and was not taken. */
static bool
offer_line(struct boundary *b, slice line, bool whole, uint64_t offset)
{
	enum boundary_match m = BOUNDARY_OTHER;
	size_t which;

	if (whole && b->n > 0)
		m = look_up(b, line, &which);
	if (m >= BOUNDARY_DELIMITER) {
		tell(b, m, which, line, offset);
		return true;
	}
	if (!b->user.line(b->user.self, line, offset))
		return false;
	b->inside = b->lines && !whole;
	return true;
}

static size_t
take_line(struct boundary *b, slice in, uint64_t offset)
{
	size_t lf;
	bool whole = slice_find(b->inside ? in : slice_take(in, LIMIT_DELIMITER), '\n', &lf);

	in = slice_take(in, whole ? lf + 1 : b->inside ? in.n : LIMIT_DELIMITER);
	if (b->inside) {
		b->inside = !whole;
		b->user.line(b->user.self, in, offset);
		return in.n;
	}
	if (!whole && in.n < LIMIT_DELIMITER) {
		b->eol = 0;
		b->held_offset = offset;
		buf_add(&b->held, in);
		return in.n;
	}
	return offer_line(b, in, whole, offset) ? in.n : 0;
}

static void
offer_held(struct boundary *b, bool whole)
{
	slice line = buf_slice(&b->held);

	b->held.n = 0;
	if (offer_line(b, line, whole, b->held_offset))
		return;
	b->held.n = line.n;
	end_held(b, whole);
}

static size_t
add_line(struct boundary *b, slice in)
{
	size_t lf;
	bool whole;

	in = slice_take(in, LIMIT_DELIMITER - b->held.n);
	whole = slice_find(in, '\n', &lf);
	in = slice_take(in, whole ? lf + 1 : in.n);
	buf_add(&b->held, in);
	if (whole || b->held.n == LIMIT_DELIMITER)
		offer_held(b, whole);
	return in.n;
}

/* --- doors --- */

static size_t
take(struct boundary *b, slice in, uint64_t offset)
{
	if (b->held.n > 0)
		return b->lines ? add_line(b, in) : add_content(b, in);
	if (b->lines)
		return take_line(b, in, offset);
	if (b->n > 0)
		return take_content(b, in, offset);
	give(b, in, offset);
	return in.n;
}

void
boundary_feed(struct boundary *b, slice in, uint64_t offset)
{
	while (in.n > 0) {
		size_t n = take(b, in, offset);

		in = slice_drop(in, n);
		offset += n;
	}
}

void
boundary_gap(struct boundary *b)
{
	if (b->held.n > 0 && b->lines)
		offer_held(b, false);
	flush(b);
	b->inside = false;
	b->start = true;
}

void
boundary_finish(struct boundary *b)
{
	if (b->held.n > 0 && b->lines)
		offer_held(b, true);
	else if (b->held.n > b->eol)
		end_held(b, true);
	flush(b);
}
