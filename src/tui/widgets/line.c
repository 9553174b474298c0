/*
 * line.c - a line of text that is typed.
 */
#include "line.h"

#include "tui/action.h"
#include "base/limits.h"
#include "base/utf8.h"

void
line_init(struct line *l, slice text)
{
	buf_init(&l->text, LIMIT_PROMPT);
	buf_init(&l->killed, LIMIT_PROMPT);
	line_set(l, text);
}

void
line_fini(struct line *l)
{
	buf_fini(&l->text);
	buf_fini(&l->killed);
}

/* A text that came from somewhere is cut to whole characters. */
void
line_set(struct line *l, slice text)
{
	size_t n = 0;
	uint32_t c;

	while (n < text.n) {
		size_t step = utf8_take(slice_drop(text, n), &c);

		if (n + step > LIMIT_PROMPT)
			break;
		n += step;
	}
	buf_clear(&l->text);
	buf_add(&l->text, slice_take(text, n));
	l->cursor = l->text.n;
}

void
line_replace(struct line *l, size_t from, size_t to, slice with)
{
	struct buf text;

	buf_init(&text, LIMIT_PROMPT);
	buf_add(&text, slice_take(buf_slice(&l->text), from));
	buf_add(&text, with);
	buf_add(&text, slice_drop(buf_slice(&l->text), to));
	if (!text.full) {
		l->cursor = from + with.n;
		buf_clear(&l->text);
		buf_add(&l->text, buf_slice(&text));
	}
	buf_fini(&text);
}

static bool
is_mark(uint32_t c)
{
	return c != UTF8_INVALID && c >= 0x80 && utf8_columns(c) == 0;
}

/* Behind the character that begins at `at`, and its marks. */
static size_t
next(const struct line *l, size_t at)
{
	slice text = buf_slice(&l->text);
	uint32_t c;

	if (at >= text.n)
		return text.n;
	at += utf8_take(slice_drop(text, at), &c);
	while (at < text.n) {
		size_t step = utf8_take(slice_drop(text, at), &c);

		if (!is_mark(c))
			break;
		at += step;
	}
	return at;
}

/* Where the character before `at` begins. */
static size_t
previous(const struct line *l, size_t at)
{
	size_t before = 0;

	for (size_t i = 0; i < at; i = next(l, i))
		before = i;
	return before;
}

/* Where the word before `at` begins, blanks behind it included. */
static size_t
word_before(const struct line *l, size_t at)
{
	while (at > 0 && l->text.p[at - 1] == ' ')
		at--;
	while (at > 0 && l->text.p[at - 1] != ' ')
		at--;
	return at;
}

/* Behind the word that begins at `at` or after it. */
static size_t
word_after(const struct line *l, size_t at)
{
	while (at < l->text.n && l->text.p[at] == ' ')
		at++;
	while (at < l->text.n && l->text.p[at] != ' ')
		at++;
	return at;
}

static enum line_said
kill_bytes(struct line *l, size_t from, size_t to)
{
	buf_clear(&l->killed);
	buf_add(&l->killed, (slice){ l->text.p + from, to - from });
	line_replace(l, from, to, SLICE_NONE);
	return LINE_CHANGED;
}

static enum line_said
delete_bytes(struct line *l, size_t from, size_t to)
{
	if (from == to)
		return LINE_MOVED;
	line_replace(l, from, to, SLICE_NONE);
	return LINE_CHANGED;
}

static enum line_said
move_to(struct line *l, size_t at)
{
	l->cursor = at;
	return LINE_MOVED;
}

static enum line_said
insert(struct line *l, uint32_t c)
{
	uint8_t utf8[4];

	line_replace(l, l->cursor, l->cursor, (slice){ utf8, utf8_put(c, utf8) });
	return LINE_CHANGED;
}

enum line_said
line_key(struct line *l, uint32_t key)
{
	size_t end = l->text.n;

	switch (key) {
	case KEY_CURSOR_LEFT: case KEY_CONTROL('B'): return move_to(l, previous(l, l->cursor));
	case KEY_CURSOR_RIGHT: case KEY_CONTROL('F'): return move_to(l, next(l, l->cursor));
	case KEY_TOP: case KEY_CONTROL('A'): return move_to(l, 0);
	case KEY_BOTTOM: case KEY_CONTROL('E'): return move_to(l, end);
	case KEY_RUBOUT: case KEY_CONTROL('H'): return delete_bytes(l, previous(l, l->cursor), l->cursor);
	case KEY_ERASE: case KEY_CONTROL('D'): return delete_bytes(l, l->cursor, next(l, l->cursor));
	case KEY_CONTROL('U'): return kill_bytes(l, 0, l->cursor);
	case KEY_CONTROL('K'): return kill_bytes(l, l->cursor, end);
	case KEY_CONTROL('W'): return kill_bytes(l, word_before(l, l->cursor), l->cursor);
	case KEY_CONTROL('Y'): line_replace(l, l->cursor, l->cursor, buf_slice(&l->killed)); return LINE_CHANGED;
	case KEY_ALT | 'b': return move_to(l, word_before(l, l->cursor));
	case KEY_ALT | 'f': return move_to(l, word_after(l, l->cursor));
	case KEY_ALT | 'd': return kill_bytes(l, l->cursor, word_after(l, l->cursor));
	case KEY_ALT | KEY_RUBOUT: return kill_bytes(l, word_before(l, l->cursor), l->cursor);
	default: break;
	}
	if (key < ' ' || (key >= 0x7f && key < 0xa0) || key >= UTF8_INVALID)
		return LINE_NOT_MINE;
	return insert(l, key);
}
