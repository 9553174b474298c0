/*
 * spool.h - one file without a name, in blocks, for whoever must wait.
 *
 * A space is a run of bytes that is written to its end and read once from its
 * beginning. Its last block stands in memory.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include "base/buf.h"

enum { SPOOL_BLOCK = 4096 };

struct spool;

struct spool *spool_new(size_t max);		/* the file is made when it is needed, in TMPDIR or /tmp */
void spool_free(struct spool **);

struct space {
	struct buf tail;			/* not in the file */
	uint32_t *block;
	size_t nblock;
};

enum spool_result { SPOOL_DONE, SPOOL_FULL, SPOOL_FAILED };	/* failed: said on stderr */

/* All of it or nothing. */
enum spool_result spool_write(struct spool *, struct space *, slice);
/* The n-th block of a space; the last one is its tail. -1: said on stderr. */
int  spool_read(struct spool *, const struct space *, size_t n, uint8_t block[SPOOL_BLOCK], slice *bytes_r);
void space_fini(struct spool *, struct space *);	/* its blocks may be used again */
size_t space_memory(const struct space *);

#endif
