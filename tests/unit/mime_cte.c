/* Transfer encodings: tables, every cut, gaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/inflate.h"
#include "dissectors/mime/encoding/cte.h"

#define GAP "\1GAP\1"			/* stands in a text for a gap */

struct decoded { struct buf bytes; struct cte_told told; };

static void
take(void *self, slice s)
{
	buf_add(self, s);
}

static slice
up_to_gap(slice in, bool *gap_r)
{
	for (size_t i = 0; i < in.n; i++)
		if (slice_starts(slice_drop(in, i), S(GAP))) {
			*gap_r = true;
			return slice_take(in, i);
		}
	*gap_r = false;
	return in;
}

static void
feed_cut(struct cte_stream *c, slice in, size_t step)
{
	for (; in.n > 0; in = slice_drop(in, step)) {
		slice piece = slice_take(in, step);
		uint8_t *alone = malloc(piece.n);		/* so that a sanitizer sees what is read beside it */

		memcpy(alone, piece.p, piece.n);
		cte_feed(c, (slice){ alone, piece.n });
		free(alone);
	}
}

static void
decode(enum cte kind, slice in, size_t step, struct decoded *d)
{
	struct cte_stream c;
	bool gap;

	buf_init(&d->bytes, SIZE_MAX / 2);
	cte_init(&c, kind, &(struct cte_user){ &d->bytes, take });
	do {
		slice piece = up_to_gap(in, &gap);

		feed_cut(&c, piece, step);
		if (gap)
			cte_gap(&c, 100);
		in = slice_drop(in, piece.n + sizeof GAP - 1);
	} while (gap);
	cte_finish(&c);
	d->told = c.told;
}

static void
assert_same(const struct decoded *a, const struct decoded *b)
{
	assert_int_equal(a->bytes.n, b->bytes.n);
	if (a->bytes.n > 0)
		assert_memory_equal(a->bytes.p, b->bytes.p, a->bytes.n);
	assert_int_equal(a->told.junk, b->told.junk);
	assert_int_equal(a->told.padding_inside, b->told.padding_inside);
	assert_int_equal(a->told.odd_tail, b->told.odd_tail);
	assert_int_equal(a->told.bad_escapes, b->told.bad_escapes);
	assert_int_equal(a->told.bad_lines, b->told.bad_lines);
	assert_int_equal(a->told.skipped, b->told.skipped);
	assert_int_equal(a->told.no_end, b->told.no_end);
}

/* `in` is `out`, and `told` was told of it, however it is cut. */
static void
decodes(enum cte kind, slice in, slice out, struct cte_told told)
{
	struct decoded want = { .told = told };

	buf_init(&want.bytes, SIZE_MAX / 2);
	buf_add(&want.bytes, out);
	for (size_t step = 1; step <= in.n + 1; step++) {
		struct decoded got;

		decode(kind, in, step, &got);
		assert_same(&got, &want);
		buf_fini(&got.bytes);
	}
	buf_fini(&want.bytes);
}

struct row { slice in, out; struct cte_told told; };
#define R(in, out, ...)  { SLICE(in), SLICE(out), { __VA_ARGS__ } }

static void
decode_rows(enum cte kind, const struct row *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		decodes(kind, r[i].in, r[i].out, r[i].told);
}
#define decode_table(kind, t)  decode_rows(kind, t, sizeof t / sizeof *t)

