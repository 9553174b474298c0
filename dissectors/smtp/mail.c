/*
 * mail.c - transactions: their content, and their fate as SPEC's table has it.
 *
 * A transaction lives in its reading's list until its fate is told, which
 * waits for every command that speaks of it to be answered, so that nothing
 * is said of it afterwards.
 *
 * BUGS: the offset of a header field is counted from the field before it; a dot
 * that was undone in the header, or the rest of a line behind a gap, shifts it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dissectors/mime/header/field.h"
#include "mailparts.h"
#include "session.h"

struct content {
	struct mail *mail;
	struct body body;		/* DATA */
	struct header_parser header;
	bool parse_header;		/* somebody wants to know where the header ends, or what it says */
	bool bdat;
	struct digests *digests;	/* NULL: nobody wants any */
	struct reading *rd;
	uint64_t begin, next;		/* where it begins in the stream, and how far it was seen */
	slice piece;			/* given to the header parser now */
	uint64_t piece_offset;
	uint64_t field;			/* where the next header field begins, if nothing but fields was seen so far */
	struct field_text text;		/* of the field that is told now */
	struct mailparts parts;
};

/* --- the transaction --- */

struct mail *
mail_new(struct reading *rd, uint32_t id)
{
	struct mail *m = xcalloc(1, sizeof *m), **end = &rd->mails;

	m->id = id;
	m->forked = rd->fork;
	while (*end != NULL)
		end = &(*end)->next;
	*end = m;
	return m;
}

static void
mail_free(struct reading *rd, struct mail *m)
{
	struct mail **p = &rd->mails;

	while (*p != NULL && *p != m)
		p = &(*p)->next;
	if (*p != NULL)
		*p = m->next;
	if (rd->current == m)
		rd->current = NULL;
	for (size_t i = 0; i < m->nowed; i++)
		free(m->owed[i].address);
	free(m->owed);
	free(m->sender);
	free(m);
}

void
mail_drop_all(struct reading *rd)
{
	while (rd->mails != NULL)
		mail_free(rd, rd->mails);
}

static void
give_index(struct reading *rd, struct mail *m)
{
	if (m->index == 0)
		m->index = ++rd->s->index;
}

/* How far it came, where no reply decided. */
static const char *
reached(const struct mail *m)
{
	if (m->began)
		return m->bdat && !m->data ? "bdat" : "data";
	if (m->rcpts > 0)
		return "rcpt";
	return "mail";
}

void
mail_decide(struct reading *rd, struct mail *m, enum mail_status status, const char *stage)
{
	if (m->decided)
		return;
	m->decided = true;
	m->status = status;
	m->stage = stage ? stage : reached(m);
	if (rd->current == m)
		rd->current = NULL;
	if (m->began && !m->ended && content_mail(rd) == m)
		content_end(rd, false);
	mail_settle(rd, m);
}

static bool
all_refused(const struct mail *m)
{
	return m->rcpts > 0 && m->refused == m->rcpts;
}

/* At which stage it was refused before its content, if nothing more comes of it; NULL: it was not. */
static const char *
refused_at(const struct mail *m)
{
	if (m->began)
		return NULL;
	return all_refused(m) ? "rcpt" : m->data_refused ? "data" : NULL;
}

/* Something ended it before its content did; if every recipient had been refused, that was its fate already. */
void
mail_abort(struct reading *rd, struct mail *m)
{
	if (refused_at(m) != NULL)
		mail_decide(rd, m, MAIL_REFUSED, refused_at(m));
	else if (m->holed && !m->complete)	/* nobody knows whether it was still open */
		mail_decide(rd, m, MAIL_INCOMPLETE, NULL);
	else if (!m->complete)
		mail_decide(rd, m, MAIL_ABORTED, NULL);
}

static void
say_done(struct reading *rd, struct mail *m)
{
	struct session *s = rd->s;
	struct event ev;

	smtp_event(s, EV_MAIL_DONE, s->client, m->begin, m->length, &ev);
	give_index(rd, m);
	if (m->status == MAIL_INCOMPLETE && m->began)
		reading_note(rd, FINDING_SMTP_MESSAGE_INCOMPLETE, m, s->client, m->begin, m->length, SLICE_NONE);
	if (++s->messages_told == LIMIT_TRANSACTIONS)
		reading_note(rd, FINDING_SMTP_MANY_TRANSACTIONS, NULL, s->client, m->begin, m->length, SLICE_NONE);
	ev.at.server_reading = m->forked;
	ev.u.mail_done = (struct ev_mail_done){
		.mail = m->id, .index = m->index, .status = m->status, .stage = m->stage, .two_readings = m->two_readings,
	};
	layer_emit(s->layer, &ev);
}

