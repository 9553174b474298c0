#include "transcript.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"

struct transcript {
	const struct paint *paint;
	struct rows *rows;
	struct buf lines;		/* printed, but for the header */
	struct buf findings;
	nstime before;			/* of the line before */
	uint64_t nfindings;
	bool cut;			/* a limit was hit: lines are missing */
	/* messages, for the footer */
	uint64_t status[MAIL_INCOMPLETE + 1], recipients, accepted_recipients;
	/* -x */
	struct edges *edges;		/* one for each direction, or NULL */
	/* -vv: the line of the content that has not ended, or ended in a CR */
	struct buf content;
	uint64_t content_at;
};

/* The segments that made the session known came before it: their first bytes begin each stream. */
static struct edges *
first_edges(void)
{
	struct edges *edges = xcalloc(2, sizeof *edges);

	edges_add(&edges[DIR_CLIENT], 0);
	edges_add(&edges[DIR_SERVER], 0);
	return edges;
}

struct transcript *
transcript_new(const struct paint *paint, const struct row_style *style, struct row_page *page)
{
	struct transcript *t = xcalloc(1, sizeof *t);

	t->paint = paint;
	t->rows = rows_new(style, page);
	buf_init(&t->lines, SIZE_MAX / 2);
	buf_init(&t->findings, SIZE_MAX / 2);
	buf_init(&t->content, LIMIT_HEADER);
	if (paint->wire)
		t->edges = first_edges();
	return t;
}

void
transcript_free(struct transcript **tp)
{
	struct transcript *t = *tp;

	if (t == NULL)
		return;
	rows_free(&t->rows);
	buf_fini(&t->lines);
	buf_fini(&t->findings);
	buf_fini(&t->content);
	free(t->edges);
	free(t);
	*tp = NULL;
}

size_t
transcript_memory(const struct transcript *t)
{
	return sizeof *t + rows_memory(t->rows) + t->lines.cap + t->findings.cap + t->content.cap;
}

uint32_t
transcript_wants(const struct paint *paint, const struct row_style *style)
{
	return rows_wants(style) | (paint->wire ? WANT(EV_PACKET) : 0) | (paint->verbose > 1 ? WANT(EV_MAIL_BYTES) : 0);
}

/* Is there room for one more line? A line itself is bounded by what rows and events hold. */
static bool
has_room(struct transcript *t, const struct buf *where)
{
	if (where->n < LIMIT_ROWS_TEXT)
		return true;
	t->cut = true;
	return false;
}

static void
flush_content(struct transcript *t, uint8_t line_end)
{
	slice line = buf_slice(&t->content);

	if (has_room(t, &t->lines))
		paint_content(t->paint, &t->lines, line, line_end, t->content_at);
	t->content_at += line.n + (line_end == 2 ? 2 : line_end != 0 ? 1 : 0);
	buf_clear(&t->content);
}

/* A piece of the content up to, and perhaps with, an LF. A line over the buffer's bound goes out in several. */
static void
take_content(struct transcript *t, slice piece)
{
	while (piece.n > 0) {
		size_t room = t->content.max - t->content.n, at;
		slice part = slice_take(piece, room);
		bool ends = slice_find(part, '\n', &at);

		buf_add(&t->content, slice_take(part, ends ? at : part.n));
		piece = slice_drop(piece, ends ? at + 1 : part.n);
		if (ends && t->content.n > 0 && t->content.p[t->content.n - 1] == '\r') {
			t->content.n--;
			flush_content(t, 2);
		} else if (ends)
			flush_content(t, '\n');
		else if (t->content.n == t->content.max)
			flush_content(t, 0);
	}
}

static void
print_row(struct transcript *t, const struct row *row)
{
	struct edges *edges = t->edges ? &t->edges[row->dir] : NULL;

	if (row->kind == ROW_FINDING) {
		t->nfindings++;
		if (has_room(t, &t->findings))
			paint_finding(t->paint, &t->findings, row->finding, row->text, row->packet);
		return;
	}
	if (has_room(t, &t->lines) || row->kind == ROW_NOTE)
		paint_row(t->paint, &t->lines, row, rows_start(t->rows), t->before, edges);
	t->before = row->time;
	if (edges != NULL && (row->kind == ROW_CLIENT || row->kind == ROW_SERVER || row->kind == ROW_MESSAGE))
		edges_forget(edges, row->offset + row->length);
}

static void
print_rows(struct transcript *t)
{
	for (size_t i = 0; i < rows_count(t->rows); i++) {
		struct row row = rows_at(t->rows, i);

		print_row(t, &row);
	}
	rows_clear(t->rows);
}

