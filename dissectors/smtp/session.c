#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/chars.h"
#include "base/clean.h"
#include "base/err.h"

_Static_assert(FINDING_SMTP_UNKNOWN_COMMAND - FINDING_SMTP_AUTH_CANCELLED < 64, "struct told holds a bit for each");
_Static_assert(FINDING_TERM_INVALID_UTF8 - FINDING_TERM_BIDI < 8, "struct told holds a bit for each");

/* --- what is told --- */

void
smtp_event(struct session *s, enum ev_kind kind, enum dir dir, uint64_t offset, uint64_t length, struct event *ev_r)
{
	layer_event(s->layer, kind, dir, ev_r);
	ev_r->at.offset = offset;
	ev_r->at.length = length;
}

uint32_t
reading_serial(struct reading *rd)
{
	rd->serial = rd->fork ? fork_serial(rd->s) : ++rd->s->serial;
	return rd->serial;
}

void
reading_say(struct reading *rd, struct event *ev)
{
	ev->at.server_reading = rd->fork;
	if (rd->fork)
		fork_hold(rd->s, ev);
	else
		layer_emit(rd->s->layer, ev);
}

void
smtp_phase(struct reading *rd, const char *phase)
{
	struct session *s = rd->s;
	struct event ev;

	if (rd->fork || (s->phase != NULL && strcmp(s->phase, phase) == 0))
		return;
	s->phase = phase;
	if (!layer_wanted(s->layer, WANT(EV_PHASE)))
		return;
	smtp_event(s, EV_PHASE, s->client, 0, 0, &ev);
	ev.u.phase.phase = phase;
	layer_emit(s->layer, &ev);
}

/* False: it was told before. */
static bool
first_time(struct told *t, enum finding f)
{
	bool term = f >= FINDING_TERM_BIDI && f <= FINDING_TERM_INVALID_UTF8;
	uint64_t bit = UINT64_C(1) << (f - (term ? FINDING_TERM_BIDI : FINDING_SMTP_AUTH_CANCELLED));
	uint64_t had = term ? t->term : t->smtp;

	if (term)
		t->term |= (uint8_t)bit;
	else
		t->smtp |= bit;
	return (had & bit) == 0;
}

void
reading_note_each(struct reading *rd, enum finding f, struct mail *m, enum dir dir, uint64_t offset, uint64_t length,
    slice detail)
{
	if (!rd->fork)
		layer_note(rd->s->layer, f, dir, offset, length, m ? m->id : 0, detail);
}

void
reading_note(struct reading *rd, enum finding f, struct mail *m, enum dir dir, uint64_t offset, uint64_t length,
    slice detail)
{
	if (!rd->fork && first_time(m ? &m->told : &rd->s->told, f))
		reading_note_each(rd, f, m, dir, offset, length, detail);
}

/*
 * ISO-2022-JP (RFC 1468) in a raw header switches character sets by ESC: that belongs to the
 * charset, and is no attempt on a terminal. Appends the text without those sequences.
 */
static void
without_iso2022(slice text, struct buf *out)
{
	static const char *const switches[] = { "\x1b(B", "\x1b(J", "\x1b(I", "\x1b$@", "\x1b$B", "\x1b$(D" };

	while (text.n > 0) {
		size_t esc = text.n, skip = 1;

		slice_find(text, 0x1b, &esc);
		buf_add(out, slice_take(text, esc));
		text = slice_drop(text, esc);
		for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
			if (slice_starts(text, slice_of(switches[i])))
				skip = strlen(switches[i]);
		if (skip == 1)
			buf_add(out, slice_take(text, 1));
		text = slice_drop(text, skip);
	}
}

void
reading_note_text(struct reading *rd, struct mail *m, enum dir dir, uint64_t offset, uint64_t length, slice text)
{
	struct buf rest;
	unsigned found;

	if (clean_is_plain(text))
		return;
	buf_init(&rest, LIMIT_HEADER);
	without_iso2022(text, &rest);
	found = clean_scan(buf_slice(&rest));
	if (found & CLEANED_ESCAPE)
		reading_note(rd, FINDING_TERM_ESCAPE, m, dir, offset, length, text);
	if (found & CLEANED_BIDI)
		reading_note(rd, FINDING_TERM_BIDI, m, dir, offset, length, text);
	if (found & CLEANED_INVALID)
		reading_note(rd, FINDING_TERM_INVALID_UTF8, m, dir, offset, length, text);
	buf_fini(&rest);
}

/* --- what is wrong with a command, before anybody answers it --- */

