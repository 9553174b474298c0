/*
 * result.c - in a word: what came of it.
 *
 * A message's result is the reply that decided its fate; where some
 * recipients were refused, how many were not. Of a session without a message
 * it is what stood in the way of one.
 */
#include "column.h"

unsigned
result_badness(enum result_tone tone)
{
	static const unsigned rank[] = {
		[TONE_GOOD] = 0, [TONE_OPEN] = 1, [TONE_UNKNOWN] = 2, [TONE_PARTLY] = 3, [TONE_LATER] = 4, [TONE_BAD] = 5,
	};

	return rank[tone];
}

const char *
severity_letter(enum severity s)
{
	static const char *const letter[] = { [SEVERITY_NONE] = "", [INFO] = "i", [NOTE] = "n", [WARNING] = "w", [ALERT] = "a" };

	return s <= ALERT ? letter[s] : "";
}

static enum result_tone
say(struct buf *out, const char *words, enum result_tone tone)
{
	if (out != NULL)
		buf_text(out, words);
	return tone;
}

static enum result_tone
say_reply(struct buf *out, const struct rec_reply *r)
{
	if (out != NULL) {
		buf_printf(out, "%03d", r->code);
		if (r->enhanced.n > 0) {
			buf_add_byte(out, ' ');
			buf_add(out, r->enhanced);
		}
	}
	return r->code >= 500 ? TONE_BAD : r->code >= 400 ? TONE_LATER : r->code >= 200 ? TONE_GOOD : TONE_UNKNOWN;
}

static bool
has_finding(const struct unit *u, enum finding f)
{
	return (u->message != NULL && rec_findings_have(&u->message->findings, f))
	    || (u->session != NULL && rec_findings_have(&u->session->findings, f));
}

/* How the connection ended, of what did not come to an end of its own. */
static enum result_tone
result_of_end(const struct unit *u, struct buf *out)
{
	const struct rec_session *s = u->session;

	if (has_finding(u, FINDING_SMTP_TIMEOUT))
		return say(out, "timeout", TONE_BAD);
	if (has_finding(u, FINDING_TCP_STALLED))
		return say(out, "stalled", TONE_BAD);
	if (s == NULL || !s->closed)
		return say(out, "open", TONE_OPEN);
	if (s->why == WHY_RST)
		return say(out, "reset", TONE_BAD);
	if (s->why == WHY_IDLE)
		return say(out, "idle", TONE_BAD);
	return s->why == WHY_FIN ? say(out, "broken off", TONE_BAD) : say(out, "cut", TONE_UNKNOWN);
}

static enum result_tone
result_accepted(const struct rec_message *m, struct buf *out)
{
	if (m->reply.code == 0)			/* its fate is not known yet: no message is accepted without a reply */
		return say(out, "open", TONE_OPEN);
	if (m->accepted_recipients >= m->recipients)
		return say_reply(out, &m->reply);
	if (out != NULL)
		buf_printf(out, "%llu of %llu", (unsigned long long)m->accepted_recipients, (unsigned long long)m->recipients);
	return TONE_PARTLY;
}

static enum result_tone
result_of_message(const struct unit *u, struct buf *out)
{
	const struct rec_message *m = u->message;

	if (u->begun)				/* what its record says of its fate is not final */
		return say(out, "open", TONE_OPEN);
	switch (m->status) {
	case MAIL_ACCEPTED:
		return result_accepted(m, out);
	case MAIL_REJECTED:
	case MAIL_REFUSED:
		return m->reply.code != 0 ? say_reply(out, &m->reply) : say(out, mail_status_name(m->status), TONE_BAD);
	case MAIL_ABORTED:
		return say(out, "aborted", TONE_UNKNOWN);
	case MAIL_UNANSWERED:
		return has_finding(u, FINDING_SMTP_TIMEOUT) ? say(out, "timeout", TONE_BAD) : say(out, "no reply", TONE_BAD);
	case MAIL_UNKNOWN:
		return say(out, "not seen", TONE_UNKNOWN);
	case MAIL_INCOMPLETE:
		break;
	}
	return m->reply.code != 0 ? say_reply(out, &m->reply) : result_of_end(u, out);
}

