/*
 * lines.c - see lines.h.
 *
 * A copied line stays in `partial` until the next call; `length` 0 says that
 * it was handed out already.
 */
#include "lines.h"

#include <string.h>

#include "base/clean.h"

void
lines_init(struct lines *l, size_t max)
{
	*l = (struct lines){ 0 };
	buf_init(&l->partial, max);
}

void
lines_fini(struct lines *l)
{
	buf_wipe(&l->partial);
	buf_fini(&l->partial);
}

/* What stands in a line that is not plain text. */
static void
look(struct line *line)
{
	unsigned eight = 0, control = 0, nul = 0, cr = 0, tab = 0;

	for (size_t i = 0; i < line->text.n; i++) {
		uint8_t c = line->text.p[i];

		eight |= c & 0x80u;
		control += c < 0x20 || c == 0x7f;
		nul |= c == 0;
		cr |= c == '\r';
		tab += c == '\t';
	}
	line->eight_bit = eight != 0;
	line->control = control > tab;
	line->nul = nul != 0;
	line->bare_cr = cr != 0;
}

static struct line
make_line(slice text, uint64_t offset, uint64_t length, bool truncated)
{
	struct line line = { .text = text, .offset = offset, .length = length, .truncated = truncated };

	if (!clean_is_plain(text))
		look(&line);
	return line;
}

/* `text` ends in LF. */
static struct line
whole_line(slice text, uint64_t offset, uint64_t length, bool truncated)
{
	struct line line;
	uint8_t end = '\n';

	text.n--;
	if (text.n > 0 && text.p[text.n - 1] == '\r') {
		text.n--;
		end = 2;
	}
	line = make_line(text, offset, length, truncated);
	line.end = end;
	return line;
}

/* The line was longer than is kept: how it ended stands in the last piece, or at the border to it. */
static struct line
long_line(struct lines *l, slice tail)
{
	bool crlf = tail.n > 1 ? tail.p[tail.n - 2] == '\r' : l->last_cr;
	slice text = slice_take(buf_slice(&l->partial), l->length - (crlf ? 2 : 1));
	struct line line = make_line(text, l->offset, l->length, true);

	line.end = crlf ? 2 : '\n';
	return line;
}

static void
begin(struct lines *l, uint64_t offset)
{
	buf_clear(&l->partial);
	l->offset = offset;
	l->last_cr = false;
}

static void
add(struct lines *l, slice piece)
{
	buf_add(&l->partial, piece);
	l->length += piece.n;
}

size_t
lines_feed(struct lines *l, slice in, uint64_t offset, struct line *line_r, bool *got_r)
{
	const uint8_t *lf = in.n > 0 ? memchr(in.p, '\n', in.n) : NULL;
	size_t n = lf ? (size_t)(lf - in.p) + 1 : in.n;
	slice piece = slice_take(in, n);

	*got_r = false;
	if (l->skipping) {
		l->skipping = lf == NULL;
		return n;
	}
	if (l->length == 0) {
		begin(l, offset);
		/* In one piece: nothing is copied. */
		if (lf != NULL && n <= l->partial.max) {
			*line_r = whole_line(piece, offset, n, false);
			*got_r = true;
			return n;
		}
	}
	add(l, piece);
	if (lf != NULL) {
		*line_r = l->partial.full ? long_line(l, piece)
		    : whole_line(buf_slice(&l->partial), l->offset, l->length, false);
		l->length = 0;
		*got_r = true;
	} else if (n > 0)
		l->last_cr = piece.p[n - 1] == '\r';
	return n;
}

bool
lines_break(struct lines *l, bool skip, struct line *line_r)
{
	bool pending = l->length > 0;

	if (pending)
		*line_r = make_line(buf_slice(&l->partial), l->offset, l->length, true);
	l->length = 0;
	l->skipping = skip;
	return pending;
}

bool
lines_pending(const struct lines *l)
{
	return l->length > 0;
}

void
lines_resume(struct lines *l)
{
	l->skipping = false;
}

void
lines_wipe(struct lines *l)
{
	if (l->length == 0)
		buf_wipe(&l->partial);
}
