/*
 * ip.c - IPv4 (RFC 791) with its options, IPv6 (RFC 8200) with its extension
 * headers, as a receiving host reads them: what Linux drops is not used.
 *
 * The addresses given on are those that TCP's checksum covers: with a source
 * route on its way that is the final destination, with Mobile IPv6 the home
 * address.
 *
 * BUGS: ESP is not opened, not even with null encryption.
 */
#include "walk.h"

enum {
	MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1fff,
	OPTION_END = 0, OPTION_NOP = 1, OPTION_LSRR = 131, OPTION_SSRR = 137,
	OPTION6_PAD1 = 0, OPTION6_JUMBO = 0xc2, OPTION6_HOME_ADDRESS = 0xc9,
	ROUTING_SOURCE = 0, ROUTING_HOME = 2, ROUTING_SEGMENTS = 4,
	HOP_BY_HOP = 0
};

void
ipv4_addresses(const uint8_t *p, struct addr *src_r, struct addr *dst_r)
{
	src_r->family = dst_r->family = 4;
	memcpy(src_r->ip, p + 12, 4);
	memset(src_r->ip + 4, 0, 12);
	memcpy(dst_r->ip, p + 16, 4);
	memset(dst_r->ip + 4, 0, 12);
}

void
ipv6_addresses(const uint8_t *p, struct addr *src_r, struct addr *dst_r)
{
	src_r->family = dst_r->family = 6;
	memcpy(src_r->ip, p + 8, 16);
	memcpy(dst_r->ip, p + 24, 16);
}

static enum next
by_protocol(struct walk *w, uint8_t protocol)
{
	bool v6 = w->segment->src.addr.family == 6;

	switch (protocol) {
	case PROTOCOL_TCP:
		return NEXT_TCP;
	case PROTOCOL_UDP:
		return NEXT_UDP;
	case PROTOCOL_GRE:
		return NEXT_GRE;
	case PROTOCOL_IPV4:
		return tunnel_enter(w, NEXT_IPV4);
	case PROTOCOL_IPV6:
		return tunnel_enter(w, NEXT_IPV6);
	case PROTOCOL_MPLS:		/* RFC 4023 */
		return tunnel_enter(w, NEXT_IPV4) == NEXT_NOTHING ? NEXT_NOTHING : link_ethertype(w, ETHERTYPE_MPLS);
	case PROTOCOL_ETHERIP:
		return tunnel_etherip(w);
	}
	if (protocol == (v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP))
		return NEXT_ICMP;
	w->decoder->stats.other_ip++;
	return NEXT_NOTHING;
}

/* IPv4 */

static bool
header_sum_good(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i += 4) {
		uint32_t v;

		memcpy(&v, p + i, sizeof v);
		sum += v;
	}
	return checksum_fold(sum) == 0xffff;
}

/* A source route that has hops left ends at its last address (RFC 791 3.1, RFC 1122 4.1.3.5). False: a length that cannot be right. */
static bool
read_options(struct segment *s, slice o)
{
	while (o.n > 0 && o.p[0] != OPTION_END) {
		size_t n = o.p[0] == OPTION_NOP ? 1 : o.n > 1 ? o.p[1] : 0;

		if (n == 0 || (n == 1 && o.p[0] != OPTION_NOP) || n > o.n)
			return false;
		if ((o.p[0] == OPTION_LSRR || o.p[0] == OPTION_SSRR) && n >= 7 && o.p[2] <= n)
			memcpy(s->dst.addr.ip, o.p + n - 4, 4);
		o = slice_drop(o, n);
	}
	return true;
}

static enum next
ipv4_upper(struct walk *w, uint8_t protocol)
{
	for (unsigned i = 0; protocol == PROTOCOL_AH && i < LIMIT_EXTENSIONS; i++) {	/* RFC 4302 */
		size_t n;

		if (!walk_has(w, 2, FINDING_IP_MALFORMED, "authentication header"))
			return NEXT_NOTHING;
		n = ipv6_extension(protocol, w->rest.p);
		if (!walk_has(w, n, FINDING_IP_MALFORMED, "authentication header"))
			return NEXT_NOTHING;
		protocol = w->rest.p[0];
		walk_skip(w, n);
	}
	return by_protocol(w, protocol);
}

