/*
 * writer.h - packets into a capture file that every reader of such files opens.
 *
 * pcap with microseconds or, if a time stamp says more, nanoseconds; pcapng if
 * the name ends in ".pcapng", if there are several link types, or if keys go
 * along. Bytes are written as they were captured, snapped lengths and all.
 *
 * The file appears whole or not at all: it is written beside its place and
 * renamed by writer_close(). What exists is not overwritten unless `replace`.
 */
#ifndef WRITER_H
#define WRITER_H

#include "source.h"

struct writer_options {
	const char *path;		/* "-": standard output */
	bool pcapng, nanoseconds;
	bool replace;
	int linktype;			/* of pcap */
};

struct writer;

struct writer *writer_open(const struct writer_options *);	/* NULL: said on stderr */
int  writer_frame(struct writer *, const struct frame *);	/* -1: the machine's fault, said once; or a link type that pcap cannot hold */
int  writer_secrets(struct writer *, slice);			/* TLS keys, pcapng only */
uint64_t writer_written(const struct writer *);			/* packets */
int  writer_close(struct writer **, bool failed);

#endif
