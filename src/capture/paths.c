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
copy(const char *text)
{
	char *c = strdup(text);

	if (c == NULL)
		die("out of memory");
	return c;
}

static void
add_trouble(struct paths *paths, const char *name, const char *words)
{
	paths->trouble = xrealloc(paths->trouble, paths->ntrouble + 1, sizeof *paths->trouble);
	paths->trouble[paths->ntrouble++] = (struct path_trouble){ copy(name), copy(words) };
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

static void
add_directory(struct paths *paths, const char *directory, size_t given)
{
	DIR *dir = opendir(directory);
	size_t before = paths->n;
	struct dirent *e;

	if (dir == NULL) {
		add_trouble(paths, directory, strerror(errno));
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			add_found(paths, directory, e->d_name, given);
	closedir(dir);
	if (paths->n > before)
		qsort(paths->path + before, paths->n - before, sizeof *paths->path, by_name);
	else
		add_trouble(paths, directory, PATHS_NONE);
}

void
paths_add(struct paths *paths, const char *name, size_t given)
{
	struct path path = { .given = given };
	struct stat st;

	if (strcmp(name, "-") != 0) {
		if (stat(name, &st) != 0) {
			add_trouble(paths, name, strerror(errno));
			return;
		}
		if (S_ISDIR(st.st_mode)) {
			add_directory(paths, name, given);
			return;
		}
		path.regular = S_ISREG(st.st_mode);
		path.size = path.regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	}
	path.name = copy(name);
	add(paths, &path);
}

void
paths_fini(struct paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->path[i].name);
	for (size_t i = 0; i < paths->ntrouble; i++) {
		free(paths->trouble[i].name);
		free(paths->trouble[i].words);
	}
	free(paths->trouble);
	free(paths->path);
	*paths = (struct paths){ 0 };
}
