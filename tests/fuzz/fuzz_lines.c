/*
 * A pane of text and one of bytes, of any text in any width. The input: a byte
 * for the width, one for the height, one for how, one for where a note stands, the text.
 * Oracles: a text that grew shows what the whole one shows; what was drawn twice is the same; words that
 * stand in the text are found, and are then in sight.
 */
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "tui/widgets/hex.h"
#include "tui/widgets/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { HEAD = 4, WORDS = 3 };

static bool
note(void *self, size_t i, size_t *at_r, struct buf *words)
{
	*at_r = *(const size_t *)self;
	buf_text(words, "note");
	return i == 0;
}

static void
print_lines(struct lines *l, struct canvas *c, slice words, struct buf *out)
{
	buf_clear(out);
	canvas_clear(c);
	lines_draw(l, canvas_all(c), words);
	canvas_print(c, out, true);
}

static void
grow(struct lines *l, slice text)
{
	for (size_t n = 0; n < text.n; n += 1 + n / 2) {
		lines_text(l, slice_take(text, n), false);
		lines_work(l, 0);
	}
	lines_text(l, text, true);
	while (lines_work(l, 0))
		;
}

static bool
is_marked(const struct canvas *c)
{
	for (int i = 0; i < c->width * c->height; i++)
		if (c->cell[i].found)
			return true;
	return false;
}

/* What cannot be seen (the second byte of a character) cannot be marked. */
static bool
is_plain(slice words)
{
	for (size_t i = 0; i < words.n; i++)
		if (words.p[i] <= ' ' || words.p[i] >= 0x7f)
			return false;
	return words.n == WORDS;
}

static void
try_lines(struct canvas *c, slice text, enum lines_how how, size_t at)
{
	struct lines *whole = lines_new(&(struct lines_user){ &at, note, NULL, true }), *grown = lines_new(&(struct lines_user){ &at, note, NULL, true });
	slice words = slice_take(slice_drop(text, text.n / 2), WORDS);
	struct buf one, two;

	buf_init(&one, 4 * MiB);
	buf_init(&two, 4 * MiB);
	lines_begin(whole, how);
	lines_begin(grown, how);
	print_lines(grown, c, SLICE_NONE, &two);
	lines_text(whole, text, true);
	grow(grown, text);
	while (lines_work(whole, 0))
		;
	print_lines(whole, c, SLICE_NONE, &one);
	print_lines(grown, c, SLICE_NONE, &two);
	CHECK(slice_eq(buf_slice(&one), buf_slice(&two)));
	if (is_plain(words)) {
		CHECK(lines_search(whole, words, false));
		print_lines(whole, c, words, &one);
		CHECK(is_marked(c) || c->width < 8);
		print_lines(whole, c, words, &two);
		CHECK(slice_eq(buf_slice(&one), buf_slice(&two)));
	}
	lines_free(&whole);
	lines_free(&grown);
	buf_fini(&one);
	buf_fini(&two);
}

static void
try_hex(struct canvas *c, slice bytes, size_t at)
{
	struct hex h = { .user = { &at, note } };
	struct buf one, two;

	buf_init(&one, 4 * MiB);
	buf_init(&two, 4 * MiB);
	hex_bytes(&h, bytes);
	for (enum action a = ACTION_DOWN; a <= ACTION_LAST; a++) {
		canvas_clear(c);
		hex_draw(&h, canvas_all(c), slice_take(bytes, WORDS));
		buf_clear(&one);
		canvas_print(c, &one, true);
		canvas_clear(c);
		hex_draw(&h, canvas_all(c), slice_take(bytes, WORDS));
		buf_clear(&two);
		canvas_print(c, &two, true);
		CHECK(slice_eq(buf_slice(&one), buf_slice(&two)));
		hex_act(&h, a);
	}
	if (bytes.n >= WORDS)
		CHECK(hex_search(&h, slice_take(bytes, WORDS), false));
	buf_fini(&one);
	buf_fini(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	slice in = { data, n };
	struct canvas *c;

	if (n < HEAD)
		return 0;
	c = canvas_new(1 + data[0] % 120, 1 + data[1] % 40);
	try_lines(c, slice_drop(in, HEAD), data[2] & 1 ? LINES_EXACT : LINES_WORDS, data[3]);
	try_hex(c, slice_drop(in, HEAD), data[3]);
	canvas_free(&c);
	return 0;
}
