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
 * with a descriptor. Without one they are done here, by the same code. Before
 * files_freeze() everything is allowed that can be done at all.
 *
 * Paths are compared as they were allowed; a relative one means the directory
 * in which the program was started. Names directly below a directory hold no
 * slash and begin with no dot, and no symbolic link is followed there; below
 * the directory for saving that holds for each name on the way. Where an
 * output stands, and where what it led to stood if it was a link, is found out
 * when it is allowed: the link stays, and none that came later is followed
 * (ELOOP), for whoever owns the folder may not be who we are.
 * A name of one of our own descriptors (/dev/stdin, /dev/fd/63) is that
 * descriptor; of a regular file that is read, the file.
 *
 * All descriptors are close-on-exec. Thread safe after files_freeze().
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdbool.h>
#include <stdint.h>

/* --- what may be asked for --- */
void files_allow_input(const char *path);	/* READ of this one */
void files_allow_output(const char *path);	/* APPEND of it; BESIDE, PLACE, REMOVE of what is written beside it. Mode 0666, less the umask */
void files_allow_public(const char *path);	/* the same with mode 0644 whatever the umask: figures, which other users read */
void files_allow_preferences(const char *path);	/* READ of it; BESIDE, PLACE, REMOVE; MAKE of the folders above it. Mode 0600 */
void files_allow_ring(const char *path);	/* as an output, but of the numbered files of a ring made from this name (-b); REMOVE of them, too */
void files_allow_directory(const char *path);	/* MAKE of it (0700); BESIDE, PLACE_NEW, REMOVE directly in it; APPEND of its list. Mode 0600 */
void files_allow_scratch(const char *path);	/* BESIDE, AGAIN, REMOVE directly in it: what waits, and is never placed */
void files_allow_saving(const char *path);	/* the same of files and directories anywhere below it; nothing that exists is written to, but a list */
void files_freeze(void);
bool files_frozen(void);

#define FILES_LIST "manifest.jsonl"		/* the list of what was put into a directory, which grows from run to run */

/* --- requests: what open(2), rename(2), … answer; -1: errno (ESRCH: the monitor has gone; that was said) --- */
enum files_op {
	FILES_READ,		/* path → descriptor to read; never blocks on a pipe without a writer */
	FILES_APPEND,		/* path, made if missing → descriptor to append; ENXIO: a pipe without a reader */
	FILES_BESIDE,		/* a temporary file, files_beside() → descriptor to read and write (O_APPEND) */
	FILES_AGAIN,		/* the same file once more */
	FILES_PLACE,		/* path → to, replacing what is there */
	FILES_PLACE_NEW,	/* path → to; EEXIST if anything is there */
	FILES_PLACE_OR_KEEP,	/* the same, but if the same bytes stand there path is removed instead, and the answer is 1 */
	FILES_REMOVE,		/* a temporary file, or a file of a ring */
	FILES_MAKE,		/* a directory */
	FILES_LOOK,		/* is anything called so? 0, or ENOENT; what could be placed can be looked for */
	FILES_UNNAMED,		/* → a descriptor of a new file without a name, in files_scratch(); path is not looked at */
	FILES_OPS
};
int  files_ask(enum files_op, const char *path, const char *to);
bool files_opens(enum files_op);		/* is the answer a descriptor? */

/*
 * The name of a temporary file in the directory where `path` is to stand, or,
 * if it ends in a slash, in that directory. Freed by the caller.
 */
char *files_beside(const char *path, uint64_t number);
uint64_t files_number(void);			/* never 0, and never the same again */
bool files_is_special(const char *path);		/* an output that is no regular file: appended to, never placed */
const char *files_scratch(void);		/* TMPDIR, or /tmp */
bool files_may_save(const char *path);		/* is it below the directory for saving, and not hidden there? */
const char *files_saving(void);			/* that directory as it was said; NULL: there is none, and no bound */

/* --- through whom: NULL, the default: done here --- */
struct files_request { enum files_op op; const char *path, *to; };
typedef int files_caller(const struct files_request *);
void files_through(files_caller *);
/* What the monitor does with a request: is it allowed, then does it. */
int  files_answer(const struct files_request *);
/* The monitor's end: temporary files that were made, and neither placed nor removed, go. */
void files_forget(void);

#endif
