#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/whole.h"
#include "base/write.h"

struct output_file {
	int fd;
	struct buf buf;
	bool at_once;		/* every commit is a write */
	bool failed;		/* said already */
	bool fresh;		/* nothing is replaced */
	bool left;		/* whoever read the pipe has gone (head, less) */
	bool appended;		/* written in place */
	char *path;		/* where it shall stand; NULL: stdout */
	struct whole whole;
	uint64_t written;
};

static int
complain(struct output_file *o, const char *what)
{
	if (!o->failed && errno != ESRCH)
		warn("%s: %s: %s", o->path ? o->path : "standard output", what, strerror(errno));
	o->failed = true;
	return -1;
}

/* Of a file that others read meanwhile: what a full disk cut short is taken off again, or the next run would go on in the midst of a line. */
static void
take_back(const struct output_file *o, size_t n)
{
	int error = errno;
	struct stat st;

	if (o->appended && n > 0 && fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= (off_t)n)
		(void)!ftruncate(o->fd, st.st_size - (off_t)n);
	errno = error;
}

static int
flush(struct output_file *o)
{
	size_t done;

	if (o->failed)
		return -1;
	if (!o->left && write_counted(o->fd, buf_slice(&o->buf), &done) < 0) {
		if (errno != EPIPE) {
			take_back(o, done);
			return complain(o, "cannot write");
		}
		o->left = true;			/* no fault: the other outputs go on */
	}
	o->written += o->buf.n;
	buf_clear(&o->buf);
	return 0;
}

/* A file that cannot be opened: what to do is said, too. */
static int
complain_of_place(struct output_file *o)
{
	struct buf words;

	buf_init(&words, 16 * KiB);
	whole_say_why(&words, o->path, o->path, errno);
	warn("%.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
	o->failed = true;
	return -1;
}

static int
refuse(struct output_file *o)
{
	if (!o->failed)
		warn("%s exists already: choose another name", o->path);
	o->failed = true;
	return -1;
}

/* A pipe that nobody reads yet: as for any program that writes to one, somebody will. */
static int
append(const char *path)
{
	static const struct timespec moment = { .tv_nsec = 20 * NSTIME_MS };
	int fd;

	while ((fd = files_ask(FILES_APPEND, path, NULL)) < 0 && errno == ENXIO && files_is_special(path))
		if (nanosleep(&moment, NULL) != 0)
			break;
	return fd;
}

static int
open_path(struct output_file *o, bool live)
{
	if (o->fresh && files_ask(FILES_LOOK, o->path, NULL) == 0)
		return refuse(o);
	o->appended = live || files_is_special(o->path);
	o->fd = o->appended ? append(o->path) : whole_open(&o->whole, o->path);
	return o->fd < 0 ? complain_of_place(o) : 0;
}

static void
dispose(struct output_file **op)
{
	struct output_file *o = *op;

	buf_fini(&o->buf);
	free(o->path);
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
	o->path = strdup(where->path);
	if (o->path == NULL)
		die("out of memory");
	if (open_path(o, options->live) < 0)
		dispose(&o);
	return o;
}

bool
output_is_fresh(const struct output_file *o)
{
	struct stat st;

	return !o->appended || o->path == NULL || fstat(o->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0;
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

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* A pipe or a link that stands there now was put there by somebody who owns the directory, and need not be our friend. */
static int
open_again(const struct output_file *o)
{
	int fd = files_ask(FILES_APPEND, o->path, NULL);

	if (fd >= 0 && is_regular(fd))
		return fd;
	warn("%s: cannot open again: %s: lines go on into the one that was opened", o->path,
	    fd >= 0 ? "it is no regular file any more" : errno == ELOOP ? "a symbolic link stands there, and did not before" : strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* What was a regular file when it was opened is opened again by its name; whatever is wrong with that name, what comes is written. */
int
output_reopen(struct output_file *o)
{
	int fd;

	if (o->path == NULL || !o->appended || !is_regular(o->fd))
		return o->failed ? -1 : 0;
	if (flush(o) < 0)
		return -1;
	fd = open_again(o);
	if (fd < 0)
		return 0;
	if (close(o->fd) < 0)
		warn("%s: cannot write: %s", o->path, strerror(errno));
	o->fd = fd;
	return 0;
}

static int
put_in_place(struct output_file *o)
{
	if (close(o->fd) < 0)			/* network file systems tell here that the disk is full */
		return complain(o, "cannot write");
	if (!o->appended && whole_place(&o->whole, o->path, o->fresh ? FILES_PLACE_NEW : FILES_PLACE) < 0)
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
	if (!failed || o->path == NULL || o->appended)
		status = flush(o);
	if (o->path != NULL && !failed && status == 0)
		status = put_in_place(o);
	else if (o->path != NULL)
		close(o->fd);
	if (o->path != NULL)
		whole_drop(&o->whole, o->path);
	dispose(op);
	return status;
}

int
output_sink_reopen(void *self)
{
	return output_reopen(*(struct output_file **)self);
}

void
output_sink_wrote(void *self, struct sink_wrote *wrote_r)
{
	const struct output_file *o = *(struct output_file **)self;

	*wrote_r = (struct sink_wrote){ .bytes = o->written + o->buf.n };
}
