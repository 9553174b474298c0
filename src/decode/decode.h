/*
 * decode.h - from one captured frame to one TCP segment (or the ICMP error
 * that speaks of one).
 *
 * Pure functions but for one thing with a memory, the IP fragments. Whatever
 * is not TCP is counted by kind and forgotten. Payload is where it was in the
 * frame: nothing is copied, except that the payload of a datagram put
 * together from fragments stands in the decoder (mark 0), valid until the
 * next call.
 */
#ifndef DECODE_H
#define DECODE_H

#include "base/finding.h"
#include "base/net.h"

struct decoder;

enum {
	TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08,
	TCP_ACK = 0x10, TCP_URG = 0x20, TCP_ECE = 0x40, TCP_CWR = 0x80
};

enum { NO_WSCALE = 255 };

struct segment {
	struct endpoint src, dst;
	struct origin from;
	uint64_t mark;			/* the frame's, for recall; 0: cannot be recalled */
	uint32_t seq, ack;
	uint8_t flags;			/* TCP_… */
	uint8_t ttl;			/* or hop limit */
	uint8_t wscale;			/* of a SYN, or NO_WSCALE */
	bool has_timestamp;
	bool fragmented;		/* put together from IP fragments … */
	const struct origin *piece;	/* … that came with these packets, as they came, and with `from`; valid until the next call */
	unsigned npiece;
	bool bad_header;		/* an IPv4 header before it had a wrong checksum: hosts drop it */
	uint16_t window;		/* as sent, unscaled */
	uint16_t urgent;
	uint16_t mss;			/* of a SYN, or 0 */
	uint32_t tsval, tsecr;
	slice payload;			/* what was captured */
	uint32_t length;		/* of the payload on the wire: payload.n < length when the snaplen cut it */
	slice tcp;			/* header and payload as captured, for the checksum */
	uint16_t vlan[2];		/* VLAN ids, outer first */
	uint8_t nvlan;
	uint8_t depth;			/* tunnels around it */
};

/* An ICMP error about a TCP segment that src sent to dst. */
struct icmp_error {
	struct endpoint src, dst;	/* of the segment that it speaks of */
	struct addr by;			/* who says it */
	uint32_t seq;
	struct origin from;
	uint8_t type, code;		/* of ICMP or ICMPv6, see family of by */
	uint16_t mtu;			/* fragmentation needed / packet too big; else 0 */
};
/* "host unreachable", "communication administratively prohibited", "fragmentation needed, MTU 1400". Returns buf. */
const char *icmp_error_text(const struct icmp_error *, char *buf, size_t size);
bool icmp_error_is_unreachable(const struct icmp_error *);	/* else: too big */

enum decoded {
	DECODED_NOTHING,		/* no TCP, or damaged: counted */
	DECODED_SEGMENT,
	DECODED_ICMP,
	DECODED_FRAGMENT		/* kept until its datagram is complete */
};

struct decode_stats {
	uint64_t frames, tcp, udp, icmp, other_ip, not_ip;
	uint64_t tagged;		/* VLAN, MPLS or PPPoE */
	uint64_t tunnelled, fragments, reassembled, truncated, malformed;
};

struct decode_user {
	void *self;
	/* findings of the family ip. and tcp.malformed, at the frame being decoded */
	void (*note)(void *self, enum finding, struct origin, slice detail);
};

struct decoder *decoder_new(const struct decode_user *, size_t fragment_bytes);
void decoder_free(struct decoder **);

struct frame_view {			/* what decode needs of a frame (capture/source.h has the rest) */
	slice bytes;
	size_t wire;
	int linktype;
	unsigned fcs;
	struct origin from;
	uint64_t mark;
};

enum decoded decode_frame(struct decoder *, const struct frame_view *, struct segment *, struct icmp_error *);
void decoder_stats(const struct decoder *, struct decode_stats *);
/* The capture ended: tells of datagrams that were never completed. */
void decoder_finish(struct decoder *);
bool decode_linktype_known(int linktype);

enum checksum { CHECKSUM_GOOD, CHECKSUM_BAD, CHECKSUM_OFFLOAD, CHECKSUM_UNKNOWN };
/*
 * BAD also when the IPv4 header's sum was wrong: hosts drop such a segment for
 * either sum, and a tool that changed addresses, or a card that glued segments
 * together, leaves both behind. OFFLOAD: the field holds the sum of the
 * pseudo-header only, as a sending host leaves it to its card. UNKNOWN: cut by
 * the snaplen.
 */
enum checksum segment_checksum(const struct segment *);

#endif
