#include "visit.h"

#include <stdlib.h>
#include <string.h>

#include "base/chars.h"
#include "base/crypto.h"
#include "base/err.h"

static void
put_u64(uint8_t *to, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(v >> (56 - 8 * i));
}

/*
 * 24 digits of base 32 (120 bits of a digest): lower case and digits only, so
 * that a uid, or its first eight digits, can be part of a file name even
 * where upper and lower case are the same.
 */
void
uid_make(char uid[UID_TEXT], const char *name, nstime start, uint64_t number)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";
	enum { NAME = 80 };
	uint8_t in[NAME + 16] = { 0 }, digest[SHA1_SIZE];
	size_t n = strlen(name);
	unsigned bits = 0, held = 0, at = 0;

	memcpy(in, name, n < NAME ? n : NAME);
	put_u64(in + NAME, (uint64_t)start);
	put_u64(in + NAME + 8, number);
	crypto_sha1((slice){ in, sizeof in }, digest);
	for (size_t i = 0; i < SESSION_UID; i++) {
		if (held < 5) {
			bits = bits << 8 | digest[at++];
			held += 8;
		}
		held -= 5;
		uid[i] = digit[bits >> held & 31];
	}
	uid[SESSION_UID] = '\0';
}

struct visit *
visit_new(const struct event *e, unsigned keeps, size_t *memory)
{
	const struct ev_open *o = &e->u.open;
	struct arena *arena = arena_new_counted(LIMIT_RECORD_ARENA, memory);
	struct visit *s = arena_zero(arena, sizeof *s);
	struct rec_session *r = &s->rec;

	s->keep.arena = arena;
	s->memory = memory;
	s->keeps = keeps;
	r->number = e->at.session;
	r->tcp.handshake = NSTIME_NONE;
	if (o->tcp != NULL)
		r->tcp = *o->tcp;
	r->time = o->tcp ? o->tcp->first : e->at.time;
	r->end = e->at.time;
	r->protocol = o->protocol;
	r->client = o->client;
	r->server = o->server;
	if (!(keeps & FOLD_NAMELESS)) {
		community_id(&o->client, &o->server, r->community_id);
		uid_make(r->uid, r->community_id, r->time, r->number);
	}
	return s;
}

static void
wipe(slice secret)
{
	volatile uint8_t *p = (uint8_t *)secret.p;

	for (size_t i = 0; i < secret.n; i++)
		p[i] = 0;
}

void
visit_free(struct visit **sp)
{
	struct visit *s = *sp;
	struct arena *arena;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->rec.nauth; i++)
		wipe(s->rec.auth[i].secret);
	for (size_t i = 0; i < s->nopen; i++)
		message_free(&s->open[i]);
	free(s->open);
	arena_free(&s->hello.arena);
	arena = s->keep.arena;			/* it lies in there itself */
	arena_free(&arena);
	*sp = NULL;
}

/*
 * The open transactions, in order of reading and mail. There is one, almost
 * always; with pipelined BDAT there may be a thousand, so it is searched by
 * halves.
 */
static size_t
place_of(const struct visit *s, uint32_t mail, bool server_reading)
{
	size_t low = 0, high = s->nopen;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct rec_message *m = &s->open[middle]->rec;

		if (m->server_reading < server_reading || (m->server_reading == server_reading && m->mail < mail))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct visit *s, size_t i, uint32_t mail, bool server_reading)
{
	return i < s->nopen && s->open[i]->rec.mail == mail && s->open[i]->rec.server_reading == server_reading;
}

struct message *
visit_find(struct visit *s, uint32_t mail, bool server_reading)
{
	size_t i = place_of(s, mail, server_reading);

	return is_at(s, i, mail, server_reading) ? s->open[i] : NULL;
}

static void
close_place(struct visit *s, size_t i)
{
	message_free(&s->open[i]);
	s->nopen--;
	memmove(s->open + i, s->open + i + 1, (s->nopen - i) * sizeof s->open[0]);
}

struct message *
visit_begin(struct visit *s, uint32_t mail, const struct where *at)
{
	size_t i = place_of(s, mail, at->server_reading);

	if (is_at(s, i, mail, at->server_reading))
		return s->open[i];
	/* More than that wait for no reply: a dissector that speaks of them all never ends them. */
	if (s->nopen >= LIMIT_PENDING) {
		s->rec.truncated = true;
		close_place(s, 0);
		i = place_of(s, mail, at->server_reading);
	}
	if (s->nopen == s->open_size) {
		s->open_size = s->open_size ? 2 * s->open_size : 2;
		s->open = xrealloc(s->open, s->open_size, sizeof s->open[0]);
	}
	memmove(s->open + i + 1, s->open + i, (s->nopen - i) * sizeof s->open[0]);
	s->open[i] = message_new(&s->rec, mail, at->server_reading, at, s->memory);
	s->nopen++;
	return s->open[i];
}

