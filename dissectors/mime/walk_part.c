#include "walk.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"

static uint32_t
parent_of_next(const struct walk *w)
{
	return w->nlevel > walk_unlisted(w) ? w->level[w->nlevel - 1].part : w->parent;
}

/* Of the part that begins now: "2.1" is the first one of what stands in the second. */
static void
path_of_next(const struct walk *w, bool multipart, struct buf *path)
{
	if (w->unpacked > 0)
		return;
	buf_add(path, buf_slice(&w->prefix));
	for (size_t i = 0; i < w->nlevel; i++) {
		if (path->n > 0)
			buf_add_byte(path, '.');
		buf_number(path, w->level[i].children);
	}
	if (w->nlevel == 0 && !multipart)
		buf_text(path, path->n > 0 ? ".1" : "1");
}

/* --- a multipart --- */

/* Can a delimiter of one be taken for one of the other? */
static bool
is_confusable(slice a, slice b)
{
	slice longer = a.n > b.n ? a : b, other = a.n > b.n ? b : a;

	return slice_starts(longer, other) && (longer.n == other.n || slice_eq(slice_drop(longer, other.n), S("--")));
}

static bool
has_double(const struct walk *w, slice boundary)
{
	for (; w != NULL; w = w->outer)
		for (size_t i = 0; i < w->nlevel; i++)
			if (is_confusable(boundary, boundary_text(&w->boundary, i)))
				return true;
	return false;
}

static void
judge_boundary(struct walk *w, const struct mime_at *at)
{
	slice boundary = buf_slice(&w->entity.boundary);

	if (boundary.n > 0 && has_double(w, boundary))
		telling_note(w->t, FINDING_MIME_BOUNDARY_AMBIGUOUS, at, boundary);
	if (!w->entity.has_boundary)
		telling_note(w->t, FINDING_MIME_BOUNDARY_MISSING, at, buf_slice(&w->entity.type));
}

static void
push_level(struct walk *w, uint32_t part)
{
	if (w->nlevel == w->caplevel) {
		w->caplevel = w->caplevel > 0 ? 2 * w->caplevel : 4;
		w->level = xrealloc(w->level, w->caplevel, sizeof *w->level);
	}
	w->level[w->nlevel++] = (struct level){ .part = part, .offset = w->offset, .missing = w->missing, .lost = w->lost,
	    .digest = w->entity.digest };
	boundary_push(&w->boundary, buf_slice(&w->entity.boundary));
}

/* How many parts it stands in that are told of. */
static unsigned
depth_of_next(const struct walk *w)
{
	return w->depth + (unsigned)w->nlevel - walk_unlisted(w);
}

static void
tell_begin(struct walk *w, uint32_t number, enum part_kind kind, slice path, const struct mime_at *at)
{
	const struct entity *e = &w->entity;
	struct ev_part_begin ev = { .part = number, .parent = parent_of_next(w), .kind = kind, .depth = depth_of_next(w),
	    .path = path.p != NULL ? path : S(""), .declared = e->declared,
	    .content_type = buf_slice(&e->type), .charset = entity_text(e->charset.n > 0, &e->charset),
	    .encoding = entity_text(e->has_encoding, &e->encoding),
	    .disposition = entity_text(e->has_disposition, &e->disposition), .filename = entity_filename(e),
	    .content_id = entity_text(e->has_id, &e->id), .description = entity_text(e->has_description, &e->description) };

	if (w->unpacked > 0) {
		ev.kind = PART_UNPACKED;
		ev.path = SLICE_NONE;
	}
	if (w->t->user.begin != NULL)
		w->t->user.begin(w->t->user.self, &ev, at);
}

/* --- what stands in a part --- */

static void
feed_inner(void *self, slice bytes, uint64_t offset)
{
	struct walk *w = self;

	walk_feed(w->inner, bytes, offset);
}

static bool
is_encoded(const struct entity *e)
{
	return e->cte != CTE_NONE && e->cte != CTE_UNKNOWN;
}

/* A walk through what stands in the part that begins now. */
static struct walk *
begin_inner(struct walk *w, uint32_t number, slice path, const struct mime_at *at)
{
	struct walk *in = walk_new(w->t, w, path, at->offset);

	in->parent = number;
	in->depth = depth_of_next(w) + 1;
	in->unpacked = w->unpacked;
	in->nesting = w->nesting + (unsigned)w->nlevel + 1;
	in->fixed = w->fixed || is_encoded(&w->entity);
	return in;
}

/*
 * Nobody may encode a multipart (RFC 2045 6.4), but it is done, and more often only claimed. So what comes before the
 * first delimiter is also decoded, into a walk that knows the multipart already.
 */
