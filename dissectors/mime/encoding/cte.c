/*
 * cte.c - the front of the decoders, and the names of the encodings.
 */
#include "cte_inside.h"

static const struct { slice name; enum cte kind; } names[] = {
	{ SLICE("7bit"), CTE_NONE }, { SLICE("8bit"), CTE_NONE }, { SLICE("binary"), CTE_NONE },	/* RFC 2045 6.1 */
	{ SLICE("base64"), CTE_BASE64 }, { SLICE("quoted-printable"), CTE_QP },
	{ SLICE("x-uuencode"), CTE_UU }, { SLICE("uuencode"), CTE_UU }, { SLICE("x-uue"), CTE_UU }, { SLICE("uue"), CTE_UU },
	{ SLICE("x-yenc"), CTE_YENC }, { SLICE("yenc"), CTE_YENC }
};

static const struct cte_decoder *const decoder_of[] = {
	[CTE_BASE64] = &cte_base64, [CTE_QP] = &cte_qp, [CTE_UU] = &cte_uu, [CTE_YENC] = &cte_yenc, [CTE_UNKNOWN] = NULL
};

/* Behind the comment that begins here. They nest; one that is not closed is no comment but junk, and ends nothing. */
static size_t
comment_length(slice s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.n;
}

static bool
is_around(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n' || c == '"' || c == '\'';
}

static bool
is_of_name(uint8_t c)
{
	return char_is_alnum(c) || c == '-' || c == '_';
}

slice
cte_name(slice value)
{
	size_t n = 0;

	while (value.n > 0 && (is_around(value.p[0]) || value.p[0] == '('))
		value = slice_drop(value, value.p[0] == '(' ? comment_length(value) : 1);
	while (n < value.n && is_of_name(value.p[n]))
		n++;
	return n > 0 ? slice_take(value, n) : slice_trim(value);
}

enum cte
cte_find(slice value)
{
	slice word = cte_name(value);

	if (word.n == 0)
		return CTE_NONE;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_ieq(word, names[i].name))
			return names[i].kind;
	return CTE_UNKNOWN;
}

void
cte_flush(struct cte_out *o)
{
	if (o->n > 0)
		o->c->user.bytes(o->c->user.self, (slice){ o->p, o->n });
	o->n = 0;
}

void
cte_put(struct cte_out *o, slice s)
{
	if (s.n > CTE_PIECE - o->n)
		cte_flush(o);
	if (s.n > CTE_PIECE) {
		o->c->user.bytes(o->c->user.self, s);
	} else if (s.n > 0) {
		memcpy(o->p + o->n, s.p, s.n);
		o->n += s.n;
	}
}

static void
give_line(struct cte_stream *c, struct cte_out *o, slice line, cte_line_taker *take)
{
	take(c, o, slice_chomp(slice_take(line, sizeof c->held)));
	c->nheld = 0;
}

static void
hold(struct cte_stream *c, slice s)
{
	s = slice_take(s, sizeof c->held - c->nheld);
	if (s.n > 0)
		memcpy(c->held + c->nheld, s.p, s.n);
	c->nheld = (uint8_t)(c->nheld + s.n);
}

void
cte_lines(struct cte_stream *c, struct cte_out *o, slice in, cte_line_taker *take)
{
	slice line;
	bool ended;

	for (; in.n > 0; in = slice_drop(in, line.n + ended)) {
		line = in;
		ended = slice_find(in, '\n', &line.n);
		if (c->lost) {
			c->told.skipped += line.n + ended;
			c->lost = !ended;
		} else if (ended && c->nheld == 0) {
			give_line(c, o, line, take);
		} else {
			hold(c, line);
			if (ended)
				give_line(c, o, (slice){ c->held, c->nheld }, take);
		}
	}
}

void
cte_last_line(struct cte_stream *c, struct cte_out *o, cte_line_taker *take)
{
	if (c->nheld > 0)
		give_line(c, o, (slice){ c->held, c->nheld }, take);
}

void
cte_lose_line(struct cte_stream *c)
{
	c->told.skipped += c->nheld;
	c->nheld = 0;
	c->lost = true;
}

void
cte_init(struct cte_stream *c, enum cte kind, const struct cte_user *user)
{
	*c = (struct cte_stream){ .user = *user, .kind = kind };
}

void
cte_feed(struct cte_stream *c, slice in)
{
	const struct cte_decoder *d = decoder_of[c->kind];
	struct cte_out out;

	if (in.n == 0)
		return;
	if (d == NULL) {
		c->user.bytes(c->user.self, in);
		return;
	}
	out.c = c;
	out.n = 0;
	d->feed(c, &out, in);
	cte_flush(&out);
}

void
cte_gap(struct cte_stream *c, uint64_t missing)
{
	(void)missing;			/* the groups and lines behind it are found by themselves, not by counting */
	c->holed = true;
	if (decoder_of[c->kind] != NULL)
		decoder_of[c->kind]->gap(c);
}

void
cte_finish(struct cte_stream *c)
{
	const struct cte_decoder *d = decoder_of[c->kind];
	struct cte_out out;

	if (d == NULL)
		return;
	out.c = c;
	out.n = 0;
	d->finish(c, &out);
	cte_flush(&out);
}
