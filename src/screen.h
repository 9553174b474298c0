/*
 * screen.h - the engine on a thread of its own, the screen on this one, and
 * what goes between them.
 *
 * The engine's recorder writes into the vault and puts news into a bounded
 * channel; offline it waits when the channel is full. The screen takes them
 * when the wake-up descriptor says so. When the user has enough the engine is
 * told to stop, which it does with the next packet, or at the latest 50 ms
 * after the last one.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include "options/options.h"

struct screen;

struct screen *screen_new(const struct options *);
void screen_free(struct screen **);		/* when the engine is gone */
/* The terminal is the screen's from here on, and what is said on stderr is kept for later. -1: said. */
int  screen_open(struct screen *);
void screen_close(struct screen *);		/* as often as one likes; NULL is fine */
/*
 * What the engine shall read: the source, or what keeps its packets besides, if it cannot be read again. The source lives longer
 * than the screen.
 */
struct source *screen_source(struct screen *, struct source *);
/*
 * Runs the engine, and shows what it finds until the user has enough; then closes the screen. `stop`
 * is the one that the engine obeys. Returns the signal that ended it, or 0.
 */
int screen_run(struct screen *, struct engine *, atomic_int *stop, struct engine_result *result_r);

#endif
