#include "tee.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"
#include "through.h"

enum { SEGMENTS = 16, AHEAD = 64 * 1024, BLOCK = 256 * 1024 };

/* What stands before the bytes of a frame. Our own, and never leaves the process. */
struct head {
	uint64_t number;
	nstime time;
	uint32_t length, input;
	uint64_t wire;
	int linktype;
	uint8_t fcs, digits;
};

struct segment {
	int fd;
	_Atomic uint64_t end;		/* bytes that can be read */
	uint64_t frames;		/* the writer's */
};

struct tee {
	struct through through;
	struct segment segment[SEGMENTS];	/* by serial modulo SEGMENTS */
	_Atomic uint64_t first, last;	/* serials of the segments that are kept */
	uint64_t most;			/* bytes of one */
	uint64_t written;		/* the writer's: of the last */
	struct buf ahead;		/* the writer's: what follows */
	struct buf keys;		/* the writer's; never moves */
	_Atomic size_t nkeys;		/* bytes of it that can be read */
	_Atomic uint64_t gone;
	bool dead;			/* the writer's: nothing more is kept */
	char words[160];
	_Atomic(const char *) trouble;
	/* the reader's */
	struct buf block;
	uint64_t serial, at;		/* where in the files it ends */
	size_t used;			/* of it */
};

static void
give_up(struct tee *t, const char *why)
{
	t->dead = true;
	buf_clear(&t->ahead);
	snprintf(t->words, sizeof t->words, "packets cannot be kept: %.100s", why);
	atomic_store(&t->trouble, t->words);
}

static uint64_t
room_for(int fd, uint64_t max)
{
	struct statvfs disk;
	uint64_t quarter;

	if (fstatvfs(fd, &disk) != 0)
		return max;
	quarter = (uint64_t)disk.f_bavail * (disk.f_frsize > 0 ? disk.f_frsize : 1) / 4;
	return quarter < max ? quarter : max;
}

struct tee *
tee_new(size_t max)
{
	struct tee *t = xcalloc(1, sizeof *t);

	buf_init(&t->ahead, AHEAD + LIMIT_BLOCK + sizeof(struct head));
	buf_init(&t->block, SIZE_MAX);
	buf_init(&t->keys, LIMIT_SECRETS);
	buf_reserve(&t->keys, LIMIT_SECRETS);
	for (int i = 0; i < SEGMENTS; i++)
		t->segment[i].fd = -1;
	for (int i = 0; i < SEGMENTS && !t->dead; i++)
		if ((t->segment[i].fd = files_ask(FILES_UNNAMED, NULL, NULL)) < 0)
			give_up(t, strerror(errno));
	t->most = t->dead ? 0 : room_for(t->segment[0].fd, max) / SEGMENTS;
	if (!t->dead && t->most < AHEAD)
		give_up(t, "there is no room");
	return t;
}

void
tee_free(struct tee **tp)
{
	struct tee *t = *tp;

	if (t == NULL)
		return;
	for (int i = 0; i < SEGMENTS; i++)
		if (t->segment[i].fd >= 0)
			close(t->segment[i].fd);
	buf_fini(&t->ahead);
	buf_fini(&t->block);
	buf_wipe(&t->keys);
	buf_fini(&t->keys);
	free(t);
	*tp = NULL;
}

/* --- the writer --- */

static struct segment *
segment_of(struct tee *t, uint64_t serial)
{
	return &t->segment[serial % SEGMENTS];
}

/* The next one. The oldest is gone before a byte of it is touched. */
static bool
next_segment(struct tee *t)
{
	uint64_t serial = atomic_load(&t->last) + 1, first = atomic_load(&t->first);
	struct segment *s = segment_of(t, serial);

	if (serial - first == SEGMENTS) {
		atomic_store(&t->first, first + 1);
		atomic_fetch_add(&t->gone, s->frames);
	}
	s->frames = 0;
	atomic_store(&s->end, 0);
	if (ftruncate(s->fd, 0) != 0)
		return false;
	atomic_store(&t->last, serial);
	t->written = 0;
	return true;
}

static bool
write_all(int fd, slice bytes, uint64_t at)
{
	while (bytes.n > 0) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = slice_drop(bytes, (size_t)n);
		at += (uint64_t)n;
	}
	return true;
}

static void
keep_keys(struct tee *t)
{
	buf_add(&t->keys, slice_drop(t->through.from.secrets(t->through.from.self), t->keys.n));
	atomic_store(&t->nkeys, t->keys.n);
}

void
tee_flush(struct tee *t)
{
	struct segment *s = segment_of(t, atomic_load(&t->last));

	keep_keys(t);
	if (t->dead || t->ahead.n == 0)
		return;
	if (!write_all(s->fd, buf_slice(&t->ahead), t->written)) {
		give_up(t, strerror(errno));
		return;
	}
	t->written += t->ahead.n;
	atomic_store(&s->end, t->written);
	buf_clear(&t->ahead);
	if (t->written >= t->most && !next_segment(t))
		give_up(t, strerror(errno));
}

