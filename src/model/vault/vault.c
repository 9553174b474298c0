#include "vault.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"

#define NOWHERE UINT64_MAX		/* extent.at of what was never put anywhere */

enum {
	CHUNKS = 8,			/* that a ring has at least */
	CHUNKS_LEFT = 4,		/* … when the disk was full; less is not worth it */
	RING_LEAST = 64,
	TROUBLES = 1 + 2 * VAULT_RINGS	/* no file; a ring became smaller; a ring died */
};

/* Of sessions with a message of 4 KiB, records take a third of what events take, and both together as much as the bodies. */
enum { SHARES = 16 };
static const unsigned share[VAULT_RINGS] = { [VAULT_TALE] = 5, [VAULT_BODY] = 8, [VAULT_RECORD] = 3 };

/*
 * Byte `at` of a ring stands at base + at % size. A ring becomes smaller only
 * before it was ever full: then all that is in it stays where it is.
 */
struct ring {
	off_t base;
	size_t chunk;
	_Atomic uint64_t size;
	_Atomic uint64_t head;		/* bytes that can be read, or could be: all that were ever written */
	_Atomic uint64_t lost;		/* bytes that never came that far */
	struct buf ahead;		/* the writer's: what follows the head, at most a chunk */
	bool dead;			/* the writer's: nothing more is written */
};

struct vault {
	int fd;
	struct ring ring[VAULT_RINGS];
	const char *dir;
	char words[TROUBLES][288];
	size_t troubles;		/* the writer's */
	_Atomic(const char *) trouble;
};

/* `what` is from a system that failed: errno's words, or ours. */
static void
complain(struct vault *v, const char *what, const char *therefore)
{
	char *words = v->words[v->troubles];

	CHECK(v->troubles < TROUBLES);
	snprintf(words, sizeof v->words[0], "%.120s: %.60s: %s", v->dir, what, therefore);
	v->troubles++;
	atomic_store_explicit(&v->trouble, words, memory_order_release);
}

/* Half of what is free, and what one may write at all: more would be a signal (SIGXFSZ). */
static uint64_t
room_for(int fd, uint64_t max)
{
	struct statvfs disk;
	struct rlimit limit;
	uint64_t half;

	if (fstatvfs(fd, &disk) == 0) {
		half = (uint64_t)disk.f_bavail * (disk.f_frsize > 0 ? disk.f_frsize : 1) / 2;
		max = half < max ? half : max;
	}
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < max)
		max = limit.rlim_cur;
	return max;
}

static void
ring_init(struct ring *r, off_t base, uint64_t size)
{
	r->base = base;
	r->chunk = size / CHUNKS < LIMIT_VAULT_CHUNK ? (size_t)(size / CHUNKS) : LIMIT_VAULT_CHUNK;
	r->dead = size < RING_LEAST;
	atomic_init(&r->size, size);
	atomic_init(&r->head, 0);
	atomic_init(&r->lost, 0);
	buf_init(&r->ahead, r->chunk);
}

struct vault *
vault_new(size_t max)
{
	struct vault *v = xcalloc(1, sizeof *v);
	uint64_t room, base = 0;

	v->dir = files_scratch();
	atomic_init(&v->trouble, NULL);
	v->fd = files_ask(FILES_UNNAMED, NULL, NULL);
	if (v->fd < 0)
		complain(v, strerror(errno), "nothing can be remembered");
	room = v->fd < 0 ? 0 : room_for(v->fd, max);
	for (int i = 0; i < VAULT_RINGS; i++) {
		uint64_t size = room / SHARES * share[i];

		ring_init(&v->ring[i], (off_t)base, size);
		base += size;
	}
	if (v->fd >= 0 && v->ring[VAULT_RECORD].dead)
		complain(v, "there is no room", "nothing can be remembered");
	return v;
}

