/*
 * fuzz_header.c - a message's header, fed whole and fed cut: the same fields
 * are told, the same bytes are header, and the same is found, each finding
 * once. Then the values go through words, addresses and dates, and are file
 * names.
 *
 * Input: one byte that says how to cut, then the message.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/nstime.h"
#include "base/utf8.h"
#include "dissectors/mime/header/address.h"
#include "dissectors/mime/header/date.h"
#include "dissectors/mime/header/header.h"
#include "dissectors/mime/header/judge.h"
#include "dissectors/mime/header/word.h"

struct told {
	struct buf fields, bytes;
	size_t header;
	bool values;
	struct judge *judge;
	bool found[FINDINGS];
};

static void
on_finding(void *self, enum finding f, uint64_t offset, uint64_t length, slice detail)
{
	struct told *t = self;

	(void)offset;
	(void)length;
	CHECK(!t->found[f]);
	t->found[f] = true;
	buf_text(&t->fields, finding_info(f)->id);
	buf_add(&t->fields, detail);
}

static void
on_name(void *self, enum finding f, slice detail)
{
	bool *found = self;

	CHECK(!found[f] && detail.n <= LIMIT_FILE_NAME);
	found[f] = true;
}

static void
judge_name(slice name)
{
	bool found[FINDINGS] = { false };
	slice extension = name_extension(name);

	judge_file_name(name, on_name, found);
	CHECK(extension.n <= name.n);
	CHECK(!found[FINDING_NAME_DOUBLE_EXT] || name_is_executable(name));
}

static void
on_mailbox(void *self, const struct mailbox *m)
{
	size_t *room = self;

	CHECK(m->name.n + m->address.n <= *room);
	CHECK(!m->group_only || (m->name.n == 0 && m->address.n == 0));
}

static void
read_value(struct told *t, const struct header_field *f)
{
	struct buf unfolded, decoded;
	slice value = f->value;
	unsigned words;
	size_t room;
	nstime time;

	buf_init(&unfolded, value.n);
	buf_init(&decoded, value.n * 3 + 3);		/* a byte becomes three at most: U+FFFD */
	header_unfold(value, &unfolded);
	CHECK(!unfolded.full);
	words = word_decode(buf_slice(&unfolded), &decoded);
	CHECK(!decoded.full);
	CHECK(utf8_valid(buf_slice(&decoded)) || !utf8_valid(value));
	judge_field(t->judge, f, buf_slice(&decoded), words, 0);
	if (t->values) {
		room = 2 * unfolded.n;
		address_parse(buf_slice(&unfolded), on_mailbox, &room);
		if (date_parse(buf_slice(&unfolded), &time))
			CHECK(nstime_civil(time).year >= 1899 && nstime_civil(time).year <= 2262);
		judge_name(buf_slice(&decoded));
	}
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
	read_value(t, f);
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
	judge_line(t->judge, beginning, 0);
	buf_add(&t->fields, beginning);
}

static void
on_limit(void *self)
{
	struct told *t = self;

	judge_limit(t->judge, 0);
	buf_add(&t->fields, S("limit"));
}

static void
run(struct told *t, slice in, size_t step)
{
	struct header_user user = { .self = t, .field = on_field, .bytes = on_bytes, .no_field = on_no_field, .limit = on_limit };
	const struct judge_about about = { .top = true, .time = 0, .has_mail_from = true, .mail_from = S("a@b.c") };
	struct header_parser p;

	t->judge = judge_new(&(struct judge_user){ t, on_finding }, &about);
	buf_init(&t->fields, SIZE_MAX);
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
	judge_finish(t->judge, true);
	judge_free(&t->judge);
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
