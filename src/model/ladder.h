/*
 * ladder.h - a session as arrows between two lanes, with who was waited for.
 *
 * Made from events, packets among them. A rung is what one side said in one
 * go: a command, a reply, a content, a TLS handshake; or what happened: a
 * gap, the end. Under it stand the packets that carried it.
 *
 * Who was waited for is told from where the capture was made, as far as packets prove
 * it: time that the other side's acknowledgement had come but no answer is
 * that side's; time without either, up to the round trip of the handshake, is
 * the network's; time between a reply and the next command is the client's.
 * Where a segment of the wait was sent again, the time until the copy is the
 * network's, whoever lost it. What no packet proves is told as nobody's.
 */
#ifndef LADDER_H
#define LADDER_H

#include "base/buf.h"
#include "dissect/event.h"

enum rung_kind { RUNG_SAID, RUNG_CONTENT, RUNG_NOTE, RUNG_GAP, RUNG_FINDING };
enum waited_for { WAITED_NOBODY, WAITED_CLIENT, WAITED_SERVER, WAITED_NETWORK };

struct rung_packet {
	uint64_t number;
	nstime time;
	enum dir dir;
	uint64_t offset, length, acknowledged;
	uint32_t window, flags;		/* PACKET_… of event.h */
};

struct rung {
	enum rung_kind kind;
	enum dir dir;
	enum severity severity;		/* of a reply: WARNING for 5yz, NOTE for 4yz; of a finding its own */
	nstime time;			/* when it was said whole */
	nstime since;			/* since the rung before it, or NSTIME_NONE */
	nstime wait;			/* of a reply: since its command; of a command: since the reply before it; or NSTIME_NONE */
	nstime of[4];			/* of the wait, by enum waited_for */
	slice text;			/* raw, as on the wire, one line: "RCPT TO:<bob@example.net>", "250 2.1.5 Ok", "message 1: 3,412 bytes, whole" */
	unsigned lines;			/* of a reply: how many it has */
	uint32_t serial;		/* of the command; of a reply: of the one it answers; 0: none */
	uint32_t group;			/* commands that were sent without waiting, and their replies, have the same; 0: none */
	uint32_t mail, index;		/* transaction, and its message; 0 */
	bool secret, decrypted;
	uint64_t offset, length, packet;	/* in dir's stream */
	size_t row;			/* the first row of the transcript that tells the same, or SIZE_MAX */
	const struct rung_packet *v;	/* its packets */
	size_t n;			/* kept, at most LIMIT_RUNG_PACKETS */
	uint64_t packets, retransmitted, reordered;	/* all */
};

struct ladder;

struct ladder *ladder_new(bool secrets);
void ladder_free(struct ladder **);
/* Events of one session, in order; row: how many rows of its transcript there were before it. */
void ladder_event(struct ladder *, const struct event *, size_t row);
size_t ladder_count(const struct ladder *);		/* at most LIMIT_RUNGS */
struct rung ladder_at(const struct ladder *, size_t);	/* valid until the next event */
bool ladder_truncated(const struct ladder *);
nstime ladder_round_trip(const struct ladder *);	/* of the handshake, or NSTIME_NONE */

#endif
