/*
 * fuzz_cte.c - transfer encodings and files in text: fed whole and fed cut,
 * with or without a gap, they say the same; and what base64 and
 * quoted-printable say is what a decoder says that has all of it before it.
 *
 * Input: a byte for the kind, one that says how to cut, one for the place of
 * a gap (0: none), then the text.
 */
#include <stdint.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "dissectors/mime/encoding/embedded.h"

enum { KINDS = 5, EMBEDDED = 0 };		/* else a value of enum cte */

struct told { struct buf bytes; struct cte_told told; };

static void
on_bytes(void *self, slice s)
{
	CHECK(s.n > 0);
	CHECK(buf_add(self, s));
}

static void
on_begin(void *self, enum cte kind, slice name)
{
	buf_add_byte(self, (uint8_t)kind);
	buf_add(self, name);
}

static void
on_end(void *self, bool whole, const struct cte_told *told)
{
	CHECK(!whole || !told->no_end);
	buf_add_byte(self, whole);
	buf_number(self, told->bad_lines);
}

static bool
same_told(const struct cte_told *a, const struct cte_told *b)
{
	return a->junk == b->junk && a->padding_inside == b->padding_inside && a->odd_tail == b->odd_tail && a->no_end == b->no_end
	    && a->bad_escapes == b->bad_escapes && a->bad_lines == b->bad_lines && a->skipped == b->skipped;
}

/* --- the streams --- */

static void
feed(void *stream, bool embedded, slice in, size_t step)
{
	for (; in.n > 0; in = slice_drop(in, step)) {
		if (embedded)
			embedded_feed(stream, slice_take(in, step));
		else
			cte_feed(stream, slice_take(in, step));
	}
}

static void
run_cte(struct told *t, enum cte kind, slice in, size_t step, size_t gap)
{
	struct cte_stream c;

	cte_init(&c, kind, &(struct cte_user){ &t->bytes, on_bytes });
	feed(&c, false, slice_take(in, gap), step);
	if (gap < in.n)
		cte_gap(&c, 1);
	feed(&c, false, slice_drop(in, gap), step);
	cte_finish(&c);
	t->told = c.told;
}

static void
run_embedded(struct told *t, slice in, size_t step, size_t gap)
{
	struct embedded *e = embedded_new(&(struct embedded_user){ &t->bytes, on_begin, on_bytes, on_end });

	feed(e, true, slice_take(in, gap), step);
	if (gap < in.n)
		embedded_gap(e, 1);
	feed(e, true, slice_drop(in, gap), step);
	embedded_finish(e);
	embedded_free(&e);
}

static void
run(struct told *t, unsigned kind, slice in, size_t step, size_t gap)
{
	*t = (struct told){ 0 };
	buf_init(&t->bytes, 64 * in.n + 64);
	if (kind == EMBEDDED)
		run_embedded(t, in, step, gap);
	else
		run_cte(t, (enum cte)kind, in, step, gap);
}

/* --- the same by decoders that have all of it before them --- */

static void
plain_group(const uint8_t *values, size_t n, struct buf *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++)
		bits = bits << 6 | (i < n ? values[i] : 0u);
	for (size_t i = 0; i + 1 < n; i++)
		buf_add_byte(out, (uint8_t)(bits >> (16 - 8 * i)));
}

/* Behind padding, at a byte that is no blank: may reading go on? */
static bool
goes_on(slice rest)
{
	slice line, tail;

	slice_cut(rest, '\n', &line, &tail);
	if (line.n > sizeof ((struct cte_stream *)NULL)->held)
		return false;
	while (line.n > 0 && (char_is_blank(line.p[line.n - 1]) || line.p[line.n - 1] == '\r'))
		line.n--;
	for (size_t i = 0; i < line.n; i++)
		if (base64_value(line.p[i]) < 0 && line.p[i] != '=')
			return false;
	return line.n % 4 == 0;
}

static size_t
line_length(slice s)
{
	size_t n;

	return slice_find(s, '\n', &n) ? n : s.n;
}

static bool
is_white(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n';
}

