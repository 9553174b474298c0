/* mime_tells.h - what is told of a part's content, wherever it is cut. */
#ifndef TEST_MIME_TELLS_H
#define TEST_MIME_TELLS_H

#include <stdio.h>
#include <string.h>

#include "mime_openers.h"
#include "dissectors/mime/content.h"

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

#endif
