/*
 * ladder.h - a session as arrows between two lanes, with who was waited for.
 *
 * Made from events, packets among them. A rung is what one side said in one
 * go: a command, a reply, a content, what is inside TLS; or what happened: a
 * gap, a finding, the end. Under it stand the packets that carried it and
 * those that acknowledge it.
 *
 * Who was waited for is told as far as packets prove it; path.h says how, and
 * what cannot be known from one place. In short: between a command and its
 * reply the way to the server and back takes what it took in the handshake,
 * and the rest is the server's; between a reply and the next command the same
 * holds for the client; until lost bytes were sent again, it was the network.
 * The time that a content takes to be sent is nobody's wait, but for what
 * stood still in it. What no packet proves is told as nobody's.
 *
 * Where commands are sent without waiting, their waits overlap: `of` splits
 * each one's whole wait, `own` only what no rung before it was waiting too.
 * The sums are of `own`, so that no moment counts twice.
 */
#ifndef LADDER_H
#define LADDER_H

#include "base/buf.h"
#include "dissect/event.h"
#include "record/waits.h"

enum rung_kind {
	RUNG_SAID,			/* a command or a reply */
	RUNG_CONTENT,			/* a message's content */
	RUNG_TLS,			/* TLS begins; its packets until it ends */
	RUNG_NOTE,			/* what happened: connected, authenticated, closed … */
	RUNG_GAP,
	RUNG_FINDING
};
enum waited_for { WAITED_NOBODY, WAITED_CLIENT, WAITED_SERVER, WAITED_NETWORK, WAITED };
const char *waited_name(enum waited_for);	/* "server"; "unknown": of nobody */

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
	enum finding finding;		/* of RUNG_FINDING */
	bool is_reply, open;		/* open: of a content or TLS, it goes on */
	bool of_tls;			/* TLS begins, ends, or did not follow */
	enum waits verb;		/* of a command, or of the one that is answered; of a content: WAIT_CONTENT */
	int code;			/* of a reply; 0: none */
	nstime time;			/* when it was said whole; of TLS: when it began */
	nstime first, last;		/* of a content, and TLS: its first segment, and the last one so far; or NSTIME_NONE */
	nstime since;			/* since the rung before it that is no finding, or NSTIME_NONE */
	nstime wait;			/* of a reply: since its command; of a command: since the reply before it; of a content:
					   all that stood still; or NSTIME_NONE */
	nstime of[WAITED];		/* of the wait */
	nstime own[WAITED];
	slice text;			/* raw, as on the wire, one line: "250 2.1.5 Ok"; ours: "message 1: 3,412 bytes, whole" */
	slice answers;			/* of a reply that several commands, or recipients, waited for: "RCPT bob@example.net" */
	unsigned lines;			/* of a reply: how many it has */
	uint32_t serial;		/* of the command; of a reply: of the one it answers; 0: none */
	uint32_t group;			/* commands that were sent without waiting, and their replies, have the same; 0: none */
	uint32_t mail, index;		/* transaction, and its message; 0 */
	bool secret, decrypted;
	bool unsure;			/* after a gap: guessed */
	bool partial;			/* of a content: bytes of it are missing */
	bool server_reading;
	uint64_t offset, length, packet;	/* in dir's stream */
	uint64_t bytes[2], segments[2];	/* that its packets carried, by direction; copies are left out */
	size_t row;			/* the first row of the transcript that tells the same, or SIZE_MAX */
	size_t partner;			/* of a reply: the rung of its command; of a command, or content: of its reply; SIZE_MAX: none */
	size_t n;			/* packets kept, at most LIMIT_RUNG_PACKETS */
	uint64_t packets, retransmitted, reordered;	/* all */
};

struct ladder;

struct ladder *ladder_new(bool secrets);
void ladder_free(struct ladder **);
/* Events of one session, in order; row: how many rows of its transcript there were before it. */
void ladder_event(struct ladder *, const struct event *, size_t row);
size_t ladder_count(const struct ladder *);		/* at most LIMIT_RUNGS */
struct rung ladder_at(const struct ladder *, size_t);	/* its slices are valid until the next event */
/* Its packets in the order in which they were captured. Returns how many. */
size_t ladder_packets(const struct ladder *, size_t rung, struct rung_packet *out, size_t max);
bool ladder_truncated(const struct ladder *);
/* How it all began, as seen from where packets were captured: to that side and back, or NSTIME_NONE. */
nstime ladder_round_trip(const struct ladder *, enum dir to);
/* Sums of all own waits; and the rung that most of it is of, SIZE_MAX: none. */
nstime ladder_waited(const struct ladder *, enum waited_for, size_t *longest_r);
nstime ladder_start(const struct ladder *);		/* the session's first packet, or NSTIME_NONE */

#endif
