/*
 * fuzz_word.c - encoded words in any bytes. Text without "=?" stays as it is;
 * what is valid UTF-8 stays valid; and any text, written as words with its
 * characters cut anywhere, is read back the same.
 */
#include <stdint.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "dissectors/mime/header/word.h"

static bool
has_mark(slice in)
{
	for (size_t i = 1; i < in.n; i++) {
		if (in.p[i - 1] == '=' && in.p[i] == '?')
			return true;
	}
	return false;
}

static void
write_b(struct buf *out, slice piece)
{
	char text[BASE64_SIZE(45)];

	buf_text(out, "=?utf-8?B?");
	buf_add(out, (slice){ (uint8_t *)text, base64_encode(piece, text) });
	buf_text(out, "?= ");
}

static void
write_q(struct buf *out, slice piece)
{
	buf_text(out, "=?utf-8?q?");
	for (size_t i = 0; i < piece.n; i++) {
		if (piece.p[i] == ' ')
			buf_text(out, "_");
		else if (char_is_alnum(piece.p[i]))
			buf_add_byte(out, piece.p[i]);
		else
			buf_printf(out, "=%02X", piece.p[i]);
	}
	buf_text(out, "?= ");
}

static void
check_written(slice text, size_t step, void (*write)(struct buf *, slice))
{
	struct buf words, back;

	buf_init(&words, SIZE_MAX);
	buf_init(&back, SIZE_MAX);
	for (slice rest = text; rest.n > 0; rest = slice_drop(rest, step))
		write(&words, slice_take(rest, step));
	if (words.n > 0)
		words.n--;		/* the blank behind the last one */
	CHECK(word_decode(buf_slice(&words), &back) == 0);
	CHECK(slice_eq(buf_slice(&back), text));
	buf_fini(&words);
	buf_fini(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice in = { data, size };
	struct buf out;
	unsigned problems;

	buf_init(&out, 3 * size + 3);
	buf_text(&out, "x");
	problems = word_decode(in, &out);
	CHECK(!out.full && out.p[0] == 'x');
	CHECK(has_mark(in) || (problems == 0 && slice_eq(slice_drop(buf_slice(&out), 1), in)));
	CHECK(utf8_valid(buf_slice(&out)) || !utf8_valid(in));
	buf_fini(&out);
	if (size > 0 && utf8_valid(in)) {
		size_t step = 1 + data[0] % 45u;

		if (size / step < LIMIT_ENCODED_WORDS - 1) {
			check_written(in, step, write_b);
			check_written(in, step, write_q);
		}
	}
	return 0;
}
