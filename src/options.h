/*
 * options.h - the command line, read into one struct that nobody changes.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "flow/flow.h"
#include "sink/options.h"

enum { OPTIONS_LIST = 64 };

struct decode_as { uint16_t port; const char *protocol; };

struct options {
	const char **input;			/* files, in order */
	size_t ninput;
	char *filter;				/* capture filter words, joined; or NULL */
	bool ports_any;
	uint16_t port[OPTIONS_LIST];		/* taken for mail without looking */
	size_t nport;
	struct decode_as decode_as[OPTIONS_LIST];
	size_t ndecode_as;
	struct output output[OPTIONS_LIST];	/* -T, in order; -z too */
	size_t noutput;
	struct output_options show;		/* what all outputs share */
	uint64_t stop_packets;			/* -c; 0: none */
	nstime stop_time;			/* -a duration:; 0: none */
	enum overlap overlap;
	enum checksum_mode checksums;
	size_t memory;				/* --mem */
	nstime slow;				/* --slow; 0: judge by the median */
	const char *fail_on[OPTIONS_LIST];
	size_t nfail_on;
	const char *ignore[OPTIONS_LIST];
	size_t nignore;
	const char *local_domains, *local_nets;
	enum { PROGRESS_AUTO, PROGRESS_JSON, PROGRESS_NEVER } progress;
	bool quiet, strict, colour;
};

/*
 * Returns -1 to go on, or the exit status of a run that is over already
 * (usage error: 2, said on stderr; --help and -V: 0).
 */
int  options_parse(int argc, char **argv, struct options *);
void options_free(struct options *);

#endif
