/*
 * connection.h - inside flow: what its files share.
 *
 *	flows.c      the door: which connection, which state; ICMP, ticks, the end
 *	handshake.c  half-open connections, candidates for the first numbers
 *	early.c      packets before somebody wants the connection
 *	connection.c one segment of an established connection, the order of checks
 *	accept.c     what an ACK says, where bytes go
 *	release.c    what goes up, when; holes and their patience
 *	ending.c     FIN, RST, a new SYN, close
 *	notes.c      findings, once where a state of affairs is meant
 *	evict.c      limits
 *
 * BUGS
 * SACK is not read: only cumulative ACKs prove. A forged segment that comes
 * first, in order, is read before the true one (the finding says that they
 * differ). Where a retransmission acknowledges the answer to what it repeats,
 * and the original is missing, the order of the two is that of the capture.
 * A lost last byte and a lost FIN look alike when only an ACK is left.
 */
#ifndef FLOW_CONNECTION_H
#define FLOW_CONNECTION_H

#include "base/limits.h"
#include "flow.h"
#include "stream.h"
#include "table.h"

/* A number that a SYN or SYN-ACK proposed. */
struct candidate {
	uint32_t isn;
	uint16_t window;
	uint8_t wscale;			/* or NO_WSCALE */
	bool implied;			/* told by the other side's ACK only */
	bool has_ts;
	uint32_t tsval;
};

enum { CANDIDATES = 3 };

/* The PACKET_… flags of dissect/event.h, by value: flow knows nothing of dissect. */
enum {
	SEEN_SYN = 1, SEEN_ACK = 2, SEEN_FIN = 4, SEEN_RST = 8, SEEN_PSH = 16, SEEN_URG = 32,
	SEEN_RETRANSMITTED = 256, SEEN_REORDERED = 512, SEEN_KEEPALIVE = 1024,
	SEEN_FRAGMENT = 2048, SEEN_ICMP = 4096
};

/* A packet that came before the connection was opened. */
struct early_packet {
	struct origin from;
	uint64_t offset, acknowledged;
	uint32_t length, seen;
	uint16_t window;
	unsigned side;
};
struct early;				/* some of them; NULL: none */

/* What few half-open connections have. */
struct half_extra {
	struct origin conflict;		/* the SYN or SYN-ACK with another number */
	struct origin bad_ack;
	char *unreachable;		/* the ICMP words */
	uint8_t *syn_data;
	uint32_t syn_length;		/* of syn_data, as captured */
	uint32_t syn_isn;
	struct origin syn_from;
};

struct half {
	struct half *older, *newer;	/* in order of creation */
	uint64_t id;
	struct origin first, last;
	struct half_extra *extra;
	struct early *early;
	struct candidate side[2][CANDIDATES];
	uint32_t entry;
	uint32_t syn_acked;		/* the highest ACK of a SYN-ACK */
	uint8_t count[2];
	uint8_t packets[2];
	uint8_t ttl[2];
	uint8_t opener;			/* side of the client */
	bool syn[2];			/* a SYN without ACK from this side */
	bool answered;			/* a SYN-ACK was seen */
	bool sum_good[2], sum_bad[2];
	bool conflict[2];
	bool refused, reset, reuse;
};

/* A SYN on a connection that goes on: another one begins if a SYN-ACK answers. */
struct pending_syn {
	bool seen;
	enum dir dir;
	struct candidate candidate;
	struct origin from;
};

