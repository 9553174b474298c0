#define _GNU_SOURCE		/* renameat2, O_TMPFILE, O_PATH */
#include "files_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "err.h"
#include "limits.h"

/* --- descriptors --- */

/* A pipe whose other end is missing must not hold us; what comes of it later is read as ever. */
static int
open_now(const struct act *a, int flags)
{
	int fd = openat(a->at.dir, a->at.name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (a->follow ? 0 : O_NOFOLLOW), a->mode);
	int now = fd >= 0 ? fcntl(fd, F_GETFL) : -1;

	if (now >= 0)
		fcntl(fd, F_SETFL, now & ~O_NONBLOCK);
	return fd;
}

static int
act_read(const struct act *a)
{
	return open_now(a, O_RDONLY);
}

static int
act_append(const struct act *a)
{
	return open_now(a, O_WRONLY | O_APPEND | (a->make ? O_CREAT : 0));
}

static int
act_beside(const struct act *a)
{
	int fd = openat(a->at.dir, a->at.name, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, a->mode);

	if (fd >= 0 && a->exact)
		(void)fchmod(fd, a->mode);
	return fd;
}

/* Whoever owns the folder may have put another name of somebody else's file in its place. */
static int
act_again(const struct act *a)
{
	int fd = openat(a->at.dir, a->at.name, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}

/* File systems without O_TMPFILE give it a name for a moment, in a directory where names are not guessed. */
static int
act_unnamed(const struct act *a)
{
	const char *dir = files_scratch();
	int fd = open(dir, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	char path[PATH_MAX];

	(void)a;
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if ((size_t)snprintf(path, sizeof path, "%s/smtptap-XXXXXX", dir) >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

/* --- names --- */

static int
act_look(const struct act *a)
{
	struct stat st;

	return fstatat(a->at.dir, a->at.name, &st, AT_SYMLINK_NOFOLLOW);
}

static int
act_make(const struct act *a)
{
	return mkdirat(a->at.dir, a->at.name, 0700);
}

static int
act_remove(const struct act *a)
{
	return unlinkat(a->at.dir, a->at.name, 0);
}

static int
act_place(const struct act *a)
{
	return renameat(a->at.dir, a->at.name, a->to.dir, a->to.name);
}

/* A link never replaces. */
static int
link_to(const struct act *a)
{
	if (linkat(a->at.dir, a->at.name, a->to.dir, a->to.name, 0) != 0)
		return -1;
	return unlinkat(a->at.dir, a->at.name, 0);
}

/* Where there is neither a rename that does not replace nor a link (FAT, some network file systems), it is looked before. */
static int
act_place_new(const struct act *a)
{
	struct stat st;

	if (renameat2(a->at.dir, a->at.name, a->to.dir, a->to.name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link_to(a) == 0)
		return 0;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return -1;
	if (fstatat(a->to.dir, a->to.name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return act_place(a);
}

static int
open_regular(const struct spot *s, off_t *size_r)
{
	int fd = openat(s->dir, s->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size_r = st.st_size;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
same_bytes(int mine, int theirs)
{
	char *p = xcalloc(2, LIMIT_OUTPUT_BUFFER), *q = p + LIMIT_OUTPUT_BUFFER;
	bool same = true;
	off_t at = 0;
	ssize_t n;

	while (same && (n = pread(mine, p, LIMIT_OUTPUT_BUFFER, at)) != 0) {
		same = n > 0 && pread(theirs, q, (size_t)n, at) == n && memcmp(p, q, (size_t)n) == 0;
		at += n;
	}
	free(p);
	return same;
}

/* What is no regular file, or a link, is something else. */
static bool
is_same(const struct act *a)
{
	off_t mine_size = 0, their_size = 0;
	int mine = open_regular(&a->at, &mine_size), theirs = open_regular(&a->to, &their_size);
	bool same = mine >= 0 && theirs >= 0 && mine_size == their_size && same_bytes(mine, theirs);

	if (mine >= 0)
		close(mine);
	if (theirs >= 0)
		close(theirs);
	return same;
}

static int
act_place_or_keep(const struct act *a)
{
	int status = act_place_new(a);

	if (status == 0 || errno != EEXIST)
		return status;
	if (is_same(a) && act_remove(a) == 0)
		return 1;
	errno = EEXIST;
	return -1;
}

int
files_act(const struct act *a)
{
	static int (*const acts[FILES_OPS])(const struct act *) = {
		[FILES_READ] = act_read, [FILES_APPEND] = act_append, [FILES_BESIDE] = act_beside, [FILES_AGAIN] = act_again,
		[FILES_PLACE] = act_place, [FILES_PLACE_NEW] = act_place_new, [FILES_PLACE_OR_KEEP] = act_place_or_keep,
		[FILES_REMOVE] = act_remove, [FILES_MAKE] = act_make, [FILES_LOOK] = act_look, [FILES_UNNAMED] = act_unnamed,
	};

	return acts[a->op](a);
}

/* --- on the way --- */

/*
 * Whoever owns a folder above may have put a link in its place meanwhile, and we may be root. Before Linux 5.6, and where
 * openat2(2) is refused, links are followed.
 */
int
files_open_real(const char *path)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);

	return fd < 0 && (errno == ENOSYS || errno == EPERM) ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : fd;
}

static int
enter(int dir, const char *name, size_t n)
{
	char folder[NAME_MAX + 1];

	if (n > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(folder, name, n);
	folder[n] = '\0';
	return openat(dir, folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
files_walk(int dir, const char *path, const char **last_r)
{
	int here = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), next;

	while (here >= 0) {
		size_t n = strcspn(path, "/"), more = n + strspn(path + n, "/");

		if (path[more] == '\0')
			break;
		next = n == 0 || (n == 1 && path[0] == '.') ? here : enter(here, path, n);
		if (next != here)
			close(here);
		here = next;
		path += more;
	}
	*last_r = *path != '\0' ? path : ".";
	return here;
}
