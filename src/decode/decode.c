/*
 * decode.c - the walk through a frame, from its link header to TCP.
 *
 * What is told of a run is bounded: of each finding the first LIMIT_FINDINGS
 * occasions one by one, the rest as a number when the capture ends.
 */
#include "decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "walk.h"

enum { DETAIL_TEXT = 256 };

struct decoder *
decoder_new(const struct decode_user *user, size_t fragment_bytes)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->user = *user;
	d->fragments = fragments_new(fragment_bytes);
	return d;
}

void
decoder_free(struct decoder **dp)
{
	if (*dp == NULL)
		return;
	fragments_free(&(*dp)->fragments);
	free(*dp);
	*dp = NULL;
}

void
decoder_stats(const struct decoder *d, struct decode_stats *stats_r)
{
	*stats_r = d->stats;
}

static void __attribute__((format(printf, 4, 0)))
tell(struct decoder *d, enum finding f, struct origin from, const char *format, va_list args)
{
	char text[DETAIL_TEXT];

	vsnprintf(text, sizeof text, format, args);
	if (d->user.note != NULL)
		d->user.note(d->user.self, f, from, slice_of(text));
}

/* What is so for every packet on its way, once it is so for one, is told once. */
static uint64_t
told_one_by_one(enum finding f)
{
	return f == FINDING_IP_DEPTH ? 1 : LIMIT_FINDINGS;
}

void
decoder_note(struct decoder *d, enum finding f, struct origin from, const char *format, ...)
{
	va_list args;

	if (d->noted[f]++ >= told_one_by_one(f))
		return;
	va_start(args, format);
	tell(d, f, from, format, args);
	va_end(args);
}

enum next
walk_malformed(struct walk *w, enum finding f, const char *format, ...)
{
	struct decoder *d = w->decoder;
	va_list args;

	d->stats.malformed++;
	if (d->noted[f]++ < told_one_by_one(f)) {
		va_start(args, format);
		tell(d, f, w->segment->from, format, args);
		va_end(args);
	}
	return NEXT_NOTHING;
}

void
walk_short(struct walk *w, size_t n, enum finding malformed, const char *what)
{
	struct decoder *d = w->decoder;

	if (w->rest.n < w->wire)
		decoder_note(d, FINDING_IP_TRUNCATED, w->segment->from, "%s: %zu of %zu bytes captured", what,
		    w->rest.n, n);
	else if (malformed == FINDINGS)
		d->stats.malformed++;
	else
		walk_malformed(w, malformed, "%s: %zu of %zu bytes", what, w->rest.n, n);
}

static void
tell_rest(struct decoder *d)
{
	for (enum finding f = 0; f < FINDINGS; f++)
		if (d->noted[f] > told_one_by_one(f) && d->user.note != NULL) {
			char text[DETAIL_TEXT];

			snprintf(text, sizeof text, "%llu more, not told one by one",
			    (unsigned long long)(d->noted[f] - told_one_by_one(f)));
			d->user.note(d->user.self, f, d->last, slice_of(text));
		}
}

void
decoder_finish(struct decoder *d)
{
	fragments_finish(d);
	tell_rest(d);
	memset(d->noted, 0, sizeof d->noted);
}

/* The fields that no header sets. */
static void
start(struct walk *w, const struct frame_view *f)
{
	struct segment *s = w->segment;

	s->from = f->from;
	s->mark = f->mark;
	s->fragmented = false;
	s->piece = NULL;
	s->npiece = 0;
	s->bad_header = false;
	s->vlan[0] = s->vlan[1] = 0;
	s->nvlan = 0;
	s->depth = 0;
	if (w->wire < w->rest.n)	/* a file may say so; what is here was captured */
		w->wire = w->rest.n;
	if (f->fcs > 0 && w->wire >= f->fcs)
		walk_set_length(w, w->wire - f->fcs);
}

enum decoded
decode_frame(struct decoder *d, const struct frame_view *f, struct segment *s, struct icmp_error *icmp)
{
	struct walk w = { .decoder = d, .rest = f->bytes, .wire = f->wire, .segment = s, .icmp = icmp };
	enum next next;

	d->stats.frames++;
	d->stats.truncated += f->bytes.n < f->wire;
	d->last = f->from;
	if (fragments_any(d->fragments))
		fragments_clock(d, f->from.time);
	start(&w, f);
	next = link_open(&w, f->linktype);
	for (;;)
		switch (next) {
		case NEXT_ETHERNET:
			next = link_ethernet(&w);
			break;
		case NEXT_IPV4:
			next = ipv4_open(&w);
			break;
		case NEXT_IPV6:
			next = ipv6_open(&w);
			break;
		case NEXT_UDP:
			next = tunnel_udp(&w);
			break;
		case NEXT_GRE:
			next = tunnel_gre(&w);
			break;
		case NEXT_TCP:
			return tcp_open(&w) ? DECODED_SEGMENT : DECODED_NOTHING;
		case NEXT_ICMP:
			return icmp_open(&w) ? DECODED_ICMP : DECODED_NOTHING;
		case NEXT_KEPT:
			return DECODED_FRAGMENT;
		case NEXT_NOTHING:
			return DECODED_NOTHING;
		}
}
