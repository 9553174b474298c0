/*
 * answer.c - the server's replies: what each answers, and what it does.
 *
 * A reply is told first, then it takes effect, then its command leaves the
 * queue; so a transaction's fate is told behind the reply that decided it.
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "base/chars.h"

static bool is_yes(int code) { return code >= 200 && code < 400; }
static bool is_no(int code) { return code >= 400; }

static void
note_reply(struct reading *rd, enum finding f, struct mail *m, const struct reply *r, slice detail)
{
	reading_note(rd, f, m, dir_other(rd->s->client), r->offset, r->length, detail);
}

/* Servers repeat what they do not understand, passwords included. */
static bool
leaks(const struct session *s, const struct pending *p, const struct reply *r)
{
	bool repeats = p != NULL && p->secret && p->verb == &verb_unknown;

	for (size_t i = 0; s->auth != NULL && i < r->nline && !repeats; i++)
		repeats = auth_leaks(s->auth, r->line[i]);
	return repeats;
}

/* What a finding may show of a reply. */
static slice
last_line(const struct session *s, const struct reply *r)
{
	const struct pending *p = s->now.n > 0 ? pending_at((struct reading *)&s->now, 0) : NULL;

	return r->nline > 0 && !leaks(s, p, r) ? r->line[r->nline - 1] : SLICE_NONE;
}

/* "nobody@example.net: 550 5.1.1 User unknown" */
static void
note_whose(struct reading *rd, enum finding f, struct mail *m, const struct reply *r, slice whose)
{
	struct buf text;

	buf_init(&text, LIMIT_DETAIL);
	if (whose.n > 0) {
		buf_add(&text, whose);
		buf_add(&text, S(": "));
	}
	buf_add(&text, last_line(rd->s, r));
	reading_note_each(rd, f, m, dir_other(rd->s->client), r->offset, r->length, buf_slice(&text));
	buf_fini(&text);
}

/* --- telling it --- */

struct named { slice verb, address; int32_t recipient; };

static struct named
name_of(const struct pending *p)
{
	slice text = { (const uint8_t *)p->text, p->text_n };

	if (p->verb == &verb_unknown)
		return (struct named){ text, SLICE_NONE, -1 };
	return (struct named){ p->verb->name, p->verb->id == VERB_RCPT ? text : SLICE_NONE, p->recipient };
}

/* RFC 2033 4.2: each reply behind the content is one recipient's, in the order in which they were accepted. */
static struct named
name_of_owed(const struct mail *m)
{
	const struct owed *o = &m->owed[m->paid];

	return (struct named){ verb_end.name, { (const uint8_t *)o->address, o->n }, o->index };
}

static bool
is_owed(const struct session *s, const struct pending *p)
{
	return s->lmtp && p->verb == &verb_end && p->mail != NULL && p->mail->paid < p->mail->nowed;
}

static size_t
capabilities(const struct pending *p, const struct reply *r, slice *capability)
{
	bool hello = p->verb->id == VERB_EHLO || p->verb->id == VERB_LHLO;
	size_t n = 0;

	/* RFC 5321 4.1.1.1: behind the first line, which greets. */
	for (size_t i = 1; hello && r->code / 100 == 2 && i < r->nline && n < LIMIT_CAPABILITIES; i++) {
		struct reply_line line;

		if (reply_line_parse(r->line[i], &line) && line.text.n > 0)
			capability[n++] = line.text;
	}
	return n;
}

static void
reply_event(struct session *s, const struct pending *p, const struct reply *r, struct event *ev_r)
{
	smtp_event(s, EV_REPLY, dir_other(s->client), r->offset, r->length, ev_r);
	ev_r->at.packet = r->origin.packet;
	ev_r->at.time = r->origin.time;
	ev_r->at.truncated = r->truncated;
	ev_r->at.secret = leaks(s, p, r);
	ev_r->u.reply = (struct ev_reply){
		.code = r->code, .enhanced = r->enhanced, .text = r->text, .line = r->line, .nline = r->nline,
		.recipient = -1, .wait = NSTIME_NONE,
	};
}

