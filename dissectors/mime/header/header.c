#include "header.h"

#include <string.h>

#include "base/chars.h"
#include "base/limits.h"

/* One call's piece. Everything before `told` was given to user.bytes; the open field, or the held line, begins at `from`. */
struct cursor {
	slice in;
	size_t at, from, told;
	size_t held;		/* of the parser's `field`: the held beginning of a line, from earlier pieces */
};

/* RFC 5322 3.6.8: ftext. */
static bool
is_name(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

/* The states in which the line so far may be header or body. */
static bool
is_undecided(enum header_state state)
{
	return state == HEADER_CR || state == HEADER_NAME || state == HEADER_COLON;
}

static void
tell_bytes(struct header_parser *p, slice bytes, bool in_header)
{
	if (bytes.n > 0 && p->user.bytes != NULL)
		p->user.bytes(p->user.self, bytes, in_header);
}

static void
tell_to(struct header_parser *p, struct cursor *c, size_t to)
{
	tell_bytes(p, slice_take(slice_drop(c->in, c->told), to - c->told), true);
	c->told = to;
}

static void
tell_held(struct header_parser *p, struct cursor *c, bool in_header)
{
	tell_bytes(p, slice_take(buf_slice(&p->field), c->held), in_header);
	c->held = 0;
}

static slice
trim_folds(slice s)
{
	while (s.n > 0 && (char_is_blank(s.p[0]) || s.p[0] == '\r' || s.p[0] == '\n'))
		s = slice_drop(s, 1);
	while (s.n > 0 && (char_is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

static void
tell_field(struct header_parser *p, slice raw, bool truncated)
{
	struct header_field f = { .raw = raw, .truncated = truncated };

	if (p->limit_hit || p->fields == LIMIT_HEADERS || raw.n > LIMIT_HEADER_BYTES - p->bytes) {
		if (!p->limit_hit && p->user.limit != NULL)
			p->user.limit(p->user.self);
		p->limit_hit = true;
		return;
	}
	p->fields++;
	p->bytes += raw.n;
	f.name = slice_take(raw, p->name_n);
	f.value = trim_folds(slice_drop(raw, p->colon + 1));
	p->user.field(p->user.self, &f);
}

/* The field that was open ends before c->at; what comes begins there. */
static void
end_field(struct header_parser *p, struct cursor *c)
{
	slice last = slice_take(slice_drop(c->in, c->from), c->at - c->from);

	if (p->open && p->field.n == 0) {
		tell_field(p, slice_take(last, LIMIT_HEADER), last.n > LIMIT_HEADER);
	} else if (p->open) {
		buf_add(&p->field, last);
		tell_field(p, buf_slice(&p->field), p->field.full);
	}
	buf_clear(&p->field);
	p->open = false;
	c->from = c->at;
}

/* The empty line: all up to here is header. */
static void
end_by_empty_line(struct header_parser *p, struct cursor *c)
{
	tell_held(p, c, true);
	tell_to(p, c, c->at);
	p->done = true;
}

static void
tell_no_field(struct header_parser *p, const struct cursor *c)
{
	slice line = slice_take(slice_drop(c->in, c->from), c->at + 1 - c->from);

	if (p->user.no_field == NULL || p->holed)
		return;
	if (c->held > 0) {
		p->field.n = c->held;
		buf_add(&p->field, line);
		line = buf_slice(&p->field);
	}
	p->user.no_field(p->user.self, slice_take(line, LIMIT_HEADER_NAME + 1));
	p->field.n = c->held;
}

/* The line that began at c->from, or before this piece, is no header: it begins the body. */
static void
end_by_body(struct header_parser *p, struct cursor *c)
{
	tell_no_field(p, c);
	tell_to(p, c, c->from);
	tell_held(p, c, false);
	c->at = c->from;
	p->done = true;
}

static void
read_line_start(struct header_parser *p, struct cursor *c)
{
	uint8_t first = c->in.p[c->at];

	if (char_is_blank(first) && p->open) {
		p->state = HEADER_VALUE;
		return;
	}
	if (char_is_blank(first) && p->lost) {
		p->state = HEADER_SKIP;
		return;
	}
	end_field(p, c);
	p->lost = false;
	if (first == '\n') {
		c->at++;
		end_by_empty_line(p, c);
	} else if (first == '\r') {
		c->at++;
		p->state = HEADER_CR;
	} else {
		p->name_n = 0;
		p->state = HEADER_NAME;
	}
}

static void
read_cr(struct header_parser *p, struct cursor *c)
{
	if (c->in.p[c->at] == '\n') {
		c->at++;
		end_by_empty_line(p, c);
	} else {
		end_by_body(p, c);
	}
}

static void
take_colon(struct header_parser *p, struct cursor *c)
{
	tell_held(p, c, true);
	p->colon = p->field.n + (c->at - c->from);
	p->open = true;
	p->top = false;
	p->state = HEADER_VALUE;
	c->at++;
}

static void
read_name(struct header_parser *p, struct cursor *c)
{
	size_t start = c->at;

	while (c->at < c->in.n && is_name(c->in.p[c->at]))
		c->at++;
	p->name_n += c->at - start;
	if (p->name_n > LIMIT_HEADER_NAME)
		end_by_body(p, c);
	else if (c->at == c->in.n)
		return;
	else if (c->in.p[c->at] == ':' && p->name_n > 0)
		take_colon(p, c);
	else if (char_is_blank(c->in.p[c->at]) && p->name_n > 0)
		p->state = HEADER_COLON;
	else
		end_by_body(p, c);
}

/* "From alice@example.org Sat Nov 21 …", which programs that read UNIX mailboxes leave on top. */
static bool
is_mailbox_line(struct header_parser *p, struct cursor *c)
{
	slice name;

	if (!p->top)
		return false;
	buf_add(&p->field, slice_take(slice_drop(c->in, c->from), c->at - c->from));
	name = slice_take(buf_slice(&p->field), p->name_n);
	if (!slice_eq(name, S("From")) && !slice_eq(name, S(">From"))) {
		p->field.n = c->held;
		return false;
	}
	return true;
}

static void
skip_mailbox_line(struct header_parser *p, struct cursor *c)
{
	tell_held(p, c, true);
	buf_clear(&p->field);
	p->top = false;
	p->state = HEADER_SKIP;
}

static void
read_colon(struct header_parser *p, struct cursor *c)
{
	while (c->at < c->in.n && char_is_blank(c->in.p[c->at]))
		c->at++;
	if (p->field.n + (c->at - c->from) > LIMIT_HEADER_NAME)
		end_by_body(p, c);
	else if (c->at == c->in.n)
		return;
	else if (c->in.p[c->at] == ':')
		take_colon(p, c);
	else if (is_mailbox_line(p, c))
		skip_mailbox_line(p, c);
	else
		end_by_body(p, c);
}

/* To the next line, in one stride: nothing inside a value matters here. */
static void
read_rest(struct header_parser *p, struct cursor *c)
{
	const uint8_t *lf = memchr(c->in.p + c->at, '\n', c->in.n - c->at);

	if (p->state == HEADER_SKIP && lf == NULL)
		c->from = c->in.n;
	if (lf == NULL) {
		c->at = c->in.n;
		return;
	}
	c->at = (size_t)(lf - c->in.p) + 1;
	if (p->state == HEADER_SKIP)
		c->from = c->at;
	p->state = HEADER_LINE;
}

static void
read_some(struct header_parser *p, struct cursor *c)
{
	switch (p->state) {
	case HEADER_LINE:
		read_line_start(p, c);
		break;
	case HEADER_CR:
		read_cr(p, c);
		break;
	case HEADER_NAME:
		read_name(p, c);
		break;
	case HEADER_COLON:
		read_colon(p, c);
		break;
	case HEADER_VALUE:
	case HEADER_SKIP:
		read_rest(p, c);
		break;
	}
}

void
header_init(struct header_parser *p, const struct header_user *user)
{
	*p = (struct header_parser){ .user = *user, .top = true };
	buf_init(&p->field, LIMIT_HEADER);
}

void
header_fini(struct header_parser *p)
{
	buf_fini(&p->field);
}

size_t
header_feed(struct header_parser *p, slice in)
{
	struct cursor c = { .in = in };

	if (p->done)
		return 0;
	if (is_undecided(p->state))
		c.held = p->field.n;
	while (c.at < in.n && !p->done)
		read_some(p, &c);
	if (p->done) {
		buf_fini(&p->field);
		return c.at;
	}
	tell_to(p, &c, is_undecided(p->state) ? c.from : in.n);
	buf_add(&p->field, slice_drop(in, c.from));
	return in.n;
}

void
header_gap(struct header_parser *p)
{
	if (p->done)
		return;
	/* A guess: the gap may have swallowed the header's end. The next line that is no header says so. */
	if (is_undecided(p->state))
		tell_bytes(p, buf_slice(&p->field), true);
	buf_clear(&p->field);
	p->open = false;
	p->top = false;
	p->lost = p->holed = true;
	p->state = HEADER_SKIP;
}

void
header_finish(struct header_parser *p)
{
	struct cursor c = { .in = SLICE_NONE };

	if (p->done)
		return;
	if (is_undecided(p->state))
		tell_bytes(p, buf_slice(&p->field), false);
	end_field(p, &c);
	p->done = true;
	buf_fini(&p->field);
}

void
header_unfold(slice value, struct buf *out)
{
	size_t lf;

	while (slice_find(value, '\n', &lf)) {
		bool fold = lf + 1 < value.n && char_is_blank(value.p[lf + 1]);
		size_t keep = !fold ? lf + 1 : lf > 0 && value.p[lf - 1] == '\r' ? lf - 1 : lf;

		buf_add(out, slice_take(value, keep));
		value = slice_drop(value, lf + 1);
	}
	buf_add(out, value);
}
