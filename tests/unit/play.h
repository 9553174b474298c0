/*
 * play.h - plays a conversation written as text through the stack, and writes
 * down what was told, a line an event. For unit tests and fuzz targets, each of
 * which is one program: so the functions stand here.
 *
 *	C: EHLO x	the client says a line, with CRLF
 *	C> raw\x00	... these bytes only, with \r \n \0 \\ \xNN
 *	S: S>		the server
 *	C- 10		ten bytes of the client were not captured
 *	C.		the client ends (FIN)
 *	one-sided	the other direction will not come
 *	wait 60		seconds pass
 *	close fin C	fin, rst, idle, evicted, end; who
 *	midstream, anyport, port N	before the first byte
 *
 * Each line is one packet; with `cut` each is given in pieces of so many bytes.
 */
#ifndef PLAY_H
#define PLAY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/chars.h"
#include "base/limits.h"
#include "dissect/stack.h"

struct play {
	struct stack *stack;
	struct stack_conn conn;
	struct origin now;
	uint32_t wants;
	struct buf told;
	struct buf header, body;	/* of the message that comes: written down at its end, so that the cut does not show */
	bool closed;
	void (*watch)(void *self, const struct event *);	/* every event, before it is written down; may be NULL */
	void *self;
};

static void
play_text(struct buf *b, slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '\r')
			buf_add(b, S("\\r"));
		else if (c == '\n')
			buf_add(b, S("\\n"));
		else if (c < 0x20 || c >= 0x7f)
			buf_printf(b, "\\x%02x", c);
		else
			buf_add_byte(b, c);
	}
}

static void
play_field(struct buf *b, const char *name, slice s)
{
	if (s.n == 0)
		return;
	buf_printf(b, " %s=", name);
	play_text(b, s);
}

static void
play_flush(struct play *p, struct buf *bytes, const char *name)
{
	if (bytes->n == 0)
		return;
	buf_printf(&p->told, "%s ", name);
	play_text(&p->told, buf_slice(bytes));
	buf_add_byte(&p->told, '\n');
	buf_clear(bytes);
}

static void
play_command(struct buf *b, const struct ev_command *c)
{
	buf_printf(b, "command %u", c->serial);
	if (c->mail)
		buf_printf(b, " mail=%u", c->mail);
	buf_add_byte(b, ' ');
	play_text(b, c->verb);
	play_field(b, "args", c->args);
	if (c->has_path) {
		buf_add(b, S(" address="));
		play_text(b, c->address);
	}
	for (size_t i = 0; i < c->nparameter; i++) {
		buf_add(b, S(" ["));
		play_text(b, c->parameter[i].name);
		if (c->parameter[i].value.p != NULL) {
			buf_add_byte(b, '=');
			play_text(b, c->parameter[i].value);
		}
		buf_add_byte(b, ']');
	}
	if (c->line_end != 2)
		buf_printf(b, " end=%u", c->line_end);
	if (c->pipelined)
		buf_add(b, S(" pipelined"));
}

static void
play_reply(struct buf *b, const struct ev_reply *r)
{
	buf_printf(b, "reply %d", r->code);
	play_field(b, "enhanced", r->enhanced);
	play_field(b, "text", r->text);
	if (r->nline != 1)
		buf_printf(b, " lines=%zu", r->nline);
	if (r->answers)
		buf_printf(b, " answers=%u", r->answers);
	play_field(b, "verb", r->verb);
	play_field(b, "address", r->address);
	if (r->recipient >= 0)
		buf_printf(b, " recipient=%d", (int)r->recipient);
	if (r->mail)
		buf_printf(b, " mail=%u", r->mail);
	if (r->ambiguous)
		buf_add(b, S(" ambiguous"));
	if (r->captured_first)
		buf_add(b, S(" captured-first"));
	for (size_t i = 0; i < r->ncapability; i++) {
		buf_add(b, S(" ["));
		play_text(b, r->capability[i]);
		buf_add_byte(b, ']');
	}
}

