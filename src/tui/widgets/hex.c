#include "hex.h"

#include "base/chars.h"
#include "base/limits.h"

enum { WHEEL = 3, ROW_MOST = 32, GROUP = 8, NEEDLE = 256 };

/* A line is 8 digits of offset, two blanks, three columns a byte and one more a group, a blank, a column a byte. */
static int
row_width(size_t row, int digits)
{
	return digits + 2 + 3 * (int)row + (int)((row - 1) / GROUP) + 1 + (int)row;
}

static int
offset_digits(const struct hex *h)
{
	return h->bytes.n > 0xffffff ? 8 : 6;
}

static size_t
row_of(const struct hex *h, int width)
{
	size_t row = ROW_MOST;

	while (row > 4 && row_width(row, offset_digits(h)) > width)
		row /= 2;
	return row;
}

/* --- lines, and the notes among them --- */

/* One line: bytes, or a note. */
struct hex_row { size_t at, n, note; bool is_note; };

/* The bytes between two notes are laid out by themselves. */
struct stretch { size_t from, to, note; bool has_note; };

static bool
next_note(const struct hex *h, size_t i, size_t *at_r)
{
	struct buf words;
	bool there;

	if (h->user.note == NULL)
		return false;
	buf_init(&words, KiB);
	there = h->user.note(h->user.self, i, at_r, &words) && *at_r <= h->bytes.n;
	buf_fini(&words);
	return there;
}

/* The stretch behind the last one. False: there is none. */
static bool
next_stretch(const struct hex *h, struct stretch *s, size_t i)
{
	if (i > 0 && !s->has_note)
		return false;
	s->from = i > 0 ? s->to : 0;
	s->note = i;
	s->has_note = next_note(h, i, &s->to);
	if (!s->has_note)
		s->to = h->bytes.n;
	return true;
}

static size_t
stretch_rows(const struct hex *h, const struct stretch *s)
{
	return (s->to - s->from + h->row - 1) / h->row;
}

static size_t
count_rows(const struct hex *h)
{
	struct stretch s = { .from = 0 };
	size_t n = 0;

	for (size_t i = 0; next_stretch(h, &s, i); i++)
		n += stretch_rows(h, &s) + s.has_note;
	return n;
}

/* False: there is no such line. */
static bool
row_at(const struct hex *h, size_t line, struct hex_row *row_r)
{
	struct stretch s = { .from = 0 };

	for (size_t i = 0; next_stretch(h, &s, i); i++) {
		size_t rows = stretch_rows(h, &s);

		if (line < rows) {
			size_t at = s.from + line * h->row;

			*row_r = (struct hex_row){ .at = at, .n = s.to - at < h->row ? s.to - at : h->row };
			return true;
		}
		line -= rows;
		if (s.has_note && line == 0) {
			*row_r = (struct hex_row){ .at = s.to, .note = s.note, .is_note = true };
			return true;
		}
		line -= s.has_note;
	}
	return false;
}

static size_t
line_of(const struct hex *h, size_t byte)
{
	struct stretch s = { .from = 0 };
	size_t line = 0;

	for (size_t i = 0; next_stretch(h, &s, i); i++) {
		if (byte < s.to)
			return line + (byte - s.from) / h->row;
		line += stretch_rows(h, &s) + s.has_note;
	}
	return line > 0 ? line - 1 : 0;
}

static void
keep_in_sight(struct hex *h)
{
	size_t height = h->height > 0 ? (size_t)h->height : 1;

	if (h->rows <= height)
		h->top = 0;
	else if (h->top > h->rows - height)
		h->top = h->rows - height;
}

/* --- doors --- */

void
hex_begin(struct hex *h)
{
	h->bytes = SLICE_NONE;
	h->top = h->rows = h->found_n = 0;
}

void
hex_bytes(struct hex *h, slice bytes)
{
	h->bytes = bytes;
}

void
hex_status(const struct hex *h, struct buf *out)
{
	struct hex_row first, last;
	size_t height = h->height > 0 ? (size_t)h->height : 0;

	if (h->rows <= height || !row_at(h, h->top, &first) || !row_at(h, h->top + height - 1, &last))
		return;
	buf_printf(out, "%zx–%zx/%zx", first.at, last.at + last.n, h->bytes.n);
}

static void
move(struct hex *h, size_t by, bool back)
{
	h->found_n = 0;
	if (back)
		h->top -= by < h->top ? by : h->top;
	else
		h->top += by < h->rows ? by : h->rows;
	keep_in_sight(h);
}

bool
hex_act(struct hex *h, enum action action)
{
	size_t page = h->height > 1 ? (size_t)h->height - 1 : 1, half = page > 1 ? (page + 1) / 2 : 1;

	switch (action) {
	case ACTION_DOWN: move(h, 1, false); return true;
	case ACTION_UP: move(h, 1, true); return true;
	case ACTION_PAGE_DOWN: move(h, page, false); return true;
	case ACTION_PAGE_UP: move(h, page, true); return true;
	case ACTION_HALF_DOWN: move(h, half, false); return true;
	case ACTION_HALF_UP: move(h, half, true); return true;
	case ACTION_FIRST: move(h, h->rows, true); return true;
	case ACTION_LAST: move(h, h->rows, false); return true;
	default: return false;
	}
}

bool
hex_mouse(struct hex *h, const struct mouse *m)
{
	if (m->kind != MOUSE_WHEEL_UP && m->kind != MOUSE_WHEEL_DOWN)
		return false;
	move(h, WHEEL, m->kind == MOUSE_WHEEL_UP);
	return true;
}

/* --- searching --- */

static bool
stands_at(slice bytes, size_t at, slice words, bool exact)
{
	for (size_t i = 0; i < words.n; i++)
		if (exact ? bytes.p[at + i] != words.p[i] : char_lower(bytes.p[at + i]) != char_lower(words.p[i]))
			return false;
	return true;
}

