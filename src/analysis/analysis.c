/*
 * analysis.c - three questions about every session: is a reply slow for this
 * server, does the server always offer STARTTLS, and is it an open relay?
 *
 * BUGS: medians are those of the past: the first replies of a server are not
 * judged.
 */
#include "analysis.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/map.h"
#include "local.h"
#include "servers.h"

enum { SLOW_TIMES = 10, TRANSACTIONS = 8, WORDS = 160, ADDRESS = 100 };
#define SLOW_LEAST  (1 * NSTIME_S)

/* One transaction that might be relaying. */
struct relay {
	uint32_t mail;
	bool foreign_sender, foreign_recipient;
	char sender[ADDRESS], recipient[ADDRESS];
};

struct watch {			/* one open session */
	struct server *server;		/* NULL: there are too many */
	bool ours;			/* the server is, as far as we know */
	bool authenticated, outsider;	/* the client; an outsider is not ours */
	bool starttls_judged;
	uint32_t slow_mail;		/* of this transaction (0: outside one) … */
	unsigned slow_told;		/* … these verbs were told slow already: bits by verb class */
	struct relay *relay;		/* a ring of TRANSACTIONS by mail; NULL unless we know which domains are ours */
};

struct analysis {
	struct analysis_options options;
	struct local *local;
	struct servers servers;
	struct map watches;		/* by session number */
	void (*emit)(void *self, const struct event *);
	void *self;
};

uint32_t
analysis_wants(void)
{
	return WANT(EV_OPEN) | WANT(EV_CLOSE) | WANT(EV_COMMAND) | WANT(EV_REPLY) | WANT(EV_AUTH) | WANT(EV_PROXY)
	    | WANT(EV_MAIL_DONE);
}

struct analysis *
analysis_new(const struct analysis_options *options)
{
	struct analysis *a = xcalloc(1, sizeof *a);

	a->options = *options;
	servers_init(&a->servers);
	a->local = local_new(options->local_domains, options->local_nets);
	if (a->local == NULL)
		analysis_free(&a);
	return a;
}

static void
watch_free(struct watch *w)
{
	free(w->relay);
	free(w);
}

void
analysis_free(struct analysis **ap)
{
	struct analysis *a = *ap;
	struct watch *w;
	size_t cursor = 0;

	if (a == NULL)
		return;
	while ((w = map_next(&a->watches, &cursor)) != NULL)
		watch_free(w);
	map_fini(&a->watches);
	servers_fini(&a->servers);
	local_free(&a->local);
	free(a);
	*ap = NULL;
}

static void
tell(struct analysis *a, const struct event *about, enum finding f, uint32_t mail, const char *words)
{
	struct event e = { .kind = EV_ANOMALY, .at = about->at };

	e.at.secret = false;
	e.u.anomaly = (struct ev_anomaly){ f, mail, slice_of(words) };
	a->emit(a->self, &e);
}

static void
on_open(struct analysis *a, const struct event *e)
{
	const struct ev_open *o = &e->u.open;
	struct watch *w;

	if (map_get(&a->watches, e->at.session) != NULL)
		return;
	w = xcalloc(1, sizeof *w);
	w->server = servers_open(&a->servers, &o->server);
	w->ours = !local_has_nets(a->local) || local_is_addr(a->local, &o->server.addr);
	w->outsider = !local_is_addr(a->local, &o->client.addr);
	if (local_has_domains(a->local))
		w->relay = xcalloc(TRANSACTIONS, sizeof *w->relay);
	map_put(&a->watches, e->at.session, w);
}

static void
on_close(struct analysis *a, const struct event *e)
{
	struct watch *w = map_take(&a->watches, e->at.session);

	if (w == NULL)
		return;
	servers_close(w->server);
	watch_free(w);
}

/* The median to compare with: of the verb, or of all replies while there are few of it. */
static nstime
usual_wait(const struct server *s, enum verb_class verb)
{
	nstime median = waits_median(&s->waits[verb]);

	return median != NSTIME_NONE ? median : waits_median(&s->all);
}

static bool
is_slow(const struct analysis *a, nstime wait, nstime usual)
{
	if (a->options.slow > 0)
		return wait > a->options.slow;
	return wait > SLOW_LEAST && usual != NSTIME_NONE && wait / SLOW_TIMES > usual;
}

/* Once for each verb of a message, or of a session outside its messages. */
static bool
is_news(struct watch *w, uint32_t mail, enum verb_class verb)
{
	if (w->slow_mail != mail) {
		w->slow_mail = mail;
		w->slow_told = 0;
	}
	if (w->slow_told & 1u << verb)
		return false;
	w->slow_told |= 1u << verb;
	return true;
}

static void
say_slow(struct analysis *a, const struct event *e, nstime usual)
{
	const struct ev_reply *r = &e->u.reply;
	const char *verb = r->verb.n == 0 ? "greeting" : slice_eq(r->verb, S(".")) ? "end of content" : NULL;
	char words[WORDS], wait[NSTIME_TEXT], median[NSTIME_TEXT];
	int n = verb ? snprintf(words, sizeof words, "%s", verb)
	    : snprintf(words, sizeof words, "%.*s", (int)slice_take(r->verb, 32).n, (const char *)r->verb.p);

	nstime_seconds(r->wait, 3, wait);
	if (usual != NSTIME_NONE)
		snprintf(words + n, sizeof words - (size_t)n, " answered after %s s; this server's median is below %s s", wait,
		    nstime_seconds(usual, 3, median));
	else
		snprintf(words + n, sizeof words - (size_t)n, " answered after %s s", wait);
	tell(a, e, FINDING_SMTP_SLOW_REPLY, r->mail, words);
}

