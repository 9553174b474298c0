/*
 * tcp.c - the TCP header (RFC 9293 3.1) and the options that reassembly needs.
 */
#include "walk.h"

enum {
	OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_WSCALE = 3, OPTION_TIMESTAMP = 8,
	MSS_LENGTH = 4, WSCALE_LENGTH = 3, TIMESTAMP_LENGTH = 10,
	WSCALE_MAX = 14		/* RFC 7323 2.3: larger is read as 14 */
};

static void
timestamp(struct segment *s, const uint8_t *p)
{
	s->has_timestamp = true;
	s->tsval = get_be32(p);
	s->tsecr = get_be32(p + 4);
}

/* MSS and window scale mean something in a SYN only; an option of an unfit length is passed over, as receivers do. */
static void
option(struct segment *s, uint8_t kind, slice o)
{
	bool syn = s->flags & TCP_SYN;

	if (kind == OPTION_MSS && o.n == MSS_LENGTH && syn)
		s->mss = get_be16(o.p + 2);
	else if (kind == OPTION_WSCALE && o.n == WSCALE_LENGTH && syn)
		s->wscale = o.p[2] > WSCALE_MAX ? WSCALE_MAX : o.p[2];
	else if (kind == OPTION_TIMESTAMP && o.n == TIMESTAMP_LENGTH)
		timestamp(s, o.p + 2);
}

/* False: a length that cannot be right; what stands before it counts, as in Linux. */
static bool
options(struct segment *s, slice o)
{
	while (o.n > 0 && o.p[0] != OPTION_END) {
		size_t n = o.p[0] == OPTION_NOP ? 1 : o.n > 1 ? o.p[1] : 0;

		if (n == 0 || (n == 1 && o.p[0] != OPTION_NOP) || n > o.n)
			return false;
		option(s, o.p[0], slice_take(o, n));
		o = slice_drop(o, n);
	}
	return true;
}

static void
read_options(struct walk *w, size_t header)
{
	struct segment *s = w->segment;
	slice o = slice_drop(slice_take(w->rest, header), TCP_HEADER);

	/* NOP NOP timestamp: what nearly every segment carries. */
	if (o.n == 12 && get_be32(o.p) == 0x0101080a) {
		timestamp(s, o.p + 4);
		return;
	}
	if (!options(s, o) && w->rest.n >= header)
		decoder_note(w->decoder, FINDING_TCP_MALFORMED, s->from, "an option's length runs past the header");
}

/* A snaplen is a state of the capture, not of the packet: one note a run, and counted in every frame. */
static void
tell_cut(struct walk *w, size_t header)
{
	struct segment *s = w->segment;

	if (w->rest.n < header)
		walk_short(w, header, FINDINGS, "TCP header with options");
	else if (!w->decoder->cut_told) {
		w->decoder->cut_told = true;
		decoder_note(w->decoder, FINDING_IP_TRUNCATED, s->from,
		    "%zu of %u bytes of TCP data captured; later packets that are cut so are counted only",
		    s->payload.n, s->length);
	}
}

static void
read_fixed(struct segment *s, const uint8_t *p)
{
	s->src.port = get_be16(p);
	s->dst.port = get_be16(p + 2);
	s->seq = get_be32(p + 4);
	s->ack = get_be32(p + 8);
	s->flags = p[13];
	s->window = get_be16(p + 14);
	s->urgent = get_be16(p + 18);
	s->wscale = NO_WSCALE;
	s->mss = 0;
	s->has_timestamp = false;
	s->tsval = s->tsecr = 0;
}

bool
tcp_open(struct walk *w)
{
	struct segment *s = w->segment;
	size_t header;

	w->decoder->stats.tcp++;
	if (!walk_has(w, TCP_HEADER, FINDING_TCP_MALFORMED, "TCP header"))
		return false;
	header = (size_t)(w->rest.p[12] >> 4) * 4;
	if (header < TCP_HEADER || header > w->wire) {
		walk_malformed(w, FINDING_TCP_MALFORMED, "data offset of %zu bytes in a segment of %zu", header, w->wire);
		return false;
	}
	read_fixed(s, w->rest.p);
	if (header > TCP_HEADER)
		read_options(w, header);
	s->tcp = w->rest;
	s->payload = w->rest.n > header ? (slice){ w->rest.p + header, w->rest.n - header } : SLICE_NONE;
	s->length = (uint32_t)(w->wire - header);
	if (w->rest.n < w->wire)
		tell_cut(w, header);
	return true;
}
