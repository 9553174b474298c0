/*
 * manifest.h - manifest.jsonl: what a directory of messages' or parts' files came from.
 *
 * A "run" record, a "file" record for each, a "result" record. A manifest of
 * an earlier run is kept, and this one's records are added to its end, unless
 * they are the same to the byte. Live each record is added when it is known.
 *
 * run:		v  type  version  arguments (list)  inputs (list of {path size sha256} or {interface})  overlap_policy  filter  display_filter
 * file:	v  type  file  path  filename  content_type  detected (of a part)  uid  time  client  server  mail_from
 *		recipients (list)  status  first_packet  last_packet  whole  damaged  size  missing_bytes  missing (list of {offset length})  sha256 (of the file)  kept
 * result:	v  type  status ("complete" "failed")  files  partial_files  kept_files  differing_files  bytes
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "folder.h"
#include "json_writer.h"
#include "options.h"
#include "output.h"
#include "record/record.h"

struct manifest_gap { uint64_t offset, length, dropped; };	/* in the file; packets that were being dropped at that time */

struct manifest_entry {
	const char *name;
	const struct rec_message *message;
	const struct rec_part *part;	/* NULL: the message itself, or nothing is known of it */
	uint64_t size, missing;
	bool whole, kept;
	const struct manifest_gap *gap;
	size_t ngap;
	const uint8_t *sha256;		/* of the file */
};

struct manifest_totals { uint64_t files, partial, kept, differing, bytes; bool failed; };

struct manifest {
	struct folder_file *file;	/* until the end */
	struct output_file *list;	/* … or live, in its place */
	struct json j;
};

/* Reads the inputs, for their digests. False: said on stderr. */
bool manifest_init(struct manifest *, struct folder *, const struct output_options *);
int  manifest_reopen(struct manifest *, const struct output_options *);
int  manifest_add(struct manifest *, const struct output_options *, const struct manifest_entry *);
int  manifest_close(struct manifest *, const struct manifest_totals *);			/* puts it in place */

#endif