static nstime
since(nstime then, nstime now)
{
	return then == NSTIME_NONE || now < then ? NSTIME_NONE : now - then;
}

/* A nested MAIL that was refused with 503 belongs to the transaction that is open. */
static uint32_t
mail_of(const struct pending *p, const struct reply *r)
{
	const struct mail *m = p->mail;

	if (m != NULL && m->outer != NULL && r->code == 503)
		m = m->outer;
	return m != NULL ? m->id : 0;
}

static void
say_answer(struct session *s, struct reading *rd, const struct pending *p, const struct reply *r)
{
	struct event ev;
	struct named named = is_owed(s, p) ? name_of_owed(p->mail) : name_of(p);
	slice capability[LIMIT_CAPABILITIES];
	bool captured_first = r->origin.packet < p->packet;

	reply_event(s, p, r, &ev);
	ev.at.after_gap = rd->unsure || p->after_gap || p->maybe_answered || (p->guessed && !p->forked);
	ev.at.server_reading = p->forked;
	ev.u.reply.answers = p->serial;
	ev.u.reply.mail = mail_of(p, r);
	ev.u.reply.verb = named.verb;
	ev.u.reply.address = named.address;
	ev.u.reply.recipient = named.recipient;
	ev.u.reply.wait = since(p->time, r->origin.time);
	ev.u.reply.ambiguous = rd->n > 1 || p->more > 0;
	ev.u.reply.captured_first = captured_first;
	ev.u.reply.capability = capability;
	ev.u.reply.ncapability = capabilities(p, r, capability);
	layer_emit(s->layer, &ev);
	if (captured_first)
		note_reply(rd, FINDING_SMTP_REPLY_BEFORE_COMMAND, NULL, r, SLICE_NONE);
}

static void
say_alone(struct session *s, const struct reply *r, nstime wait, bool after_gap)
{
	struct event ev;

	reply_event(s, NULL, r, &ev);
	ev.at.after_gap = after_gap;
	ev.u.reply.wait = wait;
	layer_emit(s->layer, &ev);
}

/* --- what it does: EHLO --- */

/* A middlebox that blots STARTTLS out leaves its shape: eight X, or some of its letters, or X and one letter. */
static bool
is_blotted(slice keyword)
{
	static const char word[] = "STARTTLS";
	size_t x = 0;

	for (size_t i = 0; i < keyword.n; i++) {
		uint8_t c = char_upper(keyword.p[i]);
		bool last = i + 1 == keyword.n;

		if (c == 'X')
			x++;
		else if (i >= sizeof word - 1 || (c != (uint8_t)word[i] && !(last && char_is_alpha(c))))
			return false;
	}
	return keyword.n >= sizeof word - 1 && x >= 2;
}

static void
learn_capabilities(struct session *s, struct reading *rd, const struct pending *p, const struct reply *r)
{
	slice capability[LIMIT_CAPABILITIES];
	size_t n = capabilities(p, r, capability);

	for (size_t i = 0; i < n; i++) {
		slice keyword = capability[i], rest = SLICE_NONE, old;

		slice_cut(capability[i], ' ', &keyword, &rest);
		if (slice_cut(keyword, '=', &old, &rest))	/* "AUTH=LOGIN", for clients older than RFC 2554 */
			keyword = old;
		s->offered |= extension_find(keyword);
		if (slice_ieq(keyword, S("SIZE")) && !slice_number(slice_trim(rest), &s->size_limit))
			s->size_limit = 0;
		if (is_blotted(keyword))
			note_reply(rd, FINDING_SMTP_STARTTLS_STRIPPED, NULL, r, capability[i]);
	}
}

static void
forget_hello(struct session *s)
{
	s->hello = s->extended = false;
	s->offered = 0;
	s->size_limit = 0;
}

