/*
 * files_act.h - what files.c does with a request that is allowed. Nobody else
 * includes this.
 */
#ifndef FILES_ACT_H
#define FILES_ACT_H

#include "files.h"

/* Where a name stands: below a descriptor, or AT_FDCWD. */
struct spot { int dir; const char *name; };

struct act {
	enum files_op op;
	struct spot at, to;
	unsigned mode;			/* of what is made */
	bool follow;			/* a symbolic link that was allowed itself */
	bool make;			/* APPEND: if it is missing */
	bool exact;			/* the mode, whatever the umask */
};

int files_act(const struct act *);	/* -1: errno */
/* The directory in which the last name of `path` stands, below `dir`, without following a link; *last_r is that name. -1: errno. */
int files_walk(int dir, const char *path, const char **last_r);

#endif
