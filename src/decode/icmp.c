/*
 * icmp.c - ICMP errors that speak of a TCP segment (RFC 792, 1122, 1191, 1812;
 * ICMPv6: RFC 4443).
 *
 * An error quotes the header of the packet that it is about and at least 8
 * bytes more: the ports and the sequence number.
 */
#include <stdio.h>

#include "walk.h"

enum {
	UNREACHABLE = 3, EXCEEDED = 11, FRAGMENTATION_NEEDED = 4,		/* ICMP */
	UNREACHABLE6 = 1, TOO_BIG6 = 2, EXCEEDED6 = 3,				/* ICMPv6 */
	ICMP_HEADER = 8, QUOTED = 8
};

static const char *const unreachable_text[] = {
	"network unreachable", "host unreachable", "protocol unreachable", "port unreachable", "fragmentation needed",
	"source route failed", "network unknown", "host unknown", "source host isolated",
	"communication with network administratively prohibited", "communication with host administratively prohibited",
	"network unreachable for this type of service", "host unreachable for this type of service",
	"communication administratively prohibited", "host precedence violation", "precedence cutoff in effect"
};

static const char *const unreachable6_text[] = {
	"no route to destination", "communication administratively prohibited", "beyond scope of source address",
	"address unreachable", "port unreachable", "source address failed policy", "reject route to destination",
	"error in source routing header"
};

static const char *const exceeded_text[] = { "time to live exceeded in transit", "fragment reassembly time exceeded" };
static const char *const exceeded6_text[] = { "hop limit exceeded in transit", "fragment reassembly time exceeded" };

static const struct kind {
	uint8_t family, type;
	const char *name;
	const char *const *text;	/* by code */
	size_t codes;
} kinds[] = {
	{ 4, UNREACHABLE, "destination unreachable", unreachable_text, sizeof unreachable_text / sizeof *unreachable_text },
	{ 4, EXCEEDED, "time exceeded", exceeded_text, 2 },
	{ 6, UNREACHABLE6, "destination unreachable", unreachable6_text, sizeof unreachable6_text / sizeof *unreachable6_text },
	{ 6, TOO_BIG6, "packet too big", NULL, 0 },
	{ 6, EXCEEDED6, "time exceeded", exceeded6_text, 2 },
};

static const struct kind *
kind_find(uint8_t family, uint8_t type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].family == family && kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

bool
icmp_error_is_unreachable(const struct icmp_error *e)
{
	if (e->by.family == 4)
		return e->type != UNREACHABLE || e->code != FRAGMENTATION_NEEDED;
	return e->type != TOO_BIG6;
}

const char *
icmp_error_text(const struct icmp_error *e, char *buf, size_t size)
{
	const struct kind *k = kind_find(e->by.family, e->type);

	if (k == NULL)
		snprintf(buf, size, "ICMP type %u, code %u", e->type, e->code);
	else if (!icmp_error_is_unreachable(e) && e->mtu > 0)
		snprintf(buf, size, "%s, MTU %u", k->text ? k->text[e->code] : k->name, e->mtu);
	else if (e->code < k->codes)
		snprintf(buf, size, "%s", k->text[e->code]);
	else if (k->text == NULL)
		snprintf(buf, size, "%s", k->name);
	else
		snprintf(buf, size, "%s, code %u", k->name, e->code);
	return buf;
}

/* RFC 792; RFC 4443 2.3 with its pseudo-header. An error with a wrong sum moves no host, so it moves nothing here. */
static bool
sum_good(const struct walk *w)
{
	const struct segment *s = w->segment;
	const uint8_t last[8] = {
		(uint8_t)(w->wire >> 24), (uint8_t)(w->wire >> 16), (uint8_t)(w->wire >> 8), (uint8_t)w->wire,
		0, 0, 0, PROTOCOL_ICMPV6
	};
	uint64_t sum = 0;

	if (w->rest.n < w->wire)
		return true;		/* cut by the snaplen: nobody can tell */
	if (s->src.addr.family == 6) {
		sum = checksum_add(sum, (slice){ s->src.addr.ip, 16 });
		sum = checksum_add(sum, (slice){ s->dst.addr.ip, 16 });
		sum = checksum_add(sum, (slice){ last, sizeof last });
	}
	return checksum_fold(checksum_add(sum, w->rest)) == 0xffff;
}

static bool
quoted_ipv4(slice *q, struct icmp_error *e)
{
	const uint8_t *p = q->p;
	size_t header;

	if (q->n < IPV4_HEADER || p[0] >> 4 != 4)
		return false;
	header = (size_t)(p[0] & 15) * 4;
	/* Only a first fragment has ports. */
	if (header < IPV4_HEADER || p[9] != PROTOCOL_TCP || (get_be16(p + 6) & 0x1fff) != 0)
		return false;
	ipv4_addresses(p, &e->src.addr, &e->dst.addr);
	*q = slice_drop(*q, header);
	return true;
}

static bool
quoted_ipv6(slice *q, struct icmp_error *e)
{
	uint8_t protocol;

	if (q->n < IPV6_HEADER || q->p[0] >> 4 != 6)
		return false;
	protocol = q->p[6];
	ipv6_addresses(q->p, &e->src.addr, &e->dst.addr);
	*q = slice_drop(*q, IPV6_HEADER);
	for (unsigned i = 0; i < LIMIT_EXTENSIONS && protocol != PROTOCOL_TCP; i++) {
		bool fragment = protocol == PROTOCOL_FRAGMENT;
		size_t n;

		if (q->n < 8 || (fragment && (get_be16(q->p + 2) & 0xfff8) != 0))
			return false;
		n = fragment ? 8 : ipv6_extension(protocol, q->p);
		if (n == 0)
			return false;
		protocol = q->p[0];
		*q = slice_drop(*q, n);
	}
	return protocol == PROTOCOL_TCP;
}

static uint16_t
mtu(const struct icmp_error *e, const uint8_t *header)
{
	uint32_t m;

	if (icmp_error_is_unreachable(e))
		return 0;
	m = e->by.family == 4 ? get_be16(header + 6) : get_be32(header + 4);	/* RFC 1191 4; RFC 4443 3.2 */
	return m > UINT16_MAX ? UINT16_MAX : (uint16_t)m;
}

bool
icmp_open(struct walk *w)
{
	struct icmp_error *e = w->icmp;
	const uint8_t *p = w->rest.p;
	slice quoted;

	w->decoder->stats.icmp++;
	if (w->rest.n < ICMP_HEADER || kind_find(w->segment->src.addr.family, p[0]) == NULL)
		return false;
	if (w->segment->bad_header || !sum_good(w)) {
		w->decoder->stats.malformed++;
		return false;
	}
	*e = (struct icmp_error){ .by = w->segment->src.addr, .from = w->segment->from, .type = p[0], .code = p[1] };
	e->mtu = mtu(e, p);
	quoted = slice_drop(w->rest, ICMP_HEADER);
	if (!(e->by.family == 4 ? quoted_ipv4(&quoted, e) : quoted_ipv6(&quoted, e)) || quoted.n < QUOTED)
		return false;
	e->src.port = get_be16(quoted.p);
	e->dst.port = get_be16(quoted.p + 2);
	e->seq = get_be32(quoted.p + 4);
	return true;
}
