/*
 * privilege.h - rights only shrink.
 *
 * Before the first byte of a capture is looked at, the process is split. The
 * one that was started goes on as the parser: an unprivileged user, no
 * capabilities, no new privileges, Landlock, a seccomp filter, no core dumps.
 * It can read what is open, write what is open, and ask. The monitor, its
 * child, keeps the rights it was started with, holds no parser, and answers a
 * closed list: requests for files that were allowed before (base/files.h), and
 * an interface that is there again (capture/live/live.h). It ends when the
 * parser does; if it ends before, so does the parser.
 *
 * With a screen, and unless started as root, a third process, the runner, is
 * there for `|`: it shows the command on the terminal, reads the yes from it
 * itself, and runs it with what the parser writes.
 *
 * What the kernel lacks is left out, and privilege_tell() says which. Under
 * AddressSanitizer, which needs what is refused here, the monitor and the
 * runner are there, and nothing is given up.
 *
 * BUGS: a parser that was taken over can still write to the terminal and into
 * the outputs that are open, and whatever else was open when the program was
 * started, and ask for what was allowed. In a user namespace that has no other
 * user root stays root, of that namespace. The monitor and the runner keep the
 * kernel's ring of packets mapped, in which they never look.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "base/buf.h"

enum sandbox { SANDBOX_AUTO, SANDBOX_REQUIRED, SANDBOX_OFF };

struct privilege_options {
	enum sandbox sandbox;
	const char *user;		/* -Z; NULL: a sensible default, if started as root */
	bool screen;			/* the parser draws on a terminal */
	bool live;			/* rights to open interfaces may still be held, and packet sockets are open */
	bool quiet;			/* what the kernel lacks is not said on stderr */
	void (*rescue)(void);		/* puts the terminal back, in a signal handler; or NULL */
};

/*
 * No core dump of what may hold mail, no ptrace by others, no thread before rights are given up, and of what a set-uid file or
 * one with capabilities lends whoever starts it, only capturing: at the program's start.
 */
void privilege_no_core(void);

/*
 * Before any thread. Afterwards files_ask() and live_rebind() go to the monitor. 0, or -1: said on stderr (a part is required and
 * not there; the user of -Z cannot be become).
 */
int  privilege_drop(const struct privilege_options *);
bool privilege_knows_user(const struct privilege_options *);	/* false: said on stderr, -Z names nobody */
bool privilege_is_root(void);			/* were we started as root? Asked at any time */
bool privilege_is_broken(void);			/* the monitor ended before us: results are missing */
/* "user nobody, no capabilities, no new privileges, Landlock 4, seccomp", and what is missing; before the drop: of this kernel. */
void privilege_tell(struct buf *out);
void privilege_print(void);			/* the same as a line on stdout, "sandbox: …" */
/* --check-sandbox: drops, then tries what must fail; a line each on stdout. An exit status: 1 if something was not refused. */
int  privilege_check(const struct privilege_options *);

/* What somebody without the permission to capture does: "run as root, or once: sudo setcap cap_net_raw+ep /usr/bin/smtptap". */
void privilege_how_to_capture(struct buf *out);

/*
 * The runner: `command` is shown and confirmed on the terminal, then started with `fd` as its standard input, which is closed here.
 * -1: errno (ECANCELED: the answer was no; ENOSYS: there is no runner; what kept it from starting). One at a time.
 */
int  privilege_run(const char *command, int fd);
int  privilege_run_end(void);			/* waits: the exit status, or 128 and the signal's number */
bool privilege_has_runner(void);

#endif
