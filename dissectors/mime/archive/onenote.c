/*
 * onenote.c - files that are embedded in a OneNote section (MS-ONESTORE).
 *
 * A page may hold files that one starts by a click on their picture. Each
 * stands in one piece behind a mark (2.6.13, FileDataStoreObject); its name
 * stands elsewhere, and is not told.
 */
#include "archive.h"
#include "base/read.h"

enum { MARK = 16, HEADER = 36 };

struct onenote {
	struct archive *archive;
	unsigned depth;
	struct buf held;		/* the mark, then the header that it begins */
	uint64_t left;			/* of a file */
	struct inside inside;
	struct buf executable;
};

static const slice mark = SLICE("\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac");

static void
open_onenote(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct onenote *o = state;

	(void)kind;
	(void)name;
	o->archive = a;
	o->depth = depth;
	buf_init(&o->held, HEADER);
	buf_init(&o->executable, LIMIT_FILE_NAME);
}

static void
end_file(struct onenote *o, bool whole)
{
	inside_end(&o->inside, whole, UINT64_MAX, UINT64_MAX, &o->executable);
	o->left = 0;
}

static void
begin_file(struct onenote *o)
{
	struct reader r = reader_of(slice_drop(buf_slice(&o->held), MARK));

	o->left = read_le64(&r);
	buf_clear(&o->held);
	inside_begin(&o->inside, o->archive, &(struct opener_member){ .size = o->left, .packed = o->left, .depth = o->depth });
	if (o->left == 0)
		end_file(o, true);
}

/* No byte of the mark but its first is like its first: what does not go on may only begin again. */
static slice
find(struct onenote *o, slice s)
{
	size_t at = 0;

	if (o->held.n == 0 && !slice_find(s, mark.p[0], &at))
		return SLICE_NONE;
	if (o->held.n < MARK && s.p[at] != mark.p[o->held.n]) {
		buf_clear(&o->held);
		return s.p[at] == mark.p[0] ? s : slice_drop(s, at + 1);
	}
	buf_add_byte(&o->held, s.p[at]);
	if (o->held.n == HEADER)
		begin_file(o);
	return slice_drop(s, at + 1);
}

static slice
file_bytes(struct onenote *o, slice s)
{
	slice part = slice_take(s, o->left < SIZE_MAX ? (size_t)o->left : SIZE_MAX);

	o->left -= part.n;
	if (inside_wants(&o->inside) > 0)
		inside_feed(&o->inside, part);
	if (o->left == 0)
		end_file(o, true);
	return slice_drop(s, part.n);
}

static void
feed(void *state, slice s)
{
	struct onenote *o = state;

	while (s.n > 0)
		s = o->left > 0 ? file_bytes(o, s) : find(o, s);
}

static void
gap(void *state)
{
	struct onenote *o = state;

	end_file(o, false);
	buf_clear(&o->held);
}

static enum magic
close_onenote(void *state, bool whole)
{
	struct onenote *o = state;

	(void)whole;
	end_file(o, false);
	archive_executable(o->archive, buf_slice(&o->executable));
	buf_fini(&o->held);
	buf_fini(&o->executable);
	return MAGIC_NONE;
}

static size_t
memory(const void *state)
{
	const struct onenote *o = state;

	return o->held.cap + o->executable.cap + inside_memory(&o->inside);
}

const struct format onenote_format = {
	.kind = MAGIC_ONENOTE, .state_size = sizeof(struct onenote), .open = open_onenote, .feed = feed, .gap = gap, .close = close_onenote,
	.memory = memory,
};