/* RFC 5321 4.5.3.1.4: 512 octets; extensions allow more (RFC 1870 3, 3461 4, 4954 4, 6531 3.4), taken together here. */
static size_t
line_limit(const struct command *c)
{
	enum { PLAIN = 512, WITH_PARAMETERS = 512 + 1024, WITH_AUTH = 12288 };

	switch (c->verb->id) {
	case VERB_MAIL:
	case VERB_RCPT:
	case VERB_XCLIENT:
	case VERB_XFORWARD:
	case VERB_BURL:
		return WITH_PARAMETERS;
	case VERB_AUTH:
	case VERB_X_EXPS:
	case VERB_X_LINK2STATE:
		return WITH_AUTH;
	default:
		return PLAIN;
	}
}

static void
note_line(struct reading *rd, const struct line *line, size_t limit, bool utf8)
{
	enum dir dir = rd->s->client;

	if (line->end == '\n')
		reading_note(rd, FINDING_SMTP_BARE_LF, NULL, dir, line->offset, line->length, S("in a command"));
	if (line->bare_cr)
		reading_note(rd, FINDING_SMTP_BARE_CR, NULL, dir, line->offset, line->length, S("in a command"));
	if (line->nul)
		reading_note(rd, FINDING_SMTP_NUL, NULL, dir, line->offset, line->length, S("in a command"));
	if (line->eight_bit && !utf8)
		reading_note(rd, FINDING_SMTP_EIGHT_BIT, NULL, dir, line->offset, line->length, SLICE_NONE);
	if (line->length > limit)
		reading_note(rd, FINDING_SMTP_LINE_TOO_LONG, NULL, dir, line->offset, line->length, S("a command"));
}

static void
note_extensions(struct reading *rd, const struct command *c, const struct line *line)
{
	struct session *s = rd->s;
	bool path = c->verb->id == VERB_MAIL || c->verb->id == VERB_RCPT;
	uint32_t missing = c->verb->extension & ~s->offered;

	if (!s->hello || rd->unsure)
		return;
	if (missing != 0)
		reading_note(rd, FINDING_SMTP_EXTENSION_NOT_OFFERED, NULL, s->client, line->offset, line->length, c->name);
	for (size_t i = 0; path && i < c->nparameter; i++) {
		missing = extension_of_parameter(c->parameter[i].name, c->parameter[i].value) & ~s->offered;
		if (missing != 0)
			reading_note(rd, FINDING_SMTP_EXTENSION_NOT_OFFERED, NULL, s->client, line->offset, line->length,
			    c->parameter[i].name);
	}
}

/* RFC 2920 3.1: only if it was offered, and never behind a verb that must end its group. */
static void
note_pipelining(struct reading *rd, const struct line *line)
{
	struct session *s = rd->s;
	const struct verb *before = rd->n > 0 ? pending_at(rd, rd->n - 1)->verb : NULL;

	if (before == NULL || rd->unsure || !s->greeted)
		return;
	if (before->last && before->turns == TURNS_NOTHING)
		reading_note(rd, FINDING_SMTP_PIPELINE_UNADVERTISED, NULL, s->client, line->offset, line->length, before->name);
	else if (s->hello && !(s->offered & EXT_PIPELINING))
		reading_note(rd, FINDING_SMTP_PIPELINE_UNADVERTISED, NULL, s->client, line->offset, line->length, SLICE_NONE);
}

static void
note_unknown(struct reading *rd, const struct command *c, const struct line *line)
{
	static const char *const http[] = { "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT" };

	if (c->verb != &verb_unknown || rd->unsure || line->truncated || c->line.n == 0)
		return;
	for (size_t i = 0; i < sizeof http / sizeof http[0]; i++)
		if (slice_eq(c->name, slice_of(http[i])) && c->args.n > 9
		    && slice_starts(slice_drop(c->args, c->args.n - 8), S("HTTP/")))
			reading_note(rd, FINDING_SMTP_NOT_SMTP, NULL, rd->s->client, line->offset, line->length, c->line);
	reading_note(rd, FINDING_SMTP_UNKNOWN_COMMAND, NULL, rd->s->client, line->offset, line->length, c->name);
}

/* --- secrets --- */

static bool
is_base64_word(slice s)
{
	uint8_t out[LIMIT_VERB * 3];
	size_t n;

	return s.n >= 4 && s.n <= LIMIT_VERB * 4 && base64_decode(s, true, out, &n);
}

/*
 * What may be a credential is treated as one. A client that does not wait for the reply to
 * AUTH sends its answers even if AUTH was refused, and behind a gap nobody knows what a line is.
 */
