/*
 * fuzz_received.c - trace fields of any bytes. Everything that is told lies in
 * the field; an address is one; and the clauses, written as RFC 5321 says, are
 * read back the same.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/net.h"
#include "dissectors/mime/header/received.h"

static void
check_inside(slice whole, slice s)
{
	uintptr_t at = (uintptr_t)s.p, first = (uintptr_t)whole.p;

	CHECK(s.n == 0 || (at >= first && at + s.n <= first + whole.n));
}

static bool
is_name(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-')
			return false;
	}
	return s.n > 2;
}

static bool
is_keyword(slice s)
{
	static const char *const words[] = { "from", "by", "via", "with", "id", "for", "tls" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (slice_ieq(s, slice_of(words[i])))
			return true;
	}
	return false;
}

static void
check_written(const struct received *r)
{
	struct received again;
	struct buf out;

	if (!is_name(r->from) || !is_name(r->by) || !is_name(r->id) || is_keyword(r->from) || is_keyword(r->by) || is_keyword(r->id))
		return;
	buf_init(&out, SIZE_MAX);
	buf_text(&out, "from ");
	buf_add(&out, r->from);
	if (r->from_ip.n > 0) {
		buf_text(&out, " ([");
		buf_add(&out, r->from_ip);
		buf_text(&out, "])");
	}
	buf_text(&out, " by ");
	buf_add(&out, r->by);
	buf_text(&out, " (x) id ");
	buf_add(&out, r->id);
	CHECK(received_parse(buf_slice(&out), &again));
	CHECK(slice_eq(again.from, r->from) && slice_eq(again.by, r->by) && slice_eq(again.id, r->id));
	CHECK(r->from_ip.n == 0 || slice_eq(again.from_ip, r->from_ip));
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice in = { data, size };
	struct received r;
	struct addr a;
	bool good = received_parse(in, &r);
	const slice all[] = { r.from, r.from_host, r.from_ip, r.by, r.via, r.with, r.id, r.for_ };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		check_inside(in, all[i]);
		CHECK(good || all[i].n == 0);
	}
	CHECK(r.from_ip.n == 0 || addr_parse(r.from_ip, &a));
	CHECK(good || r.time == NSTIME_NONE);
	check_written(&r);
	return 0;
}
