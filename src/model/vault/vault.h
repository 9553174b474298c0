/*
 * vault.h - what is remembered of sessions, in one file that has no name.
 *
 * Three rings of bytes: what was said (events), the bodies of messages, and
 * the records, which lists and filters live on. Whoever writes appends; when a
 * ring is full its oldest bytes are written over, so that the oldest session
 * loses its bodies first, and its record last. An extent says where bytes were
 * put, and stays true for ever: bytes that were written over since are told as
 * gone, never as others.
 *
 * One thread writes, one reads; they share one number a ring and no lock. A
 * reader never blocks a writer.
 *
 * The file is made in TMPDIR or /tmp, readable by its owner only, and takes no
 * more than `max` and half of what the disk has free. When the disk fills all
 * the same, the rings become as small as what they had got, and go on. If the
 * file cannot be made or written at all, what comes is gone at once.
 * vault_trouble() says why.
 *
 * Whoever writes collects LIMIT_VAULT_CHUNK of a ring before it is written.
 * What is about to be written over is gone a chunk before it happens: so the
 * one number is enough to know that bytes were still the right ones after
 * they had been read.
 */
#ifndef VAULT_H
#define VAULT_H

#include "base/buf.h"

enum vault_ring { VAULT_TALE, VAULT_BODY, VAULT_RECORD, VAULT_RINGS };

struct extent {
	uint64_t at;			/* bytes that had been put into the ring before */
	uint32_t length;
	uint8_t ring;			/* enum vault_ring */
};

struct vault;

struct vault *vault_new(size_t max);		/* never NULL */
void vault_free(struct vault **);

/* The writer's. Longer than 4 GiB never comes; a piece that the ring cannot hold is gone at once. */
struct extent vault_write(struct vault *, enum vault_ring, slice);
void vault_flush(struct vault *);		/* what was written can be read from now on */

/* The reader's. */
bool vault_has(const struct vault *, const struct extent *);	/* false: gone */
/* `n` bytes from `from` on, to the end of out. False: gone (then out is as it was). */
bool vault_read(const struct vault *, const struct extent *, size_t from, size_t n, struct buf *out);
/* The extent, and what stands up to so many bytes before and behind it, as far as it can be read now. */
struct extent vault_around(const struct vault *, const struct extent *, uint32_t before, uint32_t behind);
uint64_t vault_kept(const struct vault *, enum vault_ring);	/* bytes that can be read */
uint64_t vault_gone(const struct vault *, enum vault_ring);	/* … and that were written over, or never fit */
const char *vault_trouble(const struct vault *);		/* a sentence for people, or NULL: all is well */

#endif
