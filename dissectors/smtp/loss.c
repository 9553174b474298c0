/*
 * loss.c - what is believed when bytes are missing.
 *
 * A gap in the client's commands leaves the queue unsure: until a reply comes
 * that can answer one command only, replies that do not fit the oldest one are
 * taken to answer what nobody saw. A gap in the replies leaves commands of
 * which nobody knows whether they were answered: the client's next one says so.
 * Everything that is told meanwhile is marked after_gap.
 *
 * BUGS: in a flow of which only the client's side was captured, and not from its
 * beginning, commands or content are told apart by the first piece alone.
 */
#include <string.h>

#include "session.h"

static void
say_gap(struct session *s, enum dir dir, uint64_t missing, const struct mail *m)
{
	struct event ev;

	smtp_event(s, EV_GAP, dir, layer_offset(s->layer, dir) - missing, missing, &ev);
	ev.u.gap = (struct ev_gap){ .missing = missing, .mail = m ? m->id : 0 };
	layer_emit(s->layer, &ev);
}

/* Commands, or an answer in AUTH, are missing; the line behind the gap is not known from its beginning. */
static void
lose_lines(struct reading *rd, uint64_t missing, uint64_t next)
{
	/* RFC 3030: chunks stand between commands, so one may be missing, and the last one too. */
	if (rd->current != NULL)
		rd->current->holed = true;
	if (rd->current != NULL && content_mail(rd) == rd->current)
		content_lose(rd, missing, next);
	smtp_break_line(rd, true);
	rd->behind_gap = true;
	rd->unsure = rd->envelope_lost = rd->silent = true;
	if (rd->mode == MODE_AUTH) {
		rd->s->auth->known = NULL;	/* which answer is the name and which the password is not known any more */
		rd->mode = MODE_COMMAND;
	}
	smtp_phase(rd, "unsure");
}

/* Counted octets stay counted: behind a chunk that lost some the next command is where it must be. */
static void
lose_octets(struct session *s, uint64_t missing, uint64_t next)
{
	struct reading *rd = &s->now;
	uint64_t inside = missing < rd->left ? missing : rd->left;

	if (rd->mode == MODE_CHUNK && !rd->skip_chunk)
		content_lose(rd, inside, next);
	rd->left -= inside;
	if (rd->left == 0)
		smtp_end_octets(rd);
	if (inside < missing)
		lose_lines(rd, missing - inside, next);
}

void
loss_client_gap(struct session *s, uint64_t missing)
{
	uint64_t next = layer_offset(s->layer, s->client);
	struct reading *rd = &s->now;

	fork_end(s);
	loss_settle_peek(rd);
	if (rd->mode == MODE_COMMAND || rd->mode == MODE_AUTH)
		smtp_break_line(rd, true);
	say_gap(s, s->client, missing, content_mail(rd));
	switch (rd->mode) {
	case MODE_COMMAND:
	case MODE_AUTH:
		lose_lines(rd, missing, next);
		break;
	case MODE_BODY:
		content_lose(rd, missing, next);
		break;
	case MODE_CHUNK:
	case MODE_BLOB:
		lose_octets(s, missing, next);
		break;
	case MODE_WAIT:
		rd->lost_waiting = true;
		break;
	case MODE_INJECTED:
		s->injected -= missing < s->injected ? missing : s->injected;
		if (s->injected == 0)
			smtp_put_tls(s);
		break;
	case MODE_PEEK:
	case MODE_TLS:
	case MODE_MIDSTREAM:
	case MODE_DEAF:
		break;
	}
}

void
loss_server_gap(struct session *s, uint64_t missing)
{
	answer_break(s);
	fork_end(s);
	s->tunnelled = false;
	say_gap(s, dir_other(s->client), missing, NULL);
	s->lost_replies = s->silent = true;
	pending_mark_answered(&s->now);
	if (s->now.mode == MODE_WAIT)
		s->now.guess = true;
}

/* --- going on without the reply --- */

static void
guess_content(struct reading *rd, struct pending *p, bool command, uint64_t offset)
{
	p->guessed = true;
	if (command)
		rd->mode = MODE_COMMAND;
	else
		answer_begin_content(rd, p, offset);
}

static void
guess_auth(struct reading *rd, struct pending *p, bool command)
{
	p->guessed = true;
	rd->mode = MODE_AUTH;
	if (command || rd->s->auth == NULL || auth_is_through(rd->s->auth)) {
		auth_finish(rd->s, 0, false);
		rd->mode = MODE_COMMAND;
	}
}

static void
guess_octets(struct reading *rd, struct pending *p, bool command, enum mode mode)
{
	p->guessed = true;
	rd->skip_chunk = true;
	rd->mode = command || rd->left == 0 ? MODE_COMMAND : mode;
}

