#include "sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/chars.h"
#include "base/clean.h"
#include "base/defang.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"

/* From this byte of the line on in this style. */
struct sheet_run { size_t at; enum style style; };

/* How a line is broken where it is too long. */
enum breaking { AT_WORDS, AT_EDGE, CUT };

enum {
	WAIT_WIDTH = 6,
	ROOM = 55,			/* columns beside the time that a screen must have for a column of waits */
	PART_PATH_WIDTH = 5, PART_INSIDE = 7, HANGING = 2,
	TOGETHER = 30,			/* columns of a piece behind "·" that is not broken at its blanks */
	BEFORE_TAIL = 2,		/* blanks before "← RCPT" */
	HEX_MOST = 16, HEX_LEAST = 4, HEX_OFFSET = 10
};

#define SLOW		NSTIME_S		/* a wait that people feel … */
#define VERY_SLOW	(10 * NSTIME_S)		/* … and one that they ask about */

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

static void
add_piece(struct sheet *s, int y, int x, enum style style, slice text)
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
static void
set_style(struct sheet *s, enum style style)
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
	set_style(s, style);
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
		add_piece(s, y, x, s->run[i].style, part);
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
fit(slice rest, int room, enum breaking how, size_t *next_r)
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
	if (at == rest.n || how != AT_WORDS)
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
mark_broken(struct sheet *s, int x, enum breaking how)
{
	if (how == AT_EDGE && x >= 2)
		add_piece(s, s->height, x - 2, STYLE_DIM, S("↪"));
}

