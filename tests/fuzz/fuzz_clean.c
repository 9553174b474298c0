/*
 * The sanitizer on any bytes. Oracles: what goes out is valid UTF-8 without
 * control bytes and comes through a second time unchanged, whatever the bound
 * of the buffer; writing and scanning find the same; widths agree.
 */
#include <string.h>

#include "base/clean.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_printable(slice s)
{
	CHECK(utf8_valid(s));
	CHECK(clean_scan(s) == 0);
	for (size_t i = 0; i < s.n; i++)
		CHECK(s.p[i] >= 0x20 && s.p[i] != 0x7f);
}

static void
check_how(slice in, enum clean_how how, size_t max)
{
	struct buf out;

	buf_init(&out, max);
	CHECK(clean_add(&out, in, how) == clean_scan(in));
	check_printable(buf_slice(&out));
	if (how == CLEAN_WORD)
		CHECK(memchr(out.p ? out.p : (const uint8_t *)"", ' ', out.n) == NULL);
	buf_fini(&out);
}

static void
check_twice(slice in)
{
	struct buf once, twice;

	buf_init(&once, SIZE_MAX / 2);
	buf_init(&twice, SIZE_MAX / 2);
	clean_add(&once, in, CLEAN_TERMINAL);
	clean_add(&twice, buf_slice(&once), CLEAN_TERMINAL);
	CHECK(slice_eq(buf_slice(&once), buf_slice(&twice)));
	CHECK(clean_width(in) == clean_width(buf_slice(&once)));
	buf_fini(&once);
	buf_fini(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	slice in = { p, n };

	for (enum clean_how how = CLEAN_TERMINAL; how <= CLEAN_WORD; how++) {
		check_how(in, how, SIZE_MAX / 2);
		check_how(in, how, n / 2);
	}
	check_twice(in);
	CHECK(utf8_valid(in) == !(clean_scan(in) & CLEANED_INVALID));
	return 0;
}
