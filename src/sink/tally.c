#include "tally.h"

#include <string.h>

#include "base/err.h"

enum { TEXT_KEPT = 256 };		/* of a reply: more than any page shows */

enum tally_kind { TALLY_MESSAGE, TALLY_SESSION, TALLY_ATTEMPT, TALLY_FINDING };

struct head {
	enum tally_kind kind;
	enum mail_status status;
	uint64_t recipients, bytes;	/* of a message */
	uint64_t count;			/* a session's commands, an attempt's times */
	size_t nreply, nfinding;
};

struct reply { int code; nstime wait; size_t verb, enhanced, text; };	/* lengths of what follows */

/* --- in --- */

static void
put(struct buf *b, const void *p, size_t n)
{
	buf_add(b, (slice){ p, n });
}

static size_t
count_replies(const struct rec_exchange *v, size_t n)
{
	size_t replies = 0;

	for (size_t i = 0; i < n; i++)
		replies += v[i].answered;
	return replies;
}

static void
put_replies(struct buf *b, const struct rec_exchange *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		slice text = slice_take(v[i].reply.text, TEXT_KEPT);
		struct reply reply = { v[i].reply.code, v[i].wait, v[i].verb.n, v[i].reply.enhanced.n, text.n };

		if (!v[i].answered)
			continue;
		put(b, &reply, sizeof reply);
		buf_add(b, v[i].verb);
		buf_add(b, v[i].reply.enhanced);
		buf_add(b, text);
	}
}

static void
put_findings(struct buf *b, const struct rec_findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		put(b, &f->v[i].finding, sizeof f->v[i].finding);
}

void
tally_message(struct buf *b, const struct rec_message *m)
{
	struct head head = {
		.kind = TALLY_MESSAGE, .status = m->status, .recipients = m->recipients, .bytes = m->size,
		.nreply = count_replies(m->exchange, m->nexchange), .nfinding = m->findings.n,
	};

	put(b, &head, sizeof head);
	put_replies(b, m->exchange, m->nexchange);
	put_findings(b, &m->findings);
}

void
tally_session(struct buf *b, const struct rec_session *s)
{
	struct head head = {
		.kind = TALLY_SESSION, .count = s->commands, .nreply = count_replies(s->exchange, s->nexchange), .nfinding = s->findings.n,
	};

	put(b, &head, sizeof head);
	put_replies(b, s->exchange, s->nexchange);
	put_findings(b, &s->findings);
}

void
tally_attempt(struct buf *b, const struct rec_attempt *a)
{
	struct head head = { .kind = TALLY_ATTEMPT, .count = a->count, .nfinding = a->findings.n };

	put(b, &head, sizeof head);
	put_findings(b, &a->findings);
}

void
tally_finding(struct buf *b, const struct rec_lone_finding *f)
{
	struct head head = { .kind = TALLY_FINDING, .nfinding = 1 };

	put(b, &head, sizeof head);
	put(b, &f->finding.finding, sizeof f->finding.finding);
}

/* --- out --- */

static void
take(slice *s, void *to, size_t n)
{
	CHECK(s->n >= n);
	memcpy(to, s->p, n);
	*s = slice_drop(*s, n);
}

static slice
take_slice(slice *s, size_t n)
{
	slice taken = slice_take(*s, n);

	*s = slice_drop(*s, n);
	return taken;
}

static void
tell_reply(slice *s, const struct tally_user *user)
{
	struct reply reply;
	slice verb, enhanced, text;

	take(s, &reply, sizeof reply);
	verb = take_slice(s, reply.verb);
	enhanced = take_slice(s, reply.enhanced);
	text = take_slice(s, reply.text);
	user->reply(user->self, verb, reply.code, reply.wait, enhanced, text);
}

void
tally_tell(slice s, const struct tally_user *user)
{
	struct head head;

	take(&s, &head, sizeof head);
	if (head.kind == TALLY_MESSAGE)
		user->message(user->self, head.status, head.recipients, head.bytes);
	else if (head.kind == TALLY_SESSION)
		user->session(user->self, head.count);
	else if (head.kind == TALLY_ATTEMPT)
		user->attempt(user->self, head.count);
	for (size_t i = 0; i < head.nreply; i++)
		tell_reply(&s, user);
	for (size_t i = 0; i < head.nfinding; i++) {
		enum finding f;

		take(&s, &f, sizeof f);
		user->finding(user->self, f);
	}
}
