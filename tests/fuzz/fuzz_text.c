/*
 * fuzz_text.c - a text part: fed whole and fed cut the same is told; the text
 * is UTF-8; URLs are the same whether the text is wanted or not; memory is
 * bounded.
 *
 * Input: a byte that says how to cut, a byte for the form and the charset,
 * then the part.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "dissectors/mime/text/text.h"

struct told { struct buf text, rest; };

static void
on_text(void *self, slice utf8)
{
	struct told *t = self;

	CHECK(utf8.n > 0 && utf8_valid(utf8));
	buf_add(&t->text, utf8);
}

static void
on_url(void *self, const struct text_url *u)
{
	struct told *t = self;

	CHECK(u->url.n <= LIMIT_URL && u->host.n <= LIMIT_URL && u->text.n <= LIMIT_LINK_TEXT);
	CHECK(utf8_valid(u->text));
	buf_add(&t->rest, u->url);
	buf_text(&t->rest, "\n");
	buf_add(&t->rest, u->host);
	buf_text(&t->rest, "\n");
	buf_add(&t->rest, u->text);
	buf_text(&t->rest, "\n");
}

static void
on_note(void *self, enum finding finding, slice detail)
{
	struct told *t = self;

	buf_text(&t->rest, finding_info(finding)->id);
	buf_add(&t->rest, detail);
}

static void
run(struct told *t, uint8_t how, slice in, size_t step, bool with_text)
{
	static const char *const charsets[] = { "utf-8", "", "iso-2022-jp", "utf-7", "gb2312", "utf-16", "windows-1258", "nonsense" };
	const struct text_user user = { t, with_text ? on_text : NULL, on_url, on_note };
	struct text_stream *s;

	buf_init(&t->text, 64 * MiB);
	buf_init(&t->rest, 64 * MiB);
	s = text_new(how % 3, slice_of(charsets[how / 3 % 8]), how & 0x80 ? 1 + (how >> 6 & 1) : 0, &user);
	for (; in.n > 0; in = slice_drop(in, step))
		text_feed(s, slice_take(in, step));
	text_finish(s);
	CHECK(text_memory(s) < 128 * KiB);
	text_free(&s);
}

static void
fini(struct told *t)
{
	buf_fini(&t->text);
	buf_fini(&t->rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut, blind;
	slice in = { data, size };

	if (size < 2)
		return 0;
	in = slice_drop(in, 2);
	run(&whole, data[1], in, SIZE_MAX, true);
	run(&cut, data[1], in, 1 + data[0] % 64u, true);
	run(&blind, data[1], in, SIZE_MAX, false);
	CHECK(slice_eq(buf_slice(&whole.text), buf_slice(&cut.text)));
	CHECK(slice_eq(buf_slice(&whole.rest), buf_slice(&cut.rest)));
	CHECK(slice_eq(buf_slice(&whole.rest), buf_slice(&blind.rest)));
	CHECK(!whole.text.full);
	fini(&whole);
	fini(&cut);
	fini(&blind);
	return 0;
}
