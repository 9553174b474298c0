#include "body.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "verbs.h"

enum { SEP_LF = 'L', SEP_CR = 'C', SEP_CRLF = '2', SEP_LOST = 0 };

/* What may stand alone between two line ends, and the forms that come of it. */
static const struct { enum odd_end odd; uint8_t before, first[2], n, behind; const char *text; } odd_ends[] = {
	{ ODD_LF_LF, SEP_LF, ".", 1, SEP_LF, "LF.LF" },
	{ ODD_LF_CRLF, SEP_LF, ".", 1, SEP_CRLF, "LF.CRLF" },
	{ ODD_LF_CR, SEP_LF, ".", 1, SEP_CR, "LF.CR" },
	{ ODD_CRLF_LF, SEP_CRLF, ".", 1, SEP_LF, "CRLF.LF" },
	{ ODD_CRLF_CR, SEP_CRLF, ".", 1, SEP_CR, "CRLF.CR" },
	{ ODD_CR_CR, SEP_CR, ".", 1, SEP_CR, "CR.CR" },
	{ ODD_CR_LF, SEP_CR, ".", 1, SEP_LF, "CR.LF" },
	{ ODD_CR_CRLF, SEP_CR, ".", 1, SEP_CRLF, "CR.CRLF" },
	{ ODD_CRLF_NUL_CRLF, SEP_CRLF, { 0, '.' }, 2, SEP_CRLF, "CRLF NUL.CRLF" },
	{ ODD_CRLF_NUL_LF, SEP_CRLF, { 0, '.' }, 2, SEP_LF, "CRLF NUL.LF" },
	{ ODD_CRLF_NUL_CR, SEP_CRLF, { 0, '.' }, 2, SEP_CR, "CRLF NUL.CR" },
	{ ODD_CRLF_CRLF_NUL, SEP_CRLF, { '.', 0 }, 2, SEP_CRLF, "CRLF.NUL CRLF" },
};
_Static_assert(sizeof odd_ends / sizeof odd_ends[0] == ODD_ENDS - 1, "a line for each form");

slice
odd_end_text(enum odd_end odd)
{
	return odd == ODD_NONE ? SLICE_NONE : slice_of(odd_ends[odd - 1].text);
}

void
body_init(struct body *b, const struct body_user *user, uint64_t offset)
{
	*b = (struct body){ .user = *user, .at = BODY_START, .line = offset, .sep = SEP_CRLF };
}

void
body_gap(struct body *b, uint64_t next)
{
	body_flush(b);
	b->at = BODY_TEXT;
	b->line = next;
	b->sep = SEP_LOST;
	b->n = 3;
	b->cr = false;
	b->odd = ODD_NONE;
}

/* The first CR or LF, or the end. One pass for both: two searches would look at everything twice. */
static const uint8_t *
find_end(const uint8_t *p, const uint8_t *end)
{
#ifdef __SSE2__
	const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		int hit = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, lf)));

		if (hit != 0)
			return p + __builtin_ctz((unsigned)hit);
	}
#endif
	while (p < end && *p != '\r' && *p != '\n')
		p++;
	return p;
}

static void
note_line(struct body *b, uint64_t next)
{
	if (next - b->line > b->longest) {
		b->longest = next - b->line;
		b->longest_at = b->line;
	}
	b->line = next;
}

/* From the beginning of a line over all that are ordinary; stops at the beginning of the first that is not, or not whole. */
static const uint8_t *
pass_lines(struct body *b, const uint8_t *p, const uint8_t *end)
{
	const uint8_t *begin = p;

	while (p < end && *p != '.' && *p != 0) {
		const uint8_t *e = find_end(p, end);

		if (end - e < 2 || e[0] != '\r' || e[1] != '\n')
			break;
		e += 2;
		if ((uint64_t)(e - p) > b->longest) {
			b->longest = (uint64_t)(e - p);
			b->longest_at = b->line + (uint64_t)(p - begin);
		}
		p = e;
	}
	b->line += (uint64_t)(p - begin);
	return p;
}

