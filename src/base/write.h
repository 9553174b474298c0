/*
 * write.h - all of it to a descriptor.
 */
#ifndef BASE_WRITE_H
#define BASE_WRITE_H

#include "slice.h"

/* Whatever signals and short writes do, and however long a pipe takes. -1: errno says why. */
int write_all(int fd, slice);
/* The same; *done_r: how many bytes were written, also if it failed. */
int write_counted(int fd, slice, size_t *done_r);

#endif
