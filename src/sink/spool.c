#include "spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"

struct spool {
	int fd;
	size_t max;			/* blocks */
	uint32_t made;			/* blocks that the file has */
	uint32_t *unused;
	size_t nunused, cap;
};

struct spool *
spool_new(size_t max)
{
	struct spool *s = xcalloc(1, sizeof *s);

	s->fd = -1;
	s->max = max / SPOOL_BLOCK < UINT32_MAX ? max / SPOOL_BLOCK : UINT32_MAX;
	return s;
}

void
spool_free(struct spool **sp)
{
	struct spool *s = *sp;

	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->unused);
	free(s);
	*sp = NULL;
}

static int
complain(const char *what)
{
	warn("the spool of what waits for -Y: %s: %s", what, strerror(errno));
	return -1;
}

static int
make_file(struct spool *s)
{
	if (s->fd < 0)
		s->fd = files_ask(FILES_UNNAMED, NULL, NULL);
	return s->fd < 0 ? complain(files_scratch()) : 0;
}

static bool
take_block(struct spool *s, uint32_t *block_r)
{
	if (s->nunused > 0) {
		*block_r = s->unused[--s->nunused];
		return true;
	}
	if (s->made >= s->max)
		return false;
	*block_r = s->made++;
	return true;
}

static void
give_block(struct spool *s, uint32_t block)
{
	if (s->nunused == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->unused = xrealloc(s->unused, s->cap, sizeof *s->unused);
	}
	s->unused[s->nunused++] = block;
}

static int
write_block(const struct spool *s, uint32_t block, const uint8_t *p)
{
	for (size_t n = 0; n < SPOOL_BLOCK; ) {
		ssize_t done = pwrite(s->fd, p + n, SPOOL_BLOCK - n, (off_t)block * SPOOL_BLOCK + (off_t)n);

		if (done < 0 && errno != EINTR)
			return complain("cannot write");
		n += done > 0 ? (size_t)done : 0;
	}
	return 0;
}

static enum spool_result
flush(struct spool *s, struct space *sp)
{
	uint32_t block;

	if (!take_block(s, &block))
		return SPOOL_FULL;
	if (make_file(s) < 0 || write_block(s, block, sp->tail.p) < 0)
		return SPOOL_FAILED;
	if ((sp->nblock & (sp->nblock - 1)) == 0)
		sp->block = xrealloc(sp->block, sp->nblock ? 2 * sp->nblock : 1, sizeof *sp->block);
	sp->block[sp->nblock++] = block;
	buf_clear(&sp->tail);
	return SPOOL_DONE;
}

enum spool_result
spool_write(struct spool *s, struct space *sp, slice bytes)
{
	size_t had = sp->tail.n, left = s->max - s->made + s->nunused;

	if (sp->tail.max == 0)
		buf_init(&sp->tail, SPOOL_BLOCK);
	if ((had + bytes.n) / SPOOL_BLOCK > left)
		return SPOOL_FULL;
	while (bytes.n > 0) {
		size_t room = SPOOL_BLOCK - sp->tail.n;
		enum spool_result r;

		buf_add(&sp->tail, slice_take(bytes, room));
		bytes = slice_drop(bytes, room);
		if (sp->tail.n == SPOOL_BLOCK && (r = flush(s, sp)) != SPOOL_DONE)
			return r;
	}
	return SPOOL_DONE;
}

int
spool_read(struct spool *s, const struct space *sp, size_t n, uint8_t block[SPOOL_BLOCK], slice *bytes_r)
{
	if (n >= sp->nblock) {
		*bytes_r = buf_slice(&sp->tail);
		return 0;
	}
	for (size_t got = 0; got < SPOOL_BLOCK; ) {
		ssize_t done = pread(s->fd, block + got, SPOOL_BLOCK - got, (off_t)sp->block[n] * SPOOL_BLOCK + (off_t)got);

		if (done == 0)
			errno = EIO;
		if (done == 0 || (done < 0 && errno != EINTR))
			return complain("cannot read");
		got += done > 0 ? (size_t)done : 0;
	}
	*bytes_r = (slice){ block, SPOOL_BLOCK };
	return 0;
}

void
space_fini(struct spool *s, struct space *sp)
{
	for (size_t i = 0; i < sp->nblock; i++)
		give_block(s, sp->block[i]);
	free(sp->block);
	buf_fini(&sp->tail);
	*sp = (struct space){ 0 };
}

size_t
space_memory(const struct space *sp)
{
	return sp->tail.cap + 2 * sp->nblock * sizeof *sp->block;
}
