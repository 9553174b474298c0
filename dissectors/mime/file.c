#include "file.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/header/judge.h"
#include "unpacked.h"

struct file {
	struct telling *t;
	struct file_about about;
	struct digests *digests;
	struct content_stream *content;
	struct unpacked *open;		/* unpacked from this one now */
	uint64_t size, missing;
	bool lost, cut;
};

struct seen_name { uint64_t hash; };	/* 0: free */

/* --- what is told --- */

void
telling_init(struct telling *t, const struct mime_user *user, uint32_t wants, uint64_t seed)
{
	*t = (struct telling){ .user = *user, .wants = wants, .seed = seed };
}

void
telling_hush(struct telling *t)
{
	static const struct mime_user nobody;

	t->user = nobody;
	t->wants = 0;
}

void
telling_fini(struct telling *t)
{
	free(t->names);
	t->names = NULL;
}

size_t
telling_memory(const struct telling *t)
{
	return t->capnames * sizeof *t->names;
}

bool
telling_judges(const struct telling *t)
{
	return t->user.note != NULL && (t->wants & WANT_JUDGEMENT) != 0;
}

bool
telling_inside(const struct telling *t)
{
	return (t->wants & WANT_INSIDE) != 0;
}

static bool
was_told(const struct telling *t, enum finding f)
{
	return t->told[f / 64] >> (f % 64) & 1;
}

void
telling_note(struct telling *t, enum finding f, const struct mime_at *at, slice detail)
{
	if (!telling_judges(t) || was_told(t, f))
		return;
	t->told[f / 64] |= UINT64_C(1) << (f % 64);
	t->user.note(t->user.self, f, at, slice_take(detail, LIMIT_DETAIL));
}

/* What speaks of one part is told of each: of two programs in a message, both are of interest. */
void
telling_begin_part(struct telling *t)
{
	static const enum finding of_part[] = {
		FINDING_MIME_ARCHIVE_ENCRYPTED, FINDING_MIME_CHARSET_SUSPICIOUS, FINDING_MIME_CHARSET_UNKNOWN, FINDING_MIME_EXECUTABLE,
		FINDING_MIME_MACRO, FINDING_MIME_TYPE_MISMATCH,
		FINDING_NAME_BIDI, FINDING_NAME_CONTROL, FINDING_NAME_DOUBLE_EXT, FINDING_NAME_EMPTY, FINDING_NAME_LONG,
		FINDING_NAME_OPTION_LIKE, FINDING_NAME_RESERVED, FINDING_NAME_TRAVERSAL, FINDING_URL_TEXT_MISMATCH,
	};

	for (size_t i = 0; i < sizeof of_part / sizeof of_part[0]; i++)
		t->told[of_part[i] / 64] &= ~(UINT64_C(1) << (of_part[i] % 64));
}

uint32_t
telling_number(struct telling *t, const struct mime_at *at)
{
	if (t->parts == LIMIT_MIME_PARTS) {
		t->full = true;
		telling_note(t, FINDING_MIME_PARTS_LIMIT, at, SLICE_NONE);
		return 0;
	}
	return ++t->parts;
}

/* --- names --- */

/* FNV-1a, begun with the seed and mixed at the end: a table of 10,000 names at most needs no more. */
static uint64_t
hash_name(const struct telling *t, slice name)
{
	uint64_t h = t->seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ name.p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return h != 0 ? h : 1;
}

/* True: it was there already. */
static bool
add_hash(struct seen_name *table, size_t cap, uint64_t hash)
{
	for (size_t i = hash & (cap - 1);; i = (i + 1) & (cap - 1)) {
		if (table[i].hash == hash)
			return true;
		if (table[i].hash == 0) {
			table[i].hash = hash;
			return false;
		}
	}
}

static void
grow_names(struct telling *t)
{
	size_t cap = t->capnames > 0 ? 2 * t->capnames : 16;
	struct seen_name *table = xcalloc(cap, sizeof *table);

	for (size_t i = 0; i < t->capnames; i++)
		if (t->names[i].hash != 0)
			add_hash(table, cap, t->names[i].hash);
	free(t->names);
	t->names = table;
	t->capnames = cap;
}

struct judged { struct telling *t; const struct mime_at *at; };

static void
note_name(void *self, enum finding f, slice detail)
{
	const struct judged *j = self;

	telling_note(j->t, f, j->at, detail);
}

void
telling_name(struct telling *t, slice name, const struct mime_at *at)
{
	struct judged j = { t, at };

	if (!telling_judges(t))
		return;
	judge_file_name(name, note_name, &j);
	if (name.n == 0 || was_told(t, FINDING_NAME_DUPLICATE))
		return;
	if (2 * t->nnames >= t->capnames)
		grow_names(t);
	if (add_hash(t->names, t->capnames, hash_name(t, name)))
		telling_note(t, FINDING_NAME_DUPLICATE, at, name);
	else
		t->nnames++;
}

/* --- what content.c finds --- */

