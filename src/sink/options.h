/*
 * options.h - what the outputs need to know of the command line.
 */
#ifndef SINK_OPTIONS_H
#define SINK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/net.h"
#include "base/nstime.h"

enum time_format {		/* tshark's letters */
	TIME_RELATIVE,		/* r: since the session's start */
	TIME_ABSOLUTE,		/* a: local clock time */
	TIME_ABSOLUTE_DATE,	/* ad */
	TIME_UTC_CLOCK,		/* u (TIME_UTC is a macro of <time.h>) */
	TIME_UTC_DATE,		/* ud */
	TIME_EPOCH,		/* e */
	TIME_DELTA,		/* d: since the line before */
	TIME_NONE		/* n: no times, client ports or waits: two runs can be compared */
};

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
	bool colour;			/* decided: stdout is a terminal, NO_COLOR, --color */
	bool terminal;			/* stdout is a terminal */
	size_t json_max;		/* --json-max */
	const char *sensor;		/* --sensor, or NULL */
	const char *hash;		/* --hash: "none", "sha256", or NULL: the default */
	int digits;			/* of times; set from the capture: 6 or 9 */
	/* the run record of manifests */
	const char *const *argv;
	int argc;
	const char *const *input;
	size_t ninput;
	const char *overlap, *filter;
};

static inline bool
output_wants_digest(const struct output_options *o)
{
	return o->hash == NULL || strcmp(o->hash, "none") != 0;
}

#endif
