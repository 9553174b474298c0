/*
 * wire.c - a packet as the bytes of its frames: TCP or ICMP, IP (in fragments,
 * in tunnels), VLAN tags, link. Each layer is written behind the headers
 * of the one around it, from the inside out.
 */
#include <string.h>

#include "base/err.h"
#include "base/read.h"
#include "talk.h"

enum { PROTO_ICMP = 1, PROTO_IPIP = 4, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_IPV6 = 41, PROTO_GRE = 47, PROTO_FRAGMENT = 44, PROTO_ICMP6 = 58 };
enum { ETHER_IP = 0x0800, ETHER_VLAN = 0x8100, ETHER_QINQ = 0x88a8, ETHER_IP6 = 0x86dd };
enum { ETHER_SHORTEST = 60, IP_HEADER = 20, QUOTED = 8, LARGEST = 70000 };

static const struct addr router[2] = {		/* who complains, and the near end of tunnels; the far one */
	{ 4, { 203, 0, 113, 1 } }, { 4, { 203, 0, 113, 2 } },
};
static const struct addr router6 = { 6, { 0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff, [15] = 1 } };

static void
put8(struct buf *b, unsigned v)
{
	buf_add_byte(b, (uint8_t)v);
}

static void
put16(struct buf *b, unsigned v)
{
	put8(b, v >> 8);
	put8(b, v & 0xff);
}

static void
put32(struct buf *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xffff);
}

static void
put_addr(struct buf *b, const struct addr *a)
{
	buf_add(b, (slice){ a->ip, a->family == 6 ? 16 : 4 });
}

static void
patch16(struct buf *b, size_t at, unsigned v)
{
	b->p[at] = (uint8_t)(v >> 8);
	b->p[at + 1] = (uint8_t)v;
}

/* RFC 1071, not yet complemented. */
static uint32_t
sum(slice s, uint32_t so_far)
{
	for (size_t i = 0; i + 1 < s.n; i += 2)
		so_far += get_be16(s.p + i);
	if (s.n & 1)
		so_far += (uint32_t)s.p[s.n - 1] << 8;
	while (so_far >> 16)
		so_far = (so_far & 0xffff) + (so_far >> 16);
	return so_far;
}

static uint32_t
pseudo_sum(const struct addr *src, const struct addr *dst, unsigned proto, size_t length)
{
	size_t width = src->family == 6 ? 16 : 4;

	return sum((slice){ src->ip, width }, sum((slice){ dst->ip, width }, proto + (uint32_t)length));
}

static void
put_tcp_options(struct buf *b, const struct session *s, const struct packet *p)
{
	if (p->flags & TCP_SYN) {
		put16(b, 0x0204);
		put16(b, s->mss);
		if (s->side[p->dir].wscale != NO_WSCALE) {
			put8(b, 1);
			put16(b, 0x0303);
			put8(b, s->side[p->dir].wscale);
		}
	}
	if (s->timestamps) {
		put32(b, 0x0101080a);
		put32(b, p->tsval);
		put32(b, p->flags & TCP_ACK ? p->tsecr : 0);
	}
}

static void
put_tcp(struct buf *b, const struct session *s, const struct packet *p)
{
	const struct side *me = &s->side[p->dir], *peer = &s->side[dir_other(p->dir)];
	uint32_t pseudo;

	put16(b, me->at.port);
	put16(b, peer->at.port);
	put32(b, p->seq);
	put32(b, p->ack);
	put8(b, 0);
	put8(b, p->flags);
	put16(b, p->window);
	put16(b, 0);
	put16(b, p->urgent);
	put_tcp_options(b, s, p);
	b->p[12] = (uint8_t)(b->n / 4 << 4);
	buf_add(b, p->payload);
	pseudo = pseudo_sum(&me->at.addr, &peer->at.addr, PROTO_TCP, b->n);
	patch16(b, 16, me->offload ? pseudo : ~sum(buf_slice(b), pseudo) & 0xffff);
	if (p->corrupt)
		b->p[16] ^= 0x55;
}