static void
try_decoded(struct walk *w, uint32_t number, slice path, const struct mime_at *at)
{
	struct leaf_about about = { .entity = &w->entity, .file.at = *at, .content = feed_inner, .self = w };
	struct walk *in;

	in = begin_inner(w, parent_of_next(w), path, at);
	in->depth--;
	in->nesting--;
	in->listed = true;
	entity_clear(&in->entity);
	buf_add(&in->entity.boundary, buf_slice(&w->entity.boundary));
	in->entity.digest = w->entity.digest;
	push_level(in, number);
	in->level[0].silent = true;
	walk_begin_hidden(in, SLICE_NONE, *at);
	w->inner = in;
	w->leaf = leaf_new(w->t, &about);
}

/* One too many: what it stands in is not told whole. */
static void
skip_part(struct walk *w)
{
	if (w->nlevel > 0)
		walk_innermost(w)->cut = true;
	w->in = IN_NOTHING;
}

static void
begin_multipart(struct walk *w, const struct mime_at *at)
{
	bool told = w->unpacked == 0 && (w->nlevel > 0 || w->outer == NULL || w->listed);
	uint32_t number = told ? telling_number(w->t, at) : 0;
	struct buf path;

	if (told && number == 0) {
		skip_part(w);
		return;
	}
	buf_init(&path, SIZE_MAX);
	path_of_next(w, true, &path);
	if (told)
		tell_begin(w, number, PART_MULTIPART, buf_slice(&path), at);
	if (is_encoded(&w->entity) && told)
		try_decoded(w, number, buf_slice(&path), at);
	push_level(w, number);
	walk_begin_hidden(w, SLICE_NONE, *at);
	buf_fini(&path);
}

/* --- a leaf --- */

/* SPEC: the message is one text, and what the text's digest would say the message's does. */
static bool
wants_digests(const struct walk *w)
{
	const struct entity *e = &w->entity;

	return w->outer != NULL || w->unpacked > 0 || w->nlevel > 0 || !slice_starts(buf_slice(&e->type), S("text/"))
	    || e->has_filename || e->cte != CTE_NONE || (w->t->wants & WANT_ALL_DIGESTS) != 0;
}

static void
begin_leaf(struct walk *w, bool deep, const struct mime_at *at)
{
	const struct entity *e = &w->entity;
	struct leaf_about about = { .entity = e };
	uint32_t number = telling_number(w->t, at);
	struct buf path;

	if (number == 0) {
		skip_part(w);
		return;
	}
	w->in = IN_LEAF;
	about.file = (struct file_about){ .part = number, .depth = depth_of_next(w), .unpacked = w->unpacked,
	    .nesting = w->nesting + (unsigned)w->nlevel, .at = *at, .digests = wants_digests(w), .look = !deep,
	    .lost = w->lost, .missing = w->missing,
	    .cut = !deep && (e->kind == ENTITY_MESSAGE || (e->kind == ENTITY_MULTIPART && e->has_boundary)) };
	about.file.content = (struct content_about){ .content_type = buf_slice(&e->type), .filename = buf_slice(&e->filename),
	    .charset = buf_slice(&e->charset), .attachment = slice_eq(buf_slice(&e->disposition), S("attachment")) };
	buf_init(&path, SIZE_MAX);
	path_of_next(w, false, &path);
	tell_begin(w, number, deep ? PART_MESSAGE : PART_LEAF, buf_slice(&path), at);
	if (deep) {
		w->inner = begin_inner(w, number, buf_slice(&path), at);
		walk_begin_header(w->inner, at->offset);
		about.content = feed_inner;
		about.self = w;
	}
	w->leaf = leaf_new(w->t, &about);
	buf_fini(&path);
}

/* --- a part --- */

/* RFC 2045 6.4, RFC 2046 5.2; RFC 6532 3.5 lets message/global be encoded. */
static bool
is_forbidden(const struct entity *e)
{
	if (e->cte == CTE_NONE || e->kind == ENTITY_LEAF)
		return false;
	return !slice_eq(buf_slice(&e->type), S("message/global"));
}

static void
judge_part(struct walk *w, bool deep, const struct mime_at *at)
{
	const struct entity *e = &w->entity;

	if (e->has_filename)
		telling_name(w->t, buf_slice(&e->filename), at);
	if (is_forbidden(e))
		telling_note(w->t, FINDING_MIME_CTE_FORBIDDEN, at, buf_slice(&e->encoding));
	if (e->kind == ENTITY_ELSEWHERE)
		telling_note(w->t, FINDING_MIME_PARTIAL, at, buf_slice(&e->type));
	if (e->doubtful)
		telling_note(w->t, FINDING_MIME_BOUNDARY_AMBIGUOUS, at, buf_slice(&e->boundary));
	if (e->kind == ENTITY_MULTIPART)
		judge_boundary(w, at);
	if (!deep && (e->kind == ENTITY_MESSAGE || e->kind == ENTITY_MULTIPART))
		telling_note(w->t, FINDING_MIME_DEPTH, at, buf_slice(&e->type));
}

static void
end_leaf(struct walk *w, bool whole, uint64_t offset)
{
	leaf_finish(w->leaf, whole);
	if (w->inner != NULL)
		walk_finish(w->inner, whole);
	leaf_end(&w->leaf, whole, walk_span(w, w->offset, offset).length);
	walk_free(&w->inner);
}