static void
restore_current(struct reading *rd, struct mail *m)
{
	if (rd->current == NULL && m != NULL && !m->decided && !m->complete)
		rd->current = m;
}

static void
answer_hello(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	if (!is_yes(r->code)) {
		restore_current(rd, p->mail);	/* RFC 5321 4.1.4: nothing has changed */
		note_reply(rd, FINDING_SMTP_COMMAND_REJECTED, NULL, r, p->verb->name);
		return;
	}
	if (p->mail != NULL)
		mail_abort(rd, p->mail);
	forget_hello(s);
	s->hello = !r->truncated;	/* else nobody knows what was not offered */
	s->extended = p->verb->id != VERB_HELO;
	s->lmtp = p->verb->id == VERB_LHLO;
	learn_capabilities(s, rd, p, r);
	smtp_phase(rd, "ready");
}

/* --- the envelope --- */

static void
answer_nested(struct reading *rd, struct pending *p, const struct reply *r)
{
	struct mail *m = p->mail, *outer = m->outer;

	m->outer = NULL;
	if (is_yes(r->code)) {
		mail_abort(rd, outer);
	} else {
		m->dissolved = r->code == 503;
		if (rd->current == m)
			rd->current = NULL;
		restore_current(rd, outer);
	}
	outer->refs--;
	mail_settle(rd, outer);
}

static void
answer_mail(struct reading *rd, struct pending *p, const struct reply *r)
{
	struct mail *m = p->mail;

	if (m == NULL)
		return;
	if (m->outer != NULL)
		answer_nested(rd, p, r);
	if (is_yes(r->code)) {
		m->accepted_mail = true;
		smtp_phase(rd, "mail");
		return;
	}
	if (!m->dissolved)
		note_reply(rd, FINDING_SMTP_SENDER_REFUSED, m, r, last_line(rd->s, r));
	mail_decide(rd, m, MAIL_REFUSED, "mail");
}

static void
answer_rcpt(struct reading *rd, struct pending *p, const struct reply *r)
{
	struct named named = name_of(p);
	struct mail *m = p->mail;

	if (r->code == 503)		/* in the wrong place: that says nothing of the recipient */
		note_reply(rd, FINDING_SMTP_COMMAND_REJECTED, NULL, r, last_line(rd->s, r));
	else if (is_no(r->code))
		note_whose(rd, r->code / 100 == 4 ? FINDING_SMTP_RCPT_TEMPORARY : FINDING_SMTP_RCPT_PERMANENT, m, r, named.address);
	if (m == NULL)
		return;
	if (is_yes(r->code)) {
		m->accepted++;
		mail_recipient(rd, m, named.address, p->recipient);
		smtp_phase(rd, "rcpt");
	} else
		m->refused++;
}

/* --- content --- */

static void
note_unused_tls(struct reading *rd)
{
	struct session *s = rd->s;

	if ((s->offered & EXT_STARTTLS) && !s->tls_clear)
		reading_note(rd, FINDING_SMTP_STARTTLS_UNUSED, NULL, s->client, s->client_at, 0, SLICE_NONE);
}

static void
begin_content(struct reading *rd, struct mail *m, uint32_t serial, uint64_t offset)
{
	if (m == NULL) {
		m = mail_new(rd, serial);
		m->data = true;
	}
	m->decided = false;		/* whatever MAIL was answered: the server takes a message */
	rd->current = m;
	content_begin(rd, m, "DATA", offset);
	rd->mode = rd->content != NULL ? MODE_BODY : MODE_COMMAND;
	smtp_phase(rd, "data");
}

