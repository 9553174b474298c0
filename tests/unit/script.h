/*
 * script.h - hand-made events for the tests of fold, analysis and sinks: one
 * line of test, one event.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dissect/event.h"

#define SCRIPT_START  (INT64_C(1795285741) * NSTIME_S + 123456000)	/* 2026-11-21T18:29:01.123456Z */

struct script {
	void (*feed)(void *self, const struct event *);
	void *self;
	uint64_t session, packet;
	nstime now;
	uint32_t serial, mail;
	bool server_reading, decrypted;
	struct tcp_facts tcp;
};

static inline struct event
script_event(struct script *s, enum ev_kind kind, enum dir dir)
{
	struct event e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	s->now += NSTIME_MS;
	e.at = (struct where){
		.session = s->session, .packet = ++s->packet, .time = s->now, .dir = dir,
		.server_reading = s->server_reading, .decrypted = s->decrypted,
	};
	return e;
}

static inline void
script_open_from(struct script *s, uint64_t session, const char *client, uint16_t client_port, const char *server)
{
	struct event e;

	s->session = session;
	s->serial = s->mail = 0;
	if (s->now == 0)
		s->now = SCRIPT_START - NSTIME_MS;
	e = script_event(s, EV_OPEN, DIR_CLIENT);
	s->tcp = (struct tcp_facts){ .first = s->now, .last = s->now, .handshake = 400000 };
	e.u.open.protocol = "smtp";
	addr_parse(slice_of(client), &e.u.open.client.addr);
	addr_parse(slice_of(server), &e.u.open.server.addr);
	e.u.open.client.port = client_port;
	e.u.open.server.port = 25;
	e.u.open.tcp = &s->tcp;
	s->feed(s->self, &e);
}

static inline void
script_open(struct script *s, uint64_t session)
{
	script_open_from(s, session, "192.0.2.10", 51234, "198.51.100.5");
}

static inline void
script_close(struct script *s, enum why why, enum dir who)
{
	struct event e = script_event(s, EV_CLOSE, who);

	s->tcp.last = s->now;
	e.u.close = (struct ev_close){ why, who, &s->tcp };
	s->feed(s->self, &e);
}

/* "MAIL FROM:<a@b> SIZE=3" and the like; parameters are split at blanks. */
static inline uint32_t
script_command(struct script *s, const char *line)
{
	struct event e = script_event(s, EV_COMMAND, DIR_CLIENT);
	struct ev_command *c = &e.u.command;
	struct pair pair[8];
	slice rest, word, path;

	c->serial = ++s->serial;
	c->line = slice_of(line);
	slice_cut(c->line, ' ', &c->verb, &c->args);
	if (slice_eq(c->verb, S("MAIL")) || ((slice_eq(c->verb, S("DATA")) || slice_eq(c->verb, S("BDAT"))) && s->mail == 0))
		s->mail = s->serial;
	if (slice_eq(c->verb, S("MAIL")) || slice_eq(c->verb, S("RCPT"))) {
		slice_cut(c->args, ':', &word, &rest);
		slice_cut(rest, ' ', &path, &rest);
		c->has_path = true;
		c->path = path;
		c->address = slice_take(slice_drop(path, 1), path.n - 2);
		while (rest.n > 0 && c->nparameter < 8) {
			slice_cut(rest, ' ', &word, &rest);
			if (!slice_cut(word, '=', &pair[c->nparameter].name, &pair[c->nparameter].value))
				pair[c->nparameter].value = SLICE_NONE;
			c->nparameter++;
		}
		c->parameter = pair;
	}
	c->mail = s->mail;
	c->line_end = 2;
	e.at.length = c->line.n + 2;
	s->feed(s->self, &e);
	return c->serial;
}

/* Lines are separated by '\n'. Capabilities of an EHLO are the lines behind the first. */
static inline void
script_reply_to(struct script *s, uint32_t answers, const char *verb, int32_t recipient, uint32_t mail, nstime wait, const char *text)
{
	struct event e = script_event(s, EV_REPLY, DIR_SERVER);
	struct ev_reply *r = &e.u.reply;
	slice line[16], capability[16], rest = slice_of(text), last;
	uint64_t code;

	while (rest.n > 0 && r->nline < 16)
		slice_cut(rest, '\n', &line[r->nline++], &rest);
	r->line = line;
	r->answers = answers;
	r->mail = mail;
	last = line[r->nline - 1];
	r->code = slice_number(slice_take(last, 3), &code) ? (int)code : 0;
	r->text = slice_drop(last, 4);
	if (r->text.n > 5 && r->text.p[1] == '.' && r->text.p[3] == '.') {
		r->enhanced = slice_take(r->text, 5);
		r->text = slice_drop(r->text, 6);
	}
	for (size_t i = 1; i < r->nline && strcmp(verb, "EHLO") == 0; i++)
		capability[r->ncapability++] = slice_drop(line[i], 4);
	r->capability = capability;
	r->verb = slice_of(verb);
	r->recipient = recipient;
	r->wait = wait;
	s->feed(s->self, &e);
}