static bool
is_secret(const struct reading *rd, const struct command *c)
{
	slice mechanism, response;

	switch (c->verb->id) {
	case VERB_AUTH:
	case VERB_X_EXPS:
		return slice_cut(c->args, ' ', &mechanism, &response);
	case VERB_BURL:
		return true;		/* RFC 4467: the token in the URL opens the mailbox */
	case VERB_UNKNOWN:
		if (slice_eq(c->name, S("PASS")))
			return true;	/* of POP3, said to the wrong server */
		return (rd->s->auth_failed || rd->unsure || rd->envelope_lost) && is_base64_word(c->line);
	default:
		return false;
	}
}

static const slice clear_mechanisms[] = {
	{ (const uint8_t *)"PLAIN", 5 }, { (const uint8_t *)"LOGIN", 5 },
	{ (const uint8_t *)"XOAUTH2", 7 }, { (const uint8_t *)"OAUTHBEARER", 11 },
};

/* A credential went over the wire. Those of CRAM-MD5 and its like are proofs, not passwords. */
static void
note_credentials(struct reading *rd, const struct line *line)
{
	struct session *s = rd->s;
	slice mechanism = buf_slice(&s->auth->mechanism);

	if (s->auth->secret.n == 0 || s->tls_clear)
		return;
	for (size_t i = 0; i < sizeof clear_mechanisms / sizeof clear_mechanisms[0]; i++)
		if (slice_eq(mechanism, clear_mechanisms[i]))
			reading_note(rd, FINDING_SMTP_AUTH_CLEARTEXT, NULL, s->client, line->offset, line->length, mechanism);
	if (s->offered & EXT_STARTTLS)
		reading_note(rd, FINDING_SMTP_STARTTLS_UNUSED_AUTH, NULL, s->client, line->offset, line->length, mechanism);
}

/* --- the client's commands --- */

static bool
ends_transaction(enum verb_id id)
{
	return id == VERB_RSET || id == VERB_HELO || id == VERB_EHLO || id == VERB_LHLO || id == VERB_QUIT
	    || id == VERB_STARTTLS || id == VERB_X_ANONYMOUSTLS;
}

/* For those who compare it with the header. */
static void
keep_sender(struct reading *rd, struct mail *m, const struct command *c)
{
	if (!c->has_path || !layer_wanted(rd->s->layer, WANT_JUDGEMENT))
		return;
	m->sender = xcalloc(c->address.n + 1, 1);
	m->sender_n = c->address.n;
	if (c->address.n > 0)
		memcpy(m->sender, c->address.p, c->address.n);
}

static void
begin_mail(struct reading *rd, const struct command *c, const struct line *line, struct pending *p)
{
	struct mail *m = mail_new(rd, p->serial);
	slice size;

	m->mail_seen = true;
	keep_sender(rd, m, c);
	m->utf8 = command_parameter(c, S("SMTPUTF8"), &size);
	if (command_parameter(c, S("SIZE"), &size) && !slice_number(size, &m->announced))
		m->announced = 0;
	if (rd->current != NULL && rd->current->holed)
		mail_abort(rd, rd->current);
	if (rd->current != NULL && !rd->fork) {
		/* RFC 5321 4.1.4: refused with 503 it is part of the transaction that is open. */
		reading_note(rd, FINDING_SMTP_NESTED_MAIL, rd->current, rd->s->client, line->offset, line->length, c->address);
		p->nested = true;
		m->outer = rd->current;
		m->outer->refs++;
	}
	pending_join(p, m);
	rd->envelope_lost = false;
}

/* Which transaction a command belongs to, and what the client may think of it from here on. */
static void
join_mail(struct reading *rd, const struct command *c, struct pending *p)
{
	if (rd->current == NULL)
		return;
	switch (c->verb->id) {
	case VERB_RCPT:
		p->recipient = (int32_t)(rd->current->rcpts++ & INT32_MAX);
		break;
	case VERB_DATA:
	case VERB_BDAT:
	case VERB_BURL:
		break;
	default:
		if (!ends_transaction(c->verb->id))
			return;
		pending_join(p, rd->current);
		rd->current = NULL;
		return;
	}
	pending_join(p, rd->current);
}

static void
say_command(struct reading *rd, const struct command *c, const struct line *line, const struct pending *p, bool pipelined)
{
	struct event ev;

	smtp_event(rd->s, EV_COMMAND, rd->s->client, line->offset, line->length, &ev);
	ev.at.secret = p->secret;
	ev.at.truncated = line->truncated || c->cut;
	ev.at.after_gap = rd->unsure;
	ev.u.command = (struct ev_command){
		.serial = p->serial,
		.mail = p->mail ? p->mail->id : 0,
		.verb = c->name,
		.line = c->line,
		.args = c->args,
		.address = c->address,
		.path = c->path,
		.has_path = c->has_path,
		.parameter = c->parameter,
		.nparameter = c->nparameter,
		.line_end = line->end,
		.pipelined = pipelined,
	};
	if (p->nested)
		rd->nested = event_clone(&ev, NULL);
	else
		reading_say(rd, &ev);
}

