/*
 * mime.c - the walk: which part are we in.
 *
 * A walk reads one message: its header (the top one's is handed over), then
 * its body. It keeps the multiparts that are open, and the leaf that is being
 * read; where that holds a message, the leaf feeds a walk of its own. A
 * multipart that is encoded, which none may be, is tried as it stands and
 * decoded at once, and is read as what shows a delimiter first.
 *
 * BUGS: the boundary of a multipart that does not name one is not guessed.
 */
#include "mime.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "boundary.h"
#include "field.h"
#include "hidden.h"
#include "judge.h"
#include "leaf.h"

/* A multipart that is open: each has a boundary in `boundary`. */
struct level {
	uint32_t part;			/* its number; 0: it is not told of */
	uint32_t children;
	uint64_t offset, missing;
	bool digest, lost, cut;
	bool closed;			/* its last delimiter was seen */
	bool silent;			/* its end is told by another walk */
};

enum where_in { IN_HEADER, IN_LEAF, IN_HIDDEN, IN_NOTHING };

struct walk {
	struct telling *t;
	struct walk *outer;		/* that this one stands in, or NULL */
	struct buf prefix;		/* path of the part that it stands in */
	uint32_t parent;		/* its number */
	unsigned depth;			/* parts that it stands in */
	unsigned nesting;		/* multiparts and messages, told of or not */
	bool listed;			/* a multipart on top is told of: not so in a message in a message */
	bool fixed;			/* what it is fed was encoded: all stands at `base` */
	bool found;			/* a delimiter was seen */
	uint32_t first_children;	/* of the outermost multipart */
	uint64_t base, end;		/* where it begins, and how far it came */

	enum where_in in;
	struct boundary boundary;
	struct level *level;
	size_t nlevel, caplevel;
	struct hidden hidden;
	struct mime_at hidden_at;

	/* The part that is being read. */
	uint64_t offset;		/* of its header */
	struct header_parser header;
	bool reading_header;		/* `header` is in use: not for the top one's */
	struct buf rest;		/* of a header that ends in the middle of a line: content after all */
	uint64_t field, next_field;	/* where the field begins that is told next, and the one behind it */
	struct field_text text;
	struct entity entity;
	struct judge *judge;
	bool lost;			/* in its header */
	uint64_t missing;
	struct leaf *leaf;
	struct walk *inner;		/* the message, or the encoded multipart, in it */
};

struct mime {
	struct telling t;
	struct walk *top;
	bool field;			/* one was seen */
	bool body;			/* its header is over */
};

static void walk_feed(struct walk *, slice, uint64_t offset);
static void walk_finish(struct walk *, bool whole);
static void walk_gap(struct walk *, uint64_t missing);
static void walk_free(struct walk **);
static bool read_line(void *self, slice line, uint64_t offset);
static void read_bytes(void *self, slice bytes, uint64_t offset);
static void read_delimiter(void *self, size_t which, bool close, slice line, uint64_t offset);
static void read_near(void *self, size_t which, slice line, uint64_t offset);

static uint64_t
place(const struct walk *w, uint64_t offset)
{
	return w->fixed ? w->base : offset;
}

static struct mime_at
span(const struct walk *w, uint64_t from, uint64_t to)
{
	from = place(w, from);
	to = place(w, to);
	return (struct mime_at){ from, to > from ? to - from : 0 };
}

/* --- a walk --- */

static struct walk *
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
	hidden_init(&w->hidden);
	field_init(&w->text);
	entity_init(&w->entity);
	return w;
}

static void
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
	boundary_fini(&w->boundary);
	hidden_fini(&w->hidden);
	field_fini(&w->text);
	entity_fini(&w->entity);
	free(w->level);
	free(w);
	*wp = NULL;
}

static size_t
walk_memory(const struct walk *w)
{
	size_t n = 0;

	for (; w != NULL; w = w->inner)
		n += sizeof *w + w->prefix.cap + boundary_memory(&w->boundary) + w->caplevel * sizeof *w->level
		    + w->header.field.cap + w->text.unfolded.cap + w->text.decoded.cap + entity_memory(&w->entity)
		    + w->hidden.line.cap + (w->leaf ? leaf_memory(w->leaf) : 0);
	return n;
}

