/*
 * lmtp - RFC 2033: SMTP with a hello of its own, and behind the content one
 * reply for each recipient that was accepted.
 *
 * The session is smtp's, told so.
 */
#include "dissectors/smtp/probe.h"
#include "dissectors/smtp/session.h"

static enum probe
probe(const struct hint *hint)
{
	return probe_mail(hint, true);
}

static void
begin(struct layer *l)
{
	smtp_open(layer_state(l), l, true);
}

static size_t
data(struct layer *l, enum dir dir, slice in)
{
	return smtp_data(layer_state(l), dir, in);
}

static void
decide(struct layer *l, enum dir dir)
{
	smtp_decide(layer_state(l), dir);
}

static void
gap(struct layer *l, enum dir dir, uint64_t missing)
{
	smtp_gap(layer_state(l), dir, missing);
}

static void
eof(struct layer *l, enum dir dir)
{
	smtp_eof(layer_state(l), dir);
}

static void
end(struct layer *l, enum why why, enum dir who)
{
	smtp_close(layer_state(l), why, who);
}

const struct dissector lmtp_dissector = {
	.name = "lmtp",
	.summary = "mail to local recipients, with a reply for each of them (RFC 2033)",
	.state_size = sizeof(struct session),
	.rank = 10,
	.probe = probe,
	.open = begin,
	.data = data,
	.decide = decide,
	.gap = gap,
	.eof = eof,
	.close = end,
};
