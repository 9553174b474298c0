/*
 * packed.c - one file, compressed: gzip (RFC 1952), zstd (RFC 8878), lz4.
 *
 * All of it is unpacked while that is of use: to see what it is, and to the
 * end if it is an archive. Else no more than LIMIT_ARCHIVE_COUNTED bytes are
 * unpacked only to be counted, and of what is larger the size is what gzip
 * says itself in its last four bytes.
 *
 * The file's name is gzip's own, if it has one, else that of the packed file
 * without its extension.
 */
#include "archive.h"
#include "base/charset.h"
#include "base/inflate.h"
#include "base/read.h"
#include "base/utf8.h"
#include "dissectors/mime/header/judge.h"

enum { HAS_EXTRA = 4, HAS_NAME = 8, ISIZE = 4 };

struct packed {
	struct archive *archive;
	unsigned depth;
	enum inflate_kind kind;
	slice name;
	bool begun, damaged, larger;	/* larger: than what is counted */
	struct inside inside;
	struct inflate *inflate;
	uint64_t in, out;
	uint8_t last[ISIZE];
};

static void
open_packed(struct packed *p, struct archive *a, unsigned depth, slice name, enum inflate_kind kind)
{
	p->archive = a;
	p->depth = depth;
	p->name = name;
	p->kind = kind;
	if (inflate_built_in(kind))
		p->inflate = inflate_new(kind);
	else
		p->damaged = true;
}

static void
open_gzip(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	(void)kind;
	open_packed(state, a, depth, name, INFLATE_GZIP);
}

static void
open_zstd(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	(void)kind;
	open_packed(state, a, depth, name, INFLATE_ZSTD);
}

static void
open_lz4(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	(void)kind;
	open_packed(state, a, depth, name, INFLATE_LZ4);
}

/* The name stands behind a fixed part and an extra field (RFC 1952 2.3). Latin-1, it says there; UTF-8 is what programs write. */
static void
own_name(slice head, struct buf *out)
{
	struct reader r = reader_of(slice_drop(head, 3));
	uint8_t flags = read_u8(&r);
	slice name, rest;

	read_skip(&r, 6);
	if (flags & HAS_EXTRA)
		read_skip(&r, read_le16(&r));
	if (!(flags & HAS_NAME) || r.short_of || !slice_cut(r.rest, 0, &name, &rest))
		return;
	if (utf8_valid(name))
		buf_add(out, name);
	else
		charset_to_utf8(S("iso-8859-1"), name, out);
}

/* "a.gz" is "a", "a.tgz" is "a.tar"; another name stays. */
static void
outer_name(slice name, struct buf *out)
{
	slice extension = name_extension(name);
	slice stem = slice_take(name, name.n - extension.n);

	if (slice_ieq(extension, S("tgz"))) {
		buf_add(out, stem);
		buf_text(out, "tar");
	} else if (format_find(magic_extension(extension)) != NULL && stem.n > 1) {
		buf_add(out, slice_take(stem, stem.n - 1));
	} else {
		buf_add(out, name);
	}
}

static void
begin(struct packed *p, slice head)
{
	struct buf name;

	p->begun = true;
	buf_init(&name, LIMIT_FILE_NAME);
	if (p->kind == INFLATE_GZIP)
		own_name(slice_take(head, LIMIT_SNIFF), &name);
	if (name.n == 0)
		outer_name(p->name, &name);
	inside_begin(&p->inside, p->archive, &(struct opener_member){
	    .name = buf_slice(&name), .size = UINT64_MAX, .packed = UINT64_MAX, .depth = p->depth });
	buf_fini(&name);
}

/* What nobody wants is counted, to a bound. */
static void
offer(struct packed *p, slice s)
{
	while (s.n > 0 && !p->archive->over && !p->larger) {
		size_t wants = inside_wants(&p->inside), block = ARCHIVE_BLOCK - p->out % ARCHIVE_BLOCK;
		slice part = slice_take(s, p->inside.decided || wants > block ? block : wants);

		part.n = archive_allow(p->archive, p->depth, part.n);
		p->out += part.n;
		if (wants > 0)
			inside_feed(&p->inside, part);
		if (p->out >= LIMIT_ARCHIVE_COUNTED && p->out % ARCHIVE_BLOCK == 0)
			p->larger = inside_wants(&p->inside) == 0;
		s = slice_drop(s, part.n);
	}
}

/* The last four bytes seen. */
static void
keep_last(struct packed *p, slice s)
{
	size_t n = s.n < ISIZE ? s.n : ISIZE;

	memmove(p->last, p->last + n, ISIZE - n);
	memcpy(p->last + ISIZE - n, s.p + s.n - n, n);
}

static void
feed(void *state, slice s)
{
	struct packed *p = state;
	uint8_t room[ARCHIVE_BLOCK];
	size_t n;

	if (s.n == 0)
		return;
	if (!p->begun)
		begin(p, s);
	p->in += s.n;
	keep_last(p, s);
	do {
		n = 0;
		if (p->damaged || p->larger || p->archive->over)
			return;
		p->damaged = !inflate_run(p->inflate, &s, room, sizeof room, &n);
		offer(p, (slice){ room, n });
	} while (n > 0);
}

/* As counted; if that was not to the end, as gzip says, modulo 2^32: only a single member says so of all. */
static uint64_t
size_of(const struct packed *p, bool whole)
{
	struct reader r = reader_of((slice){ p->last, ISIZE });
	uint32_t said;

	if (!whole || p->damaged)
		return UINT64_MAX;
	if (!p->larger)
		return inflate_whole(p->inflate) ? p->out : UINT64_MAX;
	if (p->kind == INFLATE_GZIP && (said = read_le32(&r)) >= p->out)
		return said;
	return UINT64_MAX;
}

static enum magic
close_packed(void *state, bool whole)
{
	struct packed *p = state;
	struct buf executable;

	buf_init(&executable, LIMIT_FILE_NAME);
	inside_end(&p->inside, whole && !p->damaged, size_of(p, whole), whole ? p->in : UINT64_MAX, &executable);
	archive_executable(p->archive, buf_slice(&executable));
	buf_fini(&executable);
	inflate_free(&p->inflate);
	return MAGIC_NONE;
}

static bool
done(const void *state)
{
	return ((const struct packed *)state)->damaged;
}

static size_t
memory(const void *state)
{
	const struct packed *p = state;

	return inside_memory(&p->inside) + (p->inflate ? INFLATE_MEMORY : 0);
}

const struct format gzip_format = {
	.kind = MAGIC_GZIP, .state_size = sizeof(struct packed), .open = open_gzip, .feed = feed, .close = close_packed,
	.memory = memory, .done = done,
};
const struct format zstd_format = {
	.kind = MAGIC_ZSTD, .state_size = sizeof(struct packed), .open = open_zstd, .feed = feed, .close = close_packed,
	.memory = memory, .done = done,
};
const struct format lz4_format = {
	.kind = MAGIC_LZ4, .state_size = sizeof(struct packed), .open = open_lz4, .feed = feed, .close = close_packed,
	.memory = memory, .done = done,
};
