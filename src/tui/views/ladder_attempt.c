#include "ladder_attempt.h"

#include <string.h>

#include "base/words.h"

/* What each outcome means (flow.h, enum attempt): what the client did, what came of it. */
static const struct shape {
	const char *outcome;
	const char *client, *server;	/* said; NULL: nothing */
	const char *note;		/* what happened */
} shapes[] = {
	{ "refused", "SYN", "RST: nobody listens there", NULL },
	{ "no-answer", "SYN", NULL, "no connection came of it" },
	{ "unreachable", "SYN", NULL, "a router on the way says why not:" },
	{ "no-greeting", "SYN, and all that a connection needs", NULL, "the server said nothing" },
	{ "other-protocol", "SYN, and all that a connection needs", NULL, "what was spoken then is no SMTP" },
};

static struct rung
rung_of(const struct rec_attempt *a, enum rung_kind kind, enum dir dir, const char *text)
{
	return (struct rung){
		.kind = kind, .dir = dir, .is_reply = kind == RUNG_SAID && dir == DIR_SERVER, .finding = FINDINGS,
		.time = dir == DIR_CLIENT ? a->first : NSTIME_NONE,
		.first = NSTIME_NONE, .last = NSTIME_NONE, .since = NSTIME_NONE, .wait = NSTIME_NONE,
		.text = slice_of(text), .lines = 1, .partner = SIZE_MAX, .row = SIZE_MAX,
	};
}

static void
add(struct rung *out, size_t *n, size_t max, struct rung rung)
{
	if (*n < max)
		out[(*n)++] = rung;
}

size_t
attempt_rungs(const struct rec_attempt *a, struct rung *out, size_t max)
{
	const char *outcome = attempt_name(a->outcome);
	size_t n = 0;

	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const struct shape *s = &shapes[i];

		if (strcmp(s->outcome, outcome) != 0)
			continue;
		add(out, &n, max, rung_of(a, RUNG_SAID, DIR_CLIENT, s->client));
		if (s->server != NULL)
			add(out, &n, max, rung_of(a, RUNG_SAID, DIR_SERVER, s->server));
		if (s->note != NULL)
			add(out, &n, max, rung_of(a, RUNG_NOTE, DIR_SERVER, s->note));
	}
	if (a->detail.n > 0) {
		struct rung r = rung_of(a, RUNG_NOTE, DIR_SERVER, "");

		r.text = a->detail;
		add(out, &n, max, r);
	}
	for (size_t i = 0; i < a->findings.n; i++) {
		struct rung r = rung_of(a, RUNG_FINDING, DIR_SERVER, "");

		r.finding = a->findings.v[i].finding;
		r.severity = finding_info(r.finding)->severity;
		r.text = slice_of(finding_info(r.finding)->seen);
		add(out, &n, max, r);
	}
	return n;
}

void
attempt_say(struct buf *out, const struct rec_attempt *a, const struct when *when)
{
	char text[NSTIME_TEXT];

	words_count(out, a->count, "time", "times");
	if (when->format == TIME_NONE)
		return;
	buf_printf(out, "%s %s", a->count > 1 ? ", from" : ", at", when_date(when, a->first, text));
	if (a->count > 1)
		buf_printf(out, " to %s", when_date(when, a->last, text));
}
