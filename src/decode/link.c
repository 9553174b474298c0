/*
 * link.c - from the link header to IP: what the link types of pcap-linktype(7)
 * put before it, and the tags and labels between. What is not IP is counted and
 * left.
 *
 * BUGS: no 802.11, no frame relay, no NFLOG; of PPP neither compressed packets
 * nor multilink; an encrypted 802.1AE frame is not IP.
 */
#include "walk.h"

enum {
	LINKTYPE_NULL = 0, LINKTYPE_ETHERNET = 1, LINKTYPE_PPP = 9, LINKTYPE_RAW_BSD = 12, LINKTYPE_RAW_OPENBSD = 14,
	LINKTYPE_PPP_HDLC = 50, LINKTYPE_PPP_ETHER = 51, LINKTYPE_RAW = 101, LINKTYPE_C_HDLC = 104, LINKTYPE_LOOP = 108,
	LINKTYPE_LINUX_SLL = 113, LINKTYPE_PPP_WITH_DIR = 204, LINKTYPE_MPLS = 219, LINKTYPE_IPV4 = 228, LINKTYPE_IPV6 = 229,
	LINKTYPE_LINUX_SLL2 = 276
};

enum {
	ETHERNET_HEADER = 14, SLL_HEADER = 16, SLL2_HEADER = 20,
	ETHERNET_LENGTH_MAX = 1500,	/* IEEE 802.3 3.2.6: a length, not a type */
	SLL_NOVELL = 1, SLL_LLC = 4,
	PPP_IPV4 = 0x21, PPP_IPV6 = 0x57, PPP_MPLS = 0x281, PPP_MPLS_MULTICAST = 0x283
};

static enum next
not_ip(struct walk *w)
{
	w->decoder->stats.not_ip++;
	return NEXT_NOTHING;
}

static void
count_tagged(struct walk *w)
{
	if (!w->tagged)
		w->decoder->stats.tagged++;
	w->tagged = true;
}

enum next
link_version(struct walk *w)
{
	if (w->rest.n > 0 && w->rest.p[0] >> 4 == 4)
		return NEXT_IPV4;
	if (w->rest.n > 0 && w->rest.p[0] >> 4 == 6)
		return NEXT_IPV6;
	return not_ip(w);
}

/* IEEE 802.1Q 9.6: the tag, then the type of what follows. */
static bool
vlan(struct walk *w, uint16_t *type_r)
{
	struct segment *s = w->segment;

	if (!walk_has(w, 4, FINDINGS, "VLAN tag"))
		return false;
	count_tagged(w);
	if (s->nvlan < 2)
		s->vlan[s->nvlan++] = get_be16(w->rest.p) & 0x0fff;
	*type_r = get_be16(w->rest.p + 2);
	walk_skip(w, 4);
	return true;
}

/*
 * RFC 3032. The labels do not tell what they carry: a first nibble of 4 or 6 is
 * IP, 0 the control word of an Ethernet pseudowire (RFC 4928, RFC 4448), and
 * anything else an Ethernet frame without one.
 */
static enum next
mpls(struct walk *w)
{
	bool bottom = false;

	count_tagged(w);
	for (unsigned i = 0; !bottom; i++) {
		if (i == LIMIT_MPLS_LABELS) {
			decoder_note(w->decoder, FINDING_IP_DEPTH, w->segment->from, "more than %d MPLS labels",
			    LIMIT_MPLS_LABELS);
			return NEXT_NOTHING;
		}
		if (!walk_has(w, 4, FINDINGS, "MPLS label"))
			return NEXT_NOTHING;
		bottom = w->rest.p[2] & 1;
		walk_skip(w, 4);
	}
	if (!walk_has(w, 4, FINDINGS, "packet behind the MPLS labels"))
		return NEXT_NOTHING;
	if (w->rest.p[0] >> 4 == 4 || w->rest.p[0] >> 4 == 6)
		return link_version(w);
	if (w->rest.p[0] >> 4 == 0)
		walk_skip(w, 4);
	return tunnel_enter(w, NEXT_ETHERNET);
}

