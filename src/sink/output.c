#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/write.h"

struct output_file {
	int fd;
	struct buf buf;
	bool at_once;		/* every commit is a write */
	bool failed;		/* said already */
	bool fresh;		/* nothing is replaced */
	bool left;		/* whoever read the pipe has gone (head, less) */
	char *path;		/* where it shall stand, symbolic links resolved; NULL: stdout */
	char *temporary;	/* where it stands until it is whole; NULL: written in place */
};

static int
complain(struct output_file *o, const char *what)
{
	if (!o->failed)
		warn("%s: %s: %s", o->path ? o->path : "standard output", what, strerror(errno));
	o->failed = true;
	return -1;
}

static int
flush(struct output_file *o)
{
	if (o->failed)
		return -1;
	if (!o->left && write_all(o->fd, buf_slice(&o->buf)) < 0) {
		if (errno != EPIPE)
			return complain(o, "cannot write");
		o->left = true;			/* no fault: the other outputs go on */
	}
	buf_clear(&o->buf);
	return 0;
}

/* A rename would replace a symbolic link instead of the file that it names. */
static char *
resolve(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : strdup(path);
}

/* "dir/.name.PID.tmp": in the same directory, or the rename would not be one. */
static char *
temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t dir = slash ? (size_t)(slash - path) + 1 : 0;
	size_t size = strlen(path) + 32;
	char *name = xcalloc(size, 1);

	snprintf(name, size, "%.*s.%s.%ld.tmp", (int)dir, path, path + dir, (long)getpid());
	return name;
}

static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int
refuse(struct output_file *o)
{
	if (!o->failed)
		warn("%s exists already: choose another name", o->path);
	o->failed = true;
	return -1;
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
open_path(struct output_file *o, bool live)
{
	if (o->fresh && exists(o->path))
		return refuse(o);
	if (live || is_special(o->path)) {
		o->fd = open(o->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	} else {
		o->temporary = temporary_name(o->path);
		unlink(o->temporary);		/* of a killed run with our process number */
		o->fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	}
	return o->fd < 0 ? complain(o, "cannot open") : 0;
}

static void
dispose(struct output_file **op)
{
	struct output_file *o = *op;

	buf_fini(&o->buf);
	free(o->path);
	free(o->temporary);
	free(o);
	*op = NULL;
}

static bool
is_stdout(const struct output *where)
{
	return where->path == NULL || strcmp(where->path, "-") == 0;
}

struct output_look
output_look(const struct output *where, const struct output_options *o)
{
	if (is_stdout(where))
		return (struct output_look){ o->colour.screen, o->defang.screen, o->width };
	return (struct output_look){ o->colour.file, o->defang.file, 0 };
}

struct output_file *
output_open(const struct output *where, const struct output_options *options)
{
	struct output_file *o = xcalloc(1, sizeof *o);

	buf_init(&o->buf, SIZE_MAX / 2);
	o->at_once = options->line_buffered || options->live;
	o->fresh = options->fresh;
	o->fd = STDOUT_FILENO;
	if (is_stdout(where))
		return o;
	o->path = resolve(where->path);
	if (o->path == NULL)
		die("out of memory");
	if (open_path(o, options->live) < 0)
		dispose(&o);
	return o;
}

struct buf *
output_buf(struct output_file *o)
{
	return &o->buf;
}

int
output_commit(struct output_file *o)
{
	if (o->at_once || o->buf.n >= LIMIT_OUTPUT_BUFFER)
		return flush(o);
	return o->failed ? -1 : 0;
}

int
output_add(struct output_file *o, slice lines)
{
	buf_add(&o->buf, lines);
	return output_commit(o);
}

/* A link never replaces; where there are none (FAT), it is looked before. */
static int
move(const struct output_file *o)
{
	if (!o->fresh)
		return rename(o->temporary, o->path);
	if (link(o->temporary, o->path) == 0)
		return unlink(o->temporary);
	if (errno == EEXIST)
		return -1;
	if (exists(o->path)) {
		errno = EEXIST;
		return -1;
	}
	return rename(o->temporary, o->path);
}

static int
put_in_place(struct output_file *o)
{
	if (close(o->fd) < 0)			/* network file systems tell here that the disk is full */
		return complain(o, "cannot write");
	if (o->temporary != NULL && move(o) < 0)
		return errno == EEXIST && o->fresh ? refuse(o) : complain(o, "cannot put in place");
	return 0;
}

int
output_close(struct output_file **op, bool failed)
{
	struct output_file *o = *op;
	int status = 0;

	if (o == NULL)
		return 0;
	if (!failed || o->temporary == NULL)
		status = flush(o);
	if (o->path != NULL && !failed && status == 0)
		status = put_in_place(o);
	else if (o->path != NULL)
		close(o->fd);
	if (o->temporary != NULL && (failed || status < 0))
		unlink(o->temporary);
	dispose(op);
	return status;
}
