#define _GNU_SOURCE		/* renameat2 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/write.h"
#include "output.h"

enum { NAME = 48, NO_SLOT = -1 };

/* A descriptor and a buffer, lent to the files that are being written to. */
struct slot {
	struct folder_file *file;	/* who has it, or NULL */
	struct buf buf;			/* not written yet */
	int fd;				/* -1: not opened yet */
};

struct folder {
	char *path;			/* for messages only */
	int fd;
	uint64_t created;		/* for temporary names */
	bool complained;
	struct folder_file *files;
	struct slot slot[LIMIT_FOLDER_OPEN];
	unsigned next;			/* whose turn it is to give its slot away */
};

struct folder_file {
	struct folder *folder;
	struct folder_file *next, **at;
	int slot;
	bool exists;			/* the temporary file was created */
	uint64_t written;
	char temporary[NAME];
};

_Static_assert(sizeof(struct folder_file) <= FOLDER_FILE_SIZE, "as the header says");

static int
complain(struct folder *d, const char *name, const char *what)
{
	/* Names of temporary files are no business of a reader's. */
	if (!d->complained && name != NULL)
		warn("%s/%s: %s: %s", d->path, name, what, strerror(errno));
	else if (!d->complained)
		warn("%s: %s: %s", d->path, what, strerror(errno));
	d->complained = true;
	return -1;
}

struct folder *
folder_open(const char *path)
{
	struct folder *d = xcalloc(1, sizeof *d);
	bool made;

	d->path = strdup(path);
	if (d->path == NULL)
		die("out of memory");
	made = mkdir(path, 0700) == 0 || errno == EEXIST;
	d->fd = made ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (d->fd >= 0) {
		for (int i = 0; i < LIMIT_FOLDER_OPEN; i++) {
			buf_init(&d->slot[i].buf, LIMIT_OUTPUT_BUFFER);
			d->slot[i].fd = -1;
		}
		return d;
	}
	warn("%s: cannot %s the directory: %s", path, made ? "open" : "make", strerror(errno));
	folder_free(&d);
	return NULL;
}

void
folder_free(struct folder **dp)
{
	struct folder *d = *dp;

	if (d == NULL)
		return;
	while (d->files != NULL) {
		struct folder_file *f = d->files;

		folder_discard(&f);
	}
	for (int i = 0; i < LIMIT_FOLDER_OPEN; i++)
		buf_fini(&d->slot[i].buf);
	if (d->fd >= 0)
		close(d->fd);
	free(d->path);
	free(d);
	*dp = NULL;
}

struct folder_file *
folder_create(struct folder *d)
{
	struct folder_file *f = xcalloc(1, sizeof *f);

	f->folder = d;
	f->slot = NO_SLOT;
	snprintf(f->temporary, sizeof f->temporary, ".smtptap-%ld-%llu.tmp", (long)getpid(), (unsigned long long)++d->created);
	f->next = d->files;
	f->at = &d->files;
	if (f->next != NULL)
		f->next->at = &f->next;
	d->files = f;
	return f;
}

