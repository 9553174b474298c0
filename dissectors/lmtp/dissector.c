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

const struct dissector lmtp_dissector = {
	.name = "lmtp",
	.summary = "mail to local recipients, with a reply for each of them (RFC 2033)",
	.state_size = sizeof(struct session),
	.rank = 10,
	.probe = probe,
	.open = begin,
	.data = smtp_layer_data,
	.decide = smtp_layer_decide,
	.gap = smtp_layer_gap,
	.eof = smtp_layer_eof,
	.close = smtp_layer_close,
	.memory = smtp_layer_memory,
};
