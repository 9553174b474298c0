/* Files that stand in text: what was found, written down as one text, is the same however the input is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "dissectors/mime/encoding/embedded.h"

#define GAP "\1GAP\1"

static void
on_begin(void *self, enum cte kind, slice name)
{
	static const char *const kinds[] = { "none", "base64", "qp", "uu", "yenc", "unknown" };

	buf_printf(self, "%s(%.*s):", kinds[kind], (int)name.n, (const char *)name.p);
}

static void
on_bytes(void *self, slice bytes)
{
	buf_add(self, bytes);
}

static void
on_end(void *self, bool whole, const struct cte_told *told)
{
	buf_printf(self, "/%s", whole ? "whole" : "part");
	if (told->bad_lines > 0)
		buf_printf(self, " %u bad", (unsigned)told->bad_lines);
	buf_text(self, ";");
}

static slice
up_to_gap(slice in, bool *gap_r)
{
	size_t n = 0;

	while (n < in.n && !slice_starts(slice_drop(in, n), S(GAP)))
		n++;
	*gap_r = n < in.n;
	return slice_take(in, n);
}

static void
look(slice in, size_t step, struct buf *found)
{
	struct embedded *e = embedded_new(&(struct embedded_user){ found, on_begin, on_bytes, on_end });
	bool gap;

	do {
		slice piece = up_to_gap(in, &gap);

		in = slice_drop(in, piece.n + sizeof GAP - 1);
		for (; piece.n > 0; piece = slice_drop(piece, step))
			embedded_feed(e, slice_take(piece, step));
		if (gap)
			embedded_gap(e, 100);
	} while (gap);
	embedded_finish(e);
	assert_true(embedded_memory(e) < 8192);
	embedded_free(&e);
	assert_null(e);
}

static void
holds(const char *text, const char *files)
{
	for (size_t step = 1; step <= strlen(text) + 1; step++) {
		struct buf found;

		buf_init(&found, SIZE_MAX / 2);
		look(slice_of(text), step, &found);
		buf_add_byte(&found, '\0');
		assert_string_equal(found.p, files);
		buf_fini(&found);
	}
}

static void
nothing(void **state)
{
	(void)state;
	holds("", "");
	holds("text\nbegin\nbegin 1 year ago\nbegin 644\nbegin 644 \nbegin 999 x\n#0V%T\nend\n", "");
	holds("begin 644 a file which is\nnothing but words\n", "");
	holds(" begin 644 x\n#0V%T\n`\nend\n", "");
	holds("begin 644 x", "");
	holds("(This file must be converted with love)\r\nwords:\r\n", "");
	holds("=ybegin line=128 size=3\n", "");
}

static void
uuencode(void **state)
{
	(void)state;
	holds("Hello,\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n", "uu(cat.txt):Cat/whole;");
	holds("begin 644 a b.txt \n#0V%T\n#0V%T\n \nend", "uu(a b.txt):CatCat/whole;");
	holds("begin 644 one\n#0V%T\n`\nend\ntext\nbegin 600 two\n#0V%T\n`\nend\n", "uu(one):Cat/whole;uu(two):Cat/whole;");
	holds("begin 644 no\nbegin 644 yes\n#0V%T\n`\nend\n", "uu(yes):Cat/whole;");
	holds("begin 644 x\n#0V%T\nand no more of it\nbegin 644 y\n#0V%T\nend\n", "uu(x):Cat/part;uu(y):Cat/whole;");
	holds("begin 644 x\n#0V%T\nbegin 644 y\n#0V%T\nend\n", "uu(x):Cat/part;uu(y):Cat/whole;");
	holds("begin 644 x\n#0V%T\n", "uu(x):Cat/part;");
	holds("begin 644 x\n#0V%T", "uu(x):Cat/part;");
	holds("begin 644 x\n#0V%\n\nend\n", "uu(x):Ca@/whole 1 bad;");
	holds("begin 644 \xc3\xa9\n`\nend\n", "uu(\xc3\xa9):/whole;");
}

static void
yenc(void **state)
{
	(void)state;
	holds("text\r\n=ybegin line=128 size=3 name=a b.bin \r\n\x6d\x8b\x9e\r\n=yend size=3\r\nbegin 644 x\n#0V%T\nend\n",
	    "yenc(a b.bin):Cat/whole;uu(x):Cat/whole;");
	holds("=ybegin line=128 size=3 name=x\n\x6d\x8b", "yenc(x):Ca/part;");
	holds("=ybegin line=128 size=3 name=x\n\x6d\x8b\x9e\n=yend size=3", "yenc(x):Cat/whole;");
	holds("=ybegin line=128 size=3 name=x\n\x6d\x8b\n=yend size=3", "yenc(x):Ca/whole 1 bad;");
}

static void
binhex(void **state)
{
	(void)state;
	/* 04 "test" 00 "TEXT" … */
	holds("(This file must be converted with BinHex 4.0)\r\n\r\n:\"(4PFh3!9%9B9#\"3!*!(%\r\nabc!:\r\n", "unknown(test):/whole;");
	holds("(This file must be converted with BinHex 4.0)\n:\"(4PFh3!9%:\ntext\n", "unknown(test):/whole;");
	holds("(This file must be converted with BinHex 4.0)\n:\"(4PFh3!9%\n", "unknown(test):/part;");
	holds("(This file must be converted with BinHex 4.0)\n:\n:\n", "unknown():/whole;");
}

static void
gaps(void **state)
{
	(void)state;
	holds("begin 644 x\n#0V%T\n#0V" GAP "%T\n#0V%T\n`\nend\n", "uu(x):CatCat/part;");
	holds("begin 644 x\n" GAP "%T\n#0V%T\n`\nend\nbegin 644 y\n#0V%T\nend\n", "uu(x):Cat/part;uu(y):Cat/whole;");
	holds("begin 644 x\n" GAP "%T\nwords\n", "");
	holds("be" GAP "gin 644 x\n#0V%T\nend\n", "");
	holds("=ybegin line=128 size=3 name=x\n\x6d\n\x8b" GAP "\x8b\n\x9e\n=yend size=9\n", "yenc(x):Cat/part;");
	holds("(This file must be converted with BinHex 4.0)\n:\"(4PFh3!9%\n" GAP "abc:\nabc:\n", "unknown(test):/part;");
}

/* A name longer than what is held, and lines without end. */
static void
long_lines(void **state)
{
	struct buf text, a, b;

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		buf_init(&text, SIZE_MAX / 2);
		buf_init(&a, SIZE_MAX / 2);
		buf_init(&b, SIZE_MAX / 2);
		buf_text(&text, kind == 0 ? "begin 644 " : kind == 1 ? "=ybegin line=1 size=3 name=" : "b");
		for (int i = 0; i < 5000; i++)
			buf_add_byte(&text, 'x');
		buf_text(&text, "\n#0V%T\nend\n");
		look(buf_slice(&text), 7, &a);
		look(buf_slice(&text), text.n, &b);
		assert_int_equal(a.n, b.n);
		if (a.n > 0)
			assert_memory_equal(a.p, b.p, a.n);
		assert_true(kind == 2 ? a.n == 0 : a.n > 1000 && a.n < 1100);
		buf_fini(&text);
		buf_fini(&a);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(uuencode),
		cmocka_unit_test(yenc),
		cmocka_unit_test(binhex),
		cmocka_unit_test(gaps),
		cmocka_unit_test(long_lines)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
