/*
 * lmtp - RFC 2033: SMTP with a hello of its own, and behind the content one
 * reply for each recipient that was accepted.
 *
 * The session is smtp's, told so.
 */
#include "dissectors/smtp/probe.h"
#include "dissectors/smtp/session.h"

static enum probe
lmtp_probe(const struct hint *hint)
{
	return probe_mail(hint, true);
}

static void
lmtp_open(struct layer *l)
{
	session_open(layer_state(l), l, true);
}

static size_t
lmtp_data(struct layer *l, enum dir dir, slice in)
{
	return session_data(layer_state(l), dir, in);
}

static void
lmtp_decide(struct layer *l, enum dir dir)
{
	session_decide(layer_state(l), dir);
}

static void
lmtp_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	session_gap(layer_state(l), dir, missing);
}

static void
lmtp_eof(struct layer *l, enum dir dir)
{
	session_eof(layer_state(l), dir);
}

static void
lmtp_close(struct layer *l, enum why why, enum dir who)
{
	session_close(layer_state(l), why, who);
}

const struct dissector lmtp_dissector = {
	.name = "lmtp",
	.summary = "mail to local recipients, with a reply for each of them (RFC 2033)",
	.state_size = sizeof(struct session),
	.rank = 10,
	.probe = lmtp_probe,
	.open = lmtp_open,
	.data = lmtp_data,
	.decide = lmtp_decide,
	.gap = lmtp_gap,
	.eof = lmtp_eof,
	.close = lmtp_close,
};