static void
play_kind(struct buf *b, const struct event *ev)
{
	switch (ev->kind) {
	case EV_COMMAND:
		play_command(b, &ev->u.command);
		break;
	case EV_REPLY:
		play_reply(b, &ev->u.reply);
		break;
	case EV_PHASE:
		buf_printf(b, "phase %s", ev->u.phase.phase);
		break;
	case EV_AUTH:
		buf_printf(b, "auth %u", ev->u.auth.serial);
		play_field(b, "mechanism", ev->u.auth.mechanism);
		play_field(b, "user", ev->u.auth.user);
		play_field(b, "secret", ev->u.auth.secret);
		buf_printf(b, " code=%d%s%s", ev->u.auth.code, ev->u.auth.accepted ? " accepted" : "", ev->u.auth.cancelled ? " cancelled" : "");
		break;
	case EV_TLS:
		buf_printf(b, "tls %s %s", ev->u.tls.what == TLS_BEGINS ? "begins" : ev->u.tls.what == TLS_NOT ? "not" : "ends", ev->u.tls.mode);
		break;
	case EV_PROXY: {
		char client[ENDPOINT_TEXT], server[ENDPOINT_TEXT];

		buf_printf(b, "proxy %s", ev->u.proxy.by);
		if (ev->u.proxy.client.addr.family != 0)
			buf_printf(b, " client=%s", endpoint_text(&ev->u.proxy.client, client));
		if (ev->u.proxy.server.addr.family != 0)
			buf_printf(b, " server=%s", endpoint_text(&ev->u.proxy.server, server));
		play_field(b, "name", ev->u.proxy.name);
		break;
	}
	case EV_MAIL_BEGIN:
		buf_printf(b, "begin %u index=%u %s", ev->u.mail_begin.mail, ev->u.mail_begin.index, ev->u.mail_begin.transfer);
		break;
	case EV_MAIL_END:
		buf_printf(b, "end %u size=%llu missing=%llu%s", ev->u.mail_end.mail, (unsigned long long)ev->u.mail_end.size,
		    (unsigned long long)ev->u.mail_end.missing, ev->u.mail_end.whole ? " whole" : "");
		break;
	case EV_MAIL_DONE:
		buf_printf(b, "done %u index=%u %s %s%s", ev->u.mail_done.mail, ev->u.mail_done.index,
		    mail_status_name(ev->u.mail_done.status), ev->u.mail_done.stage ? ev->u.mail_done.stage : "-",
		    ev->u.mail_done.two_readings ? " two-readings" : "");
		break;
	case EV_HEADER:
		buf_printf(b, "header %u ", ev->u.header.mail);
		play_text(b, ev->u.header.name);
		play_field(b, "decoded", ev->u.header.decoded);
		break;
	case EV_GAP:
		buf_printf(b, "gap missing=%llu mail=%u", (unsigned long long)ev->u.gap.missing, ev->u.gap.mail);
		break;
	case EV_ANOMALY:
		buf_printf(b, "note %s", finding_info(ev->u.anomaly.finding)->id);
		if (ev->u.anomaly.mail)
			buf_printf(b, " mail=%u", ev->u.anomaly.mail);
		play_field(b, "detail", ev->u.anomaly.detail);
		break;
	case EV_PART_BEGIN:
		buf_printf(b, "part %u mail=%u", ev->u.part_begin.part, ev->u.part_begin.mail);
		play_field(b, "path", ev->u.part_begin.path);
		play_field(b, "type", ev->u.part_begin.content_type);
		play_field(b, "filename", ev->u.part_begin.filename);
		break;
	case EV_PART_END:
		buf_printf(b, "part-end %u mail=%u size=%llu missing=%llu%s", ev->u.part_end.part, ev->u.part_end.mail,
		    (unsigned long long)ev->u.part_end.size, (unsigned long long)ev->u.part_end.missing, ev->u.part_end.whole ? " whole" : "");
		break;
	case EV_URL:
		buf_printf(b, "url %u mail=%u", ev->u.url.part, ev->u.url.mail);
		play_field(b, "url", ev->u.url.url);
		break;
	default:
		buf_printf(b, "%s", event_name(ev->kind));
		break;
	}
}

static void
play_emit(void *self, struct stack *stack, struct event *ev)
{
	struct play *p = self;

	(void)stack;
	if (p->watch != NULL)
		p->watch(p->self, ev);
	if (ev->kind == EV_OPEN || ev->kind == EV_CLOSE)
		return;
	if (ev->kind == EV_MAIL_BYTES) {
		buf_add(ev->u.mail_bytes.in_header ? &p->header : &p->body, ev->u.mail_bytes.bytes);
		return;
	}
	if (ev->kind == EV_PART_BYTES || ev->kind == EV_PART_TEXT)	/* where they are cut is nobody's business */
		return;
	if (ev->kind == EV_MAIL_END) {
		play_flush(p, &p->header, "header bytes");
		play_flush(p, &p->body, "body bytes");
	}
	play_kind(&p->told, ev);
	buf_printf(&p->told, " @%c%llu+%llu", ev->at.dir == DIR_CLIENT ? 'C' : 'S', (unsigned long long)ev->at.offset,
	    (unsigned long long)ev->at.length);
	buf_printf(&p->told, "%s%s%s%s%s\n", ev->at.secret ? " SECRET" : "", ev->at.decrypted ? " decrypted" : "",
	    ev->at.after_gap ? " after-gap" : "", ev->at.truncated ? " truncated" : "", ev->at.server_reading ? " server-reading" : "");
}

static void
play_found(void *self, struct stack *stack, const struct dissector *d, bool flipped)
{
	struct play *p = self;

	(void)stack;
	buf_printf(&p->told, "found %s%s\n", d->name, flipped ? " flipped" : "");
}

