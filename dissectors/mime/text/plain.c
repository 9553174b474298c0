#include "plain.h"

#include <stdlib.h>

#include "base/err.h"

enum { OUT = 4096, SIGNATURE = 3 };		/* "-- " */

struct plain {
	struct plain_user user;
	bool flowed, delsp;
	bool cr;		/* the last byte was one: an LF behind it is no line of its own */
	bool top;		/* nothing of the line was seen (flowed: but quote marks and stuffing) */
	/* Of the flowed line that is being read: */
	bool stuffed;		/* its first blank was taken off */
	bool soft;		/* the line before it flows into it */
	bool blank;		/* its last character is a blank, which was not told yet */
	unsigned depth, last_depth;	/* of quotes; of the line before it */
	unsigned dashes;	/* "-- " so far, or more than SIGNATURE: it is something else */
	struct buf out;
};

struct plain *
plain_new(bool flowed, bool delsp, const struct plain_user *user)
{
	struct plain *p = xcalloc(1, sizeof *p);

	p->user = *user;
	p->flowed = flowed;
	p->delsp = delsp;
	p->top = true;
	buf_init(&p->out, OUT);
	return p;
}

void
plain_free(struct plain **p)
{
	if (*p != NULL)
		buf_fini(&(*p)->out);
	free(*p);
	*p = NULL;
}

size_t
plain_memory(const struct plain *p)
{
	return sizeof *p + p->out.cap;
}

static void
tell(struct plain *p)
{
	if (p->out.n > 0)
		p->user.text(p->user.self, buf_slice(&p->out));
	buf_clear(&p->out);
}

static void
put(struct plain *p, slice s)
{
	if (s.n > OUT - p->out.n)
		tell(p);
	if (s.n > OUT)
		p->user.text(p->user.self, s);
	else
		buf_add(&p->out, s);
}

/* Lines, as they are */

static void
put_line_end(struct plain *p)
{
	put(p, S("\n"));
}

/* Flowed lines (RFC 3676 4) */

/* What the quote marks and the line before say: this line goes on with that one, or begins. */
static void
begin_line(struct plain *p, bool empty)
{
	bool joined = p->soft && p->depth == p->last_depth;

	if (!joined) {
		if (p->soft)			/* it flowed into a line of another depth, which is a mistake: 4.5 */
			put_line_end(p);
		for (unsigned i = 0; i < p->depth; i++)
			put(p, S(">"));
		if (p->depth > 0 && !empty)
			put(p, S(" "));
	}
	p->top = false;
	p->soft = false;
}

/* Quote marks, and the blank that was stuffed behind them. Returns how much of the line they are. */
static size_t
take_top(struct plain *p, slice in)
{
	if (!p->stuffed && in.p[0] == '>') {
		p->depth++;
		return 1;
	}
	if (!p->stuffed && in.p[0] == ' ') {
		p->stuffed = true;
		return 1;
	}
	begin_line(p, false);
	return 0;
}

/* "-- " alone on a line is a signature's mark, and does not flow (4.3). */
static void
count_dashes(struct plain *p, slice run)
{
	for (size_t i = 0; i < run.n && p->dashes <= SIGNATURE; i++)
		p->dashes = p->dashes < SIGNATURE && run.p[i] == "-- "[p->dashes] ? p->dashes + 1 : SIGNATURE + 1;
}

/* The text of a line; a blank at its end waits until it is known what it means. */
static void
take_run(struct plain *p, slice run)
{
	if (p->blank && run.n > 0)
		put(p, S(" "));
	count_dashes(p, run);
	p->blank = run.n > 0 && run.p[run.n - 1] == ' ';
	put(p, slice_take(run, run.n - p->blank));
}

static void
end_flowed(struct plain *p)
{
	bool signature = p->dashes == SIGNATURE;

	if (p->top)
		begin_line(p, true);
	p->soft = p->blank && !signature;
	if (p->blank && !(p->soft && p->delsp))
		put(p, S(" "));
	if (!p->soft)
		put_line_end(p);
	p->last_depth = p->depth;
	p->depth = p->dashes = 0;
	p->top = true;
	p->stuffed = p->blank = false;
}

static void
take_flowed(struct plain *p, slice run)
{
	while (run.n > 0 && p->top)
		run = slice_drop(run, take_top(p, run));
	if (run.n > 0)
		take_run(p, run);
}

/* The stream */

static void
take_line_end(struct plain *p, uint8_t c)
{
	bool second = c == '\n' && p->cr;

	p->cr = c == '\r';
	if (second)
		return;
	if (p->flowed) {
		end_flowed(p);
		return;
	}
	p->top = true;
	put_line_end(p);
}

static void
take_line(struct plain *p, slice line)
{
	if (line.n == 0)
		return;
	p->cr = false;
	if (p->flowed) {
		take_flowed(p, line);
		return;
	}
	p->top = false;
	put(p, line);
}

/* What stands between two LFs: one line, or several that end in CR. */
static void
take_stretch(struct plain *p, slice s)
{
	size_t n;

	while (slice_find(s, '\r', &n)) {
		take_line(p, slice_take(s, n));
		take_line_end(p, '\r');
		s = slice_drop(s, n + 1);
	}
	take_line(p, s);
}

void
plain_feed(struct plain *p, slice in)
{
	size_t n;

	while (slice_find(in, '\n', &n)) {
		take_stretch(p, slice_take(in, n));
		take_line_end(p, '\n');
		in = slice_drop(in, n + 1);
	}
	take_stretch(p, in);
	tell(p);
}

/* What is being read ends here as it stands; what follows begins a line. */
void
plain_gap(struct plain *p, slice said)
{
	bool inside = p->soft || p->blank || !p->top;

	plain_finish(p);
	if (inside)
		put_line_end(p);
	put(p, said);
	put_line_end(p);
	p->soft = p->cr = p->stuffed = false;
	p->depth = p->dashes = 0;
	p->top = true;
	tell(p);
}

void
plain_finish(struct plain *p)
{
	if (p->flowed && p->top && p->depth > 0)
		begin_line(p, true);
	if (p->blank)
		put(p, S(" "));
	p->blank = false;
	tell(p);
}