static void
begin_auth(struct reading *rd, const struct command *c, const struct line *line, uint32_t serial)
{
	struct session *s = rd->s;
	slice mechanism, response;
	bool initial = slice_cut(c->args, ' ', &mechanism, &response);

	auth_free(&s->auth);
	s->auth = auth_new(mechanism);
	s->auth_serial = serial;
	if (initial) {
		auth_answer(s->auth, response);
		note_credentials(rd, line);
	}
	smtp_phase(rd, "auth");
}

/* RFC 3030: the octets follow at once, whatever the reply will be; only if nobody can say how many, it is waited for. */
static void
begin_chunk(struct reading *rd, const struct command *c, const struct line *line, struct pending *p)
{
	struct chunk chunk = chunk_parse(c->args);
	struct session *s = rd->s;

	if (!chunk.sane) {
		reading_note(rd, FINDING_SMTP_BDAT_BAD_SIZE, p->mail, s->client, line->offset, line->length, c->args);
		rd->mode = rd->fork ? MODE_DEAF : MODE_WAIT;
		rd->left = chunk.sized ? chunk.size : 0;
		return;
	}
	rd->left = chunk.size;
	rd->mode = MODE_CHUNK;
	rd->skip_chunk = p->mail == NULL;
	p->last_chunk = chunk.last;
	if (chunk.last) {
		p->verb = &verb_end;		/* its reply answers the content */
		p->serial = reading_serial(rd);
	}
	if (p->mail == NULL)
		return;
	if (p->mail->data)
		reading_note(rd, FINDING_SMTP_BDAT_MIXED, p->mail, s->client, line->offset, line->length, SLICE_NONE);
	p->mail->bdat = true;
	content_begin(rd, p->mail, "BDAT", line->offset + line->length);
	smtp_phase(rd, "bdat");
}

/* RFC 4468 3: "BURL imap://… LAST" */
static bool
ends_in_last(slice args)
{
	return args.n > 5 && slice_ieq(slice_drop(args, args.n - 5), S(" LAST"));
}

static uint64_t
blob_size(slice args)
{
	slice number, rest;
	uint64_t size;

	slice_cut(args, ' ', &number, &rest);
	return slice_number(number, &size) && size <= INT64_MAX ? size : 0;
}

/* The client must stop behind some verbs; the second reading does not wait, and stops reading where it would have to guess. */
static void
begin_waiting(struct reading *rd, const struct command *c, const struct line *line, struct pending *p)
{
	switch (c->verb->turns) {
	case TURNS_NOTHING:
		if (p->nested)
			rd->mode = MODE_WAIT;
		return;
	case TURNS_CONTENT:
		if (p->mail != NULL && p->mail->bdat)
			reading_note(rd, FINDING_SMTP_BDAT_MIXED, p->mail, rd->s->client, line->offset, line->length, SLICE_NONE);
		if (p->mail != NULL)
			p->mail->data = true;
		if (rd->fork && p->mail != NULL) {
			content_begin(rd, p->mail, "DATA", line->offset + line->length);
			rd->mode = MODE_BODY;
			return;
		}
		break;
	case TURNS_AUTH:
		if (!rd->fork)
			begin_auth(rd, c, line, p->serial);
		break;
	case TURNS_BLOB:
		rd->blob = blob_size(c->args);
		break;
	case TURNS_TLS:
	case TURNS_ROLES:
		break;
	}
	rd->mode = rd->fork ? MODE_DEAF : MODE_WAIT;
}

static void
end_chunk(struct reading *rd)
{
	struct pending *p = rd->n > 0 ? pending_at(rd, rd->n - 1) : NULL;
	bool last = p != NULL && p->last_chunk && p->serial == rd->serial;
	struct origin now = layer_origin(rd->s->layer);

	rd->mode = MODE_COMMAND;
	if (p != NULL && p->serial == rd->serial) {
		p->time = now.time;		/* the reply answers the octets, not the line before them */
		p->packet = now.packet;
	}
	if (!last)
		return;
	content_end(rd, true);
	if (rd->current == p->mail)
		rd->current = NULL;
}