/* RFC 1661 2: the protocol may be compressed to one byte, which is odd then. */
static enum next
ppp_protocol(struct walk *w)
{
	uint16_t protocol;
	size_t n;

	if (!walk_has(w, 2, FINDINGS, "PPP header"))
		return NEXT_NOTHING;
	n = w->rest.p[0] & 1 ? 1 : 2;
	protocol = n == 1 ? w->rest.p[0] : get_be16(w->rest.p);
	walk_skip(w, n);
	switch (protocol) {
	case PPP_IPV4:
		return NEXT_IPV4;
	case PPP_IPV6:
		return NEXT_IPV6;
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST:
		return mpls(w);
	}
	return not_ip(w);
}

/* RFC 1662 3.1: address and control, unless they were negotiated away. */
enum next
link_ppp(struct walk *w)
{
	if (w->rest.n >= 2 && w->rest.p[0] == 0xff && w->rest.p[1] == 0x03)
		walk_skip(w, 2);
	return ppp_protocol(w);
}

/* RFC 2516 4: only session data (code 0) carries packets; the length ends before the padding. */
static enum next
pppoe(struct walk *w)
{
	uint16_t length;

	count_tagged(w);
	if (!walk_has(w, 6, FINDINGS, "PPPoE header"))
		return NEXT_NOTHING;
	if (w->rest.p[0] != 0x11 || w->rest.p[1] != 0)
		return not_ip(w);
	length = get_be16(w->rest.p + 4);
	walk_skip(w, 6);
	if (length < w->wire)
		walk_set_length(w, length);
	return ppp_protocol(w);
}

/* IEEE 802.2: IP has a SAP of its own (6), or stands behind SNAP (RFC 1042) with its Ethernet type. False: neither. */
static bool
llc(struct walk *w, uint16_t *type_r)
{
	const uint8_t *p = w->rest.p;

	if (!walk_has(w, 3, FINDINGS, "LLC header"))
		return false;
	if (p[0] == 0x06 && p[1] == 0x06 && p[2] == 0x03) {
		*type_r = ETHERTYPE_IPV4;
		walk_skip(w, 3);
		return true;
	}
	if (p[0] != 0xaa || p[1] != 0xaa || p[2] != 0x03) {
		not_ip(w);
		return false;
	}
	if (!walk_has(w, 8, FINDINGS, "SNAP header"))
		return false;
	*type_r = get_be16(p + 6);
	walk_skip(w, 8);
	return true;
}

static bool
length_field(struct walk *w, uint16_t length, uint16_t *type_r)
{
	if (length < w->wire)
		walk_set_length(w, length);
	return llc(w, type_r);
}

/* The bound of the loop: each round takes a tag or an LLC header. */
enum next
link_ethertype(struct walk *w, uint16_t type)
{
	for (unsigned i = 0; i <= LIMIT_VLAN_TAGS; i++)
		switch (type) {
		case ETHERTYPE_IPV4:
			return NEXT_IPV4;
		case ETHERTYPE_IPV6:
			return NEXT_IPV6;
		case 0x8100:		/* IEEE 802.1Q */
		case 0x88a8:		/* IEEE 802.1ad */
		case 0x9100:		/* and its forerunners */
		case 0x9200:
		case 0x9300:
			if (!vlan(w, &type))
				return NEXT_NOTHING;
			break;
		case ETHERTYPE_MPLS:
		case ETHERTYPE_MPLS + 1:	/* multicast, or upstream-assigned */
			return mpls(w);
		case 0x8864:
			return pppoe(w);
		case ETHERTYPE_PPP:	/* of GRE (RFC 2637) */
			return link_ppp(w);
		case ETHERTYPE_LLC:
			if (!llc(w, &type))
				return NEXT_NOTHING;
			break;
		default:
			if (type > ETHERNET_LENGTH_MAX)
				return not_ip(w);
			if (!length_field(w, type, &type))
				return NEXT_NOTHING;
		}
	decoder_note(w->decoder, FINDING_IP_DEPTH, w->segment->from, "more than %d VLAN tags", LIMIT_VLAN_TAGS);
	return NEXT_NOTHING;
}

enum next
link_ethernet(struct walk *w)
{
	uint16_t type;

	if (!walk_has(w, ETHERNET_HEADER, FINDINGS, "Ethernet header"))
		return NEXT_NOTHING;
	type = get_be16(w->rest.p + 12);
	walk_skip(w, ETHERNET_HEADER);
	return type == ETHERTYPE_IPV4 ? NEXT_IPV4 : link_ethertype(w, type);
}

