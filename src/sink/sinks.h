/*
 * sinks.h - the outputs by name.
 */
#ifndef SINKS_H
#define SINKS_H

#include "dissect/sink.h"
#include "columns.h"
#include "options.h"
#include "record/record.h"

struct fold;

struct sink_format {
	const char *name;		/* "json" */
	const char *summary;		/* one line for --help */
	const char *statistics;		/* its name with -z ("summary"), or NULL */
	bool is_directory;		/* PATH is a directory and must be given */
	bool figures;			/* shows sums only: records need no uids */
	bool messages;			/* shows messages: header fields, parts and links are wanted */
	bool parts;			/* needs to know the parts, and no more */
	bool contents;			/* holds what was in messages, and nothing of the conversation */
	struct columns (*columns)(const struct columns *said);	/* NULL: none; else which of -e it shows */
	/* -1: said on stderr (cannot be opened) */
	int (*open)(const struct output *, const struct output_options *, const struct fold *, struct sink *sink_r);
};

extern const struct sink_format sink_formats[];		/* ended by a NULL name */
const struct sink_format *sink_format_find(slice name);	/* NULL: none, or not built */
/* A name that the documentation plans but this build does not have: "not built". */
bool sink_format_is_planned(slice name);
/* The same for the names of -z. */
const struct sink_format *sink_statistics_find(slice name);
bool sink_statistics_is_planned(slice name);

#endif
