#include "archive.h"

#include <stdlib.h>

#include "base/err.h"
#include "dissectors/mime/header/judge.h"

static const struct format *const formats[] = {
	&zip_format, &gzip_format, &zstd_format, &lz4_format, &tar_format, &rar_format, &sevenzip_format, &cab_format, &iso_format, &ole2_format,
	&onenote_format,
};

const struct format *
format_find(enum magic kind)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (magic_is(kind, formats[i]->kind))
			return formats[i];
	return NULL;
}

/* An image of a CD begins with 32 KiB for the system that reads it, of zeroes for most; only then it says what it is. */
enum magic
format_guess(enum magic found, slice head, slice name)
{
	static const slice nothing = SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

	if (format_find(found) != NULL)
		return found;
	if (found == MAGIC_NONE && (slice_starts(head, nothing) || magic_extension(name_extension(name)) == MAGIC_ISO))
		return MAGIC_ISO;
	return MAGIC_NONE;
}

/* What is told */

static void
tell(struct archive *a, enum finding f, slice archive, slice member)
{
	const slice path[] = { a->name, archive, member };
	struct buf said;

	buf_init(&said, LIMIT_DETAIL);
	for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
		if (said.n > 0 && path[i].n > 0)
			buf_text(&said, ": ");
		buf_add(&said, path[i]);
	}
	a->user->note(a->user->self, f, buf_slice(&said));
	buf_fini(&said);
}

/* Once for a part: who unpacks it with care needs no list. */
static void
note_name(void *self, enum finding f, slice name)
{
	static const enum finding told[] = { FINDING_NAME_BIDI, FINDING_NAME_CONTROL, FINDING_NAME_TRAVERSAL };
	struct archive *a = self;

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (told[i] == f && !(a->named & 1u << i)) {
			a->named |= 1u << i;
			tell(a, f, SLICE_NONE, name);
		}
}

void
archive_member(struct archive *a, const struct opener_member *m)
{
	for (unsigned d = 0; d < m->depth; d++)
		if (a->open[d] != NULL)
			inside_tell(a->open[d]);
	if (a->members == LIMIT_MEMBERS) {
		a->truncated = true;
		return;
	}
	a->members++;
	a->user->member(a->user->self, m);
	judge_member_name(m->name, note_name, a);
}

void
archive_encrypted(struct archive *a, slice archive, slice member)
{
	if (!a->encrypted)
		tell(a, FINDING_MIME_ARCHIVE_ENCRYPTED, archive, member);
	a->encrypted = true;
}

void
archive_macro(struct archive *a, slice archive, slice member)
{
	if (!a->macro)
		tell(a, FINDING_MIME_MACRO, archive, member);
	a->macro = true;
}

void
archive_executable(struct archive *a, slice member)
{
	if (a->executable.n == 0)
		buf_add(&a->executable, member);
}

/* What it costs */

static void
renew(struct archive *a)
{
	a->allowance = a->at * LIMIT_ARCHIVE_RATIO;
	if (a->allowance < LIMIT_ARCHIVE_FREE)
		a->allowance = LIMIT_ARCHIVE_FREE;
}

size_t
archive_allow(struct archive *a, unsigned depth, size_t n)
{
	uint64_t left = (a->allowance >> depth) - a->unpacked[depth];

	if (n > left) {
		a->over = a->truncated = true;
		n = (size_t)left;
	}
	a->unpacked[depth] += n;
	return n;
}

/* The opener */

struct outermost {
	struct archive archive;
	slice filename;
	const struct format *format;
	void *state;
	enum magic was, found;		/* by the first bytes; what it turned out to be */
	bool deaf;			/* behind a gap, and the reader cannot find its way */
};

/*
 * ZIP is found by its end, so anything may stand before it: a program that unpacks it, or junk that is to mislead. Then name or type says what it
 * is; of programs it is always worth a look.
 */
static enum magic
kind_of(const struct content_about *about, slice head)
{
	enum magic found = magic_of(about->detected);

	if (found == MAGIC_PE)
		return MAGIC_ZIP;
	if (found == MAGIC_NONE && (magic_is(magic_declared(about->content_type), MAGIC_ZIP)
	    || magic_is(magic_extension(name_extension(about->filename)), MAGIC_ZIP)))
		return MAGIC_ZIP;
	return format_guess(found, head, about->filename);
}

static bool
takes(const struct content_about *about, slice head)
{
	return kind_of(about, head) != MAGIC_NONE;
}

static void
open_outermost(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct outermost *o = state;
	enum magic kind = kind_of(about, SLICE_NONE);

	if (kind == MAGIC_NONE)
		kind = MAGIC_ISO;	/* only the head said so */
	o->was = magic_of(about->detected);
	o->archive.user = user;
	o->archive.name = about->filename;
	renew(&o->archive);
	buf_init(&o->archive.executable, LIMIT_FILE_NAME);
	o->format = format_find(kind);
	o->state = xcalloc(1, o->format->state_size);
	o->format->open(o->state, &o->archive, 0, kind, about->filename);
}

static void
feed(void *state, slice s)
{
	struct outermost *o = state;
	struct archive *a = &o->archive;

	while (s.n > 0 && !o->deaf) {
		slice piece = slice_take(s, ARCHIVE_STEP - a->at % ARCHIVE_STEP);

		o->format->feed(o->state, piece);
		a->at += piece.n;
		if (a->at % ARCHIVE_STEP == 0)
			renew(a);
		s = slice_drop(s, piece.n);
	}
}

static void
gap(void *state, uint64_t missing)
{
	struct outermost *o = state;

	(void)missing;
	if (o->format->gap != NULL)
		o->format->gap(o->state);
	else
		o->deaf = true;
}

static bool
close_outermost(void *state, bool whole)
{
	struct outermost *o = state;
	struct archive *a = &o->archive;

	o->found = o->format->close(o->state, whole && !a->over && !o->deaf);
	free(o->state);
	if (o->was == MAGIC_NONE && o->found == MAGIC_NONE && a->members > 0)
		o->found = o->format->kind;
	if (o->was == MAGIC_PE)
		o->found = MAGIC_NONE;		/* a program, whatever is in it */
	if (a->executable.n > 0 && o->was != MAGIC_PE)
		tell(a, FINDING_MIME_EXECUTABLE, SLICE_NONE, buf_slice(&a->executable));
	buf_fini(&a->executable);
	return a->truncated;
}

static size_t
memory(const void *state)
{
	const struct outermost *o = state;

	return o->archive.executable.cap + o->format->state_size + (o->format->memory ? o->format->memory(o->state) : 0);
}

static const char *
detected(const void *state)
{
	return magic_type(((const struct outermost *)state)->found)->media;
}

const struct opener archive_opener = {
	.name = "archive", .state_size = sizeof(struct outermost), .takes = takes, .open = open_outermost, .feed = feed, .gap = gap,
	.close = close_outermost, .memory = memory, .detected = detected,
};
