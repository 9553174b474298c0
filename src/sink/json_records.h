/*
 * json_records.h - a record as one line of JSON, within --json-max.
 */
#ifndef JSON_RECORDS_H
#define JSON_RECORDS_H

#include "json_writer.h"
#include "options.h"
#include "record/record.h"

/* What is cut to keep a record small, in this order (SPEC: "JSON Lines"). */
enum json_cut {
	CUT_URLS, CUT_REFERENCES, CUT_HEADERS, CUT_RECEIVED, CUT_MEMBERS, CUT_FACTS, CUT_PARTS, CUT_RECIPIENTS, CUT_AUTH,
	CUT_CAPABILITIES, CUT_ADDRESSES, CUT_PARAMETERS, CUT_FINDINGS, CUTS
};

struct json_records {
	struct json j;
	const struct output_options *options;
	size_t inner;			/* bytes that lists inside elements of lists took: see json_cut.c */
	size_t room[CUTS];		/* bytes that the lists of each kind may take in the record being written */
};

void  json_records_init(struct json_records *, const struct output_options *);
void  json_records_fini(struct json_records *);
slice json_records_line(struct json_records *, const struct record *);		/* with its LF; valid until the next call */

/* Pieces that events have in common with records. */
void json_endpoint(struct json *, slice key, const struct endpoint *);
void json_finding_text(struct json *, enum finding, slice detail);	/* "text": what was seen here, else what the id means */

#endif
