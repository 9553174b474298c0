#include "outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/write.h"

static int
begin_growing(struct outfile *o)
{
	struct stat st;

	o->fd = files_ask(FILES_APPEND, o->path, NULL);
	if (o->fd < 0 || fstat(o->fd, &st) != 0)
		return -1;
	o->regular = S_ISREG(st.st_mode);
	return o->regular ? ftruncate(o->fd, 0) : 0;
}

static int
begin_beside(struct outfile *o)
{
	if (o->how == OUTFILE_NEW && files_ask(FILES_LOOK, o->path, NULL) == 0) {
		errno = EEXIST;
		return -1;
	}
	o->fd = whole_open(&o->whole, o->path);
	o->regular = true;
	return o->fd < 0 ? -1 : 0;
}

static bool
is_beside(const struct outfile *o)
{
	return o->whole.number != 0;
}

static void
outfile_fini(struct outfile *o)
{
	int error = errno;

	if (o->path != NULL && o->fd >= 0)
		close(o->fd);
	free(o->path);
	*o = (struct outfile){ .fd = -1 };
	errno = error;
}

int
outfile_open(struct outfile *o, const char *path, enum outfile_how how)
{
	int status;

	*o = (struct outfile){ .how = how, .fd = STDOUT_FILENO, .files = 1 };
	if (strcmp(path, "-") == 0)
		return 0;
	o->path = strdup(path);
	if (o->path == NULL)
		die("out of memory");
	if (how == OUTFILE_REPLACE && files_is_special(path))
		o->how = OUTFILE_GROW;
	status = o->how == OUTFILE_GROW ? begin_growing(o) : begin_beside(o);
	if (status != 0)
		outfile_fini(o);
	return status;
}

bool
outfile_was_emptied(struct outfile *o)
{
	struct stat st;

	if (o->how != OUTFILE_GROW || !o->regular || o->size == 0 || fstat(o->fd, &st) != 0 || st.st_size > 0)
		return false;
	o->gone += o->size;
	o->size = 0;
	return true;
}

int
outfile_write(struct outfile *o, slice bytes)
{
	int error;

	if (write_all(o->fd, bytes) == 0) {
		o->size += bytes.n;
		return 0;
	}
	error = errno;
	if (o->regular && ftruncate(o->fd, (off_t)o->size) != 0)
		o->regular = false;
	errno = error;
	return -1;
}

int
outfile_again(struct outfile *o)
{
	struct whole another = { 0 };
	int fd, old = o->fd;

	if (!is_beside(o)) {
		errno = ESPIPE;
		return -1;
	}
	fd = whole_open(&another, o->path);
	if (fd < 0)
		return -1;
	whole_drop(&o->whole, o->path);
	o->whole = another;
	o->fd = fd;
	o->size = 0;
	return old;
}

static enum outfile_reopened
compare(struct outfile *o, int fd)
{
	struct stat before, now;

	if (fstat(o->fd, &before) != 0 || fstat(fd, &now) != 0)
		return OUTFILE_FAILED;
	if (!S_ISREG(now.st_mode))			/* a pipe that somebody put there */
		return OUTFILE_KEPT;
	if (now.st_size == 0)
		return OUTFILE_ANEW;
	return before.st_dev == now.st_dev && before.st_ino == now.st_ino ? OUTFILE_SAME : OUTFILE_KEPT;
}

enum outfile_reopened
outfile_reopen(struct outfile *o)
{
	enum outfile_reopened how;
	int fd;

	if (o->path == NULL || !o->regular || o->how != OUTFILE_GROW)
		return OUTFILE_SAME;
	fd = files_ask(FILES_APPEND, o->path, NULL);
	if (fd < 0)
		return OUTFILE_FAILED;
	how = compare(o, fd);
	if (how == OUTFILE_ANEW) {
		close(o->fd);
		o->fd = fd;
		o->files++;
		o->gone += o->size;
		o->size = 0;
	} else {
		close(fd);
	}
	return how;
}

/* Network file systems tell at close() that the disk is full. */
int
outfile_close(struct outfile *o, bool failed)
{
	int status = o->path != NULL ? close(o->fd) : 0;

	o->fd = -1;
	if (is_beside(o) && !failed && status == 0)
		status = whole_place(&o->whole, o->path, o->how == OUTFILE_NEW ? FILES_PLACE_NEW : FILES_PLACE);
	whole_drop(&o->whole, o->path);
	outfile_fini(o);
	return status;
}
