/*
 * options.h - the command line, read into one struct that nobody changes.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "engine/engine.h"
#include "filter/filter.h"
#include "sink/columns.h"
#include "sink/options.h"

enum { OPTIONS_LIST = 64 };

enum choice { CHOICE_AUTO, CHOICE_ALWAYS, CHOICE_NEVER, CHOICE_JSON };

struct options {
	char **text;				/* copies that the fields below point into */
	size_t ntext;
	const char **input;			/* files, in order */
	size_t ninput;
	const char *filter;			/* capture filter words, joined; or NULL */
	uint16_t port[OPTIONS_LIST];		/* taken for mail without looking */
	size_t nport;
	struct engine_as as[OPTIONS_LIST];
	size_t nas;
	struct output output[OPTIONS_LIST];	/* -T and -z, in order; never empty unless -q or with the screen */
	size_t noutput;
	struct filter *display;			/* -Y, or NULL */
	struct columns columns;			/* -e, -E, --rows */
	size_t spool_max;			/* --spool-max, or the default of what waits for -Y … */
	size_t vault_max;			/* … and of what the screen remembers */
	struct output_options show;		/* what all outputs share */
	uint64_t stop_packets;			/* -c; 0: none */
	nstime stop_time;			/* -a duration:; 0: none */
	enum overlap overlap;
	enum checksum_mode checksums;
	size_t memory;				/* --mem */
	struct analysis_options analysis;
	const char *fail_on[OPTIONS_LIST];
	size_t nfail_on;
	const char *ignore[OPTIONS_LIST];
	size_t nignore;
	enum choice progress, colour, defang;
	bool quiet, strict, require_match, columns_given;
	bool screen;				/* decided: there is one */
	bool no_config;				/* --no-config */
	bool monochrome;			/* NO_COLOR or --color never */
};

enum {					/* exit statuses; if several apply, the first in this order */
	EXIT_DONE = 0,
	EXIT_MACHINE = 1,		/* disk, permission */
	EXIT_USAGE = 2,			/* or unreadable input, or a bad filter */
	EXIT_FAIL_ON = 4,		/* --fail-on matched */
	EXIT_PARTIAL = 3,		/* everything readable was printed, but it was not all */
	EXIT_NO_MATCH = 5		/* --require-match, and nothing did */
};

/* -1: go on. Else the run is over with this exit status (usage error: said on stderr; --help and -V: done). */
int  options_parse(int argc, char **argv, struct options *);
void options_free(struct options *);

#endif
