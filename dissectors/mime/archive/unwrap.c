#include "unwrap.h"

#include "base/inflate.h"
#include "base/limits.h"
#include "base/read.h"

enum state { HEAD, PLAIN, ZIP_HEADER, ZIP_NAME, STORED, PACKED, OVER };

enum {
	HEAD_SIZE = 4, ZIP_HEADER_SIZE = 30, METHOD_STORED = 0, METHOD_DEFLATE = 8, FLAG_ENCRYPTED = 1, FLAG_SIZE_BEHIND = 8,
	PIECE = 4096, PEEKED = 2048, INFLATE_STATE = 48 * 1024
};

void
unwrap_init(struct unwrap *u, void *self, void (*bytes)(void *self, slice))
{
	*u = (struct unwrap){ .self = self, .bytes = bytes, .state = HEAD };
	buf_init(&u->head, ZIP_HEADER_SIZE);
}

static void
tell(struct unwrap *u, slice s)
{
	slice fits = slice_take(s, LIMIT_REPORT - u->told);

	if (fits.n > 0)
		u->bytes(u->self, fits);
	u->told += fits.n;
	if (fits.n < s.n) {
		u->truncated = true;
		u->state = OVER;
	}
}

static void
inflate_piece(struct unwrap *u, slice in)
{
	uint8_t out[PIECE];
	size_t n;

	while (u->state == PACKED) {
		if (!inflate_run(u->z, &in, out, sizeof out, &n))
			u->state = OVER;
		tell(u, (slice){ out, n });
		if (n < sizeof out)
			return;
	}
}

/* Returns true once the head is `n` bytes long. */
static bool
fill_head(struct unwrap *u, slice *in, size_t n)
{
	slice more = slice_take(*in, n - u->head.n);

	buf_add(&u->head, more);
	*in = slice_drop(*in, more.n);
	return u->head.n == n;
}

static bool
is_zip(slice head)
{
	return slice_starts(head, S("PK\3\4"));
}

/* Returns what it leaves. */
static slice
begin_plain(struct unwrap *u, slice in)
{
	u->state = PLAIN;
	tell(u, buf_slice(&u->head));
	return in;
}

static slice
read_head(struct unwrap *u, slice in)
{
	if (!fill_head(u, &in, HEAD_SIZE))
		return SLICE_NONE;
	if (is_zip(buf_slice(&u->head))) {
		u->state = ZIP_HEADER;
	} else if (inflate_detect(buf_slice(&u->head)) == INFLATE_GZIP) {
		u->z = inflate_new(INFLATE_GZIP);
		u->state = PACKED;
		inflate_piece(u, buf_slice(&u->head));
	} else {
		return begin_plain(u, in);
	}
	return in;
}

/* APPNOTE 4.3.7 */
static slice
read_zip_header(struct unwrap *u, slice in)
{
	struct reader r;
	unsigned flags, method;

	if (!fill_head(u, &in, ZIP_HEADER_SIZE))
		return SLICE_NONE;
	r = reader_of(slice_drop(buf_slice(&u->head), 6));
	flags = read_le16(&r);
	method = read_le16(&r);
	read_skip(&r, 8);
	u->left = read_le32(&r);
	read_skip(&r, 4);
	u->skip = read_le16(&r);
	u->skip += read_le16(&r);
	if ((flags & FLAG_SIZE_BEHIND) != 0)
		u->left = UINT64_MAX;
	u->state = ZIP_NAME;
	if ((flags & FLAG_ENCRYPTED) != 0 || (method != METHOD_STORED && method != METHOD_DEFLATE))
		u->state = OVER;
	else if (method == METHOD_DEFLATE)
		u->z = inflate_new(INFLATE_DEFLATE);
	return in;
}

static slice
read_zip_name(struct unwrap *u, slice in)
{
	slice rest = slice_drop(in, u->skip);

	u->skip -= in.n - rest.n;
	if (u->skip == 0)
		u->state = u->z != NULL ? PACKED : STORED;
	return rest;
}

static slice
read_stored(struct unwrap *u, slice in)
{
	slice content = slice_take(in, u->left < in.n ? (size_t)u->left : in.n);

	tell(u, content);
	u->left -= content.n;
	if (u->left == 0)
		u->state = OVER;
	return SLICE_NONE;
}

void
unwrap_feed(struct unwrap *u, slice in)
{
	while (in.n > 0 && u->state != OVER) {
		switch ((enum state)u->state) {
		case HEAD:
			in = read_head(u, in);
			break;
		case ZIP_HEADER:
			in = read_zip_header(u, in);
			break;
		case ZIP_NAME:
			in = read_zip_name(u, in);
			break;
		case STORED:
			in = read_stored(u, in);
			break;
		case PACKED:
			inflate_piece(u, in);
			return;
		case PLAIN:
			tell(u, in);
			return;
		case OVER:
			return;
		}
	}
}

void
unwrap_finish(struct unwrap *u)
{
	if (u->state == HEAD)
		tell(u, buf_slice(&u->head));
	u->state = OVER;
	buf_fini(&u->head);
	inflate_free(&u->z);
}

size_t
unwrap_memory(const struct unwrap *u)
{
	return u->head.cap + (u->z != NULL ? INFLATE_STATE : 0);
}

static void
on_peeked(void *self, slice bytes)
{
	struct buf *out = self;

	buf_add(out, bytes);
}

static bool
holds(slice text, slice word)
{
	for (; text.n >= word.n; text = slice_drop(text, 1))
		if (slice_starts(text, word))
			return true;
	return false;
}

static bool
text_begins(slice text, uint8_t first, slice word)
{
	if (slice_starts(text, S("\xef\xbb\xbf")))
		text = slice_drop(text, 3);
	while (text.n > 0 && text.p[0] <= ' ')
		text = slice_drop(text, 1);
	return text.n > 0 && text.p[0] == first && holds(text, word);
}

bool
unwrap_begins(slice head, uint8_t first, slice word)
{
	struct unwrap u;
	struct buf out;
	bool is;

	if (!is_zip(head) && inflate_detect(head) != INFLATE_GZIP)
		return text_begins(head, first, word);		/* almost all parts: nothing to unwrap */
	buf_init(&out, PEEKED);
	unwrap_init(&u, &out, on_peeked);
	unwrap_feed(&u, head);
	unwrap_finish(&u);
	is = text_begins(buf_slice(&out), first, word);
	buf_fini(&out);
	return is;
}