struct flow {
	struct flows *flows;
	void *conn;
	struct origin last;
	uint32_t entry;
	uint8_t client_side;
	bool opened, ignored, closing, closed;
	bool careful;				/* something unusual: no short cuts */
	bool holding;				/* in the list of those that hold bytes */
	bool free_run;				/* nothing waits for what it acknowledges: one-sided, or too many gaps */
	bool one_sided;				/* told to the user */
	bool midstream, handshaken;
	bool silent;				/* closed because nobody spoke: what comes then is another connection */
	bool reborn;				/* closed by a SYN-ACK: its segment begins another connection */
	bool icmp_told;
	uint8_t nvlan;
	uint16_t vlan[2];
	uint16_t mtu;				/* that a router named; 0: none */
	struct stream stream[2];
	struct flow *older, *newer;		/* in order of creation */
	struct flow *held_before, *held_after;	/* in order of beginning to hold bytes */
	uint64_t id;
	size_t held;
	struct early *early;			/* until it is opened */
	char *icmp;				/* what a router said of it */
	uint32_t told[2];			/* by direction: findings told once, see notes.c */
	struct origin first;
	nstime handshake_done;
	uint32_t retransmitted, out_of_order, conflicts;
	struct { bool seen; enum dir dir; } fin;	/* the first */
	struct { bool seen; enum dir dir; int64_t pos; struct origin from; } rst;	/* provisional */
	struct pending_syn syn;
};

struct flows {
	struct flow_config config;
	struct stream_user user;
	struct table table;
	struct flow *oldest, *newest;
	struct flow *held_first, *held_last;
	struct half *half_oldest, *half_newest;
	struct flow *spare_flows;		/* by newer */
	struct slab *slabs;			/* the memory of all flows */
	struct flow *nobody;			/* stands in for connections that never became one */
	struct ahead *spare_ahead;
	struct flow_stats stats;
	struct due { uint64_t id; uint32_t entry; } *due;
	size_t ndue, due_cap;
	size_t syn_data;			/* bytes kept of SYNs */
	uint64_t ids;
	nstime now, epoch;
	uint32_t sweep;				/* evict.c: where the hand stands */
	uint32_t passive;			/* entries ignored or closed */
	size_t nflows;
	bool begun, told_limit, told_memory, told_state;
};

static inline enum dir
flow_dir(const struct flow *f, unsigned side)
{
	return side == f->client_side ? DIR_CLIENT : DIR_SERVER;
}

static inline bool
flow_is_one_sided(const struct flow *f)
{
	return f->stream[DIR_CLIENT].packets == 0 || f->stream[DIR_SERVER].packets == 0;
}

static inline bool
flow_over(const struct flow *f)
{
	return f->ignored || f->closed;
}

/* early.c */
void early_add(struct early **, const struct early_packet *);
bool early_has(const struct early *, unsigned side, uint32_t seen);	/* one with these flags */
void early_tell(struct flow *);		/* all, to the user */

/* connection.c */
uint32_t connection_seen(uint8_t tcp_flags);	/* SEEN_… */

/* flows.c */
void flow_init(struct flow *, struct flows *, uint32_t entry, unsigned client_side, struct origin first);
/* The entry is its now. s: any of its segments, for the VLAN. */
struct flow *flow_new(struct flows *, uint32_t entry, unsigned client_side, struct origin first, const struct segment *s);
void flow_settle(struct flow *);	/* after its callbacks: frees it if it is over */
uint32_t flow_tick_of(const struct flows *, nstime deadline);
unsigned flow_guess_client(const struct flows *, const struct key *, unsigned speaker);

/* handshake.c */
void handshake_begin(struct flows *, uint32_t entry, unsigned side, const struct segment *, bool reuse);
/* Returns the flow that the segment completes, which must then see it; or NULL. */
struct flow *handshake_segment(struct flows *, struct half *, unsigned side, const struct segment *);
void handshake_icmp(struct half *, unsigned side, const struct icmp_error *);
void handshake_expire(struct flows *, struct half *);		/* its time is over */
void handshake_finish(struct flows *, struct half *);		/* the capture ended */
void handshake_drop(struct flows *, struct half *);		/* without a word; its entry goes too */
nstime handshake_deadline(const struct half *);
struct candidate handshake_candidate(const struct segment *);
/* A SYN-ACK answered the SYN of another connection between the same ends. */
void handshake_again(struct flows *, uint32_t entry, unsigned side, const struct segment *, const struct pending_syn *);

