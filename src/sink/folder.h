/*
 * folder.h - files that appear whole, and never where something else stands.
 *
 * A directory that result files are put into. Each file is written under a
 * temporary name and moved to its own name when it is whole; a name that is
 * taken is never overwritten: if the same bytes stand there already they are
 * kept, else it is an error. Names are made by the caller from its own
 * letters, never from the wire. No symbolic link in the directory is followed
 * (base/files.h).
 *
 * At most LIMIT_FOLDER_OPEN files have a descriptor and a buffer; the others
 * are reopened when they are written to again. Memory does not grow with what
 * is written.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include "base/crypto.h"
#include "base/slice.h"

struct folder;
struct folder_file;

struct folder *folder_open(const char *path);		/* made (0700) if missing; NULL: said on stderr */
/* Files that wait, to be read again and never placed: beside the file `path`, or in files_scratch() if it is NULL. */
struct folder *folder_waiting(const char *path);
char *folder_path(const struct folder *, const char *name);	/* freed by the caller */
void folder_free(struct folder **);			/* files that were not put in place are removed */

enum { FOLDER_FILE_SIZE = 128 };		/* bytes that a file takes in memory, but for its buffer */

struct folder_file *folder_create(struct folder *);
int  folder_write(struct folder_file *, slice);		/* -1: the machine's fault, said once */
uint64_t folder_written(const struct folder_file *);
/* The digest of what was written; reads it back. -1: as above. */
int  folder_digest(struct folder_file *, uint8_t sha256_r[SHA256_SIZE]);

/* What was written, in pieces; stops where `take` returns -1. -1: that, or the machine's fault, said once. */
int  folder_read(struct folder_file *, int (*take)(void *self, slice), void *self);

enum folder_result {
	FOLDER_PLACED,
	FOLDER_KEPT,		/* the same bytes stood there already */
	FOLDER_TAKEN,		/* something else did: said on stderr, nothing was changed */
	FOLDER_FAILED		/* the machine's fault, said on stderr */
};
enum folder_result folder_place(struct folder_file **, const char *name);	/* frees the file */
/* The same, but if something else stands there, what was written is added to its end. */
enum folder_result folder_append(struct folder_file **, const char *name);
void folder_discard(struct folder_file **);

#endif