/* The first place in [from, to), or the last one. False: none. */
static bool
find(slice bytes, size_t from, size_t to, slice words, bool exact, bool last, size_t *at_r)
{
	bool there = false;

	for (size_t i = from; i < to && i + words.n <= bytes.n && (last || !there); i++)
		if (stands_at(bytes, i, words, exact)) {
			*at_r = i;
			there = true;
		}
	return there;
}

static bool
find_round(const struct hex *h, size_t from, slice words, bool exact, bool backwards, size_t *at_r)
{
	slice b = h->bytes;
	size_t behind = h->found_n > 0 ? from + 1 : from;

	if (words.n == 0)
		return false;
	if (backwards)
		return find(b, 0, from, words, exact, true, at_r) || find(b, from, b.n, words, exact, true, at_r);
	return find(b, behind, b.n, words, exact, false, at_r) || find(b, 0, behind, words, exact, false, at_r);
}

/* "50 4b", "504b": the bytes meant. Empty: it is something else. */
static slice
bytes_of(slice digits, uint8_t room[NEEDLE])
{
	size_t n = 0;

	while (digits.n > 0) {
		if (char_is_blank(digits.p[0])) {
			digits = slice_drop(digits, 1);
			continue;
		}
		if (digits.n < 2 || char_hex(digits.p[0]) < 0 || char_hex(digits.p[1]) < 0 || n == NEEDLE)
			return SLICE_NONE;
		room[n++] = (uint8_t)(char_hex(digits.p[0]) << 4 | char_hex(digits.p[1]));
		digits = slice_drop(digits, 2);
	}
	return (slice){ room, n };
}

bool
hex_search(struct hex *h, slice words, bool backwards)
{
	struct hex_row first = { .at = 0 };
	uint8_t room[NEEDLE];
	slice meant = bytes_of(words, room);
	size_t from, at, line, height = h->height > 0 ? (size_t)h->height : 1;

	if (h->row == 0)
		return false;
	row_at(h, h->top, &first);
	from = h->found_n > 0 ? h->found : first.at;
	if (find_round(h, from, words, false, backwards, &at))
		h->found_n = words.n;
	else if (find_round(h, from, meant, true, backwards, &at))
		h->found_n = meant.n;
	else
		return false;
	h->found = at;
	line = line_of(h, at);
	if (line < h->top || line >= h->top + height)
		h->top = line > height / 3 ? line - height / 3 : 0;
	keep_in_sight(h);
	return true;
}

/* --- drawing --- */

static enum style
style_of(uint8_t c)
{
	return char_is_print(c) ? STYLE_PLAIN : STYLE_DIM;
}

static int
byte_column(size_t i, int digits)
{
	return digits + 2 + 3 * (int)i + (int)(i / GROUP);
}

static void
mark(struct area a, int x, int y, int n)
{
	a = area_part(a, x, y, n, 1);
	for (int i = 0; i < a.width; i++)
		a.canvas->cell[(size_t)a.y * (size_t)a.canvas->width + (size_t)(a.x + i)].found = true;
}

static void
draw_byte(const struct hex *h, struct area a, int y, size_t at, size_t i, bool found)
{
	static const char digit[] = "0123456789abcdef";
	int digits = offset_digits(h), x = byte_column(i, digits), text = byte_column(h->row - 1, digits) + 4 + (int)i;
	uint8_t c = h->bytes.p[at + i];

	canvas_put(a, x, y, (uint32_t)digit[c >> 4], style_of(c));
	canvas_put(a, x + 1, y, (uint32_t)digit[c & 15], style_of(c));
	canvas_put(a, text, y, char_is_print(c) ? c : '.', style_of(c));
	if (!found)
		return;
	mark(a, x, y, 2);
	mark(a, text, y, 1);
}

static bool
is_found(const struct hex *h, size_t at, slice words)
{
	size_t from = at >= words.n ? at - words.n + 1 : 0, place;

	if (h->found_n > 0 && at >= h->found && at < h->found + h->found_n)
		return true;
	return words.n > 0 && find(h->bytes, from, at + 1, words, false, false, &place);
}

static void
draw_row(const struct hex *h, struct area a, int y, const struct hex_row *r, slice words)
{
	char offset[32];
	struct buf out = { .p = (uint8_t *)offset, .cap = sizeof offset, .max = sizeof offset };

	buf_printf(&out, "%0*zx", offset_digits(h), r->at);
	canvas_text(a, 0, y, a.width, STYLE_DIM, buf_slice(&out));
	for (size_t i = 0; i < r->n; i++)
		draw_byte(h, a, y, r->at, i, is_found(h, r->at + i, words));
}

static void
draw_note(const struct hex *h, struct area a, int y, size_t i)
{
	struct buf words;
	size_t at;

	buf_init(&words, KiB);
	if (h->user.note(h->user.self, i, &at, &words))
		canvas_text(a, 0, y, a.width, STYLE_LOST, buf_slice(&words));
	buf_fini(&words);
}

void
hex_draw(struct hex *h, struct area a, slice words)
{
	size_t row = row_of(h, a.width);
	struct hex_row r = { .at = 0 };

	if (row != h->row) {		/* what was on top stays there */
		if (h->row > 0)
			row_at(h, h->top, &r);
		h->row = row;
		h->top = line_of(h, r.at);
	}
	h->width = a.width;
	h->height = a.height;
	h->rows = count_rows(h);
	keep_in_sight(h);
	for (int y = 0; y < a.height && row_at(h, h->top + (size_t)y, &r); y++) {
		if (r.is_note)
			draw_note(h, a, y, r.note);
		else
			draw_row(h, a, y, &r, words);
	}
}