/* connection.c */
void connection_segment(struct flow *, enum dir, const struct segment *);
void connection_icmp(struct flow *, enum dir, const struct icmp_error *);
void connection_expire(struct flow *, nstime now);
void connection_arm(struct flow *);
nstime connection_deadline(const struct flow *);

/* accept.c */
void accept_see_ttl(struct stream *, uint8_t ttl);
/* Returns what the segment must wait for, or ACK_NONE. */
int64_t accept_ack(struct flow *, enum dir, const struct segment *);
/* The segment's bytes, from offset `pos` on. Returns PACKET_… flags. */
unsigned accept_bytes(struct flow *, enum dir, const struct segment *, int64_t pos, int64_t ack);
void accept_piece(struct flow *, enum dir, struct piece *);	/* in->pos may lie below the frontier */
bool accept_checksum(struct flow *, enum dir, const struct segment *);
void accept_outage(struct flow *, enum dir, int64_t pos, const struct segment *);
void accept_deny_outage(struct flow *, enum dir);
void accept_end_outage(struct flow *, enum dir, const struct segment *);	/* dir's segments are what its ACK may confirm */
void accept_tell_bad_ack(struct flow *, enum dir, int64_t claim, int64_t sent, struct origin);	/* dir sent less than was claimed */
void accept_tell_after_fin(struct flow *, enum dir);
void accept_trust(struct flow *, enum dir);	/* checksums of this direction are wrong, yet acknowledged */

/* release.c */
struct hole {
	int64_t upto;			/* the gap would end here */
	nstime deadline;		/* INT64_MAX: none */
	struct origin from;
	bool proven;
	int64_t said_at;		/* of the ACK that proves it */
};
bool release_hole(const struct flow *, enum dir, struct hole *hole_r);
bool release_is_free(const struct flow *, enum dir, int64_t ack, uint64_t packet);
void release_now(struct flow *, enum dir, slice bytes, const struct segment *);	/* in order, nothing held */
void release_run(struct flow *);		/* all that may go */
bool release_declare(struct flow *, enum dir, const struct hole *);
void release_patience(struct flow *, nstime now);
void release_caps(struct flow *);		/* a direction holds too much */
void release_force(struct flow *);		/* something must go: budget */
void release_flush(struct flow *);		/* everything, gaps declared */
void release_account(struct flow *);
void release_drop(struct flow *);		/* what is held is forgotten */
struct ahead *release_ahead(struct flow *, enum dir);	/* makes it */
bool release_at_end(const struct flow *);
void release_open(struct flow *);
void release_one_sided(struct flow *, struct origin);

/* ending.c */
void ending_rst(struct flow *, enum dir, const struct segment *);
bool ending_rst_holds(struct flow *);	/* the provisional RST, when its second is over or the connection is */
void ending_rst_denied(struct flow *, struct origin);
void ending_fin(struct flow *, enum dir, const struct segment *, int64_t pos, int64_t ack);
void ending_fin_denied(struct flow *, enum dir);
void ending_syn(struct flow *, enum dir, const struct segment *);
void ending_close(struct flow *, enum why, enum dir who, struct origin);
void ending_alive(struct flow *, enum dir, struct origin);	/* new bytes on a connection with a pending SYN */

/* notes.c */
void note(struct flow *, enum finding, enum dir, int64_t offset, struct origin, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* A state of affairs: told once for each direction. Returns whether it was told now. */
bool note_once(struct flow *, enum finding, enum dir, int64_t offset, struct origin, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
bool note_was_told(const struct flow *, enum finding);
void note_load(struct flows *, enum finding, const char *format, ...) __attribute__((format(printf, 3, 4)));
void note_odd_ttl(struct flow *, enum dir, uint8_t ttl, int64_t offset, struct origin, const char *what);

/* evict.c */
void evict_for_flow(struct flows *);		/* there must be room for one more flow */
void evict_for_half(struct flows *);
void evict_for_entry(struct flows *);
void evict_reassembly(struct flows *);		/* too much is held */

#endif