static inline void
script_reply(struct script *s, const char *verb, const char *text)
{
	bool of_mail = strcmp(verb, "MAIL") == 0 || strcmp(verb, "RCPT") == 0 || strcmp(verb, "DATA") == 0
	    || strcmp(verb, "BDAT") == 0 || strcmp(verb, ".") == 0;

	script_reply_to(s, verb[0] ? s->serial : 0, verb, -1, of_mail ? s->mail : 0, NSTIME_MS, text);
}

static inline void
script_rcpt(struct script *s, int32_t index, const char *line, const char *reply)
{
	uint32_t serial = script_command(s, line);

	script_reply_to(s, serial, "RCPT", index, s->mail, (index + 1) * NSTIME_MS, reply);
}

static inline void
script_header(struct script *s, const char *name, const char *value)
{
	struct event e = script_event(s, EV_HEADER, DIR_CLIENT);

	e.u.header = (struct ev_header){ s->mail, slice_of(name), slice_of(value), slice_of(value) };
	s->feed(s->self, &e);
}

static inline void
script_begin(struct script *s, uint32_t index, const char *transfer)
{
	struct event e = script_event(s, EV_MAIL_BEGIN, DIR_CLIENT);

	e.u.mail_begin = (struct ev_mail_begin){ s->mail, index, transfer };
	s->feed(s->self, &e);
}

static inline void
script_bytes(struct script *s, slice bytes)
{
	struct event e = script_event(s, EV_MAIL_BYTES, DIR_CLIENT);

	e.u.mail_bytes = (struct ev_mail_bytes){ s->mail, bytes, false };
	s->feed(s->self, &e);
}

/* part: its number, from 1; path NULL: unpacked from `parent`. Absent texts are NULL. */
static inline void
script_part(struct script *s, uint32_t part, uint32_t parent, enum part_kind kind, const char *path, const char *type, const char *filename)
{
	struct event e = script_event(s, EV_PART_BEGIN, DIR_CLIENT);

	e.u.part_begin = (struct ev_part_begin){
		.mail = s->mail, .part = part, .parent = parent, .kind = kind, .content_type = slice_of(type), .declared = true,
		.path = path ? slice_of(path) : SLICE_NONE, .filename = filename ? slice_of(filename) : SLICE_NONE,
		.disposition = filename && path ? S("attachment") : SLICE_NONE,
		.charset = strncmp(type, "text/", 5) == 0 ? S("utf-8") : SLICE_NONE,
	};
	s->feed(s->self, &e);
}

static inline void
script_part_bytes(struct script *s, uint32_t part, slice bytes)
{
	struct event e = script_event(s, EV_PART_BYTES, DIR_CLIENT);

	e.u.part_bytes = (struct ev_part_bytes){ s->mail, part, bytes };
	s->feed(s->self, &e);
}

static inline void
script_part_text(struct script *s, uint32_t part, const char *text)
{
	struct event e = script_event(s, EV_PART_TEXT, DIR_CLIENT);

	e.u.part_text = (struct ev_part_text){ s->mail, part, slice_of(text) };
	s->feed(s->self, &e);
}

static inline void
script_fact(struct script *s, uint32_t part, unsigned group, const char *name, const char *value)
{
	struct event e = script_event(s, EV_PART_FACT, DIR_CLIENT);

	e.u.part_fact = (struct ev_part_fact){ s->mail, part, group, slice_of(name), slice_of(value) };
	s->feed(s->self, &e);
}

static inline void
script_member(struct script *s, uint32_t part, const char *name, uint64_t size)
{
	struct event e = script_event(s, EV_PART_MEMBER, DIR_CLIENT);

	e.u.part_member = (struct ev_part_member){
		.mail = s->mail, .part = part, .name = slice_of(name), .size = size, .packed = UINT64_MAX,
	};
	s->feed(s->self, &e);
}

/* bytes: what was in it, for size and digest; missing: how many more there were. */
static inline void
script_part_end(struct script *s, uint32_t part, slice bytes, uint64_t missing)
{
	struct event e = script_event(s, EV_PART_END, DIR_CLIENT);

	e.u.part_end = (struct ev_part_end){
		.mail = s->mail, .part = part, .size = bytes.n, .missing = missing, .whole = missing == 0, .has_sha256 = missing == 0,
	};
	crypto_sha256(bytes, e.u.part_end.sha256);
	s->feed(s->self, &e);
}

