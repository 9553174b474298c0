/*
 * lines.c - lines from pieces: each text is fed whole and in pieces of every
 * size, and must give the same lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/lines.h"

enum { LONGEST = 8 };

/* "text end(2, L or 0) offset+length flags;" */
static void
write_line(struct buf *b, const struct line *l)
{
	buf_add(b, S("["));
	buf_add(b, l->text);
	buf_printf(b, "]%s %u+%u%s%s%s%s;", l->end == 2 ? "crlf" : l->end == '\n' ? "lf" : "-", (unsigned)l->offset,
	    (unsigned)l->length, l->truncated ? " cut" : "", l->bare_cr ? " cr" : "", l->eight_bit ? " 8" : "", l->control ? " ctl" : "");
}

static void
feed(struct lines *l, slice in, uint64_t offset, size_t piece, struct buf *out)
{
	while (in.n > 0) {
		slice head = slice_take(in, piece);
		uint8_t *copy = malloc(head.n);
		slice rest = { copy, head.n };

		memcpy(copy, head.p, head.n);
		while (rest.n > 0) {
			struct line line;
			bool got;
			size_t n = lines_feed(l, rest, offset, &line, &got);

			assert_true(n > 0);
			if (got)
				write_line(out, &line);
			rest = slice_drop(rest, n);
			offset += n;
		}
		free(copy);
		in = slice_drop(in, head.n);
	}
}

static void
check(slice in, const char *expected)
{
	for (size_t piece = 1; piece <= in.n + 1; piece++) {
		struct lines l;
		struct line line;
		struct buf out;

		lines_init(&l, LONGEST);
		buf_init(&out, 4096);
		feed(&l, in, 100, piece, &out);
		if (lines_break(&l, false, &line))
			write_line(&out, &line);
		buf_add_byte(&out, 0);
		assert_string_equal((char *)out.p, expected);
		buf_fini(&out);
		lines_fini(&l);
	}
}

static void
finds_ends(void **state)
{
	(void)state;
	check(S("a\r\nb\nc"), "[a]crlf 100+3;[b]lf 103+2;[c]- 105+1 cut;");
	check(S("\r\n\n"), "[]crlf 100+2;[]lf 102+1;");
	check(S("a\rb\r\r\n"), "[a\rb\r]crlf 100+6 cr ctl;");
	check(S("\t\xe4\x01\n"), "[\t\xe4\x01]lf 100+4 8 ctl;");
}

static void
cuts_what_is_too_long(void **state)
{
	(void)state;
	check(S("123456\r\n"), "[123456]crlf 100+8;");
	check(S("1234567\r\n"), "[1234567]crlf 100+9 cut;");
	check(S("12345678\r\nx\n"), "[12345678]crlf 100+10 cut;[x]lf 110+2;");
	check(S("123456789abc\nx\n"), "[12345678]lf 100+13 cut;[x]lf 113+2;");
}

static void
skips_behind_a_gap(void **state)
{
	struct lines l;
	struct line line;
	struct buf out;

	(void)state;
	lines_init(&l, LONGEST);
	buf_init(&out, 4096);
	feed(&l, S("ab"), 0, 9, &out);
	assert_true(lines_pending(&l));
	assert_true(lines_break(&l, true, &line));
	write_line(&out, &line);
	assert_false(lines_break(&l, true, &line));
	feed(&l, S("rest\r\nnext\r\n"), 50, 3, &out);
	lines_break(&l, true, &line);
	lines_resume(&l);
	feed(&l, S("whole\r\n"), 70, 3, &out);
	buf_add_byte(&out, 0);
	assert_string_equal((char *)out.p, "[ab]- 0+2 cut;[next]crlf 56+6;[whole]crlf 70+7;");
	buf_fini(&out);
	lines_fini(&l);
}

static void
forgets_secrets(void **state)
{
	struct lines l;
	struct buf out;

	(void)state;
	lines_init(&l, LONGEST);
	buf_init(&out, 4096);
	feed(&l, S("secret\n"), 0, 1, &out);
	lines_wipe(&l);
	for (size_t i = 0; i < l.partial.cap; i++)
		assert_int_equal(l.partial.p[i], 0);
	buf_fini(&out);
	lines_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_ends),
		cmocka_unit_test(cuts_what_is_too_long),
		cmocka_unit_test(skips_behind_a_gap),
		cmocka_unit_test(forgets_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
