/*
 * rar.c - RAR 1.5 to 4, and RAR 5: their headers stand in clear, unless they
 * are encrypted, and that is said in clear. Data is passed over.
 *
 * BUGS: an archive behind a program that unpacks it is not looked for.
 */
#include "archive.h"
#include "base/charset.h"
#include "base/read.h"
#include "base/utf8.h"
#include "dissectors/mime/header/judge.h"

enum {
	MARK4 = 7, MARK5 = 8,

	/* version 4 */
	BLOCK4 = 7, MAIN4 = 0x73, FILE4 = 0x74, SERVICE4 = 0x7a, END4 = 0x7b,
	HAS_DATA4 = 0x8000, HEADERS_ENCRYPTED4 = 0x80, ENCRYPTED4 = 4, LARGE4 = 0x100, UNICODE4 = 0x200, DIRECTORY4 = 0xe0,

	/* version 5 */
	BLOCK5 = 4 + 3,			/* checksum, and up to three bytes of the header's size */
	FILE5 = 2, ENCRYPTION5 = 4, END5 = 5,
	HAS_EXTRA5 = 1, HAS_DATA5 = 2, DIRECTORY5 = 1, HAS_TIME5 = 2, HAS_CRC5 = 4, UNKNOWN_SIZE5 = 8,
	ENCRYPTED5 = 1			/* an extra record */
};

struct rar {
	struct archive *archive;
	unsigned depth;
	slice name;
	bool marked, five, lost;	/* lost: nothing more can be known */
	struct buf header;
	size_t want;			/* of it, so far as is known */
	bool sized;			/* `want` is its whole size */
	uint64_t pass;			/* bytes to pass over */
	struct buf executable;
};

static void
open_rar(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct rar *r = state;

	(void)kind;
	r->archive = a;
	r->depth = depth;
	r->name = depth > 0 ? name : SLICE_NONE;
	r->want = MARK4 + 1;		/* the mark of version 5 is one longer */
	buf_init(&r->header, LIMIT_ARCHIVE_HEADER);
	buf_init(&r->executable, LIMIT_FILE_NAME);
}

static void
tell(struct rar *r, const struct opener_member *m)
{
	if (m->encrypted)
		archive_encrypted(r->archive, r->name, m->name);
	archive_member(r->archive, m);
	if (!m->directory && r->executable.n == 0 && name_is_executable(m->name))
		buf_add(&r->executable, m->name);
}

static void
headers_encrypted(struct rar *r)
{
	archive_encrypted(r->archive, r->name, S("headers"));
	r->lost = true;
}

/* Version 4 */

/*
 * The name in Unicode is told by how it differs from the plain one: two bits for each step say whether a low byte follows, one with a common high
 * byte, both, or a run of the plain name.
 */
static void
unicode_name(slice plain, slice coded, struct buf *out)
{
	struct reader in = reader_of(coded);
	uint8_t high = read_u8(&in), flags = 0;
	struct buf units;		/* UTF-16, low byte first */

	buf_init(&units, 2 * LIMIT_FILE_NAME);
	for (unsigned left = 0; in.rest.n > 0 && !units.full; left -= 2, flags = (uint8_t)(flags << 2)) {
		if (left == 0) {
			flags = read_u8(&in);
			left = 8;
		}
		if (flags >> 6 < 3) {
			buf_add_byte(&units, read_u8(&in));
			buf_add_byte(&units, flags >> 6 == 0 ? 0 : flags >> 6 == 1 ? high : read_u8(&in));
		} else {
			uint8_t length = read_u8(&in), shift = length & 0x80 ? read_u8(&in) : 0;

			for (unsigned i = (length & 0x7fu) + 2; i > 0 && units.n / 2 < plain.n; i--) {
				buf_add_byte(&units, (uint8_t)(plain.p[units.n / 2] + shift));
				buf_add_byte(&units, length & 0x80 ? high : 0);
			}
		}
	}
	charset_to_utf8(S("utf-16le"), buf_slice(&units), out);
	buf_fini(&units);
}

static void
name4(slice raw, bool unicode, struct buf *out)
{
	slice plain, coded;

	if (slice_cut(raw, 0, &plain, &coded) && unicode)
		unicode_name(plain, coded, out);
	else if (utf8_valid(plain))
		buf_add(out, plain);
	else
		charset_to_utf8(S("cp437"), plain, out);
}

static void
file4(struct rar *r, uint16_t flags, struct reader h)
{
	struct opener_member m = { .depth = r->depth, .encrypted = flags & ENCRYPTED4, .directory = (flags & DIRECTORY4) == DIRECTORY4 };
	uint16_t length;
	struct buf name;

	m.packed = read_le32(&h);
	m.size = read_le32(&h);
	read_skip(&h, 11);		/* system, CRC, time, version, method */
	length = read_le16(&h);
	read_skip(&h, 4);
	if (flags & LARGE4) {
		m.packed |= (uint64_t)read_le32(&h) << 32;
		m.size |= (uint64_t)read_le32(&h) << 32;
	}
	if (h.short_of)
		return;
	r->pass = m.packed;
	buf_init(&name, LIMIT_FILE_NAME);
	name4(slice_take(h.rest, length), flags & UNICODE4, &name);
	m.name = buf_slice(&name);
	tell(r, &m);
	buf_fini(&name);
}

