/*
 * save.h - the screen's host: what it saves is written by the sinks that the
 * command line uses, fed with what the model remembers (model/replay.h);
 * captures by reading the input again.
 */
#ifndef SAVE_H
#define SAVE_H

#include "options.h"
#include "tui/host.h"

struct saver;

struct saver *saver_new(const struct options *);
void saver_free(struct saver **);
struct host saver_host(struct saver *);

#endif
