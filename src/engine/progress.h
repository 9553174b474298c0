/*
 * progress.h - how far the reading is, on stderr, for whoever waits.
 *
 * At a terminal a bar, once reading takes over a second; with --progress json
 * one object a line. This is the one place that asks the machine's clock:
 * nothing of what is printed elsewhere depends on it.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

#include "capture/source.h"

struct progress;

struct progress *progress_new(bool json, bool bar);	/* NULL: nothing to show (no json, and no bar wanted or no terminal) */
void progress_free(struct progress **);
/* Shown at most ten times a second. over: all is read; the bar goes away, the JSON says so. */
void progress_show(void *progress, const struct source_stats *, bool over);

#endif
