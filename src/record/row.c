#include "row.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "row_parts.h"
#include "row_words.h"

/* A row whose texts stand in the page's text, the answers and the path right behind the text. */
struct stored { struct row row; size_t at; };

struct row_page {
	struct stored *row;
	size_t n, cap;
	struct buf text;		/* of the rows */
	struct buf words, answers;	/* of the row that is being made */
};

/* The numbers of the transactions whose content came last: a reply to it may come after the next has begun. */
struct told { uint32_t mail, index; };
enum { TOLD = 4 };

struct rows {
	struct row_page *page, *own;	/* own: NULL if the page is shared */
	struct row_style style;
	bool truncated;
	nstime start;
	size_t ever;			/* rows told */
	uint32_t pipelined;		/* the serial of the last command that was sent before the one before was answered */
	struct farewell bye;
	struct told told[TOLD];		/* the newest first */
	struct buf from, subject;	/* of the message whose content is coming */
	bool has_from, has_subject;
	struct row_parts *parts[2];	/* of the same; of the server's reading */
	bool other_reading;		/* the last event was of the server's reading of a smuggled end of data */
};

struct row_page *
row_page_new(void)
{
	struct row_page *p = xcalloc(1, sizeof *p);

	buf_init(&p->text, LIMIT_ROWS_TEXT);
	buf_init(&p->words, LIMIT_COMMAND_LINE + LIMIT_AUTH_RESPONSE);
	buf_init(&p->answers, LIMIT_COMMAND_LINE);
	return p;
}

void
row_page_free(struct row_page **pp)
{
	struct row_page *p = *pp;

	if (p == NULL)
		return;
	/* They may hold credentials that were asked for. */
	buf_wipe(&p->text);
	buf_wipe(&p->words);
	buf_fini(&p->text);
	buf_fini(&p->words);
	buf_fini(&p->answers);
	free(p->row);
	free(p);
	*pp = NULL;
}

struct rows *
rows_new(const struct row_style *style, struct row_page *shared)
{
	struct rows *r = xcalloc(1, sizeof *r);

	r->style = *style;
	r->own = shared ? NULL : row_page_new();
	r->page = shared ? shared : r->own;
	buf_init(&r->from, LIMIT_ROW_DETAIL);
	buf_init(&r->subject, LIMIT_ROW_DETAIL);
	return r;
}

void
rows_free(struct rows **rp)
{
	struct rows *r = *rp;

	if (r == NULL)
		return;
	row_page_free(&r->own);
	buf_fini(&r->from);
	buf_fini(&r->subject);
	row_parts_free(&r->parts[0]);
	row_parts_free(&r->parts[1]);
	free(r);
	*rp = NULL;
}

size_t
rows_memory(const struct rows *r)
{
	return sizeof *r + r->from.cap + r->subject.cap + row_parts_memory(r->parts[0]) + row_parts_memory(r->parts[1]);
}

size_t
rows_count(const struct rows *r)
{
	return r->page->n;
}

struct row
rows_at(const struct rows *r, size_t index)
{
	const struct row_page *p = r->page;
	struct row row;

	CHECK(index < p->n);
	row = p->row[index].row;
	row.text.p = p->text.p + p->row[index].at;
	row.answers.p = row.text.p + row.text.n;
	row.path.p = row.answers.p + row.answers.n;
	return row;
}

void
rows_clear(struct rows *r)
{
	r->page->n = 0;
	buf_clear(&r->page->text);
}

nstime
rows_start(const struct rows *r)
{
	return r->start;
}

bool
rows_truncated(const struct rows *r)
{
	return r->truncated;
}

/* The place of a new row, or NULL over a limit. The row that ends a session is always told. */
static struct stored *
new_row(struct rows *r, const struct row *row, bool last)
{
	struct row_page *p = r->page;
	bool over = r->ever >= LIMIT_ROWS || p->text.max - p->text.n < row->text.n + row->answers.n + row->path.n;

	if (over && !last) {
		r->truncated = true;
		return NULL;
	}
	r->ever++;
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 8;
		p->row = xrealloc(p->row, p->cap, sizeof *p->row);
	}
	return &p->row[p->n++];
}

static void
add(struct rows *r, const struct row *row, bool last)
{
	struct stored *s = new_row(r, row, last);
	struct buf *text = &r->page->text;

	if (s == NULL)
		return;
	s->row = *row;
	s->at = text->n;
	buf_add(text, row->text);
	s->row.text.n = text->n - s->at;
	buf_add(text, row->answers);
	s->row.answers.n = text->n - s->at - s->row.text.n;
	buf_add(text, row->path);
}

static struct row
row_of(const struct rows *r, const struct event *e, enum row_kind kind)
{
	return (struct row){
		.kind = kind, .time = e->at.time, .wait = NSTIME_NONE, .packet = e->at.packet, .offset = e->at.offset,
		.length = e->at.length, .dir = e->at.dir, .secret = e->at.secret && !r->style.show_secrets, .truncated = e->at.truncated,
		.decrypted = e->at.decrypted, .after_gap = e->at.after_gap,
	};
}

