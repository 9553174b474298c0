/*
 * cte_uu.c - uuencode (POSIX uuencode, "historical algorithm").
 *
 *	begin 644 name
 *	#86)C		the first letter is the count of bytes, 0 to 63, plus 32
 *	`		or a blank: none
 *	end
 *
 * Both alphabets, blank and backtick. Transports remove blanks at line ends,
 * so a line that is too short is filled up with them, and told. One letter
 * too many is passed over: old encoders put a sum there. A line with a byte
 * that no encoder writes is none, and told.
 *
 *	n		where we are
 */
#include "cte_inside.h"

enum { FULL_LINE = 61 };		/* 45 bytes: what every line but the last is */

static unsigned
value_of(uint8_t c)
{
	return (c - 32u) & 63;
}

static bool
is_letters(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 32 || s.p[i] > 96)
			return false;
	return true;
}

static slice
without_blanks_behind(slice s)
{
	while (s.n > 0 && char_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Letters that n bytes need, and letters in whole groups. Some encoders write no more than is needed. */
static size_t needed(size_t n) { return (n * 8 + 5) / 6; }
static size_t in_groups(size_t n) { return (n + 2) / 3 * 4; }

bool
cte_uu_holds(slice line)
{
	return line.n > 0 && is_letters(line) && without_blanks_behind(slice_drop(line, 1)).n <= in_groups(value_of(line.p[0])) + 1;
}

bool
cte_uu_begins(slice line, slice *name_r)
{
	size_t digits = 0;
	slice rest;

	if (!slice_starts(line, S("begin ")))
		return false;
	rest = slice_drop(line, 6);
	while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '7')
		digits++;
	*name_r = slice_trim(slice_drop(rest, digits));
	return (digits == 3 || digits == 4) && digits < rest.n && char_is_blank(rest.p[digits]) && name_r->n > 0;
}

static void
decode(struct cte_out *o, slice letters, size_t n)
{
	for (size_t i = 0, at = 0; i < n; at += 4) {
		uint32_t bits = 0;

		for (size_t k = at; k < at + 4; k++)
			bits = bits << 6 | (k < letters.n ? value_of(letters.p[k]) : 0);
		for (int shift = 16; shift >= 0 && i < n; shift -= 8, i++)
			cte_put_byte(o, (uint8_t)(bits >> shift));
	}
}

static void
take_data(struct cte_stream *c, struct cte_out *o, slice line)
{
	slice letters = slice_drop(line, 1);
	size_t n = value_of(line.p[0]);

	if (!is_letters(line)) {
		c->told.bad_lines++;
		return;
	}
	if (letters.n < needed(n) || without_blanks_behind(letters).n > in_groups(n) + 1)
		c->told.bad_lines++;
	decode(o, letters, n);
}

static void
take(struct cte_stream *c, struct cte_out *o, slice line)
{
	slice name;

	/* The beginning may have been lost: a line that is full in every way is as good. */
	if (c->n == CTE_BEFORE && c->holed && line.n == FULL_LINE && line.p[0] == 'M' && cte_uu_holds(line))
		c->n = CTE_INSIDE;
	if (c->n == CTE_BEFORE && cte_uu_begins(line, &name))
		c->n = CTE_INSIDE;
	else if (c->n == CTE_INSIDE && slice_eq(without_blanks_behind(line), S("end")))
		c->n = CTE_BEHIND;
	else if (c->n == CTE_INSIDE && line.n > 0)
		take_data(c, o, line);
}

static void
feed(struct cte_stream *c, struct cte_out *o, slice in)
{
	cte_lines(c, o, in, take);
}

static void
finish(struct cte_stream *c, struct cte_out *o)
{
	cte_last_line(c, o, take);
	c->told.no_end = c->n != CTE_BEHIND;
}

const struct cte_decoder cte_uu = { feed, cte_lose_line, finish };