/* --- a lost header --- */

/* What was read of it may even have been the header of a part. */
static void
begin_guessing(struct walk *w)
{
	w->guessing = w->lost && w->outer == NULL && w->unpacked == 0 && w->in == IN_LEAF && w->nlevel == 0
	    && w->entity.kind == ENTITY_LEAF;
	if (w->guessing)
		boundary_lines(&w->boundary);
}

static slice
boundary_of(slice line)
{
	return slice_drop(slice_trim(slice_chomp(line)), 2);
}

/* Does it look like the delimiter of some multipart? RFC 2046 5.1.1: boundaries have 70 characters at most. */
static bool
looks_like_delimiter(slice line)
{
	slice text = boundary_of(line);
	bool letter = false;

	if (!slice_starts(line, S("--")) || text.n > 70)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
		letter |= char_is_alnum(text.p[i]);
	}
	return letter;
}

static void
begin_guessed(struct walk *w, uint64_t offset)
{
	end_leaf(w, false, offset);
	w->guessing = false;
	w->guessed = true;
	w->listed = false;
	entity_clear(&w->entity);
	buf_add(&w->entity.boundary, boundary_of(buf_slice(&w->guess)));
	buf_clear(&w->guess);
	push_level(w, 0);
	w->level[0].lost = true;
	w->level[0].children = 2;
	walk_begin_header(w, offset);
}

void
walk_give_guess(struct walk *w, uint64_t offset)
{
	if (w->guess.n > 0)
		leaf_feed(w->leaf, buf_slice(&w->guess), walk_place(w, offset));
	buf_clear(&w->guess);
}

bool
walk_guess(struct walk *w, slice line, uint64_t offset)
{
	if (!w->boundary.inside && w->guess.n > 0 && slice_istarts(line, S("Content-"))) {
		begin_guessed(w, offset);
		return false;
	}
	walk_give_guess(w, offset);
	if (!w->boundary.inside && looks_like_delimiter(line))
		buf_add(&w->guess, line);
	else
		leaf_feed(w->leaf, line, walk_place(w, offset));
	return true;
}

/* The header is over: now it is known what the part is. */
void
walk_begin_part(struct walk *w, uint64_t offset)
{
	const struct level *up = walk_innermost(w);
	bool deep = w->nesting + w->nlevel < LIMIT_MIME_DEPTH;
	struct mime_at at;

	walk_end_header(w);
	entity_settle(&w->entity, up != NULL && up->digest);
	at = walk_span(w, w->offset, offset);
	telling_begin_part(w->t);
	judge_part(w, deep, &at);
	boundary_content(&w->boundary);
	if (w->entity.kind == ENTITY_MULTIPART && w->entity.has_boundary && deep)
		begin_multipart(w, &at);
	else
		begin_leaf(w, w->entity.kind == ENTITY_MESSAGE && deep, &at);
	begin_guessing(w);
}

/* What was decoded ends where the multipart ends, or where a delimiter stands as it is. */
static void
end_decoded(struct walk *w, bool whole)
{
	if (w->inner->found) {
		leaf_finish(w->leaf, whole);
		walk_innermost(w)->closed = w->inner->nlevel == 0;
		walk_finish(w->inner, whole);
		walk_innermost(w)->children = w->inner->first_children;
	}
	leaf_end(&w->leaf, false, 0);
	walk_free(&w->inner);
}

void
walk_end_level(struct walk *w, bool whole, uint64_t offset)
{
	struct level *l = walk_innermost(w);
	struct mime_at at = walk_span(w, l->offset, offset);
	struct ev_part_end ev = { .part = l->part, .missing = l->missing, .whole = whole && !l->lost, .truncated = l->cut };

	if (!l->closed && !l->silent && whole && !l->lost)
		telling_note(w->t, FINDING_MIME_BOUNDARY_UNCLOSED, &at, boundary_text(&w->boundary, w->nlevel - 1));
	if (l->part != 0 && !l->silent && w->t->user.end != NULL)
		w->t->user.end(w->t->user.self, &ev, &at);
	w->nlevel--;
	boundary_pop(&w->boundary, w->nlevel);
}

/* The part that is being read ends, and the multiparts in which it stands, down to n of them, without a delimiter of theirs. */
void
walk_end_open(struct walk *w, size_t n, bool whole, uint64_t offset)
{
	if (w->in == IN_HEADER) {
		buf_clear(&w->rest);
		header_finish(&w->header);
		walk_begin_part(w, offset);
		if (w->rest.n > 0 && w->leaf != NULL)
			leaf_feed(w->leaf, buf_slice(&w->rest), walk_place(w, offset));
	}
	while (w->nlevel > n || w->in == IN_LEAF || w->leaf != NULL) {
		if (w->in == IN_LEAF)
			end_leaf(w, whole, offset);
		else if (w->leaf != NULL)
			end_decoded(w, whole);
		else
			walk_end_level(w, whole, offset);
		w->in = IN_NOTHING;
	}
}

