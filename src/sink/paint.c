#include "paint.h"

#include <inttypes.h>
#include <string.h>

#include "base/chars.h"
#include "base/clean.h"
#include "base/defang.h"
#include "base/digits.h"
#include "base/limits.h"
#include "wrap.h"

/* Some day in 2001, when seconds since 1970 got as many digits as they have now. */
#define TEN_DIGITS_OF_SECONDS  (INT64_C(1000000000) * NSTIME_S)

enum { PART_PATH_WIDTH = 5, PART_INSIDE = 7, HANGING = 2, FINDING_INDENT = 5 };
enum { TIME_WIDTH = 5, WAIT_WIDTH = 6, PACKET_WIDTH = 5, HEX_BYTES = 16 };

/* The terminal's own sixteen colours; what they say is said in words too. */
static const char *const colours[] = {
	[PAINT_PLAIN] = "", [PAINT_TITLE] = "1", [PAINT_NOTE] = "2", [PAINT_INFO] = "36", [PAINT_TEMPORARY] = "33",
	[PAINT_PERMANENT] = "31", [PAINT_ALERT] = "1;31",
};

void
paint_on(const struct paint *p, struct buf *out, enum paint_style style)
{
	if (p->colour && style != PAINT_PLAIN) {
		buf_add(out, S("\033["));
		buf_text(out, colours[style]);
		buf_add_byte(out, 'm');
	}
}

void
paint_off(const struct paint *p, struct buf *out, enum paint_style style)
{
	if (p->colour && style != PAINT_PLAIN)
		buf_add(out, S("\033[0m"));
}

static enum paint_style
style_of_severity(enum severity severity)
{
	static const enum paint_style styles[] = {
		[SEVERITY_NONE] = PAINT_PLAIN, [INFO] = PAINT_NOTE, [NOTE] = PAINT_INFO, [WARNING] = PAINT_TEMPORARY,
		[ALERT] = PAINT_ALERT,
	};

	return styles[severity];
}

static enum paint_style
style_of(const struct row *row)
{
	switch (row->kind) {
	case ROW_NOTE:
		return PAINT_NOTE;
	case ROW_SERVER:
		return row->severity == WARNING ? PAINT_PERMANENT : row->severity == NOTE ? PAINT_TEMPORARY : PAINT_PLAIN;
	case ROW_MESSAGE:
		return PAINT_TITLE;
	default:
		return PAINT_PLAIN;
	}
}

static const char *
who(const struct row *row)
{
	static const char *const marks[] = {
		[ROW_NOTE] = "·", [ROW_CLIENT] = "C", [ROW_SERVER] = "S", [ROW_MESSAGE] = "C", [ROW_DETAIL] = " ",
		[ROW_PART] = " ", [ROW_INSIDE] = " ", [ROW_TEXT] = " ",
		[ROW_FINDING] = "!",
	};

	return marks[row->kind];
}

/* Right-aligned, and two blanks behind it. */
static void
put_column(struct buf *out, const char *text, size_t width)
{
	size_t n = clean_width(slice_of(text));

	buf_spaces(out, n < width ? width - n : 0);
	buf_text(out, text);
	buf_add(out, S("  "));
}

/* How wide the column of times is: r and d have no fixed width, but are seldom over a minute. */
static size_t
time_width(const struct paint *p)
{
	char text[NSTIME_TEXT];

	if (p->when.format == TIME_RELATIVE || p->when.format == TIME_DELTA)
		return TIME_WIDTH;
	return strlen(when_text(&p->when, TEN_DIGITS_OF_SECONDS, 0, 0, text));
}

/* What belongs to the message above it has its time, too. */
static bool
is_below_message(const struct row *row)
{
	return row->kind == ROW_DETAIL || row->kind == ROW_PART || row->kind == ROW_INSIDE || row->kind == ROW_TEXT;
}

/* The columns left of who: blank for a row that continues another. */
static void
paint_margin(const struct paint *p, struct buf *out, const struct row *row, nstime start, nstime before)
{
	bool blank = row == NULL || row->continued || is_below_message(row);
	char text[NSTIME_TEXT];

	buf_add(out, S("  "));
	if (p->when.format != TIME_NONE) {
		put_column(out, blank ? "" : when_text(&p->when, row->time, start, before, text), time_width(p));
		put_column(out, blank || row->wait == NSTIME_NONE ? "" : when_wait(row->wait, text), WAIT_WIDTH);
	}
	if (p->verbose > 0) {
		*digits_put(text, blank ? 0 : row->packet, 1) = '\0';
		put_column(out, blank ? "" : text, PACKET_WIDTH);
	}
}

