/*
 * run.h - one run, from the options to the exit status.
 */
#ifndef RUN_H
#define RUN_H

#include "options/options.h"

/* Reads everything that the options name, and tells it. An exit status; what went wrong was said. */
int run(struct options *);

#endif
