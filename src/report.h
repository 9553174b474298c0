/*
 * report.h - what is said on stderr when a run is over: what it came to, and
 * why there is nothing to see if there is not.
 */
#ifndef REPORT_H
#define REPORT_H

#include "options/options.h"

/* What came of the run so far. */
void report_so_far(const struct engine_result *);
/* "no SMTP in 12,345 packets; TCP ports seen: …". False: there was some, and nothing is written. */
bool report_no_smtp(struct buf *out, const struct engine *, const struct options *, const struct engine_result *);
/* All of it. stopped: by a signal, or by who looked on; signal: which, or 0. */
void report_end(const struct engine *, const struct options *, const struct engine_result *, bool stopped, int signal);
/* Was there anything to show? Without -Y, anything is. */
bool report_has_match(const struct options *, const struct engine_result *);

#endif