static void
plain_base64(slice in, struct told *t)
{
	uint8_t group[4];
	size_t n = 0, due = 0;
	bool padded = false;
	size_t sure = 0;		/* up to here it was asked whether reading goes on */

	for (size_t i = 0; i < in.n; i++) {
		int v = base64_value(in.p[i]);

		if (padded && !is_white(in.p[i]) && in.p[i] != '=' && i >= sure && !goes_on(slice_drop(in, i))) {
			for (; i < in.n; i++)
				t->told.junk += !is_white(in.p[i]);
			break;
		}
		if (padded && v >= 0 && i >= sure)
			sure = i + line_length(slice_drop(in, i));
		if (v >= 0) {
			t->told.padding_inside += padded;
			padded = false;
			due = 0;
			group[n++] = (uint8_t)v;
		} else if (in.p[i] == '=' && due > 0) {
			due--;
		} else if (in.p[i] == '=' && n > 0) {
			t->told.odd_tail += n == 1;
			plain_group(group, n, &t->bytes);
			due = 3 - n;
			n = 0;
			padded = true;
		} else {
			t->told.junk += !is_white(in.p[i]);
		}
		if (n == 4) {
			plain_group(group, n, &t->bytes);
			n = 0;
		}
	}
	t->told.odd_tail += n > 0 || due > 0;
	plain_group(group, n, &t->bytes);
}

static size_t
blanks_at(slice s)
{
	size_t n = 0;

	while (n < s.n && char_is_blank(s.p[n]))
		n++;
	return n;
}

/* `end` is how the line ends: CRLF, LF or not at all. */
static void
plain_qp_line(slice line, slice end, struct told *t)
{
	enum { MOST_BLANKS = 100 };
	size_t blanks;

	for (; line.n > 0; line = slice_drop(line, 1)) {
		slice rest = slice_drop(line, 1);
		bool escape = rest.n > 1 && char_hex(rest.p[0]) >= 0 && char_hex(rest.p[1]) >= 0;

		blanks = blanks_at(line.p[0] == '=' ? rest : line);
		if (line.p[0] == '=' && blanks < MOST_BLANKS
		    && (blanks == rest.n || (end.n == 0 && blanks + 1 == rest.n && rest.p[blanks] == '\r')))
			return;				/* a soft line break */
		if (line.p[0] == '=' && escape) {
			buf_add_byte(&t->bytes, (uint8_t)(char_hex(rest.p[0]) << 4 | char_hex(rest.p[1])));
			line = slice_drop(line, 2);
			continue;
		}
		t->told.bad_escapes += line.p[0] == '=';
		if (line.p[0] != '=' && blanks > 0 && blanks == line.n && blanks <= MOST_BLANKS)
			break;
		if (line.p[0] != '=' && blanks > 0) {		/* the whole run */
			buf_add(&t->bytes, slice_take(line, blanks));
			line = slice_drop(line, blanks - 1);
			continue;
		}
		buf_add_byte(&t->bytes, line.p[0]);
		if (line.p[0] == '=' && blanks > 0) {
			buf_add(&t->bytes, slice_take(rest, blanks));
			line = slice_drop(line, blanks);
		}
	}
	buf_add(&t->bytes, end);
}

static void
plain_qp(slice in, struct told *t)
{
	slice line;

	while (slice_cut(in, '\n', &line, &in)) {
		bool cr = line.n > 0 && line.p[line.n - 1] == '\r';

		plain_qp_line(slice_take(line, line.n - cr), cr ? S("\r\n") : S("\n"), t);
	}
	plain_qp_line(line, SLICE_NONE, t);
}

static void
compare(const struct told *a, const struct told *b)
{
	CHECK(slice_eq(buf_slice(&a->bytes), buf_slice(&b->bytes)));
	CHECK(same_told(&a->told, &b->told));
}

static void
check_plain(unsigned kind, slice in, const struct told *whole)
{
	struct told plain = { .bytes = { 0 } };

	buf_init(&plain.bytes, in.n + 4);
	if (kind == CTE_BASE64)
		plain_base64(in, &plain);
	else
		plain_qp(in, &plain);
	compare(whole, &plain);
	buf_fini(&plain.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut;
	unsigned kind;
	size_t gap;
	slice in;

	if (size < 3)
		return 0;
	in = slice_drop((slice){ data, size }, 3);
	kind = data[0] % KINDS;
	gap = data[2] == 0 ? SIZE_MAX : data[2] * in.n / 256;
	run(&whole, kind, in, SIZE_MAX, gap);
	run(&cut, kind, in, 1 + data[1] % 100u, gap);
	compare(&whole, &cut);
	if (gap == SIZE_MAX && (kind == CTE_BASE64 || kind == CTE_QP))
		check_plain(kind, in, &whole);
	buf_fini(&whole.bytes);
	buf_fini(&cut.bytes);
	return 0;
}
