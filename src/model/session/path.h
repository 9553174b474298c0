/*
 * path.h - what packets prove of the way between two ends, from where they
 * were captured.
 *
 * A capture is made somewhere: at the client, at the server, in between. The
 * handshake tells where. From the SYN to the SYN-ACK is the way from here to
 * the server and back; from the SYN-ACK to the ACK that completes it is the
 * way to the client and back. Both ends' kernels answer these at once. So,
 * seen from here, of the time between a command and its reply the way to the
 * server takes as much as it took then, and the rest is the server's; between
 * a reply and the next command the same holds for the client.
 *
 * An acknowledgement that comes alone proves that the bytes had arrived: what
 * is waited for after it is the other side's, even if the handshake had taken
 * longer. No way is longer than the quickest answer that was ever seen on it.
 * Without a handshake (or with a SYN that was sent again, until it is clear
 * which one was answered), the quickest lone acknowledgement stands for it;
 * that may be a delayed one, so the network is told too much rather than too
 * little.
 *
 * Bytes that were sent again before they were acknowledged were lost
 * somewhere: until the last such copy, time is the network's. So is the
 * silence before a segment that fills a hole. While a side's window is closed,
 * it is that side that is waited for.
 *
 * What cannot be known from one place: which of the two ways lost a segment
 * that never came by here; whether a side was slow to ask or its request was
 * lost before it came here; how much of a wait was a retransmission that we
 * saw only once. Such time is told as that side's from which we next hear. A
 * capture that takes one direction later than the other (the finding is
 * smtp.reply-before-command) proves nothing; what was told before that showed
 * is not taken back.
 */
#ifndef PATH_H
#define PATH_H

#include "base/limits.h"
#include "dissect/event.h"

enum { PATH_REMEMBERED = LIMIT_PATH };		/* acknowledgements, and copies, of each direction */

struct path_mark { uint64_t offset, end; nstime time; };

struct path {
	nstime syn, last_syn, syn_ack;		/* the first, the last SYN; the last SYN-ACK; or NSTIME_NONE */
	bool syn_again, syn_ack_again, shaken;
	nstime guess, unless;			/* see path.c: to the server and back, if the last SYN was answered; if the first */
	nstime round[2];			/* to that side and back, or NSTIME_NONE */
	uint64_t acked[2];			/* bytes of that direction that the other side has */
	struct path_mark ack[2][PATH_REMEMBERED], copy[2][PATH_REMEMBERED];	/* rings: of bytes of that direction */
	size_t nack[2], ncopy[2];		/* ever */
	uint64_t sent[2];			/* the highest end of a segment */
	nstime sent_time[2];			/* of the segment that ended there, or NSTIME_NONE: it was sent twice */
	nstime last[2];				/* of the last one with bytes */
	nstime lost[2], closed[2];		/* silence before copies and late segments; time with that side's window closed: so far */
	nstime closed_since[2];			/* or NSTIME_NONE */
};

void path_init(struct path *);
void path_packet(struct path *, const struct event *);		/* each EV_PACKET */

/* A wait from `from` to `to`: until `until` for the network, then for the side. */
struct path_split {
	nstime from, until, to;
	bool proven;				/* false: nothing tells how long the way is */
};
/* The other side's answer, at `to`, to the bytes [offset, end) of `dir`, whose last came at `from`. */
struct path_split path_split(const struct path *, enum dir, uint64_t offset, uint64_t end, nstime from, nstime to);

#endif