void
vault_free(struct vault **vp)
{
	struct vault *v = *vp;

	if (v == NULL)
		return;
	if (v->fd >= 0)
		close(v->fd);
	for (int i = 0; i < VAULT_RINGS; i++)
		buf_fini(&v->ring[i].ahead);
	free(v);
	*vp = NULL;
}

static uint64_t
usable(const struct ring *r, uint64_t size)
{
	return size - r->chunk;
}

/* At most a chunk, to where the ring's byte `at` stands. False: errno says why. */
static bool
write_at(const struct vault *v, const struct ring *r, uint64_t at, slice s)
{
	uint64_t size = atomic_load_explicit(&r->size, memory_order_relaxed);

	while (s.n > 0) {
		uint64_t place = at % size;
		slice piece = slice_take(s, (size_t)(size - place));
		ssize_t n = pwrite(v->fd, piece.p, piece.n, r->base + (off_t)place);

		if (n < 0 && errno != EINTR)
			return false;
		s = slice_drop(s, n > 0 ? (size_t)n : 0);
		at += n > 0 ? (uint64_t)n : 0;
	}
	return true;
}

/* The disk is full. As long as the ring was never full, it can be as large as it has become. */
static bool
shrink(struct vault *v, struct ring *r)
{
	bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	const char *why = strerror(errno);
	char words[80];

	if (!is_full || head >= atomic_load_explicit(&r->size, memory_order_relaxed) || head < CHUNKS_LEFT * r->chunk)
		return false;
	snprintf(words, sizeof words, "no more than %ju KiB %s remembered", (uintmax_t)(head / KiB),
	    r == &v->ring[VAULT_BODY] ? "of messages are" : "of sessions are");
	complain(v, why, words);
	atomic_store_explicit(&r->size, head, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);	/* seen by whoever sees what is written next, over the oldest bytes */
	return true;
}

static void
die_of(struct vault *v, struct ring *r)
{
	r->dead = true;
	complain(v, strerror(errno), r == &v->ring[VAULT_BODY] ? "no more messages are remembered" : "no more sessions are remembered");
}

/* At most a chunk, and it can be read from now on. False: the ring is dead. */
static bool
put(struct vault *v, struct ring *r, slice s)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	/* The head that was published before must be seen by whoever sees what is written now over the oldest bytes. */
	atomic_thread_fence(memory_order_seq_cst);
	while (!write_at(v, r, head, s))
		if (!shrink(v, r)) {
			die_of(v, r);
			return false;
		}
	atomic_store_explicit(&r->head, head + s.n, memory_order_release);
	return true;
}

static void
lose(struct ring *r, size_t n)
{
	atomic_fetch_add_explicit(&r->lost, n, memory_order_relaxed);
}

static bool
flush(struct vault *v, struct ring *r)
{
	bool done = r->ahead.n == 0 || put(v, r, buf_slice(&r->ahead));

	if (!done)
		lose(r, r->ahead.n);
	buf_clear(&r->ahead);
	return done;
}

/* What fills chunks is not copied first. */
static bool
put_all(struct vault *v, struct ring *r, slice s)
{
	while (s.n >= r->chunk) {
		if (!put(v, r, slice_take(s, r->chunk))) {
			lose(r, s.n);
			return false;
		}
		s = slice_drop(s, r->chunk);
	}
	buf_add(&r->ahead, s);
	return true;
}

struct extent
vault_write(struct vault *v, enum vault_ring which, slice s)
{
	struct ring *r = &v->ring[which];
	struct extent e = { .at = NOWHERE, .length = (uint32_t)s.n, .ring = (uint8_t)which };
	uint64_t at = atomic_load_explicit(&r->head, memory_order_relaxed) + r->ahead.n;

	CHECK(s.n <= UINT32_MAX);
	if (r->dead || s.n > usable(r, atomic_load_explicit(&r->size, memory_order_relaxed))) {
		lose(r, s.n);
		return e;
	}
	if (s.n <= r->chunk - r->ahead.n) {
		buf_add(&r->ahead, s);
	} else if (!flush(v, r)) {
		lose(r, s.n);
		return e;
	} else if (!put_all(v, r, s)) {
		return e;
	}
	e.at = at;
	return e;
}

