/*
 * flow.h - TCP segments into two streams of bytes that a conversation can be
 * read from: release by acknowledgement.
 *
 * A segment is released when everything before it in its direction and
 * everything that it acknowledges has been released. In order, a slice of the
 * packet itself goes up and nothing is copied.
 *
 * One struct flows holds all connections of one lane. It knows nothing of
 * what the bytes mean; it tells its user through struct stream_user.
 */
#ifndef FLOW_H
#define FLOW_H

#include "base/finding.h"
#include "base/net.h"
#include "decode/decode.h"

struct flows;
struct flow;			/* one connection */

/* How a connection to a mail port came to nothing before any byte was delivered. */
enum attempt { ATTEMPT_REFUSED, ATTEMPT_NO_ANSWER, ATTEMPT_UNREACHABLE, ATTEMPT_NO_GREETING, ATTEMPT_OTHER_PROTOCOL };

struct stream_user {
	void *self;
	/*
	 * The first byte (or gap, or eof) of a connection is about to be
	 * delivered. What is returned comes back as `conn`; NULL: not
	 * interested, and the flow is ignored from now on.
	 */
	void *(*open)(void *self, struct flow *);
	void (*data)(void *self, void *conn, enum dir, slice, struct origin);
	void (*gap)(void *self, void *conn, enum dir, uint64_t missing, struct origin);
	void (*eof)(void *self, void *conn, enum dir, struct origin);
	void (*one_sided)(void *self, void *conn, struct origin);	/* only one direction is captured */
	/* Last call for conn. who: the first FIN's, or the RST's sender. */
	void (*close)(void *self, void *conn, struct flow *, enum why, enum dir who, struct origin);
	/* A connection that ended with nothing delivered. detail: the ICMP words. */
	void (*attempt)(void *self, struct flow *, enum attempt, struct origin first, struct origin last, slice detail);
	/*
	 * A finding about a connection; conn may be NULL (not opened yet: the
	 * same flow's later open() follows, or it is never told again). For
	 * load.* both are NULL. A state of affairs is told once a direction; gaps
	 * and conflicts each. What an attempt came to is told by attempt() alone.
	 */
	void (*note)(void *self, void *conn, struct flow *, enum finding, enum dir, uint64_t offset, struct origin, slice detail);
	/*
	 * If flow_config.packets: every segment of an opened connection as
	 * captured, the first of those before it too, the IP fragments that
	 * brought them, and errors about it. flags are PACKET_… of event.h by value.
	 */
	void (*packet)(void *self, void *conn, enum dir, const struct segment *, uint64_t offset, uint64_t acknowledged, uint32_t flags);
	bool (*recall)(void *self, uint64_t mark);	/* is the frame still in memory? (source.h) */
	bool (*mail_port)(void *self, uint16_t port);	/* attempts are told only for these */
	/* In what class may conn be evicted? The lowest goes first. */
	enum evict_class (*evict)(void *self, void *conn);
};

enum evict_class { EVICT_UNRECOGNISED, EVICT_ONE_SIDED, EVICT_IDLE, EVICT_IN_TRANSACTION };

enum checksum_mode { CHECKSUMS_AUTO, CHECKSUMS_ALL, CHECKSUMS_NONE };

struct flow_config {
	enum overlap overlap;
	enum checksum_mode checksums;
	bool packets;			/* call user.packet */
	size_t max_flows, max_half_open;
	size_t max_reassembly;		/* bytes held out of order, in all */
	size_t max_ahead_bytes, max_ahead_segments;	/* of one direction */
	uint64_t seed;			/* of the table's hash; random in a run, fixed in tests */
};

struct flow_stats {
	uint64_t segments, bytes, connections, half_open, open, ignored;
	uint64_t retransmitted, out_of_order, gaps, missing_bytes, conflicts, checksum_bad, checksum_offload;
	uint64_t uncompared;		/* retransmitted bytes whose first copy was gone */
	uint64_t evicted, half_open_evicted;
	size_t held, held_peak;		/* bytes out of order */
	size_t memory;
};

void flow_config_default(struct flow_config *);
struct flows *flows_new(const struct flow_config *, const struct stream_user *);
void flows_free(struct flows **);		/* without a word to the user; call flows_finish() first */

void flows_segment(struct flows *, const struct segment *);
void flows_icmp(struct flows *, const struct icmp_error *);
void flows_tick(struct flows *, nstime now);	/* the clock moved: patience, idle time-outs, in order of flow creation */
void flows_finish(struct flows *);		/* the capture ended: release, declare gaps, close everything, in order of flow creation */
/*
 * What the user knows of the connections takes too much memory (so many
 * bytes): a part of them is closed, whichever stream_user.evict() can best do
 * without. Not from inside a callback. False: there are none.
 */
bool flows_evict(struct flows *, size_t memory);
/* The clock was set back: what is open is finished, all connections are forgotten, and the next tick or segment says what time it is. */
void flows_begin_again(struct flows *);
void flows_stats(const struct flows *, struct flow_stats *);
/* Findings of the family load. are told once for all connections; from here on once more. */
void flows_tell_again(struct flows *);

/* What the user may ask of, and tell, a flow. Directions are flow's own: the client sent the SYN or spoke first. */
void flow_endpoints(const struct flow *, struct endpoint *client_r, struct endpoint *server_r);
void flow_facts(const struct flow *, struct tcp_facts *);
nstime flow_handshake_done(const struct flow *);	/* or NSTIME_NONE */
void flow_ignore(struct flow *);		/* nobody reads it: no more reassembly, no close() */

#endif
