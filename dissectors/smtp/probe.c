#include "probe.h"

#include <string.h>

#include "base/chars.h"
#include "base/limits.h"
#include "verbs.h"

enum { PORT_LMTP = 24 };

enum says {
	SAYS_NOTHING,			/* yet */
	SAYS_PART,			/* too little to tell */
	SAYS_HELLO, SAYS_LHLO,		/* EHLO or HELO; LHLO */
	SAYS_COMMAND,			/* another command of ours */
	SAYS_GREETING,			/* 220, 421, 5yz */
	SAYS_MAIL_GREETING,		/* ... that names SMTP, LMTP or mail */
	SAYS_REPLY,			/* another reply */
	SAYS_TLS,
	SAYS_PROXY,
	SAYS_TEXT,			/* something printable */
	SAYS_OTHER			/* another protocol */
};

static const slice other_protocols[] = {
	SLICE("SSH-"), SLICE("GET "), SLICE("POST "), SLICE("HEAD "), SLICE("PUT "), SLICE("OPTIONS "), SLICE("CONNECT "),
	SLICE("HTTP/"), SLICE("* OK"), SLICE("+OK"), SLICE("USER "), SLICE("RFB "), SLICE("PRI "),
};

static bool
names_mail(slice line)
{
	for (; line.n >= 4; line = slice_drop(line, 1))
		if (slice_istarts(line, S("SMTP")) || slice_istarts(line, S("LMTP")) || slice_istarts(line, S("MAIL")))
			return true;
	return false;
}

static enum says
says_reply(slice s)
{
	slice line, rest;

	for (size_t i = 0; i < 3; i++) {
		if (i == s.n)
			return SAYS_PART;
		if (!char_is_digit(s.p[i]))
			return SAYS_TEXT;
	}
	if (s.n == 3)
		return SAYS_PART;
	if (s.p[3] != ' ' && s.p[3] != '-' && s.p[3] != '\r' && s.p[3] != '\n')
		return SAYS_TEXT;
	if (!slice_cut(s, '\n', &line, &rest) && s.n < LIMIT_HEAD)
		return SAYS_PART;
	if (!slice_starts(s, S("220")) && !slice_starts(s, S("421")) && s.p[0] != '5')
		return SAYS_REPLY;
	return names_mail(line) ? SAYS_MAIL_GREETING : SAYS_GREETING;
}

static enum says
says_command(slice s)
{
	size_t n = 0;
	slice word;

	while (n < s.n && (char_is_alnum(s.p[n]) || s.p[n] == '-'))
		n++;
	word = slice_take(s, n);
	if (n == s.n)
		return n < 16 ? SAYS_PART : SAYS_TEXT;
	switch (verb_find(word)->id) {
	case VERB_UNKNOWN:
		return SAYS_TEXT;
	case VERB_LHLO:
		return SAYS_LHLO;
	case VERB_EHLO:
	case VERB_HELO:
		return SAYS_HELLO;
	default:
		return SAYS_COMMAND;
	}
}

static bool
is_other(slice s)
{
	for (size_t i = 0; i < sizeof other_protocols / sizeof other_protocols[0]; i++)
		if (slice_starts(s, other_protocols[i]))
			return true;
	return false;
}

static bool
is_proxy(slice s)
{
	return slice_starts(s, S("PROXY ")) || slice_starts(s, S("\r\n\r\n\0\r\nQUIT\n"));
}

/* Whatever is neither a word nor a number: only so much of it tells, wherever it was cut. */
static enum says
says_text(slice s)
{
	enum { TELLING = 8 };
	size_t lf;

	if (!char_is_print(s.p[0]) && !char_is_blank(s.p[0]) && s.p[0] != '\r' && s.p[0] != '\n')
		return SAYS_OTHER;
	return s.n < TELLING && !slice_find(s, '\n', &lf) ? SAYS_PART : SAYS_TEXT;
}

/* A handshake is known by its first byte; another record, where the capture begins late, by its version too. */
static enum says
says_tls(slice s)
{
	if (s.p[0] == 0x16)
		return SAYS_TLS;
	if (s.n < 2)
		return SAYS_PART;
	return s.p[1] == 3 ? SAYS_TLS : SAYS_OTHER;
}

static enum says
listen(slice s)
{
	if (s.n == 0)
		return SAYS_NOTHING;
	if (s.p[0] >= 0x14 && s.p[0] <= 0x17)
		return says_tls(s);
	if (is_proxy(s))
		return SAYS_PROXY;
	if (is_other(s))
		return SAYS_OTHER;
	if (char_is_digit(s.p[0]))
		return says_reply(s);
	if (char_is_alpha(s.p[0]))
		return says_command(s);
	return says_text(s);
}

/* The rest of its line is lost: cut by a snapshot length, say. */
static bool
is_begun_reply(slice s)
{
	return s.n > 4 && char_is_digit(s.p[0]) && char_is_digit(s.p[1]) && char_is_digit(s.p[2]) && (s.p[3] == ' ' || s.p[3] == '-');
}

