/*
 * interface.h - one interface that is listened to; for the files of this
 * folder only.
 *
 *	interface.c	opened, and emptied into a queue
 *	presence.c	down, gone, there again
 *	loopback.c	each of its packets once
 *	drops.c		what the kernel and the interface dropped
 */
#ifndef LIVE_INTERFACE_H
#define LIVE_INTERFACE_H

#include <pcap/pcap.h>

#include "capture/ring.h"
#include "live.h"

enum { INTERFACE_NAME = 128 };		/* libpcap's may be longer than the kernel's */

enum presence { PRESENCE_THERE, PRESENCE_DOWN, PRESENCE_GONE };

struct waiting {			/* a packet out of the kernel's ring */
	struct frame frame;
	struct block *done;		/* no packet that is still waiting stands in this block */
};

struct interface {
	char name[INTERFACE_NAME];
	uint32_t input;
	bool any;
	pcap_t *pcap;
	int fd;				/* libpcap's */
	int linktype, hardware;		/* as frames tell it, ARPHRD_… of the device */
	bool promiscuous, nanoseconds;

	struct ring *ring;		/* shared by all */
	struct block *block;		/* being filled */
	struct waiting *queue;		/* a ring */
	size_t cap, head, n, bytes;
	nstime empty;			/* when there was nothing more in the kernel's ring */

	enum presence presence;
	bool troubled;			/* something is wrong: look at it */
	nstime looked;
	unsigned failures;		/* of libpcap, in a row */

	uint64_t received, dropped_kernel, dropped_interface;
	int counter[2];			/* of the interface: descriptors of its files, or -1 */
	uint64_t counted[2];		/* as last read … */
	nstime asked;			/* … then */
};

/* interface.c. False: said on stderr; *exit_r is the exit status. */
bool interface_open(struct interface *, const struct live_options *, const char *name, int *exit_r);
void interface_close(struct interface *);
void interface_collect(struct interface *, nstime now);		/* what is there, as far as there is room in the queue */
void interface_take_error(struct interface *);			/* of its socket */
bool interface_is_full(const struct interface *);
bool interface_fails(const struct interface *);			/* libpcap cannot read it any more: said on stderr */

static inline struct waiting *
interface_next(const struct interface *i)
{
	return &i->queue[i->head];
}

/* presence.c */
int  presence_hardware(const struct interface *);
int  presence_loopback(const struct interface *);		/* number of the loopback device, if its packets can come here; or -1 */
void presence_check(struct interface *, size_t index, nstime now);	/* says what changed */
int  presence_bind(const struct interface *);				/* what live_rebind() does */

/* loopback.c, after a filter was set */
void loopback_once(const struct interface *);

/* drops.c */
void drops_open(struct interface *);
void drops_close(struct interface *);
void drops_count(struct interface *, nstime now);

/* list.c */
bool list_is_interface(const char *name);			/* "any" is one */
bool list_name(uint64_t number, char name_r[INTERFACE_NAME]);	/* number: of live_list(), from 1 */
void list_names(struct buf *out);				/* "eth0, lo, any" */

/* words.c: the one line that says why it cannot be opened, and what to do. Returns the exit status. */
int  words_refuse(const char *name, int status, const char *detail);

#endif
