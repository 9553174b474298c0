/* files.c - what was saved, and where. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "screen.h"

enum { FILES = 64 };			/* listed of a folder */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A file's name and size; of a manifest, which tells where it was made, the name alone. What it is a folder of. */
static bool
print_file(const char *path)
{
	struct stat st = { 0 };

	stat(path, &st);
	if (S_ISDIR(st.st_mode))
		printf("* %s/\n", path);
	else if (strstr(path, "manifest") != NULL)
		printf("* %s\n", path);
	else
		printf("* %s %lld bytes\n", path, (long long)st.st_size);
	return S_ISDIR(st.st_mode);
}

void
print_folder(const char *path, bool deep)
{
	char *name[FILES], below[FILENAME_MAX];
	size_t n = 0;
	DIR *folder = opendir(path);

	if (folder == NULL)
		return;
	for (struct dirent *e; (e = readdir(folder)) != NULL && n < FILES; )
		if (e->d_name[0] != '.')
			name[n++] = strdup(e->d_name);
	closedir(folder);
	qsort(name, n, sizeof *name, by_name);
	for (size_t i = 0; i < n; i++) {
		snprintf(below, sizeof below, "%s%s%s", strcmp(path, ".") == 0 ? "" : path, strcmp(path, ".") == 0 ? "" : "/", name[i]);
		if (print_file(below) && deep)
			print_folder(below, false);
		free(name[i]);
	}
}

void
print_text(const char *name)
{
	char line[4096];
	FILE *f = fopen(name, "r");

	printf("* %s%s\n", name, f == NULL ? " is not there" : "");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		printf("|%s", line);
	if (f != NULL)
		fclose(f);
}

bool
folder_is_empty(const char *path)
{
	DIR *folder = opendir(path);
	bool empty = true;

	if (folder == NULL)
		return false;
	for (struct dirent *e; (e = readdir(folder)) != NULL; )
		empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	closedir(folder);
	return empty;
}
