/*
 * frames.h - where the last segments of a direction lie in the source's
 * memory, so that a retransmission can be compared with what it repeats.
 *
 * Four are enough for a dialogue; when more than that are in flight, 64 are
 * remembered. Nothing is copied: the source says whether the bytes are there.
 */
#ifndef FLOW_FRAMES_H
#define FLOW_FRAMES_H

#include "base/slice.h"

enum { FRAMES_FEW = 4, FRAMES_MANY = 64 };

struct frame_seen {
	uint32_t seq;
	uint32_t length : 24, ttl : 8;
	const uint8_t *p;
	uint64_t mark;
};

struct frames {
	struct frame_seen few[FRAMES_FEW];
	struct frame_seen *many;		/* instead of few, or NULL */
	uint8_t at, count;
};

/* A released segment. acked: the peer has everything below; rather than forget what it may still ask for, the memory grows. */
void frames_add(struct frames *, uint32_t seq, slice bytes, uint64_t mark, uint8_t ttl, uint32_t acked);
void frames_fini(struct frames *);

struct frames_clash {
	size_t compared;	/* bytes that could be compared */
	size_t first;		/* of `bytes`, that differs; SIZE_MAX: none */
	uint8_t ttl;		/* of the earlier segment */
};
void frames_compare(const struct frames *, uint32_t seq, slice bytes,
    bool (*recall)(void *, uint64_t), void *self, struct frames_clash *clash_r);

#endif
