#include "walk.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"

static bool read_line(void *self, slice line, uint64_t offset);
static void read_bytes(void *self, slice bytes, uint64_t offset);
static void read_delimiter(void *self, size_t which, bool close, slice line, uint64_t offset);
static void read_near(void *self, size_t which, slice line, uint64_t offset);

uint64_t
walk_place(const struct walk *w, uint64_t offset)
{
	return w->fixed ? w->base : offset;
}

struct mime_at
walk_span(const struct walk *w, uint64_t from, uint64_t to)
{
	from = walk_place(w, from);
	to = walk_place(w, to);
	return (struct mime_at){ from, to > from ? to - from : 0, w->guessed };
}

/* --- a walk --- */

struct walk *
walk_new(struct telling *t, struct walk *outer, slice prefix, uint64_t base)
{
	struct walk *w = xcalloc(1, sizeof *w);
	struct boundary_user user = { .self = w, .bytes = read_bytes, .line = read_line, .delimiter = read_delimiter,
	    .near = read_near };

	w->t = t;
	w->outer = outer;
	w->base = w->end = w->offset = base;
	w->in = IN_NOTHING;
	buf_init(&w->prefix, SIZE_MAX);
	buf_add(&w->prefix, prefix);
	boundary_init(&w->boundary, &user);
	buf_init(&w->rest, LIMIT_DELIMITER);
	buf_init(&w->guess, LIMIT_BOUNDARY);
	hidden_init(&w->hidden);
	field_init(&w->text);
	entity_init(&w->entity);
	return w;
}

void
walk_free(struct walk **wp)
{
	struct walk *w = *wp;

	if (w == NULL)
		return;
	walk_free(&w->inner);
	leaf_end(&w->leaf, false, 0);
	if (w->reading_header)
		header_fini(&w->header);
	if (w->judge != NULL)
		judge_free(&w->judge);
	buf_fini(&w->prefix);
	buf_fini(&w->rest);
	buf_fini(&w->guess);
	boundary_fini(&w->boundary);
	hidden_fini(&w->hidden);
	field_fini(&w->text);
	entity_fini(&w->entity);
	free(w->level);
	free(w);
	*wp = NULL;
}

size_t
walk_memory(const struct walk *w)
{
	size_t n = 0;

	for (; w != NULL; w = w->inner)
		n += sizeof *w + w->prefix.cap + boundary_memory(&w->boundary) + w->caplevel * sizeof *w->level
		    + w->header.field.cap + w->text.unfolded.cap + w->text.decoded.cap + entity_memory(&w->entity)
		    + w->hidden.line.cap + (w->leaf ? leaf_memory(w->leaf) : 0);
	return n;
}

struct level *
walk_innermost(struct walk *w)
{
	return w->nlevel > 0 ? &w->level[w->nlevel - 1] : NULL;
}

/* What was unpacked is flat; and a multipart on top of a message in a message is open, but no part that is told of. */
unsigned
walk_unlisted(const struct walk *w)
{
	return w->unpacked > 0 ? (unsigned)w->nlevel : w->nlevel > 0 && !w->listed;
}

void
walk_begin_hidden(struct walk *w, slice boundary, struct mime_at at)
{
	w->in = IN_HIDDEN;
	w->hidden_at = at;
	hidden_begin(&w->hidden, boundary);
}

/* --- what boundary.c says --- */

static bool
read_line(void *self, slice line, uint64_t offset)
{
	struct walk *w = self;
	bool begins = !w->boundary.inside && line.n > 0 && line.p[0] != ' ' && line.p[0] != '\t';
	size_t n;

	if (w->guessing && walk_guess(w, line, offset))
		return true;
	if (begins)
		w->next_field = offset;
	n = header_feed(&w->header, line);
	w->field = w->next_field;
	if (w->header.done)
		walk_begin_part(w, offset + n);
	return n > 0;
}

static void
read_bytes(void *self, slice bytes, uint64_t offset)
{
	struct walk *w = self;

	if (w->leaf != NULL)
		leaf_feed(w->leaf, bytes, walk_place(w, offset));
	else if (w->in == IN_HIDDEN && hidden_feed(&w->hidden, bytes))
		telling_note(w->t, FINDING_MIME_HIDDEN_CONTENT, &w->hidden_at, SLICE_NONE);
}

static void
begin_child(struct walk *w, uint64_t offset)
{
	struct level *l = walk_innermost(w);

	l->children++;
	if (w->nlevel == 1)
		w->first_children = l->children;
	if (!w->t->full) {
		walk_begin_header(w, offset);
		return;
	}
	l->cut = true;
	w->in = IN_NOTHING;
	boundary_content(&w->boundary);
}

static void
read_delimiter(void *self, size_t which, bool close, slice line, uint64_t offset)
{
	struct walk *w = self;
	struct mime_at at = walk_span(w, offset, offset + line.n);

	w->found = true;
	walk_end_open(w, which + 1, true, offset);
	if (!close) {
		begin_child(w, offset + line.n);
		return;
	}
	walk_begin_hidden(w, boundary_text(&w->boundary, which), at);
	walk_innermost(w)->closed = true;
	walk_end_level(w, true, offset + line.n);
	boundary_content(&w->boundary);
}

static bool
has_letter(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_alnum(s.p[i]))
			return true;
	return false;
}

/* A line that some readers take for a delimiter. In a message in this one it may be one of its own; a rule of dashes is none. */
static void
read_near(void *self, size_t which, slice line, uint64_t offset)
{
	struct walk *w = self;
	struct mime_at at = walk_span(w, offset, offset + line.n);

	if (w->inner == NULL && has_letter(boundary_text(&w->boundary, which)))
		telling_note(w->t, FINDING_MIME_BOUNDARY_AMBIGUOUS, &at, slice_chomp(line));
}

/* --- feeding --- */

void
walk_feed(struct walk *w, slice in, uint64_t offset)
{
	boundary_feed(&w->boundary, in, offset);
	w->end = offset + in.n;
}

/* All that is open is not whole. The header that was being read may have ended in the gap: what comes will show. */
void
walk_gap(struct walk *w, uint64_t missing)
{
	boundary_gap(&w->boundary);
	walk_give_guess(w, w->end);
	for (size_t i = 0; i < w->nlevel; i++) {
		w->level[i].lost = true;
		w->level[i].missing += missing;
	}
	if (w->in == IN_HEADER) {
		header_gap(&w->header);
		w->lost = true;
		w->missing += missing;
	}
	if (w->leaf != NULL)
		leaf_gap(w->leaf, missing);
	if (w->inner != NULL)
		walk_gap(w->inner, missing);
	hidden_gap(&w->hidden);
}

void
walk_finish(struct walk *w, bool whole)
{
	boundary_finish(&w->boundary);
	walk_give_guess(w, w->end);
	walk_end_open(w, 0, whole, w->end);
}
