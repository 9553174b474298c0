/*
 * mime_header.c - header fields: each case is fed whole, byte by byte, and cut
 * in two at every place, and must tell the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "dissectors/mime/header/header.h"

struct told {
	struct buf fields;	/* "name=value;", "!beginning of a line that is none;", "limit;" */
	struct buf header, body;
};

static void
told_field(void *self, const struct header_field *f)
{
	struct told *t = self;

	buf_add(&t->fields, f->name);
	buf_add(&t->fields, S("="));
	header_unfold(f->value, &t->fields);
	buf_add(&t->fields, f->truncated ? S("…;") : S(";"));
}

static void
told_bytes(void *self, slice bytes, bool in_header)
{
	struct told *t = self;

	if (in_header)
		assert_int_equal(t->body.n, 0);
	buf_add(in_header ? &t->header : &t->body, bytes);
}

static void
told_no_field(void *self, slice beginning)
{
	struct told *t = self;

	buf_add(&t->fields, S("!"));
	buf_add(&t->fields, beginning);
	buf_add(&t->fields, S(";"));
}

static void
told_limit(void *self)
{
	struct told *t = self;

	buf_add(&t->fields, S("limit;"));
}

static void
told_init(struct told *t)
{
	buf_init(&t->fields, 8 * MiB);
	buf_init(&t->header, 8 * MiB);
	buf_init(&t->body, 8 * MiB);
}

static void
told_fini(struct told *t)
{
	buf_fini(&t->fields);
	buf_fini(&t->header);
	buf_fini(&t->body);
}

static void
feed(struct header_parser *p, struct told *t, slice in)
{
	size_t n = header_feed(p, in);

	assert_true(n <= in.n);
	assert_true(n == in.n || p->done);
	buf_add(&t->body, slice_drop(in, n));
}

/* step: bytes a piece; 0: two pieces, cut at `cut`. */
static void
run(struct told *t, slice in, size_t step, size_t cut)
{
	struct header_user user = { .self = t, .field = told_field, .bytes = told_bytes, .no_field = told_no_field, .limit = told_limit };
	struct header_parser p;

	told_init(t);
	header_init(&p, &user);
	if (step == 0) {
		feed(&p, t, slice_take(in, cut));
		feed(&p, t, slice_drop(in, cut));
	}
	for (size_t i = 0; step > 0 && i < in.n; i += step)
		feed(&p, t, slice_take(slice_drop(in, i), step));
	header_finish(&p);
	header_fini(&p);
}

static void
assert_slice(slice got, slice want)
{
	if (!slice_eq(got, want))
		fail_msg("got \"%.*s\", want \"%.*s\"", (int)got.n, (const char *)got.p, (int)want.n, (const char *)want.p);
}

static void
check_run(slice in, size_t step, size_t cut, const char *fields, size_t header)
{
	struct told t;

	run(&t, in, step, cut);
	assert_slice(buf_slice(&t.fields), slice_of(fields));
	assert_slice(buf_slice(&t.header), slice_take(in, header));
	assert_slice(buf_slice(&t.body), slice_drop(in, header));
	told_fini(&t);
}

