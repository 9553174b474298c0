#include "content.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dissectors/mime/archive/archive.h"
#include "verdict.h"

extern const struct opener report_groups_opener, report_tlsrpt_opener, report_dmarc_opener, tnef_opener, smime_opener, pgp_opener;
extern const struct opener pdf_opener, shortcut_opener, described_opener;

const struct opener *const openers[] = {
	&report_groups_opener,
	&report_tlsrpt_opener,
	&report_dmarc_opener,
	&tnef_opener,
	&smime_opener,
	&pgp_opener,
	&archive_opener,
	&pdf_opener,
	&shortcut_opener,
	&described_opener,
	NULL
};

enum { OPENERS = sizeof openers / sizeof *openers - 1, ZIP_END = 22, BLOCK = 4 * KiB };

struct open {
	const struct opener *opener;
	void *state;
};

struct content_stream {
	struct content_about about;	/* its slices are in `names` */
	struct buf names;
	struct opener_user user;
	bool deep;

	struct buf head;		/* the first bytes, until they are enough */
	bool decided;
	bool gap;			/* behind it no offset is sure */
	bool finished, truncated;
	uint64_t at;			/* bytes taken */
	enum magic found;
	struct magic_late late;

	uint8_t end[ZIP_END];		/* the last bytes */

	struct open open[OPENERS];
	size_t nopen;
	bool unpacking;			/* one of them unpacks */
	struct buf block;		/* for several of them, as far as it is there */
};

/* A user need not have every function; openers call without asking. */
static void no_note(void *self, enum finding f, slice detail) { (void)self, (void)f, (void)detail; }
static void no_fact(void *self, unsigned group, slice name, slice value) { (void)self, (void)group, (void)name, (void)value; }
static void no_member(void *self, const struct opener_member *m) { (void)self, (void)m; }
static void no_bytes(void *self, slice s) { (void)self, (void)s; }
static void no_end(void *self, bool whole) { (void)self, (void)whole; }

static struct opener_user
complete(const struct opener_user *u)
{
	return (struct opener_user){
		.self = u->self,
		.note = u->note ? u->note : no_note,
		.fact = u->fact ? u->fact : no_fact,
		.member = u->member ? u->member : no_member,
		.unpack_begin = u->unpack_begin ? u->unpack_begin : no_member,
		.unpack_bytes = u->unpack_bytes ? u->unpack_bytes : no_bytes,
		.unpack_end = u->unpack_end ? u->unpack_end : no_end,
	};
}

/* Room was made before: the buffer does not move. */
static slice
keep(struct content_stream *c, slice s)
{
	size_t from = c->names.n;

	buf_add(&c->names, s);
	return slice_drop(buf_slice(&c->names), from);
}

struct content_stream *
content_new(const struct content_about *about, const struct opener_user *user, bool deep)
{
	struct content_stream *c = xcalloc(1, sizeof *c);

	c->about = *about;
	c->user = complete(user);
	c->deep = deep;
	buf_init(&c->head, LIMIT_SNIFF);
	buf_init(&c->block, BLOCK);
	buf_init(&c->names, about->content_type.n + about->filename.n + about->charset.n);
	buf_reserve(&c->names, c->names.max);
	c->about.content_type = keep(c, about->content_type);
	c->about.filename = keep(c, about->filename);
	c->about.charset = keep(c, about->charset);
	return c;
}

/* The head is there, or all that there is: what is it, and who wants to see more of it? */
static void
decide(struct content_stream *c, slice head)
{
	c->decided = true;
	c->found = magic_find(head);
	c->about.detected = magic_type(c->found)->media;
	for (size_t i = 0; c->deep && i < OPENERS; i++) {
		const struct opener *o = openers[i];

		if ((o->unpacks && c->unpacking) || !o->takes(&c->about, head))
			continue;
		c->unpacking |= o->unpacks;
		c->open[c->nopen] = (struct open){ o, xcalloc(1, o->state_size) };
		o->open(c->open[c->nopen].state, &c->user, &c->about);
		c->nopen++;
	}
}

static void
keep_end(struct content_stream *c, slice s)
{
	size_t n = s.n < ZIP_END ? s.n : ZIP_END;

	memmove(c->end, c->end + n, ZIP_END - n);
	if (n > 0)
		memcpy(c->end + ZIP_END - n, s.p + s.n - n, n);
}

