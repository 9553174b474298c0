#include "enriched.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "layout.h"

enum { MARK_MAX = 60 };				/* RFC 1896 1: a command's name */

enum state { TEXT, MARK };

struct enriched {
	enum state state;
	struct layout layout;
	char mark[MARK_MAX + 2];		/* so far, "/" included */
	size_t nmark;
	unsigned line_ends;			/* in a row */
	unsigned params, nofill;		/* how many are open */
};

struct enriched *
enriched_new(const struct enriched_user *user)
{
	struct enriched *e = xcalloc(1, sizeof *e);
	const struct layout_user layout = { user->self, user->text };

	layout_init(&e->layout, &layout);
	return e;
}

void
enriched_free(struct enriched **e)
{
	if (*e != NULL)
		layout_fini(&(*e)->layout);
	free(*e);
	*e = NULL;
}

size_t
enriched_memory(const struct enriched *e)
{
	return sizeof *e + e->layout.out.cap;
}

static void
show(struct enriched *e, slice text)
{
	if (e->params > 0 || text.n == 0)
		return;
	if (e->nofill > 0)
		layout_as_it_stands(&e->layout, text);
	else
		layout_text(&e->layout, text);
}

static void
count(unsigned *open, bool end)
{
	if (!end)
		++*open;
	else if (*open > 0)
		--*open;
}

static void
take_mark(struct enriched *e)
{
	bool end = e->mark[0] == '/';
	slice name = slice_of(e->mark + end);

	if (slice_eq(name, S("param")))
		count(&e->params, end);
	else if (slice_eq(name, S("nofill")))
		count(&e->nofill, end);
	else if (slice_eq(name, S("excerpt")))
		layout_quote(&e->layout, !end);
	else if (slice_eq(name, S("nl")))		/* richtext */
		layout_line_end(&e->layout);
	else if (slice_eq(name, S("lt")))
		show(e, S("<"));
	else if (slice_eq(name, S("paragraph")) || slice_eq(name, S("center")) || slice_eq(name, S("flushright")))
		layout_break(&e->layout, 1);
}

/* One byte of a mark. "<<" is none; what is too long to be one is passed over up to its ">". */
static void
in_mark(struct enriched *e, uint8_t c)
{
	if (c == '<' && e->nmark == 0) {
		show(e, S("<"));
		e->state = TEXT;
		return;
	}
	if (c == '>') {
		e->mark[e->nmark] = '\0';
		take_mark(e);
		e->state = TEXT;
	} else if (e->nmark < MARK_MAX + 1) {
		e->mark[e->nmark++] = (char)char_lower(c);
	}
}

static size_t
text_length(slice in)
{
	size_t n = 0;

	while (n < in.n && in.p[n] != '<' && in.p[n] != '\n' && in.p[n] != '\r')
		n++;
	return n;
}

/* One line end is a blank; each behind it is a line's end. */
static void
take_line_end(struct enriched *e)
{
	if (e->nofill > 0)
		show(e, S("\n"));
	else if (++e->line_ends == 1)
		show(e, S(" "));
	else
		layout_line_end(&e->layout);
}

static size_t
in_text(struct enriched *e, slice in)
{
	size_t n = text_length(in);

	if (n > 0) {
		e->line_ends = 0;
		show(e, slice_take(in, n));
		return n;
	}
	if (in.p[0] == '\n')
		take_line_end(e);
	if (in.p[0] == '<') {
		e->state = MARK;
		e->nmark = 0;
	}
	return 1;
}

void
enriched_feed(struct enriched *e, slice in)
{
	while (in.n > 0) {
		size_t n = 1;

		if (e->state == TEXT)
			n = in_text(e, in);
		else
			in_mark(e, in.p[0]);
		in = slice_drop(in, n);
	}
	layout_flush(&e->layout);
}

void
enriched_gap(struct enriched *e, slice said)
{
	layout_break(&e->layout, 1);
	layout_text(&e->layout, said);
	layout_break(&e->layout, 1);
	layout_flush(&e->layout);
}

void
enriched_finish(struct enriched *e)
{
	if (e->layout.begun)
		layout_append(&e->layout, S("\n"));
	layout_flush(&e->layout);
}