/* A frame stands whole in one segment. */
static void
keep(struct tee *t, const struct frame *f)
{
	struct head h;

	if (t->dead) {
		atomic_fetch_add(&t->gone, 1);
		return;
	}
	memset(&h, 0, sizeof h);
	h.number = f->number;
	h.time = f->time;
	h.length = (uint32_t)f->bytes.n;
	h.input = f->input;
	h.wire = f->wire;
	h.linktype = f->linktype;
	h.fcs = (uint8_t)f->fcs;
	h.digits = f->digits;
	buf_add(&t->ahead, (slice){ (const uint8_t *)&h, sizeof h });
	buf_add(&t->ahead, f->bytes);
	segment_of(t, atomic_load_explicit(&t->last, memory_order_relaxed))->frames++;
	if (t->ahead.n >= AHEAD)
		tee_flush(t);
}

static enum source_result
tee_next(void *self, struct frame *frame)
{
	struct tee *t = self;
	enum source_result result = t->through.from.next(t->through.from.self, frame);

	if (result == SOURCE_FRAME)
		keep(t, frame);
	else
		tee_flush(t);
	return result;
}

struct source
tee_source(struct tee *t, const struct source *from)
{
	return through_source(&t->through, from, tee_next);
}

/* --- the reader --- */

/* False: what was read may be another segment's, or there is nothing more. */
static bool
refill(struct tee *t)
{
	uint64_t first = atomic_load(&t->first), last = atomic_load(&t->last), end;
	struct segment *s;
	ssize_t n;

	if (t->serial < first) {
		t->serial = first;
		t->at = t->used = 0;
		buf_clear(&t->block);
	}
	s = segment_of(t, t->serial);
	end = atomic_load(&s->end);
	if (atomic_load(&t->first) > t->serial)		/* the end was another segment's already */
		return refill(t);
	if (t->at >= end) {
		if (t->serial >= last || t->block.n > t->used)
			return false;
		t->serial++;
		t->at = 0;
		return refill(t);
	}
	buf_drop(&t->block, t->used);
	t->used = 0;
	buf_reserve(&t->block, BLOCK);
	n = pread(s->fd, t->block.p + t->block.n, end - t->at < BLOCK ? (size_t)(end - t->at) : BLOCK, (off_t)t->at);
	if (atomic_load(&t->first) > t->serial)
		return refill(t);
	if (n <= 0)
		return false;
	t->block.n += (size_t)n;
	t->at += (uint64_t)n;
	return true;
}

static enum source_result
again_next(void *self, struct frame *f)
{
	struct tee *t = self;
	struct head h;

	for (;;) {
		size_t left = t->block.n - t->used;

		if (left >= sizeof h) {
			memcpy(&h, t->block.p + t->used, sizeof h);
			if (left - sizeof h >= h.length)
				break;
		}
		if (!refill(t))
			return SOURCE_END;
	}
	*f = (struct frame){
		.bytes = { t->block.p + t->used + sizeof h, h.length }, .wire = (size_t)h.wire, .linktype = h.linktype,
		.fcs = h.fcs, .time = h.time, .number = h.number, .input = h.input, .digits = h.digits,
	};
	t->used += sizeof h + h.length;
	return SOURCE_FRAME;
}

static bool
again_recall(void *self, uint64_t mark)
{
	(void)self;
	(void)mark;
	return false;
}

/* How far it is, in bytes of what is kept. */
static void
again_stats(void *self, struct source_stats *stats)
{
	struct tee *t = self;
	uint64_t first = atomic_load(&t->first);

	memset(stats, 0, sizeof *stats);
	for (uint64_t i = first; i <= atomic_load(&t->last); i++) {
		uint64_t n = atomic_load(&segment_of(t, i)->end);

		stats->size += n;
		stats->read += i < t->serial ? n : i == t->serial ? t->at : 0;
	}
}

static slice
again_secrets(void *self)
{
	struct tee *t = self;

	return (slice){ t->keys.p, atomic_load(&t->nkeys) };
}

static void
again_close(void *self)
{
	struct tee *t = self;

	buf_fini(&t->block);
	buf_init(&t->block, SIZE_MAX);
}

struct source
tee_again(struct tee *t)
{
	t->serial = t->at = 0;
	t->used = 0;
	buf_clear(&t->block);
	return (struct source){
		.name = "tee", .next = again_next, .recall = again_recall, .stats = again_stats,
		.secrets = again_secrets, .close = again_close, .self = t
	};
}

uint64_t
tee_gone(const struct tee *t)
{
	return atomic_load(&t->gone);
}

const char *
tee_trouble(const struct tee *t)
{
	return atomic_load(&t->trouble);
}