void
visit_forget(struct visit *s, struct message *m)
{
	size_t i = place_of(s, m->rec.mail, m->rec.server_reading);

	CHECK(is_at(s, i, m->rec.mail, m->rec.server_reading));
	close_place(s, i);
}

static void
show_helo(struct visit *s)
{
	const struct helo *h = &s->helo[s->helo_now];

	s->rec.helo_verb = h->verb;
	s->rec.helo_name = h->name;
}

/* The last greeting holds from the moment that it is sent, until the server says no. */
static void
greet(struct visit *s, const struct ev_command *c)
{
	struct helo *h = &s->helo[!s->helo_now];

	h->verb = keep_text(&s->keep, &h->verb_room, c->verb);
	h->name = c->args.n ? keep_text(&s->keep, &h->name_room, c->args) : SLICE_NONE;
	h->serial = c->serial;
	s->helo_now = !s->helo_now;
	show_helo(s);
}

static bool
is_greeting_verb(slice verb)
{
	return slice_eq(verb, S("EHLO")) || slice_eq(verb, S("HELO")) || slice_eq(verb, S("LHLO"));
}

void
visit_command(struct visit *s, const struct event *e)
{
	const struct ev_command *c = &e->u.command;

	if (c->verb.n == 0 || slice_eq(c->verb, S("AUTH*")))
		return;				/* an answer within AUTH is no command */
	s->rec.commands++;
	s->rec.pipelined += c->pipelined;
	if (is_greeting_verb(c->verb))
		greet(s, c);
}

static bool
same_capabilities(const struct rec_session *r, const struct ev_reply *e)
{
	if (r->ncapability != e->ncapability)
		return false;
	for (size_t i = 0; i < e->ncapability; i++)
		if (!slice_eq(r->capability[i], e->capability[i]))
			return false;
	return true;
}

/* The list of the last EHLO replaces the one before (RFC 5321 4.1.4). */
static void
keep_capabilities(struct visit *s, const struct ev_reply *r)
{
	size_t n = r->ncapability < LIMIT_CAPABILITIES ? r->ncapability : LIMIT_CAPABILITIES;
	slice *list;

	if (same_capabilities(&s->rec, r))
		return;
	arena_free(&s->hello.arena);
	s->rec.capability = NULL;
	s->rec.ncapability = 0;
	if (n == 0)
		return;
	s->hello.arena = arena_new_counted(LIMIT_RECORD_ARENA, s->memory);
	list = arena_zero(s->hello.arena, n * sizeof *list);
	for (size_t i = 0; i < n; i++)
		list[i] = keep_slice(&s->hello, r->capability[i]);
	s->rec.capability = list;
	s->rec.ncapability = n;
}

static void
helo_replied(struct visit *s, const struct ev_reply *r)
{
	if (r->code >= 400 && s->helo[s->helo_now].serial == r->answers) {
		s->helo_now = !s->helo_now;
		show_helo(s);
	}
	if (r->code >= 200 && r->code < 300)
		keep_capabilities(s, r);
}

/* The name that a greeting begins with (RFC 5321 4.2): a word that could be a domain or a literal. */
static slice
host_of(slice text)
{
	slice word, rest;

	slice_cut(text, ' ', &word, &rest);
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_alnum(word.p[i]) && word.p[i] < 0x80 && memchr(".-_[]:", word.p[i], 6) == NULL)
			return SLICE_NONE;
	return word.n > 0 ? word : SLICE_NONE;
}

static void
keep_greeting(struct visit *s, const struct ev_reply *r)
{
	s->rec.has_greeting = true;
	s->rec.greeting = keep_reply(&s->keep, r);
	if (r->code == 220)
		s->rec.greeting_host = host_of(s->rec.greeting.text);
}

void
visit_reply(struct visit *s, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	bool unasked = r->answers == 0 && r->verb.n == 0;

	s->rec.errors += r->code >= 400 && r->code < 600;
	if (unasked && !s->replied && !e->at.after_gap && !s->rec.tcp.midstream && r->code != 0)
		keep_greeting(s, r);
	s->replied = true;
	if (is_greeting_verb(r->verb))
		helo_replied(s, r);
	else if (r->code == 221 && slice_eq(r->verb, S("QUIT")))
		s->rec.quit = true;
}