static void
add_note(struct rows *r, const struct event *e)
{
	struct row row = row_of(r, e, ROW_NOTE);

	row.text = buf_slice(&r->page->words);
	row.lost = e->kind == EV_GAP;
	add(r, &row, e->kind == EV_CLOSE);
}

static uint32_t
index_of(const struct rows *r, uint32_t mail)
{
	for (size_t i = 0; i < TOLD && mail != 0; i++)
		if (r->told[i].mail == mail)
			return r->told[i].index;
	return 0;
}

static void
on_open(struct rows *r, const struct event *e)
{
	const struct tcp_facts *tcp = e->u.open.tcp;
	struct row row = row_of(r, e, ROW_NOTE);

	r->start = row.time = tcp != NULL ? tcp->first : e->at.time;
	if (tcp != NULL && tcp->handshake != NSTIME_NONE && !tcp->midstream) {
		row.time = r->start + tcp->handshake;
		row.wait = tcp->handshake;
	}
	row_say_opened(&r->page->words, &e->u.open);
	row.text = buf_slice(&r->page->words);
	add(r, &row, false);
}

static void
on_command(struct rows *r, const struct event *e)
{
	const struct ev_command *c = &e->u.command;
	struct row row = row_of(r, e, ROW_CLIENT);

	row.text = c->line;
	row.line_end = c->line_end;
	row.mail = c->mail;
	row.serial = c->serial;
	if (row.secret) {
		row_say_redacted(&r->page->words, c);
		row.text = buf_slice(&r->page->words);
	}
	r->bye.quit |= slice_eq(c->verb, S("QUIT"));
	if (c->pipelined)
		r->pipelined = c->serial;
	add(r, &row, false);
}

/* What ended the lines of a reply, as far as its length tells: all CRLF, all LF, or unknown (kept in part, cut, mixed). */
static uint8_t
reply_line_end(const struct event *e)
{
	const struct ev_reply *reply = &e->u.reply;
	uint64_t text = 0;

	for (size_t i = 0; i < reply->nline; i++)
		text += reply->line[i].n;
	if (e->at.truncated || e->at.length < text)
		return 0;
	return e->at.length - text == 2 * (uint64_t)reply->nline ? 2 : e->at.length - text == reply->nline ? '\n' : 0;
}

static slice
reply_line(struct rows *r, const struct event *e, size_t index)
{
	const struct ev_reply *reply = &e->u.reply;
	slice line = index < reply->nline ? reply->line[index] : reply->text;

	if (!e->at.secret || r->style.show_secrets)
		return line;
	buf_clear(&r->page->words);
	buf_add(&r->page->words, slice_take(line, 4));
	buf_add(&r->page->words, S("<redacted>"));
	return buf_slice(&r->page->words);
}

/*
 * Must a reader be told what a reply answers? In a group of commands, to the
 * group's end; in LMTP, which answers once for each recipient (RFC 2033 4.2), always.
 */
static bool
must_name(const struct rows *r, const struct ev_reply *reply)
{
	return reply->ambiguous || (reply->answers != 0 && reply->answers <= r->pipelined)
	    || (slice_eq(reply->verb, S(".")) && reply->address.n > 0);
}

static void
on_reply(struct rows *r, const struct event *e)
{
	const struct ev_reply *reply = &e->u.reply;
	struct row row = row_of(r, e, ROW_SERVER);
	size_t n = reply->nline > 0 ? reply->nline : 1;
	row.line_end = reply_line_end(e);
	row.wait = reply->wait;
	row.mail = reply->mail;
	row.serial = reply->answers;
	row.severity = reply->code >= 500 ? WARNING : reply->code >= 400 ? NOTE : SEVERITY_NONE;
	if (must_name(r, reply))
		row_say_answers(&r->page->answers, &e->at, reply, index_of(r, reply->mail));
	for (size_t i = 0; i < n; i++) {
		uint64_t left = e->at.offset + e->at.length - row.offset, line;

		row.text = reply_line(r, e, i);
		row.answers = i + 1 == n ? buf_slice(&r->page->answers) : SLICE_NONE;
		line = row.text.n + (row.line_end == 2 ? 2 : row.line_end != 0);
		row.length = i + 1 == n || line > left ? left : line;
		add(r, &row, false);
		row.continued = true;
		row.wait = NSTIME_NONE;
		row.offset += row.length;
	}
	r->bye.bye |= reply->code == 221 && (reply->verb.n == 0 || slice_eq(reply->verb, S("QUIT")));
	r->bye.closing = reply->code == 421;
}

static void
on_mail_begin(struct rows *r, const struct event *e)
{
	for (size_t i = TOLD - 1; i > 0; i--)
		r->told[i] = r->told[i - 1];
	r->told[0] = (struct told){ e->u.mail_begin.mail, e->u.mail_begin.index };
	buf_clear(&r->from);
	buf_clear(&r->subject);
	r->has_from = r->has_subject = false;
	row_parts_free(&r->parts[e->at.server_reading]);
}

static void
on_part(struct rows *r, const struct event *e)
{
	row_parts_event(&r->parts[e->at.server_reading], e);
}

