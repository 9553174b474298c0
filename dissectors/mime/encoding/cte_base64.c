/*
 * cte_base64.c - base64 (RFC 2045 6.8).
 *
 * Nearly all of it is runs of whole groups and line ends, which
 * base64_decode_run() takes; the rest goes letter by letter.
 *
 * Decoders disagree about padding in the middle: "=" says that the data ends
 * (RFC 2045 6.8), but texts are put together from several encoded pieces, and
 * footers are added. So what follows is held up to the end of its line: if
 * that is whole groups and nothing else it is decoded, and reading goes on; if
 * not, all from there on is junk.
 *
 * Behind a gap nobody knows where in a group we are. But lines hold whole
 * groups, so the line's END tells it: the rest of the line is held, and as
 * many letters are dropped from its front as are too many. A line that is
 * longer than what can be held is skipped. If a group has been seen to span
 * a line end (`ragged`) there is no such knowledge, and what stands behind a
 * gap is not decoded: it would be noise that looks like content.
 *
 *	bits, n		the letters of the group so far
 *	due		"=" that the padding of the last group still lacks
 */
#include "cte_inside.h"

enum {
	READING,
	PADDED,				/* behind padding: the line is held */
	OVER,				/* ... and it was none */
	FRAGMENT,			/* behind a gap: the rest of the line is held */
	TO_LINE_END, LOST
};

/* A group of n letters, 2 to 4, is complete as far as it goes. */
static void
put_group(struct cte_stream *c, struct cte_out *o)
{
	uint32_t bits = c->bits << 6 * (4 - c->n);

	for (unsigned i = 0; i + 1 < c->n; i++)
		cte_put_byte(o, (uint8_t)(bits >> (16 - 8 * i)));
	c->n = 0;
	c->bits = 0;
}

static void
take_value(struct cte_stream *c, struct cte_out *o, int value)
{
	c->bits = c->bits << 6 | (uint32_t)value;
	if (++c->n == 4)
		put_group(c, o);
}

static void
take_padding(struct cte_stream *c, struct cte_out *o)
{
	if (c->due > 0) {
		c->due--;
		return;
	}
	switch (c->n) {
	case 0:
		c->told.junk++;
		return;
	case 1:				/* six bits are no byte */
		c->told.odd_tail++;
		c->n = 0;
		c->bits = 0;
		c->due = 2;
		break;
	default:
		c->due = (uint8_t)(3 - c->n);
		put_group(c, o);
	}
	c->state = PADDED;
}

/* In state READING. */
static void
take_byte(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	int value = base64_value(byte);

	if (value >= 0)
		take_value(c, o, value);
	else if (byte == '=')
		take_padding(c, o);
	else if (byte == '\n')
		c->ragged |= c->n != 0;
	else if (byte != '\r' && !char_is_blank(byte))
		c->told.junk++;
}

/* A run begins with a letter or with a line end; to ask about every byte of junk would take long. */
static bool
may_run(const struct cte_stream *c, uint8_t first)
{
	return c->n == 0 && (base64_value(first) >= 0 || first == '\r' || first == '\n');
}

/* Returns the bytes taken, at least one. */
static size_t
read_some(struct cte_stream *c, struct cte_out *o, slice in)
{
	size_t taken = 0, n = 0;

	if (may_run(c, in.p[0])) {
		if (o->n > CTE_PIECE / 2)
			cte_flush(o);
		taken = base64_decode_run(slice_take(in, (CTE_PIECE - o->n) / 3 * 4), o->p + o->n, &n);
		o->n += n;
	}
	if (taken == 0) {
		take_byte(c, o, in.p[0]);
		taken = 1;
	}
	return taken;
}

/* --- what was held --- */

static bool
is_blank(uint8_t c)
{
	return char_is_blank(c) || c == '\r';
}

/* The last n bytes of what is held, padding in it and all. */
static void
replay(struct cte_stream *c, struct cte_out *o, size_t n)
{
	uint8_t line[sizeof c->held];

	memcpy(line, c->held + c->nheld - n, n);
	c->nheld = 0;
	for (size_t i = 0; i < n; i++) {
		if (c->state == PADDED && base64_value(line[i]) >= 0) {
			c->told.padding_inside++;
			c->due = 0;
			c->state = READING;
		}
		if (c->state == PADDED)
			take_padding(c, o);
		else
			take_byte(c, o, line[i]);
	}
}