static void
block4(struct rar *r)
{
	struct reader h = reader_of(slice_drop(buf_slice(&r->header), 2));
	uint8_t type = read_u8(&h);
	uint16_t flags = read_le16(&h);

	read_skip(&h, 2);
	if (type == MAIN4 && flags & HEADERS_ENCRYPTED4)
		headers_encrypted(r);
	else if (type == FILE4)
		file4(r, flags, h);
	else if (type == END4)
		r->lost = true;
	else if (flags & HAS_DATA4 || type == SERVICE4)
		r->pass = read_le32(&h);
}

/* Version 5 */

/* Seven bits a byte, the lowest first; the eighth says that there are more. */
static uint64_t
number(struct reader *h)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		uint8_t byte = read_u8(h);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	h->short_of = true;
	return 0;
}

static bool
is_encrypted5(slice extra)
{
	struct reader h = reader_of(extra);

	while (h.rest.n > 0 && !h.short_of) {
		uint64_t size = number(&h);
		struct reader record = reader_of(slice_take(h.rest, size < h.rest.n ? (size_t)size : h.rest.n));

		if (number(&record) == ENCRYPTED5 && !record.short_of)
			return true;
		read_skip(&h, size < h.rest.n ? (size_t)size : h.rest.n);
	}
	return false;
}

static void
file5(struct rar *r, struct reader h, slice extra)
{
	uint64_t flags = number(&h), length;
	struct opener_member m = { .depth = r->depth, .directory = flags & DIRECTORY5, .packed = r->pass };
	struct buf name;

	m.size = number(&h);
	if (flags & UNKNOWN_SIZE5)
		m.size = UINT64_MAX;
	number(&h);			/* attributes */
	read_skip(&h, (flags & HAS_TIME5 ? 4 : 0) + (flags & HAS_CRC5 ? 4 : 0));
	number(&h);			/* method */
	number(&h);			/* system */
	length = number(&h);
	if (h.short_of)
		return;
	m.encrypted = is_encrypted5(extra);
	buf_init(&name, LIMIT_FILE_NAME);
	buf_add(&name, slice_take(h.rest, length < h.rest.n ? (size_t)length : h.rest.n));
	m.name = buf_slice(&name);
	tell(r, &m);
	buf_fini(&name);
}

static void
block5(struct rar *r)
{
	struct reader h = reader_of(slice_drop(buf_slice(&r->header), 4));
	uint64_t type, flags, extra = 0;

	number(&h);
	type = number(&h);
	flags = number(&h);
	if (flags & HAS_EXTRA5)
		extra = number(&h);
	if (flags & HAS_DATA5)
		r->pass = number(&h);
	if (h.short_of)
		r->lost = true;
	else if (type == ENCRYPTION5)
		headers_encrypted(r);
	else if (type == END5)
		r->lost = true;
	else if (type == FILE5 && extra <= h.rest.n)
		file5(r, h, slice_drop(h.rest, h.rest.n - (size_t)extra));
}

/* Blocks */

/* The block's beginning is there: how long is its header? What is longer than we keep is no header of a file that people send. */
static void
size_block(struct rar *r)
{
	struct reader h = reader_of(slice_drop(buf_slice(&r->header), r->five ? 4 : 5));
	uint64_t size;

	if (r->five) {
		size = number(&h);
		size += r->header.n - h.rest.n;
	} else {
		size = read_le16(&h);
	}
	r->sized = true;
	r->lost = h.short_of || size < r->header.n || size > LIMIT_ARCHIVE_HEADER;
	if (!r->lost)
		r->want = (size_t)size;
}

static void
next_block(struct rar *r)
{
	buf_clear(&r->header);		/* its data, if it has any, is passed over first */
	r->want = r->five ? BLOCK5 : BLOCK4;
	r->sized = false;
}

/* Version 4 has begun already, by a byte. */
static void
read_mark(struct rar *r)
{
	uint8_t byte = r->header.p[MARK4];

	r->five = r->header.p[MARK4 - 1] == 1;
	next_block(r);
	if (!r->five)
		buf_add_byte(&r->header, byte);
}

static void
header_is_there(struct rar *r)
{
	if (!r->marked) {
		r->marked = true;
		read_mark(r);
	} else if (!r->sized) {
		size_block(r);
	} else {
		if (r->five)
			block5(r);
		else
			block4(r);
		next_block(r);
	}
}

static slice
pass(struct rar *r, slice s)
{
	slice part = slice_take(s, r->pass < SIZE_MAX ? (size_t)r->pass : SIZE_MAX);

	r->pass -= part.n;
	return slice_drop(s, part.n);
}

static void
feed(void *state, slice s)
{
	struct rar *r = state;

	while (!r->lost && (s.n > 0 || r->header.n == r->want)) {
		slice part = slice_take(s, r->want - r->header.n);

		if (r->pass > 0) {
			s = pass(r, s);
			continue;
		}
		buf_add(&r->header, part);
		s = slice_drop(s, part.n);
		if (r->header.n == r->want)
			header_is_there(r);
	}
}

static enum magic
close_rar(void *state, bool whole)
{
	struct rar *r = state;

	(void)whole;
	archive_executable(r->archive, buf_slice(&r->executable));
	buf_fini(&r->header);
	buf_fini(&r->executable);
	return MAGIC_NONE;
}

static bool
done(const void *state)
{
	const struct rar *r = state;

	return r->lost;
}

static size_t
memory(const void *state)
{
	const struct rar *r = state;

	return r->header.cap + r->executable.cap;
}

const struct format rar_format = {
	.kind = MAGIC_RAR, .state_size = sizeof(struct rar), .open = open_rar, .feed = feed, .close = close_rar, .memory = memory,
	.done = done,
};