static const struct {
	const char *in, *fields;
	size_t header;			/* bytes of it */
} cases[] = {
	{ "", "", 0 },
	{ "A: 1\r\nB: 2\r\n\r\nbody\r\n", "A=1;B=2;", 14 },
	{ "A: 1\nB: 2\n\nbody\n", "A=1;B=2;", 11 },
	{ "\r\nbody", "", 2 },
	{ "\nbody", "", 1 },
	{ "A:1", "A=1;", 3 },
	{ "A:1\r\n", "A=1;", 5 },
	{ "A:\r\n\r\n", "A=;", 6 },
	{ "A: one\r\n two\r\n\tthree\r\nB: 2\r\n\r\nx", "A=one two\tthree;B=2;", 30 },
	{ "A:\r\n one\r\n \r\n\r\nx", "A=one;", 15 },
	{ "A: one\n two\r\nB:2\n\nx", "A=one two;B=2;", 18 },
	/* RFC 5322 4.5: blanks before the colon. */
	{ "Subject \t: x\r\n\r\n", "Subject=x;", 16 },
	/* A line that is no header begins the body, and the empty line behind it is not the header's. */
	{ "A: 1\r\nno header here\r\n\r\nx", "A=1;!no h;", 6 },
	{ "A: 1\r\nno-header", "A=1;", 6 },
	{ "A: 1\r\nno-header \t", "A=1;", 6 },
	{ "A: 1\r\nno-header\r\n", "A=1;!no-header\r;", 6 },
	{ "Hello,\r\nthis is text: yes\r\n", "!Hello,\r;", 0 },
	{ " leading blank\r\nA: 1\r\n\r\n", "! ;", 0 },
	{ "A: 1\r\n: 2\r\n\r\n", "A=1;!:;", 6 },
	{ "A: 1\r\nB\xc3\xa9: 2\r\n\r\n", "A=1;!B\xc3;", 6 },
	/* A lone CR is no empty line. */
	{ "A: 1\r\n\rB: 2\r\n\r\n", "A=1;!\rB;", 6 },
	{ "A: 1\r\n\r\r\n", "A=1;!\r\r;", 6 },
	{ "A: 1\r\n\r", "A=1;", 6 },
	{ "A: 1\rB: 2\r\n\r\n", "A=1\rB: 2;", 13 },
	/* The UNIX mailbox's first line. */
	{ "From alice@example.org Sat Nov 21 18:29:01 2026\r\nA: 1\r\n\r\nx", "A=1;", 57 },
	{ ">From alice Sat: Nov\nA: 1\n\nx", "A=1;", 27 },
	{ "From : alice@example.org\r\n\r\nx", "From=alice@example.org;", 28 },
	{ "A: 1\r\nFrom alice\r\n\r\nx", "A=1;!From a;", 6 },
	{ "From  \r\n\r\nx", "", 10 },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		slice in = slice_of(cases[i].in);

		check_run(in, in.n + 1, 0, cases[i].fields, cases[i].header);
		check_run(in, 1, 0, cases[i].fields, cases[i].header);
		for (size_t cut = 0; cut <= in.n; cut++)
			check_run(in, 0, cut, cases[i].fields, cases[i].header);
	}
}

static void
told_in_place(void *self, const struct header_field *f)
{
	*(struct header_field *)self = *f;
}

/* A field that lies whole in a piece is not copied, and its raw bytes are exact. */
static void
test_in_place(void **state)
{
	slice in = S("Subject : a\r\n b \r\nX:y\r\n\r\n");
	struct header_field f = { 0 };
	struct header_user user = { .self = &f, .field = told_in_place };
	struct header_parser p;

	(void)state;
	header_init(&p, &user);
	header_feed(&p, slice_take(in, 19));
	assert_ptr_equal(f.raw.p, in.p);
	assert_slice(f.raw, S("Subject : a\r\n b \r\n"));
	assert_slice(f.name, S("Subject"));
	assert_slice(f.value, S("a\r\n b"));
	header_fini(&p);
}

/* A name of n letters, with its colon, is a header or is not. */
static void
check_name(size_t n, bool header)
{
	struct buf in;
	struct told whole, cut;

	buf_init(&in, MiB);
	for (size_t i = 0; i < n; i++)
		buf_add_byte(&in, 'x');
	buf_add(&in, S(":1\r\n\r\n"));
	run(&whole, buf_slice(&in), in.n, 0);
	run(&cut, buf_slice(&in), 7, 0);
	assert_int_equal(whole.header.n, header ? in.n : 0);
	assert_slice(buf_slice(&cut.header), buf_slice(&whole.header));
	assert_slice(buf_slice(&cut.body), buf_slice(&whole.body));
	assert_slice(buf_slice(&cut.fields), buf_slice(&whole.fields));
	told_fini(&whole);
	told_fini(&cut);
	buf_fini(&in);
}

static void
test_name_limit(void **state)
{
	(void)state;
	check_name(LIMIT_HEADER_NAME, true);
	check_name(LIMIT_HEADER_NAME + 1, false);
}

static void
test_field_limit(void **state)
{
	(void)state;
	for (size_t step = 1000; step <= MiB; step *= 7) {
		struct buf in;
		struct told t;

		buf_init(&in, MiB);
		buf_add(&in, S("A:"));
		while (in.n < LIMIT_HEADER)
			buf_add_byte(&in, 'x');
		buf_add(&in, S("tail\r\nB:2\r\n\r\n"));
		run(&t, buf_slice(&in), step, 0);
		assert_int_equal(t.fields.n, LIMIT_HEADER + sizeof "…;" - 1 + 4);
		assert_slice(slice_drop(buf_slice(&t.fields), t.fields.n - 10), S("xx…;B=2;"));
		assert_int_equal(t.header.n, in.n);
		told_fini(&t);
		buf_fini(&in);
	}
}

