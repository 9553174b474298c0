/*
 * cte_yenc.c - yEnc 1.3 (yenc.org/yenc-draft.1.3.txt).
 *
 *	=ybegin line=128 size=123456 name=...
 *	=ypart begin=1 end=100000		of a file in several parts
 *	...
 *	=yend size=100000 pcrc32=abcdef12
 *
 * Every byte plus 42; "=" goes before one that could not stand there. A line
 * that begins with "=y" speaks about the file: no encoder escapes a byte into
 * a "y". Line ends count for nothing.
 *
 *	state		where in a line
 *	n		where we are in the part
 *	lost		in the rest of a line behind a gap
 *	due		it is a part of a file: its own sum is "pcrc32"
 *	bits		the sum so far
 *	size, expected	of the file, or of this part of it; 0: not told
 */
#include "base/inflate.h"
#include "cte_inside.h"

enum { LINE_START, LINE_START_ESCAPE, DATA, DATA_ESCAPE, CONTROL, SKIP };

/* --- lines that speak about the file --- */

/* The value of "key=", up to a blank. The name stands last and may hold anything: nothing behind it is a key. */
static bool
value_of(slice line, slice key, slice *value_r)
{
	slice word;

	while (slice_cut(line, ' ', &word, &line) || word.n > 0) {
		if (slice_starts(word, S("name=")))
			return false;
		if (slice_starts(word, key)) {
			*value_r = slice_drop(word, key.n);
			return true;
		}
	}
	return false;
}

static uint64_t
number_of(slice line, slice key)
{
	uint64_t n;
	slice text;

	return value_of(line, key, &text) && slice_number(text, &n) ? n : 0;
}

static bool
differs(const struct cte_stream *c, slice sum)
{
	uint32_t v = 0;

	for (size_t i = 0; i < sum.n; i++) {
		int digit = char_hex(sum.p[i]);

		if (digit < 0)
			return true;
		v = v << 4 | (uint32_t)digit;
	}
	return v != c->bits;
}

static void
check(struct cte_stream *c, slice line)
{
	uint64_t size = number_of(line, S("size="));
	slice sum;

	if (c->holed)
		return;			/* of course they differ */
	if (c->size != size || (c->expected != 0 && c->size != c->expected))
		c->told.bad_lines++;
	else if (value_of(line, c->due ? S("pcrc32=") : S("crc32="), &sum) && differs(c, sum))
		c->told.bad_lines++;
}

static void
take_control(struct cte_stream *c, slice line)
{
	if (c->n == CTE_BEFORE && slice_starts(line, S("=ybegin "))) {
		c->n = CTE_INSIDE;
		c->expected = number_of(line, S("size="));
	} else if ((c->n == CTE_INSIDE || (c->n == CTE_BEFORE && c->holed)) && slice_starts(line, S("=ypart "))) {
		uint64_t begin = number_of(line, S("begin=")), end = number_of(line, S("end="));

		c->n = CTE_INSIDE;
		c->due = 1;
		c->expected = begin > 0 && end >= begin ? end - begin + 1 : 0;
	} else if (c->n == CTE_INSIDE && slice_starts(line, S("=yend"))) {
		check(c, line);
		c->n = CTE_BEHIND;
	}
}

/* --- data --- */

/* Bytes that mean themselves. */
static size_t
take_plain(struct cte_stream *c, struct cte_out *o, slice in)
{
	size_t n = 0;
	uint8_t *to;

	if (o->n == CTE_PIECE)
		cte_flush(o);
	to = o->p + o->n;
	in = slice_take(in, CTE_PIECE - o->n);
	while (n < in.n && in.p[n] != '=' && in.p[n] != '\r' && in.p[n] != '\n') {
		to[n] = (uint8_t)(in.p[n] - 42);
		n++;
	}
	c->bits = inflate_crc32(c->bits, (slice){ to, n });
	c->size += n;
	o->n += n;
	return n;
}

static void
take_escaped(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	uint8_t plain = (uint8_t)(byte - 64 - 42);

	c->bits = inflate_crc32(c->bits, (slice){ &plain, 1 });
	c->size++;
	cte_put_byte(o, plain);
	c->state = DATA;
}

static void
begin_line(struct cte_stream *c)
{
	c->state = LINE_START;
	c->nheld = 0;
	c->lost = false;
}

static void
end_line(struct cte_stream *c)
{
	slice line = { c->held, c->nheld };

	if (c->state == CONTROL)
		take_control(c, slice_chomp(line));
	begin_line(c);
}

static void
take_at_start(struct cte_stream *c, uint8_t byte)
{
	if (byte == '=')
		c->state = LINE_START_ESCAPE;
	else if (byte != '\r')
		c->state = c->n == CTE_INSIDE ? DATA : SKIP;
}

static void
hold(struct cte_stream *c, uint8_t byte)
{
	if (c->nheld < sizeof c->held)
		c->held[c->nheld++] = byte;
}

/* Behind the "=" that begins a line. */
static void
take_start_escape(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (byte == 'y') {
		c->state = CONTROL;
		hold(c, '=');
		hold(c, byte);
	} else if (c->n == CTE_INSIDE) {
		take_escaped(c, o, byte);
	} else {
		c->state = SKIP;
	}
}

/* Returns the bytes taken; 0: the state has changed, and they are to be looked at again. */
static size_t
take(struct cte_stream *c, struct cte_out *o, slice in)
{
	uint8_t byte = in.p[0];
	size_t n;

	if (byte == '\n') {
		end_line(c);
		return 1;
	}
	switch (c->state) {
	case LINE_START:
		take_at_start(c, byte);
		return c->state == DATA ? 0 : 1;
	case LINE_START_ESCAPE:
		take_start_escape(c, o, byte);
		return 1;
	case DATA_ESCAPE:
		take_escaped(c, o, byte);
		return 1;
	case CONTROL:
		hold(c, byte);
		return 1;
	case SKIP:
		n = slice_find(in, '\n', &n) ? n : in.n;
		c->told.skipped += c->lost ? n : 0;
		return n;
	default:
		n = take_plain(c, o, in);
		if (n == 0 && byte == '=')
			c->state = DATA_ESCAPE;
		return n > 0 ? n : 1;
	}
}

static void
feed(struct cte_stream *c, struct cte_out *o, slice in)
{
	while (in.n > 0)
		in = slice_drop(in, take(c, o, in));
}

static void
gap(struct cte_stream *c)
{
	c->nheld = 0;
	c->lost = true;
	c->state = SKIP;
}

static void
finish(struct cte_stream *c, struct cte_out *o)
{
	(void)o;
	end_line(c);
	c->told.no_end = c->n != CTE_BEHIND;
}

const struct cte_decoder cte_yenc = { feed, gap, finish };