static enum next
ipv4_fragment(struct walk *w, const uint8_t *p, size_t header)
{
	uint16_t field = get_be16(p + 6);
	const struct fragment f = {
		.id = get_be16(p + 4), .offset = (field & OFFSET_MASK) * 8u, .more = field & MORE_FRAGMENTS,
		.protocol = p[9], .header = header
	};
	uint8_t protocol;

	return fragment_add(w, &f, &protocol) ? ipv4_upper(w, protocol) : NEXT_KEPT;
}

/*
 * The sum 0 is left by a host whose card fills it in: a true sum is never 0,
 * since the version is not (RFC 1624 3). A wrong one does not end the walk: if
 * it was whoever changed the addresses in the capture, the flow will know by
 * the acknowledgements. Where no sum at all is right, one word is enough.
 */
static void
check_sum(struct walk *w, const uint8_t *p, size_t header)
{
	struct decoder *d = w->decoder;

	if (header_sum_good(p, header)) {
		d->sums_hold = true;
		return;
	}
	if (get_be16(p + 10) == 0)
		return;
	w->segment->bad_header = true;
	d->stats.malformed++;
	if (d->sums_hold)
		decoder_note(d, FINDING_IP_BAD_CHECKSUM, w->segment->from, "header checksum 0x%04x is wrong", get_be16(p + 10));
	else if (d->noted[FINDING_IP_BAD_CHECKSUM] == 0)
		decoder_note(d, FINDING_IP_BAD_CHECKSUM, w->segment->from,
		    "header checksum 0x%04x is wrong; told again once any is right", get_be16(p + 10));
}

enum next
ipv4_open(struct walk *w)
{
	const uint8_t *p = w->rest.p;
	size_t header, total;

	if (!walk_has(w, IPV4_HEADER, FINDING_IP_MALFORMED, "IPv4 header"))
		return NEXT_NOTHING;
	header = (size_t)(p[0] & 15) * 4;
	if (p[0] >> 4 != 4 || header < IPV4_HEADER)
		return walk_malformed(w, FINDING_IP_MALFORMED, "IPv4 header with version %u and a length of %zu", p[0] >> 4, header);
	if (!walk_has(w, header, FINDING_IP_MALFORMED, "IPv4 header with options"))
		return NEXT_NOTHING;
	total = get_be16(p + 2);
	if (total == 0)			/* segmentation is left to the card: the frame's length is all there is */
		total = w->wire;
	if (total < header || total > LIMIT_PACKET)
		return walk_malformed(w, FINDING_IP_MALFORMED, "IPv4 length of %zu with a header of %zu", total, header);
	check_sum(w, p, header);
	ipv4_addresses(p, &w->segment->src.addr, &w->segment->dst.addr);
	w->segment->ttl = p[8];
	if (header > IPV4_HEADER && !read_options(w->segment, (slice){ p + IPV4_HEADER, header - IPV4_HEADER }))
		return walk_malformed(w, FINDING_IP_MALFORMED, "an IPv4 option's length runs past the header");
	walk_set_length(w, total);
	walk_skip(w, header);
	if (get_be16(p + 6) & (MORE_FRAGMENTS | OFFSET_MASK))
		return w->segment->bad_header ? NEXT_NOTHING : ipv4_fragment(w, p, header);
	return ipv4_upper(w, p[9]);
}

/* IPv6 */

size_t
ipv6_extension(uint8_t protocol, const uint8_t *p)
{
	switch (protocol) {
	case HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_OPTIONS:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		return (p[1] + (size_t)1) * 8;
	case PROTOCOL_AH:
		return (p[1] + (size_t)2) * 4;
	}
	return 0;
}

/* The value of an option in a hop-by-hop or destination options header, if it is there. */
static bool
find_option(slice header, uint8_t type, slice *value_r)
{
	slice o = slice_drop(header, 2);

	while (o.n > 0) {
		size_t n = o.p[0] == OPTION6_PAD1 ? 1 : o.n > 1 ? o.p[1] + (size_t)2 : o.n + 1;

		if (n > o.n)
			return false;
		if (o.p[0] == type && n > 1) {
			*value_r = slice_drop(slice_take(o, n), 2);
			return true;
		}
		o = slice_drop(o, n);
	}
	return false;
}

