/*
 * cab.c - Microsoft cabinets (MS-CAB): the list of files stands at the front,
 * in clear. What they hold is not unpacked.
 */
#include "archive.h"
#include "base/charset.h"
#include "base/read.h"
#include "base/utf8.h"
#include "dissectors/mime/header/judge.h"

enum { HEAD = 36, FILES_AT = 16, COUNT_AT = 28, ENTRY = 16 };

struct cab {
	struct archive *archive;
	unsigned depth;
	uint64_t pass;			/* bytes to pass over */
	bool have_head;
	uint16_t left;			/* files that are still to come */
	struct buf entry;		/* the head, then each file's fixed part and name */
	struct buf executable;
};

static void
open_cab(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct cab *c = state;

	(void)kind;
	(void)name;
	c->archive = a;
	c->depth = depth;
	c->left = 1;			/* the head, so far */
	buf_init(&c->entry, ENTRY + LIMIT_ARCHIVE_HEADER);
	buf_init(&c->executable, LIMIT_FILE_NAME);
}

static void
read_head(struct cab *c)
{
	struct reader at = reader_of(slice_drop(buf_slice(&c->entry), FILES_AT));
	struct reader count = reader_of(slice_drop(buf_slice(&c->entry), COUNT_AT));
	uint32_t files = read_le32(&at);

	c->have_head = true;
	c->left = files >= HEAD ? read_le16(&count) : 0;
	c->pass = files >= HEAD ? files - HEAD : 0;
	buf_clear(&c->entry);
}

/* Folder paths have backslashes; UTF-8 is what is valid UTF-8. */
static void
tell(struct cab *c, slice raw)
{
	struct reader r = reader_of(buf_slice(&c->entry));
	struct opener_member m = { .packed = UINT64_MAX, .depth = c->depth };
	struct buf name;

	buf_init(&name, LIMIT_FILE_NAME);
	if (utf8_valid(raw))
		buf_add(&name, raw);
	else
		charset_to_utf8(S("windows-1252"), raw, &name);
	m.name = buf_slice(&name);
	m.size = read_le32(&r);
	archive_member(c->archive, &m);
	if (c->executable.n == 0 && name_is_executable(m.name))
		buf_add(&c->executable, m.name);
	buf_fini(&name);
}

/* The name behind the fixed part, up to its NUL. */
static slice
name_bytes(struct cab *c, slice s)
{
	slice part, rest;
	bool ends = slice_cut(s, 0, &part, &rest);

	buf_add(&c->entry, part);
	if (!ends)
		return SLICE_NONE;
	tell(c, slice_drop(buf_slice(&c->entry), ENTRY));
	buf_clear(&c->entry);
	c->left--;
	return rest;
}

static slice
fixed_bytes(struct cab *c, slice s)
{
	slice part = slice_take(s, (c->have_head ? ENTRY : HEAD) - c->entry.n);

	buf_add(&c->entry, part);
	if (!c->have_head && c->entry.n == HEAD)
		read_head(c);
	return slice_drop(s, part.n);
}

static slice
pass(struct cab *c, slice s)
{
	slice part = slice_take(s, c->pass < SIZE_MAX ? (size_t)c->pass : SIZE_MAX);

	c->pass -= part.n;
	return slice_drop(s, part.n);
}

static void
feed(void *state, slice s)
{
	struct cab *c = state;

	while (s.n > 0 && c->left > 0) {
		if (c->pass > 0)
			s = pass(c, s);
		else if (c->have_head && c->entry.n >= ENTRY)
			s = name_bytes(c, s);
		else
			s = fixed_bytes(c, s);
	}
}

static enum magic
close_cab(void *state, bool whole)
{
	struct cab *c = state;

	(void)whole;
	archive_executable(c->archive, buf_slice(&c->executable));
	buf_fini(&c->entry);
	buf_fini(&c->executable);
	return MAGIC_NONE;
}

static bool
done(const void *state)
{
	const struct cab *c = state;

	return c->left == 0;
}

static size_t
memory(const void *state)
{
	const struct cab *c = state;

	return c->entry.cap + c->executable.cap;
}

const struct format cab_format = {
	.kind = MAGIC_CAB, .state_size = sizeof(struct cab), .open = open_cab, .feed = feed, .close = close_cab, .memory = memory,
	.done = done,
};
