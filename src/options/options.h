/*
 * options.h - the command line, read into one struct that nobody changes.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "capture/paths.h"
#include "capture/privilege/privilege.h"
#include "engine/engine.h"
#include "filter/filter.h"
#include "sink/columns.h"
#include "sink/options.h"

enum { OPTIONS_LIST = 64 };

/* -b: when the next file of a ring begins, and how many are kept; 0: not said. */
struct ring_files {
	nstime duration;			/* since the file began */
	nstime interval;			/* at multiples of it */
	uint64_t size, packets;			/* bytes; of one file */
	unsigned files;				/* kept; 0: all */
	bool given;
};

enum choice { CHOICE_AUTO, CHOICE_ALWAYS, CHOICE_NEVER, CHOICE_JSON };

struct options {
	char **text;				/* copies that the fields below point into */
	size_t ntext;
	const char **input;			/* files, in order */
	size_t ninput;
	struct paths inputs;			/* what they stand for, from allow_all() on */
	const char *interface[OPTIONS_LIST];	/* -i */
	size_t ninterface;
	bool follow;				/* --follow: the files grow */
	bool live;				/* interfaces, or --follow: packets come as they happen, and there is no end */
	const char *filter;			/* capture filter words, joined; or NULL */
	uint16_t port[2 * OPTIONS_LIST];	/* taken for mail without looking: --ports, and those of -d */
	size_t nport;
	bool any_port;				/* --ports any */
	size_t buffer, snaplen;			/* -B in bytes, -s; 0: defaults */
	bool promiscuous;			/* not -p */
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
	uint64_t stop_size;			/* -a filesize:, bytes of -w (without -b); 0: none */
	unsigned stop_files;			/* -a files:, of the ring; 0: none */
	const char *write;			/* -w: a capture file, "-" is stdout; or NULL */
	struct ring_files ring;			/* -b */
	nstime stats_interval;			/* --stats-interval; 0: no statistics but the last */
	struct privilege_options privilege;	/* -Z, --no-sandbox, --require-sandbox */
	bool check_sandbox;			/* --check-sandbox */
	const char *save_dir;			/* --save-dir: what the screen saves stands below it */
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
