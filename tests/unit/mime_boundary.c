/*
 * mime_boundary.c - where delimiter lines cut content: tables of content and what comes of it, each fed whole and cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/limits.h"
#include "dissectors/mime/boundary.h"

struct told {
	struct boundary b;
	struct buf text;
	size_t pieces;
};

static void
say_bytes(void *self, slice s, uint64_t offset)
{
	struct told *t = self;

	(void)offset;
	t->pieces++;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\r')
			buf_add(&t->text, S("\\r"));
		else if (s.p[i] == '\n')
			buf_add(&t->text, S("\\n"));
		else
			buf_add_byte(&t->text, s.p[i]);
}

/* A header ends at its empty line, or before a line without colon. */
static bool
say_line(void *self, slice s, uint64_t offset)
{
	struct told *t = self;
	size_t colon;
	bool more = t->b.inside || slice_find(s, ':', &colon);

	if (!more)
		boundary_content(&t->b);
	more |= slice_chomp(s).n == 0;
	if (more)
		say_bytes(t, s, offset);
	return more;
}

static void
say_delimiter(void *self, size_t which, bool close, slice line, uint64_t offset)
{
	struct told *t = self;

	buf_printf(&t->text, "[%.*s%s@%u]", (int)boundary_text(&t->b, which).n, (const char *)boundary_text(&t->b, which).p,
	    close ? " close" : "", (unsigned)offset);
	assert_true(line.n >= 2);
	boundary_pop(&t->b, which + !close);
	if (!close && which == 2)
		boundary_lines(&t->b);
}

static void
say_near(void *self, size_t which, slice line, uint64_t offset)
{
	struct told *t = self;

	(void)line;
	buf_printf(&t->text, "{near %zu@%u}", which, (unsigned)offset);
}

static void
feed(struct told *t, slice in, size_t cut, bool lines, size_t gap)
{
	static const char *const open[] = { "a", "ab", "b c" };
	struct boundary_user user = { t, say_bytes, say_line, say_delimiter, say_near };
	size_t at = 0;

	boundary_init(&t->b, &user);
	for (size_t i = 0; i < 3; i++)
		boundary_push(&t->b, slice_of(open[i]));
	buf_init(&t->text, MiB);
	t->pieces = 0;
	if (lines)
		boundary_lines(&t->b);
	while (at < in.n) {
		size_t n = cut == 0 ? in.n - at : cut == SIZE_MAX ? 1 + (size_t)rand() % 40 : cut;
		slice piece;
		uint8_t *copy;

		if (gap > at)
			n = n < gap - at ? n : gap - at;
		piece = slice_take(slice_drop(in, at), n);
		copy = malloc(piece.n);		/* reading beyond it is caught */
		memcpy(copy, piece.p, piece.n);
		boundary_feed(&t->b, (slice){ copy, piece.n }, at);
		free(copy);
		at += piece.n;
		if (at == gap)
			boundary_gap(&t->b);
	}
	boundary_finish(&t->b);
	boundary_fini(&t->b);
}

static void
check(slice in, const char *want, bool lines, size_t gap)
{
	static const size_t cuts[] = { 0, 1, 2, 3, 7, 16, 17, 18, 19, SIZE_MAX, SIZE_MAX, SIZE_MAX };

	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		struct told t;

		feed(&t, in, cuts[i], lines, gap);
		if (!slice_eq(buf_slice(&t.text), slice_of(want)))
			fail_msg("cut %zd of \"%.*s\":\n  want %s\n  told %.*s", (ssize_t)cuts[i], (int)in.n, (const char *)in.p, want,
			    (int)t.text.n, (const char *)t.text.p);
		buf_fini(&t.text);
	}
}