void
vault_flush(struct vault *v)
{
	for (int i = 0; i < VAULT_RINGS; i++)
		if (!v->ring[i].dead)
			flush(v, &v->ring[i]);
}

/* The head first: a ring that became smaller says so before its head goes on. */
static bool
holds(const struct ring *r, uint64_t at, uint64_t n, uint64_t *size_r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);

	*size_r = atomic_load_explicit(&r->size, memory_order_acquire);
	return at <= head && n <= head - at && head - at <= usable(r, *size_r);
}

bool
vault_has(const struct vault *v, const struct extent *e)
{
	uint64_t size;

	return e->ring < VAULT_RINGS && holds(&v->ring[e->ring], e->at, e->length, &size);
}

static bool
read_at(const struct vault *v, const struct ring *r, uint64_t size, uint64_t at, uint8_t *p, size_t n)
{
	while (n > 0) {
		uint64_t place = at % size;
		size_t most = n < size - place ? n : (size_t)(size - place);
		ssize_t got = pread(v->fd, p, most, r->base + (off_t)place);

		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		if (got > 0) {
			p += got;
			at += (uint64_t)got;
			n -= (size_t)got;
		}
	}
	return true;
}

bool
vault_read(const struct vault *v, const struct extent *e, size_t from, size_t n, struct buf *out)
{
	const struct ring *r = &v->ring[e->ring < VAULT_RINGS ? e->ring : 0];
	uint64_t size;

	if (e->ring >= VAULT_RINGS || from > e->length || n > e->length - from || e->at == NOWHERE
	    || !holds(r, e->at + from, n, &size))
		return false;
	buf_reserve(out, n);
	if (out->cap - out->n < n) {
		out->full = true;
		return false;
	}
	if (n > 0 && !read_at(v, r, size, e->at + from, out->p + out->n, n))
		return false;
	/* Were these still the bytes when they were read? */
	atomic_thread_fence(memory_order_seq_cst);
	if (!holds(r, e->at + from, n, &size))
		return false;
	out->n += n;
	return true;
}

struct extent
vault_around(const struct vault *v, const struct extent *e, uint32_t before, uint32_t behind)
{
	const struct ring *r;
	uint64_t head, most, oldest, from, to;

	if (!vault_has(v, e) || e->length > UINT32_MAX / 2 || before > UINT32_MAX / 8 || behind > UINT32_MAX / 8)
		return *e;
	r = &v->ring[e->ring];
	head = atomic_load_explicit(&r->head, memory_order_acquire);
	most = usable(r, atomic_load_explicit(&r->size, memory_order_acquire));
	oldest = head > most ? head - most : 0;
	from = e->at > before ? e->at - before : 0;
	to = e->at + e->length + behind;
	if (from < oldest)
		from = oldest < e->at ? oldest : e->at;
	if (to > head)
		to = head;
	return (struct extent){ .at = from, .length = (uint32_t)(to - from), .ring = e->ring };
}

uint64_t
vault_kept(const struct vault *v, enum vault_ring which)
{
	const struct ring *r = &v->ring[which];
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	uint64_t most = usable(r, atomic_load_explicit(&r->size, memory_order_acquire));

	return head < most ? head : most;
}

uint64_t
vault_gone(const struct vault *v, enum vault_ring which)
{
	const struct ring *r = &v->ring[which];
	uint64_t kept = vault_kept(v, which);	/* before the head: it may go on meanwhile */

	return atomic_load_explicit(&r->head, memory_order_acquire) - kept
	    + atomic_load_explicit(&r->lost, memory_order_relaxed);
}

const char *
vault_trouble(const struct vault *v)
{
	return atomic_load_explicit(&v->trouble, memory_order_acquire);
}