static int
create(struct folder *d, const char *name)
{
	return openat(d->fd, name, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int
open_temporary(struct folder_file *f)
{
	struct folder *d = f->folder;
	int fd;

	if (f->exists) {
		fd = openat(d->fd, f->temporary, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	} else {
		fd = create(d, f->temporary);
		/* Of a killed run with our process number. */
		if (fd < 0 && errno == EEXIST && unlinkat(d->fd, f->temporary, 0) == 0)
			fd = create(d, f->temporary);
	}
	if (fd < 0)
		return complain(d, NULL, "cannot make a file");
	f->exists = true;
	return fd;
}

static int
flush(struct folder_file *f)
{
	struct slot *s = &f->folder->slot[f->slot];

	if (s->fd < 0 && (s->fd = open_temporary(f)) < 0)
		return -1;
	if (write_all(s->fd, buf_slice(&s->buf)) < 0)
		return complain(f->folder, NULL, "cannot write");
	buf_clear(&s->buf);
	return 0;
}

/* The file gives its slot back; what its buffer holds is written first, unless `lose`. */
static int
release(struct folder_file *f, bool lose)
{
	struct slot *s;
	int status = 0;

	if (f->slot == NO_SLOT)
		return 0;
	s = &f->folder->slot[f->slot];
	if (!lose)
		status = flush(f);
	if (s->fd >= 0 && close(s->fd) < 0 && !lose)
		status = complain(f->folder, NULL, "cannot write");
	buf_clear(&s->buf);
	s->fd = -1;
	s->file = NULL;
	f->slot = NO_SLOT;
	return status;
}

static int
acquire(struct folder_file *f)
{
	struct folder *d = f->folder;
	int i;

	if (f->slot != NO_SLOT)
		return 0;
	for (i = 0; i < LIMIT_FOLDER_OPEN && d->slot[i].file != NULL; i++)
		;
	if (i == LIMIT_FOLDER_OPEN) {
		i = (int)(d->next++ % LIMIT_FOLDER_OPEN);
		if (release(d->slot[i].file, false) < 0)
			return -1;
	}
	d->slot[i].file = f;
	f->slot = i;
	return 0;
}

/* Writes of whole blocks, so that no page of the file is touched twice. */
int
folder_write(struct folder_file *f, slice bytes)
{
	struct buf *b;

	if (acquire(f) < 0)
		return -1;
	b = &f->folder->slot[f->slot].buf;
	f->written += bytes.n;
	while (bytes.n > 0) {
		slice some = slice_take(bytes, LIMIT_OUTPUT_BUFFER - b->n);

		buf_add(b, some);
		bytes = slice_drop(bytes, some.n);
		if (b->n == LIMIT_OUTPUT_BUFFER && flush(f) < 0)
			return -1;
	}
	return 0;
}

uint64_t
folder_written(const struct folder_file *f)
{
	return f->written;
}

/* Reads `fd` from its start. Each piece goes to the digest or is compared with the same piece of `other`. */
static int
read_all(int fd, int other, struct digests *digest, bool *same_r)
{
	uint8_t *p = xcalloc(2, LIMIT_OUTPUT_BUFFER), *q = p + LIMIT_OUTPUT_BUFFER;
	off_t at = 0;
	ssize_t n;

	*same_r = true;
	while ((n = pread(fd, p, LIMIT_OUTPUT_BUFFER, at)) > 0 && *same_r) {
		if (digest != NULL)
			digests_feed(digest, (slice){ p, (size_t)n });
		else
			*same_r = pread(other, q, (size_t)n, at) == n && memcmp(p, q, (size_t)n) == 0;
		at += n;
	}
	free(p);
	return n < 0 ? -1 : 0;
}

static int
settle(struct folder_file *f, int *fd_r)
{
	if (acquire(f) < 0 || flush(f) < 0)
		return -1;
	*fd_r = f->folder->slot[f->slot].fd;
	return 0;
}

int
folder_digest(struct folder_file *f, uint8_t sha256_r[SHA256_SIZE])
{
	struct digests *digest;
	bool same;
	int fd, status;

	if (settle(f, &fd) < 0)
		return -1;
	digest = digests_new(DIGEST_SHA256);
	status = read_all(fd, -1, digest, &same);
	digests_finish(digest, sha256_r, NULL, NULL);
	digests_free(&digest);
	return status < 0 ? complain(f->folder, NULL, "cannot read back") : 0;
}

static int
read_back(int fd, int (*take)(void *self, slice), void *self)
{
	uint8_t *p = xcalloc(1, LIMIT_OUTPUT_BUFFER);
	off_t at = 0;
	ssize_t n;
	int status = 0;

	while (status == 0 && (n = pread(fd, p, LIMIT_OUTPUT_BUFFER, at)) != 0) {
		status = n < 0 ? -1 : take(self, (slice){ p, (size_t)n });
		at += n;
	}
	free(p);
	return status;
}

int
folder_read(struct folder_file *f, int (*take)(void *self, slice), void *self)
{
	int fd;

	if (!f->exists && f->slot != NO_SLOT)		/* small, and all in memory still */
		return f->written > 0 ? take(self, buf_slice(&f->folder->slot[f->slot].buf)) : 0;
	if (f->written == 0)
		return 0;
	return settle(f, &fd) < 0 ? -1 : read_back(fd, take, self);
}

/* Does the same stand under that name? What is no regular file, or a link, is something else. */
static bool
is_there(struct folder_file *f, const char *name)
{
	int mine, theirs = openat(f->folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool same = false;

	if (theirs < 0)
		return false;
	if (fstat(theirs, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == f->written && settle(f, &mine) == 0)
		same = read_all(mine, theirs, NULL, &same) == 0 && same;
	close(theirs);
	return same;
}

/* Without overwriting. File systems that cannot rename so can link. */
static int
move(struct folder *d, const char *from, const char *to)
{
	if (renameat2(d->fd, from, d->fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(d->fd, from, d->fd, to, 0) < 0)
		return -1;
	unlinkat(d->fd, from, 0);
	return 0;
}

static enum folder_result
place(struct folder_file *f, const char *name)
{
	struct folder *d = f->folder;
	int fd;

	if (!(f->exists && f->slot == NO_SLOT) && (settle(f, &fd) < 0 || release(f, false) < 0))
		return FOLDER_FAILED;
	if (move(d, f->temporary, name) == 0) {
		f->exists = false;
		return FOLDER_PLACED;
	}
	if (errno != EEXIST) {
		complain(d, name, "cannot put in place");
		return FOLDER_FAILED;
	}
	return is_there(f, name) ? FOLDER_KEPT : FOLDER_TAKEN;
}

enum folder_result
folder_place(struct folder_file **fp, const char *name)
{
	enum folder_result r = place(*fp, name);

	if (r == FOLDER_TAKEN)
		warn("%s/%s: stands there already and differs: not overwritten", (*fp)->folder->path, name);
	folder_discard(fp);
	return r;
}

static int
write_to(void *self, slice bytes)
{
	return write_all(*(int *)self, bytes);
}

static int
add_to(struct folder_file *f, const char *name)
{
	int fd = openat(f->folder->fd, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), status = -1;
	struct stat st;

	if (fd < 0)
		return complain(f->folder, name, "cannot add to it");
	errno = EEXIST;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		status = folder_read(f, write_to, &fd);
	if (status < 0)
		complain(f->folder, name, "cannot add to it");
	close(fd);
	return status;
}

enum folder_result
folder_append(struct folder_file **fp, const char *name)
{
	enum folder_result r = place(*fp, name);

	if (r == FOLDER_TAKEN)
		r = add_to(*fp, name) < 0 ? FOLDER_FAILED : FOLDER_PLACED;
	folder_discard(fp);
	return r;
}

void
folder_discard(struct folder_file **fp)
{
	struct folder_file *f = *fp;

	if (f == NULL)
		return;
	release(f, true);
	if (f->exists)
		unlinkat(f->folder->fd, f->temporary, 0);
	*f->at = f->next;
	if (f->next != NULL)
		f->next->at = f->at;
	free(f);
	*fp = NULL;
}
