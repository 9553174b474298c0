/*
 * source.h - where packets come from: a file, several, standard input, an
 * interface, memory.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "base/finding.h"
#include "base/nstime.h"
#include "base/slice.h"

struct frame {
	slice bytes;		/* as captured; valid until the next call of next(), and as long as recall() says */
	size_t wire;		/* length on the wire; bytes.n is less when the snaplen cut it */
	int linktype;		/* LINKTYPE_… of pcap-linktype(7), link-layer extras (FCS length) masked off */
	unsigned fcs;		/* bytes of frame check sequence at the end of bytes, usually 0 */
	nstime time;		/* at most INT64_MAX / 2 away from 1970: the difference of two always fits */
	uint64_t number;	/* from 1, over all inputs; packets that the capture filter excluded have numbers too */
	uint64_t mark;		/* for recall(); 0: cannot be recalled */
	uint32_t input;		/* index of the input file: file_input_name() */
	uint8_t digits;		/* of the time stamp's resolution: 6 or 9 (3 … 9) */
};

struct drops { uint64_t kernel, interface, ours; };

/* Facts for the reader of the run: complaints, and counters. */
struct source_stats {
	uint64_t packets, bytes;	/* delivered */
	uint64_t filtered;		/* excluded by the capture filter */
	uint64_t filtered_tagged;	/* … of them, VLAN-tagged, MPLS or PPPoE */
	uint64_t received;		/* live: that the kernel's filter let through, ours already or not, and dropped ones too */
	uint64_t dropped;		/* by kernel, interface or us; offline, as the capture itself says */
	struct drops drops;		/* the same, apart */
	nstime counted;			/* when `dropped` was last read, by the clock that stamps packets; 0: now */
	nstime rising;			/* what it grew by since was dropped after this; NSTIME_NONE: at any time; 0: after it was read before */
	uint64_t read, size;		/* bytes of input read so far, and in all (0: not known), for the progress bar */
	bool damaged;			/* something could not be read: exit status 3 */
	bool unreadable;		/* an input could not be opened or is no capture (said on stderr): exit status 2 */
	uint8_t digits;			/* finest time stamp resolution seen; files were looked into when they were opened */
	unsigned linktypes;		/* 0, 1, or 2 for more: how many link types are known of from the start (of files: those of their first packets) … */
	int linktype;			/* … and the first of them */
};

/* One is known of. */
static inline void
source_stats_linktype(struct source_stats *s, int linktype)
{
	if (s->linktypes == 0)
		s->linktype = linktype;
	if (s->linktypes == 0 || s->linktype != linktype)
		s->linktypes = s->linktypes == 0 ? 1 : 2;
}

/*
 * NONE: nothing for now (a signal came, a pipe is silent): call again. A live
 * source then sets frame_r->time to a moment before which nothing will come
 * any more; others leave it as it is.
 */
enum source_result { SOURCE_FRAME = 1, SOURCE_NONE = 0, SOURCE_END = -1, SOURCE_FAILED = -2 };

/* Tells findings of the family file. (and load.): which, at which packet, where in the file, in words. */
struct source_user {
	void *self;
	void (*note)(void *self, enum finding, uint64_t packet, nstime, uint64_t offset, slice detail);
};

struct source {
	const char *name;
	enum source_result (*next)(void *self, struct frame *frame_r);	/* FAILED: said on stderr already */
	bool (*recall)(void *self, uint64_t mark);	/* are that frame's bytes still where they were? */
	void (*stats)(void *self, struct source_stats *);
	slice (*secrets)(void *self);			/* TLS key log lines found inside (pcapng DSB) so far */
	void (*close)(void *self);
	void *self;
};

#endif
