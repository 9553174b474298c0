#include <stdlib.h>

#include "base/clean.h"
#include "base/defang.h"
#include "base/err.h"
#include "base/utf8.h"
#include "sheet_parts.h"

/* From this byte of the line on in this style. */
struct sheet_run { size_t at; enum style style; };

enum {
	TOGETHER = 30,			/* columns of a piece behind "·" that is not broken at its blanks */
	HANGING = 2,
	BEFORE_TAIL = 2			/* blanks before "← RCPT" */
};

void
sheet_init(struct sheet *s)
{
	*s = (struct sheet){ 0 };
	buf_init(&s->text, SIZE_MAX / 2);
	buf_init(&s->line, SIZE_MAX / 2);
	buf_init(&s->scratch, SIZE_MAX / 2);
}

void
sheet_fini(struct sheet *s)
{
	/* What was shown may have been a credential that was asked for. */
	buf_wipe(&s->text);
	buf_wipe(&s->line);
	buf_wipe(&s->scratch);
	buf_fini(&s->text);
	buf_fini(&s->line);
	buf_fini(&s->scratch);
	free(s->piece);
	free(s->run);
	*s = (struct sheet){ 0 };
}

void
sheet_clear(struct sheet *s)
{
	buf_clear(&s->text);
	buf_clear(&s->line);
	s->n = s->nrun = s->tail = 0;
	s->height = 0;
}

void
sheet_put(struct sheet *s, int y, int x, enum style style, slice text)
{
	if (text.n == 0)
		return;
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 32;
		s->piece = xrealloc(s->piece, s->cap, sizeof *s->piece);
	}
	s->piece[s->n++] = (struct sheet_piece){ y, x, style, s->text.n, text.n };
	buf_add(&s->text, text);
}

/* The style of what is added to the line from now on. */
void
sheet_style(struct sheet *s, enum style style)
{
	if (s->nrun > 0 && (s->run[s->nrun - 1].style == style || s->run[s->nrun - 1].at == s->line.n)) {
		s->run[s->nrun - 1].style = style;
		return;
	}
	if (s->nrun == s->caprun) {
		s->caprun = s->caprun ? s->caprun * 2 : 16;
		s->run = xrealloc(s->run, s->caprun, sizeof *s->run);
	}
	s->run[s->nrun++] = (struct sheet_run){ s->line.n, style };
}

void
sheet_say(struct sheet *s, enum style style, slice text)
{
	sheet_style(s, style);
	clean_add(&s->line, text, CLEAN_TERMINAL);
}

void
sheet_words(struct sheet *s, enum style style, const char *constant)
{
	sheet_say(s, style, slice_of(constant));
}

/* The line's bytes from `from` to `to`, each in its style. */
static void
put_bytes(struct sheet *s, int y, int x, size_t from, size_t to)
{
	for (size_t i = 0; i < s->nrun && from < to; i++) {
		size_t end = i + 1 < s->nrun ? s->run[i + 1].at : s->line.n;
		slice part;

		if (end <= from)
			continue;
		part = slice_drop(slice_take(buf_slice(&s->line), end < to ? end : to), from);
		sheet_put(s, y, x, s->run[i].style, part);
		x += (int)clean_width(part);
		from += part.n;
	}
}

/* Is it the sign that begins a piece: "· 1,915 bytes"? */
static bool
begins_piece(slice s)
{
	return slice_starts(s, S("· "));
}

/*
 * The bytes of `rest` that go on a line of so many columns; *next_r: where the next line begins. Between words: at the last
 * blank, or before the last piece if that is short.
 */
static size_t
fit(slice rest, int room, enum sheet_breaking how, size_t *next_r)
{
	int columns = 0, blank_column = 0, piece_column = 0;
	size_t at = 0, blank = 0, piece = 0;

	while (at < rest.n) {
		uint32_t character;
		size_t n = utf8_take(slice_drop(rest, at), &character);
		int width = (int)utf8_columns(character);

		if (columns + width > room && at > 0)
			break;
		if (character == ' ' && at > 0 && rest.p[at - 1] != ' ') {
			blank = at;
			blank_column = columns;
			if (begins_piece(slice_drop(rest, at + 1))) {
				piece = at;
				piece_column = columns;
			}
		}
		columns += width;
		at += n;
	}
	*next_r = at;
	if (at == rest.n || how != BREAK_AT_WORDS)
		return at;
	if (rest.p[at] == ' ') {
		blank = at;
		blank_column = columns;
	}
	if (piece > 0 && columns - piece_column <= TOGETHER && !begins_piece(slice_drop(rest, blank + 1))) {
		blank = piece;
		blank_column = piece_column;
	}
	if (blank == 0 || blank_column * 3 < room)
		return at;
	for (*next_r = blank; *next_r < rest.n && rest.p[*next_r] == ' '; )
		++*next_r;
	return blank;
}