static bool
is_hello(enum says says)
{
	return says == SAYS_HELLO || says == SAYS_LHLO;
}

static bool
is_greeting(enum says says)
{
	return says == SAYS_GREETING || says == SAYS_MAIL_GREETING;
}

static bool
is_open(enum says says)
{
	return says == SAYS_NOTHING || says == SAYS_PART;
}

/* What a client says is only known from a mail port's server, or from a hello of its own. */
static enum probe
probe_anywhere(const struct hint *h, enum says client, enum says server)
{
	if (server == SAYS_OTHER || client == SAYS_OTHER || client == SAYS_TEXT || client == SAYS_TLS)
		return PROBE_NO;
	if (is_hello(client))
		return is_open(server) || is_greeting(server) || server == SAYS_REPLY ? PROBE_YES : PROBE_NO;
	if (server == SAYS_MAIL_GREETING)
		return client == SAYS_COMMAND || client == SAYS_PROXY || h->last || h->head[1].n == LIMIT_HEAD ? PROBE_YES : PROBE_MORE;
	if (is_open(server) && client == SAYS_PROXY)
		return PROBE_MORE;
	if (!h->whole && verb_looks(h->head[0]) == LOOKS_YES)
		return PROBE_YES;
	if (is_open(client) && (is_open(server) || server == SAYS_GREETING))
		return PROBE_MORE;
	return PROBE_NO;
}

static enum probe
probe_mail_port(const struct hint *h, enum says client, enum says server)
{
	bool patient = !h->last && h->head[0].n < LIMIT_HEAD && h->head[1].n < LIMIT_HEAD;

	if (!h->whole)				/* anything may be the middle of a mail */
		return client == SAYS_PART && patient ? PROBE_MORE : PROBE_YES;
	if (client == SAYS_OTHER || server == SAYS_OTHER)
		return PROBE_NO;
	if (client == SAYS_TLS)
		return PROBE_YES;
	if (is_hello(client) || client == SAYS_COMMAND)
		return server == SAYS_TLS ? PROBE_NO : PROBE_YES;
	if (server == SAYS_TLS)
		return PROBE_NO;
	if (server == SAYS_TEXT)		/* a greeting that is none: the client takes it, or does not */
		return is_open(client) && patient ? PROBE_MORE : PROBE_NO;
	if (is_greeting(server) || server == SAYS_REPLY)
		return client == SAYS_TEXT || client == SAYS_PROXY || !patient ? PROBE_YES : PROBE_MORE;
	if (patient)
		return PROBE_MORE;
	return is_begun_reply(h->head[1]) ? PROBE_YES : PROBE_NO;
}

static enum probe
probe_flipped(const struct hint *h, enum says client, enum says server)
{
	if (!is_greeting(client) || !(is_hello(server) || (is_open(server) && client == SAYS_MAIL_GREETING)))
		return PROBE_NO;
	return is_hello(server) || h->last || h->head[0].n == LIMIT_HEAD ? PROBE_FLIPPED : PROBE_MORE;
}

static bool
speaks_lmtp(const struct hint *h, enum says client)
{
	return client == SAYS_LHLO || (h->port == PORT_LMTP && client != SAYS_HELLO);
}

static enum probe
probe_direct(const struct hint *h, bool lmtp)
{
	enum says client = listen(h->head[0]), server = listen(h->head[1]);
	enum probe answer = probe_flipped(h, client, server);

	if (answer != PROBE_NO)
		return answer == PROBE_FLIPPED && speaks_lmtp(h, server) != lmtp ? PROBE_NO : answer;
	answer = h->mail_port ? probe_mail_port(h, client, server) : probe_anywhere(h, client, server);
	return answer == PROBE_YES && speaks_lmtp(h, client) != lmtp ? PROBE_NO : answer;
}

/* Cuts the head of an HTTP request or answer off. */
static bool
drop_head(slice *s)
{
	slice line, rest = *s;

	while (slice_cut(rest, '\n', &line, &rest)) {
		if (slice_chomp(line).n == 0) {
			*s = rest;
			return true;
		}
	}
	return false;
}

/* A tunnel through an HTTP proxy (RFC 9110 9.3.6): what comes behind both heads is like a connection of its own. */
static enum probe
probe_tunnel(const struct hint *h, bool lmtp)
{
	struct hint inner = *h;
	slice version, code;

	if (h->head[1].n == 0)
		return PROBE_MORE;
	slice_cut(h->head[1], ' ', &version, &code);
	if (!slice_starts(h->head[1], slice_take(S("HTTP/1."), h->head[1].n)) || (code.n > 0 && code.p[0] != '2'))
		return PROBE_NO;
	if (!drop_head(&inner.head[0]) || !drop_head(&inner.head[1]))
		return PROBE_MORE;
	inner.mail_port = false;
	return probe_direct(&inner, lmtp);
}

enum probe
probe_mail(const struct hint *h, bool lmtp)
{
	return h->whole && slice_starts(h->head[0], S("CONNECT ")) ? probe_tunnel(h, lmtp) : probe_direct(h, lmtp);
}