/* The address family as the capturing host numbers it: of IPv6 there are five. */
static enum next
by_family(struct walk *w, uint32_t family)
{
	switch (family) {
	case 2:
		return NEXT_IPV4;
	case 10:	/* Linux */
	case 23:	/* Windows */
	case 24:	/* NetBSD, OpenBSD */
	case 28:	/* FreeBSD */
	case 30:	/* Darwin */
		return NEXT_IPV6;
	}
	return not_ip(w);
}

/* NULL is in the byte order of the capturing host, LOOP in network order; families are small, so the number itself tells. */
static enum next
loopback(struct walk *w)
{
	uint32_t family;

	if (!walk_has(w, 4, FINDINGS, "loopback header"))
		return NEXT_NOTHING;
	family = get_be32(w->rest.p);
	if (family > 0xffff)
		family = family >> 24 | (family >> 8 & 0xff00);
	walk_skip(w, 4);
	return by_family(w, family);
}

/* LINKTYPE_LINUX_SLL and _SLL2: an Ethernet type, or one of two numbers that say what a length would. */
static enum next
cooked(struct walk *w, size_t header, size_t type_at)
{
	uint16_t type;

	if (!walk_has(w, header, FINDINGS, "Linux cooked header"))
		return NEXT_NOTHING;
	type = get_be16(w->rest.p + type_at);
	walk_skip(w, header);
	if (type == SLL_LLC)
		type = ETHERTYPE_LLC;
	return type == SLL_NOVELL ? not_ip(w) : link_ethertype(w, type);
}

/* Cisco HDLC: unicast or multicast, zero, an Ethernet type. */
static enum next
cisco_hdlc(struct walk *w)
{
	uint16_t type;

	if (!walk_has(w, 4, FINDINGS, "HDLC header"))
		return NEXT_NOTHING;
	type = get_be16(w->rest.p + 2);
	walk_skip(w, 4);
	return link_ethertype(w, type);
}

static enum next
ppp_hdlc(struct walk *w)
{
	bool cisco = w->rest.n >= 2 && (w->rest.p[0] == 0x0f || w->rest.p[0] == 0x8f) && w->rest.p[1] == 0;

	return cisco ? cisco_hdlc(w) : link_ppp(w);
}

static enum next
ppp_with_direction(struct walk *w)
{
	if (!walk_has(w, 1, FINDINGS, "PPP header"))
		return NEXT_NOTHING;
	walk_skip(w, 1);
	return link_ppp(w);
}

enum next
link_open(struct walk *w, int linktype)
{
	switch (linktype) {
	case LINKTYPE_ETHERNET:
		return link_ethernet(w);
	case LINKTYPE_LINUX_SLL:
		return cooked(w, SLL_HEADER, 14);
	case LINKTYPE_LINUX_SLL2:
		return cooked(w, SLL2_HEADER, 0);
	case LINKTYPE_RAW:
	case LINKTYPE_RAW_BSD:
	case LINKTYPE_RAW_OPENBSD:
		return link_version(w);
	case LINKTYPE_IPV4:
		return NEXT_IPV4;
	case LINKTYPE_IPV6:
		return NEXT_IPV6;
	case LINKTYPE_NULL:
	case LINKTYPE_LOOP:
		return loopback(w);
	case LINKTYPE_PPP:
		return link_ppp(w);
	case LINKTYPE_PPP_HDLC:
		return ppp_hdlc(w);
	case LINKTYPE_PPP_WITH_DIR:
		return ppp_with_direction(w);
	case LINKTYPE_PPP_ETHER:
		return pppoe(w);
	case LINKTYPE_C_HDLC:
		return cisco_hdlc(w);
	case LINKTYPE_MPLS:
		return mpls(w);
	}
	return not_ip(w);
}

bool
decode_linktype_known(int linktype)
{
	static const int known[] = {
		LINKTYPE_NULL, LINKTYPE_ETHERNET, LINKTYPE_PPP, LINKTYPE_RAW_BSD, LINKTYPE_RAW_OPENBSD, LINKTYPE_PPP_HDLC,
		LINKTYPE_PPP_ETHER, LINKTYPE_RAW, LINKTYPE_C_HDLC, LINKTYPE_LOOP, LINKTYPE_LINUX_SLL, LINKTYPE_PPP_WITH_DIR,
		LINKTYPE_MPLS, LINKTYPE_IPV4, LINKTYPE_IPV6, LINKTYPE_LINUX_SLL2
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i] == linktype)
			return true;
	return false;
}