void
mail_settle(struct reading *rd, struct mail *m)
{
	if (!m->decided || m->refs > 0 || rd->fork || fork_delays(rd->s, m))
		return;
	if (!m->dissolved)
		say_done(rd, m);
	mail_free(rd, m);
}

void
mail_recipient(struct reading *rd, struct mail *m, slice address, int32_t index)
{
	struct owed *o;

	if (!rd->s->lmtp || m->nowed == LIMIT_RECIPIENTS)
		return;
	if (m->nowed == m->capowed) {
		m->capowed = m->capowed ? 2 * m->capowed : 4;
		m->owed = xrealloc(m->owed, m->capowed, sizeof *m->owed);
	}
	o = &m->owed[m->nowed++];
	*o = (struct owed){ .address = xcalloc(address.n, 1), .n = (uint32_t)address.n, .index = index };
	if (address.n > 0)
		memcpy(o->address, address.p, address.n);
}

void
mail_close(struct reading *rd, struct mail *m, bool answer_lost)
{
	const char *refused = refused_at(m);

	if (m->complete && (!answer_lost || m->paid_ok)) {
		mail_decide(rd, m, m->paid_ok ? MAIL_ACCEPTED : MAIL_UNANSWERED, NULL);
		return;
	}
	mail_decide(rd, m, refused ? MAIL_REFUSED : m->complete ? MAIL_UNKNOWN : MAIL_INCOMPLETE, refused);
}

/* --- its content --- */

/* Where bytes that the header's parser gives back stand in the stream; it may have held them since the piece before. */
static uint64_t
place_of(const struct content *c, slice bytes)
{
	uintptr_t p = (uintptr_t)bytes.p, piece = (uintptr_t)c->piece.p;

	return p >= piece && p < piece + c->piece.n ? c->piece_offset + (p - piece) : c->piece_offset - bytes.n;
}

static void
judge_header(struct content *c, const struct header_field *f, slice text, uint64_t offset)
{
	struct reading *rd = c->rd;
	size_t at;

	if (slice_find(f->raw, 0, &at))
		reading_note(rd, FINDING_SMTP_NUL, c->mail, rd->s->client, offset, f->raw.n, f->name);
	reading_note_text(rd, c->mail, rd->s->client, offset, f->raw.n, text);
}

static void
say_header(void *self, const struct header_field *f)
{
	struct content *c = self;
	struct session *s = c->rd->s;
	uint64_t offset = c->field;
	slice text = field_decode(&c->text, f->value);
	struct event ev;

	c->field = offset + f->raw.n;
	judge_header(c, f, text, offset);
	smtp_event(s, EV_HEADER, s->client, offset, f->raw.n, &ev);
	ev.at.truncated = f->truncated;
	ev.u.header = (struct ev_header){ c->mail->id, f->name, f->value, text };
	if (layer_wanted(s->layer, WANT(EV_HEADER)))
		reading_say(c->rd, &ev);
	if (c->parts.mime != NULL)
		mime_field(c->parts.mime, f, text, c->text.words, offset);
}

static void
take_no_field(void *self, slice beginning)
{
	struct content *c = self;

	if (c->parts.mime != NULL)
		mime_line(c->parts.mime, beginning, c->field);
}

static void
take_header_limit(void *self)
{
	struct content *c = self;

	if (c->parts.mime != NULL)
		mime_limit(c->parts.mime, c->field);
}

static void
say_bytes(struct content *c, slice bytes, uint64_t offset, bool in_header)
{
	struct session *s = c->rd->s;
	struct event ev;

	if (bytes.n == 0 || !layer_wanted(s->layer, WANT(EV_MAIL_BYTES)))
		return;
	smtp_event(s, EV_MAIL_BYTES, s->client, offset, bytes.n, &ev);
	ev.u.mail_bytes = (struct ev_mail_bytes){ c->mail->id, bytes, in_header };
	reading_say(c->rd, &ev);
}

