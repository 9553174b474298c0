#include "reply.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "base/limits.h"

struct reply_parts {
	struct reply so_far;		/* line and text are set at the end */
	struct buf bytes;		/* the lines, one behind the other */
	size_t end[LIMIT_REPLY_LINES];	/* of each line in bytes */
	size_t n;
};

bool
reply_line_parse(slice line, struct reply_line *r)
{
	*r = (struct reply_line){ .text = line };
	if (line.n < 3 || !char_is_digit(line.p[0]) || !char_is_digit(line.p[1]) || !char_is_digit(line.p[2]))
		return false;
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-' && line.p[3] != '\t')
		return false;
	r->code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0');
	r->more = line.n > 3 && line.p[3] == '-';
	r->text = slice_drop(line, 4);
	return true;
}

/* One to three digits off the front. */
static bool
take_number(slice *s)
{
	size_t n = 0;

	while (n < s->n && n < 3 && char_is_digit(s->p[n]))
		n++;
	*s = slice_drop(*s, n);
	return n > 0;
}

static bool
take_dot(slice *s)
{
	bool dot = s->n > 0 && s->p[0] == '.';

	*s = slice_drop(*s, 1);
	return dot;
}

void
reply_enhanced(slice text, slice *enhanced_r, slice *rest_r)
{
	slice s = slice_drop(text, 1);

	*enhanced_r = slice_take(text, 0);
	*rest_r = text;
	/* RFC 3463 2: the class is 2, 4 or 5. */
	if (text.n == 0 || (text.p[0] != '2' && text.p[0] != '4' && text.p[0] != '5'))
		return;
	if (!take_dot(&s) || !take_number(&s) || !take_dot(&s) || !take_number(&s))
		return;
	if (s.n > 0 && !char_is_blank(s.p[0]))
		return;
	*enhanced_r = slice_take(text, text.n - s.n);
	*rest_r = slice_trim(s);
}

static void
parts_free(struct reply_parts **pp)
{
	if (*pp == NULL)
		return;
	buf_fini(&(*pp)->bytes);
	free(*pp);
	*pp = NULL;
}

void
reply_builder_fini(struct reply_builder *b)
{
	parts_free(&b->parts);
}

bool
reply_pending(const struct reply_builder *b)
{
	return b->parts != NULL;
}

/* What one line adds to a reply. `first`: it is the first one. */
static void
merge(struct reply *r, const struct line *line, const struct reply_line *parsed, bool ok, bool first, struct origin origin)
{
	if (first)
		r->offset = line->offset;
	if (ok && !first && r->code != 0 && parsed->code != r->code)
		r->mismatch = true;
	if (ok)
		r->code = parsed->code;
	r->malformed |= !ok;
	r->length = line->offset + line->length - r->offset;
	r->origin = origin;
	r->truncated |= line->truncated;
	r->control |= line->control;
	r->eight_bit |= line->eight_bit;
	r->nul |= line->nul;
	r->bare_lf |= line->end == '\n';
}

static void
finish(struct reply *r, const slice *lines, size_t n, reply_done *done, void *self)
{
	struct reply_line last;

	r->line = lines;
	r->nline = n;
	if (n > 0 && reply_line_parse(lines[n - 1], &last))
		reply_enhanced(last.text, &r->enhanced, &r->text);
	else if (n > 0)
		r->text = lines[n - 1];
	done(self, r);
}

static void
keep_line(struct reply_parts *p, slice text)
{
	if (p->n == LIMIT_REPLY_LINES) {
		p->so_far.truncated = true;
		return;
	}
	buf_add(&p->bytes, text);
	p->end[p->n++] = p->bytes.n;
}

static void
finish_parts(struct reply_builder *b, reply_done *done, void *self)
{
	struct reply_parts *p = b->parts;
	slice lines[LIMIT_REPLY_LINES];
	size_t begin = 0;

	b->parts = NULL;
	for (size_t i = 0; i < p->n; i++) {
		lines[i] = (slice){ p->bytes.p + begin, p->end[i] - begin };
		begin = p->end[i];
	}
	finish(&p->so_far, lines, p->n, done, self);
	parts_free(&p);
}

void
reply_add(struct reply_builder *b, const struct line *line, struct origin origin, reply_done *done, void *self)
{
	struct reply_line parsed;
	bool ok = reply_line_parse(line->text, &parsed);

	/* A line without a code inside a reply of several is more of its text. */
	if (b->parts == NULL && !parsed.more) {
		struct reply r = { 0 };

		merge(&r, line, &parsed, ok, true, origin);
		finish(&r, &line->text, 1, done, self);
		return;
	}
	if (b->parts == NULL) {
		b->parts = xcalloc(1, sizeof *b->parts);
		buf_init(&b->parts->bytes, LIMIT_REPLY_LINES * LIMIT_REPLY_LINE);
		merge(&b->parts->so_far, line, &parsed, ok, true, origin);
	} else
		merge(&b->parts->so_far, line, &parsed, ok, false, origin);
	keep_line(b->parts, line->text);
	if (ok && !parsed.more)
		finish_parts(b, done, self);
}

void
reply_break(struct reply_builder *b, struct origin origin, reply_done *done, void *self)
{
	if (b->parts == NULL)
		return;
	b->parts->so_far.unterminated = true;
	b->parts->so_far.truncated = true;
	b->parts->so_far.origin = origin;
	finish_parts(b, done, self);
}