static void
tell_note(void *self, enum finding f, slice detail)
{
	struct file *file = self;

	telling_note(file->t, f, &file->about.at, detail);
}

static void
tell_fact(void *self, unsigned group, slice name, slice value)
{
	struct file *f = self;
	struct ev_part_fact ev = { .part = f->about.part, .group = group, .name = name, .value = value };

	if (f->t->user.fact != NULL)
		f->t->user.fact(f->t->user.self, &ev, &f->about.at);
}

static void
tell_member(void *self, const struct opener_member *m)
{
	struct file *f = self;
	struct ev_part_member ev = { .part = f->about.part, .name = m->name, .size = m->size, .packed = m->packed,
	    .encrypted = m->encrypted, .directory = m->directory, .depth = m->depth };

	if (f->t->user.member != NULL)
		f->t->user.member(f->t->user.self, &ev, &f->about.at);
}

static void
unpack_begin(void *self, const struct opener_member *m)
{
	struct file *f = self;

	unpacked_end(&f->open, false);
	f->open = unpacked_new(f, m, SLICE_NONE);
}

static void
unpack_bytes(void *self, slice bytes)
{
	struct file *f = self;

	if (f->open != NULL)
		unpacked_feed(f->open, bytes);
}

static void
unpack_end(void *self, bool whole)
{
	struct file *f = self;

	unpacked_end(&f->open, whole);
}

static const struct opener_user *
opener_user_of(struct file *f, struct opener_user *u)
{
	*u = (struct opener_user){ .self = f, .note = tell_note, .fact = tell_fact, .member = tell_member,
	    .unpack_begin = unpack_begin, .unpack_bytes = unpack_bytes, .unpack_end = unpack_end };
	return u;
}

/* --- the file --- */

static unsigned
digests_wanted(const struct telling *t)
{
	return ((t->wants & WANT_SHA256) ? DIGEST_SHA256 : 0u) | ((t->wants & WANT_SHA1) ? DIGEST_SHA1 : 0u)
	    | ((t->wants & WANT_MD5) ? DIGEST_MD5 : 0u);
}

struct file *
file_new(struct telling *t, const struct file_about *about)
{
	struct file *f = xcalloc(1, sizeof *f);
	struct opener_user user;

	f->t = t;
	f->about = *about;
	f->lost = about->lost;
	f->cut = about->cut;
	f->missing = about->missing;
	if (about->digests && t->user.end != NULL)
		f->digests = digests_new(digests_wanted(t));
	if (about->look && (t->user.end != NULL || telling_judges(t) || telling_inside(t)))
		f->content = content_new(&about->content, opener_user_of(f, &user), telling_inside(t) || telling_judges(t));
	return f;
}

struct telling *
file_telling(struct file *f)
{
	return f->t;
}

const struct file_about *
file_about(const struct file *f)
{
	return &f->about;
}

void
file_feed(struct file *f, slice bytes)
{
	struct ev_part_bytes ev = { .part = f->about.part, .bytes = bytes };

	if (bytes.n == 0)
		return;
	f->size += bytes.n;
	digests_feed(f->digests, bytes);
	if (f->t->user.bytes != NULL)
		f->t->user.bytes(f->t->user.self, &ev, &f->about.at);
	if (f->content != NULL)
		content_feed(f->content, bytes);
}

void
file_gap(struct file *f, uint64_t missing)
{
	f->lost = true;
	f->missing += missing;
	if (f->content != NULL)
		content_gap(f->content, missing);
}

void
file_skip(struct file *f, uint64_t missing)
{
	f->missing += missing;
}

void
file_cut(struct file *f)
{
	f->cut = true;
}

size_t
file_memory(const struct file *f)
{
	return sizeof *f + (f->content ? content_memory(f->content) : 0) + (f->open ? unpacked_memory(f->open) : 0);
}

static void
tell_end(struct file *f, bool whole)
{
	struct ev_part_end ev = { .part = f->about.part, .size = f->size, .missing = f->missing, .whole = whole && !f->lost,
	    .truncated = f->cut };
	unsigned done;

	if (f->content != NULL) {
		ev.detected = content_detected(f->content);
		ev.truncated |= content_truncated(f->content);
	}
	done = ev.whole ? digests_finish(f->digests, ev.sha256, ev.sha1, ev.md5) : 0;
	ev.has_sha256 = done & DIGEST_SHA256;
	ev.has_sha1 = done & DIGEST_SHA1;
	ev.has_md5 = done & DIGEST_MD5;
	if (f->t->user.end != NULL)
		f->t->user.end(f->t->user.self, &ev, &f->about.at);
}

void
file_end(struct file **fp, bool whole, uint64_t length)
{
	struct file *f = *fp;

	if (f == NULL)
		return;
	if (f->content != NULL)
		content_finish(f->content, whole && !f->lost);
	f->about.at.length = length;
	unpacked_end(&f->open, false);
	tell_end(f, whole);
	if (f->content != NULL)
		content_free(&f->content);
	digests_free(&f->digests);
	free(f);
	*fp = NULL;
}
