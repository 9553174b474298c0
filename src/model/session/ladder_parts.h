/*
 * ladder_parts.h - inside the ladder: what its files share.
 *
 *	ladder.c		events into rungs
 *	ladder_packets.c	which rung a packet belongs to
 *	ladder_waits.c		what answers what; who was waited for
 */
#ifndef LADDER_PARTS_H
#define LADDER_PARTS_H

#include "base/limits.h"
#include "ladder.h"
#include "path.h"
#include "record/row_words.h"

enum { ASIDE = LIMIT_RUNGS_ASIDE, SEARCHED = 256, UNTOLD = LIMIT_RUNGS_UNTOLD, TOLD = 4 };

#define NO_PACKET UINT32_MAX

struct stored {
	struct rung rung;
	size_t text;			/* where its texts stand: answers right behind text */
	uint32_t head, tail;		/* packets */
};

struct packet { struct rung_packet is; uint32_t next; };

/* A packet whose bytes, or those that it acknowledges, were not told yet. */
struct aside { uint32_t packet; enum dir of; uint64_t at; };

/* A command that waits for its reply. */
struct asked { uint32_t serial; size_t rung; };

/* A finding about bytes that were not told yet. */
struct untold { struct rung rung; struct buf text; };

struct ladder {
	bool secrets, truncated;
	struct stored *rung;
	size_t n, cap;
	struct buf texts, words, answers;
	struct packet *packet;
	size_t npacket, cappacket;
	struct path path;
	nstime start;
	struct farewell bye;
	/* packets on their way to a rung */
	struct aside aside[ASIDE];
	size_t naside;
	uint64_t told[2];		/* of each direction, up to this byte */
	bool ending;			/* FIN or RST was seen: what is no answer belongs to the end */
	/* the conversation */
	struct asked *asked;		/* a queue */
	size_t first_asked, nasked, capasked;
	size_t content[2], tls;		/* rungs that go on, or SIZE_MAX; contents by reading */
	nstime lost, closed;		/* of the path, when the content began */
	size_t last_content;		/* its rung, for the replies to it */
	struct { uint32_t mail, index; } message[TOLD];
	nstime reply_time;		/* the last reply's, or NSTIME_NONE: the client has nothing to go on from */
	uint64_t reply_offset, reply_end;
	size_t leader;			/* the last command that was not pipelined */
	nstime counted;			/* waits until here are in the sums */
	nstime before;			/* the time of the rung before … */
	size_t before_is;		/* … and which it is */
	bool other_reading;
	bool skewed;			/* a reply was captured before its command */
	struct untold untold[UNTOLD];
	size_t nuntold;
	nstime sum[WAITED], most[WAITED];
	size_t longest[WAITED];
};

static inline nstime later(nstime a, nstime b) { return a > b ? a : b; }

/* ladder_packets.c */
void ladder_packet(struct ladder *, const struct event *);
/* All that was put aside and stands before that byte of the direction goes to the rung; or all there is. */
void ladder_claim(struct ladder *, size_t rung, enum dir, uint64_t end);
void ladder_claim_all(struct ladder *, size_t rung);
/* The content that goes on: what its sender says is of it. SIZE_MAX: none. */
size_t ladder_content(const struct ladder *, enum dir);

/* ladder_waits.c */
void ladder_ask(struct ladder *, uint32_t serial, size_t rung);
size_t ladder_answered(struct ladder *, uint32_t serial);	/* the rung of the command; SIZE_MAX: not told */
/* Before the rung is told: what it waited for. The client goes on at `to`; the server answers after `wait`. */
void ladder_wait_for_client(struct ladder *, struct rung *, nstime to);
void ladder_wait_for_server(struct ladder *, struct rung *, nstime wait, const struct rung *command);
void ladder_split(struct ladder *, struct rung *, const struct path_split *, enum waited_for);
void ladder_sum(struct ladder *, size_t rung, const nstime own[WAITED]);	/* when it is told */

#endif