static void
cuts_content(void **state)
{
	static const struct { const char *in, *want; } rows[] = {
		{ "", "" },
		{ "x", "x" },
		{ "x\r\n", "x\\r\\n" },
		{ "--a\r\nx\r\n--a\r\ny\r\n--a--\r\nz\r\n", "[a@0]x[a@8]y[a close@16]z\\r\\n" },
		{ "--a\nx\n--a\ny\n--a--\nz", "[a@0]x[a@6]y[a close@12]z" },
		{ "\r\n--a\r\n\r\n--a\r\n--a--", "[a@2][a@9][a close@14]" },
		{ "x\r\n\r\n--b c\r\n\r\n", "x\\r\\n[b c@5]\\r\\n" },
		/* Whole lines: what begins another is none. */
		{ "x\r\n--abc\r\ny", "x{near 1@3}\\r\\n--abc\\r\\ny" },
		{ "x\r\n--ab\r\ny\r\n--a\r\nz", "x[ab@3]y[a@12]z" },
		{ "x\r\n--ab--\r\n--a--\r\nz", "x[ab close@3][a close@11]z" },
		{ "x\r\n--b\r\ny", "x\\r\\n--b\\r\\ny" },
		{ "x\r\n---a\r\n-- a\r\n --a\r\n--\r\n-\r\n", "x\\r\\n---a\\r\\n-- a\\r\\n --a\\r\\n--\\r\\n-\\r\\n" },
		{ "x--a\r\n", "x--a\\r\\n" },
		/* Blanks behind it are padding; the end may stand for the line end. */
		{ "x\r\n--a \t \r\ny\n--a-- \n", "x[a@3]y[a close@13]" },
		{ "x\r\n--a", "x[a@3]" },
		{ "x\r\n--a--", "x[a close@3]" },
		{ "x\r\n--a-", "x{near 0@3}\\r\\n--a-" },
		{ "x\r\n--a -- \r\ny", "x{near 0@3}\\r\\n--a -- \\r\\ny" },
		{ "x\r\n--a--y\r\n", "x{near 0@3}\\r\\n--a--y\\r\\n" },
		/* Only the last line end is the delimiter's; a lone CR is content. */
		{ "x\r\r\n--a\r\ny", "x\\r[a@4]y" },
		{ "x\r--a\r\ny", "x\\r--a\\r\\ny" },
		{ "x\n\r\n--a\ny", "x\\n[a@4]y" },
		{ "\r\r\r\n\r\n\n\r\n", "\\r\\r\\r\\n\\r\\n\\n\\r\\n" },
		{ "a long line before it, so that vectors are in use\r\n--a\r\nand another one, of more than sixteen bytes\r\n-",
		  "a long line before it, so that vectors are in use[a@51]and another one, of more than sixteen bytes\\r\\n-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(slice_of(rows[i].in), rows[i].want, false, 0);
}

static void
reads_headers(void **state)
{
	static const struct { const char *in, *want; } rows[] = {
		{ "N: v\r\n--a\r\n", "N: v\\r\\n[a@6]" },
		{ "N: v\r\n\r\n--a\r\n", "N: v\\r\\n\\r\\n[a@8]" },
		{ "N: v\r\n--a", "N: v\\r\\n[a@6]" },
		/* A line that is no header begins content, and may be a delimiter there. */
		{ "N: v\r\ncontent\r\n--a\r\nx", "N: v\\r\\ncontent[a@15]x" },
		{ "N: v\r\n--x\r\n--ab\r\nx", "N: v\\r\\n--x[ab@11]x" },
		{ "--b c\r\nN: v\r\n--b c\r\nx\r\n--b c\r\n", "[b c@0]N: v\\r\\n[b c@13]x[b c@23]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(slice_of(rows[i].in), rows[i].want, true, 0);
}

/* A line is not glued over a gap, but one behind it may be a delimiter. */
static void
goes_on_behind_a_gap(void **state)
{
	(void)state;
	check(S("x\r\n--a\r\ny"), "x\\r\\n--a\\r\\ny", false, 5);
	check(S("x\r\n--a\r\ny"), "x\\r\\n[a@3]y", false, 3);
	check(S("N: v\r\n--a\r\ny"), "N: v\\r\\n[a@6]y", true, 6);
}

/* Content goes out in large pieces, whatever stands in it; the search is linear, and what is held is bounded. */
static void
gives_large_slices(void **state)
{
	struct buf in;
	struct told t;

	(void)state;
	buf_init(&in, 4 * MiB);
	for (int i = 0; i < 10000; i++)
		buf_text(&in, i % 2 ? "--abcdefgh nearly, but not quite one of them\r\n" : "ordinary\r\n");
	buf_text(&in, "--a\r\n--");
	for (size_t i = 0; i < 3 * LIMIT_DELIMITER; i++)
		buf_add_byte(&in, ' ');
	buf_text(&in, "\r\n--a--\r\n");
	feed(&t, buf_slice(&in), 0, false, 0);
	assert_true(t.pieces == 3);
	buf_fini(&t.text);
	feed(&t, buf_slice(&in), 1460, false, 0);
	assert_true(t.pieces < 4 * in.n / 1460);
	buf_fini(&t.text);
	buf_fini(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_content),
		cmocka_unit_test(reads_headers),
		cmocka_unit_test(goes_on_behind_a_gap),
		cmocka_unit_test(gives_large_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