/* An IPv4 header; fragments: offset in bytes, and whether more of them follow. */
static void
put_ip4(struct buf *b, const struct addr *src, const struct addr *dst, const struct packet *p, unsigned proto, size_t length,
    const struct piece *piece)
{
	size_t at = b->n;

	put16(b, 0x4500);
	put16(b, (unsigned)(IP_HEADER + length));
	put16(b, p->ip_id);
	put16(b, piece == NULL ? 0x4000 : piece->offset / 8 | (piece->more ? 0x2000u : 0));
	put8(b, p->ttl);
	put8(b, proto);
	put16(b, 0);
	put_addr(b, src);
	put_addr(b, dst);
	patch16(b, at + 10, ~sum((slice){ b->p + at, IP_HEADER }, 0) & 0xffff);
	if (p->corrupt_ip)
		b->p[at + 10] ^= 0x55;
}

static void
put_ip6(struct buf *b, const struct addr *src, const struct addr *dst, const struct packet *p, unsigned proto, size_t length,
    const struct piece *piece)
{
	put32(b, 0x60000000);
	put16(b, (unsigned)(length + (piece ? 8 : 0)));
	put8(b, piece ? PROTO_FRAGMENT : proto);
	put8(b, p->ttl);
	put_addr(b, src);
	put_addr(b, dst);
	if (piece == NULL)
		return;
	put8(b, proto);
	put8(b, 0);
	put16(b, (piece->offset & ~7u) | (piece->more ? 1u : 0));
	put32(b, p->ip_id);
}

static void
put_ip(struct buf *b, const struct addr *src, const struct addr *dst, const struct packet *p, unsigned proto, size_t length,
    const struct piece *piece)
{
	(src->family == 6 ? put_ip6 : put_ip4)(b, src, dst, p, proto, length, piece);
}

/* RFC 792 and RFC 4443: the header of the packet complained of, and the first bytes behind it. */
static void
put_icmp(struct buf *b, const struct session *s, const struct packet *p, const struct addr *by)
{
	const struct addr *src = &s->side[p->dir].at.addr, *dst = &s->side[dir_other(p->dir)].at.addr;
	struct buf tcp;
	uint32_t pseudo = by->family == 6 ? PROTO_ICMP6 : 0;

	buf_init(&tcp, LARGEST);
	put_tcp(&tcp, s, p->about);
	put8(b, p->icmp_type);
	put8(b, p->icmp_code);
	put16(b, 0);
	put32(b, p->mtu);
	put_ip(b, src, dst, p->about, PROTO_TCP, tcp.n, NULL);
	buf_add(b, slice_take(buf_slice(&tcp), QUOTED));
	buf_fini(&tcp);
	if (pseudo)
		pseudo = pseudo_sum(by, src, PROTO_ICMP6, b->n);
	patch16(b, 2, ~sum(buf_slice(b), pseudo) & 0xffff);
}

static void
put_vlans(struct buf *b, const struct session *s)
{
	for (unsigned i = 0; i < s->nvlan; i++) {
		put16(b, i + 1 < s->nvlan ? ETHER_QINQ : ETHER_VLAN);
		put16(b, s->vlan[i]);
	}
}

static void
put_ethernet(struct buf *b, const struct session *s, enum dir d, unsigned type)
{
	buf_add(b, d == DIR_CLIENT ? S("\x02\0\0\0\0\x02\x02\0\0\0\0\x01") : S("\x02\0\0\0\0\x01\x02\0\0\0\0\x02"));
	if (s != NULL)
		put_vlans(b, s);
	put16(b, type);
}

static void
put_cooked(struct buf *b, const struct session *s, enum dir d, unsigned type)
{
	if (s->link == LINK_SLL2) {
		put16(b, type);
		buf_add(b, S("\0\0\0\0\0\x02\0\x01"));
		put8(b, d == DIR_CLIENT ? 0 : 4);	/* to us, from us */
		put8(b, 6);
	} else {
		put16(b, d == DIR_CLIENT ? 0 : 4);
		put16(b, 1);
		put16(b, 6);
	}
	buf_add(b, d == DIR_CLIENT ? S("\x02\0\0\0\0\x01\0\0") : S("\x02\0\0\0\0\x02\0\0"));
	if (s->link == LINK_SLL)
		put16(b, type);
}

static void
put_link(struct buf *b, const struct session *s, enum dir d, bool ip6)
{
	unsigned type = ip6 ? ETHER_IP6 : ETHER_IP;

	switch (s->link) {
	case LINK_ETHERNET:
		put_ethernet(b, s, d, type);
		break;
	case LINK_SLL:
	case LINK_SLL2:
		put_cooked(b, s, d, type);
		break;
	case LINK_PPP:
		buf_add(b, S("\xff\x03"));
		put16(b, ip6 ? 0x0057 : 0x0021);
		break;
	case LINK_NULL:			/* in the byte order of the writer: little here */
		put32(b, ip6 ? 0x1e000000 : 0x02000000);
		break;
	case LINK_LOOP:
		put32(b, ip6 ? 0x0000001e : 0x00000002);
		break;
	case LINK_RAW:
		break;
	}
}