static void
answer_data(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	struct mail *m = p->mail;
	slice early = layer_kept(s->layer, s->client);

	if (p->guessed) {
		/* What was read as content were commands, and nobody will know their replies. */
		if (is_no(r->code) && m != NULL)
			mail_decide(rd, m, MAIL_REFUSED, "data");
		if (rd->mode == MODE_BODY && rd->content == NULL)
			rd->mode = MODE_COMMAND;
		return;
	}
	if (r->code / 100 == 3) {
		if (early.n > 0)
			reading_note(rd, FINDING_SMTP_DATA_BEFORE_REPLY, m, s->client, s->client_at, early.n, SLICE_NONE);
		note_unused_tls(rd);
		answer_begin_content(rd, p, s->client_at);
		return;
	}
	rd->mode = MODE_COMMAND;
	note_reply(rd, FINDING_SMTP_DATA_REJECTED, m, r, last_line(s, r));
	if (m == NULL || (r->code == 503 && m->rcpts == 0))	/* RCPT may still come (RFC 5321 4.1.4) */
		return;
	if (m->bdat) {			/* RFC 3030 3: it has no place among chunks, and changes nothing */
		m->data = false;
		return;
	}
	/* The transaction goes on: the client may say DATA again, or send chunks (RFC 5321 4.1.1.4 ends it nowhere here). */
	m->data_refused = true;
	m->data = false;
}

void
answer_begin_content(struct reading *rd, const struct pending *p, uint64_t offset)
{
	begin_content(rd, p->mail, p->serial, offset);
	if (content_mail(rd) != NULL && rd->lost_waiting)
		content_mail(rd)->lost = true;
	rd->lost_waiting = false;
}

static void
answer_chunk(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	struct mail *m = p->mail;
	bool waited = rd->mode == MODE_WAIT && rd->n == 1;	/* the client waits behind the newest command */

	if (waited) {
		/* Its size was no sane number: refused, it carries no octets. */
		rd->mode = is_yes(r->code) && rd->left > 0 ? MODE_CHUNK : MODE_COMMAND;
		rd->skip_chunk = m == NULL;
		if (rd->mode == MODE_CHUNK && m != NULL)
			content_begin(rd, m, "BDAT", s->client_at);
	}
	if (!is_no(r->code))
		return;
	note_reply(rd, FINDING_SMTP_BDAT_REJECTED, m, r, last_line(s, r));
	/* RFC 3030 2: the transaction has failed. A chunk that was none leaves it as it was. */
	if (m != NULL && !waited)
		mail_decide(rd, m, MAIL_REJECTED, "bdat");
}

static void
answer_end(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	struct mail *m = p->mail;
	const char *stage = p->last_chunk ? "bdat" : "data";
	bool owed = is_owed(s, p);
	struct named named = owed ? name_of_owed(m) : (struct named){ .recipient = -1 };

	if (m == NULL) {
		if (is_no(r->code) && p->last_chunk)
			note_reply(rd, FINDING_SMTP_BDAT_REJECTED, NULL, r, last_line(s, r));
		return;
	}
	if (is_no(r->code))
		note_whose(rd, FINDING_SMTP_MESSAGE_REJECTED, m, r, named.address);
	m->paid_ok |= is_yes(r->code);
	if (owed && ++m->paid < m->nowed)
		return;
	mail_decide(rd, m, m->paid_ok ? MAIL_ACCEPTED : MAIL_REJECTED, stage);
	smtp_phase(rd, "ready");
}

/* RFC 4468: content that the server fetches itself. With LAST its reply decides. */
static void
answer_burl(struct reading *rd, struct pending *p, const struct reply *r)
{
	if (p->mail == NULL)
		return;
	if (is_no(r->code))
		mail_decide(rd, p->mail, MAIL_REJECTED, "data");
	else if (p->last_chunk)
		mail_decide(rd, p->mail, MAIL_ACCEPTED, "data");
}

/* --- the rest --- */

static void
answer_reset(struct reading *rd, struct pending *p, const struct reply *r)
{
	if (!is_yes(r->code)) {
		restore_current(rd, p->mail);
		return;
	}
	if (p->mail != NULL)
		mail_abort(rd, p->mail);
	smtp_phase(rd, "ready");
}