/* Of a field that may occur once, the first counts. */
static void
on_header(struct rows *r, const struct event *e)
{
	const struct ev_header *h = &e->u.header;
	slice value = h->decoded.p != NULL ? h->decoded : h->value;

	if (!r->has_from && slice_ieq(h->name, S("From"))) {
		r->has_from = true;
		buf_add(&r->from, slice_trim(value));
	} else if (!r->has_subject && slice_ieq(h->name, S("Subject"))) {
		r->has_subject = true;
		buf_add(&r->subject, slice_trim(value));
	}
}

static void
add_detail(struct rows *r, const struct row *message, slice name, const struct buf *value)
{
	struct row row = *message;

	buf_clear(&r->page->words);
	buf_add(&r->page->words, name);
	buf_add(&r->page->words, buf_slice(value));
	row.kind = ROW_DETAIL;
	row.text = buf_slice(&r->page->words);
	row.truncated = value->full;
	add(r, &row, false);
}

static void
add_part(void *self, const struct row *row)
{
	add(self, row, false);
}

static void
on_mail_end(struct rows *r, const struct event *e)
{
	struct row row = row_of(r, e, ROW_MESSAGE);
	struct row_parts **parts = &r->parts[e->at.server_reading];

	row.mail = e->u.mail_end.mail;
	row.index = index_of(r, row.mail);
	row_say_message(&r->page->words, row.index, &e->at, &e->u.mail_end);
	row.text = buf_slice(&r->page->words);
	add(r, &row, false);
	if (r->has_from)
		add_detail(r, &row, S("From: "), &r->from);
	if (r->has_subject)
		add_detail(r, &row, S("Subject: "), &r->subject);
	row_parts_tell(*parts, &r->style, &row, add_part, r);
	row_parts_free(parts);
	buf_fini(&r->from);
	buf_fini(&r->subject);
	r->has_from = r->has_subject = false;
}

static void
on_auth(struct rows *r, const struct event *e)
{
	row_say_auth(&r->page->words, &e->u.auth, r->style.show_secrets);
	add_note(r, e);
}

static void
on_tls(struct rows *r, const struct event *e)
{
	row_say_tls(&r->page->words, &e->u.tls);
	r->bye.hidden |= e->u.tls.what == TLS_BEGINS;
	add_note(r, e);
}

static void
on_proxy(struct rows *r, const struct event *e)
{
	row_say_proxy(&r->page->words, &e->u.proxy);
	add_note(r, e);
}

static void
on_gap(struct rows *r, const struct event *e)
{
	r->bye.lost[e->at.dir] = true;
	row_say_gap(&r->page->words, &e->at, &e->u.gap);
	add_note(r, e);
}

static void
on_anomaly(struct rows *r, const struct event *e)
{
	const struct ev_anomaly *a = &e->u.anomaly;
	const struct finding_info *info = finding_info(a->finding);
	struct row row = row_of(r, e, ROW_FINDING);

	row.finding = a->finding;
	row.severity = info->severity;
	row.mail = a->mail;
	row.text = a->detail.n > 0 && !row.secret ? a->detail : slice_of(info->seen);
	add(r, &row, false);
}

static void
on_close(struct rows *r, const struct event *e)
{
	row_say_closed(&r->page->words, &e->u.close, &r->bye);
	add_note(r, e);
}

static void (*const handlers[EV_KINDS])(struct rows *, const struct event *) = {
	[EV_OPEN] = on_open, [EV_COMMAND] = on_command, [EV_REPLY] = on_reply, [EV_AUTH] = on_auth, [EV_TLS] = on_tls,
	[EV_PROXY] = on_proxy, [EV_MAIL_BEGIN] = on_mail_begin, [EV_HEADER] = on_header, [EV_MAIL_END] = on_mail_end,
	[EV_PART_BEGIN] = on_part, [EV_PART_FACT] = on_part, [EV_PART_MEMBER] = on_part, [EV_PART_TEXT] = on_part,
	[EV_PART_END] = on_part, [EV_URL] = on_part,
	[EV_GAP] = on_gap, [EV_ANOMALY] = on_anomaly, [EV_CLOSE] = on_close,
};

uint32_t
rows_wants(const struct row_style *style)
{
	uint32_t wants = WANT_INSIDE | style->digests;

	for (int kind = 0; kind < EV_KINDS; kind++)
		if (handlers[kind] != NULL && (kind != EV_PART_TEXT || style->full))
			wants |= WANT(kind);
	return wants;
}

/* Say it where the rows of the other reading begin. */
static void
tell_reading(struct rows *r, const struct event *e)
{
	if (e->at.server_reading && !r->other_reading) {
		row_say_other_reading(&r->page->words, r->told[0].index);
		add_note(r, e);
		buf_clear(&r->page->words);
	}
	r->other_reading = e->at.server_reading;
}

void
rows_event(struct rows *r, const struct event *e)
{
	if (handlers[e->kind] == NULL)
		return;
	buf_clear(&r->page->words);
	buf_clear(&r->page->answers);
	tell_reading(r, e);
	handlers[e->kind](r, e);
}