/* The line's bytes from `from` to `to`, below what is there. */
static void
put_broken(struct sheet *s, size_t from, size_t to, int x, int hanging, int right, enum breaking how)
{
	bool first = true;

	do {
		int left = first ? x : x + hanging, room = right - left > 1 ? right - left : 1;
		slice rest = slice_drop(slice_take(buf_slice(&s->line), to), from);
		size_t next = rest.n, n = how == CUT ? rest.n : fit(rest, room, how, &next);

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
		put_broken(s, s->tail + BEFORE_TAIL, s->line.n, x + HANGING, HANGING, right, AT_WORDS);
}

/* The line below what is there, broken. */
static void
end_line(struct sheet *s, int x, int hanging, int right, enum breaking how)
{
	bool tail = s->tail > 0 && how == AT_EDGE;

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
	end_line(s, x, hanging, right, AT_WORDS);
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

/* Times of day are all as wide as another; those since the start are as wide as the last. */
int
sheet_times(const struct when *when, nstime start, nstime last)
{
	char text[NSTIME_TEXT];
	int n = (int)strlen(when_text(when, last, start, start, text));

	return n < 5 && when->format != TIME_NONE ? 5 : n;
}

static bool
has_waits(const struct sheet_look *look)
{
	return look->width >= ROOM + look->times && look->when.format != TIME_NONE;
}

static int
wait_column(const struct sheet_look *look)
{
	return look->when.format == TIME_NONE ? 1 : 1 + look->times + 2;
}

int
sheet_column(const struct sheet_look *look)
{
	if (look->when.format == TIME_NONE)
		return 3;
	return 1 + look->times + (has_waits(look) ? 2 + WAIT_WIDTH + 2 : 1) + 2;
}

static bool
is_below_message(const struct row *row)
{
	return row->kind == ROW_DETAIL || row->kind == ROW_PART || row->kind == ROW_INSIDE || row->kind == ROW_TEXT;
}

static bool
is_wire_line(const struct row *row)
{
	return (row->kind == ROW_CLIENT || row->kind == ROW_SERVER) && !row->secret;
}

static void
put_right(struct sheet *s, int x, int width, enum style style, const char *text)
{
	slice t = slice_of(text);
	int columns = (int)clean_width(t);

	add_piece(s, 0, columns < width ? x + width - columns : x, style, t);
}

/* Time and wait, at the right of their columns. What goes on from above has none. */
static void
put_margin(struct sheet *s, const struct sheet_look *look, const struct row *row, nstime before)
{
	char text[NSTIME_TEXT];

	if (look->when.format == TIME_NONE || row->continued || is_below_message(row) || row->kind == ROW_FINDING)
		return;
	put_right(s, 1, look->times, STYLE_DIM, when_text(&look->when, row->time, look->start, before, text));
	if (row->wait != NSTIME_NONE && has_waits(look))
		put_right(s, wait_column(look), WAIT_WIDTH, row->wait >= VERY_SLOW ? STYLE_BAD : row->wait >= SLOW ? STYLE_LATER
		    : STYLE_DIM, when_wait(row->wait, text));
}

static enum style
style_of(const struct row *row)
{
	switch (row->kind) {
	case ROW_NOTE:
		return row->lost ? STYLE_LOST : STYLE_DIM;
	case ROW_CLIENT:
		return STYLE_CLIENT;
	case ROW_SERVER:
		return row->severity == WARNING ? STYLE_BAD : row->severity == NOTE ? STYLE_LATER : STYLE_SERVER;
	case ROW_MESSAGE:
		return STYLE_TITLE;
	case ROW_FINDING:
		return sheet_severity(row->severity);
	case ROW_DETAIL:
	case ROW_PART:
	case ROW_INSIDE:
	case ROW_TEXT:
		break;
	}
	return STYLE_PLAIN;
}

static void
put_who(struct sheet *s, int x, const struct row *row)
{
	static const char *const marks[] = {
		[ROW_NOTE] = "·", [ROW_CLIENT] = "C", [ROW_SERVER] = "S", [ROW_MESSAGE] = "C", [ROW_DETAIL] = "",
		[ROW_PART] = "", [ROW_INSIDE] = "", [ROW_TEXT] = "", [ROW_FINDING] = "!",
	};
	enum style style = row->kind == ROW_MESSAGE ? STYLE_CLIENT : row->kind == ROW_SERVER ? STYLE_SERVER : style_of(row);

	add_piece(s, 0, x, style, slice_of(marks[row->kind]));
}

/* -x: a backslash of the wire is doubled, so that what is escaped can be told from what was sent so. */
static void
say_exact(struct sheet *s, enum style style, slice text)
{
	size_t at;

	while (slice_find(text, '\\', &at)) {
		sheet_say(s, style, slice_take(text, at));
		sheet_words(s, STYLE_DIM, "\\\\");
		text = slice_drop(text, at + 1);
	}
	sheet_say(s, style, text);
}

/* What ended the line, and blanks before it, each as what it is. */
static void
say_tail(struct sheet *s, size_t blanks, uint8_t line_end)
{
	for (; blanks > 0; blanks--)
		sheet_words(s, STYLE_DIM, "\\x20");
	sheet_words(s, STYLE_DIM, line_end == 2 ? "\\r\\n" : line_end == '\n' ? "\\n" : line_end == '\r' ? "\\r" : "");
}

/* The exact line; ¦ where a segment began. */
static void
say_wire(struct sheet *s, const struct sheet_look *look, const struct row *row, size_t index)
{
	enum style style = style_of(row);
	slice text = row->text;
	size_t body = text.n, at = 0;
	uint64_t edge;

	while (body > 0 && text.p[body - 1] == ' ')
		body--;
	for (size_t i = 0; look->dossier != NULL && dossier_edge(look->dossier, index, i, &edge); i++) {
		size_t place = (size_t)(edge - row->offset);

		if (place > body)
			break;
		say_exact(s, style, slice_drop(slice_take(text, place), at));
		sheet_words(s, STYLE_FRAME, "¦");
		at = place;
	}
	say_exact(s, style, slice_drop(slice_take(text, body), at));
	say_tail(s, text.n - body, row->line_end);
}

/* Dots in brackets. */
static void
defang_hosts(struct buf *out, slice hosts)
{
	size_t at;

	while (slice_find(hosts, '.', &at)) {
		buf_add(out, slice_take(hosts, at));
		buf_add(out, S("[.]"));
		hosts = slice_drop(hosts, at + 1);
	}
	buf_add(out, hosts);
}

void
sheet_say_links(struct sheet *s, enum style style, slice words, bool hosts, bool live)
{
	buf_clear(&s->scratch);
	if (live)
		buf_add(&s->scratch, words);
	else if (hosts)
		defang_hosts(&s->scratch, words);
	else
		defang_text(&s->scratch, words);
	sheet_say(s, style, buf_slice(&s->scratch));
}

/* A reply's code tells its class by its colour too; the whole line does so if it is a refusal. */
static void
say_reply(struct sheet *s, const struct row *row)
{
	enum style style = style_of(row);
	bool good = style == STYLE_SERVER && row->text.n >= 3 && (row->text.p[0] == '2' || row->text.p[0] == '3');

	sheet_say(s, good ? STYLE_GOOD : style, slice_take(row->text, 3));
	sheet_say(s, style, slice_drop(row->text, 3));
}

bool
sheet_tells_hosts(enum finding f, slice detail)
{
	size_t colon;

	return slice_starts(slice_of(finding_info(f)->id), S("url.")) && !slice_find(detail, ':', &colon);
}

/* As "nobody@example.net: 550 5.1.1 User unknown" does below the reply itself. */
bool
sheet_repeats(const struct row *finding, const struct row *above)
{
	slice text = finding->text;

	return above != NULL && above->text.n > 0 && text.n >= above->text.n
	    && slice_eq(slice_drop(text, text.n - above->text.n), above->text);
}

static void
say_finding(struct sheet *s, const struct sheet_look *look, const struct row *row, const struct row *above)
{
	const struct finding_info *info = finding_info(row->finding);

	sheet_words(s, style_of(row), severity_name(row->severity));
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_words(s, STYLE_TITLE, info->id);
	sheet_words(s, STYLE_PLAIN, "  ");
	if (sheet_repeats(row, above))
		sheet_words(s, STYLE_PLAIN, info->seen);
	else
		sheet_say_links(s, STYLE_PLAIN, row->text, sheet_tells_hosts(row->finding, row->text), look->live_links);
}

/* A secret that is left out stands apart from a word that was sent. */
static void
say_secret(struct sheet *s, const struct row *row)
{
	static const slice left_out = SLICE("<redacted>");
	slice text = row->text;

	if (text.n < left_out.n || !slice_eq(slice_drop(text, text.n - left_out.n), left_out)) {
		sheet_say(s, style_of(row), text);
		return;
	}
	sheet_say(s, style_of(row), slice_take(text, text.n - left_out.n));
	sheet_say(s, STYLE_SECRET, left_out);
}

void
sheet_row_text(struct sheet *s, const struct row *row)
{
	if (row->secret)
		say_secret(s, row);
	else if (row->kind == ROW_SERVER)
		say_reply(s, row);
	else
		sheet_say(s, style_of(row), row->text);
}

static void
say_text(struct sheet *s, const struct sheet_look *look, const struct row *row, size_t index, const struct row *above)
{
	if (row->kind == ROW_FINDING)
		say_finding(s, look, row, above);
	else if (look->raw && is_wire_line(row))
		say_wire(s, look, row, index);
	else if (row->secret || row->kind == ROW_SERVER || row->kind == ROW_CLIENT)
		sheet_row_text(s, row);
	else
		sheet_say_links(s, style_of(row), row->text, row->hosts, look->live_links);
	if (row->truncated)
		sheet_words(s, STYLE_LOST, "[cut]");
	if (row->answers.n > 0) {
		s->tail = s->line.n;
		sheet_words(s, STYLE_DIM, "  ← ");
		sheet_say(s, STYLE_DIM, row->answers);
	}
}

/* Parts of a message stand in a column of their own behind their paths; files in files further right. */
static int
put_indent(struct sheet *s, const struct row *row, int x)
{
	unsigned depth = row->depth < LIMIT_ARCHIVE_DEPTH ? row->depth : LIMIT_ARCHIVE_DEPTH;
	int path;

	switch (row->kind) {
	case ROW_PART:
		sheet_say(s, STYLE_DIM, row->path);
		path = (int)clean_width(buf_slice(&s->line));
		add_piece(s, 0, x, STYLE_DIM, buf_slice(&s->line));
		buf_clear(&s->line);
		s->nrun = 0;
		return x + (path < PART_PATH_WIDTH ? PART_PATH_WIDTH : path + 1);
	case ROW_INSIDE:
		return x + PART_INSIDE + 2 * (int)depth;
	case ROW_TEXT:
		return x + PART_PATH_WIDTH + 2 * (int)depth;
	default:
		return x;
	}
}

/* So many bytes on a line have room in it: the offset, three columns a byte, and the text between bars. */
static int
hex_bytes(int width)
{
	int n = HEX_MOST;

	while (n > HEX_LEAST && HEX_OFFSET + n * 4 + 4 > width)
		n /= 2;
	return n;
}

static void
hex_line(struct sheet *s, slice bytes, uint64_t offset, int x, int most)
{
	set_style(s, STYLE_DIM);
	buf_printf(&s->line, "%08" PRIx64 "  ", offset);
	set_style(s, STYLE_PLAIN);
	for (int i = 0; i < most; i++) {
		if ((size_t)i < bytes.n)
			buf_printf(&s->line, "%02x ", bytes.p[i]);
		else
			buf_spaces(&s->line, 3);
		if (i == HEX_MOST / 2 - 1)
			buf_add_byte(&s->line, ' ');
	}
	set_style(s, STYLE_DIM);
	buf_add_byte(&s->line, '|');
	for (size_t i = 0; i < bytes.n; i++)
		buf_add_byte(&s->line, char_is_print(bytes.p[i]) ? bytes.p[i] : '.');
	buf_add_byte(&s->line, '|');
	end_line(s, x, 0, 0, CUT);
}

/* -X: the bytes of a line, its end included, as they stand in the stream. */
static void
put_hex(struct sheet *s, const struct sheet_look *look, const struct row *row)
{
	int most = hex_bytes(look->width - 1), wide = HEX_OFFSET + most * 4 + 3, x = sheet_column(look);
	uint64_t offset = row->offset;

	if (x + wide > look->width)
		x = look->width > wide ? look->width - wide : 0;
	buf_clear(&s->scratch);
	buf_add(&s->scratch, row->text);
	buf_text(&s->scratch, row->line_end == 2 ? "\r\n" : row->line_end == '\n' ? "\n" : row->line_end == '\r' ? "\r" : "");
	for (slice rest = buf_slice(&s->scratch); rest.n > 0; rest = slice_drop(rest, (size_t)most)) {
		hex_line(s, slice_take(rest, (size_t)most), offset, x, most);
		offset += (uint64_t)most;
	}
}

void
sheet_row(struct sheet *s, const struct sheet_look *look, const struct row *row, size_t index, const struct row *above)
{
	int x = sheet_column(look);
	enum breaking how = look->one_line ? CUT : row->kind == ROW_CLIENT || row->kind == ROW_SERVER ? AT_EDGE : AT_WORDS;

	sheet_clear(s);
	put_margin(s, look, row, above != NULL ? above->time : look->start);
	put_who(s, x - 2, row);
	x = put_indent(s, row, x);
	say_text(s, look, row, index, above);
	end_line(s, x, how == AT_WORDS ? HANGING : 0, look->width, how);
	if (look->hex && !look->one_line && is_wire_line(row))
		put_hex(s, look, row);
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
