#include "config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

bool
config_path(const char *variable, const char *by_default, const char *name, struct buf *path)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	buf_clear(path);
	if (base != NULL && base[0] == '/')
		buf_printf(path, "%s/smtptap/%s", base, name);
	else if (home != NULL && home[0] == '/')
		buf_printf(path, "%s/%s/smtptap/%s", home, by_default, name);
	else
		return false;
	return buf_add_byte(path, '\0');
}

static bool
complain(struct buf *trouble, const char *path, const char *what)
{
	buf_clear(trouble);
	buf_printf(trouble, "%s: %s", path, what);
	buf_add_byte(trouble, '\0');
	return false;
}

/* More than LIMIT_CONFIG is no file of ours. */
static bool
read_all(int fd, const char *path, struct buf *text, struct buf *trouble)
{
	uint8_t block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) != 0) {
		if (n < 0 && errno != EINTR)
			return complain(trouble, path, strerror(errno));
		if (n > 0 && !buf_add(text, (slice){ block, (size_t)n }))
			return complain(trouble, path, "too large for a file of preferences: left alone");
	}
	return true;
}

bool
config_read(const char *path, struct buf *text, struct buf *trouble)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);		/* a pipe in its place must not stop us */
	struct stat st;
	bool ok;

	buf_clear(text);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || complain(trouble, path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		ok = complain(trouble, path, "no ordinary file: left alone");
	else
		ok = read_all(fd, path, text, trouble);
	close(fd);
	return ok;
}

static bool
make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			*p = '/';
			return false;
		}
		*p = '/';
	}
	return true;
}

static bool
write_all(int fd, slice text)
{
	while (text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			text = slice_drop(text, (size_t)n);
	}
	return true;
}

/* mkstemp() makes it readable by its owner only. */
static bool
write_beside(const char *path, slice text, struct buf *beside)
{
	int fd;
	bool ok;

	buf_clear(beside);
	buf_printf(beside, "%s.XXXXXX", path);
	buf_add_byte(beside, '\0');
	fd = mkstemp((char *)beside->p);
	if (fd < 0)
		return false;
	ok = write_all(fd, text);
	ok = close(fd) == 0 && ok;
	if (ok && rename((char *)beside->p, path) == 0)
		return true;
	unlink((char *)beside->p);
	return false;
}

bool
config_write(const char *path, slice text, struct buf *trouble)
{
	char *real = realpath(path, NULL);
	struct buf beside;
	bool ok;

	buf_init(&beside, PATH_MAX + 16);
	buf_text(&beside, path);
	buf_add_byte(&beside, '\0');
	ok = make_folders((char *)beside.p) && write_beside(real != NULL ? real : path, text, &beside);
	if (!ok)
		complain(trouble, path, strerror(errno));
	buf_fini(&beside);
	free(real);
	return ok;
}
