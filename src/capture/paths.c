#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

static void
add(struct paths *paths, const struct path *path)
{
	if (paths->n == paths->cap) {
		paths->cap = paths->cap ? paths->cap * 2 : 16;
		paths->path = xrealloc(paths->path, paths->cap, sizeof *paths->path);
	}
	paths->path[paths->n++] = *path;
}

static char *
join(const char *directory, const char *name)
{
	size_t n = strlen(directory), size = n + strlen(name) + 2;
	char *path = xcalloc(size, 1);

	snprintf(path, size, "%s%s%s", directory, n > 0 && directory[n - 1] == '/' ? "" : "/", name);
	return path;
}

/* Only plain files: opening a FIFO or a device that happens to lie there could block for ever. */
static void
add_found(struct paths *paths, const char *directory, const char *name, size_t given)
{
	struct path path = { .name = join(directory, name), .given = given, .regular = true, .found = true };
	struct stat st;

	if (stat(path.name, &st) == 0 && S_ISREG(st.st_mode)) {
		path.size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
		add(paths, &path);
	} else {
		free(path.name);
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct path *)a)->name, ((const struct path *)b)->name);
}

static bool
add_directory(struct paths *paths, const char *directory, size_t given)
{
	DIR *dir = opendir(directory);
	size_t before = paths->n;
	struct dirent *e;

	if (dir == NULL)
		return false;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			add_found(paths, directory, e->d_name, given);
	closedir(dir);
	if (paths->n > before)
		qsort(paths->path + before, paths->n - before, sizeof *paths->path, by_name);
	return true;
}

bool
paths_add(struct paths *paths, const char *name, size_t given)
{
	struct path path = { .given = given };
	struct stat st;

	if (strcmp(name, "-") != 0) {
		if (stat(name, &st) != 0)
			return false;
		if (S_ISDIR(st.st_mode))
			return add_directory(paths, name, given);
		path.regular = S_ISREG(st.st_mode);
		path.size = path.regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	}
	path.name = xcalloc(strlen(name) + 1, 1);
	memcpy(path.name, name, strlen(name));
	add(paths, &path);
	return true;
}

void
paths_fini(struct paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->path[i].name);
	free(paths->path);
	*paths = (struct paths){ 0 };
}
