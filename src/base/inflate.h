/*
 * inflate.h - the one door to zlib, zstd and lz4: a compressed stream, piece
 * by piece, into bytes.
 *
 * Members, frames that follow one another, are one stream, as gzip(1) has it;
 * zero bytes after the last one are padding. Raw deflate (RFC 1951), as it
 * stands in ZIP, has no frame that could tell it: it is one stream, and what
 * follows its end is not its own. A decoder's memory is bounded by
 * its window (zstd: 128 MiB at most, larger ones are refused as damage).
 */
#ifndef INFLATE_H
#define INFLATE_H

#include "slice.h"

enum inflate_kind { INFLATE_NONE, INFLATE_GZIP, INFLATE_ZSTD, INFLATE_LZ4, INFLATE_DEFLATE };

enum {
	INFLATE_MAGIC = 4,			/* bytes that inflate_detect() wants to see */
	INFLATE_MEMORY = 44 << 10		/* about what gzip and deflate hold: the window, and the tables */
};

enum inflate_kind inflate_detect(slice head);	/* NONE: not compressed, as far as these bytes tell */
bool inflate_built_in(enum inflate_kind);
const char *inflate_name(enum inflate_kind);	/* "gzip" */

struct inflate;

struct inflate *inflate_new(enum inflate_kind);	/* built in ones only */
void inflate_free(struct inflate **);
void inflate_reset(struct inflate *);		/* as new, without the cost */

/*
 * Decodes from the front of *in (what was used is dropped from it) into `out`
 * until the input is used up or the room is full. false: damaged at the front
 * of *in; what came out before it counts.
 */
bool inflate_run(struct inflate *, slice *in, uint8_t *out, size_t room, size_t *n_r);
bool inflate_whole(const struct inflate *);	/* would it be right if the input ended here? */

/* The CRC-32 that gzip, ZIP and yEnc carry, of what was summed so far (0 at first) and of these bytes. */
uint32_t inflate_crc32(uint32_t sum, slice);

#endif