static slice
keep_secret(struct visit *s, slice secret)
{
	if (secret.n == 0)
		return SLICE_NONE;
	return s->keeps & FOLD_SECRETS ? keep_slice(&s->keep, secret) : S("");
}

void
visit_auth(struct visit *s, const struct event *e)
{
	const struct ev_auth *a = &e->u.auth;
	struct rec_auth *kept;

	s->rec.auths++;
	if (a->accepted)
		s->auth_user = a->user.n ? keep_text(&s->keep, &s->user_room, a->user) : SLICE_NONE;
	kept = keep_add(&s->keep, &s->auths, sizeof *kept, LIMIT_AUTHS);
	if (kept == NULL)
		return;
	*kept = (struct rec_auth){
		.mechanism = keep_slice(&s->keep, a->mechanism),
		.user = a->user.n ? keep_slice(&s->keep, a->user) : SLICE_NONE,
		.secret = keep_secret(s, a->secret),
		.accepted = a->accepted, .cancelled = a->cancelled, .code = a->code,
	};
	s->rec.auth = s->auths.v;
	s->rec.nauth = s->auths.n;
}

void
visit_tls(struct visit *s, const struct event *e)
{
	const struct ev_tls *t = &e->u.tls;

	if (t->what == TLS_BEGINS && !s->rec.tls) {
		s->rec.tls = true;
		s->rec.tls_facts = *t;
	} else if (t->what == TLS_NOT) {
		s->rec.tls_broken = true;
	}
}

void
visit_proxy(struct visit *s, const struct event *e)
{
	const struct ev_proxy *p = &e->u.proxy;

	if (p->client.addr.family != 0) {
		s->rec.has_proxy = true;
		s->rec.proxy_client = p->client;
	}
	if (p->name.n > 0 && s->rec.proxy_name.p == NULL)
		s->rec.proxy_name = keep_slice(&s->keep, p->name);
}

void
visit_dialogue(struct visit *s, const struct event *e)
{
	dialogue_event(&s->dialogue, &s->keep, e);
	s->rec.exchange = s->dialogue.list.v;
	s->rec.nexchange = s->dialogue.list.n;
}

void
visit_finding(struct visit *s, const struct event *e)
{
	keep_finding(&s->keep, &s->rec.findings, &s->findings, e);
}

void
visit_count(struct visit *s, const struct rec_message *m)
{
	s->rec.messages++;
	s->rec.recipients += m->recipients;
	if (m->status == MAIL_ACCEPTED) {
		s->rec.accepted++;
		s->rec.accepted_recipients += m->accepted_recipients;
	}
}

void
visit_close(struct visit *s, const struct event *e)
{
	struct rec_session *r = &s->rec;

	if (e->u.close.tcp != NULL)
		r->tcp = *e->u.close.tcp;
	r->end = e->u.close.tcp ? e->u.close.tcp->last : e->at.time;
	r->closed = true;
	r->why = e->u.close.why;
	r->who = e->u.close.who;
	r->truncated |= s->keep.cut || s->hello.cut;
}

const char *
rec_session_close(const struct rec_session *r)
{
	static const char *const word[][2] = {
		[WHY_FIN] = { "client-fin", "server-fin" }, [WHY_RST] = { "client-rst", "server-rst" },
		[WHY_IDLE] = { "idle", "idle" }, [WHY_EVICTED] = { "evicted", "evicted" },
		[WHY_END_OF_CAPTURE] = { "end-of-capture", "end-of-capture" },
	};

	if (!r->closed)
		return NULL;
	return r->quit ? "quit" : word[r->why][r->who];
}

const char *
rec_session_complete(const struct rec_session *r)
{
	if (r->tcp.one_sided)
		return "one-side";
	if (r->tcp.midstream)
		return "no-start";
	if (r->gaps || r->tcp.missing[DIR_CLIENT] + r->tcp.missing[DIR_SERVER] > 0)
		return "gaps";
	if (!r->closed || (!r->quit && r->why != WHY_FIN && r->why != WHY_RST))
		return "cut";
	return "full";
}

const char *
rec_session_shortcoming(const struct rec_session *s)
{
	static const struct { const char *complete, *words; } table[] = {
		{ "one-side", " · only one side was captured" }, { "no-start", " · the beginning was not captured" },
		{ "gaps", " · bytes are missing" }, { "cut", " · the end was not captured" },
	};
	const char *complete = rec_session_complete(s);

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].complete, complete) == 0)
			return table[i].words;
	return "";
}