/* Content may begin whose MAIL nobody saw; where everything was seen, the server will refuse it, and there is no message. */
static void
adopt_content(struct reading *rd, const struct command *c, struct pending *p)
{
	if (c->verb->id != VERB_BDAT || p->mail != NULL || !(rd->envelope_lost || layer_one_sided(rd->s->layer)))
		return;
	rd->current = mail_new(rd, p->serial);
	rd->current->holed = rd->envelope_lost;
	pending_join(p, rd->current);
}

/* A blob is answered like the command that announced it. */
void
smtp_end_octets(struct reading *rd)
{
	if (rd->mode == MODE_CHUNK) {
		end_chunk(rd);
		return;
	}
	rd->mode = MODE_COMMAND;
	pending_push(rd, verb_find(S("XEXCH50")), rd->serial, NULL);
}

static void
client_command(struct reading *rd, const struct line *line)
{
	struct session *s = rd->s;
	struct pending *p;
	struct command c;
	bool pipelined, utf8, secret;
	slice value;

	pending_forget_answered(rd);
	command_parse(slice_take(line->text, LIMIT_COMMAND_LINE), &c);
	utf8 = command_parameter(&c, S("SMTPUTF8"), &value) || (rd->current != NULL && rd->current->utf8);
	note_line(rd, line, line_limit(&c), utf8);
	note_pipelining(rd, line);
	note_extensions(rd, &c, line);
	secret = is_secret(rd, &c);
	if (secret && c.verb == &verb_unknown)
		c.name = SLICE_NONE;		/* the word itself may be the password */
	note_unknown(rd, &c, line);

	pipelined = rd->n > 0;
	if (ends_transaction(c.verb->id))
		rd->envelope_lost = false;
	p = pending_push(rd, c.verb, reading_serial(rd), NULL);
	p->blank = line->text.n == 0;
	p->secret = secret;
	if (c.verb == &verb_unknown || c.verb->id == VERB_RCPT)
		pending_set_text(p, c.verb == &verb_unknown ? c.name : c.address);
	if (c.verb->id == VERB_MAIL) {
		begin_mail(rd, &c, line, p);
	} else {
		join_mail(rd, &c, p);
		adopt_content(rd, &c, p);
	}
	say_command(rd, &c, line, p, pipelined);
	if (c.verb->id == VERB_MAIL)
		rd->current = p->mail;
	p->last_chunk = c.verb->id == VERB_BURL && ends_in_last(c.args);
	rd->quit_sent |= c.verb->id == VERB_QUIT;
	if (c.verb->id == VERB_XCLIENT && !rd->fork)
		proxy_xclient(s, &c, line->offset, line->length);
	if (c.verb->id == VERB_BDAT)
		begin_chunk(rd, &c, line, p);
	else
		begin_waiting(rd, &c, line, p);
	if (!rd->fork && s->fork != NULL)
		fork_command(s, p);
	if (rd->mode == MODE_CHUNK && rd->left == 0)
		end_chunk(rd);
}

/* RFC 4954 4: a line that answers a challenge. It is never a command, whatever it looks like. */
static void
client_answer(struct reading *rd, const struct line *line)
{
	struct session *s = rd->s;
	struct event ev;
	struct pending *p = pending_push(rd, &verb_auth_step, reading_serial(rd), NULL);

	smtp_event(s, EV_COMMAND, s->client, line->offset, line->length, &ev);
	note_line(rd, line, LIMIT_AUTH_RESPONSE, false);
	ev.at.secret = true;
	ev.at.truncated = line->truncated;
	ev.at.after_gap = rd->unsure;
	ev.u.command = (struct ev_command){
		.serial = p->serial, .verb = verb_auth_step.name, .line = line->text, .args = line->text, .line_end = line->end,
	};
	reading_say(rd, &ev);
	auth_answer(s->auth, line->text);
	note_credentials(rd, line);
	p->secret = true;
	rd->mode = MODE_WAIT;
}

static void
client_line(struct reading *rd, const struct line *line)
{
	struct session *s = rd->s;

	if (!s->greeted && !rd->fork) {
		s->early = true;
		s->early_length = line->offset + line->length;
	}
	if (rd->mode == MODE_AUTH)
		client_answer(rd, line);
	else
		client_command(rd, line);
	lines_wipe(&rd->lines);
}

void
smtp_break_line(struct reading *rd, bool skip)
{
	struct line line;

	if (lines_break(&rd->lines, skip, &line))
		client_line(rd, &line);
}

