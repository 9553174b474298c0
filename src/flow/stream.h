/*
 * stream.h - one direction of a connection.
 *
 * Offsets count from the first byte behind the SYN (or the first byte seen).
 * There are two frontiers: `next`, below which the receiver holds everything
 * in order, and `released`, below which the user got everything. Bytes
 * between them are decided, they wait for what they acknowledge. Bytes above
 * `next` are ahead, with a hole before them.
 */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include "frames.h"
#include "piece.h"
#include "proof.h"

#define ACK_NONE  INT64_MIN		/* waits for nothing */
#define EDGE_NONE INT64_MAX		/* no window known */

enum { WSCALE_MOST = 14, OUTAGES = 4, REFUSED = 64 };

/* Exists only while something is held, or acknowledged that was not captured. */
struct ahead {
	struct pieces pieces;
	struct proofs proofs;
	struct ahead *spare;		/* in the list of unused ones */
};

struct outage { int64_t pos, first_end, end; struct origin from; };	/* a run of segments, the first of them ended at first_end */

/* A segment with a wrong checksum, or beyond the window: not used, unless there is no other. Empty: dealt with. */
struct refused {
	int64_t pos, end, ack;
	struct frame_ref frame;
	struct origin from;
	uint8_t ttl;
	bool beyond;
};

/* What was not used, and may have to be spoken of again. Made when first needed, lives as long as the stream. */
struct trouble {
	struct outage outage[OUTAGES];	/* segments beyond the window */
	unsigned outages;
	struct refused refused[REFUSED];	/* a ring */
	unsigned refused_at, refused_count;
	int64_t refused_high;		/* behind the highest byte with a wrong checksum */
	bool stood_in;			/* one of them was used: told once */
	struct { int64_t pos, end; } conflict;	/* the last that was told: what continues or repeats it is the same */
	struct origin after_fin;	/* bytes beyond the end, to be told with it; packet 0: none */
	int64_t after_fin_bytes;
	struct { int64_t from, to, said_at; } believed;	/* the gap at the end of what was captured, for which there is only an ACK's word */
	int64_t far;			/* an acknowledgement beyond the window, not believed; 0: none */
	nstime far_since;
	int64_t bad_ack;		/* what claims from here on, in segments up to bad_packet, is false */
	uint64_t bad_packet;
	int64_t urgent;			/* offset of the byte out of band */
	struct { int64_t pos; nstime since, last; unsigned count; } stall;	/* a segment that is sent again and again */
};

struct fin {
	int64_t pos;			/* the stream ends here */
	int64_t ack;
	struct origin from;
	bool seen, acked, due, told;	/* due: acknowledged, or waited for long enough */
};

/* The fields of the usual segment come first: two lines of cache. */
struct stream {
	int64_t next, released;
	int64_t high;			/* behind the highest byte captured */
	int64_t acked;			/* the peer's highest ACK that is believed and was captured */
	int64_t edge;			/* of the window, the highest ever offered */
	struct ahead *ahead;		/* NULL: nothing is held, released == next == high */
	uint32_t base;			/* sequence number of offset 0 */
	uint32_t ts_recent;		/* RFC 7323 */
	bool based;
	bool has_ts, no_ts;		/* ts_recent is set; the handshake agreed on none */
	bool sum_good, unverified;	/* a right checksum was seen; checksums are wrong, yet acknowledged: not looked at */
	uint8_t wscale;			/* of the windows that its sender offers */
	uint8_t ttl, ttl_votes;		/* the usual one, by majority */

	uint64_t packets, bytes;	/* captured, told */
	nstime last_new;		/* when its sender last sent new bytes */
	nstime zero_since;		/* its sender's window is closed; NSTIME_NONE */
	struct frames frames;

	bool has_urgent;		/* a byte out of band is to come: trouble->urgent */
	uint8_t gap_run;		/* proven gaps in a row */
	uint64_t missing;
	struct fin fin;
	struct trouble *trouble;
};

/* The offset of a sequence number: of all the offsets it may stand for, the one nearest to `next`. */
static inline int64_t
stream_offset(const struct stream *t, uint32_t seq)
{
	return t->next + (int32_t)(seq - (t->base + (uint32_t)t->next));
}

static inline uint32_t
stream_seq(const struct stream *t, int64_t offset)
{
	return t->base + (uint32_t)offset;
}

void stream_init(struct stream *);
void stream_base(struct stream *, uint32_t seq);		/* offset 0 is here */
void stream_fini(struct stream *);				/* not its `ahead` */
struct trouble *stream_trouble(struct stream *);
/* The frontier moves over pieces that touch it. */
void stream_advance(struct stream *);
/* The first piece above the frontier, or NULL. */
struct piece *stream_first_ahead(const struct stream *);

/* overlap.c */
struct clash {
	bool seen;			/* other bytes for the same place */
	int64_t at;			/* the first of them */
	uint8_t ttl;			/* of the earlier segment */
};
/*
 * Puts a segment, whole above the frontier, among the pieces ahead. Where it
 * overlaps them the policy chooses.
 */
void overlap_insert(struct stream *, enum overlap, const struct piece *segment, struct clash *clash_r);
/* Compares a segment with the pieces that are held, and changes nothing. Returns the bytes compared. */
size_t overlap_compare(const struct stream *, const struct piece *segment, struct clash *clash_r);

#endif
