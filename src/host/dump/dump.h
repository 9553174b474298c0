/*
 * dump.h - -w: packets into capture files, while everything else is done with
 * them.
 *
 * Without -Y every packet that the engine is given is written as it came.
 *
 * With -Y the packets of whole sessions that match are, and those of attempts.
 * What can be read a second time is: then they stand in the order of the
 * input. Of what comes only once, from an interface or a pipe, packets wait in
 * the spool until the verdict on their session is there; then they follow each
 * other within a session as they came. When the spool is full, the session that
 * has waited longest is written before it is known whether it matches, and
 * counted.
 *
 * BUGS: packets that come when a session is over already (copies of its last
 * ones) are not written with it. From an interface or a pipe, an
 * attempt's are written when it is told of, as far as they are still kept (LIMIT_ASIDE).
 */
#ifndef DUMP_H
#define DUMP_H

#include "dissect/sink.h"
#include "options/options.h"
#include "rotation.h"

struct dump;

/* options->show.gate and .spool are there, and the source is open; the file is now. NULL: said on stderr; *exit_r is the exit status. */
struct dump *dump_open(const struct options *, const struct source *, int *exit_r);
struct source dump_source(struct dump *);		/* gives what that source gives, and closes it; says END when enough was written */
void dump_sink(struct dump *, struct sink *sink_r);	/* behind the gate; its close() puts the file in place */
struct rotation_counts dump_counts(const struct dump *);	/* written so far; behind close(), in all */
void dump_free(struct dump **);				/* behind the engine */

#endif
