#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/inflate.h"
#include "base/limits.h"
#include "base/thread.h"

enum { PATIENCE_MS = 50 };		/* a silent input says AGAIN so often */

/* A descriptor. */

struct plain {
	int fd;
	bool owned;			/* opened here, to be closed here */
	bool regular;
	int stop[2];			/* a pipe: its other end is closed when a thread that waits here shall end; or -1 */
	uint8_t head[INFLATE_MAGIC];	/* read to see what it is, given out first */
	size_t nhead, given;
	_Atomic uint64_t *taken;
	struct input_error error;
};

static const struct input_error *
plain_error(void *self)
{
	return &((struct plain *)self)->error;
}

static long
plain_fail(struct plain *f)
{
	if (errno == EAGAIN)			/* somebody made our standard input non-blocking */
		(void)poll(&(struct pollfd){ f->fd, POLLIN, 0 }, 1, PATIENCE_MS);
	if (errno == EINTR || errno == EAGAIN)
		return INPUT_AGAIN;
	snprintf(f->error.words, sizeof f->error.words, "%s", strerror(errno));
	return INPUT_FAILED;
}

/* A pipe may stay silent for ever; whoever reads it has other things to do, and a thread must be able to leave. */
static bool
plain_wait(struct plain *f)
{
	struct pollfd fds[2] = { { f->fd, POLLIN, 0 }, { f->stop[0], POLLIN, 0 } };

	if (f->regular)
		return true;
	if (f->stop[0] < 0)
		return poll(fds, 1, PATIENCE_MS) > 0;
	return poll(fds, 2, -1) > 0 && fds[1].revents == 0;
}

static long
plain_read(void *self, uint8_t *to, size_t room)
{
	struct plain *f = self;
	ssize_t n;

	if (f->given < f->nhead) {
		size_t few = f->nhead - f->given < room ? f->nhead - f->given : room;

		memcpy(to, f->head + f->given, few);
		f->given += few;
		return (long)few;
	}
	if (!plain_wait(f))
		return INPUT_AGAIN;
	n = read(f->fd, to, room);
	if (n < 0)
		return plain_fail(f);
	atomic_fetch_add_explicit(f->taken, (uint64_t)n, memory_order_relaxed);
	f->error.offset += (uint64_t)n;
	return n;
}

static void
plain_close(void *self)
{
	struct plain *f = self;

	for (int i = 0; i < 2; i++)
		if (f->stop[i] >= 0)
			close(f->stop[i]);
	if (f->owned && f->fd >= 0)
		close(f->fd);
	free(f);
}

/* A decoder over it. */

struct unpack {
	struct plain *from;
	struct inflate *inflate;
	const char *name;		/* of the compression */
	slice rest;			/* of `in` */
	uint64_t in_bytes, out_bytes;
	long over;			/* an input_end, once it is final */
	bool ended;			/* `over` is set */
	struct input_error error;
	uint8_t in[64 * 1024];
};

static const struct input_error *
unpack_error(void *self)
{
	struct unpack *u = self;

	return u->over == INPUT_FAILED ? &u->from->error : &u->error;
}

static long
unpack_end(struct unpack *u, long how, const char *words)
{
	u->ended = true;
	u->over = how;
	u->error.offset = u->in_bytes - u->rest.n;
	snprintf(u->error.words, sizeof u->error.words, "the %s layer %s", u->name, words);
	return how;
}

static long
unpack_refill(struct unpack *u)
{
	long n = plain_read(u->from, u->in, sizeof u->in);

	if (n > 0) {
		u->rest = (slice){ u->in, (size_t)n };
		u->in_bytes += (uint64_t)n;
		return n;
	}
	if (n == INPUT_AGAIN)
		return n;
	if (n == INPUT_END && !inflate_whole(u->inflate))
		return unpack_end(u, INPUT_DAMAGED, "is cut");
	return unpack_end(u, n, "");
}

/* What is ordinary for the best compressor on the dullest traffic is allowed; zlib cannot exceed 1032 : 1 at all. */
static bool
unpack_is_bomb(const struct unpack *u)
{
	return u->out_bytes > LIMIT_INFLATE_FREE && u->out_bytes / LIMIT_INFLATE_RATIO > u->in_bytes;
}

