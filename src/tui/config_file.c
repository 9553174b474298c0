#include "config_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/whole.h"
#include "base/write.h"

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
	int fd = files_ask(FILES_READ, path, NULL);
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
make_folders(const char *path)
{
	char *folder = strdup(path);
	bool ok = folder != NULL;

	for (char *p = ok ? strchr(folder + 1, '/') : NULL; ok && p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		ok = files_ask(FILES_MAKE, folder, NULL) == 0 || errno == EEXIST;
		*p = '/';
	}
	free(folder);
	return ok;
}

static int
open_beside(struct whole *w, const char *path)
{
	int fd = whole_open(w, path);

	return fd < 0 && errno == ENOENT && make_folders(path) ? whole_open(w, path) : fd;
}

bool
config_write(const char *path, slice text, struct buf *trouble)
{
	struct whole w = { 0 };
	int fd = open_beside(&w, path);
	bool ok = fd >= 0 && write_all(fd, text) == 0;

	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	ok = ok && whole_place(&w, path, FILES_PLACE) == 0;
	whole_drop(&w, path);
	return ok || complain(trouble, path, strerror(errno));
}
