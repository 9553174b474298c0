#include "whole.h"

#include <errno.h>
#include <stdlib.h>

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
