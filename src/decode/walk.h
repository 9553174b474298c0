/*
 * walk.h - how the files of this room hand a frame to each other; for them
 * only.
 *
 * A walk stands at one header. Each opener reads its header, moves on and
 * answers what comes next; decode_frame() calls the next opener. Nobody calls
 * upwards, so there is no recursion, and each new IP or Ethernet header inside
 * another goes through tunnel_enter(), which counts.
 */
#ifndef WALK_H
#define WALK_H

#include <string.h>

#include "base/limits.h"
#include "base/read.h"
#include "decode.h"

enum next {
	NEXT_NOTHING,			/* no TCP here, or damaged: counted already */
	NEXT_KEPT,			/* a fragment, kept */
	NEXT_ETHERNET,
	NEXT_IPV4,
	NEXT_IPV6,
	NEXT_TCP,
	NEXT_UDP,
	NEXT_GRE,
	NEXT_ICMP			/* or ICMPv6, by the family of the addresses */
};

enum {
	ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd, ETHERTYPE_ETHERNET = 0x6558, ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_LLC = 0x8870, ETHERTYPE_PPP = 0x880b,
	PROTOCOL_ICMP = 1, PROTOCOL_IPV4 = 4, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_IPV6 = 41, PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44, PROTOCOL_GRE = 47, PROTOCOL_AH = 51, PROTOCOL_ICMPV6 = 58, PROTOCOL_OPTIONS = 60,
	PROTOCOL_ETHERIP = 97, PROTOCOL_MOBILITY = 135, PROTOCOL_MPLS = 137, PROTOCOL_HIP = 139, PROTOCOL_SHIM6 = 140,
	IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, UDP_HEADER = 8
};

struct fragments;

struct decoder {
	struct decode_user user;
	struct decode_stats stats;
	struct fragments *fragments;
	bool cut_told;				/* a payload cut by the snaplen is told once a run */
	bool sums_hold;				/* an IPv4 header with a right sum was seen */
	uint64_t noted[FINDINGS];		/* also those that were not told one by one */
	struct origin last;			/* of the last frame */
};

struct walk {
	struct decoder *decoder;
	slice rest;		/* captured, from the current header on */
	size_t wire;		/* its length on the wire, without padding as soon as a header tells: never less than rest.n */
	struct segment *segment;	/* filled on the way: its addresses are those of the IP header opened last */
	struct icmp_error *icmp;
	bool tagged;
};

/* decode.c */
void decoder_note(struct decoder *, enum finding, struct origin, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A header of n bytes is not all there: says whether the capture cut it or it never was. `malformed` is FINDINGS where that is only counted. */
void walk_short(struct walk *, size_t n, enum finding malformed, const char *what);
/* A header that cannot be right: counted, told, and the end of this walk. */
enum next walk_malformed(struct walk *, enum finding, const char *format, ...) __attribute__((format(printf, 3, 4)));

static inline bool
walk_has(struct walk *w, size_t n, enum finding malformed, const char *what)
{
	if (w->rest.n >= n)
		return true;
	walk_short(w, n, malformed, what);
	return false;
}

/* After walk_has(). */
static inline void
walk_skip(struct walk *w, size_t n)
{
	w->rest.p += n;
	w->rest.n -= n;
	w->wire -= n;
}

/* A header says how much follows: less is padding, more was lost by the capture. */
static inline void
walk_set_length(struct walk *w, size_t n)
{
	if (w->rest.n > n)
		w->rest.n = n;
	w->wire = n;
}

/* link.c */
enum next link_open(struct walk *, int linktype);
enum next link_ethernet(struct walk *);
enum next link_ethertype(struct walk *, uint16_t type);
enum next link_ppp(struct walk *);
enum next link_version(struct walk *);		/* IP of either version, told by its first four bits */

/* ip.c */
enum next ipv4_open(struct walk *);
enum next ipv6_open(struct walk *);
void ipv4_addresses(const uint8_t *header, struct addr *src_r, struct addr *dst_r);
void ipv6_addresses(const uint8_t *header, struct addr *src_r, struct addr *dst_r);
/* Length of an IPv6 extension header by the protocol number that led to it and its first two bytes; 0: it is none. */
size_t ipv6_extension(uint8_t protocol, const uint8_t *header);

/* tunnel.c */
enum next tunnel_enter(struct walk *, enum next);
enum next tunnel_gre(struct walk *);
enum next tunnel_udp(struct walk *);
enum next tunnel_etherip(struct walk *);
bool tunnel_port(uint16_t src, uint16_t dst);	/* may UDP between these ports carry a tunnel? */

/* tcp.c */
bool tcp_open(struct walk *);
/* icmp.c */
bool icmp_open(struct walk *);

/* checksum.c: a sum of 16-bit words in the machine's own byte order, and what it comes to on the wire. */
uint64_t checksum_add(uint64_t sum, slice);
uint16_t checksum_fold(uint64_t sum);

/* fragment.c */
struct fragment {
	uint32_t id;
	uint32_t offset;
	bool more;
	uint8_t protocol;	/* of what was fragmented (IPv6: the next header of this fragment) */
	size_t header;		/* what counts with the payload against 65535 bytes */
};
struct fragments *fragments_new(size_t max_bytes);
void fragments_free(struct fragments **);
bool fragments_any(const struct fragments *);
void fragments_clock(struct decoder *, nstime);	/* time-outs */
void fragments_finish(struct decoder *);
/*
 * The walk stands behind the IP header of a fragment. True: with it the
 * datagram is whole, the walk goes on in it, and *protocol_r tells what it
 * begins with. False: kept, or refused and told.
 */
bool fragment_add(struct walk *, const struct fragment *, uint8_t *protocol_r);

#endif
