/*
 * tunnel.c - packets inside packets: GRE, VXLAN, Geneve, GTP-U, EtherIP.
 *
 * A UDP port is only a hint: bytes that do not look like the tunnel's header
 * are plain UDP, not damage.
 */
#include "walk.h"

enum {
	PORT_VXLAN = 4789, PORT_VXLAN_LINUX = 8472, PORT_GENEVE = 6081, PORT_GTPU = 2152,
	ETHERTYPE_ERSPAN = 0x88be, ETHERTYPE_ERSPAN3 = 0x22eb,
	GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000, GRE_ACK = 0x0080, GRE_VERSION = 7,
	GTP_GPDU = 255, GTP_MORE = 0x07, GTP_EXTENSION = 0x04
};

enum next
tunnel_enter(struct walk *w, enum next next)
{
	struct segment *s = w->segment;

	if (s->depth == LIMIT_TUNNELS) {
		decoder_note(w->decoder, FINDING_IP_DEPTH, s->from, "more than %d encapsulations", LIMIT_TUNNELS);
		return NEXT_NOTHING;
	}
	if (s->depth++ == 0)
		w->decoder->stats.tunnelled++;
	return next;
}

/* Skips a header whose loss is only worth a count. */
static bool
skip(struct walk *w, size_t n, const char *what)
{
	if (!walk_has(w, n, FINDINGS, what))
		return false;
	walk_skip(w, n);
	return true;
}

static enum next
enter_ethertype(struct walk *w, uint16_t type)
{
	if (tunnel_enter(w, NEXT_ETHERNET) == NEXT_NOTHING)
		return NEXT_NOTHING;
	return type == ETHERTYPE_ETHERNET ? NEXT_ETHERNET : link_ethertype(w, type);
}

/* draft-foschiano-erspan: type I has no header of its own (and no GRE sequence number), II has 8 bytes, III 12 or 20. */
static enum next
erspan(struct walk *w, uint16_t type, bool sequence)
{
	size_t n = type == ETHERTYPE_ERSPAN ? (sequence ? 8 : 0) : 12;

	if (!walk_has(w, n, FINDINGS, "ERSPAN header"))
		return NEXT_NOTHING;
	if (type == ETHERTYPE_ERSPAN3 && w->rest.p[11] & 1)
		n += 8;
	return skip(w, n, "ERSPAN header") ? enter_ethertype(w, ETHERTYPE_ETHERNET) : NEXT_NOTHING;
}

/* RFC 2784, 2890; version 1 is PPTP's (RFC 2637). Routing never came to be, and hosts drop it. */
enum next
tunnel_gre(struct walk *w)
{
	uint16_t flags, type;
	size_t n = 4;

	w->decoder->stats.other_ip++;
	if (!walk_has(w, n, FINDINGS, "GRE header"))
		return NEXT_NOTHING;
	flags = get_be16(w->rest.p);
	type = get_be16(w->rest.p + 2);
	if (flags & GRE_ROUTING || (flags & GRE_VERSION) > 1)
		return NEXT_NOTHING;
	n += (flags & GRE_CHECKSUM ? 4u : 0) + (flags & GRE_KEY ? 4u : 0) + (flags & GRE_SEQUENCE ? 4u : 0);
	if ((flags & GRE_VERSION) == 1 && flags & GRE_ACK)
		n += 4;
	if (!skip(w, n, "GRE header"))
		return NEXT_NOTHING;
	if (type == ETHERTYPE_ERSPAN || type == ETHERTYPE_ERSPAN3)
		return erspan(w, type, flags & GRE_SEQUENCE);
	return enter_ethertype(w, type);
}

/* RFC 3378: version 3 in four bits, the other twelve are zero. */
enum next
tunnel_etherip(struct walk *w)
{
	if (!walk_has(w, 2, FINDINGS, "EtherIP header") || get_be16(w->rest.p) != 0x3000)
		return NEXT_NOTHING;
	walk_skip(w, 2);
	return tunnel_enter(w, NEXT_ETHERNET);
}

/* RFC 7348 5: the I flag is set, the last byte is reserved. */
static enum next
vxlan(struct walk *w)
{
	if (w->rest.n < 8 || !(w->rest.p[0] & 0x08) || w->rest.p[7] != 0)
		return NEXT_NOTHING;
	walk_skip(w, 8);
	return tunnel_enter(w, NEXT_ETHERNET);
}

/* RFC 8926 3.4: version 0, options in words of four bytes. */
static enum next
geneve(struct walk *w)
{
	uint16_t type;

	if (w->rest.n < 8 || w->rest.p[0] >> 6 != 0 || w->rest.p[7] != 0)
		return NEXT_NOTHING;
	type = get_be16(w->rest.p + 2);
	if (!skip(w, 8 + (w->rest.p[0] & 0x3fu) * 4u, "Geneve options"))
		return NEXT_NOTHING;
	return enter_ethertype(w, type);
}

/* 3GPP TS 29.281 5.2: each extension header tells its length in words of four bytes, and its last byte what follows. */
static bool
gtpu_extensions(struct walk *w, uint8_t type)
{
	for (unsigned i = 0; type != 0; i++) {
		size_t n;

		if (i == LIMIT_EXTENSIONS || !walk_has(w, 4, FINDINGS, "GTP-U extension header"))
			return false;
		n = w->rest.p[0] * 4u;
		if (n == 0 || !walk_has(w, n, FINDINGS, "GTP-U extension header"))
			return false;
		type = w->rest.p[n - 1];
		walk_skip(w, n);
	}
	return true;
}

/* 3GPP TS 29.281 5.1: version 1, GTP not GTP', a user packet. */
static enum next
gtpu(struct walk *w)
{
	uint8_t flags, extension = 0;

	if (w->rest.n < 8 || (w->rest.p[0] & 0xf0) != 0x30 || w->rest.p[1] != GTP_GPDU)
		return NEXT_NOTHING;
	flags = w->rest.p[0];
	walk_skip(w, 8);
	if (flags & GTP_MORE) {		/* any of the three brings the four bytes of all */
		if (!walk_has(w, 4, FINDINGS, "GTP-U header"))
			return NEXT_NOTHING;
		extension = flags & GTP_EXTENSION ? w->rest.p[3] : 0;
		walk_skip(w, 4);
	}
	if (!gtpu_extensions(w, extension))
		return NEXT_NOTHING;
	return tunnel_enter(w, link_version(w));
}

bool
tunnel_port(uint16_t src, uint16_t dst)
{
	return dst == PORT_VXLAN || dst == PORT_VXLAN_LINUX || dst == PORT_GENEVE || dst == PORT_GTPU || src == PORT_GTPU;
}

enum next
tunnel_udp(struct walk *w)
{
	uint16_t src, dst, length;

	w->decoder->stats.udp++;
	if (w->rest.n < UDP_HEADER)
		return NEXT_NOTHING;
	src = get_be16(w->rest.p);
	dst = get_be16(w->rest.p + 2);
	length = get_be16(w->rest.p + 4);
	if (!tunnel_port(src, dst))
		return NEXT_NOTHING;
	if (length >= UDP_HEADER && length < w->wire)
		walk_set_length(w, length);
	walk_skip(w, UDP_HEADER);
	switch (dst) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return vxlan(w);
	case PORT_GENEVE:
		return geneve(w);
	}
	return gtpu(w);
}