/* What stood behind STARTTLS when its 220 came (CVE-2011-0411): told as what it is, but no reply will answer it in clear. */
static size_t
feed_injected(struct reading *rd, slice in, uint64_t offset)
{
	struct session *s = rd->s;
	struct line line;
	bool got;
	size_t n;

	in = slice_take(in, s->injected);
	n = lines_feed(&rd->lines, in, offset, &line, &got);
	s->injected -= n;
	if (!got && s->injected == 0)
		got = lines_break(&rd->lines, false, &line);
	if (got) {
		struct command c;
		struct pending p = { .serial = reading_serial(rd) };

		command_parse(slice_take(line.text, LIMIT_COMMAND_LINE), &c);
		say_command(rd, &c, &line, &p, true);
	}
	if (s->injected == 0)
		smtp_put_tls(s);
	return n;
}

static size_t
feed_octets(struct reading *rd, slice in, uint64_t offset)
{
	slice octets = slice_take(in, rd->left < in.n ? (size_t)rd->left : in.n);

	if (rd->mode == MODE_CHUNK && !rd->skip_chunk)
		content_octets(rd, octets, offset);
	rd->left -= octets.n;
	if (rd->left == 0)
		smtp_end_octets(rd);
	return octets.n;
}

/* RFC 5321 4.1.1.4: the end of the content is answered, so it stands in the queue like a command. */
static size_t
feed_body(struct reading *rd, slice in, uint64_t offset)
{
	struct mail *m = content_mail(rd);
	bool end;
	size_t n = content_body(rd, in, offset, &end);

	if (!end)
		return n;
	pending_push(rd, &verb_end, reading_serial(rd), m);
	content_end(rd, true);
	if (rd->current == m)
		rd->current = NULL;
	rd->mode = MODE_COMMAND;
	return n;
}

static size_t
feed_lines(struct reading *rd, slice in, uint64_t offset)
{
	struct line line;
	bool got;
	size_t n;

	if (rd->behind_gap)
		return loss_peek(rd, in, offset);
	n = lines_feed(&rd->lines, in, offset, &line, &got);
	if (got)
		client_line(rd, &line);
	return n;
}

size_t
reading_feed(struct reading *rd, slice in, uint64_t offset)
{
	switch (rd->mode) {
	case MODE_COMMAND:
	case MODE_AUTH:
		return feed_lines(rd, in, offset);
	case MODE_BODY:
		return feed_body(rd, in, offset);
	case MODE_CHUNK:
	case MODE_BLOB:
		return feed_octets(rd, in, offset);
	case MODE_INJECTED:
		return feed_injected(rd, in, offset);
	case MODE_WAIT:
		return rd->guess && loss_guess(rd, in) ? loss_peek(rd, in, offset) : 0;
	case MODE_PEEK:
		return loss_peek(rd, in, offset);
	case MODE_MIDSTREAM:
		loss_midstream(rd, in, offset, rd->guess);
		return rd->mode == MODE_MIDSTREAM ? 0 : reading_feed(rd, in, offset);
	case MODE_TLS:
		return 0;
	case MODE_DEAF:
		return in.n;
	}
	return in.n;
}

void
reading_init(struct reading *rd, struct session *s)
{
	*rd = (struct reading){ .s = s };
	lines_init(&rd->lines, LIMIT_AUTH_RESPONSE);
}

void
reading_fini(struct reading *rd)
{
	lines_fini(&rd->lines);
	pending_fini(rd);
	free(rd->nested);
	rd->nested = NULL;
}

/* --- TLS under us --- */

bool
smtp_is_blind(const struct session *s)
{
	return s->tls_under && !s->tls_clear && layer_has_below(s->layer);
}

void
smtp_put_tls(struct session *s)
{
	smtp_phase(&s->now, "tls");
	s->tls_under = layer_insert(s->layer, "tls");
	s->now.mode = s->tls_under ? MODE_TLS : MODE_DEAF;
}

/*
 * Bytes came up. Through the filter they are plaintext, and the session begins anew (RFC 3207 4.2);
 * if the filter has gone, there was no TLS, or it ended, and both sides go on where they were.
 */
static void
tls_gives(struct session *s)
{
	if (layer_has_below(s->layer)) {
		s->tls_clear = true;
		s->hello = s->extended = false;
		s->offered = 0;
	} else {
		s->tls_under = s->tls_clear = false;
		s->tls_denied = true;
		s->tls_at = layer_offset(s->layer, s->client);
	}
	s->now.mode = MODE_COMMAND;
}

/* TLS from the first byte (RFC 8314 3.3): a handshake record, or the hello of SSLv2. No command begins so. */
static bool
begins_tls(slice in)
{
	return in.p[0] == 0x16 || in.p[0] >= 0x80;
}

static bool
is_tls_middle(slice in)
{
	return in.p[0] >= 0x14 && in.p[0] <= 0x17;
}

