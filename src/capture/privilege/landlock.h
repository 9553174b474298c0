/*
 * landlock.h - nothing by name but to read below some directories (kernel
 * document userspace-api/landlock.rst).
 *
 * Everything that the running kernel can handle is handled, and only reading
 * is allowed anywhere; so later versions refuse more. What was opened before,
 * or is passed to us, is not affected.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

int  landlock_version(void);		/* of its interface; 0: the kernel has none */
/* Directories and files that are not there are left out. False: errno. */
bool landlock_only_reading(const char *const *path, size_t n);

#endif
