/*
 * writer.h - packets into a capture file that every reader of such files opens.
 *
 * pcap with microseconds or nanoseconds, of one link type; pcapng of several,
 * with keys besides. Bytes are written as they were captured, snapped lengths
 * and all.
 *
 * The file appears whole or not at all: it is written beside its place and put
 * there by writer_close(). What exists is not overwritten unless `replace`.
 * When something fails, writer_trouble() says what in a sentence.
 *
 * BUGS: neither format holds times before 1970, pcap none after 2106: what lies
 * outside is written as the nearest that can be.
 */
#ifndef WRITER_H
#define WRITER_H

#include "base/buf.h"
#include "source.h"

struct writer_options {
	const char *path;		/* "-": standard output */
	bool pcapng, nanoseconds;
	bool replace;
	int linktype;			/* of pcap … */
	unsigned fcs;			/* … and its bytes of frame check sequence */
};

struct writer;

struct writer *writer_open(const struct writer_options *, struct buf *why);	/* NULL: why */
/* Can the frame be written as it is? pcap has one link type, and either format one resolution of time. */
bool writer_fits(const struct writer *, const struct frame *);
int  writer_frame(struct writer *, const struct frame *);	/* -1: it failed, now or before */
int  writer_secrets(struct writer *, slice);			/* TLS keys, for the packets that follow; pcapng only */
uint64_t writer_written(const struct writer *);			/* packets */
const char *writer_trouble(const struct writer *);		/* or NULL */
/* Puts it in its place, or leaves nothing. -1: why. */
int  writer_close(struct writer **, bool failed, struct buf *why);

#endif