static void
play_init(struct play *p, uint32_t wants)
{
	*p = (struct play){ .wants = wants, .now = { .time = 1000 * NSTIME_S } };
	p->conn = (struct stack_conn){ .port = 25, .mail_port = true, .handshake_done = p->now.time };
	buf_init(&p->told, 64 * MiB);
	buf_init(&p->header, 64 * MiB);
	buf_init(&p->body, 64 * MiB);
}

static void
play_fini(struct play *p)
{
	stack_free(&p->stack);
	buf_fini(&p->told);
	buf_fini(&p->header);
	buf_fini(&p->body);
}

static struct stack *
play_stack(struct play *p)
{
	static const struct stack_user nobody;
	struct stack_user user = nobody;

	user.self = p;
	user.wants = p->wants;
	user.emit = play_emit;
	user.found = play_found;
	if (p->stack == NULL)
		p->stack = stack_new(&user, p, &p->conn);
	return p->stack;
}

static void
play_say(struct play *p, enum dir dir, slice s, size_t cut)
{
	p->now.packet++;
	p->now.time += NSTIME_MS;
	while (s.n > 0) {
		slice piece = slice_take(s, cut ? cut : s.n);
		uint8_t *copy = malloc(piece.n);	/* so that reading beyond a piece is caught */

		memcpy(copy, piece.p, piece.n);
		stack_data(play_stack(p), dir, (slice){ copy, piece.n }, p->now);
		free(copy);
		s = slice_drop(s, piece.n);
	}
}

static void
play_close(struct play *p, enum why why, enum dir who)
{
	if (p->closed)
		return;
	p->closed = true;
	stack_close(play_stack(p), why, who, p->now);
}

static void
play_unescape(slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;

		if (c != '\\' || next == 0) {
			buf_add_byte(out, c);
			continue;
		}
		i++;
		if (next == 'x' && i + 2 < s.n) {
			buf_add_byte(out, (uint8_t)((unsigned)(char_hex(s.p[i + 1]) & 15) << 4 | (unsigned)(char_hex(s.p[i + 2]) & 15)));
			i += 2;
		} else
			buf_add_byte(out, next == 'r' ? '\r' : next == 'n' ? '\n' : next == '0' ? 0 : next == 't' ? '\t' : next);
	}
}

static void
play_order(struct play *p, slice line)
{
	static const char *const why[] = { "fin", "rst", "idle", "evicted", "end" };
	uint64_t number = 0;
	slice word, rest;

	slice_cut(line, ' ', &word, &rest);
	slice_number(rest, &number);
	if (slice_eq(word, S("midstream")))
		p->conn.midstream = true, p->conn.handshake_done = NSTIME_NONE;
	else if (slice_eq(word, S("anyport")))
		p->conn.mail_port = false, p->conn.port = 4711;
	else if (slice_eq(word, S("port")))
		p->conn.port = (uint16_t)number;
	else if (slice_eq(word, S("wait")))
		p->now.time += (nstime)(number % 100000) * NSTIME_S;
	else if (slice_eq(word, S("one-sided")))
		stack_one_sided(play_stack(p), p->now);
	else if (slice_eq(word, S("close"))) {
		slice how, who;

		slice_cut(rest, ' ', &how, &who);
		for (size_t i = 0; i < sizeof why / sizeof why[0]; i++)
			if (slice_eq(how, slice_of(why[i])))
				play_close(p, (enum why)i, slice_eq(who, S("S")) ? DIR_SERVER : DIR_CLIENT);
	}
}

static void
play_line(struct play *p, slice line, size_t cut)
{
	enum dir dir = line.n > 0 && line.p[0] == 'S' ? DIR_SERVER : DIR_CLIENT;
	uint8_t what = line.n > 1 ? line.p[1] : 0;
	slice rest = slice_drop(line, 3);
	uint64_t missing = 0;
	struct buf raw;

	buf_init(&raw, 1 * MiB);
	if (what == ':' || what == '>') {
		play_unescape(rest, &raw);
		if (what == ':')
			buf_add(&raw, S("\r\n"));
		play_say(p, dir, buf_slice(&raw), cut);
	} else if (what == '-' && slice_number(rest, &missing)) {
		p->now.packet++;
		stack_gap(play_stack(p), dir, missing, p->now);
	} else if (what == '.' && line.n == 2) {
		stack_eof(play_stack(p), dir, p->now);
	} else
		play_order(p, line);
	buf_fini(&raw);
}

/* Plays it to its end; what was not closed is cut off by the end of the capture. */
static void
play_talk(struct play *p, slice talk, size_t cut)
{
	slice line;

	while (talk.n > 0 && !p->closed) {
		slice_cut(talk, '\n', &line, &talk);
		play_line(p, line, cut);
	}
	play_close(p, WHY_END_OF_CAPTURE, DIR_CLIENT);
}

#endif
