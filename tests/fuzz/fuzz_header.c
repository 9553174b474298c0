/*
 * fuzz_header.c - a message's header, fed whole and fed cut: the same fields
 * are told and the same bytes are header. Then the values go through words,
 * addresses and dates.
 *
 * Input: one byte that says how to cut, then the message.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/nstime.h"
#include "base/utf8.h"
#include "dissectors/mime/address.h"
#include "dissectors/mime/date.h"
#include "dissectors/mime/header.h"
#include "dissectors/mime/word.h"

struct told { struct buf fields, bytes; size_t header; bool values; };

static void
on_mailbox(void *self, const struct mailbox *m)
{
	size_t *room = self;

	CHECK(m->name.n + m->address.n <= *room);
	CHECK(!m->group_only || (m->name.n == 0 && m->address.n == 0));
}

static void
read_value(slice value)
{
	struct buf unfolded, decoded;
	size_t room;
	nstime t;

	buf_init(&unfolded, value.n);
	buf_init(&decoded, value.n * 3 + 3);		/* a byte becomes three at most: U+FFFD */
	header_unfold(value, &unfolded);
	CHECK(!unfolded.full);
	word_decode(buf_slice(&unfolded), &decoded);
	CHECK(!decoded.full);
	CHECK(utf8_valid(buf_slice(&decoded)) || !utf8_valid(value));
	room = 2 * unfolded.n;
	address_parse(buf_slice(&unfolded), on_mailbox, &room);
	if (date_parse(buf_slice(&unfolded), &t))
		CHECK(nstime_civil(t).year >= 1899 && nstime_civil(t).year <= 2262);
	buf_fini(&unfolded);
	buf_fini(&decoded);
}

static void
on_field(void *self, const struct header_field *f)
{
	struct told *t = self;

	CHECK(f->name.n > 0 && f->raw.n > f->name.n);
	CHECK(f->raw.n <= LIMIT_HEADER);
	buf_add(&t->fields, f->raw);
	buf_add(&t->fields, f->name);
	buf_add(&t->fields, f->value);
	buf_add_byte(&t->fields, f->truncated);
	if (t->values)
		read_value(f->value);
}

static void
on_bytes(void *self, slice bytes, bool in_header)
{
	struct told *t = self;

	CHECK(!in_header || t->header == t->bytes.n);
	buf_add(&t->bytes, bytes);
	if (in_header)
		t->header += bytes.n;
}

static void
on_no_field(void *self, slice beginning)
{
	struct told *t = self;

	CHECK(beginning.n > 0 && beginning.n <= LIMIT_HEADER_NAME + 1);
	buf_add(&t->fields, beginning);
}

static void
on_limit(void *self)
{
	struct told *t = self;

	buf_add(&t->fields, S("limit"));
}

static void
run(struct told *t, slice in, size_t step)
{
	struct header_user user = { .self = t, .field = on_field, .bytes = on_bytes, .no_field = on_no_field, .limit = on_limit };
	struct header_parser p;

	buf_init(&t->fields, 4 * in.n + 4);
	buf_init(&t->bytes, in.n);
	t->header = 0;
	header_init(&p, &user);
	for (slice rest = in; rest.n > 0; rest = slice_drop(rest, step)) {
		slice piece = slice_take(rest, step);
		size_t n = header_feed(&p, piece);

		CHECK(n == piece.n || p.done);
		buf_add(&t->bytes, slice_drop(piece, n));
	}
	header_finish(&p);
	header_fini(&p);
	CHECK(slice_eq(buf_slice(&t->bytes), in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole = { .values = true }, cut = { .values = false };
	slice in = { data, size };

	if (size == 0)
		return 0;
	in = slice_drop(in, 1);
	run(&whole, in, SIZE_MAX);
	run(&cut, in, 1 + data[0] % 64u);
	CHECK(whole.header == cut.header);
	CHECK(slice_eq(buf_slice(&whole.fields), buf_slice(&cut.fields)));
	buf_fini(&whole.fields);
	buf_fini(&whole.bytes);
	buf_fini(&cut.fields);
	buf_fini(&cut.bytes);
	return 0;
}
