/*
 * tui.h - the screen: opens the terminal, and runs until the user has enough.
 *
 * tui_run() owns the thread: it takes news from the channel, works and draws
 * in turn, keys first. It reads no packet and waits for none.
 */
#ifndef TUI_H
#define TUI_H

#include "app.h"
#include "base/thread.h"
#include "host.h"

struct tui_options {
	struct app_options app;
	struct channel *news;		/* of struct news_batch *; closed when all was read */
	int wake;			/* a descriptor that can be read when there are some */
	bool monochrome;
};

/* Can there be a screen? Keys can be read, output is a terminal, its entry can address the cursor. Else why. */
bool tui_is_possible(struct buf *why);
/* 0, or -1: the terminal failed (said on stderr). Saves what runs when a signal ends it: *signal_r, 0 if none. */
int  tui_run(const struct tui_options *, int *signal_r);

#endif
