/*
 * tee.h - packets that go by once are kept on the way, to be read again.
 *
 * What comes on standard input cannot be read a second time; whoever wants to
 * save some of its packets reads them from here. They stand in a few files
 * that have no name, in TMPDIR or /tmp, which take no more than `max` and a
 * quarter of what the disk has free; the oldest file is written over when all
 * are full. If they cannot be written, nothing is kept, and tee_trouble() says
 * why.
 *
 * One thread writes (that of the source), one reads. The reader sees what was
 * there at the writer's last tee_flush().
 */
#ifndef TEE_H
#define TEE_H

#include "source.h"

struct tee;

struct tee *tee_new(size_t max);
void tee_free(struct tee **);
struct source tee_source(struct tee *, const struct source *from);	/* gives what `from` gives, and closes it */
void tee_flush(struct tee *);

/* The reader's: the frames that are kept, with their numbers, the oldest first; and all keys. One at a time. */
struct source tee_again(struct tee *);
uint64_t tee_gone(const struct tee *);			/* frames that were written over, or not kept */
const char *tee_trouble(const struct tee *);		/* a sentence, or NULL */

#endif