/* The end of a ZIP's central directory, with no comment behind it (APPNOTE 4.3.16). */
static bool
ends_as_zip(const struct content_stream *c)
{
	return c->at > ZIP_END && memcmp(c->end, "PK\5\6\0\0\0\0", 8) == 0 && c->end[20] == 0 && c->end[21] == 0;
}

static void
feed_openers(struct content_stream *c, slice s)
{
	for (size_t i = 0; i < c->nopen; i++)
		c->open[i].opener->feed(c->open[i].state, s);
}

static void
flush_block(struct content_stream *c)
{
	if (c->block.n > 0)
		feed_openers(c, buf_slice(&c->block));
	buf_clear(&c->block);
}

/* What several tell must come in one order, wherever it was cut. So they get it in blocks of one size. */
static void
add_blocks(struct content_stream *c, slice s)
{
	while (s.n > 0) {
		slice part = slice_take(s, BLOCK - c->block.n);

		if (part.n == BLOCK)
			feed_openers(c, part);
		else
			buf_add(&c->block, part);
		if (c->block.n == BLOCK)
			flush_block(c);
		s = slice_drop(s, part.n);
	}
}

static void
pass_on(struct content_stream *c, slice s)
{
	if (c->found == MAGIC_NONE && !c->gap)
		c->found = magic_late_feed(&c->late, c->at, s);
	c->at += s.n;
	keep_end(c, s);
	if (c->nopen > 1)
		add_blocks(c, s);
	else
		feed_openers(c, s);
}

static void
decide_now(struct content_stream *c)
{
	if (c->decided)
		return;
	decide(c, buf_slice(&c->head));
	pass_on(c, buf_slice(&c->head));
	buf_fini(&c->head);
}

void
content_feed(struct content_stream *c, slice s)
{
	if (!c->decided && c->head.n == 0 && s.n >= LIMIT_SNIFF) {
		decide(c, slice_take(s, LIMIT_SNIFF));		/* no need to copy it */
	} else if (!c->decided) {
		slice part = slice_take(s, LIMIT_SNIFF - c->head.n);

		buf_add(&c->head, part);
		if (c->head.n < LIMIT_SNIFF)
			return;
		decide_now(c);
		s = slice_drop(s, part.n);
	}
	if (s.n > 0)
		pass_on(c, s);
}

void
content_gap(struct content_stream *c, uint64_t missing)
{
	decide_now(c);
	flush_block(c);
	c->gap = true;
	for (size_t i = 0; i < c->nopen; i++)
		c->open[i].opener->gap(c->open[i].state, missing);
}

static void
refine(struct content_stream *c, const char *detected)
{
	if (detected != NULL)
		c->found = magic_of(detected);
}

static void
close_all(struct content_stream *c, bool whole)
{
	flush_block(c);
	for (size_t i = 0; i < c->nopen; i++) {
		struct open *o = &c->open[i];

		if (o->opener->close(o->state, whole))
			c->truncated = true;
		refine(c, o->opener->detected ? o->opener->detected(o->state) : NULL);
		free(o->state);
	}
	c->nopen = 0;
}

void
content_finish(struct content_stream *c, bool whole)
{
	CHECK(!c->finished);
	decide_now(c);
	c->finished = true;
	close_all(c, whole);
	verdict_tell(&c->about, c->found, whole && ends_as_zip(c), &c->user);
}

const char *
content_detected(const struct content_stream *c)
{
	return magic_type(c->found)->media;
}

bool
content_truncated(const struct content_stream *c)
{
	return c->truncated;
}

size_t
content_memory(const struct content_stream *c)
{
	size_t n = sizeof *c + c->head.cap + c->names.cap + c->block.cap;

	for (size_t i = 0; i < c->nopen; i++)
		n += c->open[i].opener->state_size + c->open[i].opener->memory(c->open[i].state);
	return n;
}

void
content_free(struct content_stream **cp)
{
	struct content_stream *c = *cp;

	if (c == NULL)
		return;
	c->user = complete(&(struct opener_user){ .self = NULL });	/* who did not ask for the end is not told */
	close_all(c, false);
	buf_fini(&c->head);
	buf_fini(&c->names);
	buf_fini(&c->block);
	free(c);
	*cp = NULL;
}