/* Where nothing was said before, or nobody knows what was. */
static bool
is_tls_here(const struct session *s, slice in, uint64_t offset)
{
	const struct reading *rd = &s->now;
	bool inside = lines_pending(&rd->lines) || (rd->lines.skipping && !rd->silent);
	bool lost = rd->mode == MODE_MIDSTREAM || (rd->mode == MODE_COMMAND && rd->unsure && !inside);

	if (s->tls_denied && s->tls_at == offset)
		return false;
	return (offset == s->begin && begins_tls(in)) || (lost && is_tls_middle(in));
}

/* --- the doors --- */

void
smtp_open(struct session *s, struct layer *layer, bool lmtp)
{
	s->layer = layer;
	s->lmtp = lmtp;
	s->client = DIR_CLIENT;
	s->last[0] = s->last[1] = NSTIME_NONE;
	reading_init(&s->now, s);
	lines_init(&s->replies, LIMIT_REPLY_LINE);
	if (layer_midstream(layer)) {
		s->now.mode = MODE_MIDSTREAM;
		s->now.unsure = s->now.envelope_lost = true;
		s->proxy_checked = true;
	}
}

/* Kept bytes come again when the server speaks. Only what the client sent behind that shows what it had read. */
bool
smtp_is_fresh(const struct session *s, uint64_t offset)
{
	return offset >= s->client_said;
}

/* Behind a gap: if the server answered while the client said nothing, the client had read all replies to what was lost. */
static void
hear_client(struct reading *rd, uint64_t offset)
{
	if (!smtp_is_fresh(rd->s, offset))
		return;
	if (rd->heard && rd->n == 0)
		rd->unsure = false;
	rd->silent = rd->heard = false;
	/* It has read all that the server said: the server is not in the middle of a line. */
	if (rd->s->silent)
		lines_resume(&rd->s->replies);
	rd->s->silent = false;
}

static size_t
client_bytes(struct session *s, slice in, uint64_t offset)
{
	size_t taken = 0;

	while (!s->proxy_checked && taken < in.n)
		taken += proxy_feed(s, slice_drop(in, taken), offset + taken);
	s->client_at = offset + taken;
	while (taken < in.n) {
		slice rest = slice_drop(in, taken);
		size_t n;

		s->tls_due = is_tls_here(s, rest, offset + taken);
		if (s->tls_due && s->offering)
			return taken;		/* both streams must stand still when the filter comes */
		if (s->tls_due) {
			s->tls_due = false;
			smtp_put_tls(s);
			return taken;
		}
		fork_before_client(s, offset + taken);
		hear_client(&s->now, offset + taken);
		n = reading_feed(&s->now, rest, offset + taken);
		s->client_at += n;
		if (s->fork != NULL)
			fork_feed(s, slice_take(rest, n), offset + taken);
		if (n == 0)
			break;
		taken += n;
	}
	return taken;
}

size_t
smtp_data(struct session *s, enum dir dir, slice in)
{
	uint64_t offset = layer_offset(s->layer, dir);

	s->last[dir] = layer_origin(s->layer).time;
	s->client_at = layer_offset(s->layer, s->client);
	if (s->now.mode == MODE_TLS)
		tls_gives(s);
	if (dir != s->client) {
		s->client_said = layer_offset(s->layer, s->client) + layer_kept(s->layer, s->client).n;
		return smtp_server(s, in, offset);
	}
	return client_bytes(s, in, offset);
}

void
smtp_gap(struct session *s, enum dir dir, uint64_t missing)
{
	if (smtp_is_blind(s))
		return;
	if (s->now.mode == MODE_TLS)
		tls_gives(s);
	s->client_at = layer_offset(s->layer, s->client);
	proxy_break(s);
	if (dir == s->client)
		loss_client_gap(s, missing);
	else
		loss_server_gap(s, missing);
}

/* A line or a reply that was begun and never ended. */
static void
end_replies(struct session *s)
{
	enum dir server = dir_other(s->client);
	uint64_t begun = s->replies.length;

	if (begun > 0 || reply_pending(&s->builder))
		reading_note(&s->now, FINDING_SMTP_REPLY_UNTERMINATED, NULL, server, layer_offset(s->layer, server) - begun, begun,
		    SLICE_NONE);
	answer_break(s);
}

void
smtp_eof(struct session *s, enum dir dir)
{
	if (smtp_is_blind(s))
		return;
	if (dir != s->client) {
		end_replies(s);
		return;
	}
	proxy_break(s);
	loss_settle_peek(&s->now);
	if (s->now.mode == MODE_COMMAND || s->now.mode == MODE_AUTH)
		smtp_break_line(&s->now, false);
}

