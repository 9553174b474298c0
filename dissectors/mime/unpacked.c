#include "unpacked.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "walk.h"

struct unpacked {
	struct leaf *leaf;
	struct walk *walk;		/* of the message that it is, or NULL */
	struct mime_at at;		/* of the part that it was unpacked from */
};

/* As a part's header would say it. */
static void
fill_entity(struct entity *e, const struct opener_member *m)
{
	if (m->content_type.n > 0)
		entity_field(e, &(struct header_field){ .name = S("Content-Type"), .value = m->content_type }, m->content_type);
	if (m->content_id.n > 0)
		entity_field(e, &(struct header_field){ .name = S("Content-ID"), .value = m->content_id }, m->content_id);
	entity_settle(e, false);
	if (!e->declared) {
		buf_clear(&e->type);
		buf_add(&e->type, S("application/octet-stream"));
	}
	if (m->name.n > 0) {
		buf_clear(&e->filename);
		buf_add(&e->filename, m->name);
		e->has_filename = true;
	}
}

static void
tell_begin(struct telling *t, const struct entity *e, const struct file_about *about, uint32_t parent, slice encoding)
{
	struct ev_part_begin ev = { .part = about->part, .parent = parent, .kind = PART_UNPACKED, .depth = about->depth,
	    .content_type = buf_slice(&e->type), .declared = e->declared,
	    .charset = entity_text(e->charset.n > 0, &e->charset), .encoding = encoding,
	    .filename = entity_filename(e), .content_id = entity_text(e->has_id, &e->id) };

	if (t->user.begin != NULL)
		t->user.begin(t->user.self, &ev, &about->at);
}

static void
feed_walk(void *self, slice bytes, uint64_t offset)
{
	struct unpacked *u = self;

	walk_feed(u->walk, bytes, offset);
}

static struct walk *
begin_walk(struct telling *t, const struct file_about *about)
{
	struct walk *w = walk_new(t, NULL, SLICE_NONE, about->at.offset);

	w->unpacked = about->unpacked;
	w->parent = about->part;
	w->depth = about->depth + 1;
	w->nesting = about->nesting;
	w->fixed = true;
	walk_begin_header(w, about->at.offset);
	return w;
}

static struct unpacked *
begin(struct telling *t, const struct entity *e, struct file_about *about)
{
	struct unpacked *u = xcalloc(1, sizeof *u);
	struct leaf_about leaf = { .entity = e };

	u->at = about->at;
	if (e->kind == ENTITY_MESSAGE && about->nesting < LIMIT_MIME_DEPTH) {
		u->walk = begin_walk(t, about);
		leaf.content = feed_walk;
		leaf.self = u;
	}
	about->look = u->walk == NULL;
	about->cut = e->kind == ENTITY_MESSAGE && u->walk == NULL;
	leaf.file = *about;
	u->leaf = leaf_new(t, &leaf);
	return u;
}

struct unpacked *
unpacked_new(struct file *parent, const struct opener_member *m, slice encoding)
{
	struct telling *t = file_telling(parent);
	const struct file_about *from = file_about(parent);
	struct file_about about = { .depth = from->depth + 1, .unpacked = from->unpacked + 1, .nesting = from->nesting + 1,
	    .at = from->at, .digests = true };
	struct unpacked *u;
	struct entity e;

	if (!telling_inside(t))
		return NULL;
	if (about.unpacked > LIMIT_ARCHIVE_DEPTH || (about.part = telling_number(t, &about.at)) == 0) {
		file_cut(parent);
		return NULL;
	}
	entity_init(&e);
	fill_entity(&e, m);
	telling_begin_part(t);
	if (e.has_filename)
		telling_name(t, buf_slice(&e.filename), &about.at);
	tell_begin(t, &e, &about, from->part, encoding);
	about.content = (struct content_about){ .content_type = buf_slice(&e.type), .filename = buf_slice(&e.filename),
	    .charset = buf_slice(&e.charset), .attachment = true };
	u = begin(t, &e, &about);
	entity_fini(&e);
	return u;
}

void
unpacked_feed(struct unpacked *u, slice bytes)
{
	leaf_feed(u->leaf, bytes, u->at.offset);
}

void
unpacked_end(struct unpacked **up, bool whole)
{
	struct unpacked *u = *up;

	if (u == NULL)
		return;
	leaf_finish(u->leaf, whole);
	if (u->walk != NULL)
		walk_finish(u->walk, whole);
	leaf_end(&u->leaf, whole, u->at.length);
	walk_free(&u->walk);
	free(u);
	*up = NULL;
}

size_t
unpacked_memory(const struct unpacked *u)
{
	return sizeof *u + leaf_memory(u->leaf) + (u->walk ? walk_memory(u->walk) : 0);
}
