/*
 * whole.h - a file that appears whole, or not at all.
 *
 * It is written under a temporary name in the directory where it is to stand
 * (files.h), and gets its own name when all of it is there. Whatever fails,
 * nothing half-written is left under that name.
 *
 * `path` is the name that it shall have, the same in every call; who does not
 * know it yet gives the directory, with a slash at the end, until
 * whole_place(). Descriptors are the caller's to close.
 *
 * BUGS: a process that is killed, and had no monitor, leaves its temporary
 * file behind.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include "buf.h"
#include "files.h"

struct whole { uint64_t number; };		/* of the temporary file; 0: there is none. All zero is a file that was not begun */

int  whole_open(struct whole *, const char *path);		/* a descriptor to read and write, or -1: errno */
int  whole_again(const struct whole *, const char *path);	/* another one for the same file */
/* FILES_PLACE, FILES_PLACE_NEW or FILES_PLACE_OR_KEEP, and their answer. From -1 on it can be tried again, or dropped. */
int  whole_place(struct whole *, const char *path, enum files_op how);
void whole_drop(struct whole *, const char *path);		/* errno stays as it was */
/* "NAME: cannot open: there is no directory DIR: make it first": why nothing could be opened at `path`, and what to do. */
void whole_say_why(struct buf *out, const char *name, const char *path, int error);

#endif