/* A line broken off has been begun with a mark in front of it, unless it was broken between words. */
static void
mark_broken(struct sheet *s, int x, enum sheet_breaking how)
{
	if (how == BREAK_AT_EDGE && x >= 2)
		sheet_put(s, s->height, x - 2, STYLE_DIM, S("↪"));
}

/* The line's bytes from `from` to `to`, below what is there. */
static void
put_broken(struct sheet *s, size_t from, size_t to, int x, int hanging, int right, enum sheet_breaking how)
{
	bool first = true;

	do {
		int left = first ? x : x + hanging, room = right - left > 1 ? right - left : 1;
		slice rest = slice_drop(slice_take(buf_slice(&s->line), to), from);
		size_t next = rest.n, n = how == BREAK_CUT ? rest.n : fit(rest, room, how, &next);

		if (!first)
			mark_broken(s, x, how);
		put_bytes(s, s->height++, left, from, from + n);
		from += next;
		first = false;
	} while (from < to);
}

/* What a reply answers: behind it if there is room, else below it. */
static void
put_tail(struct sheet *s, int x, int right)
{
	slice tail = slice_drop(buf_slice(&s->line), s->tail);
	const struct sheet_piece *last = s->n > 0 ? &s->piece[s->n - 1] : NULL;
	int end = last != NULL && last->y == s->height - 1 ? last->x + (int)clean_width((slice){ s->text.p + last->at, last->n }) : x;

	if (end + (int)clean_width(tail) <= right)
		put_bytes(s, s->height - 1, end, s->tail, s->line.n);
	else
		put_broken(s, s->tail + BEFORE_TAIL, s->line.n, x + HANGING, HANGING, right, BREAK_AT_WORDS);
}

/* The line below what is there, broken. */
void
sheet_break(struct sheet *s, int x, int hanging, int right, enum sheet_breaking how)
{
	bool tail = s->tail > 0 && how == BREAK_AT_EDGE;

	put_broken(s, 0, tail ? s->tail : s->line.n, x, hanging, right, how);
	if (tail)
		put_tail(s, x, right);
	buf_clear(&s->line);
	s->nrun = 0;
	s->tail = 0;
}

void
sheet_end_line(struct sheet *s, int x, int hanging, int right)
{
	sheet_break(s, x, hanging, right, BREAK_AT_WORDS);
}

enum style
sheet_severity(enum severity severity)
{
	static const enum style styles[] = {
		[SEVERITY_NONE] = STYLE_PLAIN, [INFO] = STYLE_INFO, [NOTE] = STYLE_LATER, [WARNING] = STYLE_BAD,
		[ALERT] = STYLE_ALERT,
	};

	return styles[severity];
}

void
sheet_links(struct buf *out, slice words, bool hosts, bool live)
{
	if (live)
		buf_add(out, words);
	else if (hosts)
		defang_hosts(out, words);
	else
		defang_text(out, words);
}

void
sheet_say_links(struct sheet *s, enum style style, slice words, bool hosts, bool live)
{
	buf_clear(&s->scratch);
	sheet_links(&s->scratch, words, hosts, live);
	sheet_say(s, style, buf_slice(&s->scratch));
}

bool
sheet_tells_hosts(enum finding f, slice detail)
{
	size_t colon;

	return slice_starts(slice_of(finding_info(f)->id), S("url.")) && !slice_find(detail, ':', &colon);
}

void
sheet_draw(const struct sheet *s, struct area a, int y, int from)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct sheet_piece *p = &s->piece[i];

		if (p->y >= from && p->y - from + y < a.height)
			canvas_text(a, p->x, p->y - from + y, a.width - p->x, p->style, (slice){ s->text.p + p->at, p->n });
	}
}

void
sheet_print(const struct sheet *s, struct buf *out)
{
	int y = 0, x = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct sheet_piece *p = &s->piece[i];
		slice text = { s->text.p + p->at, p->n };

		for (; y < p->y; y++, x = 0)
			buf_add_byte(out, '\n');
		if (p->x > x)
			buf_spaces(out, (size_t)(p->x - x));
		buf_add(out, text);
		x = p->x + (int)clean_width(text);
	}
	for (; y < s->height; y++)
		buf_add_byte(out, '\n');
}
