/*
 * follow.h - a capture file that somebody still writes, as an input that never
 * ends: where it ends for now, read() says AGAIN.
 *
 * It is over when what was read is not the file any more: it became shorter
 * (its writer began anew), or another capture stands under its name and the old
 * one has been read to its end (somebody rotates). That is said, and behind
 * follow_next() the same input is what came instead.
 *
 * Compressed files cannot be followed: what has been written of them may not
 * be decodable yet.
 *
 * BUGS: a file that was begun anew and has grown beyond where it was read,
 * between two looks, goes unnoticed.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "input.h"

struct follow;

/* NULL: error_r says why. The path is kept until the end, and outlives it. */
struct follow *follow_open(const char *path, bool quiet, _Atomic uint64_t *taken, struct input_error *error_r);
struct input follow_input(struct follow *);	/* its close() leaves the file open: follow_close() */
bool follow_is_over(const struct follow *);	/* nothing more comes from what was followed so far */
void follow_next(struct follow *);		/* then: what came instead, from its beginning */
void follow_close(struct follow **);

#endif