static void
header_bytes(void *self, slice bytes, bool in_header)
{
	struct content *c = self;

	say_bytes(c, bytes, place_of(c, bytes), in_header);
	if (!in_header && c->parts.mime != NULL)
		mime_body(c->parts.mime, bytes, place_of(c, bytes));
}

static void
take_bytes(void *self, slice bytes, uint64_t offset)
{
	struct content *c = self;
	size_t in_header = 0;

	c->mail->size += bytes.n;
	c->next = offset + bytes.n;
	digests_feed(c->digests, bytes);
	if (c->parse_header && !c->header.done) {
		c->piece = bytes;
		c->piece_offset = offset;
		in_header = header_feed(&c->header, bytes);
	}
	bytes = slice_drop(bytes, in_header);
	say_bytes(c, bytes, offset + in_header, false);
	if (c->parts.mime != NULL && c->header.done)
		mime_body(c->parts.mime, bytes, offset + in_header);
}

static void
take_odd_end(void *self, enum odd_end odd, uint64_t offset, slice seen)
{
	struct content *c = self;

	if (!c->rd->fork)
		fork_begin(c->rd, odd, offset, seen);
}

static void
say_begin(struct content *c, uint64_t offset)
{
	struct session *s = c->rd->s;
	struct event ev;

	smtp_event(s, EV_MAIL_BEGIN, s->client, offset, 0, &ev);
	ev.at.after_gap = c->mail->lost || !c->mail->mail_seen;
	ev.u.mail_begin = (struct ev_mail_begin){ c->mail->id, c->mail->index, c->mail->transfer };
	reading_say(c->rd, &ev);
}

void
content_begin(struct reading *rd, struct mail *m, const char *transfer, uint64_t offset)
{
	struct layer *l = rd->s->layer;
	struct content *c;

	if (rd->content != NULL && rd->content->mail == m)
		return;				/* a further chunk */
	content_end(rd, false);			/* chunks of a transaction that was given up before its LAST */
	if (m->ended || m->decided)
		return;				/* DATA behind BDAT, or a chunk behind a refusal: there is no more to tell of it */
	c = rd->content = xcalloc(1, sizeof *c);
	c->mail = m;
	c->rd = rd;
	c->bdat = strcmp(transfer, "BDAT") == 0;
	field_init(&c->text);
	mailparts_init(&c->parts, rd, m, offset);
	c->parse_header = layer_wanted(l, WANT(EV_HEADER) | WANT(EV_MAIL_BYTES)) || c->parts.mime != NULL;
	if (c->parse_header)
		header_init(&c->header, &(struct header_user){ .self = c, .field = say_header, .bytes = header_bytes,
		    .no_field = take_no_field, .limit = take_header_limit });
	c->digests = digests_new((layer_wanted(l, WANT_SHA256) ? DIGEST_SHA256 : 0u)
	    | (layer_wanted(l, WANT_SHA1) ? DIGEST_SHA1 : 0u) | (layer_wanted(l, WANT_MD5) ? DIGEST_MD5 : 0u));
	c->begin = c->next = c->field = offset;
	body_init(&c->body, &(struct body_user){ c, take_bytes, take_odd_end }, offset);
	m->began = true;
	m->lost |= c->bdat && m->holed;
	m->transfer = transfer;
	if (!rd->fork)
		give_index(rd, m);
	say_begin(c, offset);
}

size_t
content_body(struct reading *rd, slice in, uint64_t offset, bool *end_r)
{
	struct content *c = rd->content;
	size_t n = body_feed(&c->body, in, offset, end_r);

	c->mail->damaged |= layer_origin(c->rd->s->layer).damaged;

	c->next = offset + n;
	return n;
}

void
content_octets(struct reading *rd, slice in, uint64_t offset)
{
	if (rd->content != NULL && in.n > 0)
		take_bytes(rd->content, in, offset);
}

void
content_lose(struct reading *rd, uint64_t missing, uint64_t next)
{
	struct content *c = rd->content;

	if (c == NULL)
		return;
	c->mail->lost = true;
	c->mail->missing += missing;
	c->next = c->field = next;
	body_gap(&c->body, next);
	if (c->parse_header)
		header_gap(&c->header);
	if (c->parts.mime != NULL)
		mime_gap(c->parts.mime, missing);
}

/* What comes is the middle of a message: its header is long over. */
void
content_skip_header(struct reading *rd)
{
	if (rd->content != NULL)
		rd->content->header.done = true;
}

