/* mime_tells.h - what is told of a part's content, wherever it is cut. */
#ifndef TEST_MIME_TELLS_H
#define TEST_MIME_TELLS_H

#include <stdio.h>
#include <string.h>

#include "dissectors/mime/content/content.h"
#include "mime_openers.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct content_about unknown = { .content_type = SLICE("application/octet-stream") };

static inline void
play(const struct content_about *about, slice in, size_t step, size_t at, size_t lost, bool deep, struct told *t)
{
	const struct opener_user user = { t, told_note, told_fact, told_member, told_unpack_begin, told_unpack_bytes, told_unpack_end };
	struct content_stream *c = content_new(about, &user, deep);

	buf_init(&t->text, TOLD_MAX);
	buf_init(&t->bytes, TOLD_MAX);
	for (size_t i = 0; i < in.n; ) {
		slice piece = slice_take(slice_drop(in, i), i < at && i + step > at ? at - i : step);

		if (lost > 0 && i == at) {
			content_gap(c, lost);
			i += lost;
			lost = 0;
			continue;
		}
		content_feed(c, piece);
		i += piece.n;
	}
	content_finish(c, true);
	buf_printf(&t->text, "is %s%s", content_detected(c) ? content_detected(c) : "unknown", content_truncated(c) ? ", truncated" : "");
	buf_add_byte(&t->text, '\0');
	content_free(&c);
	assert_null(c);
}

/* This is told, in pieces of any size. */
static inline void
tells(const struct content_about *about, slice in, const char *want)
{
	static const size_t steps[] = { SIZE_MAX / 2, 1, 2, 3, 7, 61, 1000, 1024, 1500 };

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct told t = { .quiet = false };

		if (in.n > 100000 && steps[i] < 1000)
			continue;
		play(about, in, steps[i], SIZE_MAX, 0, true, &t);
		assert_string_equal((const char *)t.text.p, want);
		told_fini(&t);
	}
}

static inline void
le(struct buf *b, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++, value >>= 8)
		buf_add_byte(b, (uint8_t)value);
}

/* Building archives */

enum { DEFLATE = 8, BEHIND = 8, ENCRYPTED = 1 };

struct file {
	const char *name;
	slice content;
	unsigned flags, method;
	uint32_t claimed;		/* its packed size, if that is a lie */
	slice extra;
	bool no_local, no_central;
};

/* Deflate without compression: one stored block (RFC 1951 3.2.4). */
static inline void
put_deflated(struct buf *b, slice s)
{
	buf_add_byte(b, 1);
	le(b, s.n, 2);
	le(b, ~s.n, 2);
	buf_add(b, s);
}

static inline size_t
packed_size(const struct file *f)
{
	return f->content.n + (f->method == DEFLATE ? 5 : 0);
}

static inline void
put_entry(struct buf *b, const struct file *f, bool central)
{
	size_t packed = packed_size(f);
	bool behind = f->flags & BEHIND && !central;

	buf_text(b, central ? "PK\1\2" : "PK\3\4");
	le(b, 20, central ? 4 : 2);
	le(b, f->flags, 2);
	le(b, f->method, 2);
	le(b, 0, 8);
	le(b, behind ? 0 : !central && f->claimed ? f->claimed : packed, 4);
	le(b, behind ? 0 : f->content.n, 4);
	le(b, strlen(f->name), 2);
	le(b, f->extra.n, 2);
	if (central)
		le(b, 0, 14);
	buf_text(b, f->name);
	buf_add(b, f->extra);
}

static inline void
put_data(struct buf *b, const struct file *f)
{
	if (f->method == DEFLATE)
		put_deflated(b, f->content);
	else
		buf_add(b, f->content);
	if (f->flags & BEHIND) {
		buf_text(b, "PK\7\x8");
		le(b, 0, 4);
		le(b, packed_size(f), 4);
		le(b, f->content.n, 4);
	}
}

static inline void
put_zip(struct buf *b, const struct file *files, size_t n)
{
	size_t start = b->n, central;

	for (size_t i = 0; i < n; i++)
		if (!files[i].no_local) {
			put_entry(b, &files[i], false);
			put_data(b, &files[i]);
		}
	central = b->n;
	for (size_t i = 0; i < n; i++)
		if (!files[i].no_central)
			put_entry(b, &files[i], true);
	buf_text(b, "PK\5\6");
	le(b, 0, 4);
	le(b, n | n << 16, 4);
	le(b, b->n - 12 - central, 4);
	le(b, central - start, 4);
	le(b, 0, 2);
}

#endif