/* -x: a backslash of the wire is doubled, so that what is escaped can be told from what was sent so. */
static void
add_exact(struct buf *out, slice s)
{
	size_t at;

	while (slice_find(s, '\\', &at)) {
		clean_add(out, slice_take(s, at), CLEAN_TERMINAL);
		buf_add(out, S("\\\\"));
		s = slice_drop(s, at + 1);
	}
	clean_add(out, s, CLEAN_TERMINAL);
}

/* -x: what stands behind the text: trailing blanks and the line end, one visible unit for each byte. */
static slice
tail_unit(slice text, size_t at, uint8_t line_end)
{
	if (at < text.n)
		return S("\\x20");
	if (line_end == '\n' || (line_end == 2 && at == text.n + 1))
		return S("\\n");
	return S("\\r");
}

/* -x: the text with its trailing blanks and line end; ¦ where a segment began. */
static void
paint_wire(struct buf *out, slice text, uint8_t line_end, const struct edges *edges, uint64_t offset)
{
	size_t end = text.n + (line_end == 2 ? 2 : line_end != 0 ? 1 : 0), body = text.n, at = 0;
	uint64_t edge, from = offset;

	while (body > 0 && text.p[body - 1] == ' ')
		body--;
	for (; edges != NULL && edges_next(edges, from, offset + body, &edge); from = edge + 1) {
		add_exact(out, slice_take(slice_drop(text, at), edge - offset - at));
		buf_add(out, S("¦"));
		at = edge - offset;
	}
	add_exact(out, slice_drop(slice_take(text, body), at));
	for (at = body; at < end; at++) {
		if (edges != NULL && edges_next(edges, offset + at, offset + at + 1, &edge))
			buf_add(out, S("¦"));
		buf_add(out, tail_unit(text, at, line_end));
	}
}

static void
hex_line(struct buf *out, slice bytes, uint64_t offset)
{
	buf_printf(out, "%08" PRIx64 " ", offset);
	for (size_t i = 0; i < HEX_BYTES; i++)
		if (i < bytes.n)
			buf_printf(out, "%s%02x", i == HEX_BYTES / 2 ? "  " : " ", bytes.p[i]);
		else
			buf_spaces(out, i == HEX_BYTES / 2 ? 4 : 3);
	buf_add(out, S("  |"));
	for (size_t i = 0; i < bytes.n; i++)
		buf_add_byte(out, char_is_print(bytes.p[i]) ? bytes.p[i] : '.');
	buf_add(out, S("|\n"));
}

/* -X: the bytes of a line, its end included, as they stand in the stream. */
static void
paint_hex(const struct paint *p, struct buf *out, slice text, uint8_t line_end, uint64_t offset)
{
	struct buf all;

	buf_init(&all, SIZE_MAX / 2);
	buf_add(&all, text);
	buf_add(&all, line_end == 2 ? S("\r\n") : line_end == '\n' ? S("\n") : line_end == '\r' ? S("\r") : S(""));
	for (slice rest = buf_slice(&all); rest.n > 0; rest = slice_drop(rest, HEX_BYTES)) {
		paint_margin(p, out, NULL, 0, 0);
		buf_spaces(out, 2);
		hex_line(out, slice_take(rest, HEX_BYTES), offset);
		offset += HEX_BYTES;
	}
	buf_fini(&all);
}

static bool
is_wire_line(const struct row *row)
{
	return (row->kind == ROW_CLIENT || row->kind == ROW_SERVER) && !row->secret;
}

void
paint_words(struct buf *out, slice words, bool defang, bool hosts)
{
	struct buf changed;

	if (!defang) {
		clean_add(out, words, CLEAN_TERMINAL);
		return;
	}
	buf_init(&changed, SIZE_MAX / 2);
	if (hosts)
		defang_hosts(&changed, words);
	else
		defang_text(&changed, words);
	clean_add(out, buf_slice(&changed), CLEAN_TERMINAL);
	buf_fini(&changed);
}

/* Files in files; those too deep to be looked into are not told from each other. */
static size_t
deeper(const struct row *row)
{
	return 2 * (row->depth < LIMIT_ARCHIVE_DEPTH ? row->depth : LIMIT_ARCHIVE_DEPTH);
}

/* Parts of a message stand in a column of their own behind their paths. */
static void
paint_indent(struct buf *out, const struct row *row)
{
	switch (row->kind) {
	case ROW_PART:
		clean_add(out, row->path, CLEAN_TERMINAL);
		buf_spaces(out, row->path.n < PART_PATH_WIDTH ? PART_PATH_WIDTH - row->path.n : 1);
		break;
	case ROW_INSIDE:
		buf_spaces(out, PART_INSIDE + deeper(row));
		break;
	case ROW_TEXT:
		buf_spaces(out, PART_PATH_WIDTH + deeper(row));
		buf_add(out, row->text.n > 0 ? S("| ") : S("|"));
		break;
	default:
		break;
	}
}