static inline void
script_multipart_end(struct script *s, uint32_t part)
{
	struct event e = script_event(s, EV_PART_END, DIR_CLIENT);

	e.u.part_end = (struct ev_part_end){ .mail = s->mail, .part = part, .whole = true };
	s->feed(s->self, &e);
}

static inline void
script_url(struct script *s, uint32_t part, const char *url, const char *host, const char *text)
{
	struct event e = script_event(s, EV_URL, DIR_CLIENT);

	e.u.url = (struct ev_url){ s->mail, part, slice_of(url), slice_of(host), text ? slice_of(text) : SLICE_NONE };
	s->feed(s->self, &e);
}

static inline void
script_end(struct script *s, uint64_t size, bool whole, uint64_t missing)
{
	struct event e = script_event(s, EV_MAIL_END, DIR_CLIENT);

	e.u.mail_end = (struct ev_mail_end){ .mail = s->mail, .size = size, .missing = missing, .whole = whole };
	s->feed(s->self, &e);
}

/* The whole of it at once, with its digest. */
static inline void
script_content(struct script *s, uint32_t index, slice bytes)
{
	struct event e;

	script_begin(s, index, "DATA");
	script_bytes(s, bytes);
	e = script_event(s, EV_MAIL_END, DIR_CLIENT);
	e.u.mail_end = (struct ev_mail_end){ .mail = s->mail, .size = bytes.n, .whole = true, .has_sha256 = true };
	crypto_sha256(bytes, e.u.mail_end.sha256);
	s->feed(s->self, &e);
}

static inline void
script_done(struct script *s, uint32_t index, enum mail_status status, const char *stage)
{
	struct event e = script_event(s, EV_MAIL_DONE, DIR_SERVER);

	e.u.mail_done = (struct ev_mail_done){ s->mail, index, status, stage, false };
	s->feed(s->self, &e);
	s->mail = 0;
}

static inline void
script_finding(struct script *s, enum finding f, uint32_t mail, const char *detail)
{
	struct event e = script_event(s, EV_ANOMALY, DIR_SERVER);

	e.u.anomaly = (struct ev_anomaly){ f, mail, slice_of(detail) };
	e.at.offset = 123;
	s->feed(s->self, &e);
}

static inline void
script_auth(struct script *s, const char *user, const char *secret, bool accepted)
{
	struct event e = script_event(s, EV_AUTH, DIR_SERVER);

	e.at.secret = true;
	e.u.auth = (struct ev_auth){
		.serial = s->serial, .mechanism = S("PLAIN"), .user = slice_of(user), .secret = slice_of(secret),
		.code = accepted ? 235 : 535, .accepted = accepted,
	};
	s->feed(s->self, &e);
}

/* The conversation of the manual's example: one message, two recipients, one of them refused. */
static inline void
script_example(struct script *s, uint64_t session)
{
	script_open(s, session);
	script_reply(s, "", "220 mx.example.net ESMTP Postfix");
	script_command(s, "EHLO client.example.org");
	script_reply(s, "EHLO", "250-mx.example.net\n250-PIPELINING\n250 SIZE 10240000");
	script_command(s, "MAIL FROM:<alice@example.org> size=3412 smtputf8");
	script_reply(s, "MAIL", "250 2.1.0 Ok");
	script_rcpt(s, 0, "RCPT TO:<bob@example.net>", "250 2.1.5 Ok");
	script_rcpt(s, 1, "RCPT TO:<nobody@example.net> NOTIFY=NEVER", "550 5.1.1 User unknown");
	script_finding(s, FINDING_SMTP_RCPT_PERMANENT, s->mail, "nobody@example.net: 550 5.1.1 User unknown");
	script_command(s, "DATA");
	script_reply(s, "DATA", "354 End data with <CR><LF>.<CR><LF>");
	script_begin(s, 1, "DATA");
	script_header(s, "From", "Alice <alice@example.org>");
	script_header(s, "To", "undisclosed-recipients:;");
	script_header(s, "Subject", "\346\265\213\350\257\225");
	script_header(s, "Date", "Sat, 21 Nov 2026 19:29:00 +0100");
	script_header(s, "Message-ID", "<1@example.org>");
	script_end(s, 3412, true, 0);
	script_reply_to(s, ++s->serial, ".", -1, s->mail, 10 * NSTIME_MS, "250 2.0.0 Ok: queued as 4F1D2");
	script_done(s, 1, MAIL_ACCEPTED, "data");
	script_command(s, "QUIT");
	script_reply(s, "QUIT", "221 2.0.0 Bye");
	script_close(s, WHY_FIN, DIR_CLIENT);
}

#endif