static enum odd_end
classify(const struct body *b, uint8_t behind)
{
	if (b->n != 1 && b->n != 2)
		return ODD_NONE;
	for (size_t i = 0; i < sizeof odd_ends / sizeof odd_ends[0]; i++)
		if (odd_ends[i].before == b->sep && odd_ends[i].behind == behind && odd_ends[i].n == b->n
		    && odd_ends[i].first[0] == b->first[0] && (b->n == 1 || odd_ends[i].first[1] == b->first[1]))
			return odd_ends[i].odd;
	return ODD_NONE;
}

static void
lenient_end(struct body *b, uint8_t sep, uint64_t next)
{
	enum odd_end odd = classify(b, sep);

	if (odd != ODD_NONE) {
		b->odd = odd;
		b->odd_offset = next;
		b->nseen = 0;
	}
	if (sep == SEP_LF && b->bare_lf++ == 0)
		b->first_bare_lf = next - 1;
	if (sep == SEP_CR && b->bare_cr++ == 0)
		b->first_bare_cr = next - 1;
	b->sep = sep;
	b->n = 0;
}

/* One byte, as a reader sees it for whom CR, LF and CRLF all end lines. */
static void
step_lenient(struct body *b, uint8_t c, uint64_t offset)
{
	if (b->cr) {
		b->cr = false;
		if (c == '\n') {
			lenient_end(b, SEP_CRLF, offset + 1);
			return;
		}
		lenient_end(b, SEP_CR, offset);
	}
	if (c == '\r')
		b->cr = true;
	else if (c == '\n')
		lenient_end(b, SEP_LF, offset + 1);
	else {
		if (b->n < 2)
			b->first[b->n] = c;
		if (b->n < 3)
			b->n++;
	}
}

/* Behind a non-standard end: does a command begin here? */
static bool
step_bait(struct body *b, uint8_t c, uint64_t offset)
{
	enum looks looks;

	if (b->odd == ODD_NONE || offset < b->odd_offset)
		return false;
	b->seen[b->nseen++] = c;
	looks = verb_looks((slice){ b->seen, b->nseen });
	if (looks == LOOKS_NO || (looks == LOOKS_MORE && b->nseen == sizeof b->seen))
		b->odd = ODD_NONE;
	return looks == LOOKS_YES;
}

enum step {
	KEEP,			/* the byte is content */
	HOLD,			/* it is not, or not yet */
	KEEP_CR,		/* it is content, and so is the CR held before it */
	END
};

/* One byte, as RFC 5321 4.5.2 reads it: a dot that begins a line is taken away, unless it is the whole line, which ends the content. */
static enum step
step_strict(struct body *b, uint8_t c, uint64_t offset)
{
	enum body_at was = b->at;

	b->at = c == '\r' ? BODY_CR : BODY_TEXT;
	switch (was) {
	case BODY_START:
		if (c != '.')
			return KEEP;
		b->at = BODY_DOT;
		return HOLD;
	case BODY_DOT:
		if (c != '\r')
			return KEEP;
		b->at = BODY_DOT_CR;
		return HOLD;
	case BODY_DOT_CR:
		return c == '\n' ? END : KEEP_CR;
	case BODY_CR:
		if (c == '\n') {
			b->at = BODY_START;
			note_line(b, offset + 1);
		}
		return KEEP;
	case BODY_TEXT:
		return KEEP;
	}
	return KEEP;
}

static void
give(struct body *b, const uint8_t *from, const uint8_t *to, uint64_t offset)
{
	if (from == to)
		return;
	b->size += (uint64_t)(to - from);
	if (b->user.bytes != NULL)
		b->user.bytes(b->user.self, (slice){ from, (size_t)(to - from) }, offset);
}

void
body_flush(struct body *b)
{
	uint8_t n = b->nheld;

	b->nheld = 0;
	give(b, b->held, b->held + n, b->held_offset);
}

/* Behind a whole non-standard end, and nothing came since. */
static bool
is_odd_end(const struct body *b)
{
	return b->odd != ODD_NONE && b->nseen == 0;
}

/* Is the line so far one that may become such an end? */
static bool
may_end_oddly(const struct body *b)
{
	if (is_odd_end(b))
		return true;
	if (b->sep == SEP_LOST || b->n == 0 || b->n > 2)
		return false;
	return b->n == 1 ? b->first[0] == '.' || b->first[0] == 0 : b->first[0] + b->first[1] == '.';
}

