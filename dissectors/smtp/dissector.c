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

const struct dissector smtp_dissector = {
	.name = "smtp",
	.summary = "mail between servers, and its submission (RFC 5321)",
	.state_size = sizeof(struct session),
	.rank = 20,
	.probe = probe,
	.open = begin,
	.data = data,
	.decide = decide,
	.gap = gap,
	.eof = eof,
	.close = end,
};
