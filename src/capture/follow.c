#include "follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/inflate.h"
#include "capfile.h"

enum { LOOK_EVERY = 10 };		/* times that nothing was there, before its name is looked at */

struct follow {
	const char *path;
	char name[256];			/* fit for a terminal */
	bool quiet;
	int fd, instead;		/* instead: of the file that has its name now, or -1 */
	uint64_t at;			/* bytes read */
	unsigned idle;			/* times in a row that nothing was there */
	bool over;			/* of this file, nothing more comes */
	bool told_foreign;		/* that what has its name is no capture */
	_Atomic uint64_t *taken;
	struct input_error error;
};

static void
say(const struct follow *f, const char *words)
{
	if (!f->quiet)
		warn("%s: %s", f->name, words);
}

static size_t
first_bytes(int fd, uint8_t *to, size_t room)
{
	ssize_t n = pread(fd, to, room, 0);

	return n > 0 ? (size_t)n : 0;
}

static bool
is_same_file(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) != 0 || fstat(b, &sb) != 0 || (sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino);
}

/* Another capture under the name: what stands there may still be empty, or be nothing of ours. */
static bool
was_replaced(struct follow *f)
{
	uint8_t head[CAPFILE_MAGIC];
	int fd = files_ask(FILES_READ, f->path, NULL);

	if (fd < 0)
		return false;
	if (!is_same_file(f->fd, fd) && first_bytes(fd, head, sizeof head) == sizeof head) {
		if (capfile_is_capture((slice){ head, sizeof head })) {
			f->instead = fd;
			return true;
		}
		if (!f->told_foreign)
			say(f, "replaced by something that is no capture; the old one is still followed");
		f->told_foreign = true;
	}
	close(fd);
	return false;
}

static bool
was_truncated(const struct follow *f)
{
	struct stat st;

	return fstat(f->fd, &st) == 0 && (uint64_t)st.st_size < f->at;
}

/* At the end of what there is: for now, or for good? */
static void
look(struct follow *f)
{
	if (f->over)
		return;
	if (was_truncated(f)) {
		say(f, "begun anew: read again from its beginning");
		f->over = true;
	} else if (++f->idle % LOOK_EVERY == 0 && was_replaced(f)) {
		say(f, "replaced: the new file is followed");
		f->over = true;
	}
}

static long
follow_read(void *self, uint8_t *to, size_t room)
{
	struct follow *f = self;
	ssize_t n = pread(f->fd, to, room, (off_t)f->at);

	if (n == 0)
		look(f);
	if (n == 0 || (n < 0 && errno == EINTR))
		return INPUT_AGAIN;
	if (n < 0) {
		f->error.offset = f->at;
		snprintf(f->error.words, sizeof f->error.words, "%s", strerror(errno));
		return INPUT_FAILED;
	}
	f->at += (uint64_t)n;
	f->idle = 0;
	atomic_fetch_add_explicit(f->taken, (uint64_t)n, memory_order_relaxed);
	return n;
}

static const struct input_error *
follow_error(void *self)
{
	return &((struct follow *)self)->error;
}

static void
follow_leave(void *self)
{
	(void)self;
}

struct input
follow_input(struct follow *f)
{
	return (struct input){ follow_read, follow_error, follow_leave, f };
}

void
follow_next(struct follow *f)
{
	if (f->instead >= 0) {
		close(f->fd);
		f->fd = f->instead;
		f->instead = -1;
	}
	f->at = 0;
	f->idle = 0;
	f->over = f->told_foreign = false;
}

bool
follow_is_over(const struct follow *f)
{
	return f->over;
}

struct follow *
follow_open(const char *path, bool quiet, _Atomic uint64_t *taken, struct input_error *error)
{
	struct follow *f = xcalloc(1, sizeof *f);
	uint8_t head[INFLATE_MAGIC];

	*f = (struct follow){ .path = path, .quiet = quiet, .instead = -1, .taken = taken };
	capfile_name(path, f->name, sizeof f->name);
	f->fd = files_ask(FILES_READ, path, NULL);
	if (f->fd < 0)
		snprintf(error->words, sizeof error->words, "%s", strerror(errno));
	else if (inflate_detect((slice){ head, first_bytes(f->fd, head, sizeof head) }) != INFLATE_NONE)
		snprintf(error->words, sizeof error->words, "compressed: only plain captures can be followed");
	else
		return f;
	follow_close(&f);
	return NULL;
}

void
follow_close(struct follow **fp)
{
	struct follow *f = *fp;

	if (f == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	if (f->instead >= 0)
		close(f->instead);
	free(f);
	*fp = NULL;
}
