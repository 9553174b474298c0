/*
 * outfile.h - the file that packets go to: one that appears whole, or one that
 * grows under its name.
 *
 * A new or replacing file is written beside its place and put there by
 * outfile_close(), or leaves nothing. A growing one is begun under its name
 * (what was there is truncated, as tcpdump does it) and stands there with
 * whole writes whatever happens: what a full disk cut short is taken off
 * again. What exists and is no regular file (a pipe, /dev/null), and standard
 * output, are written as they come.
 */
#ifndef OUTFILE_H
#define OUTFILE_H

#include "base/slice.h"
#include "base/whole.h"

enum outfile_how { OUTFILE_NEW, OUTFILE_REPLACE, OUTFILE_GROW };

struct outfile {
	enum outfile_how how;
	char *path;			/* NULL: standard output */
	struct whole whole;		/* what is written beside it */
	int fd;
	uint64_t size;			/* bytes that stand in it */
	uint64_t files, gone;		/* begun by this name; bytes that stood in it, and were moved away or emptied */
	bool regular;			/* what was written can be read back, and taken off */
};

int  outfile_open(struct outfile *, const char *path, enum outfile_how);	/* "-": standard output. -1: errno */
/* Somebody emptied what grew (as logrotate's copytruncate does): it is to be begun anew. Told once. */
bool outfile_was_emptied(struct outfile *);
int  outfile_write(struct outfile *, slice);		/* all of it; -1: errno, and none of it if that is possible */
/* A second one instead of it, empty; the descriptor of the first, to be read and closed. -1: errno (ESPIPE: this one stands as it is). */
int  outfile_again(struct outfile *);
/*
 * A growing file after SIGHUP, by its name: still the same; anew, because the
 * name was gone, empty, or led to an empty file; or kept, because another file
 * stands there with something in it, which is left alone. FAILED: errno; then the first stays.
 */
enum outfile_reopened { OUTFILE_SAME, OUTFILE_ANEW, OUTFILE_KEPT, OUTFILE_FAILED };
enum outfile_reopened outfile_reopen(struct outfile *);
/* Puts it in its place; failed: leaves nothing beside it. -1: errno. */
int  outfile_close(struct outfile *, bool failed);

#endif
