/*
 * internal.h - what the engine's files share: the run, and one connection in it.
 */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include "clock.h"
#include "decode/decode.h"
#include "dissect/stack.h"
#include "engine.h"
#include "ports.h"

enum { ENGINE_SINKS = 64 + 1, ENGINE_EARLY = 16 };	/* the outputs of a command line, and their gate */

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
};

struct engine {
	struct engine_options options;
	struct decoder *decoder;
	struct flows *flows;
	struct fold *fold;
	struct analysis *analysis;
	struct ports *ports;
	struct clock clock;
	nstime next_tick, first, last;
	struct sink sink[ENGINE_SINKS];
	size_t nsink;
	uint32_t wants, fold_wants, analysis_wants;
	bool failed, fail_on_matched, secrets;
	uint64_t sessions, attempts, frames;
	uint64_t lone[FINDINGS];		/* findings of no session, by id: only the first LIMIT_LONE_FINDINGS are told */
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

#endif
