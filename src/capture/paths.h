/*
 * paths.h - the files that are to be read: what the user named, and what is
 * in the directories that the user named, sorted by name. They are listed
 * once, before rights are given up.
 */
#ifndef PATHS_H
#define PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATHS_NONE "no capture files in this directory"

struct path {
	char *name;
	size_t given;			/* index of what the user named */
	uint64_t size;			/* 0: not known, or nothing */
	bool regular;			/* can be opened again, and read from the start */
	bool found;			/* in a directory: passed over silently if it is no capture */
};

/* What was named, and is nothing to read. */
struct path_trouble { char *name, *words; };

struct paths {
	struct path *path;
	size_t n, cap;
	struct path_trouble *trouble;
	size_t ntrouble;
};

/* What cannot be looked at, or is a directory without files, is a trouble. */
void paths_add(struct paths *, const char *name, size_t given);
void paths_fini(struct paths *);

#endif