static void
test_fields_limit(void **state)
{
	(void)state;
	struct buf in;
	struct told t;

	buf_init(&in, MiB);
	for (int i = 0; i < LIMIT_HEADERS + 5; i++)
		buf_add(&in, S("A:\r\n"));
	buf_add(&in, S("\r\nbody"));
	run(&t, buf_slice(&in), 999, 0);
	assert_int_equal(t.fields.n, 3 * LIMIT_HEADERS + strlen("limit;"));
	assert_slice(buf_slice(&t.body), S("body"));
	told_fini(&t);
	buf_fini(&in);
}

static void
test_bytes_limit(void **state)
{
	(void)state;
	struct told t;
	struct header_user user = { .self = &t, .field = told_field, .bytes = told_bytes };
	struct header_parser p;
	char line[1000];

	memset(line, 'x', sizeof line);
	memcpy(line, "A:", 2);
	memcpy(line + sizeof line - 2, "\r\n", 2);
	told_init(&t);
	header_init(&p, &user);
	for (int i = 0; i < 1100; i++)
		feed(&p, &t, (slice){ (uint8_t *)line, sizeof line });
	assert_true(p.limit_hit);
	assert_int_equal(p.fields, MiB / 1000);
	header_fini(&p);
	told_fini(&t);
}

static void
count_field(void *self, const struct header_field *f)
{
	unsigned *fields = self;

	*fields += f->truncated ? 1000 : 1;
}

/* `line` again and again, in pieces of a segment's size; not a field is copied that lies whole in its piece. */
static void
check_many(slice line, size_t total, unsigned fields)
{
	struct buf in;
	unsigned told = 0;
	struct header_user user = { .self = &told, .field = count_field };
	struct header_parser p;

	buf_init(&in, total + line.n + 4);
	buf_add(&in, S("A: 1\r\n"));
	while (in.n < total)
		buf_add(&in, line);
	buf_add(&in, S("\r\n\r\n"));
	header_init(&p, &user);
	for (slice rest = buf_slice(&in); rest.n > 0; rest = slice_drop(rest, 1460))
		header_feed(&p, slice_take(rest, 1460));
	assert_true(p.done);
	assert_int_equal(told, fields);
	header_fini(&p);
	buf_fini(&in);
}

static void
test_linear(void **state)
{
	enum { FIELD = 10 };
	clock_t begin = clock();

	(void)state;
	check_many(S("X: 123456\r\n"), 200000 * FIELD, LIMIT_HEADERS);
	check_many(S(" and so on\r\n"), 20 * MiB, 1000);
	check_many(S("\t"), 20 * MiB, 1000);
	check_many(S("X:\r\n"), 20 * MiB, LIMIT_HEADERS);
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 20);
}

/* Behind a gap, nothing is glued: the open field and the rest of the line are dropped. */
static void
check_gap(const char *before, const char *after, const char *fields, const char *body)
{
	struct told t;
	struct header_user user = { .self = &t, .field = told_field, .bytes = told_bytes, .no_field = told_no_field };
	struct header_parser p;

	told_init(&t);
	header_init(&p, &user);
	feed(&p, &t, slice_of(before));
	header_gap(&p);
	feed(&p, &t, slice_of(after));
	header_finish(&p);
	assert_slice(buf_slice(&t.fields), slice_of(fields));
	assert_slice(buf_slice(&t.body), slice_of(body));
	assert_int_equal(t.header.n + t.body.n, strlen(before) + strlen(after));
	header_fini(&p);
	told_fini(&t);
}

static void
test_gap(void **state)
{
	(void)state;
	check_gap("A: 1\r\nB: 2", "3\r\n 4\r\nC: 5\r\n\r\nx", "A=1;C=5;", "x");
	check_gap("A: 1\r\nSub", "ject: 2\r\nC: 5\r\n\r\nx", "A=1;C=5;", "x");
	check_gap("A: 1\r\nB: 2\r\n", "x\r\n\r\nbody", "A=1;", "body");
	check_gap("A: 1\r\n\r\n", "B: 2\r\n", "A=1;", "B: 2\r\n");
}

static void
test_unfold(void **state)
{
	static const char *const table[][2] = {
		{ "", "" }, { "a", "a" }, { "a\r\n b", "a b" }, { "a\n\tb", "a\tb" }, { "a\r\nb", "a\r\nb" },
		{ "a\r\n", "a\r\n" }, { "\r\n a\r\n \r\n b", " a  b" }, { "a\rb\n c", "a\rb c" }, { "\n \n ", "  " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buf out;

		buf_init(&out, KiB);
		header_unfold(slice_of(table[i][0]), &out);
		assert_slice(buf_slice(&out), slice_of(table[i][1]));
		buf_fini(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_name_limit),
		cmocka_unit_test(test_field_limit),
		cmocka_unit_test(test_fields_limit),
		cmocka_unit_test(test_bytes_limit),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_unfold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