/* Where a packet with hops left will end: the last address (RFC 6275 6.4), of segment routing the first (RFC 8754 2). */
static void
read_routing(struct segment *s, slice h)
{
	if (h.n < 24 || h.p[3] == 0)
		return;
	if (h.p[2] == ROUTING_SEGMENTS)
		memcpy(s->dst.addr.ip, h.p + 8, 16);
	else if (h.p[2] == ROUTING_SOURCE || h.p[2] == ROUTING_HOME)
		memcpy(s->dst.addr.ip, h.p + 8 + (h.n - 8) / 16 * 16 - 16, 16);
}

static void
read_extension(struct segment *s, uint8_t protocol, slice header)
{
	slice value;

	if (protocol == PROTOCOL_ROUTING)
		read_routing(s, header);
	else if (protocol == PROTOCOL_OPTIONS && find_option(header, OPTION6_HOME_ADDRESS, &value) && value.n == 16)
		memcpy(s->src.addr.ip, value.p, 16);	/* RFC 6275 6.3 */
}

/* An atomic fragment is a whole packet, whatever else is being put together (RFC 6946). False: kept. */
static bool
ipv6_fragment(struct walk *w, uint8_t *protocol)
{
	const uint8_t *p = w->rest.p;
	const struct fragment f = {
		.id = get_be32(p + 4), .offset = get_be16(p + 2) & 0xfff8u, .more = p[3] & 1, .protocol = p[0]
	};

	walk_skip(w, 8);
	if (f.offset == 0 && !f.more) {
		*protocol = f.protocol;
		return true;
	}
	return fragment_add(w, &f, protocol);
}

static enum next
extensions(struct walk *w, uint8_t protocol)
{
	for (unsigned i = 0; i < LIMIT_EXTENSIONS; i++) {
		size_t n;

		if (protocol == PROTOCOL_FRAGMENT) {
			if (!walk_has(w, 8, FINDING_IP_MALFORMED, "IPv6 fragment header"))
				return NEXT_NOTHING;
			if (!ipv6_fragment(w, &protocol))
				return NEXT_KEPT;
			continue;
		}
		if (ipv6_extension(protocol, (const uint8_t[2]){ 0 }) == 0)
			return by_protocol(w, protocol);
		if (!walk_has(w, 2, FINDING_IP_MALFORMED, "IPv6 extension header"))
			return NEXT_NOTHING;
		n = ipv6_extension(protocol, w->rest.p);
		if (!walk_has(w, n, FINDING_IP_MALFORMED, "IPv6 extension header"))
			return NEXT_NOTHING;
		read_extension(w->segment, protocol, slice_take(w->rest, n));
		protocol = w->rest.p[0];
		walk_skip(w, n);
	}
	return walk_malformed(w, FINDING_IP_MALFORMED, "more than %d IPv6 extension headers", LIMIT_EXTENSIONS);
}

/* RFC 2675; without its option a length of 0 is segmentation left to the card. */
static size_t
jumbo_length(const struct walk *w, uint8_t protocol)
{
	slice value, h = w->rest;

	if (protocol != HOP_BY_HOP || h.n < 8)
		return w->wire;
	h = slice_take(h, ipv6_extension(protocol, h.p));
	return find_option(h, OPTION6_JUMBO, &value) && value.n == 4 ? get_be32(value.p) : w->wire;
}

enum next
ipv6_open(struct walk *w)
{
	const uint8_t *p = w->rest.p;
	size_t payload;

	if (!walk_has(w, IPV6_HEADER, FINDING_IP_MALFORMED, "IPv6 header"))
		return NEXT_NOTHING;
	if (p[0] >> 4 != 6)
		return walk_malformed(w, FINDING_IP_MALFORMED, "IPv6 header with version %u", p[0] >> 4);
	ipv6_addresses(p, &w->segment->src.addr, &w->segment->dst.addr);
	w->segment->ttl = p[7];
	payload = get_be16(p + 4);
	walk_skip(w, IPV6_HEADER);
	if (payload == 0)
		payload = jumbo_length(w, p[6]);
	if (payload > LIMIT_PACKET)
		return walk_malformed(w, FINDING_IP_MALFORMED, "IPv6 payload of %zu bytes", payload);
	walk_set_length(w, payload);
	return p[6] == PROTOCOL_TCP ? NEXT_TCP : extensions(w, p[6]);
}
