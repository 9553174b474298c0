/*
 * outputs.h - the outputs of a command line: what they need of a run, and
 * their opening.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "options/options.h"

struct dump;

/* What records must hold for them (FOLD_…). */
unsigned outputs_keep(const struct options *);
/* What all outputs share, and is known once the source is open. */
void outputs_prepare(struct options *, const struct source *);
/* All of them, in order; packets: of -w, or NULL. False: one cannot be opened, and that was said. */
bool outputs_open(const struct options *, struct dump *packets, struct engine *);
void outputs_free(struct options *);		/* what was prepared; when the engine is gone */

/* Does it print what happened, step by step or session by session? */
bool outputs_show_steps(const struct output *);
/* Does one of them write into a file that somebody may move away? */
bool outputs_are_files(const struct options *);

#endif