static struct level *
innermost(struct walk *w)
{
	return w->nlevel > 0 ? &w->level[w->nlevel - 1] : NULL;
}

/* A multipart on top of a message in a message is open, but no part that is told of. */
static unsigned
unlisted(const struct walk *w)
{
	return w->nlevel > 0 && !w->listed;
}

static uint32_t
parent_of_next(const struct walk *w)
{
	return w->nlevel > unlisted(w) ? w->level[w->nlevel - 1].part : w->parent;
}

/* Of the part that begins now: "2.1" is the first one of what stands in the second. */
static void
path_of_next(const struct walk *w, bool multipart, struct buf *path)
{
	buf_add(path, buf_slice(&w->prefix));
	for (size_t i = 0; i < w->nlevel; i++) {
		if (path->n > 0)
			buf_add_byte(path, '.');
		buf_number(path, w->level[i].children);
	}
	if (w->nlevel == 0 && !multipart)
		buf_text(path, path->n > 0 ? ".1" : "1");
}

/* --- the header --- */

static void
judge_note(void *self, enum finding f, uint64_t offset, uint64_t length, slice detail)
{
	struct walk *w = self;

	telling_note(w->t, f, &(struct mime_at){ place(w, offset), w->fixed ? 0 : length }, detail);
}

static void
take_field(struct walk *w, const struct header_field *f, slice decoded, unsigned words, uint64_t offset)
{
	entity_field(&w->entity, f, decoded);
	if (w->judge != NULL)
		judge_field(w->judge, f, decoded, words, offset);
}

static void
header_field(void *self, const struct header_field *f)
{
	struct walk *w = self;
	slice decoded = field_decode(&w->text, f->value);

	take_field(w, f, decoded, w->text.words, w->field);
}

static void
header_no_field(void *self, slice beginning)
{
	struct walk *w = self;

	if (w->judge != NULL)
		judge_line(w->judge, beginning, w->next_field);
}

/* Lines come whole, so that only the last one of all can be in doubt. */
static void
header_bytes(void *self, slice bytes, bool in_header)
{
	struct walk *w = self;

	if (!in_header)
		buf_add(&w->rest, bytes);
}

static void
header_limit(void *self)
{
	struct walk *w = self;

	if (w->judge != NULL)
		judge_limit(w->judge, w->field);
}

static void
begin_judging(struct walk *w, const struct mime_about *about)
{
	struct judge_user user = { w, judge_note };
	struct judge_about judged = { .top = about != NULL, .time = NSTIME_NONE };

	if (!telling_judges(w->t))
		return;
	if (about != NULL) {
		judged.time = about->time;
		judged.mail_from = about->mail_from;
		judged.has_mail_from = about->has_mail_from;
		judged.smtputf8 = about->smtputf8;
	}
	w->judge = judge_new(&user, &judged);
}

/* A part begins, at its header. */
static void
begin_header(struct walk *w, uint64_t offset)
{
	w->in = IN_HEADER;
	w->offset = w->field = w->next_field = offset;
	w->lost = false;
	w->missing = 0;
	entity_clear(&w->entity);
	header_init(&w->header, &(struct header_user){ .self = w, .field = header_field, .bytes = header_bytes,
	    .no_field = header_no_field, .limit = header_limit });
	w->reading_header = true;
	begin_judging(w, NULL);
	boundary_lines(&w->boundary);
}