static void
print_title(struct transcript *t, const struct event *e)
{
	const struct ev_open *open = &e->u.open;
	struct when when = t->paint->when;
	char text[NSTIME_TEXT], client[ENDPOINT_TEXT], server[ENDPOINT_TEXT];

	paint_on(t->paint, &t->lines, PAINT_TITLE);
	buf_printf(&t->lines, "── session %" PRIu64, e->at.session);
	if (strcmp(open->protocol, "smtp") != 0)
		buf_printf(&t->lines, " · %s", open->protocol);
	if (when.format != TIME_NONE)
		buf_printf(&t->lines, " · %s", when_date(&when, rows_start(t->rows), text));
	paint_off(t->paint, &t->lines, PAINT_TITLE);
	if (when.format == TIME_NONE)
		addr_text(&open->client.addr, client);
	else
		endpoint_text(&open->client, client);
	buf_printf(&t->lines, "\n   %s → %s\n", client, endpoint_text(&open->server, server));
}

void
transcript_event(struct transcript *t, const struct event *e)
{
	if (e->kind == EV_PACKET) {
		if (t->edges != NULL && e->at.length > 0)
			edges_add(&t->edges[e->at.dir], e->at.offset);
		return;
	}
	if (e->kind == EV_MAIL_BYTES) {
		take_content(t, e->u.mail_bytes.bytes);
		return;
	}
	if (e->kind == EV_MAIL_BEGIN)
		t->content_at = 0;
	if (t->content.n > 0 && (e->kind == EV_MAIL_END || e->kind == EV_GAP))
		flush_content(t, 0);
	rows_event(t->rows, e);
	if (e->kind == EV_OPEN) {
		print_title(t, e);
		t->before = rows_start(t->rows);
	}
	print_rows(t);
}

void
transcript_message(struct transcript *t, const struct rec_message *m)
{
	t->status[m->status]++;
	if (m->status == MAIL_ACCEPTED) {
		t->recipients += m->recipients;
		t->accepted_recipients += m->accepted_recipients;
	}
}

/* " for 2 recipients", or " for 1 of 2 recipients" when some were not accepted. */
static void
say_recipients(const struct transcript *t, struct buf *out)
{
	char number[WORDS_NUMBER];

	buf_add(out, S(" for "));
	if (t->accepted_recipients != t->recipients)
		buf_printf(out, "%s of ", words_number(t->accepted_recipients, number));
	words_count(out, t->recipients, "recipient", "recipients");
}

/* What a message is, by its status. */
static const char *
status_words(enum mail_status status)
{
	return status == MAIL_UNKNOWN ? "of unknown fate" : mail_status_name(status);
}

/* "1 message accepted for 1 of 2 recipients"; of several kinds: "3 messages: 2 accepted for 2 recipients, 1 refused". */
static void
say_messages(const struct transcript *t, struct buf *out)
{
	char number[WORDS_NUMBER];
	uint64_t all = 0;
	unsigned kinds = 0;
	const char *between = ": ";

	for (int s = 0; s <= MAIL_INCOMPLETE; s++) {
		all += t->status[s];
		kinds += t->status[s] > 0;
	}
	if (all == 0)
		buf_add(out, S("no message"));
	else
		words_count(out, all, "message", "messages");
	for (enum mail_status s = MAIL_ACCEPTED; s <= MAIL_INCOMPLETE; s++) {
		if (t->status[s] == 0)
			continue;
		if (kinds > 1)
			buf_printf(out, "%s%s", between, words_number(t->status[s], number));
		buf_printf(out, " %s", status_words(s));
		if (s == MAIL_ACCEPTED && t->recipients > 0)
			say_recipients(t, out);
		between = ", ";
	}
}

static void
print_footer(const struct transcript *t, const struct rec_session *s, struct buf *out)
{
	char text[NSTIME_TEXT];

	if (t->cut || rows_truncated(t->rows))
		buf_add(out, S("  · the session is longer than a transcript may be: lines are missing here\n"));
	paint_on(t->paint, out, PAINT_TITLE);
	buf_add(out, S("── "));
	say_messages(t, out);
	buf_add(out, S(" · "));
	words_count(out, s->commands, "command", "commands");
	if (t->paint->when.format != TIME_NONE)
		buf_printf(out, " · %s s", nstime_seconds(s->end - s->time, 3, text));
	buf_add(out, slice_of(rec_session_shortcoming(s)));
	if (t->nfindings > 0) {
		buf_add(out, S(" · "));
		words_count(out, t->nfindings, "finding", "findings");
	}
	paint_off(t->paint, out, PAINT_TITLE);
	buf_add_byte(out, '\n');
}

void
transcript_print(struct transcript *t, const struct rec_session *s, struct buf *out)
{
	if (t->content.n > 0)
		flush_content(t, 0);
	buf_add(out, buf_slice(&t->lines));
	buf_add(out, buf_slice(&t->findings));
	print_footer(t, s, out);
}
