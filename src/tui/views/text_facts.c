#include "text_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"

enum { NAMES = 11, RECIPIENTS = 12, LEAST = 36 };	/* columns of names; recipients listed; columns of a pane that has room for any of it */

void
text_facts_init(struct text_facts *f)
{
	*f = (struct text_facts){ .message = NO_ITEM, .session = NO_ITEM };
	sheet_init(&f->sheet);
}

void
text_facts_fini(struct text_facts *f)
{
	sheet_fini(&f->sheet);
}

/* What was said last stands behind the name, and what does not fit below it. */
static void
end_fact(struct text_facts *f)
{
	sheet_end_line(&f->sheet, 1, NAMES, f->width - 1);
}

static void
begin_fact(struct text_facts *f, const char *name)
{
	struct buf words;

	buf_init(&words, LIMIT_PROMPT);
	buf_text(&words, name);
	buf_spaces(&words, strlen(name) < NAMES ? NAMES - strlen(name) : 1);
	sheet_say(&f->sheet, STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

static void
heading(struct text_facts *f, slice words)
{
	sheet_end_line(&f->sheet, 1, 0, f->width - 1);	/* an empty line above */
	sheet_say(&f->sheet, STYLE_TITLE, words);
	sheet_end_line(&f->sheet, 1, 0, f->width - 1);
}

static enum style
style_of_code(int code)
{
	return code >= 500 ? STYLE_BAD : code >= 400 ? STYLE_LATER : code >= 200 ? STYLE_GOOD : STYLE_DIM;
}

static void
say_reply(struct text_facts *f, const struct rec_reply *r)
{
	char code[16];

	if (r->code == 0) {
		sheet_words(&f->sheet, STYLE_DIM, "no answer");
		return;
	}
	snprintf(code, sizeof code, "%d ", r->code);
	sheet_words(&f->sheet, style_of_code(r->code), code);
	if (r->enhanced.n > 0) {
		sheet_say(&f->sheet, style_of_code(r->code), r->enhanced);
		sheet_words(&f->sheet, STYLE_PLAIN, " ");
	}
	sheet_say(&f->sheet, STYLE_PLAIN, r->text);
}

static void
say_recipients(struct text_facts *f, const struct rec_message *m)
{
	char number[WORDS_NUMBER];

	for (size_t i = 0; i < m->nrecipient && i < RECIPIENTS; i++) {
		begin_fact(f, i == 0 ? "to" : "");
		sheet_say(&f->sheet, STYLE_PLAIN, m->recipient[i].address);
		end_fact(f);
		begin_fact(f, "");
		say_reply(f, &m->recipient[i].reply);
		end_fact(f);
	}
	if (m->recipients > RECIPIENTS) {
		begin_fact(f, "");
		sheet_words(&f->sheet, STYLE_DIM, "and ");
		sheet_words(&f->sheet, STYLE_DIM, words_number(m->recipients - RECIPIENTS, number));
		sheet_words(&f->sheet, STYLE_DIM, " more");
		end_fact(f);
	}
}

static void
say_wait(struct text_facts *f, const char *name, nstime wait, bool *any)
{
	char text[NSTIME_TEXT];

	if (wait == NSTIME_NONE)
		return;
	if (!*any)
		begin_fact(f, "waits");
	else
		sheet_words(&f->sheet, STYLE_DIM, " · ");
	sheet_words(&f->sheet, STYLE_DIM, name);
	sheet_words(&f->sheet, STYLE_DIM, " ");
	sheet_words(&f->sheet, wait >= NSTIME_S ? STYLE_LATER : STYLE_PLAIN, when_wait(wait, text));
	*any = true;
}

static void
say_waits(struct text_facts *f, const struct rec_message *m)
{
	bool any = false;

	say_wait(f, "MAIL", m->wait_mail, &any);
	say_wait(f, "RCPT", m->wait_rcpt, &any);
	say_wait(f, "DATA", m->wait_data, &any);
	say_wait(f, "content", m->content_time, &any);
	say_wait(f, "its reply", m->wait_accept, &any);
	if (any)
		end_fact(f);
}

static void
say_size(struct text_facts *f, const struct rec_message *m)
{
	struct buf words;

	if (!m->has_content)
		return;
	buf_init(&words, LIMIT_PROMPT);
	begin_fact(f, "content");
	words_count(&words, m->size, "byte", "bytes");
	if (m->parts > 1) {
		buf_add(&words, S(", "));
		words_count(&words, m->parts, "part", "parts");
	}
	sheet_say(&f->sheet, STYLE_PLAIN, buf_slice(&words));
	if (!m->whole)
		sheet_words(&f->sheet, STYLE_LOST, " not whole ");
	end_fact(f);
	buf_fini(&words);
}

static void
say_message(struct text_facts *f, const struct rec_message *m)
{
	static const enum style styles[] = {
		[MAIL_ACCEPTED] = STYLE_GOOD, [MAIL_REJECTED] = STYLE_BAD, [MAIL_REFUSED] = STYLE_BAD, [MAIL_ABORTED] = STYLE_LATER,
		[MAIL_UNANSWERED] = STYLE_BAD, [MAIL_UNKNOWN] = STYLE_LATER, [MAIL_INCOMPLETE] = STYLE_LATER,
	};
	char text[32];

	snprintf(text, sizeof text, "Message %" PRIu32, m->index);
	heading(f, slice_of(text));
	begin_fact(f, "from");
	sheet_say(&f->sheet, STYLE_PLAIN, m->null_sender ? S("<>") : m->has_mail_from ? m->mail_from : S("?"));
	end_fact(f);
	say_recipients(f, m);
	begin_fact(f, "result");
	sheet_words(&f->sheet, styles[m->status], mail_status_name(m->status));
	if (m->reply.code != 0) {
		sheet_words(&f->sheet, STYLE_DIM, " · ");
		say_reply(f, &m->reply);
	}
	end_fact(f);
	say_size(f, m);
	say_waits(f, m);
}

static void
say_name(struct text_facts *f, const char *name, slice value, slice beside)
{
	if (value.n == 0)
		return;
	begin_fact(f, name);
	sheet_say(&f->sheet, STYLE_PLAIN, value);
	if (beside.n > 0) {
		sheet_words(&f->sheet, STYLE_DIM, " · ");
		sheet_say(&f->sheet, STYLE_DIM, beside);
	}
	end_fact(f);
}

static void
say_offers(struct text_facts *f, const struct rec_session *s)
{
	if (s->ncapability == 0)
		return;
	begin_fact(f, "offers");
	for (size_t i = 0; i < s->ncapability; i++) {
		sheet_words(&f->sheet, STYLE_DIM, i > 0 ? ", " : "");
		sheet_say(&f->sheet, STYLE_PLAIN, s->capability[i]);
	}
	end_fact(f);
}

static void
say_network(struct text_facts *f, const struct rec_session *s)
{
	const struct tcp_facts *t = &s->tcp;
	struct buf words;
	char text[NSTIME_TEXT];

	buf_init(&words, LIMIT_PROMPT);
	if (t->handshake != NSTIME_NONE && !t->midstream)
		buf_printf(&words, "handshake %s · ", when_wait(t->handshake, text));
	words_count(&words, t->packets[DIR_CLIENT] + t->packets[DIR_SERVER], "packet", "packets");
	if (t->retransmitted > 0)
		buf_printf(&words, ", %" PRIu64 " sent again", t->retransmitted);
	if (t->out_of_order > 0)
		buf_printf(&words, ", %" PRIu64 " out of order", t->out_of_order);
	begin_fact(f, "network");
	sheet_say(&f->sheet, STYLE_PLAIN, buf_slice(&words));
	end_fact(f);
	buf_clear(&words);
	words_count(&words, t->bytes[DIR_CLIENT], "byte", "bytes");
	buf_add(&words, S(" from the client, "));
	words_count(&words, t->bytes[DIR_SERVER], "byte", "bytes");
	buf_add(&words, S(" from the server"));
	begin_fact(f, "");
	sheet_say(&f->sheet, STYLE_PLAIN, buf_slice(&words));
	end_fact(f);
	buf_fini(&words);
}

static void
say_session(struct text_facts *f, const struct rec_session *s)
{
	heading(f, S("Session"));
	say_name(f, "client", s->helo_name, s->helo_verb);
	say_name(f, "server", s->greeting.text, s->greeting_host.n > 0 && s->greeting.text.n == 0 ? s->greeting_host : SLICE_NONE);
	say_offers(f, s);
	begin_fact(f, "TLS");
	sheet_words(&f->sheet, s->tls ? STYLE_GOOD : s->tls_broken ? STYLE_BAD : STYLE_PLAIN, s->tls ? "yes"
	    : s->tls_broken ? "was promised, and did not come" : "no");
	end_fact(f);
	for (size_t i = 0; i < s->nauth; i++) {
		begin_fact(f, i == 0 ? "login" : "");
		sheet_say(&f->sheet, STYLE_PLAIN, s->auth[i].user.n > 0 ? s->auth[i].user : S("?"));
		sheet_words(&f->sheet, STYLE_DIM, " by ");
		sheet_say(&f->sheet, STYLE_DIM, s->auth[i].mechanism);
		sheet_words(&f->sheet, s->auth[i].accepted ? STYLE_GOOD : STYLE_BAD, s->auth[i].accepted ? " accepted" : " refused");
		end_fact(f);
	}
	say_network(f, s);
}

/* Is what it tells still so? Else it is noted, and to be told again. */
static bool
is_known(struct text_facts *f, struct app *app, uint32_t message, int width)
{
	const struct model *model = app_model(app);
	uint32_t session = app_session(app);
	uint64_t message_version = message != NO_ITEM ? model_item_version(model, message) : 0;
	uint64_t session_version = model_item_version(model, session);

	if (f->message == message && f->session == session && f->message_version == message_version
	    && f->session_version == session_version && f->width == width)
		return true;
	f->message = message;
	f->session = session;
	f->message_version = message_version;
	f->session_version = session_version;
	f->width = width;
	return false;
}

void
text_facts_draw(struct text_facts *f, struct app *app, uint32_t message, struct area area, int y)
{
	struct unit unit;

	if (area.width < LEAST || area.height - y < 4)
		return;
	if (!is_known(f, app, message, area.width)) {
		sheet_clear(&f->sheet);
		if (message != NO_ITEM && model_read(app_model(app), message, app_desk(app), &unit) && unit.message != NULL)
			say_message(f, unit.message);
		if (model_read(app_model(app), f->session, app_desk(app), &unit) && unit.session != NULL)
			say_session(f, unit.session);
	}
	sheet_draw(&f->sheet, area, y, 0);
}