static void
answer_quit(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	s->quit |= r->code == 221;
	if (p->mail != NULL)
		mail_abort(rd, p->mail);
	smtp_phase(rd, "quit");
}

/* CVE-2011-0411: what the client had sent when the 220 came was not under TLS, and some servers took it for that. */
static void
answer_starttls(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	slice early = layer_kept(s->layer, s->client), word, rest;

	if (p->guessed)
		return;
	if (!is_yes(r->code)) {
		restore_current(rd, p->mail);
		rd->mode = MODE_COMMAND;
		note_reply(rd, FINDING_SMTP_STARTTLS_REFUSED, NULL, r, last_line(s, r));
		return;
	}
	if (p->mail != NULL)
		mail_abort(rd, p->mail);
	if (early.n == 0 || early.p[0] == 0x16) {
		smtp_put_tls(s);
		return;
	}
	slice_cut(slice_take(early, LIMIT_VERB), ' ', &word, &rest);	/* the verb only: what follows may be a password */
	reading_note(rd, FINDING_SMTP_STARTTLS_INJECTION, NULL, s->client, s->client_at, early.n, slice_chomp(word));
	s->injected = early.n;
	rd->mode = MODE_INJECTED;
}

static void
say_auth(struct session *s, int code, bool accepted)
{
	struct event ev;

	smtp_event(s, EV_AUTH, s->client, 0, 0, &ev);
	ev.at.secret = true;
	ev.u.auth = (struct ev_auth){
		.serial = s->auth_serial, .mechanism = buf_slice(&s->auth->mechanism),
		.user = buf_slice(&s->auth->user), .secret = buf_slice(&s->auth->secret),
		.code = code, .accepted = accepted, .cancelled = s->auth->cancelled,
	};
	layer_emit(s->layer, &ev);
}

void
auth_finish(struct session *s, int code, bool accepted)
{
	if (s->auth == NULL)
		return;
	say_auth(s, code, accepted);
	s->auth_failed |= !accepted;
	auth_free(&s->auth);
}

static void
answer_auth(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	bool cancelled = s->auth != NULL && s->auth->cancelled;

	if (p->guessed)
		return;
	if (r->code / 100 == 3 && s->auth != NULL) {
		rd->mode = MODE_AUTH;
		return;
	}
	rd->mode = MODE_COMMAND;
	if (is_no(r->code)) {
		enum finding f = cancelled ? FINDING_SMTP_AUTH_CANCELLED : FINDING_SMTP_AUTH_FAILED;
		slice mechanism = s->auth ? buf_slice(&s->auth->mechanism) : SLICE_NONE;

		note_whose(rd, f, NULL, r, mechanism);
	}
	auth_finish(s, r->code, is_yes(r->code));
	smtp_phase(rd, "ready");
}

/* RFC 2645 5.3, RFC 821 3.8: the two ends change places, and the new server greets. */
static void
answer_turn(struct session *s, struct reading *rd, const struct reply *r)
{
	rd->mode = MODE_COMMAND;
	if (!is_yes(r->code)) {
		note_reply(rd, FINDING_SMTP_COMMAND_REJECTED, NULL, r, last_line(s, r));
		return;
	}
	s->client = dir_other(s->client);
	s->greeted = false;
	forget_hello(s);
}

static void
answer_blob(struct reading *rd, struct pending *p, const struct reply *r)
{
	if (p->guessed || rd->mode != MODE_WAIT || rd->n > 1)
		return;			/* the reply to the octets themselves */
	rd->left = rd->blob;
	rd->mode = r->code / 100 == 3 && rd->left > 0 ? MODE_BLOB : MODE_COMMAND;
}

