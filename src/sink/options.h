/*
 * options.h - what the outputs need to know of the command line.
 */
#ifndef SINK_OPTIONS_H
#define SINK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/when.h"
#include "dissect/event.h"

struct columns;
struct gate;
struct spool;

struct output {
	const char *format;	/* "text", … as on the command line */
	const char *path;	/* NULL or "-": stdout */
};

struct output_options {
	bool time_given;		/* -t was used; else each output has its own default */
	enum time_format time;
	int verbose;			/* -v, -vv */
	bool wire;			/* -x: line ends, tabs, trailing blanks, segment edges visible */
	bool hex;			/* -X */
	bool show_secrets;
	bool all_headers;		/* --headers */
	bool live;			/* packets come as they happen: files are appended to, each line by one write */
	bool line_buffered;		/* -l, -U */
	bool fresh;			/* a file that is there is never replaced */
	bool swift;			/* somebody waits: the inputs that a manifest names are not read for their digests */
	bool terminal;			/* stdout is a terminal */
	size_t width;			/* its columns; 0: not a terminal, or too narrow to break lines for */
	struct { bool screen, file; } colour;	/* decided for stdout (a terminal, NO_COLOR, --color) and for files (--color) */
	size_t json_max;		/* --json-max */
	const char *sensor;		/* --sensor, or NULL */
	uint32_t digests;		/* --hash: WANT_SHA256 | WANT_SHA1 | WANT_MD5 of messages and parts; default SHA-256; none: 0 */
	bool digest_all;		/* --hash or --all-parts was given: plain text parts too (WANT_ALL_DIGESTS) */
	bool all_parts;			/* --all-parts: every leaf is a file, not only those with a name */
	bool parts_written;		/* an output -T parts is there: records name its files */
	bool judged;			/* decided: findings in what messages hold are looked for in this run */
	struct { bool screen, file; } defang;	/* decided for both: links are shown so that nobody clicks on them */
	struct gate *gate;		/* -Y; or NULL: everything is shown */
	struct spool *spool;		/* for what waits for its verdict */
	const struct columns *columns;	/* -e, -E, --rows */
	int digits;			/* of times; set from the capture: 6 or 9 */
	/* the run record of manifests */
	const char *const *argv;
	int argc;
	const char *const *input;
	size_t ninput;
	const char *const *interface;
	size_t ninterface;
	const char *overlap, *filter;
};

/* What -t asked for, else the output's own default. */
static inline struct when
when_of(const struct output_options *options, enum time_format by_default, int relative_digits)
{
	return (struct when){
		.format = options->time_given ? options->time : by_default,
		.digits = options->digits > 0 ? options->digits : 6,
		.relative_digits = relative_digits,
	};
}

/* The digests that an output of messages wants, as bits of a sink's wants. */
static inline uint32_t
output_digests(const struct output_options *o)
{
	return o->digests | (o->digest_all ? WANT_ALL_DIGESTS : 0);
}

#endif
