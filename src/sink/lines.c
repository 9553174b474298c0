/*
 * lines.c - `-T lines`: each step of every session as it happens, one
 * self-contained line each.
 *
 *	TIME #SESSION WHO TEXT key=value …
 *
 * The text is the wire's; a key that it forges stands left of the real ones.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/map.h"
#include "formats.h"
#include "hold.h"
#include "paint.h"
#include "record/row.h"
#include "options.h"

struct lines_sink {
	struct output_file *file;
	struct gate *gate;
	struct hold *hold;
	struct when when;
	struct row_page *page;
	struct row_style style;
	bool packets, defang;		/* packets: -v */
	nstime before;			/* of the line before, or NSTIME_NONE */
	struct map sessions;		/* number to struct rows */
};

static const char *const marks[] = {
	[ROW_NOTE] = "·", [ROW_CLIENT] = "C", [ROW_SERVER] = "S", [ROW_MESSAGE] = "C", [ROW_DETAIL] = "C", [ROW_PART] = "C",
	[ROW_INSIDE] = "C", [ROW_TEXT] = "C", [ROW_FINDING] = "!",
};

static void
add_time(struct lines_sink *x, struct buf *out, nstime t, nstime start)
{
	char text[NSTIME_TEXT];

	if (x->when.format == TIME_NONE)
		return;
	if (t == NSTIME_NONE) {			/* before the first packet */
		buf_text(out, "- ");
		return;
	}
	buf_text(out, when_text(&x->when, t, start, x->before == NSTIME_NONE ? t : x->before, text));
	buf_add_byte(out, ' ');
	x->before = t;
}

static void
add_key(struct buf *out, const char *key)
{
	buf_add_byte(out, ' ');
	buf_text(out, key);
	buf_add_byte(out, '=');
}

static void
add_number(struct buf *out, const char *key, uint64_t value)
{
	add_key(out, key);
	buf_number(out, value);
}

static void
add_word(struct buf *out, const char *key, slice value)
{
	add_key(out, key);
	clean_add(out, value, CLEAN_WORD);
}

static void
add_client(const struct lines_sink *x, struct buf *out, const struct endpoint *client)
{
	char text[ENDPOINT_TEXT];

	add_key(out, "client");
	buf_text(out, x->when.format == TIME_NONE ? addr_text(&client->addr, text) : endpoint_text(client, text));
}

static void
add_server(struct buf *out, const struct endpoint *server)
{
	char text[ENDPOINT_TEXT];

	add_key(out, "server");
	buf_text(out, endpoint_text(server, text));
}

static void
add_span(const struct lines_sink *x, struct buf *out, const char *key, nstime t)
{
	char text[NSTIME_TEXT];

	if (x->when.format == TIME_NONE || t == NSTIME_NONE)
		return;
	add_key(out, key);
	buf_text(out, when_span(t, text));
}

/* "re=RCPT:bob@example.net": what a reply answers; "re=message" for the end of a content. */
static void
add_answered(struct buf *out, const struct event *e)
{
	const struct ev_reply *reply = &e->u.reply;

	if (reply->verb.n == 0)
		return;
	add_word(out, "re", slice_eq(reply->verb, S(".")) ? S("message") : reply->verb);
	if (reply->address.n > 0) {
		buf_add_byte(out, ':');
		clean_add(out, reply->address, CLEAN_WORD);
	}
	if (e->at.after_gap)
		buf_add(out, S(" guessed=yes"));
}

static void
add_size(struct buf *out, const struct ev_mail_end *end)
{
	add_number(out, "size", end->size);
	buf_text(out, end->whole ? " whole=yes" : " whole=no");
	if (end->missing > 0)
		add_number(out, "missing", end->missing);
	if (end->damaged)
		buf_add(out, S(" damaged=yes"));
}

/* The keys that an event has to tell besides its text. */
static void
add_keys(const struct lines_sink *x, struct buf *out, const struct event *e, const struct row *row, nstime start)
{
	if (e->kind == EV_OPEN) {
		add_client(x, out, &e->u.open.client);
		add_server(out, &e->u.open.server);
	} else if (e->kind == EV_REPLY) {
		add_answered(out, e);
	} else if (e->kind == EV_MAIL_END && row->kind == ROW_MESSAGE) {
		add_size(out, &e->u.mail_end);
	} else if (e->kind == EV_CLOSE) {
		add_span(x, out, "duration", row->time - start);
	}
	add_span(x, out, "wait", row->wait);
	if (x->packets)
		add_number(out, "packet", row->packet);
}

/* A line says itself what it belongs to. */
static void
add_place(struct buf *out, const struct row *row)
{
	bool of_part = row->kind == ROW_PART || row->kind == ROW_INSIDE || row->kind == ROW_TEXT;

	if (row->kind != ROW_DETAIL && !of_part)
		return;
	buf_printf(out, "message %" PRIu32 " ", row->index);
	if (of_part && row->path.n > 0) {
		buf_add(out, S("part "));
		clean_add(out, row->path, CLEAN_WORD);
		buf_add_byte(out, ' ');
	}
	if (row->kind == ROW_INSIDE || row->kind == ROW_TEXT)
		buf_add(out, row->text.n > 0 ? S("| ") : S("|"));
}

