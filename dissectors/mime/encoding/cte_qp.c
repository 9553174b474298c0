/*
 * cte_qp.c - quoted-printable (RFC 2045 6.7).
 *
 * Lenient: digits of either case, soft line breaks that end in LF alone or
 * have blanks behind the "=". Blanks at the end of a line are removed (rule
 * 3), line ends stay as they were sent. A "=" at the very end is a soft line
 * break whose line end belongs to the boundary.
 *
 * Lines are read at once as far as possible. What depends on bytes that have
 * not come yet is held, and goes byte by byte.
 *
 * BUGS: more than 100 blanks at the end of a line stay. No encoder is known
 * to write them, and a held run of any length would be memory of any size.
 */
#include "base/limits.h"
#include "cte_inside.h"

enum {
	TEXT,
	BLANKS,				/* held: do they end the line? */
	MANY_BLANKS,			/* more than can be held: they are text */
	CR,				/* behind the blanks that are held */
	ESCAPE,				/* "=" */
	HEX,				/* "=" and a digit */
	SOFT,				/* "=" and blanks */
	SOFT_CR,
	TO_LINE_END			/* behind a gap */
};

static void
put_held(struct cte_stream *c, struct cte_out *o)
{
	cte_put(o, (slice){ c->held, c->nheld });
	c->nheld = 0;
}

static void
hold(struct cte_stream *c, uint8_t byte, unsigned state)
{
	c->held[c->nheld++] = byte;
	c->state = (uint8_t)state;
}

static void
begin(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	c->state = TEXT;
	if (byte == '=')
		hold(c, byte, ESCAPE);
	else if (char_is_blank(byte))
		hold(c, byte, BLANKS);
	else if (byte == '\r')
		c->state = CR;
	else
		cte_put_byte(o, byte);
}

/* It was no escape: it stays as it stands. */
static void
give_up(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	c->told.bad_escapes++;
	put_held(c, o);
	begin(c, o, byte);
}

static void
take_blank(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (c->nheld < LIMIT_QP_BLANKS) {
		c->held[c->nheld++] = byte;
		return;
	}
	c->told.bad_escapes += c->state == SOFT;
	put_held(c, o);
	cte_put_byte(o, byte);
	c->state = MANY_BLANKS;
}

static void
end_line(struct cte_stream *c, struct cte_out *o, slice end)
{
	c->nheld = 0;
	c->state = TEXT;
	cte_put(o, end);
}

static void
take_in_blanks(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (char_is_blank(byte)) {
		take_blank(c, o, byte);
	} else if (byte == '\n') {
		end_line(c, o, S("\n"));
	} else if (byte == '\r') {
		c->state = CR;
	} else {
		put_held(c, o);
		begin(c, o, byte);
	}
}

/* A CR alone is text, and so are the blanks before it. */
static void
take_behind_cr(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (byte == '\n') {
		end_line(c, o, S("\r\n"));
	} else {
		put_held(c, o);
		cte_put_byte(o, '\r');
		begin(c, o, byte);
	}
}

static void
take_in_escape(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (byte == '\n')
		end_line(c, o, SLICE_NONE);
	else if (byte == '\r')
		hold(c, byte, SOFT_CR);
	else if (char_is_blank(byte))
		hold(c, byte, SOFT);
	else if (c->state == ESCAPE && char_hex(byte) >= 0)
		hold(c, byte, HEX);
	else
		give_up(c, o, byte);
}

static void
take_soft(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (char_is_blank(byte))
		take_blank(c, o, byte);
	else
		take_in_escape(c, o, byte);
}

static void
take_second_digit(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	if (char_hex(byte) < 0) {
		give_up(c, o, byte);
		return;
	}
	cte_put_byte(o, (uint8_t)(char_hex(c->held[1]) << 4 | char_hex(byte)));
	end_line(c, o, SLICE_NONE);
}