static long
unpack_read(void *self, uint8_t *to, size_t room)
{
	struct unpack *u = self;

	while (!u->ended) {
		size_t n;
		bool sound = inflate_run(u->inflate, &u->rest, to, room, &n);
		long refilled;

		u->out_bytes += n;
		if (!sound)
			unpack_end(u, INPUT_DAMAGED, "is damaged");
		else if (unpack_is_bomb(u))
			return unpack_end(u, INPUT_BOMB, "expands beyond reason");
		if (n > 0)
			return (long)n;
		if (sound && (refilled = unpack_refill(u)) <= 0)
			return refilled;
	}
	return u->over;
}

static void
unpack_close(void *self)
{
	struct unpack *u = self;

	inflate_free(&u->inflate);
	plain_close(u->from);
	free(u);
}

/* A thread that decodes ahead. Chunks go round: empty ones to the thread, filled ones back. */

enum { CHUNKS = 4 };

struct chunk {
	size_t n, given;
	bool last;			/* after its bytes comes `over`, for ever */
	long over;
	uint8_t bytes[];
};

struct ahead {
	struct unpack *from;		/* the thread's, until it has ended */
	struct channel *empty, *filled;
	struct thread *thread;
	struct chunk *chunk[CHUNKS];
	struct chunk *now;		/* being given out */
	size_t room;			/* of a chunk */
	bool regular;
};

static const struct input_error *
ahead_error(void *self)
{
	return unpack_error(((struct ahead *)self)->from);	/* asked after the last chunk: the thread is done with it */
}

/* A file's chunk is filled; what comes over a pipe is handed on as it comes. */
static void
ahead_fill(struct ahead *a, struct chunk *c)
{
	c->n = c->given = 0;
	while (c->n < a->room) {
		long n = unpack_read(a->from, c->bytes + c->n, a->room - c->n);

		if (n <= 0) {
			c->last = n != INPUT_AGAIN;
			c->over = n;
			return;
		}
		c->n += (size_t)n;
		if (!a->regular)
			return;
	}
}

static void
ahead_run(void *self)
{
	struct ahead *a = self;
	bool last = false;
	void *item;

	while (!last && channel_take(a->empty, -1, &item) == CHANNEL_ITEM) {
		struct chunk *c = item;

		ahead_fill(a, c);
		last = c->last;
		if (!channel_put(a->filled, c))
			return;
	}
}

static long
ahead_read(void *self, uint8_t *to, size_t room)
{
	struct ahead *a = self;
	struct chunk *c = a->now;
	void *item;
	size_t n;

	while (c == NULL || c->given == c->n) {
		if (c != NULL && c->last)
			return c->over;
		if (c != NULL)
			channel_put(a->empty, c);
		c = a->now = NULL;
		if (channel_take(a->filled, PATIENCE_MS, &item) != CHANNEL_ITEM)
			return INPUT_AGAIN;
		c = a->now = item;
	}
	n = c->n - c->given < room ? c->n - c->given : room;
	memcpy(to, c->bytes + c->given, n);
	c->given += n;
	return (long)n;
}

static void
ahead_close(void *self)
{
	struct ahead *a = self;
	struct plain *f = a->from->from;

	channel_close(a->empty);
	channel_close(a->filled);
	if (f->stop[1] >= 0)
		close(f->stop[1]);
	f->stop[1] = -1;
	thread_join(&a->thread);
	channel_free(&a->empty);
	channel_free(&a->filled);
	for (size_t i = 0; i < CHUNKS; i++)
		free(a->chunk[i]);
	unpack_close(a->from);
	free(a);
}

static struct input
ahead_over(struct unpack *u, size_t room)
{
	struct ahead *a = xcalloc(1, sizeof *a);

	*a = (struct ahead){ .from = u, .room = room, .regular = u->from->regular,
	    .empty = channel_new(CHUNKS), .filled = channel_new(CHUNKS) };
	for (size_t i = 0; i < CHUNKS; i++) {
		a->chunk[i] = xcalloc(1, sizeof(struct chunk) + room);
		channel_put(a->empty, a->chunk[i]);
	}
	if (!a->regular && pipe(u->from->stop) != 0)
		die("cannot make a pipe: %s", strerror(errno));
	a->thread = thread_start(ahead_run, a);
	if (a->thread == NULL)
		die("cannot start a thread: %s", strerror(errno));
	return (struct input){ ahead_read, ahead_error, ahead_close, a };
}

/* What the first bytes tell. */

