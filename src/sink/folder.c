#include "folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/whole.h"
#include "base/write.h"

enum { NO_SLOT = -1 };

/* A descriptor and a buffer, lent to the files that are being written to. */
struct slot {
	struct folder_file *file;	/* who has it, or NULL */
	struct buf buf;			/* not written yet */
	int fd;				/* -1: not opened yet */
};

struct folder {
	char *path;			/* as it was said */
	char *beside;			/* what temporary files stand beside: "PATH/", or a file of that name */
	bool complained;
	struct folder_file *files;
	struct slot slot[LIMIT_FOLDER_OPEN];
	unsigned next;			/* whose turn it is to give its slot away */
};

struct folder_file {
	struct folder *folder;
	struct folder_file *next, **at;
	int slot;
	struct whole whole;		/* begun when something is written out */
	uint64_t written;
};

_Static_assert(sizeof(struct folder_file) <= FOLDER_FILE_SIZE, "as the header says");

static int
complain(struct folder *d, const char *name, const char *what)
{
	if (errno == ESRCH)
		return -1;
	/* Names of temporary files are no business of a reader's. */
	if (!d->complained && name != NULL)
		warn("%s/%s: %s: %s", d->path, name, what, strerror(errno));
	else if (!d->complained)
		warn("%s: %s: %s", d->path, what, strerror(errno));
	d->complained = true;
	return -1;
}

/* "PATH/NAME". Freed by the caller. */
static char *
join(const char *path, const char *name)
{
	size_t n = strlen(path), size = n + strlen(name) + 2;
	char *joined = xcalloc(size, 1);

	while (n > 0 && path[n - 1] == '/')
		n--;
	snprintf(joined, size, "%.*s/%s", (int)n, path, name);
	return joined;
}

static struct folder *
folder_new(const char *path, char *beside)
{
	struct folder *d = xcalloc(1, sizeof *d);

	d->path = strdup(path);
	if (d->path == NULL)
		die("out of memory");
	d->beside = beside;
	for (int i = 0; i < LIMIT_FOLDER_OPEN; i++) {
		buf_init(&d->slot[i].buf, LIMIT_OUTPUT_BUFFER);
		d->slot[i].fd = -1;
	}
	return d;
}

/* Tried before anything is read: that nothing can be written there is not found out hours later. */
static bool
is_writable(const struct folder *d)
{
	struct whole w = { 0 };
	int fd = whole_open(&w, d->beside);

	if (fd >= 0)
		close(fd);
	whole_drop(&w, d->beside);
	return fd >= 0;
}

static struct folder *
refuse(struct folder **dp, const char *path, int error)
{
	struct buf words;

	buf_init(&words, 16 * KiB);
	whole_say_why(&words, (*dp)->path, path, error);
	warn("%.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
	folder_free(dp);
	return NULL;
}

struct folder *
folder_open(const char *path)
{
	struct folder *d = folder_new(path, join(path, ""));

	if (files_ask(FILES_MAKE, path, NULL) < 0 && errno != EEXIST)
		return refuse(&d, path, errno);
	return is_writable(d) ? d : refuse(&d, d->beside, errno);
}

struct folder *
folder_waiting(const char *path)
{
	struct folder *d = folder_new(path != NULL ? path : "temporary files (TMPDIR)", path != NULL ? strdup(path) : join(files_scratch(), ""));

	if (d->beside == NULL)
		die("out of memory");
	return is_writable(d) ? d : refuse(&d, d->beside, errno);
}

char *
folder_path(const struct folder *d, const char *name)
{
	return join(d->path, name);
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
	free(d->beside);
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
	f->next = d->files;
	f->at = &d->files;
	if (f->next != NULL)
		f->next->at = &f->next;
	d->files = f;
	return f;
}

static int
open_temporary(struct folder_file *f)
{
	const char *beside = f->folder->beside;
	int fd = f->whole.number != 0 ? whole_again(&f->whole, beside) : whole_open(&f->whole, beside);

	return fd >= 0 ? fd : complain(f->folder, NULL, "cannot make a file");
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

static int
settle(struct folder_file *f, int *fd_r)
{
	if (acquire(f) < 0 || flush(f) < 0)
		return -1;
	*fd_r = f->folder->slot[f->slot].fd;
	return 0;
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

static int
digest_piece(void *self, slice bytes)
{
	digests_feed(self, bytes);
	return 0;
}

int
folder_digest(struct folder_file *f, uint8_t sha256_r[SHA256_SIZE])
{
	struct digests *digest;
	int fd, status;

	if (settle(f, &fd) < 0)
		return -1;
	digest = digests_new(DIGEST_SHA256);
	status = read_back(fd, digest_piece, digest);
	digests_finish(digest, sha256_r, NULL, NULL);
	digests_free(&digest);
	return status < 0 ? complain(f->folder, NULL, "cannot read back") : 0;
}

int
folder_read(struct folder_file *f, int (*take)(void *self, slice), void *self)
{
	int fd;

	if (f->whole.number == 0 && f->slot != NO_SLOT)		/* small, and all in memory still */
		return f->written > 0 ? take(self, buf_slice(&f->folder->slot[f->slot].buf)) : 0;
	if (f->written == 0)
		return 0;
	return settle(f, &fd) < 0 ? -1 : read_back(fd, take, self);
}

static int
put_in_place(struct folder_file *f, const char *name)
{
	char *path = join(f->folder->path, name);
	int status = whole_place(&f->whole, path, FILES_PLACE_OR_KEEP), error = errno;

	free(path);
	errno = error;
	return status;
}

static enum folder_result
place(struct folder_file *f, const char *name)
{
	int fd, status;

	if (!(f->whole.number != 0 && f->slot == NO_SLOT) && (settle(f, &fd) < 0 || release(f, false) < 0))
		return FOLDER_FAILED;
	status = put_in_place(f, name);
	if (status >= 0)
		return status == 0 ? FOLDER_PLACED : FOLDER_KEPT;
	if (errno == EEXIST)
		return FOLDER_TAKEN;
	complain(f->folder, name, "cannot put in place");
	return FOLDER_FAILED;
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
	char *path = join(f->folder->path, name);
	int fd = files_ask(FILES_APPEND, path, NULL), status = -1;
	struct stat st;

	free(path);

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
	whole_drop(&f->whole, f->folder->beside);
	*f->at = f->next;
	if (f->next != NULL)
		f->next->at = f->at;
	free(f);
	*fp = NULL;
}
