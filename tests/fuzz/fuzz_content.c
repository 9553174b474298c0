/*
 * fuzz_content.c - a part's content: what it is, and what is in it.
 *
 * The last byte chooses how the part is declared. Oracles: fed whole and fed
 * in pieces, with a gap and without, the same is told; names and words keep to
 * their limits, members to their number, memory to a bound.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/content/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY_MAX = 4 << 20, TOLD_MAX = 16 << 20, DEPTH_MAX = LIMIT_ARCHIVE_DEPTH };

static const struct { slice type, name; } declared[] = {
	{ SLICE("application/octet-stream"), SLICE("") },
	{ SLICE("application/pdf"), SLICE("report.pdf") },
	{ SLICE("application/zip"), SLICE("a.zip") },
	{ SLICE("text/plain"), SLICE("a.txt") },
	{ SLICE("image/png"), SLICE("a.jpg") },
	{ SLICE("application/msword"), SLICE("a.doc.exe") },
	{ SLICE("application/gzip"), SLICE("a.tgz") },
};

struct told {
	struct buf text;
	struct buf bytes;
	size_t members;
	bool unpacking;
};

static void
tell_note(void *self, enum finding f, slice detail)
{
	struct told *t = self;

	CHECK(detail.n <= LIMIT_DETAIL);
	buf_printf(&t->text, "note %s ", finding_info(f)->id);
	buf_add(&t->text, detail);
	buf_text(&t->text, "\n");
}

static void
tell_fact(void *self, unsigned group, slice name, slice value)
{
	struct told *t = self;

	buf_printf(&t->text, "fact %u ", group);
	buf_add(&t->text, name);
	buf_text(&t->text, ": ");
	buf_add(&t->text, value);
	buf_text(&t->text, "\n");
}

static void
tell_member(void *self, const struct opener_member *m)
{
	struct told *t = self;

	CHECK(m->name.n <= LIMIT_FILE_NAME && m->depth <= DEPTH_MAX && ++t->members <= LIMIT_MEMBERS);
	buf_printf(&t->text, "member %u %" PRIu64 " %" PRIu64 " %d%d ", m->depth, m->size, m->packed, m->encrypted, m->directory);
	buf_add(&t->text, m->name);
	buf_text(&t->text, "\n");
}

static void
begin_unpacked(void *self, const struct opener_member *m)
{
	struct told *t = self;

	CHECK(!t->unpacking);
	t->unpacking = true;
	buf_text(&t->text, "unpacked ");
	buf_add(&t->text, m->name);
	buf_text(&t->text, "\n");
}

static void
unpacked(void *self, slice s)
{
	struct told *t = self;

	CHECK(t->unpacking);
	buf_add(&t->bytes, s);
}

static void
end_unpacked(void *self, bool whole)
{
	struct told *t = self;

	CHECK(t->unpacking);
	t->unpacking = false;
	buf_printf(&t->text, "end %d %zu\n", whole, t->bytes.n);
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* seed 0: whole. Of `in`, `lost` bytes at `at` are in a gap. */
static void
play(slice in, size_t at, size_t lost, uint32_t seed, bool deep, struct told *t)
{
	const struct opener_user user = { t, tell_note, tell_fact, tell_member, begin_unpacked, unpacked, end_unpacked };
	size_t how = in.n ? in.p[in.n - 1] % (sizeof declared / sizeof *declared) : 0, step = seed % 3 ? 40 : 3000;
	const struct content_about about = { .content_type = declared[how].type, .filename = declared[how].name };
	struct content_stream *c = content_new(&about, &user, deep);
	size_t until = lost > 0 ? at : in.n;

	buf_init(&t->text, TOLD_MAX);
	buf_init(&t->bytes, TOLD_MAX);
	for (size_t i = 0; i < in.n; ) {
		slice piece = slice_take(slice_drop(in, i), until - i);

		if (piece.n == 0) {
			content_gap(c, lost);
			i += lost;
			until = in.n;
			continue;
		}
		if (seed != 0)
			piece = slice_take(piece, 1 + next(&seed) % step);
		content_feed(c, piece);
		CHECK(content_memory(c) <= MEMORY_MAX);
		i += piece.n;
	}
	content_finish(c, lost == 0);
	CHECK(!t->unpacking);
	buf_printf(&t->text, "is %s %d", content_detected(c) ? content_detected(c) : "-", content_truncated(c));
	content_free(&c);
}

static void
compare(slice in, size_t at, size_t lost, uint32_t seed, bool deep)
{
	struct told whole = { .members = 0 }, cut = { .members = 0 };

	play(in, at, lost, 0, deep, &whole);
	play(in, at, lost, seed, deep, &cut);
	CHECK(slice_eq(buf_slice(&whole.text), buf_slice(&cut.text)));
	CHECK(slice_eq(buf_slice(&whole.bytes), buf_slice(&cut.bytes)));
	buf_fini(&whole.text);
	buf_fini(&whole.bytes);
	buf_fini(&cut.text);
	buf_fini(&cut.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice in = { data, size };
	uint32_t seed = 1;

	for (size_t i = 0; i < size && i < 64; i++)
		seed = seed * 31 + data[size - 1 - i];
	seed |= 1;
	compare(in, 0, 0, seed, true);
	compare(in, 0, 0, seed, false);
	if (size > 1) {
		size_t at = next(&seed) % size;

		compare(in, at, 1 + next(&seed) % (size - at), seed | 1, true);
	}
	return 0;
}