static struct unpack *
unpack_over(struct plain *f, enum inflate_kind kind)
{
	struct unpack *u = xcalloc(1, sizeof *u);

	u->from = f;
	u->inflate = inflate_new(kind);
	u->name = inflate_name(kind);
	return u;
}

/* False: compressed with something that is not built in; said in f->error. */
static bool
choose(struct plain *f, const struct input_options *options, struct input *input_r)
{
	enum inflate_kind kind = inflate_detect((slice){ f->head, f->nhead });

	*input_r = (struct input){ plain_read, plain_error, plain_close, f };
	*options->packed = kind != INFLATE_NONE;
	if (kind == INFLATE_NONE)
		return true;
	if (!inflate_built_in(kind)) {
		snprintf(f->error.words, sizeof f->error.words, "compressed with %s, which is not built in", inflate_name(kind));
		return false;
	}
	if (options->ahead)
		*input_r = ahead_over(unpack_over(f, kind), options->chunk);
	else
		*input_r = (struct input){ unpack_read, unpack_error, unpack_close, unpack_over(f, kind) };
	return true;
}

/* 1: the head is here; else an input_end. */
static long
read_head(struct plain *f)
{
	while (f->nhead < sizeof f->head) {
		ssize_t n;

		if (!plain_wait(f))
			return INPUT_AGAIN;
		n = read(f->fd, f->head + f->nhead, sizeof f->head - f->nhead);
		if (n < 0)
			return plain_fail(f);
		if (n == 0)
			break;
		f->nhead += (size_t)n;
		f->error.offset += (uint64_t)n;
		atomic_fetch_add_explicit(f->taken, (uint64_t)n, memory_order_relaxed);
	}
	return 1;
}

/* A pipe, which may stay silent for long: it is opened, and looked at when somebody reads. */

struct late {
	struct input input;		/* of the descriptor alone, until its head is here */
	struct plain *from;
	struct input_options options;
	bool chosen, refused;
};

static const struct input_error *
late_error(void *self)
{
	struct late *l = self;

	return l->input.error(l->input.self);
}

static long
late_read(void *self, uint8_t *to, size_t room)
{
	struct late *l = self;
	long got = l->chosen ? 1 : read_head(l->from);

	if (got <= 0)
		return got;
	if (!l->chosen) {
		l->chosen = true;
		l->refused = !choose(l->from, &l->options, &l->input);
	}
	return l->refused ? INPUT_FAILED : l->input.read(l->input.self, to, room);
}

static void
late_close(void *self)
{
	struct late *l = self;

	l->input.close(l->input.self);
	free(l);
}

static struct input
late_over(struct plain *f, const struct input_options *options)
{
	struct late *l = xcalloc(1, sizeof *l);

	*l = (struct late){ .input = { plain_read, plain_error, plain_close, f }, .from = f, .options = *options };
	return (struct input){ late_read, late_error, late_close, l };
}

/* Opening. */

static bool
plain_open(const char *path, struct plain *f, uint64_t *size_r)
{
	struct stat st;

	f->owned = strcmp(path, "-") != 0;
	f->fd = f->owned ? files_ask(FILES_READ, path, NULL) : STDIN_FILENO;
	if (f->fd < 0 || fstat(f->fd, &st) != 0)
		return false;
	f->regular = S_ISREG(st.st_mode);
	*size_r = f->regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	if (f->regular)
		(void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return true;
}

/* A file's head is there at once; a signal that interrupts it is no end. */
static bool
look_now(struct plain *f)
{
	long got;

	while ((got = read_head(f)) == INPUT_AGAIN)
		;
	return got > 0;
}

bool
input_open(const char *path, const struct input_options *options, struct input *input_r, uint64_t *size_r, struct input_error *error_r)
{
	struct plain *f = xcalloc(1, sizeof *f);

	*f = (struct plain){ .fd = -1, .stop = { -1, -1 }, .taken = options->taken };
	if (!plain_open(path, f, size_r)) {
		error_r->foreign = errno == ENOENT;
		snprintf(error_r->words, sizeof error_r->words, "%s", strerror(errno));
		plain_close(f);
		return false;
	}
	if (options->later) {
		*input_r = late_over(f, options);
		return true;
	}
	if (look_now(f) && choose(f, options, input_r))
		return true;
	*error_r = f->error;
	plain_close(f);
	return false;
}