static void
names(void **state)
{
	static const struct { const char *name; enum cte kind; } t[] = {
		{ "", CTE_NONE }, { "7bit", CTE_NONE }, { "8BIT", CTE_NONE }, { "Binary", CTE_NONE }, { " \t", CTE_NONE },
		{ "base64", CTE_BASE64 }, { "BASE64 ", CTE_BASE64 }, { "base64;", CTE_BASE64 }, { "\"base64\"", CTE_BASE64 },
		{ "base64 junk", CTE_BASE64 }, { "(c (nested) \\) c) Base64(c)", CTE_BASE64 }, { "\r\n base64", CTE_BASE64 },
		{ "quoted-printable", CTE_QP }, { "Quoted-Printable; x=y", CTE_QP }, { "x-uuencode", CTE_UU }, { "UUE", CTE_UU },
		{ "X-yEnc", CTE_YENC }, { "base-64", CTE_UNKNOWN }, { "base640", CTE_UNKNOWN }, { "mac-binhex40", CTE_UNKNOWN },
		{ "(unclosed", CTE_NONE }, { ";", CTE_UNKNOWN }, { "base64\0", CTE_BASE64 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_int_equal(cte_find(slice_of(t[i].name)), t[i].kind);
	assert_true(slice_eq(cte_name(S(" (c) \"Base64\"; x=y")), S("Base64")));
	assert_true(slice_eq(cte_name(S("x-foo bar")), S("x-foo")));
	assert_true(slice_eq(cte_name(S(" ;junk ")), S(";junk")));
	assert_int_equal(cte_name(S(" (only)")).n, 0);
}

static void
identity(void **state)
{
	(void)state;
	decodes(CTE_NONE, S("a=41 \r\nQUJD"), S("a=41 \r\nQUJD"), (struct cte_told){ 0 });
	decodes(CTE_UNKNOWN, S("a=41 " GAP "\r\nQUJD"), S("a=41 \r\nQUJD"), (struct cte_told){ 0 });
}

#define A25  "AAAAAAAAAAAAAAAAAAAAAAAAA"

static void
base64(void **state)
{
	static const struct row t[] = {
		R("", "", 0), R("\r\n\r\n", "", 0),
		R("Zm9v", "foo", 0), R("Zm9vYg==", "foob", 0), R("Zm9vYmE=\r\n", "fooba", 0), R("Zm9v\nYmFy\n", "foobar", 0),
		R("Z\r\nm\n9 v\tYmF\r\ny", "foobar", 0),				/* groups over line ends, blanks */
		R("Zm9v!YmFy\0", "foobar", .junk = 2), R("Zm-9v_", "foo", .junk = 2),
		R("Zm9v=", "foo", .junk = 1), R("====", "", .junk = 4), R("Zg===", "f", .junk = 1),
		R("Zg==Zm8=", "ffo", .padding_inside = 1), R("Zg==\r\nZm9v\r\nZg==", "ffoof", .padding_inside = 1),
		R("Zm8=Zm9vZg==Zg==", "fofooff", .padding_inside = 2),
		R("Zm9vZg", "foof", .odd_tail = 1), R("Zm9vZm8", "foofo", .odd_tail = 1), R("Zm9vZ", "foo", .odd_tail = 1),
		R("Zg=", "f", .odd_tail = 1), R("Zg=Zm9v", "ffoo", .padding_inside = 1), R("Z===Zm9v", "foo", .odd_tail = 1, .padding_inside = 1),
		R("Zg==\r\n--boundary---\r\nZm9v\r\n", "f", .junk = 17), R("Zg==\nRegards\n", "f", .junk = 7), R("Zg==\nZm9v Zm9v\n", "f", .junk = 8),
		R("Zg== \r\n \t\r\n\n", "f", 0), R("Zg==Zm9v \r\nYmFy", "ffoobar", .padding_inside = 1), R("Zg==Zm9\nYmFy", "f", .junk = 7),
		R("Zg==\n!\n", "f", .junk = 1), R("Zg=\n=\nZm9v", "ffoo", .padding_inside = 1), R("Zg=!", "f", .junk = 1, .odd_tail = 1),
		R("Zg==" A25 A25 A25 A25 "AAAAAAAAAAAAAAAAAAAAA\nZm9v", "f", .junk = 125),
		R("Z=", "", .odd_tail = 2), R("Zm9v\r", "foo", 0), R("Zm9v\rYmFy", "foobar", 0)
	};

	(void)state;
	decode_table(CTE_BASE64, t);
}

static void
base64_gaps(void **state)
{
	static const struct row t[] = {
		/* Whatever is left of a line, its end is the end of a group. */
		R("Zm9v" GAP "Zm9v\r\nYmFy\r\n", "foofoobar", 0), R("Zm9vYm" GAP "9v\r\nYmFy", "foobar", .skipped = 4),
		R("Zm9v" GAP "m9v\r\nYmFy", "foobar", .skipped = 3), R("Zm9v" GAP "AZm9v\nYmFy", "foofoobar", .skipped = 1),
		R("Zm9v\r\n" GAP "\r\nYmFy", "foobar", 0), R("Zm9v\r" GAP "\nYmFy", "foobar", 0), R(GAP "vZg==", "f", .skipped = 1),
		R(GAP "9v", "", .skipped = 2), R("Zm9v" GAP, "foo", 0), R("Zm9vZ" GAP, "foo", .skipped = 1), R(GAP "Zm9vY" GAP "Zm9v", "foo", .skipped = 5),
		R("Zg=" GAP "Zm9v", "ffoo", 0), R("Zg==\n!" GAP "\nZm9v", "f", .junk = 5), R("Zg==Z" GAP "\nZm9v", "ffoo", .skipped = 1),
		R("Zm9v" GAP "Zg==Zm9v\nYmFy", "foof" "foobar", .padding_inside = 1), R("Zm9v" GAP "Zg==\n!\nYmFy", "foof", .junk = 5),
		/* Groups that span lines leave nothing to go by. */
		R("Zm9vY\r\nmFy\r\n" GAP "Zm9v\r\n", "foobar", .skipped = 6), R("Zm9vY\r\nmFy\r\n", "foobar", 0),
		/* A line that is too long to be held. */
		R("Zm9v" GAP A25 A25 A25 A25 A25 "\r\nYmFy", "foobar", .skipped = 127)
	};

	(void)state;
	decode_table(CTE_BASE64, t);
}

/* A real part: lines of 76, cut where packets would, and with a piece missing at every place. */
static void
base64_part(void **state)
{
	enum { SIZE = 2000 };
	static const size_t steps[] = { 1, 3, 31, 32, 33, 77, 78, 79, 512, 1448, SIZE * 2 };
	uint8_t plain[SIZE];
	char coded[BASE64_SIZE(SIZE)];
	struct buf text;
	struct decoded d;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		plain[i] = (uint8_t)(i * i >> 3);
	size_t n = base64_encode((slice){ plain, SIZE }, coded);
	buf_init(&text, SIZE_MAX / 2);
	for (size_t at = 0; at < n; at += 76)
		buf_printf(&text, "%.76s\r\n", coded + at);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		decode(CTE_BASE64, buf_slice(&text), steps[i], &d);
		assert_int_equal(d.bytes.n, SIZE);
		assert_memory_equal(d.bytes.p, plain, SIZE);
		assert_int_equal(d.told.junk + d.told.padding_inside + d.told.odd_tail, 0);
		buf_fini(&d.bytes);
	}
	for (size_t from = 0; from < 200; from++)
		for (size_t length = 1; length < 200; length += 7) {
			struct buf holed;

			buf_init(&holed, SIZE_MAX / 2);
			buf_add(&holed, slice_take(buf_slice(&text), from));
			buf_add(&holed, S(GAP));
			buf_add(&holed, slice_drop(buf_slice(&text), from + length));
			decode(CTE_BASE64, buf_slice(&holed), 1448, &d);
			/* Everything before the gap's group and behind it, and nothing else. */
			assert_true(d.bytes.n + length + 16 >= SIZE && d.bytes.n < SIZE + 3);
			size_t before = (from - from / 78 * 2) / 4 * 3 < d.bytes.n ? (from / 78 * 76 + (from % 78 < 76 ? from % 78 : 76)) / 4 * 3 : d.bytes.n;
			assert_memory_equal(d.bytes.p, plain, before);
			assert_memory_equal(d.bytes.p + before, plain + SIZE - (d.bytes.n - before), d.bytes.n - before);
			buf_fini(&d.bytes);
			buf_fini(&holed);
		}
	buf_fini(&text);
}

#define TEN  "          "
#define HUNDRED  TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void
quoted_printable(void **state)
{
	static const struct row t[] = {
		R("", "", 0), R("plain\r\ntext\n", "plain\r\ntext\n", 0),
		R("caf=C3=A9 =c3=a9\r\n", "caf\xc3\xa9 \xc3\xa9\r\n", 0), R("=3D=0D=0A", "=\r\n", 0),
		R("soft=\r\nbreak=\nagain", "softbreakagain", 0), R("soft= \t\r\nbreak= \n=", "softbreak", 0), R("end=", "end", 0), R("end= ", "end", 0),
		R("trailing \t \r\nblanks \n x \r\n", "trailing\r\nblanks\n x\r\n", 0), R("at the end  ", "at the end", 0),
		R("kept=20 \r\n=20\r\n", "kept \r\n \r\n", 0), R("a \rb\rc\r", "a \rb\rc\r", 0), R("a \r\r\nb", "a \r\r\nb", 0), R("a \r", "a \r", 0),
		R("=GG =4x ==41 =", "=GG =4x =A ", .bad_escapes = 3), R("=4", "=4", .bad_escapes = 1), R("a= b", "a= b", .bad_escapes = 1),
		R("a=\rb", "a=\rb", .bad_escapes = 1), R("a=\t=\t=41", "a=\t=\tA", .bad_escapes = 2),
		R("a=\r\r\n", "a=\r\r\n", .bad_escapes = 1), R("=\r\n\r\nx", "\r\nx", 0), R("=4\r\n", "=4\r\n", .bad_escapes = 1),
		R("a" HUNDRED "\r\nb", "a\r\nb", 0), R("a" HUNDRED " \r\nb", "a" HUNDRED " \r\nb", 0), R("a" HUNDRED TEN "b", "a" HUNDRED TEN "b", 0),
		R("a=" HUNDRED "\r\nb", "a=" HUNDRED "\r\nb", .bad_escapes = 1), R("a=" HUNDRED TEN "b", "a=" HUNDRED TEN "b", .bad_escapes = 1)
	};

	(void)state;
	decode_table(CTE_QP, t);
}

static void
quoted_printable_gaps(void **state)
{
	static const struct row t[] = {
		R("one" GAP "lost\r\ntwo", "onetwo", .skipped = 6), R("one=4" GAP "1\ntwo", "onetwo", .skipped = 4),
		R("one " GAP "lost" GAP "lost\ntwo", "onetwo", .skipped = 10), R("one \r" GAP "\ntwo", "onetwo", .skipped = 3), R("one" GAP, "one", 0)
	};

	(void)state;
	decode_table(CTE_QP, t);
}

static void
uuencode(void **state)
{
	static const struct row t[] = {
		R("begin 644 cat.txt\n#0V%T\n`\nend\n", "Cat", 0), R("begin 644 cat.txt\r\n#0V%T\r\n \r\nend\r\n", "Cat", 0),
		R("text\r\nbegin 0755 a b\r\n#0V%T\r\n\r\nend \r\nmore\r\nend\r\n", "Cat", 0),
		R("begin 644 x\n!`\n`\nend", "\0", .bad_lines = 1), R("begin 644 x\n!``\n`\nend", "\0", 0), R("begin 644 x\n!0P``\n`\nend", "C", 0),
		R("begin 644 x\n#    \n`\nend", "\0\0\0", 0), R("begin 644 x\n#\n`\nend", "\0\0\0", .bad_lines = 1),	/* blanks, and the same when they were removed */
		R("begin 644 x\n#0V%TX\n`\nend", "Cat", 0), R("begin 644 x\n#0V%TXX\n`\nend", "Cat", .bad_lines = 1), R("begin 644 x\n#0V%T  \n`\nend", "Cat", 0),
		R("begin 644 x\nThis is no such line.\n#0V%T\n`\nend", "Cat", .bad_lines = 1),
		R("begin 644 x\n#0V%T\n", "Cat", .no_end = true), R("nothing here\n", "", .no_end = true), R("begin 1 year ago\n#0V%T\n", "", .no_end = true),
		R("begin 644 x\nend\nbegin 644 y\n#0V%T\nend\n", "", 0)
	};

	(void)state;
	decode_table(CTE_UU, t);
}

#define M  "M86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A86%A"
#define A45  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
uuencode_gaps(void **state)
{
	static const struct row t[] = {
		R("begin 644 x\n" M "\n" M GAP "A\n" M "\nend\n", A45 A45, .skipped = 63),
		R("begin 644" GAP "A\n" M "\nend\n", A45, .skipped = 11), R(GAP "x\ntext\n#0V%T\n", "", .skipped = 2, .no_end = true)
	};

	(void)state;
	decode_table(CTE_UU, t);
}

static void
yenc(void **state)
{
	static const struct row t[] = {
		R("=ybegin line=128 size=3 name=a b\r\n\x6d\x8b\x9e\r\n=yend size=3 crc32=ba8ec5df\r\n", "Cat", .bad_lines = 1),
		R("=ybegin line=128 size=3 name=a size=9\r\n\x6d\x8b\x9e\r\n=yend size=3 crc32=0fbe2e37\r\n", "Cat", .bad_lines = 1),
		R("=ybegin line=128 size=3 name=x\n\x6d\x8b\x9e\n=yend size=3\n", "Cat", 0), R("=ybegin line=128 size=4 name=x\n\x6d\x8b\x9e\n=yend size=3\n", "Cat", .bad_lines = 1),
		R("=ybegin line=128 size=3 name=x\n\x6d\x8b\x9e\n=yend size=4\n", "Cat", .bad_lines = 1),
		R("text\n=ybegin line=2 size=5 name=x\n\x6d\x8b\n\x9e=\x7d\r\n=\x40\r\n=yend size=5\nmore\n=yend size=9\n", "Cat\x13\xd6", 0),
		R("=ybegin line=128 size=3 name=x\n\x6d", "C", .no_end = true), R("\x6d\x8b\n", "", .no_end = true),
		R("=ybegin part=2 line=128 size=300 name=x\n=ypart begin=101 end=103\n\x6d\x8b\x9e\n=yend size=3 part=2 pcrc32=00000000 crc32=12345678\n", "Cat", .bad_lines = 1),
		R("=ybegin line=128 size=3 name=x\n\x6d" GAP "\x8b\n\x9e\n=yend size=3 crc32=12345678\n", "Ct", .skipped = 1)
	};

	(void)state;
	decode_table(CTE_YENC, t);
}

/* Every byte there is, its right sum, and a wrong one. */
static void
yenc_sums(void **state)
{
	uint8_t plain[256];
	struct buf text;

	(void)state;
	for (int wrong = 0; wrong < 2; wrong++) {
		buf_init(&text, SIZE_MAX / 2);
		buf_text(&text, "=ybegin line=128 size=256 name=all\r\n");
		for (unsigned i = 0; i < 256; i++) {
			uint8_t c = (uint8_t)(i + 42);

			plain[i] = (uint8_t)i;
			if (c == 0 || c == '\r' || c == '\n' || c == '=') {
				buf_text(&text, "=");
				c = (uint8_t)(c + 64);
			}
			buf_add_byte(&text, c);
		}
		uint32_t sum = inflate_crc32(0, (slice){ plain, 256 });
		buf_printf(&text, "\r\n=yend size=256 crc32=%08X\r\n", (unsigned)sum ^ (unsigned)wrong);
		decodes(CTE_YENC, buf_slice(&text), (slice){ plain, 256 }, (struct cte_told){ .bad_lines = (uint64_t)wrong });
		buf_fini(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(identity),
		cmocka_unit_test(base64),
		cmocka_unit_test(base64_gaps),
		cmocka_unit_test(base64_part),
		cmocka_unit_test(quoted_printable),
		cmocka_unit_test(quoted_printable_gaps),
		cmocka_unit_test(uuencode),
		cmocka_unit_test(uuencode_gaps),
		cmocka_unit_test(yenc),
		cmocka_unit_test(yenc_sums)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
