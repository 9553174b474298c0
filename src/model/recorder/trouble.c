#include <string.h>

#include "recorder_inside.h"

static bool
is_refused(const struct rec_reply *r)
{
	return r->code >= 400;
}

/* A transaction that was given up is none, unless something had been refused in it. */
bool
message_fails(const struct rec_message *m, bool over)
{
	bool refused = is_refused(&m->mail_reply) || is_refused(&m->reply);

	for (size_t i = 0; i < m->nrecipient && !refused; i++)
		refused = is_refused(&m->recipient[i].reply);
	if (refused || m->findings.severity >= WARNING)
		return true;
	return over && (m->status == MAIL_REJECTED || m->status == MAIL_REFUSED || m->status == MAIL_UNANSWERED
	    || m->status == MAIL_INCOMPLETE);
}

bool
session_fails(const struct rec_session *s)
{
	bool authenticated = s->auths == 0;

	for (size_t i = 0; i < s->nauth; i++)
		authenticated |= s->auth[i].accepted;
	return !authenticated || s->tls_broken || (s->has_greeting && is_refused(&s->greeting))
	    || s->findings.severity >= WARNING;
}

/* A port where somebody speaks another protocol fails nobody. */
bool
attempt_fails(const struct rec_attempt *a)
{
	return strcmp(attempt_name(a->outcome), "other-protocol") != 0 || a->findings.severity >= WARNING;
}
