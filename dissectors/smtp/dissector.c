/*
 * smtp - RFC 5321 and its extensions, from both sides' bytes to events.
 *
 * The door: everything is in session.h and the files it names.
 */
#include "probe.h"
#include "session.h"

static enum probe
probe(const struct hint *hint)
{
	return probe_mail(hint, false);
}

static void
begin(struct layer *l)
{
	smtp_open(layer_state(l), l, false);
}

size_t
smtp_layer_data(struct layer *l, enum dir dir, slice in)
{
	return smtp_data(layer_state(l), dir, in);
}

void
smtp_layer_decide(struct layer *l, enum dir dir)
{
	smtp_decide(layer_state(l), dir);
}

void
smtp_layer_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	smtp_gap(layer_state(l), dir, missing);
}

void
smtp_layer_eof(struct layer *l, enum dir dir)
{
	smtp_eof(layer_state(l), dir);
}

void
smtp_layer_close(struct layer *l, enum why why, enum dir who)
{
	smtp_close(layer_state(l), why, who);
}

size_t
smtp_layer_memory(struct layer *l)
{
	return smtp_memory(layer_state(l));
}

const struct dissector smtp_dissector = {
	.name = "smtp",
	.summary = "mail between servers, and its submission (RFC 5321)",
	.state_size = sizeof(struct session),
	.rank = 20,
	.probe = probe,
	.open = begin,
	.data = smtp_layer_data,
	.decide = smtp_layer_decide,
	.gap = smtp_layer_gap,
	.eof = smtp_layer_eof,
	.close = smtp_layer_close,
	.memory = smtp_layer_memory,
};