/* --- behind padding --- */

/* Letters and padding, and nothing else. */
static bool
is_pure(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (base64_value(s.p[i]) < 0 && s.p[i] != '=')
			return false;
	return true;
}

static void
count_junk(struct cte_stream *c, slice s)
{
	for (size_t i = 0; i < s.n; i++)
		c->told.junk += !is_blank(s.p[i]) && s.p[i] != '\n';
}

static void
give_up(struct cte_stream *c)
{
	count_junk(c, (slice){ c->held, c->nheld });
	c->nheld = 0;
	c->state = OVER;
}

static void
judge_line(struct cte_stream *c, struct cte_out *o)
{
	while (c->nheld > 0 && is_blank(c->held[c->nheld - 1]))
		c->nheld--;
	if (c->nheld % 4 == 0 && is_pure((slice){ c->held, c->nheld }))
		replay(c, o, c->nheld);
	else
		give_up(c);
}

static void
take_behind_padding(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (byte == '\n') {
		judge_line(c, o);
	} else if (c->nheld == 0 && byte == '=') {
		take_padding(c, o);
	} else if (c->nheld == sizeof c->held) {
		give_up(c);
		count_junk(c, (slice){ &byte, 1 });
	} else if (c->nheld > 0 || !is_blank(byte)) {
		c->held[c->nheld++] = byte;
	}
}

/* --- behind a gap --- */

/* The end of a line: groups end here. */
static void
align(struct cte_stream *c, struct cte_out *o)
{
	unsigned surplus = c->nheld % 4u;

	c->told.skipped += surplus;
	c->state = READING;
	replay(c, o, c->nheld - surplus);
}

static void
skip_held(struct cte_stream *c)
{
	c->told.skipped += c->nheld;
	c->nheld = 0;
}

static void
take_fragment(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (byte == '\n') {
		align(c, o);
	} else if (base64_value(byte) < 0 && byte != '=') {
		c->told.junk += byte != '\r' && !char_is_blank(byte);
	} else if (c->nheld < sizeof c->held) {
		c->held[c->nheld++] = byte;
	} else {
		skip_held(c);
		c->told.skipped++;
		c->state = TO_LINE_END;
	}
}

/* Returns the bytes taken. */
static size_t
skip(struct cte_stream *c, slice in)
{
	size_t end;

	if (c->state == TO_LINE_END && slice_find(in, '\n', &end)) {
		c->state = READING;
		in.n = end + 1;
	}
	c->told.skipped += in.n;
	return in.n;
}

/* --- the decoder --- */

static void
feed(struct cte_stream *c, struct cte_out *o, slice in)
{
	while (in.n > 0) {
		size_t taken = 1;

		switch (c->state) {
		case READING:
			taken = read_some(c, o, in);
			break;
		case PADDED:
			take_behind_padding(c, o, in.p[0]);
			break;
		case FRAGMENT:
			take_fragment(c, o, in.p[0]);
			break;
		case OVER:
			count_junk(c, in);
			return;
		default:
			taken = skip(c, in);
		}
		in = slice_drop(in, taken);
	}
}

static void
gap(struct cte_stream *c)
{
	if (c->state == PADDED && !is_pure((slice){ c->held, c->nheld }))
		give_up(c);
	c->told.skipped += c->n;
	skip_held(c);
	c->n = c->due = 0;
	c->bits = 0;
	if (c->state != OVER)
		c->state = c->ragged ? LOST : FRAGMENT;
}

static void
finish(struct cte_stream *c, struct cte_out *o)
{
	if (c->state == FRAGMENT)
		align(c, o);
	else if (c->state == PADDED)
		judge_line(c, o);
	if (c->n > 0 || c->due > 0)
		c->told.odd_tail++;
	if (c->n > 1)
		put_group(c, o);
}

const struct cte_decoder cte_base64 = { feed, gap, finish };
