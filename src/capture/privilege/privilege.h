/*
 * privilege.h - rights only shrink.
 *
 * Once everything is open, and before the first packet is looked at, the
 * process is split. The one that was started goes on as the parser: an
 * unprivileged user, no capabilities, no new privileges, Landlock, a seccomp
 * filter, no core dumps. It can read what is open, write what is open, and
 * ask. The monitor, its child, keeps the rights it was started with, holds no
 * parser, and answers a closed list: requests for files that were allowed
 * before (base/files.h), and an interface that is there again
 * (capture/live/live.h). It ends when the parser does.
 *
 * With a screen, and unless started as root, a third process, the runner, is
 * there for `|`: it shows the command on the terminal, reads the yes from it
 * itself, and runs it with what the parser writes.
 *
 * What the kernel lacks is left out, and privilege_tell() says which.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "base/buf.h"

enum sandbox { SANDBOX_AUTO, SANDBOX_REQUIRED, SANDBOX_OFF };

struct privilege_options {
	enum sandbox sandbox;
	const char *user;		/* -Z; NULL: a sensible default, if started as root */
	bool screen;			/* the parser draws on a terminal */
	bool live;			/* rights to open interfaces may still be held */
};

/*
 * Before any thread. Afterwards files_ask() and live_rebind() go to the monitor. 0, or -1: said on stderr (a part is required and
 * not there; no such user).
 */
int  privilege_drop(const struct privilege_options *);
bool privilege_is_root(void);			/* were we started as root (or set-uid)? Asked at any time */
/* "user nobody, no capabilities, Landlock 4, seccomp", and what is missing. */
void privilege_tell(struct buf *out);
/* --check-sandbox: drops, then tries what must fail; a line each on stdout. An exit status. */
int  privilege_check(const struct privilege_options *);

/* No core dump of what may hold mail, no ptrace by others: at the program's start. */
void privilege_no_core(void);

/*
 * The runner: `command` is shown and confirmed on the terminal, then given `fd` as its standard input, which is closed here.
 * The command's exit status, or 128 and the signal's number. -1: errno (ECANCELED: the answer was no; ENOSYS: there is no runner).
 */
int privilege_run(const char *command, int fd);
bool privilege_has_runner(void);

#endif
