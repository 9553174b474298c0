/*
 * live.h - packets of interfaces, as they happen (libpcap; on Linux a
 * TPACKET_V3 ring for each interface).
 *
 * Several interfaces are one stream, in order of time as far as their packets
 * are there at the same moment; "any" is all of them. Frames are copied out of
 * the kernel's ring, so that recall() holds as it does for files.
 *
 * On a quiet wire next() returns SOURCE_NONE every 50 ms at the latest, with
 * frame_r->time set to a moment before which no packet will come any more: so
 * the clock goes on.
 *
 * An interface that goes down, or away, is said on stderr and waited for; when
 * it is there again it is said, too, and the capture goes on. With none left
 * at the start, or when an interface cannot be opened, that is an error.
 *
 * Packets that were dropped are counted apart: by the kernel (its ring was
 * full), by the interface, and by us.
 *
 * BUGS: an interface that was removed, and comes back, is known by its name
 * only. With a filter that asks whence a packet comes (inbound, outbound)
 * libpcap passes over the first block of them.
 */
#ifndef LIVE_H
#define LIVE_H

#include "base/buf.h"
#include "capture/source.h"

struct live_options {
	const char *const *interface;	/* names; "any" is all; a number is one of live_list() */
	size_t ninterface;
	const char *filter;		/* the user's own; NULL: made from the ports */
	const uint16_t *port;
	size_t nport;
	bool any_port;			/* every TCP segment, without a filter of the user's */
	size_t buffer;			/* bytes of each kernel ring; 0: LIMIT_LIVE_BUFFER */
	size_t snaplen;			/* 0: all */
	bool promiscuous;
	bool quiet;			/* nothing is said of what works */
	bool (*linktype_known)(int);	/* other link types are refused */
	struct source_user user;
};

/*
 * 0: *source_r is open. -1: said on stderr in one line that tells what to do; *exit_r is the exit status (1: no such interface, no
 * permission; 2: bad filter). No thread is started.
 */
int live_open(const struct live_options *, struct source *source_r, int *exit_r);
/* On stderr: what is listened to, and with which filter. */
void live_announce(const struct source *);
const char *live_input_name(const struct source *, uint32_t input);	/* "eth0" */

/*
 * Is an interface there, and up? One that was removed and made again is bound to. Needs rights, and descriptors, that the monitor
 * kept: called there (or here, without a monitor). 0, or -1: errno (ENETDOWN: it is there, and down; else it is not there).
 */
int live_rebind(size_t interface);
/* Through whom live_rebind() is asked for; NULL, the default: done here. */
void live_rebind_through(int (*caller)(size_t interface));

/* The list of -D: "1.eth0 [Up, Running, Connected]", a line each. -1: said on stderr. */
int live_list(struct buf *out);

#endif