static enum result_tone
result_of_attempt(const struct rec_attempt *a, struct buf *out)
{
	static const struct { const char *outcome, *words; enum result_tone tone; } table[] = {
		{ "refused", "refused", TONE_BAD }, { "no-answer", "no answer", TONE_BAD }, { "unreachable", "unreached", TONE_BAD },
		{ "no-greeting", "no banner", TONE_BAD }, { "other-protocol", "not SMTP", TONE_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(attempt_name(a->outcome), table[i].outcome) == 0)
			return say(out, table[i].words, table[i].tone);
	return say(out, attempt_name(a->outcome), TONE_UNKNOWN);
}

/* The last command of a session that was refused, or NULL. */
static const struct rec_exchange *
last_refusal(const struct rec_session *s)
{
	for (size_t i = s->nexchange; i > 0; i--)
		if (s->exchange[i - 1].answered && s->exchange[i - 1].reply.code >= 400)
			return &s->exchange[i - 1];
	return NULL;
}

static enum result_tone
result_of_session(const struct unit *u, struct buf *out)
{
	const struct rec_session *s = u->session;
	const struct rec_auth *auth = s->nauth > 0 ? &s->auth[s->nauth - 1] : NULL;
	const struct rec_exchange *refusal = last_refusal(s);

	if (s->tls_broken)
		return say(out, "TLS fail", TONE_BAD);
	if (s->greeting.code >= 400)
		return say_reply(out, &s->greeting);
	if (s->tls)
		return s->closed ? say(out, "encrypted", TONE_UNKNOWN) : say(out, "open", TONE_OPEN);
	if (auth != NULL && !auth->accepted && auth->code >= 400) {
		if (out != NULL)
			buf_printf(out, "AUTH %03d", auth->code);
		return auth->code < 500 ? TONE_LATER : TONE_BAD;
	}
	if (refusal != NULL)
		return say_reply(out, &refusal->reply);
	if (s->quit)
		return say(out, "no mail", TONE_UNKNOWN);
	return result_of_end(u, out);
}

enum result_tone
unit_result(const struct unit *u, struct buf *out)
{
	if (u->message != NULL)
		return result_of_message(u, out);
	if (u->attempt != NULL)
		return result_of_attempt(u->attempt, out);
	return u->session != NULL ? result_of_session(u, out) : say(out, "", TONE_UNKNOWN);
}

/* --- why --- */

static void
add_reply(struct buf *out, const struct rec_reply *r)
{
	say_reply(out, r);
	if (r->text.n > 0) {
		buf_add_byte(out, ' ');
		buf_add(out, r->text);
	}
}

/* The recipient whose refusal weighs most, or NULL: a permanent one before a temporary one. */
static const struct rec_recipient *
refused_recipient(const struct rec_message *m)
{
	const struct rec_recipient *worst = NULL;

	for (size_t i = 0; i < m->nrecipient; i++) {
		const struct rec_recipient *r = &m->recipient[i];

		if (!r->accepted && r->reply.code >= 400 && (worst == NULL || (r->reply.code >= 500 && worst->reply.code < 500)))
			worst = r;
	}
	return worst;
}

static void
reason_of_message(const struct rec_message *m, struct buf *out)
{
	const struct rec_recipient *refused = refused_recipient(m);

	if (refused != NULL) {
		buf_add(out, refused->address);
		buf_text(out, ": ");
		add_reply(out, &refused->reply);
	} else {
		buf_add(out, m->reply.text);		/* its code is the result */
	}
}

static void
reason_of_session(const struct rec_session *s, struct buf *out)
{
	const struct rec_exchange *refusal = last_refusal(s);

	if (refusal != NULL) {
		if (refusal->verb.n > 0) {
			buf_add(out, refusal->verb);
			buf_text(out, ": ");
		}
		add_reply(out, &refusal->reply);
	} else if (s->greeting.code >= 400) {
		buf_add(out, s->greeting.text);
	}
}

void
unit_reason(const struct unit *u, struct buf *out)
{
	if (u->message != NULL)
		reason_of_message(u->message, out);
	else if (u->attempt != NULL)
		buf_add(out, u->attempt->detail);
	else if (u->session != NULL)
		reason_of_session(u->session, out);
}
