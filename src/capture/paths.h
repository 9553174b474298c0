/*
 * paths.h - the files that are to be read: what the user named, and what is
 * in the directories that the user named, sorted by name.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct path {
	char *name;
	size_t given;			/* index of what the user named */
	uint64_t size;			/* 0: not known, or nothing */
	bool regular;			/* can be opened again, and read from the start */
	bool found;			/* in a directory: passed over silently if it is no capture */
};

struct paths {
	struct path *path;
	size_t n, cap;
};

/* false: it cannot be looked at; errno says why. */
bool paths_add(struct paths *, const char *name, size_t given);
void paths_fini(struct paths *);

#endif
