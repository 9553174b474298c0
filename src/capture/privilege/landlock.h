/*
 * landlock.h - nothing by name, and no TCP: kernel document
 * userspace-api/landlock.rst.
 *
 * Everything that the running kernel can refuse, and we know of, is refused.
 * What was opened before, or is passed to us, is not affected.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>

int  landlock_version(void);		/* of its interface; 0: the kernel has none */
bool landlock_nothing(void);		/* false: errno */

#endif