/* Any other command: a refusal is a fact of its own. */
static void
answer_other(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	if (r->code / 100 == 5)
		note_reply(rd, FINDING_SMTP_COMMAND_REJECTED, NULL, r, last_line(s, r));
	if (p->verb->id == VERB_XCLIENT && r->code == 220)
		forget_hello(s);		/* the server greets whom it now believes to speak to */
}

static void
take_effect(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	switch (p->verb->id) {
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		answer_hello(s, rd, p, r);
		return;
	case VERB_MAIL:
		answer_mail(rd, p, r);
		return;
	case VERB_RCPT:
		answer_rcpt(rd, p, r);
		return;
	case VERB_DATA:
		answer_data(s, rd, p, r);
		return;
	case VERB_BDAT:
		answer_chunk(s, rd, p, r);
		return;
	case VERB_END:
		answer_end(s, rd, p, r);
		return;
	case VERB_BURL:
		answer_burl(rd, p, r);
		return;
	case VERB_RSET:
		answer_reset(rd, p, r);
		return;
	case VERB_QUIT:
		answer_quit(s, rd, p, r);
		return;
	case VERB_STARTTLS:
	case VERB_X_ANONYMOUSTLS:
		answer_starttls(s, rd, p, r);
		return;
	case VERB_AUTH:
	case VERB_X_EXPS:
	case VERB_AUTH_STEP:
		answer_auth(s, rd, p, r);
		return;
	case VERB_TURN:
	case VERB_ATRN:
		answer_turn(s, rd, r);
		return;
	case VERB_XEXCH50:
		answer_blob(rd, p, r);
		return;
	default:
		answer_other(s, rd, p, r);
	}
}

/* --- pairing --- */

/* The MAIL inside a transaction whose event waited: now it is known whether it was a transaction of its own. */
static void
say_nested(struct reading *rd, const struct pending *p, const struct reply *r)
{
	struct event *ev = rd->nested;

	rd->nested = NULL;
	rd->mode = MODE_COMMAND;
	if (ev == NULL)
		return;
	ev->u.command.mail = mail_of(p, r);
	reading_say(rd, ev);
	free(ev);
}

void
answer_guess_nested(struct reading *rd, struct pending *p)
{
	static const struct reply accepted = { .code = 250 };

	p->guessed = true;
	say_nested(rd, p, &accepted);
	if (p->mail != NULL && p->mail->outer != NULL)
		answer_nested(rd, p, &accepted);
	p->nested = false;
}

static void
answer_command(struct session *s, struct reading *rd, struct pending *p, const struct reply *r)
{
	struct pending answered;
	bool more;

	if (p->nested)
		say_nested(rd, p, r);
	say_answer(s, rd, p, r);
	if (!p->maybe_answered)
		s->lost_replies = false;	/* a command from behind the gap: both sides are where we think they are */
	answered = *p;			/* the queue may move when a reply begins something */
	take_effect(s, rd, &answered, r);
	more = is_owed(s, &answered);
	if (!more)
		pending_pop(rd);
}

/* The server's first reply greets; in a capture without its beginning, if it looks like a greeting and answers nothing. */
static bool
is_greeting(const struct session *s, const struct reply *r)
{
	if (s->greeted)
		return false;
	if (!layer_midstream(s->layer) && !s->lost_replies && !layer_one_sided(s->layer))
		return true;
	return r->code == 220 && s->now.n == 0;
}

static void
answer_greeting(struct session *s, const struct reply *r)
{
	struct reading *rd = &s->now;

	say_alone(s, r, since(layer_handshake_done(s->layer), r->origin.time), false);
	s->had_greeting = true;
	smtp_phase(rd, "greeting");
	if (is_no(r->code))
		note_reply(rd, FINDING_SMTP_GREETING_REFUSED, NULL, r, last_line(s, r));
	if (s->early && !s->lost_replies)
		reading_note(rd, FINDING_SMTP_EARLY_TALKER, NULL, s->client, 0, s->early_length, SLICE_NONE);
}

