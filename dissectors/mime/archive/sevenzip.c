/*
 * sevenzip.c - 7z: is its list of files encrypted?
 *
 * The list stands at the end, and it is compressed in nearly every archive, so
 * names are not told. But how it is packed is said in clear: a coder of AES
 * means that nobody sees the names without the password.
 *
 * BUGS: that only the content is encrypted, and not the list, is not seen.
 */
#include "archive.h"
#include "base/read.h"

enum { HEAD = 32, OFFSET_AT = 12, ENCODED_HEADER = 0x17 };

struct sevenzip {
	struct archive *archive;
	slice name;
	struct buf held;		/* the head, then how the list is packed */
	bool have_head;
	size_t want;
	uint64_t pass;
};

static void
open_sevenzip(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct sevenzip *z = state;

	(void)kind;
	z->archive = a;
	z->name = depth > 0 ? name : SLICE_NONE;
	z->want = HEAD;
	buf_init(&z->held, LIMIT_ARCHIVE_HEADER);
}

static void
read_head(struct sevenzip *z)
{
	struct reader r = reader_of(slice_drop(buf_slice(&z->held), OFFSET_AT));
	uint64_t size;

	z->have_head = true;
	z->pass = read_le64(&r);
	size = read_le64(&r);
	z->want = size < LIMIT_ARCHIVE_HEADER ? (size_t)size : LIMIT_ARCHIVE_HEADER;
	buf_clear(&z->held);
}

/* The coder 06 F1 07 01, AES-256 with a key made by SHA-256, behind its length. */
static void
read_list(struct sevenzip *z)
{
	static const slice coder = SLICE("\x06\xf1\x07\x01");
	slice list = buf_slice(&z->held);
	size_t at;

	if (list.p[0] == ENCODED_HEADER)
		for (; slice_find(list, coder.p[0], &at); list = slice_drop(list, at + 1))
			if (slice_starts(slice_drop(list, at), coder))
				archive_encrypted(z->archive, z->name, S("headers"));
	z->want = 0;
}

static void
feed(void *state, slice s)
{
	struct sevenzip *z = state;

	while (s.n > 0 && z->want > 0) {
		slice part = z->pass > 0 ? slice_take(s, z->pass < SIZE_MAX ? (size_t)z->pass : SIZE_MAX) : slice_take(s, z->want - z->held.n);

		s = slice_drop(s, part.n);
		if (z->pass > 0) {
			z->pass -= part.n;
			continue;
		}
		buf_add(&z->held, part);
		if (z->held.n < z->want)
			continue;
		if (z->have_head)
			read_list(z);
		else
			read_head(z);
	}
}

static enum magic
close_sevenzip(void *state, bool whole)
{
	struct sevenzip *z = state;

	(void)whole;
	buf_fini(&z->held);
	return MAGIC_NONE;
}

static bool
done(const void *state)
{
	const struct sevenzip *z = state;

	return z->want == 0;
}

static size_t
memory(const void *state)
{
	return ((const struct sevenzip *)state)->held.cap;
}

const struct format sevenzip_format = {
	.kind = MAGIC_SEVENZIP, .state_size = sizeof(struct sevenzip), .open = open_sevenzip, .feed = feed, .close = close_sevenzip,
	.memory = memory, .done = done,
};
