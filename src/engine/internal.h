/*
 * internal.h - what the engine's files share: the run, and one connection in it.
 */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include "clock.h"
#include "decode/decode.h"
#include "dissect/stack.h"
#include "drops.h"
#include "engine.h"
#include "ports.h"

enum { ENGINE_SINKS = 64 + 3, ENGINE_EARLY = 16, LOST_KEPT = 4 };	/* the outputs of a command line, their gate, -w, the screen */

/* A finding about a connection whose protocol is not known yet. */
struct held_note {
	enum finding finding;
	enum dir dir;
	uint64_t offset;
	struct origin from;
	struct buf detail;
	struct endpoint client, server;		/* whose it is, while there is no conversation */
	nstime first;
};

/* A gap that fell into a time in which packets were dropped. */
struct lost { struct origin from; uint64_t dropped; };

/* One connection that delivered something. */
struct conversation {
	struct engine *engine;
	struct flow *flow;
	struct stack *stack;
	uint64_t number;			/* of the session; 0: no protocol found (yet) */
	struct origin opened;
	bool in_transaction, one_sided;
	size_t memory;				/* as last added to the engine's sum */
	struct held_note *note;
	size_t nnote;
	struct event *packet;			/* before its protocol was known */
	size_t npacket;
	nstime heard[2];			/* when the last byte of this direction that was delivered was captured, or NSTIME_NONE */
	uint64_t gap;				/* where the last one was told of */
	struct lost lost[LOST_KEPT];		/* a ring: events of gaps may come later, when the protocol is known */
	unsigned nlost;				/* ever put into it */
};

struct engine {
	struct engine_options options;
	struct decoder *decoder;
	struct flows *flows;
	struct fold *fold;
	struct analysis *analysis;
	struct ports *ports;
	struct clock clock;
	nstime begun;				/* what the clock said first */
	nstime next_tick, next_second, next_hour, next_stats;
	nstime first, last;			/* packets */
	nstime stop_at;				/* when it was told to stop, by the source's clock; NSTIME_NONE: it was not */
	struct sink sink[ENGINE_SINKS];
	size_t nsink;
	uint32_t wants, fold_wants, analysis_wants;
	bool failed, fail_on_matched, secrets;
	uint64_t sessions, open_sessions, attempts, frames;
	struct drop_log drops;
	uint64_t lone[FINDINGS];		/* findings of no session, by id: only the first LIMIT_LONE_FINDINGS are told (live: of an hour) */
	struct held_note early[ENGINE_EARLY];	/* notes about flows that are not open yet, a ring */
	size_t nearly;				/* ever put into it */
	size_t conversation_memory, memory_peak;	/* of all stacks; of all that is kept for sessions */
};

/* publish.c: one event to everybody. */
void publish(struct engine *, struct event *);
void publish_lone(struct engine *, enum finding, uint64_t packet, nstime, uint64_t offset, slice detail);
void publish_attempt(struct engine *, const struct attempt_facts *);

/* conversation.c: what the flow says, for the stack. */
struct stream_user conversation_user(struct engine *);

/* statistics.c */
void statistics_drops(struct engine *, bool over);	/* reads the counters; a spate that is over is told */
uint64_t statistics_dropped(struct engine *, nstime from, nstime to);	/* packets at that time, as far as is known by now */
struct sink_wrote statistics_written(const struct engine *);	/* live, by what writes captures */
void statistics_gather(struct engine *, struct rec_stats *);
void statistics_tell(struct engine *);			/* if it is time for it */

#endif