/* --- the end --- */

static bool
was_seen_to_end(enum why why)
{
	return why == WHY_FIN || why == WHY_RST || why == WHY_IDLE;
}

/* One side said nothing more for long, and then the connection ended. */
static void
note_silence(struct session *s, enum why why, enum dir who)
{
	nstime now = layer_origin(s->layer).time, client = s->last[s->client], server = s->last[dir_other(s->client)];
	nstime latest = client > server ? client : server;
	bool owes = s->now.n > 0 && !s->now.unsure;
	enum dir silent = owes ? dir_other(s->client) : s->client;

	if (!was_seen_to_end(why) || latest == NSTIME_NONE || now - latest < LIMIT_SILENCE || s->quit || !s->replied)
		return;
	if (why != WHY_IDLE && who == silent)	/* it gave up: nobody had waited for it */
		return;
	reading_note(&s->now, FINDING_SMTP_TIMEOUT, NULL, silent, layer_offset(s->layer, silent), 0,
	    owes ? S("the server") : S("the client"));
}

static void
note_ending(struct session *s, enum why why, enum dir who)
{
	struct reading *rd = &s->now;
	uint64_t end = layer_offset(s->layer, s->client);
	bool left = (why == WHY_FIN || why == WHY_RST) && who == s->client;

	note_silence(s, why, who);
	if (left && s->had_greeting && !rd->quit_sent && !s->quit && !s->closing && !layer_one_sided(s->layer) && !rd->unsure)
		reading_note(rd, FINDING_SMTP_CLOSED_WITHOUT_QUIT, NULL, s->client, end, 0, SLICE_NONE);
	if (!s->greeted && !s->lost_replies && was_seen_to_end(why) && !layer_one_sided(s->layer))
		reading_note(rd, FINDING_SMTP_NO_GREETING, NULL, dir_other(s->client), 0, 0, SLICE_NONE);
	if (rd->mode == MODE_CHUNK && rd->left > 0)
		reading_note(rd, FINDING_SMTP_BDAT_SHORT, content_mail(rd), s->client, end, 0, SLICE_NONE);
}

/* Is the reply to this message's content one that nobody could have seen? */
static bool
answer_may_be_lost(struct session *s, const struct mail *m, enum why why)
{
	if (!was_seen_to_end(why) || layer_one_sided(s->layer))
		return true;
	for (size_t i = 0; i < s->now.n; i++)
		if (pending_at(&s->now, i)->mail == m && pending_at(&s->now, i)->maybe_answered)
			return true;
	return false;
}

/* RSET and QUIT that nobody answered: the client had given up all the same. */
static void
abort_unanswered(struct reading *rd)
{
	for (size_t i = 0; i < rd->n; i++) {
		struct pending *p = pending_at(rd, i);

		if (p->mail != NULL && ends_transaction(p->verb->id))
			mail_abort(rd, p->mail);
	}
}

static void
end_mails(struct session *s, enum why why)
{
	struct reading *rd = &s->now;

	if (rd->n > 0 && pending_at(rd, rd->n - 1)->nested)
		answer_guess_nested(rd, pending_at(rd, rd->n - 1));
	abort_unanswered(rd);
	for (struct mail *m = rd->mails; m != NULL; m = m->next) {
		bool lost = answer_may_be_lost(s, m, why);

		if (!m->decided && m->complete && !lost)
			reading_note(rd, FINDING_SMTP_REPLY_MISSING, m, s->client, m->begin, m->length, SLICE_NONE);
		m->refs++;			/* its fate is told below, in order */
		mail_close(rd, m, lost);
		m->refs--;
	}
	while (rd->n > 0)
		pending_pop(rd);
	for (struct mail *m = rd->mails, *next; m != NULL; m = next) {
		next = m->next;
		mail_settle(rd, m);
	}
}

void
smtp_close(struct session *s, enum why why, enum dir who)
{
	if (!smtp_is_blind(s)) {
		smtp_eof(s, s->client);
		smtp_eof(s, dir_other(s->client));
	}
	fork_end(s);
	if (!smtp_is_blind(s))
		note_ending(s, why, who);
	end_mails(s, why);
	auth_finish(s, 0, false);
	content_drop(&s->now);
	mail_drop_all(&s->now);
	reading_fini(&s->now);
	lines_fini(&s->replies);
	reply_builder_fini(&s->builder);
	proxy_fini(s);
}

void
smtp_decide(struct session *s, enum dir dir)
{
	if (dir == s->client)
		s->now.guess = true;
}

size_t
smtp_memory(const struct session *s)
{
	return content_held(&s->now) + fork_memory(s);
}
