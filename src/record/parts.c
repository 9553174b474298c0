#include "parts.h"

#include <string.h>

struct room { struct kept_list facts, members; uint32_t unpacked; };

void
parts_init(struct parts *p, size_t max)
{
	*p = (struct parts){ .max = max };
}

/* Numbers count from 1 without a hole as long as all are kept. */
static struct rec_part *
at(const struct parts *p, uint32_t number)
{
	return number >= 1 && number <= p->list.n ? (struct rec_part *)p->list.v + (number - 1) : NULL;
}

static struct room *
room_of(const struct parts *p, uint32_t number)
{
	return (struct room *)p->rooms.v + (number - 1);
}

const struct rec_part *
parts_find(const struct parts *p, uint32_t number)
{
	return at(p, number);
}

bool
rec_part_is_attachment(const struct rec_part *r)
{
	return (r->kind == PART_LEAF || r->kind == PART_MESSAGE)
	    && (r->filename.n > 0 || slice_eq(r->disposition, S("attachment")));
}

static void
keep_texts(struct rec_part *r, struct keeper *k, const struct ev_part_begin *b)
{
	r->path = b->kind == PART_UNPACKED ? SLICE_NONE : keep_slice(k, b->path.p ? b->path : S(""));
	r->content_type = keep_slice(k, b->content_type);
	r->charset = keep_slice(k, b->charset);
	r->encoding = keep_slice(k, b->encoding);
	r->disposition = keep_slice(k, b->disposition);
	r->filename = keep_slice(k, b->filename);
	r->content_id = keep_slice(k, b->content_id);
	r->description = keep_slice(k, b->description);
}

/* What is unpacked from an unpacked file belongs to the part that both came out of. */
static void
find_holder(struct parts *p, struct rec_part *r)
{
	const struct rec_part *parent = at(p, r->parent);

	if (r->kind != PART_UNPACKED || parent == NULL || r->parent >= r->number)
		return;
	r->holder = parent->kind == PART_UNPACKED ? parent->holder : parent->number;
	if (r->holder != 0)
		r->nth = ++room_of(p, r->holder)->unpacked;
}

static void
count(struct parts *p, const struct ev_part_begin *b)
{
	struct rec_part r = { .kind = b->kind, .filename = b->filename, .disposition = b->disposition };

	p->count += b->kind != PART_UNPACKED;
	p->attachments += rec_part_is_attachment(&r);
}

void
parts_begin(struct parts *p, struct keeper *k, const struct ev_part_begin *b)
{
	struct rec_part *r;

	count(p, b);
	if (b->part != p->list.n + 1 || keep_add(k, &p->rooms, sizeof(struct room), p->max) == NULL) {
		k->cut = true;
		return;
	}
	r = keep_add(k, &p->list, sizeof *r, p->max);
	if (r == NULL) {
		p->rooms.n--;
		return;
	}
	r->number = b->part;
	r->parent = b->parent;
	r->kind = b->kind;
	r->depth = b->depth;
	r->declared = b->declared;
	keep_texts(r, k, b);
	find_holder(p, r);
}

void
parts_fact(struct parts *p, struct keeper *k, const struct ev_part_fact *f)
{
	struct rec_part *r = at(p, f->part);
	struct kept_list *list;
	struct rec_fact *fact;

	if (r == NULL)
		return;
	list = &room_of(p, f->part)->facts;
	fact = keep_add(k, list, sizeof *fact, LIMIT_FACTS);
	if (fact == NULL)
		return;
	*fact = (struct rec_fact){ f->group, keep_slice(k, f->name), keep_slice(k, f->value) };
	r->fact = list->v;
	r->nfact = list->n;
}

void
parts_member(struct parts *p, struct keeper *k, const struct ev_part_member *m)
{
	struct rec_part *r = at(p, m->part);
	struct kept_list *list;
	struct rec_member *member;

	if (r == NULL)
		return;
	r->members++;
	list = &room_of(p, m->part)->members;
	member = keep_add(k, list, sizeof *member, LIMIT_MEMBERS);
	if (member == NULL)
		return;
	*member = (struct rec_member){
		keep_slice(k, m->name), m->size, m->packed, m->encrypted, m->directory, m->depth,
	};
	r->member = list->v;
	r->nmember = list->n;
}

void
parts_end(struct parts *p, const struct ev_part_end *e)
{
	struct rec_part *r = at(p, e->part);

	if (r == NULL)
		return;
	r->ended = true;
	r->size = e->size;
	r->missing = e->missing;
	r->whole = e->whole;
	r->truncated = e->truncated;
	r->detected = e->detected;
	r->has_sha256 = e->has_sha256 && e->whole;
	r->has_sha1 = e->has_sha1 && e->whole;
	r->has_md5 = e->has_md5 && e->whole;
	memcpy(r->sha256, e->sha256, sizeof r->sha256);
	memcpy(r->sha1, e->sha1, sizeof r->sha1);
	memcpy(r->md5, e->md5, sizeof r->md5);
}

/* FNV-1a: it spares comparing texts; who makes links collide gains at most LIMIT_URLS comparisons of one. */
static uint64_t
hash(slice s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static struct rec_url *
find_url(const struct parts *p, slice url, uint64_t mark)
{
	const uint64_t *marks = p->marks.v;

	for (size_t i = 0; i < p->urls.n; i++) {
		struct rec_url *u = (struct rec_url *)p->urls.v + i;

		if (marks[i] == mark && slice_eq(u->url, url))
			return u;
	}
	return NULL;
}

/* The same link stands in the text and in the HTML of a message; only the latter tells what a reader sees. */
void
parts_url(struct parts *p, struct keeper *k, const struct ev_url *e)
{
	uint64_t mark = hash(e->url), *kept;
	struct rec_url *u = find_url(p, e->url, mark);

	if (u != NULL) {
		if (u->text.n == 0 && e->text.n > 0)
			u->text = keep_slice(k, e->text);
		return;
	}
	p->links++;
	kept = keep_add(k, &p->marks, sizeof *kept, LIMIT_URLS);
	if (kept == NULL)
		return;
	u = keep_add(k, &p->urls, sizeof *u, LIMIT_URLS);
	if (u == NULL) {
		p->marks.n--;
		return;
	}
	*kept = mark;
	*u = (struct rec_url){
		keep_slice(k, e->url), keep_slice(k, e->host), e->text.n > 0 ? keep_slice(k, e->text) : SLICE_NONE, e->part,
	};
}
