/*
 * files.h - the one door to files by name.
 *
 * Every file that is opened, put in its place or removed once the program has
 * begun to read packets is asked for here. What may be asked for is said
 * before, while the command line is read: allowances can only be added until
 * files_freeze(). Afterwards whatever is not covered by one is EACCES, in this
 * process and, more to the point, in the monitor: with a sandbox the requests
 * go through files_through() to the process that kept its rights
 * (capture/privilege), which checks them against the same list and answers
 * with a descriptor. Without one they are done here, by the same code.
 *
 * Paths are compared as they were allowed; a relative one means the directory
 * in which the program was started. Names directly below a directory hold no
 * slash, and no symbolic link is followed there. All descriptors are
 * close-on-exec. Thread safe after files_freeze().
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include "nstime.h"
#include "slice.h"

/* --- what may be asked for --- */
void files_allow_input(const char *path);	/* FILES_READ of this one */
void files_allow_output(const char *path);	/* APPEND, and BESIDE, PLACE, REMOVE of what is written beside it (files_beside) */
void files_allow_ring(const char *path);	/* the same of the numbered files of a ring made from this name (-b) */
void files_allow_directory(const char *path);	/* names directly in it; made (0700) if it is missing: MAKE */
void files_allow_saving(const char *path);	/* new files and directories anywhere below it; nothing that exists is written to */
void files_freeze(void);

/* --- requests: what open(2), rename(2), … answer; -1: errno --- */
enum files_op {
	FILES_READ,		/* path → descriptor to read; never blocks on a pipe without a writer */
	FILES_APPEND,		/* path, made if missing → descriptor to append; what is no regular file is opened as it is */
	FILES_BESIDE,		/* a new temporary file → descriptor to read and write (O_APPEND); one of a killed run with that name goes */
	FILES_AGAIN,		/* the same file once more */
	FILES_PLACE,		/* path → to, replacing what is there */
	FILES_PLACE_NEW,	/* path → to; EEXIST if anything is there */
	FILES_REMOVE,		/* a temporary file, or a file of a ring */
	FILES_MAKE,		/* a directory */
	FILES_UNNAMED,		/* → a descriptor of a new file without a name, in TMPDIR or /tmp; path is not looked at */
	FILES_OPS
};
int files_ask(enum files_op, const char *path, const char *to);

/* --- through whom: NULL, the default: done here --- */
struct files_request { enum files_op op; const char *path, *to; };
typedef int files_caller(const struct files_request *);
void files_through(files_caller *);
/* What the monitor does with a request: is it allowed, then does it. */
int  files_answer(const struct files_request *);

#endif
