/*
 * writer.h - packets into a capture file that every reader of such files opens.
 *
 * It is a pcap, with microseconds or nanoseconds, as long as that holds
 * everything: frames of one link type, and no keys. When something comes that
 * needs more, a file that is still beside its place is made over, what it
 * holds and all. What grows under its name, or is a pipe, stays what it began
 * as: frames that do not fit are left out and counted, and finer times cut.
 * Whoever knows from the start that a pcap will not do asks for pcapng.
 *
 * A file appears whole or not at all, or grows (outfile.h); what is written
 * at once are whole packets. When something fails, writer_trouble() says what
 * in a sentence.
 *
 * BUGS: neither format holds times before 1970, pcap none after 2106: what lies
 * outside is written as the nearest that can be. Comments and names in a
 * pcapng that is read are not written again.
 */
#ifndef WRITER_H
#define WRITER_H

#include "base/buf.h"
#include "outfile.h"
#include "put.h"
#include "source.h"

struct writer_options {
	const char *path;		/* "-": standard output */
	enum outfile_how how;
	bool pcapng, nanoseconds;	/* from the start, whatever comes */
	const struct put_kind *kind;	/* what the frames will be, if it is known: the file begins at once; or NULL */
	const char *(*interface)(void *self, uint32_t input);	/* its name, for pcapng; or NULL */
	void *self;
};

struct writer;

bool writer_is_pcapng(const char *path);			/* by the name: ".pcapng" */
struct writer *writer_open(const struct writer_options *, struct buf *why);	/* NULL: why */
int  writer_frame(struct writer *, const struct frame *);	/* -1: it failed, now or before */
int  writer_secrets(struct writer *, slice);			/* TLS keys, for the packets that follow */
/* What was dropped between packets so far: a pcapng of one interface says so, for whoever reads it. */
void writer_drops(struct writer *, nstime now, uint64_t by_interface, uint64_t by_system);
int  writer_flush(struct writer *);				/* what was written can be read */
/* A file that grows is opened again by its name, see outfile_reopen(). */
enum outfile_reopened writer_reopen(struct writer *);

struct writer_counts {
	uint64_t packets, bytes;	/* written; bytes of the file that stands there */
	uint64_t files, gone;		/* by this name: with those that were moved away, and their bytes */
	uint64_t left_out;		/* packets of another link type */
	int left_out_linktype;		/* the first one's */
	bool keys_left_out;
};
struct writer_counts writer_counts(const struct writer *);
const char *writer_trouble(const struct writer *);		/* or NULL */
bool writer_reader_left(const struct writer *);			/* the trouble is that nobody reads the pipe any more */
/* Puts it in its place, or leaves nothing. -1: why. */
int  writer_close(struct writer **, bool failed, struct buf *why);

#endif
