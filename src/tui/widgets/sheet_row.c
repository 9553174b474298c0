/*
 * sheet_row.c - a row of a transcript on a sheet: its columns, its words, its bytes.
 */
#include <inttypes.h>
#include <string.h>

#include "base/chars.h"
#include "base/clean.h"
#include "base/limits.h"
#include "sheet_parts.h"

enum {
	WAIT_WIDTH = 6,
	ROOM = 55,			/* columns beside the time that a screen must have for a column of waits */
	TERSE = 24,			/* columns of what was seen that does not speak for itself */
	STORY = 64,			/* … and of a meaning that has room behind a finding's name */
	PART_PATH_WIDTH = 5, PART_INSIDE = 7, HANGING = 2,
	HEX_MOST = 16, HEX_LEAST = 4, HEX_OFFSET = 10
};

#define SLOW		NSTIME_S		/* a wait that people feel … */
#define VERY_SLOW	(10 * NSTIME_S)		/* … and one that they ask about */

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

	sheet_put(s, 0, columns < width ? x + width - columns : x, style, t);
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

	sheet_put(s, 0, x, style, slice_of(marks[row->kind]));
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

/* A reply's code tells its class by its colour too; the whole line does so if it is a refusal. */
static void
say_reply(struct sheet *s, const struct row *row)
{
	enum style style = style_of(row);
	bool good = style == STYLE_SERVER && row->text.n >= 3 && (row->text.p[0] == '2' || row->text.p[0] == '3');

	sheet_say(s, good ? STYLE_GOOD : style, slice_take(row->text, 3));
	sheet_say(s, style, slice_drop(row->text, 3));
}

/* As "nobody@example.net: 550 5.1.1 User unknown" does below the reply itself. */
static bool
repeats(const struct row *finding, const struct row *above)
{
	slice text = finding->text;

	return above != NULL && above->text.n > 0 && text.n >= above->text.n
	    && slice_eq(slice_drop(text, text.n - above->text.n), above->text);
}

/* "PLAIN" alone tells nobody that credentials crossed the wire in clear. A meaning that is a long story is left to the pane. */
static bool
is_terse(const struct row *finding)
{
	return finding->text.n <= TERSE && clean_width(finding->text) <= TERSE
	    && strlen(finding_info(finding->finding)->seen) <= STORY;
}

bool
sheet_tells_meaning(const struct row *finding, const struct row *above)
{
	return repeats(finding, above) || is_terse(finding) || slice_eq(finding->text, slice_of(finding_info(finding->finding)->seen));
}

static void
say_finding(struct sheet *s, const struct sheet_look *look, const struct row *row, const struct row *above)
{
	const struct finding_info *info = finding_info(row->finding);
	bool meaning = sheet_tells_meaning(row, above);
	bool more = !meaning || (is_terse(row) && !repeats(row, above) && !slice_eq(row->text, slice_of(info->seen)));

	sheet_words(s, style_of(row), severity_name(row->severity));
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_words(s, STYLE_TITLE, info->id);
	sheet_words(s, STYLE_PLAIN, "  ");
	if (meaning)
		sheet_words(s, STYLE_PLAIN, info->seen);
	if (more) {
		sheet_words(s, STYLE_PLAIN, meaning ? " (" : "");
		sheet_say_links(s, STYLE_PLAIN, row->text, sheet_tells_hosts(row->finding, row->text), look->live_links);
		sheet_words(s, STYLE_PLAIN, meaning ? ")" : "");
	}
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
		sheet_put(s, 0, x, STYLE_DIM, buf_slice(&s->line));
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
	sheet_style(s, STYLE_DIM);
	buf_printf(&s->line, "%08" PRIx64 "  ", offset);
	sheet_style(s, STYLE_PLAIN);
	for (int i = 0; i < most; i++) {
		if ((size_t)i < bytes.n)
			buf_printf(&s->line, "%02x ", bytes.p[i]);
		else
			buf_spaces(&s->line, 3);
		if (i == HEX_MOST / 2 - 1)
			buf_add_byte(&s->line, ' ');
	}
	sheet_style(s, STYLE_DIM);
	buf_add_byte(&s->line, '|');
	for (size_t i = 0; i < bytes.n; i++)
		buf_add_byte(&s->line, char_is_print(bytes.p[i]) ? bytes.p[i] : '.');
	buf_add_byte(&s->line, '|');
	sheet_break(s, x, 0, 0, BREAK_CUT);
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
	enum sheet_breaking how = look->one_line ? BREAK_CUT : row->kind == ROW_CLIENT || row->kind == ROW_SERVER ? BREAK_AT_EDGE : BREAK_AT_WORDS;

	sheet_clear(s);
	put_margin(s, look, row, above != NULL ? above->time : look->start);
	put_who(s, x - 2, row);
	x = put_indent(s, row, x);
	say_text(s, look, row, index, above);
	sheet_break(s, x, how == BREAK_AT_WORDS ? HANGING : 0, look->width, how);
	if (look->hex && !look->one_line && is_wire_line(row))
		put_hex(s, look, row);
}
