/*
 * file.h - capture files as a source: pcap and pcapng, plain or compressed
 * (gzip; zstd and lz4 when built in), one or several, standard input, a
 * directory; several are one stream ordered by time.
 *
 * Everything readable is delivered first. Then damage is a finding, one line
 * on stderr with file and offset, and source_stats.damaged.
 */
#ifndef FILE_H
#define FILE_H

#include "paths.h"
#include "source.h"

struct file_options {
	const char *const *path;	/* "-" is standard input; a directory stands for the capture files in it */
	size_t npath;
	const struct paths *listed;	/* what they stand for, if that is known already; it outlives the source. NULL: looked for now */
	const char *filter;		/* capture filter, or NULL */
	bool follow;			/* the files grow: at their end is waited for more, and what replaces them is read next */
	bool quiet;			/* say nothing on stderr, neither why nothing could be opened nor what is damaged */
	bool (*linktype_known)(int);	/* can frames of this link type be read? Else they are counted for file.linktype. NULL: all */
	struct source_user user;
};

/*
 * 0: *source_r is open: the heads of files were looked into, what can be read
 * only once was opened and not read, and no thread was started before the
 * first next(). Then files are opened as the stream comes to them. -1: said on stderr; *exit_r is the exit status
 * (2: unreadable, not a capture, bad filter). Findings are told from the first
 * next() on, never by file_open().
 */
int file_open(const struct file_options *, struct source *source_r, int *exit_r);

/* The input's name, fit for a terminal; only for a source that file_open() opened. Valid until it is closed. */
const char *file_input_name(const struct source *, uint32_t input);

#endif
