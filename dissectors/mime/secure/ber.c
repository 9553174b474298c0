#include "ber.h"

#include "base/err.h"

enum { CONSTRUCTED = 0x20, HIGH_TAG = 0x1f, OPEN = 0x80, LONG_FORM = 0x80 };

void
ber_init(struct ber_stream *s, const struct ber_user *user)
{
	*s = (struct ber_stream){ .user = *user };
}

static void
end_element(struct ber_stream *s)
{
	bool open;

	CHECK(s->depth > 0);
	open = s->level[--s->depth].open;
	s->in_value = false;
	s->user.end(s->user.self, open);
	s->done = s->depth == 0;
}

/* Whatever ends here, ends. */
static void
end_what_ends(struct ber_stream *s)
{
	while (s->depth > 0 && !s->level[s->depth - 1].open && s->level[s->depth - 1].end == s->at)
		end_element(s);
}

static unsigned
tag_size(const struct ber_stream *s)
{
	return (s->header[0] & HIGH_TAG) == HIGH_TAG ? 2 : 1;
}

/* How many bytes the header has, as far as its first ones tell. */
static unsigned
header_size(const struct ber_stream *s)
{
	unsigned tag = tag_size(s), length;

	if (s->nheader <= tag)
		return tag + 1;
	length = s->header[tag];
	return tag + 1 + (length > LONG_FORM ? length - LONG_FORM : 0);
}

/* Where it ends. False: behind what it stands in. */
static bool
read_end(const struct ber_stream *s, size_t header, uint64_t limit, uint64_t *end_r)
{
	unsigned tag = tag_size(s);
	uint64_t length = s->header[tag];

	if (length > LONG_FORM) {
		length = 0;
		for (size_t i = tag + 1; i < header; i++)
			length = length << 8 | s->header[i];
	}
	if (s->at > limit || length > limit - s->at)
		return false;
	*end_r = s->at + length;
	return true;
}

static void
begin_element(struct ber_stream *s)
{
	uint64_t limit = s->depth > 0 ? s->level[s->depth - 1].end : UINT64_MAX;
	struct ber_element e = { .header = { s->header, s->nheader }, .tag = s->header[0] };
	struct ber_level level = { .end = limit };

	e.constructed = (e.tag & CONSTRUCTED) != 0;
	e.open = level.open = s->header[tag_size(s)] == OPEN;
	s->nheader = 0;
	if (s->depth == LIMIT_BER_DEPTH || (e.open && !e.constructed)
	    || (!e.open && !read_end(s, e.header.n, limit, &level.end))) {
		s->broken = true;
		return;
	}
	s->level[s->depth++] = level;
	s->in_value = !(s->user.begin(s->user.self, &e) && e.constructed) && !e.open;
	end_what_ends(s);
}

/* Two zeros: the innermost element, which is open, ends. */
static void
end_mark(struct ber_stream *s)
{
	s->nheader = 0;
	if (s->depth == 0 || !s->level[s->depth - 1].open) {
		s->broken = true;
		return;
	}
	end_element(s);
	end_what_ends(s);
}

static slice
take_header(struct ber_stream *s, slice in)
{
	s->header[s->nheader++] = in.p[0];
	s->at++;
	if (s->nheader < 2)
		return slice_drop(in, 1);
	if (s->header[0] == 0 && s->header[1] == 0)
		end_mark(s);
	else if (header_size(s) > BER_HEADER || s->header[0] == 0)
		s->broken = true;
	else if (s->nheader == header_size(s))
		begin_element(s);
	return slice_drop(in, 1);
}

static slice
take_value(struct ber_stream *s, slice in)
{
	uint64_t left = s->level[s->depth - 1].end - s->at;
	slice piece = slice_take(in, left < in.n ? (size_t)left : in.n);

	s->at += piece.n;
	s->user.bytes(s->user.self, piece);
	end_what_ends(s);
	return slice_drop(in, piece.n);
}

void
ber_feed(struct ber_stream *s, slice in)
{
	while (in.n > 0 && !s->done && !s->broken)
		in = s->in_value ? take_value(s, in) : take_header(s, in);
}
