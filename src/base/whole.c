#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "err.h"

static int
ask(enum files_op op, const struct whole *w, const char *path, const char *to)
{
	char *name = files_beside(path, w->number);
	int status = files_ask(op, name, to), error = errno;

	free(name);
	errno = error;
	return status;
}

int
whole_open(struct whole *w, const char *path)
{
	int fd;

	w->number = files_number();
	fd = ask(FILES_BESIDE, w, path, NULL);
	if (fd < 0)
		w->number = 0;
	return fd;
}

int
whole_again(const struct whole *w, const char *path)
{
	return ask(FILES_AGAIN, w, path, NULL);
}

int
whole_place(struct whole *w, const char *path, enum files_op how)
{
	int status = ask(how, w, path, path);

	if (status >= 0)
		w->number = 0;
	return status;
}

void
whole_drop(struct whole *w, const char *path)
{
	int error = errno;

	if (w->number != 0)
		(void)ask(FILES_REMOVE, w, path, NULL);
	w->number = 0;
	errno = error;
}

static bool
is_there(const char *dir, size_t n)
{
	char *name = xcalloc(n + 1, 1);
	struct stat st;
	bool there = stat(memcpy(name, dir, n), &st) == 0;

	free(name);
	return there;
}

void
whole_say_why(struct buf *out, const char *name, const char *path, int error)
{
	const char *slash = strrchr(path, '/'), *dir = slash == NULL ? "." : slash == path ? "/" : path;
	int n = dir == path ? (int)(slash - path) : 1;

	buf_printf(out, "%s: cannot open: ", name);
	switch (error) {
	case ENOENT:
		if (is_there(dir, (size_t)n))		/* /proc, or a link to nowhere */
			buf_printf(out, "no file can be made in %.*s: choose another place", n, dir);
		else
			buf_printf(out, "there is no directory %.*s: make it first, or choose another place", n, dir);
		break;
	case ENOTDIR:
		buf_printf(out, "%.*s is no directory: choose another place", n, dir);
		break;
	case EISDIR:
		buf_text(out, "it is a directory: name a file in it");
		break;
	case EACCES:
	case EPERM:
	case EROFS:
		buf_printf(out, "nothing may be written in %.*s (%s): choose another place, or change its permissions", n, dir, strerror(error));
		break;
	default:
		buf_text(out, strerror(error));
	}
}
