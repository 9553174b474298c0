#include "queue_id.h"

#include "base/chars.h"

enum where { ANYWHERE, AT_START };

/*
 * The id is the run of its own characters that stands behind `before` (from
 * the start of the text or anywhere) and right in front of `after`. The first
 * habit that fits wins, so the particular ones come first.
 */
static const struct habit {
	const char *before, *after;
	enum where where;
	size_t shortest;	/* an id has at least so many characters */
	bool last;		/* nothing may follow it */
} habits[] = {
	{ "queued as ", "", ANYWHERE, 1, false },		/* Postfix, Barracuda, MailHog */
	{ "queued with id ", "", ANYWHERE, 1, false },		/* Stalwart */
	{ "message queued (", ")", ANYWHERE, 1, false },	/* Haraka */
	{ "[internalid=", "", ANYWHERE, 1, false },		/* Exchange */
	{ " qp ", "", ANYWHERE, 1, false },			/* qmail */
	{ "ids=", "", ANYWHERE, 1, false },			/* KumoMTA */
	{ "ok id=", "", ANYWHERE, 1, false },			/* Exim */
	{ "id=", "", AT_START, 1, false },
	{ "message ", " accepted", ANYWHERE, 1, false },	/* Cisco ESA */
	{ "", " message accepted", AT_START, 1, false },	/* Sendmail, OpenSMTPD, Proofpoint, CommuniGate */
	{ "> ", " saved", ANYWHERE, 1, true },			/* Dovecot LMTP */
	{ "ok. ", "", AT_START, 8, true },			/* Courier */
	{ "ok ", "", AT_START, 12, true },			/* Amazon SES, Momentum */
};

static bool
is_id_char(uint8_t c)
{
	return char_is_print(c) && c != ' ' && c != '(' && c != ')' && c != '[' && c != ']' && c != ',' && c != ';'
	    && c != '<' && c != '>' && c != '"';
}

/* The id at the start of `at`, if what follows is right too. */
static bool
read_id(const struct habit *h, slice at, slice *id_r)
{
	slice after = slice_of(h->after), id = at, rest;
	bool digit = false;

	for (id.n = 0; id.n < at.n && is_id_char(at.p[id.n]); id.n++)
		digit |= char_is_digit(at.p[id.n]);
	rest = slice_drop(at, id.n);
	while (id.n > 0 && id.p[id.n - 1] == '.')
		id.n--;
	/* A word without a digit is prose: "queued as spam". All these servers' ids have one, but for Postfix's, now and then. */
	if (id.n < h->shortest || (!digit && id.n < 8) || !slice_istarts(rest, after))
		return false;
	if (h->last && slice_trim(slice_drop(rest, after.n)).n > 0)
		return false;
	*id_r = id;
	return true;
}

static bool
fits(const struct habit *h, slice text, slice *id_r)
{
	slice before = slice_of(h->before);

	for (; text.n >= before.n; text = slice_drop(text, 1)) {
		if (slice_istarts(text, before) && read_id(h, slice_drop(text, before.n), id_r))
			return true;
		if (h->where == AT_START || text.n == 0)
			break;
	}
	return false;
}

/* "OK 1700000000 a1-20020a17.12 - gsmtp": the word before the dash. */
static bool
fits_google(slice text, slice *id_r)
{
	static const char tail[] = " - gsmtp";
	size_t n;

	if (text.n < sizeof tail || !slice_eq(slice_drop(text, text.n - (sizeof tail - 1)), S(" - gsmtp")))
		return false;
	text.n -= sizeof tail - 1;
	for (n = 0; n < text.n && is_id_char(text.p[text.n - n - 1]); n++)
		;
	*id_r = slice_drop(text, text.n - n);
	return n > 0;
}

slice
queue_id_find(slice text)
{
	slice id;

	text = slice_trim(text);
	if (fits_google(text, &id))
		return id;
	for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
		if (fits(&habits[i], text, &id))
			return id;
	return SLICE_NONE;
}