bool
body_end_oddly(struct body *b)
{
	if (!is_odd_end(b) && !(b->cr && classify(b, SEP_CR) != ODD_NONE))
		return false;
	b->nheld = 0;
	return true;
}

static void
hold(struct body *b, const uint8_t *from, const uint8_t *to, uint64_t offset)
{
	if (b->nheld == 0)
		b->held_offset = offset;
	while (from < to && b->nheld < sizeof b->held)
		b->held[b->nheld++] = *from++;
}

/* Where nothing can happen before the next CR or LF. */
static bool
is_boring(const struct body *b)
{
	return b->at == BODY_TEXT && b->n == 3 && b->odd == ODD_NONE;
}

/* One call's piece. */
struct piece {
	const uint8_t *begin, *p, *end;
	const uint8_t *run;		/* content from here on has not been given yet */
	const uint8_t *tail;		/* a line that may be a non-standard end begins here, or NULL */
	uint64_t offset;		/* of begin */
	bool bait;			/* behind such an end a line begins like a command */
};

static uint64_t
place(const struct piece *in, const uint8_t *p)
{
	return in->offset + (uint64_t)(p - in->begin);
}

static void
give_to(struct body *b, struct piece *in, const uint8_t *to)
{
	if (in->run == to)
		return;
	give(b, in->run, to, place(in, in->run));
	in->run = to;
}

/* Over all that is ordinary. */
static void
pass_ordinary(struct body *b, struct piece *in)
{
	if (b->at == BODY_START && b->sep == SEP_CRLF && b->odd == ODD_NONE)
		in->p = pass_lines(b, in->p, in->end);
	else if (is_boring(b))
		in->p = find_end(in->p, in->end);
}

/* One byte. True: it ended the content. */
static bool
step(struct body *b, struct piece *in)
{
	static const uint8_t cr[] = { '\r' };
	uint64_t here = place(in, in->p);
	bool was = may_end_oddly(b);

	/* Something stands behind what might have been the end. */
	if (was && (is_odd_end(b) || (b->cr && *in->p != '\n'))) {
		body_flush(b);
		in->tail = NULL;
		was = false;
	}
	step_lenient(b, *in->p, here);
	in->bait = step_bait(b, *in->p, here);
	switch (step_strict(b, *in->p, here)) {
	case KEEP:
		break;
	case HOLD:
		give_to(b, in, in->p);
		in->run++;
		break;
	case KEEP_CR:
		body_flush(b);
		if (in->p == in->begin)
			give(b, cr, cr + 1, here - 1);
		else
			in->run = in->p - 1;
		break;
	case END:
		return true;
	}
	if (was && !may_end_oddly(b)) {
		body_flush(b);
		in->tail = NULL;
	}
	if (may_end_oddly(b) && in->tail == NULL && b->nheld == 0)
		in->tail = in->p;
	in->p++;
	return false;
}

/* A command behind a non-standard end is told behind the bytes that it speaks of, wherever they were cut. */
static void
tell_odd(struct body *b, struct piece *in)
{
	enum odd_end odd = b->odd;

	give_to(b, in, in->p);
	b->odd = ODD_NONE;
	b->user.odd(b->user.self, odd, b->odd_offset, (slice){ b->seen, b->nseen });
}

size_t
body_feed(struct body *b, slice bytes, uint64_t offset, bool *end_r)
{
	struct piece in = { .begin = bytes.p, .p = bytes.p, .end = bytes.p + bytes.n, .run = bytes.p, .offset = offset };

	*end_r = false;
	for (pass_ordinary(b, &in); in.p < in.end; pass_ordinary(b, &in)) {
		*end_r = step(b, &in);
		if (*end_r)
			return (size_t)(in.p + 1 - in.begin);
		if (in.bait)
			tell_odd(b, &in);
	}
	if (may_end_oddly(b)) {
		if (in.tail != NULL && in.run < in.tail)
			give_to(b, &in, in.tail);
		hold(b, in.run, in.end, place(&in, in.run));
	} else
		give_to(b, &in, in.end);
	return bytes.n;
}
