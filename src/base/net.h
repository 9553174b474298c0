/*
 * net.h - the words that every room shares about a connection.
 */
#ifndef NET_H
#define NET_H

#include "nstime.h"
#include "slice.h"

/* Who sent it. In `flow` the client is the end that sent the SYN (or spoke first); a dissector may find the roles flipped. */
enum dir { DIR_CLIENT, DIR_SERVER };

static inline enum dir dir_other(enum dir d) { return d == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT; }

struct addr {
	uint8_t family;			/* 4 or 6; 0 is none */
	uint8_t ip[16];			/* the first 4 bytes for family 4, the rest zero */
};

struct endpoint {
	struct addr addr;
	uint16_t port;
};

enum { ADDR_TEXT = 46, ENDPOINT_TEXT = 56, COMMUNITY_ID_TEXT = 40 };	/* with the NUL */

/* RFC 5952 for IPv6, no brackets. Returns buf. */
const char *addr_text(const struct addr *, char buf[ADDR_TEXT]);
/* "192.0.2.1:25", "[2001:db8::1]:25". Returns buf. */
const char *endpoint_text(const struct endpoint *, char buf[ENDPOINT_TEXT]);
bool  addr_eq(const struct addr *, const struct addr *);
/* Dotted quad or RFC 4291 text, nothing else. */
bool  addr_parse(slice, struct addr *addr_r);
/* Community ID 1.0 of a TCP flow with seed 0: "1:…" (github.com/corelight/community-id-spec). Returns buf. */
const char *community_id(const struct endpoint *, const struct endpoint *, char buf[COMMUNITY_ID_TEXT]);

/* Which packet a byte came from. */
struct origin {
	uint64_t packet;		/* number of the packet in the capture, from 1; 0: none */
	nstime time;
	bool damaged;			/* its checksum is wrong where others are right: these are not the bytes that the receiver took */
};

/* How a connection ended. */
enum why { WHY_FIN, WHY_RST, WHY_IDLE, WHY_EVICTED, WHY_END_OF_CAPTURE };

/* Whose reading of overlapping TCP segments is shown. */
enum overlap { OVERLAP_LINUX, OVERLAP_FIRST, OVERLAP_LAST, OVERLAP_BSD, OVERLAP_SOLARIS };
const char *overlap_name(enum overlap);

/* What reassembly knows of a connection; arrays are indexed by enum dir. */
struct tcp_facts {
	nstime first, last;		/* its first and last packet */
	nstime handshake;		/* SYN to the ACK that completes it, or NSTIME_NONE */
	bool midstream;			/* no handshake was seen */
	bool one_sided;			/* only one direction was seen */
	uint64_t packets[2];
	uint64_t bytes[2];		/* delivered to the dissectors */
	uint64_t missing[2];		/* in gaps */
	uint64_t retransmitted, out_of_order, overlap_conflicts;	/* segments, segments, occasions */
	uint16_t vlan[2];		/* outer first */
	unsigned nvlan;
	enum overlap overlap;
};

#endif