/* 421 closes the session, whatever it answers (RFC 5321 3.8). Where the server owed nothing, a long silence says why. */
static void
note_closing(struct session *s, const struct reply *r, bool owed)
{
	nstime silence = since(s->last[s->client], r->origin.time);

	s->closing = true;
	note_reply(&s->now, FINDING_SMTP_SERVER_CLOSING, NULL, r, last_line(s, r));
	if (!owed && silence != NSTIME_NONE && silence >= LIMIT_SILENCE)
		reading_note(&s->now, FINDING_SMTP_TIMEOUT, NULL, s->client, s->client_at, 0, S("the client"));
}

static bool
knows_all(const struct session *s)
{
	return !s->now.unsure && !s->lost_replies && !layer_one_sided(s->layer) && !layer_midstream(s->layer);
}

/*
 * In a body, a final reply says that the server saw its end: in the gap that we have there, or
 * in a non-standard one that stands last. (Where commands follow it, there are two readings.)
 */
static bool
ends_content(struct session *s, const struct reply *r)
{
	struct reading *rd = &s->now;
	struct mail *m = content_mail(rd);
	bool lost, oddly;

	if (rd->mode != MODE_BODY || m == NULL || r->code / 100 == 3 || r->code == 421)
		return false;
	lost = m->lost || layer_one_sided(s->layer);
	oddly = content_end_oddly(rd);
	if (!lost && !oddly)
		return false;
	while (rd->n > 0)
		pending_pop(rd);		/* a DATA that was believed without its reply */
	pending_push(rd, &verb_end, reading_serial(rd), m)->after_gap = lost;
	content_end(rd, oddly);
	if (rd->current == m)
		rd->current = NULL;
	rd->mode = MODE_COMMAND;
	if (!oddly)
		rd->unsure = rd->envelope_lost = rd->silent = rd->heard = true;
	answer_command(s, rd, pending_at(rd, 0), r);
	return true;
}

/* What a reply to nothing that was seen begins all the same. */
static void
begin_unseen(struct session *s, const struct reply *r)
{
	struct reading *rd = &s->now;

	if (rd->mode != MODE_COMMAND || knows_all(s))
		return;
	loss_settle_peek(rd);
	if (r->code == 354) {
		begin_content(rd, rd->current, reading_serial(rd), s->client_at);
		rd->unsure = false;		/* the client had to wait for this one */
		if (content_mail(rd) != NULL)
			content_mail(rd)->lost = true;
	} else if (r->code == 334) {
		if (s->auth == NULL) {
			s->auth = auth_new(SLICE_NONE);
			s->auth_serial = 0;
		}
		rd->mode = MODE_AUTH;
	} else if (s->auth != NULL)
		auth_finish(s, r->code, is_yes(r->code));
}

static void
answer_nothing(struct session *s, const struct reply *r)
{
	bool guess = !knows_all(s);

	if (ends_content(s, r))
		return;
	say_alone(s, r, NSTIME_NONE, guess);
	if (r->code == 421)
		note_closing(s, r, false);
	else if (!guess)
		note_reply(&s->now, FINDING_SMTP_REPLY_UNEXPECTED, NULL, r, last_line(s, r));
	begin_unseen(s, r);
}

/* A line that is no reply answers nothing; but where the greeting is due, it stands in its place. */
static void
answer_stray(struct session *s, const struct reply *r)
{
	bool greets = !s->greeted && s->now.n == 0 && knows_all(s);

	say_alone(s, r, greets ? since(layer_handshake_done(s->layer), r->origin.time) : NSTIME_NONE, !knows_all(s));
	s->greeted |= greets;
	s->had_greeting |= greets;
	if (s->now.n > 0)
		s->strays++;
}