/* The client's next line is a command, or is not: assume the reply that lets it make sense. */
static void
guess(struct reading *rd, bool command, uint64_t offset)
{
	struct pending *p = rd->n > 0 ? pending_at(rd, rd->n - 1) : NULL;

	rd->mode = MODE_COMMAND;
	rd->guess = false;
	if (p == NULL)
		return;
	switch (p->verb->turns) {
	case TURNS_CONTENT:
		guess_content(rd, p, command, offset);
		break;
	case TURNS_AUTH:
		guess_auth(rd, p, command);
		break;
	case TURNS_BLOB:
		rd->left = rd->blob;
		guess_octets(rd, p, command, MODE_BLOB);
		break;
	case TURNS_ROLES:
		p->guessed = true;
		rd->mode = command ? MODE_COMMAND : MODE_DEAF;
		break;
	case TURNS_TLS:
		p->guessed = true;
		break;
	case TURNS_NOTHING:
		if (p->nested)
			answer_guess_nested(rd, p);
		else
			guess_octets(rd, p, command, MODE_CHUNK);
		break;
	}
}

/* What was looked at is read, now that it is known what it is. */
static void
end_peek(struct reading *rd, bool command)
{
	uint8_t bytes[sizeof rd->peek];
	slice seen = { bytes, rd->npeek };
	uint64_t offset = rd->peek_offset;

	memcpy(bytes, rd->peek, rd->npeek);
	rd->npeek = 0;
	if (rd->mode == MODE_PEEK) {
		guess(rd, command, offset);
		pending_forget_answered(rd);
	} else if (command)
		rd->lines.skipping = false;
	rd->behind_gap = false;
	while (seen.n > 0 && rd->mode != MODE_WAIT && rd->mode != MODE_PEEK) {
		size_t n = reading_feed(rd, seen, offset);

		if (n == 0)
			return;
		seen = slice_drop(seen, n);
		offset += n;
	}
}

size_t
loss_peek(struct reading *rd, slice in, uint64_t offset)
{
	enum looks looks = LOOKS_MORE;
	size_t n = 0;

	if (rd->npeek == 0)
		rd->peek_offset = offset;
	while (n < in.n && looks == LOOKS_MORE && rd->npeek < sizeof rd->peek) {
		rd->peek[rd->npeek++] = in.p[n++];
		looks = verb_looks((slice){ rd->peek, rd->npeek });
	}
	if (looks != LOOKS_MORE || rd->npeek == sizeof rd->peek)
		end_peek(rd, looks == LOOKS_YES);
	return n;
}

void
loss_settle_peek(struct reading *rd)
{
	if (rd->mode == MODE_PEEK || rd->behind_gap)
		end_peek(rd, false);
}

bool
loss_guess(struct reading *rd, slice in)
{
	struct pending *p = rd->n > 0 ? pending_at(rd, rd->n - 1) : NULL;

	if (p != NULL && p->verb->turns == TURNS_TLS && in.p[0] == 0x16) {
		p->guessed = true;
		smtp_put_tls(rd->s);
		return false;
	}
	rd->mode = MODE_PEEK;
	rd->npeek = 0;
	return true;
}

/* --- a capture that begins in the middle --- */

static size_t
count_lines(slice s)
{
	size_t n = 0, at;

	for (; slice_find(s, '\n', &at); s = slice_drop(s, at + 1))
		n++;
	return n;
}

static bool
has_lone_dot(slice s)
{
	size_t at;

	if (slice_starts(s, S(".\r\n")))
		return true;
	for (; slice_find(s, '\n', &at); s = slice_drop(s, at + 1))
		if (slice_starts(slice_drop(s, at + 1), S(".\r\n")))
			return true;
	return false;
}

static bool
second_line_looks(slice s)
{
	slice first, rest;

	return slice_cut(s, '\n', &first, &rest) && rest.n > 0 && verb_looks(rest) != LOOKS_NO;
}

static void
begin_tail(struct reading *rd, slice in, uint64_t offset)
{
	struct mail *m = mail_new(rd, reading_serial(rd));

	m->data = m->lost = true;
	rd->current = m;
	content_begin(rd, m, "DATA", offset);
	content_skip_header(rd);
	if (!slice_starts(in, S(".\r\n")))
		content_lose(rd, 0, offset);
	rd->mode = MODE_BODY;
	smtp_phase(rd, "data");
}

/*
 * Lines that are no commands, or a lone dot, are the tail of a message. As long as nobody
 * knows, the client's bytes wait for the first reply; `must`: it came, or will not come.
 */
void
loss_midstream(struct reading *rd, slice in, uint64_t offset, bool must)
{
	slice kept = layer_kept(rd->s->layer, rd->s->client);

	if (!must)
		return;
	if (kept.n > in.n)
		in = kept;
	if (verb_looks(in) != LOOKS_NO) {
		rd->mode = MODE_COMMAND;
		return;
	}
	if (has_lone_dot(in) || (count_lines(in) > 1 && !second_line_looks(in))) {
		begin_tail(rd, in, offset);
		return;
	}
	rd->mode = MODE_COMMAND;
	if (second_line_looks(in))
		rd->lines.skipping = true;
}