/* What one tunnel puts in front of n bytes of an inner datagram; it is IPv4 outside. */
static void
put_tunnel(struct buf *b, enum tunnel tunnel, const struct packet *p, bool ip6, size_t n)
{
	const struct addr *src = &router[p->dir == DIR_SERVER], *dst = &router[p->dir == DIR_CLIENT];
	struct packet outer = { .ttl = 250, .ip_id = p->ip_id };

	switch (tunnel) {
	case TUNNEL_IPIP:
		put_ip4(b, src, dst, &outer, ip6 ? PROTO_IPV6 : PROTO_IPIP, n, NULL);
		break;
	case TUNNEL_GRE:
		put_ip4(b, src, dst, &outer, PROTO_GRE, n + 4, NULL);
		put16(b, 0);
		put16(b, ip6 ? ETHER_IP6 : ETHER_IP);
		break;
	case TUNNEL_VXLAN:
		put_ip4(b, src, dst, &outer, PROTO_UDP, n + 30, NULL);
		put16(b, 49152);
		put16(b, 4789);
		put16(b, (unsigned)(n + 30));
		put16(b, 0);
		put32(b, 0x08000000);
		put32(b, 42 << 8);
		put_ethernet(b, NULL, p->dir, ip6 ? ETHER_IP6 : ETHER_IP);
		break;
	}
}

/* Wraps the datagram in the session's tunnels, from the innermost, and its link. */
static void
send_datagram(const struct session *s, const struct packet *p, struct buf *datagram, bool ip6, void (*frame)(void *, slice), void *self)
{
	struct buf around;

	buf_init(&around, LARGEST);
	for (unsigned i = s->ntunnel; i-- > 0; ip6 = false) {
		buf_clear(&around);
		put_tunnel(&around, s->tunnel[i], p, ip6, datagram->n);
		buf_add(&around, buf_slice(datagram));
		buf_clear(datagram);
		buf_add(datagram, buf_slice(&around));
	}
	buf_clear(&around);
	put_link(&around, s, p->dir, ip6);
	buf_add(&around, buf_slice(datagram));
	while (s->pad && around.n < ETHER_SHORTEST)
		put8(&around, 0xaa);
	CHECK(!around.full && !datagram->full);
	frame(self, buf_slice(&around));
	buf_fini(&around);
}

static void
add_piece(struct buf *datagram, slice whole, const struct piece *piece)
{
	slice bytes = slice_take(slice_drop(whole, piece->offset), piece->length);

	for (size_t i = 0; i < piece->length; i++) {
		uint8_t byte = i < bytes.n ? bytes.p[i] : 0;

		put8(datagram, piece->other ? byte ^ 0x20u : byte);
	}
}

void
wire_frames(const struct talk *t, const struct packet *p, void (*frame)(void *, slice), void *self)
{
	const struct session *s = &t->session[p->session];
	const struct addr *src = &s->side[p->dir].at.addr, *dst = &s->side[dir_other(p->dir)].at.addr;
	bool ip6 = src->family == 6;
	unsigned proto = PROTO_TCP;
	struct buf inner, datagram;

	if (p->kind == PACKET_FRAME) {
		frame(self, p->payload);
		return;
	}
	buf_init(&inner, LARGEST);
	buf_init(&datagram, LARGEST);
	if (p->kind == PACKET_ICMP) {
		dst = src;
		src = ip6 ? &router6 : &router[0];
		proto = ip6 ? PROTO_ICMP6 : PROTO_ICMP;
		put_icmp(&inner, s, p, src);
	} else {
		put_tcp(&inner, s, p);
	}
	for (unsigned i = 0; i < (p->npiece ? p->npiece : 1); i++) {
		struct piece piece = p->npiece ? p->piece[i] : (struct piece){ 0, (uint32_t)inner.n, false, false };

		buf_clear(&datagram);
		put_ip(&datagram, src, dst, p, proto, piece.length, p->npiece ? &piece : NULL);
		add_piece(&datagram, buf_slice(&inner), &piece);
		send_datagram(s, p, &datagram, ip6, frame, self);
	}
	buf_fini(&inner);
	buf_fini(&datagram);
}
