/*
 * allow.h - which files this run may touch, from the command line.
 */
#ifndef ALLOW_H
#define ALLOW_H

#include "options/options.h"

/*
 * Lists the inputs (o->inputs), says to base/files.h all that will be asked
 * for, and freezes that. Before anything is opened.
 */
void allow_all(struct options *);

#endif
