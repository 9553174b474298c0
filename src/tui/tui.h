/*
 * tui.h - the screen: opens the terminal, and runs until the user has enough.
 *
 * The terminal is opened before anything is read, by tui_open(): what is known
 * of it stands in files that may be out of reach later. From then on stderr is
 * kept until tui_close().
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
	bool (*hangup)(void);		/* SIGHUP came and the terminal is there: true if that was for somebody else; or NULL */
};

struct tui;

/* Can there be a screen? Keys can be read, output is a terminal, its entry can address the cursor. Else why. */
bool tui_is_possible(struct buf *why);
struct tui *tui_open(bool monochrome);	/* NULL: the terminal failed, said on stderr */
/* Until the user has enough. The signal that ended it, or 0. */
int  tui_run(struct tui *, const struct tui_options *);
void tui_close(struct tui **);		/* the terminal is as before, and what was kept is said; NULL is fine */

#endif
