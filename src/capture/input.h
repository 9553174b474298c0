/*
 * input.h - the bytes of one file, decompressed when they have to be.
 *
 * Three small inputs that stand on one another: a descriptor, a decoder over
 * it, and a thread that works ahead of the reader.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdatomic.h>

#include "base/slice.h"

/* What read() answers when it has no bytes. All but AGAIN are final. */
enum input_end {
	INPUT_END = 0,
	INPUT_AGAIN = -1,		/* a signal came, or nothing has come for a moment: ask again */
	INPUT_FAILED = -2,		/* the machine could not read it */
	INPUT_DAMAGED = -3,		/* the compressed layer is damaged or cut */
	INPUT_BOMB = -4			/* it grows beyond reason */
};

struct input_error {
	char words[128];
	uint64_t offset;		/* in the file as it lies on the disk */
	bool foreign;			/* it is something else than a capture, or has gone: nothing, if it was only found in a directory */
};

struct input {
	long (*read)(void *self, uint8_t *to, size_t room);	/* bytes, or an input_end */
	const struct input_error *(*error)(void *self);		/* after FAILED, DAMAGED, BOMB */
	void (*close)(void *self);
	void *self;
};

struct input_options {
	bool ahead;			/* decompress on a thread of its own */
	bool later;			/* what it is is found out by the first read(), and nothing is read before */
	size_t chunk;			/* bytes that it hands over at once */
	_Atomic uint64_t *taken;	/* counts the bytes taken from the disk; must outlive the input */
	bool *packed;			/* set when it is known to be compressed; must outlive it, too */
};

/*
 * Opens path ("-" is standard input). *size_r is its size on the disk, 0 if
 * that is not known. false: error_r says why.
 */
bool input_open(const char *path, const struct input_options *, struct input *input_r, uint64_t *size_r, struct input_error *error_r);

#endif