static void
end_header(struct walk *w)
{
	if (w->judge != NULL) {
		judge_finish(w->judge, !w->lost);
		judge_free(&w->judge);
	}
	if (w->reading_header)
		header_fini(&w->header);
	w->reading_header = false;
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

static void
begin_hidden(struct walk *w, slice boundary, struct mime_at at)
{
	w->in = IN_HIDDEN;
	w->hidden_at = at;
	hidden_begin(&w->hidden, boundary);
}

static void
tell_begin(struct walk *w, uint32_t number, enum part_kind kind, slice path, const struct mime_at *at)
{
	const struct entity *e = &w->entity;
	struct ev_part_begin ev = { .part = number, .parent = parent_of_next(w), .kind = kind,
	    .depth = w->depth + (unsigned)w->nlevel - unlisted(w), .path = path.p != NULL ? path : S(""), .declared = e->declared,
	    .content_type = buf_slice(&e->type), .charset = entity_text(e->charset.n > 0, &e->charset),
	    .encoding = entity_text(e->has_encoding, &e->encoding),
	    .disposition = entity_text(e->has_disposition, &e->disposition), .filename = entity_filename(e),
	    .content_id = entity_text(e->has_id, &e->id), .description = entity_text(e->has_description, &e->description) };

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

/* A walk through what stands in the part that begins now. */
static struct walk *
begin_inner(struct walk *w, uint32_t number, slice path, const struct mime_at *at)
{
	struct walk *in = walk_new(w->t, w, path, at->offset);

	in->parent = number;
	in->depth = w->depth + (unsigned)w->nlevel - unlisted(w) + 1;
	in->nesting = w->nesting + (unsigned)w->nlevel + 1;
	in->fixed = w->fixed || (w->entity.cte != CTE_NONE && w->entity.cte != CTE_UNKNOWN);
	return in;
}

static bool
is_encoded(const struct entity *e)
{
	return e->cte != CTE_NONE && e->cte != CTE_UNKNOWN;
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
	begin_hidden(in, SLICE_NONE, *at);
	w->inner = in;
	w->leaf = leaf_new(w->t, &about);
}

static void
begin_multipart(struct walk *w, const struct mime_at *at)
{
	bool told = w->nlevel > 0 || w->outer == NULL || w->listed;
	uint32_t number = told ? telling_number(w->t, at) : 0;
	struct buf path;

	if (told && number == 0) {
		w->in = IN_NOTHING;
		return;
	}
	buf_init(&path, SIZE_MAX);
	path_of_next(w, true, &path);
	if (told)
		tell_begin(w, number, PART_MULTIPART, buf_slice(&path), at);
	if (is_encoded(&w->entity) && told)
		try_decoded(w, number, buf_slice(&path), at);
	push_level(w, number);
	begin_hidden(w, SLICE_NONE, *at);
	buf_fini(&path);
}

/* --- a leaf --- */

/* SPEC: the message is one text, and what the text's digest would say the message's does. */
static bool
wants_digests(const struct walk *w)
{
	const struct entity *e = &w->entity;

	return w->outer != NULL || w->nlevel > 0 || !slice_starts(buf_slice(&e->type), S("text/")) || e->has_filename
	    || e->cte != CTE_NONE || (w->t->wants & WANT_ALL_DIGESTS) != 0;
}

static void
begin_leaf(struct walk *w, bool deep, const struct mime_at *at)
{
	const struct entity *e = &w->entity;
	struct leaf_about about = { .entity = e };
	uint32_t number = telling_number(w->t, at);
	struct buf path;

	w->in = number != 0 ? IN_LEAF : IN_NOTHING;
	if (number == 0)
		return;
	about.file = (struct file_about){ .part = number, .depth = w->depth + (unsigned)w->nlevel - unlisted(w), .at = *at,
	    .digests = wants_digests(w), .look = !deep, .lost = w->lost, .missing = w->missing,
	    .cut = !deep && (e->kind == ENTITY_MESSAGE || (e->kind == ENTITY_MULTIPART && e->has_boundary)) };
	about.file.content = (struct content_about){ .content_type = buf_slice(&e->type), .filename = buf_slice(&e->filename),
	    .charset = buf_slice(&e->charset), .attachment = slice_eq(buf_slice(&e->disposition), S("attachment")) };
	buf_init(&path, SIZE_MAX);
	path_of_next(w, false, &path);
	tell_begin(w, number, deep ? PART_MESSAGE : PART_LEAF, buf_slice(&path), at);
	if (deep) {
		w->inner = begin_inner(w, number, buf_slice(&path), at);
		begin_header(w->inner, at->offset);
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

/* The header is over: now it is known what the part is. */
static void
begin_part(struct walk *w, uint64_t offset)
{
	const struct level *up = innermost(w);
	bool deep = w->nesting + w->nlevel < LIMIT_MIME_DEPTH;
	struct mime_at at;

	end_header(w);
	entity_settle(&w->entity, up != NULL && up->digest);
	at = span(w, w->offset, offset);
	telling_begin_part(w->t);
	judge_part(w, deep, &at);
	boundary_content(&w->boundary);
	if (w->entity.kind == ENTITY_MULTIPART && w->entity.has_boundary && deep)
		begin_multipart(w, &at);
	else
		begin_leaf(w, w->entity.kind == ENTITY_MESSAGE && deep, &at);
}

static void
end_leaf(struct walk *w, bool whole, uint64_t offset)
{
	leaf_finish(w->leaf, whole);
	if (w->inner != NULL)
		walk_finish(w->inner, whole);
	leaf_end(&w->leaf, whole, span(w, w->offset, offset).length);
	walk_free(&w->inner);
}

/* What was decoded ends where the multipart ends, or where a delimiter stands as it is. */
static void
end_decoded(struct walk *w, bool whole)
{
	if (w->inner->found) {
		leaf_finish(w->leaf, whole);
		innermost(w)->closed = w->inner->nlevel == 0;
		walk_finish(w->inner, whole);
		innermost(w)->children = w->inner->first_children;
	}
	leaf_end(&w->leaf, false, 0);
	walk_free(&w->inner);
}

static void
end_level(struct walk *w, bool whole, uint64_t offset)
{
	struct level *l = innermost(w);
	struct mime_at at = span(w, l->offset, offset);
	struct ev_part_end ev = { .part = l->part, .missing = l->missing, .whole = whole && !l->lost, .truncated = l->cut };

	if (!l->closed && !l->silent && whole && !l->lost)
		telling_note(w->t, FINDING_MIME_BOUNDARY_UNCLOSED, &at, boundary_text(&w->boundary, w->nlevel - 1));
	if (l->part != 0 && !l->silent && w->t->user.end != NULL)
		w->t->user.end(w->t->user.self, &ev, &at);
	w->nlevel--;
	boundary_pop(&w->boundary, w->nlevel);
}

/* The part that is being read ends, and the multiparts in which it stands, down to n of them, without a delimiter of theirs. */
static void
end_open(struct walk *w, size_t n, bool whole, uint64_t offset)
{
	if (w->in == IN_HEADER) {
		buf_clear(&w->rest);
		header_finish(&w->header);
		begin_part(w, offset);
		if (w->rest.n > 0)
			read_bytes(w, buf_slice(&w->rest), offset);
	}
	while (w->nlevel > n || w->in == IN_LEAF || w->leaf != NULL) {
		if (w->in == IN_LEAF)
			end_leaf(w, whole, offset);
		else if (w->leaf != NULL)
			end_decoded(w, whole);
		else
			end_level(w, whole, offset);
		w->in = IN_NOTHING;
	}
}

/* --- what boundary.c says --- */

static bool
read_line(void *self, slice line, uint64_t offset)
{
	struct walk *w = self;
	bool begins = !w->boundary.inside && line.n > 0 && line.p[0] != ' ' && line.p[0] != '\t';
	size_t n;

	if (begins)
		w->next_field = offset;
	n = header_feed(&w->header, line);
	w->field = w->next_field;
	if (w->header.done)
		begin_part(w, offset + n);
	return n > 0;
}

static void
read_bytes(void *self, slice bytes, uint64_t offset)
{
	struct walk *w = self;

	if (w->leaf != NULL)
		leaf_feed(w->leaf, bytes, place(w, offset));
	else if (w->in == IN_HIDDEN && hidden_feed(&w->hidden, bytes))
		telling_note(w->t, FINDING_MIME_HIDDEN_CONTENT, &w->hidden_at, SLICE_NONE);
}

static void
begin_child(struct walk *w, uint64_t offset)
{
	struct level *l = innermost(w);

	l->children++;
	if (w->nlevel == 1)
		w->first_children = l->children;
	if (!w->t->full) {
		begin_header(w, offset);
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
	struct mime_at at = span(w, offset, offset + line.n);

	w->found = true;
	end_open(w, which + 1, true, offset);
	if (!close) {
		begin_child(w, offset + line.n);
		return;
	}
	begin_hidden(w, boundary_text(&w->boundary, which), at);
	innermost(w)->closed = true;
	end_level(w, true, offset + line.n);
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
	struct mime_at at = span(w, offset, offset + line.n);

	if (w->inner == NULL && has_letter(boundary_text(&w->boundary, which)))
		telling_note(w->t, FINDING_MIME_BOUNDARY_AMBIGUOUS, &at, slice_chomp(line));
}

/* --- feeding --- */

static void
walk_feed(struct walk *w, slice in, uint64_t offset)
{
	boundary_feed(&w->boundary, in, offset);
	w->end = offset + in.n;
}

/* All that is open is not whole. The header that was being read may have ended in the gap: what comes will show. */
static void
walk_gap(struct walk *w, uint64_t missing)
{
	boundary_gap(&w->boundary);
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

static void
walk_finish(struct walk *w, bool whole)
{
	boundary_finish(&w->boundary);
	end_open(w, 0, whole, w->end);
}

/* --- doors --- */

/* The seed need not be a secret that lasts: where this block lies is unknown to who wrote the message. */
static uint64_t
seed_of(const struct mime *m)
{
	return (uint64_t)(uintptr_t)m * UINT64_C(0x9e3779b97f4a7c15);
}

struct mime *
mime_new(const struct mime_user *user, uint32_t wants, const struct mime_about *about)
{
	struct mime *m = xcalloc(1, sizeof *m);

	telling_init(&m->t, user, wants, seed_of(m));
	m->top = walk_new(&m->t, NULL, SLICE_NONE, about->offset);
	m->top->listed = true;
	begin_judging(m->top, about);
	return m;
}

void
mime_free(struct mime **mp)
{
	struct mime *m = *mp;

	if (m == NULL)
		return;
	telling_hush(&m->t);
	walk_free(&m->top);
	telling_fini(&m->t);
	free(m);
	*mp = NULL;
}

void
mime_field(struct mime *m, const struct header_field *f, slice decoded, unsigned words, uint64_t offset)
{
	m->field = true;
	take_field(m->top, f, decoded, words, offset);
}

void
mime_line(struct mime *m, slice beginning, uint64_t offset)
{
	if (m->top->judge != NULL)
		judge_line(m->top->judge, beginning, offset);
}

void
mime_limit(struct mime *m, uint64_t offset)
{
	if (m->top->judge != NULL)
		judge_limit(m->top->judge, offset);
}

void
mime_body(struct mime *m, slice in, uint64_t offset)
{
	if (!m->body) {
		m->body = true;
			m->top->end = offset;
		begin_part(m->top, offset);
	}
	if (in.n > 0)
		walk_feed(m->top, in, offset);
}

void
mime_gap(struct mime *m, uint64_t missing)
{
	if (m->body) {
		walk_gap(m->top, missing);
		return;
	}
	m->top->lost = true;
	m->top->missing += missing;
}

void
mime_finish(struct mime *m, bool whole)
{
	if (!m->body && !whole)
		return;			/* what it would have been is not known */
	if (!m->body && !m->field && m->top->judge != NULL)
		judge_free(&m->top->judge);	/* of nothing at all, nothing is missing */
	if (!m->body)
		mime_body(m, SLICE_NONE, m->top->offset);
	walk_finish(m->top, whole);
}

size_t
mime_memory(const struct mime *m)
{
	return sizeof *m + walk_memory(m->top) + telling_memory(&m->t);
}
