/*
 * tar.c - tape archives: POSIX ustar and pax (IEEE Std 1003.1 pax), and GNU's
 * long names.
 *
 * Headers and data stand in blocks of 512 bytes. A block that is no header,
 * by its checksum, is passed over: the next one that is shows where we are.
 */
#include "archive.h"
#include "base/read.h"

enum { BLOCK = 512 };

struct tar {
	struct archive *archive;
	unsigned depth;
	struct buf block;		/* a header that is being read */
	uint64_t left;			/* data that follows */
	unsigned padding;		/* and what fills its last block */
	struct inside inside;
	struct buf executable;

	char kind;			/* of the data: a file's, or what is said about the next one */
	struct buf said;		/* GNU's 'L', pax's 'x' */
	struct buf next_name;		/* what they said; empty: nothing */
	uint64_t next_size;		/* UINT64_MAX: nothing */
};

static void
open_tar(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct tar *t = state;

	(void)kind;
	(void)name;
	t->archive = a;
	t->depth = depth;
	t->next_size = UINT64_MAX;
	buf_init(&t->block, BLOCK);
	buf_init(&t->said, LIMIT_ARCHIVE_HEADER);
	buf_init(&t->next_name, LIMIT_FILE_NAME);
	buf_init(&t->executable, LIMIT_FILE_NAME);
}

/* A field of text ends at a NUL, if there is one. */
static slice
text_field(slice block, size_t at, size_t n)
{
	slice text, rest;

	slice_cut(slice_take(slice_drop(block, at), n), 0, &text, &rest);
	return text;
}

/* Octal, blanks around it; or, if the first bit is set, binary (GNU). UINT64_MAX: neither. */
static uint64_t
number_field(slice block, size_t at, size_t n)
{
	slice s = slice_take(slice_drop(block, at), n);
	uint64_t value = 0;

	if (s.p[0] == 0x80) {
		struct reader r = reader_of(slice_drop(s, n - 8));

		return read_be64(&r);
	}
	s = slice_trim(text_field(block, at, n));
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return UINT64_MAX;
		value = value << 3 | (uint64_t)(s.p[i] - '0');
	}
	return value;
}

/* The sum of all bytes, its own field taken as blanks. A block of zeroes has no sum. */
static bool
is_header(slice block)
{
	uint64_t sum = 8 * ' ';

	for (size_t i = 0; i < BLOCK; i++)
		if (i < 148 || i >= 156)
			sum += block.p[i];
	return sum > 8 * ' ' && number_field(block, 148, 8) == sum;
}

static void
full_name(slice block, struct buf *name)
{
	slice prefix = text_field(block, 345, 155);

	if (slice_starts(slice_drop(block, 257), S("ustar\0")) && prefix.n > 0) {
		buf_add(name, prefix);
		buf_add_byte(name, '/');
	}
	buf_add(name, text_field(block, 0, 100));
}

static void
begin_member(struct tar *t, slice block)
{
	struct opener_member m = { .size = t->left, .packed = t->left, .depth = t->depth };

	if (t->next_name.n == 0)
		full_name(block, &t->next_name);
	m.name = buf_slice(&t->next_name);
	m.directory = t->kind == '5' || (m.name.n > 0 && m.name.p[m.name.n - 1] == '/');		/* as the oldest tar has it */
	inside_begin(&t->inside, t->archive, &m);
	buf_clear(&t->next_name);
	t->next_size = UINT64_MAX;
}

/* pax: "27 path=some/long/name\n", each with its own length in front. The last of a name counts. */
static void
read_pax(struct tar *t, slice s)
{
	slice digits, record, rest;
	uint64_t n;

	while (slice_cut(s, ' ', &digits, &rest) && slice_number(digits, &n) && n > digits.n + 1 && n <= s.n) {
		record = slice_drop(slice_take(s, (size_t)n), digits.n + 1);
		s = slice_drop(s, (size_t)n);
		record = slice_chomp(record);
		if (slice_starts(record, S("path="))) {
			buf_clear(&t->next_name);
			buf_add(&t->next_name, slice_drop(record, 5));
		} else if (slice_starts(record, S("size=")) && slice_number(slice_drop(record, 5), &n)) {
			t->next_size = n;
		}
	}
}

static bool
is_file(char kind)
{
	return kind == '0' || kind == '\0' || kind == '7' || kind == 'S';		/* S: GNU's with holes */
}

static void
end_data(struct tar *t)
{
	slice said = buf_slice(&t->said), name, rest;

	inside_end(&t->inside, true, UINT64_MAX, UINT64_MAX, &t->executable);
	if (t->kind == 'L') {
		slice_cut(said, 0, &name, &rest);
		buf_clear(&t->next_name);
		buf_add(&t->next_name, name);
	} else if (t->kind == 'x') {
		read_pax(t, said);
	}
	buf_clear(&t->said);
}

static void
read_header(struct tar *t, slice block)
{
	uint64_t size = number_field(block, 124, 12);

	t->kind = (char)block.p[156];
	if (t->next_size != UINT64_MAX)
		size = t->next_size;
	t->left = size != UINT64_MAX && (t->kind < '1' || t->kind > '6') ? size : 0;	/* links and devices have no data */
	t->padding = (unsigned)(BLOCK - t->left % BLOCK) % BLOCK;
	if (is_file(t->kind) || (t->kind >= '1' && t->kind <= '6'))
		begin_member(t, block);
	if (t->left == 0)
		end_data(t);
}

static slice
header(struct tar *t, slice s)
{
	size_t want = BLOCK - t->block.n;

	buf_add(&t->block, slice_take(s, want));
	if (want <= s.n) {
		if (is_header(buf_slice(&t->block)))
			read_header(t, buf_slice(&t->block));
		buf_clear(&t->block);
	}
	return slice_drop(s, want);
}

static slice
data(struct tar *t, slice s)
{
	slice part = slice_take(s, t->left < SIZE_MAX ? (size_t)t->left : SIZE_MAX);

	t->left -= part.n;
	if (!is_file(t->kind))
		buf_add(&t->said, part);
	else if (inside_wants(&t->inside) > 0)
		inside_feed(&t->inside, part);
	if (t->left == 0)
		end_data(t);
	return slice_drop(s, part.n);
}

static slice
padding(struct tar *t, slice s)
{
	size_t n = s.n < t->padding ? s.n : t->padding;

	t->padding -= (unsigned)n;
	return slice_drop(s, n);
}

static void
feed(void *state, slice s)
{
	struct tar *t = state;

	while (s.n > 0)
		s = t->left > 0 ? data(t, s) : t->padding > 0 ? padding(t, s) : header(t, s);
}

static enum magic
close_tar(void *state, bool whole)
{
	struct tar *t = state;

	(void)whole;
	inside_end(&t->inside, false, UINT64_MAX, UINT64_MAX, &t->executable);
	archive_executable(t->archive, buf_slice(&t->executable));
	buf_fini(&t->block);
	buf_fini(&t->said);
	buf_fini(&t->next_name);
	buf_fini(&t->executable);
	return MAGIC_NONE;
}

static size_t
memory(const void *state)
{
	const struct tar *t = state;

	return t->block.cap + t->said.cap + t->next_name.cap + t->executable.cap + inside_memory(&t->inside);
}

const struct format tar_format = {
	.kind = MAGIC_TAR, .state_size = sizeof(struct tar), .open = open_tar, .feed = feed, .close = close_tar, .memory = memory,
};