static void
judge_wait(struct analysis *a, struct watch *w, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	enum verb_class verb = verb_classify(r->verb);
	nstime usual;

	if (w->server == NULL || r->wait == NSTIME_NONE || r->wait < 0 || e->at.after_gap || e->at.server_reading)
		return;
	usual = usual_wait(w->server, verb);
	if (is_slow(a, r->wait, usual) && is_news(w, r->mail, verb))
		say_slow(a, e, usual);
	waits_add(&w->server->waits[verb], r->wait);
	waits_add(&w->server->all, r->wait);
}

static bool
offers_starttls(const struct ev_reply *r)
{
	for (size_t i = 0; i < r->ncapability; i++)
		if (slice_ieq(r->capability[i], S("STARTTLS")))
			return true;
	return false;
}

/*
 * A server that offers STARTTLS sometimes is either several behind one
 * address, or somebody takes the word away. The session that lacks it is told
 * every time; one that has it, the first time.
 */
static void
judge_starttls(struct analysis *a, struct watch *w, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	struct server *s = w->server;
	bool offered = offers_starttls(r);

	if (s == NULL || w->starttls_judged || e->at.decrypted || !slice_eq(r->verb, S("EHLO")) || r->code != 250)
		return;
	w->starttls_judged = true;
	if (!offered && s->offered) {
		tell(a, e, FINDING_SMTP_STARTTLS_INCONSISTENT, 0, "not offered here, but in other sessions");
	} else if (offered && s->lacked && !s->told) {
		s->told = true;
		tell(a, e, FINDING_SMTP_STARTTLS_INCONSISTENT, 0, "offered here, but not in other sessions");
	}
	s->offered |= offered;
	s->lacked |= !offered;
}

static void
note_address(char to[ADDRESS], slice address)
{
	snprintf(to, ADDRESS, "%.*s", (int)slice_take(address, ADDRESS - 1).n, address.n ? (const char *)address.p : "");
}

static struct relay *
relay_of(const struct watch *w, uint32_t mail)
{
	return w->relay && mail != 0 ? &w->relay[mail % TRANSACTIONS] : NULL;
}

static void
relay_command(struct analysis *a, struct watch *w, const struct event *e)
{
	const struct ev_command *c = &e->u.command;
	struct relay *t = relay_of(w, c->mail);

	if (t == NULL || c->mail != c->serial || !slice_eq(c->verb, S("MAIL")))
		return;
	*t = (struct relay){ .mail = c->mail, .foreign_sender = c->has_path && !local_is_mailbox(a->local, c->address) };
	note_address(t->sender, c->address);
}

static void
relay_reply(struct analysis *a, struct watch *w, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	struct relay *t = relay_of(w, r->mail);

	if (t == NULL || t->mail != r->mail || t->foreign_recipient || r->code < 200 || r->code > 299
	    || !slice_eq(r->verb, S("RCPT")) || local_is_mailbox(a->local, r->address))
		return;
	t->foreign_recipient = true;
	note_address(t->recipient, r->address);
}

static void
relay_done(struct analysis *a, struct watch *w, const struct event *e)
{
	const struct ev_mail_done *d = &e->u.mail_done;
	struct relay *t = relay_of(w, d->mail);
	char words[2 * ADDRESS + 16];

	/* A relay is one of our servers that serves somebody else. */
	if (t == NULL || t->mail != d->mail || d->status != MAIL_ACCEPTED || !w->ours || !w->outsider || w->authenticated
	    || !t->foreign_sender || !t->foreign_recipient)
		return;
	snprintf(words, sizeof words, "from <%s> to <%s>", t->sender, t->recipient);
	tell(a, e, FINDING_SMTP_OPEN_RELAY_SUSPECT, d->mail, words);
}

void
analysis_event(struct analysis *a, const struct event *e, void (*emit)(void *self, const struct event *), void *self)
{
	struct watch *w;

	a->emit = emit;
	a->self = self;
	if (e->kind == EV_OPEN) {
		on_open(a, e);
		return;
	}
	if (e->kind == EV_CLOSE) {
		on_close(a, e);
		return;
	}
	w = map_get(&a->watches, e->at.session);
	if (w == NULL)
		return;
	switch (e->kind) {
	case EV_COMMAND:
		relay_command(a, w, e);
		break;
	case EV_REPLY:
		judge_wait(a, w, e);
		judge_starttls(a, w, e);
		relay_reply(a, w, e);
		break;
	case EV_AUTH:
		w->authenticated |= e->u.auth.accepted;
		break;
	case EV_PROXY:
		if (e->u.proxy.client.addr.family != 0)
			w->outsider = !local_is_addr(a->local, &e->u.proxy.client.addr);
		break;
	case EV_MAIL_DONE:
		relay_done(a, w, e);
		break;
	default:
		break;
	}
}
