/*
 * smtp - RFC 5321 and its extensions, from both sides' bytes to events.
 *
 * The door: everything is in session.h and the files it names.
 */
#include "probe.h"
#include "session.h"

static enum probe
smtp_probe(const struct hint *hint)
{
	return probe_mail(hint, false);
}

static void
smtp_open(struct layer *l)
{
	session_open(layer_state(l), l, false);
}

static size_t
smtp_data(struct layer *l, enum dir dir, slice in)
{
	return session_data(layer_state(l), dir, in);
}

static void
smtp_decide(struct layer *l, enum dir dir)
{
	session_decide(layer_state(l), dir);
}

static void
smtp_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	session_gap(layer_state(l), dir, missing);
}

static void
smtp_eof(struct layer *l, enum dir dir)
{
	session_eof(layer_state(l), dir);
}

static void
smtp_close(struct layer *l, enum why why, enum dir who)
{
	session_close(layer_state(l), why, who);
}

const struct dissector smtp_dissector = {
	.name = "smtp",
	.summary = "mail between servers, and its submission (RFC 5321)",
	.state_size = sizeof(struct session),
	.rank = 20,
	.probe = smtp_probe,
	.open = smtp_open,
	.data = smtp_data,
	.decide = smtp_decide,
	.gap = smtp_gap,
	.eof = smtp_eof,
	.close = smtp_close,
};