void
answer_reply(struct session *s, const struct reply *r)
{
	struct reading *rd = &s->now;
	struct pending *p;

	loss_settle_peek(rd);
	/* A client that waits for an answer begins its next line behind it: it is not in the middle of one. */
	if (rd->silent) {
		rd->heard = true;
		lines_resume(&rd->lines);
	}
	if (r->code == 0) {
		answer_stray(s, r);
		return;
	}
	s->strays = 0;
	if (is_greeting(s, r)) {
		s->greeted = true;
		answer_greeting(s, r);
	} else {
		s->greeted = true;
		p = pending_match(rd, r->code);
		if (p == NULL)
			answer_nothing(s, r);
		else
			answer_command(s, rd, p, r);
		if (p != NULL && r->code == 421)
			note_closing(s, r, true);
	}
	s->replied = true;
}

/* --- lines --- */

static void
note_faults(struct session *s, const struct reply *r)
{
	struct reading *rd = &s->now;
	bool cut = !s->replied && layer_midstream(s->layer);	/* the capture may begin inside a line */

	if (r->malformed && !r->truncated && !cut && !s->lost_replies)
		note_reply(rd, FINDING_SMTP_REPLY_MALFORMED, NULL, r, last_line(s, r));
	if (r->mismatch)
		note_reply(rd, FINDING_SMTP_REPLY_CODE_MISMATCH, NULL, r, last_line(s, r));
	if (r->bare_lf)
		note_reply(rd, FINDING_SMTP_BARE_LF, NULL, r, S("in a reply"));
	if (r->nul)
		note_reply(rd, FINDING_SMTP_NUL, NULL, r, S("in a reply"));
	for (size_t i = 0; (r->control || r->eight_bit) && !leaks(s, NULL, r) && i < r->nline; i++)
		reading_note_text(rd, NULL, dir_other(s->client), r->offset, r->length, r->line[i]);
}

/* A capture that begins in the middle: what the client had sent before this reply is read before it. */
static void
settle_midstream(struct session *s)
{
	struct reading *rd = &s->now;

	if (rd->mode != MODE_MIDSTREAM)
		return;
	if (layer_kept(s->layer, s->client).n == 0) {
		rd->mode = MODE_COMMAND;
		return;
	}
	rd->guess = s->offering = true;
	layer_offer(s->layer, s->client);
	rd->guess = s->offering = false;
}

static void
take_reply(void *self, const struct reply *r)
{
	struct session *s = self;

	if (r->code != 0)
		settle_midstream(s);
	note_faults(s, r);
	if (!fork_reply(s, r))
		answer_reply(s, r);
}

size_t
smtp_server(struct session *s, slice in, uint64_t offset)
{
	enum dir client = s->client;
	size_t taken = 0;

	s->silent = false;
	if (s->now.mode == MODE_DEAF)
		return in.n;
	if (s->tunnelled)
		taken = proxy_answer(s, in, offset);
	/* Behind TLS, TURN and their like the rest of the piece is somebody else's. */
	while (taken < in.n && s->client == client && s->now.mode != MODE_TLS && s->now.mode != MODE_INJECTED) {
		bool waited = s->now.mode == MODE_WAIT, got;
		struct line line;

		taken += lines_feed(&s->replies, slice_drop(in, taken), offset + taken, &line, &got);
		if (got)
			reply_add(&s->builder, &line, layer_origin(s->layer), take_reply, s);
		/* What the client had sent too early is read now: the next reply may answer it. */
		if (waited && s->now.mode != MODE_WAIT && layer_kept(s->layer, client).n > 0)
			break;
		if (s->tls_due)
			break;
	}
	return taken;
}

/* A gap or the end. A line without its end counts if it says a code. */
void
answer_break(struct session *s)
{
	struct reply_line parsed;
	struct line line;

	if (lines_break(&s->replies, true, &line) && reply_line_parse(line.text, &parsed)) {
		line.truncated = true;
		reply_add(&s->builder, &line, layer_origin(s->layer), take_reply, s);
	}
	reply_break(&s->builder, layer_origin(s->layer), take_reply, s);
}
