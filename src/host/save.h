/*
 * save.h - the screen's host: what it saves is written by the sinks that the
 * command line uses, fed with what the model remembers (model/message/replay.h);
 * captures by reading the input again (packets.h); a single part from its
 * message (model/message/content.h).
 *
 * Sinks and writers complain with warn(); here that is caught and becomes the
 * sentence that the screen shows. Nothing that exists is ever overwritten, and
 * what failed or was stopped leaves nothing half-written.
 *
 * A transcript is of whole sessions: a message stands for its own. Credentials
 * are written only if the program was told to show them, and never printed.
 */
#ifndef SAVE_H
#define SAVE_H

#include "options/options.h"
#include "tui/host.h"

struct saver;
struct tee;

struct saver *saver_new(const struct options *);	/* which outlive it */
void saver_free(struct saver **);
void saver_tee(struct saver *, struct tee *);		/* packets that can be read only once were kept here */
struct host saver_host(struct saver *);

#endif