static void
print_row(struct lines_sink *x, struct buf *out, const struct event *e, const struct row *row, nstime start)
{
	add_time(x, out, row->time, start);
	buf_add_byte(out, '#');
	buf_number(out, e->at.session);
	buf_add_byte(out, ' ');
	buf_text(out, marks[row->kind]);
	buf_add_byte(out, ' ');
	if (row->kind == ROW_FINDING)
		buf_printf(out, "%s %s ", severity_name(row->severity), finding_info(row->finding)->id);
	add_place(out, row);
	if (row->kind == ROW_CLIENT || row->kind == ROW_SERVER)
		clean_add(out, row->text, CLEAN_TERMINAL);
	else if (row->kind == ROW_FINDING)
		paint_finding_words(out, row->finding, row->text, x->defang);
	else
		paint_words(out, row->text, x->defang, row->hosts);
	if (row->truncated)
		buf_add(out, S(" [cut]"));
	add_keys(x, out, e, row, start);
	buf_add_byte(out, '\n');
}

static int
print_rows(struct lines_sink *x, struct rows *rows, const struct event *e)
{
	int status = 0;

	for (size_t i = 0; i < rows_count(rows) && status == 0; i++) {
		struct row row = rows_at(rows, i);
		struct buf *out = hold_begin_event(x->hold, e);

		if (out == NULL)
			break;
		print_row(x, out, e, &row, rows_start(rows));
		status = hold_end(x->hold);
	}
	rows_clear(rows);
	return status;
}

static int
event(void *self, const struct event *e)
{
	struct lines_sink *x = self;
	struct rows *rows = map_get(&x->sessions, e->at.session);
	int status;

	if (rows == NULL && e->kind != EV_OPEN)
		return 0;
	if (rows == NULL) {
		rows = rows_new(&x->style, x->page);
		map_put(&x->sessions, e->at.session, rows);
	}
	rows_event(rows, e);
	status = print_rows(x, rows, e);
	if (e->kind == EV_CLOSE) {
		map_take(&x->sessions, e->at.session);
		rows_free(&rows);
	}
	return status;
}

static int
print_attempt(struct lines_sink *x, const struct rec_attempt *a)
{
	struct buf *out = output_buf(x->file);
	struct endpoint client = { .addr = a->client };
	char text[ADDR_TEXT];

	add_time(x, out, a->first, a->first);
	buf_printf(out, "- · %s", attempt_name(a->outcome));
	if (a->detail.n > 0) {
		buf_add(out, S(": "));
		clean_add(out, a->detail, CLEAN_TERMINAL);
	}
	add_key(out, "client");
	buf_text(out, addr_text(&client.addr, text));
	add_server(out, &a->server);
	add_number(out, "count", a->count);
	add_span(x, out, "duration", a->last - a->first);
	buf_add_byte(out, '\n');
	return output_commit(x->file);
}

static int
print_finding(struct lines_sink *x, const struct rec_lone_finding *f)
{
	const struct finding_info *info = finding_info(f->finding.finding);
	struct buf *out = output_buf(x->file);

	add_time(x, out, f->finding.time, f->finding.time);
	buf_printf(out, "- ! %s %s ", severity_name(info->severity), info->id);
	paint_finding_words(out, f->finding.finding, f->finding.detail, x->defang);
	if (f->uid[0] != '\0')
		buf_printf(out, " uid=%s", f->uid);
	if (x->packets)
		add_number(out, "packet", f->finding.packet);
	buf_add_byte(out, '\n');
	return output_commit(x->file);
}

static int
record(void *self, const struct record *r)
{
	struct lines_sink *x = self;

	if (r->kind == REC_SESSION)
		return hold_finish(x->hold, r->u.session->number);
	if (r->kind == REC_ATTEMPT && gate_attempt(x->gate, r->u.attempt))
		return print_attempt(x, r->u.attempt);
	return r->kind == REC_FINDING && gate_finding(x->gate, r->u.finding) ? print_finding(x, r->u.finding) : 0;
}

static size_t
memory(void *self)
{
	const struct lines_sink *x = self;

	return hold_memory(x->hold);
}

static int
close_lines(void *self, bool failed)
{
	struct lines_sink *x = self;
	struct rows *rows;
	int status;

	for (size_t at = 0; (rows = map_next(&x->sessions, &at)) != NULL; )
		rows_free(&rows);
	map_fini(&x->sessions);
	row_page_free(&x->page);
	hold_free(&x->hold);
	status = output_close(&x->file, failed);
	free(x);
	return status;
}

int
lines_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "lines", .event = event, .record = record, .memory = memory, .reopen = output_sink_reopen, .wrote = output_sink_wrote, .close = close_lines };
	struct output_file *file = output_open(where, options);
	struct lines_sink *x;

	(void)fold;
	if (file == NULL)
		return -1;
	x = xcalloc(1, sizeof *x);
	x->file = file;
	x->gate = options->gate;
	x->hold = hold_new(options, file, (struct hold_mark){ S(" undecided=yes"), 1 });
	x->page = row_page_new();
	x->when = when_of(options, TIME_UTC_DATE, options->digits > 0 ? options->digits : 6);
	x->style = (struct row_style){ options->show_secrets, options->verbose > 0, options->digests };
	x->packets = options->verbose > 0;
	x->defang = output_look(where, options).defang;
	x->before = NSTIME_NONE;
	*sink_r = (struct sink){ &ops, x, rows_wants(&x->style) | output_digests(options) };
	return 0;
}
