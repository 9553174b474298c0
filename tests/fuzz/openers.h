/*
 * openers.h - for fuzz targets: an opener's part, fed whole and fed cut, tells
 * the same, and what it tells is in order: files one at a time, few facts,
 * short values.
 */
#ifndef FUZZ_OPENERS_H
#define FUZZ_OPENERS_H

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/content/opener.h"

struct told {
	struct buf text;
	unsigned facts;
	bool in_file;
};

static void
on_note(void *self, enum finding f, slice detail)
{
	struct told *t = self;

	buf_printf(&t->text, "note %d ", (int)f);
	buf_add(&t->text, detail);
}

static void
on_fact(void *self, unsigned group, slice name, slice value)
{
	struct told *t = self;

	CHECK(++t->facts <= LIMIT_FACTS + 8);
	CHECK(value.n > 0 && value.n <= LIMIT_FACT && name.n > 0);
	buf_printf(&t->text, "fact %u ", group);
	buf_add(&t->text, name);
	buf_add_byte(&t->text, '=');
	buf_add(&t->text, value);
}

static void
on_member(void *self, const struct opener_member *m)
{
	struct told *t = self;

	buf_text(&t->text, "member ");
	buf_add(&t->text, m->name);
	buf_add(&t->text, m->content_type);
	buf_add(&t->text, m->content_id);
	buf_number(&t->text, m->size);
	buf_number(&t->text, m->packed);
}

static void
on_unpack_begin(void *self, const struct opener_member *m)
{
	struct told *t = self;

	CHECK(!t->in_file);
	t->in_file = true;
	on_member(self, m);
}

static void
on_unpack_bytes(void *self, slice bytes)
{
	struct told *t = self;

	CHECK(t->in_file && bytes.n > 0);
	buf_add(&t->text, bytes);
}

static void
on_unpack_end(void *self, bool whole)
{
	struct told *t = self;

	CHECK(t->in_file);
	t->in_file = false;
	buf_text(&t->text, whole ? "end" : "cut");
}

static void
feed_part(const struct opener *opener, slice in, size_t step, size_t gap_at, bool whole, struct told *t)
{
	const struct opener_user user = { t, on_note, on_fact, on_member, on_unpack_begin, on_unpack_bytes, on_unpack_end };
	static const struct content_about about = { .content_type = SLICE("application/octet-stream"), .filename = SLICE("a.gpg") };
	void *state = xcalloc(1, opener->state_size);

	buf_init(&t->text, 16 * MiB);
	opener->takes(&about, slice_take(in, LIMIT_SNIFF));
	opener->open(state, &user, &about);
	for (size_t at = 0; at < in.n; ) {
		slice piece = slice_take(slice_drop(in, at), step);

		if (at < gap_at && gap_at - at < piece.n)
			piece.n = gap_at - at;
		if (at == gap_at)
			opener->gap(state, 7);
		opener->feed(state, piece);
		CHECK(opener->memory(state) <= 8 * MiB);
		at += piece.n;
	}
	buf_text(&t->text, opener->close(state, whole) ? "truncated" : "all");
	CHECK(!t->in_file);
	free(state);
}

/* how: bits 0-4 the cut, 5 a gap, 6 the end was not seen */
static void
check_cuts(const struct opener *opener, slice in, uint8_t how)
{
	struct told whole = { .facts = 0 }, cut = { .facts = 0 };
	size_t gap_at = how & 32 ? in.n / 2 : SIZE_MAX;

	feed_part(opener, in, SIZE_MAX, gap_at, !(how & 64), &whole);
	feed_part(opener, in, 1 + how % 32u, gap_at, !(how & 64), &cut);
	CHECK(slice_eq(buf_slice(&whole.text), buf_slice(&cut.text)));
	buf_fini(&whole.text);
	buf_fini(&cut.text);
}

#endif