static void
take_byte(struct cte_stream *c, struct cte_out *o, uint8_t byte)
{
	switch (c->state) {
	case TEXT:
		begin(c, o, byte);
		break;
	case BLANKS:
		take_in_blanks(c, o, byte);
		break;
	case MANY_BLANKS:
		if (char_is_blank(byte))
			cte_put_byte(o, byte);
		else
			begin(c, o, byte);
		break;
	case CR:
		take_behind_cr(c, o, byte);
		break;
	case ESCAPE:
		take_in_escape(c, o, byte);
		break;
	case HEX:
		take_second_digit(c, o, byte);
		break;
	case SOFT:
		take_soft(c, o, byte);
		break;
	case SOFT_CR:
		if (byte == '\n')
			end_line(c, o, SLICE_NONE);
		else
			give_up(c, o, byte);
		break;
	case TO_LINE_END:
		c->told.skipped++;
		if (byte == '\n')
			c->state = TEXT;
		break;
	}
}

/* --- whole lines --- */

static size_t
blanks_before(slice s, size_t end)
{
	size_t n = 0;

	while (n < end && char_is_blank(s.p[end - n - 1]))
		n++;
	return n;
}

/* What holds no "=": up to the line end, or as far as the piece goes. */
static void
take_plain(struct cte_stream *c, struct cte_out *o, slice s)
{
	bool ended = s.n > 0 && s.p[s.n - 1] == '\n';
	size_t end = s.n - ended, text, blanks;

	text = end - (end > 0 && s.p[end - 1] == '\r');
	blanks = blanks_before(s, text);
	if (!ended) {
		cte_put(o, slice_take(s, text - blanks));
		for (size_t i = text - blanks; i < s.n; i++)
			take_byte(c, o, s.p[i]);
	} else if (blanks == 0 || blanks > LIMIT_QP_BLANKS) {
		cte_put(o, s);
	} else {
		cte_put(o, slice_take(s, text - blanks));
		cte_put(o, slice_drop(s, text));
	}
}

static bool
put_escape(struct cte_out *o, slice s)
{
	int high = s.n > 2 ? char_hex(s.p[1]) : -1, low = high >= 0 ? char_hex(s.p[2]) : -1;

	if (low < 0)
		return false;
	cte_put_byte(o, (uint8_t)(high << 4 | low));
	return true;
}

/* In text that is not Latin one stands right behind the other. */
static bool
find_escape(slice s, size_t *at_r)
{
	*at_r = 0;
	return s.n > 0 && (s.p[0] == '=' || slice_find(s, '=', at_r));
}

/* In state TEXT. `in` ends with the line, or with the piece. Returns the bytes taken, at least one. */
static size_t
take_line(struct cte_stream *c, struct cte_out *o, slice in)
{
	slice rest = in;
	size_t at;

	while (find_escape(rest, &at)) {
		if (at > 0)
			cte_put(o, slice_take(rest, at));
		rest = slice_drop(rest, at);
		if (!put_escape(o, rest)) {
			hold(c, '=', ESCAPE);
			return in.n - rest.n + 1;
		}
		rest = slice_drop(rest, 3);
	}
	take_plain(c, o, rest);
	return in.n;
}

static size_t
line_end(slice in, size_t at)
{
	size_t n;

	return slice_find(slice_drop(in, at), '\n', &n) ? at + n + 1 : in.n;
}

/* The line's end is searched for once, however often what is bad in the line makes us begin again. */
static void
feed(struct cte_stream *c, struct cte_out *o, slice in)
{
	size_t end = 0;

	for (size_t at = 0; at < in.n; ) {
		if (at >= end)
			end = line_end(in, at);
		if (c->state == TEXT)
			at += take_line(c, o, (slice){ in.p + at, end - at });
		else
			take_byte(c, o, in.p[at++]);
	}
}

static void
gap(struct cte_stream *c)
{
	c->told.skipped += c->nheld + (c->state == CR ? 1u : 0u);
	c->nheld = 0;
	c->state = TO_LINE_END;
}

/* Blanks at the end are those of a line whose end belongs to the boundary. */
static void
finish(struct cte_stream *c, struct cte_out *o)
{
	if (c->state == HEX)
		c->told.bad_escapes++;
	if (c->state == HEX || c->state == CR)
		put_held(c, o);
	if (c->state == CR)
		cte_put_byte(o, '\r');
	c->nheld = 0;
	c->state = TEXT;
}

const struct cte_decoder cte_qp = { feed, gap, finish };