/* RFC 1870 6: the client said how large; the server how large at most. */
static void
note_size(struct reading *rd, const struct content *c)
{
	struct mail *m = c->mail;
	uint64_t limit = rd->s->size_limit;
	bool over_limit = limit > 0 && m->size > limit;
	bool over_own = m->announced > 0 && m->size > m->announced + m->announced / 10 && m->size > m->announced + 4096;

	if (over_limit || over_own)
		reading_note(rd, FINDING_SMTP_SIZE_MISMATCH, m, rd->s->client, c->begin, c->next - c->begin,
		    over_own ? S("larger than its SIZE=") : S("larger than the server's SIZE"));
}

static void
note_body(struct reading *rd, const struct content *c)
{
	enum { TEXT_LINE = 1000 };		/* RFC 5321 4.5.3.1.6, with its CRLF */
	const struct body *b = &c->body;
	enum dir dir = rd->s->client;

	if (c->bdat)
		return;
	if (b->bare_lf > 0)
		reading_note(rd, FINDING_SMTP_BARE_LF, c->mail, dir, b->first_bare_lf, 1, S("in the message"));
	if (b->bare_cr > 0)
		reading_note(rd, FINDING_SMTP_BARE_CR, c->mail, dir, b->first_bare_cr, 1, S("in the message"));
	if (b->longest > TEXT_LINE)
		reading_note(rd, FINDING_SMTP_LINE_TOO_LONG, c->mail, dir, b->longest_at, b->longest, S("in the message"));
}

static void
say_end(struct content *c, bool complete)
{
	struct session *s = c->rd->s;
	struct mail *m = c->mail;
	struct event ev;
	struct ev_mail_end *end = &ev.u.mail_end;

	smtp_event(s, EV_MAIL_END, s->client, c->begin, c->next - c->begin, &ev);
	*end = (struct ev_mail_end){ .mail = m->id, .size = m->size, .missing = m->missing,
	    .whole = complete && !m->lost, .damaged = m->damaged };
	if (end->whole) {
		unsigned which = digests_finish(c->digests, end->sha256, end->sha1, end->md5);

		end->has_sha256 = which & DIGEST_SHA256;
		end->has_sha1 = which & DIGEST_SHA1;
		end->has_md5 = which & DIGEST_MD5;
	}
	reading_say(c->rd, &ev);
}

void
content_drop(struct reading *rd)
{
	struct content *c = rd->content;

	if (c == NULL)
		return;
	rd->content = NULL;
	if (c->parse_header)
		header_fini(&c->header);
	mailparts_fini(&c->parts);
	field_fini(&c->text);
	digests_free(&c->digests);
	free(c);
}

void
content_end(struct reading *rd, bool complete)
{
	struct content *c = rd->content;
	struct mail *m;

	if (c == NULL)
		return;
	m = c->mail;
	body_flush(&c->body);
	if (c->parse_header) {
		c->piece = SLICE_NONE;
		c->piece_offset = c->next;
		header_finish(&c->header);
	}
	if (c->parts.mime != NULL)
		mime_finish(c->parts.mime, complete);
	m->complete = complete;
	m->ended = true;
	note_body(rd, c);
	note_size(rd, c);
	m->begin = c->begin;
	m->length = c->next - c->begin;
	if (complete && m->size == 0 && !m->lost)
		reading_note(rd, FINDING_SMTP_EMPTY_MESSAGE, m, rd->s->client, m->begin, m->length, SLICE_NONE);
	say_end(c, complete);
	if (rd->mode == MODE_BODY)
		rd->mode = MODE_COMMAND;
	content_drop(rd);
}

bool
content_end_oddly(struct reading *rd)
{
	return rd->content != NULL && !rd->content->bdat && body_end_oddly(&rd->content->body);
}

struct mail *
content_mail(const struct reading *rd)
{
	return rd->content ? rd->content->mail : NULL;
}

bool
content_lost(const struct reading *rd)
{
	return rd->content != NULL && rd->content->mail->lost;
}

size_t
content_held(const struct reading *rd)
{
	const struct content *c = rd->content;

	if (c == NULL)
		return 0;
	return sizeof *c + c->header.field.cap + c->text.unfolded.cap + c->text.decoded.cap
	    + (c->parts.mime != NULL ? mime_memory(c->parts.mime) : 0);
}
