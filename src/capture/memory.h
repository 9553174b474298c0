/* memory.h - frames from memory as a source, for tests and fuzzers. */
#ifndef MEMORY_H
#define MEMORY_H

#include "source.h"

/* The frames (and their bytes) must outlive the source; number and mark are set here if 0. Nothing is copied. */
void memory_open(const struct frame *, size_t count, struct source *source_r);

#endif