static void
paint_text(const struct paint *p, struct buf *out, const struct row *row, const struct edges *edges)
{
	if (p->wire && is_wire_line(row))
		paint_wire(out, row->text, row->line_end, row->decrypted ? NULL : edges, row->offset);
	else if (is_wire_line(row))
		clean_add(out, row->text, CLEAN_TERMINAL);
	else
		paint_words(out, row->text, p->defang, row->hosts);
	if (row->truncated)
		buf_add(out, S(" [cut]"));
	if (row->answers.n > 0) {
		buf_add(out, S("  ← "));
		clean_add(out, row->answers, CLEAN_TERMINAL);
	}
}

/* On a narrow terminal. Wire lines stay as they are, so that they can be copied. */
static void
wrap_row(const struct paint *p, struct buf *out, const struct row *row, size_t line, size_t text)
{
	size_t column;

	if (p->width == 0 || !is_below_message(row))
		return;
	column = clean_width(slice_drop((slice){ out->p, text }, line));
	wrap_tail(out, text, column, column + (row->kind == ROW_TEXT ? 0 : HANGING), p->width);
}

void
paint_row(const struct paint *p, struct buf *out, const struct row *row, nstime start, nstime before,
    const struct edges *edges)
{
	enum paint_style style = style_of(row);
	size_t line = out->n, text;

	paint_margin(p, out, row, start, before);
	paint_on(p, out, style);
	buf_text(out, who(row));
	buf_add_byte(out, ' ');
	paint_indent(out, row);
	text = out->n;
	paint_text(p, out, row, edges);
	wrap_row(p, out, row, line, text);
	paint_off(p, out, style);
	buf_add_byte(out, '\n');
	if (p->hex && is_wire_line(row))
		paint_hex(p, out, row->text, row->line_end, row->offset);
}

/* Ends a line of our own words. */
static void
wrap_line(const struct paint *p, struct buf *out, size_t line, size_t indent)
{
	if (p->width > 0)
		wrap_tail(out, line, 0, indent, p->width);
	buf_add_byte(out, '\n');
}

/* -v: what the id means, if that was not said yet; where it is written; what to do. */
static void
paint_advice(const struct paint *p, struct buf *out, const struct finding_info *info, bool say_meaning)
{
	size_t line = out->n;

	if (say_meaning || info->reference[0] != '\0') {
		buf_printf(out, "     %s%s%s%s", say_meaning ? info->seen : "", say_meaning && info->reference[0] ? " (" : "",
		    info->reference, say_meaning && info->reference[0] ? ")" : "");
		wrap_line(p, out, line, FINDING_INDENT);
	}
	line = out->n;
	if (info->todo[0] != '\0') {
		buf_printf(out, "     → %s", info->todo);
		wrap_line(p, out, line, FINDING_INDENT + HANGING);
	}
}

/* Findings about links name the hosts, mostly without the rest. */
static bool
tells_hosts(const struct finding_info *info, slice detail)
{
	size_t colon;

	return slice_starts(slice_of(info->id), S("url.")) && !slice_find(detail, ':', &colon);
}

void
paint_finding_words(struct buf *out, enum finding f, slice detail, bool defang)
{
	const struct finding_info *info = finding_info(f);

	paint_words(out, detail.n > 0 ? detail : slice_of(info->seen), defang, tells_hosts(info, detail));
}

void
paint_finding(const struct paint *p, struct buf *out, enum finding f, slice detail, uint64_t packet)
{
	const struct finding_info *info = finding_info(f);
	enum paint_style style = style_of_severity(info->severity);
	size_t text, column = strlen("  !  ") + strlen(severity_name(info->severity)) + 2 + strlen(info->id) + 2;

	buf_add(out, S("  "));
	paint_on(p, out, style);
	buf_printf(out, "!  %s  %s", severity_name(info->severity), info->id);
	paint_off(p, out, style);
	buf_add(out, S("  "));
	text = out->n;
	paint_finding_words(out, f, detail, p->defang);
	if (p->verbose > 0 && packet > 0) {
		buf_add(out, S("  (packet "));
		buf_number(out, packet);
		buf_add_byte(out, ')');
	}
	if (p->width > 0)
		wrap_tail(out, text, column, FINDING_INDENT, p->width);
	buf_add_byte(out, '\n');
	if (p->verbose > 0)
		paint_advice(p, out, info, detail.n > 0 && !slice_eq(detail, slice_of(info->seen)));
}

void
paint_content(const struct paint *p, struct buf *out, slice line, uint8_t line_end, uint64_t offset)
{
	paint_margin(p, out, NULL, 0, 0);
	buf_add(out, line.n > 0 || p->wire ? S("C| ") : S("C|"));
	if (p->wire)
		paint_wire(out, line, line_end, NULL, 0);
	else
		clean_add(out, line, CLEAN_TERMINAL);
	buf_add_byte(out, '\n');
	if (p->hex)
		paint_hex(p, out, line, line_end, offset);
}
