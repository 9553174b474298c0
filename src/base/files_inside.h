/*
 * files_inside.h - what the files of files.h share. Nobody else includes this.
 *
 * files_allow.c knows what was allowed, files_role.c what a name is to an
 * allowance and what that covers, files_act.c does it; files.c asks and answers.
 */
#ifndef FILES_INSIDE_H
#define FILES_INSIDE_H

#include <stddef.h>

#include "files.h"

enum kind { ANYTHING, INPUT, OUTPUT, PUBLIC, PREFERENCES, RING, DIRECTORY, SCRATCH, SAVING, KINDS };

/* What a name is to an allowance. */
enum role {
	STRANGER,
	ITSELF,			/* what was allowed */
	MEMBER,			/* in the directory, below it, of the ring */
	LIST,			/* FILES_LIST there */
	TEMPORARY,		/* a temporary file of ours there, or beside what was allowed */
	ABOVE,			/* a folder on the way to it */
	ROLES
};

struct allowance {
	enum kind kind;
	char *path;			/* as it was said; of directories without slashes at the end */
	char *real;			/* symbolic links resolved, as far as that could be done then */
	int fd;				/* of a directory, once it was asked for; or -1 */
	int own;			/* a descriptor of ours that the path names; or -1 */
	bool special;			/* something stood there that is no regular file */
};

/* --- files_allow.c --- */
struct allowance *files_find(const struct files_request *);	/* what covers it; NULL: nothing does */
bool files_is_output(const struct allowance *);
int  files_own_descriptor(const char *path);			/* that the path names; -1: it names none */
int  files_own(const char *path);				/* the same, if it was allowed */
uint64_t files_owner(void);					/* whose temporary files are ours: a number by chance, the same in parser and monitor */
void files_leave_directories(void);				/* closes those that were opened */
char *files_copy(const char *);					/* or die() */
char *files_resolve(const char *path);				/* as far as it is there, and through links whose end is not */

/* --- files_role.c --- */
bool files_places(enum files_op);					/* is it a request with two names? */
enum role files_role(const struct allowance *, const char *path);
bool files_covers(const struct allowance *, const struct files_request *);
const char *files_rest(const struct allowance *, const char *path);	/* of a name below it; "" itself; NULL: it is not */
const char *files_last_name(const char *path);
size_t files_length(const char *path);					/* without slashes at its end */
bool files_is_temporary(const char *name, uint64_t *number_r);

/* --- files_act.c --- */

/* Where a name stands: below a descriptor, or AT_FDCWD. */
struct spot { int dir; const char *name; };

struct act {
	enum files_op op;
	struct spot at, to;
	unsigned mode;			/* of what is made */
	bool follow;			/* a symbolic link: inputs may be, and what was not resolved */
	bool make;			/* APPEND: if it is missing */
	bool exact;			/* the mode, whatever the umask */
};

int files_act(const struct act *);	/* -1: errno */
int files_open_real(const char *path);	/* a directory whose path was resolved before: no link on the way is followed. -1: errno */
/* The directory in which the last name of `path` stands, below `dir`, without following a link; *last_r is that name. -1: errno. */
int files_walk(int dir, const char *path, const char **last_r);

#endif
