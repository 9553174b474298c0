/*
 * files_allow.c - what was allowed.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "files_inside.h"

enum { LINKS = 8 };			/* to what is not there, one behind the other */

static struct allowance anything = { .kind = ANYTHING, .fd = -1, .own = -1 };
static struct allowance *allowance;
static size_t nallowance;
static char **input;			/* sorted by files_freeze(): there can be very many */
static size_t ninput, ninput_room;
static bool frozen;
static uint64_t owner;			/* in the names of our temporary files; 0: not chosen yet */

/* --- allowing --- */

char *
files_copy(const char *text)
{
	size_t n = strlen(text);

	return memcpy(xcalloc(n + 1, 1), text, n);
}

/* "DIR/NAME", the links of DIR resolved; NULL: there is no such DIR. Freed by the caller. */
static char *
resolve_folder(const char *path)
{
	size_t dir = (size_t)(files_last_name(path) - path), size;
	char *folder = files_copy(dir > 0 ? path : "."), *real, *joined = NULL;

	if (dir > 0)
		folder[dir] = '\0';
	real = realpath(folder, NULL);
	free(folder);
	if (real == NULL)
		return NULL;
	size = strlen(real) + strlen(path) + 2;
	joined = xcalloc(size, 1);
	snprintf(joined, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, path + dir);
	free(real);
	return joined;
}

/* Where a link leads, to what is not there yet; NULL: it is none. Freed by the caller. */
static char *
read_link(const char *path)
{
	size_t dir = (size_t)(files_last_name(path) - path);
	char target[PATH_MAX], *joined;
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	joined = xcalloc(dir + (size_t)n + 1, 1);
	snprintf(joined, dir + (size_t)n + 1, "%.*s%s", target[0] == '/' ? 0 : (int)dir, path, target);
	return joined;
}

/* As far as it is there, and through links whose end is not. Freed by the caller. */
static char *
resolve(const char *path, unsigned links)
{
	char *real = realpath(path, NULL), *next = real == NULL && links < LINKS ? read_link(path) : NULL;

	if (next != NULL) {
		real = resolve(next, links + 1);
		free(next);
	}
	if (real == NULL)
		real = resolve_folder(path);
	return real != NULL ? real : files_copy(path);
}

char *
files_resolve(const char *path)
{
	return resolve(path, 0);
}

static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

bool
files_is_output(const struct allowance *a)
{
	return a->kind == OUTPUT || a->kind == PUBLIC;
}

/* "/dev/stdin", "/dev/fd/63" as a shell gives it for <(…): another process has other ones. -1: it is none. */
int
files_own_descriptor(const char *path)
{
	static const char *const standard[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
	static const char *const folder[] = { "/dev/fd/", "/proc/self/fd/" };

	for (int i = 0; i < 3; i++)
		if (strcmp(path, standard[i]) == 0)
			return i;
	for (int i = 0; i < 2; i++) {
		size_t n = strlen(folder[i]), digits = strncmp(path, folder[i], n) == 0 ? strspn(path + n, "0123456789") : 0;

		if (digits > 0 && digits < 8 && path[n + digits] == '\0')
			return (int)strtol(path + n, NULL, 10);
	}
	return -1;
}

/* A file that is read can be read again by its own name; to an output of ours nothing is put beside. */
static void
take_descriptor(struct allowance *a)
{
	int n = files_own_descriptor(a->path);

	if (n < 0 || fcntl(n, F_GETFD) < 0 || (a->kind == INPUT && !a->special))
		return;
	a->own = n;
	a->special = true;
}

static void
allow(enum kind kind, const char *path)
{
	bool is_directory = kind == DIRECTORY || kind == SCRATCH || kind == SAVING;
	struct allowance *a;

	CHECK(!frozen);
	allowance = xrealloc(allowance, nallowance + 1, sizeof *allowance);
	a = &allowance[nallowance++];
	*a = (struct allowance){ .kind = kind, .path = files_copy(path), .fd = -1, .own = -1 };
	if (is_directory)
		a->path[files_length(path)] = '\0';
	a->special = is_special(path);
	take_descriptor(a);
	a->real = kind == RING ? resolve_folder(path) : files_resolve(a->path[0] != '\0' ? a->path : "/");
	if (a->real == NULL)		/* a ring, and there is no such folder */
		a->real = files_copy(path);
	else if (strcmp(a->real, "/") == 0)
		a->real[0] = '\0';
}

void
files_allow_input(const char *path)
{
	CHECK(!frozen);
	if (files_own_descriptor(path) >= 0) {
		allow(INPUT, path);
		return;
	}
	if (ninput == ninput_room) {
		ninput_room = ninput_room > 0 ? 2 * ninput_room : 16;
		input = xrealloc(input, ninput_room, sizeof *input);
	}
	input[ninput++] = files_copy(path);
}

void files_allow_output(const char *path) { allow(OUTPUT, path); }
void files_allow_public(const char *path) { allow(PUBLIC, path); }
void files_allow_preferences(const char *path) { allow(PREFERENCES, path); }
void files_allow_ring(const char *path) { allow(RING, path); }
void files_allow_directory(const char *path) { allow(DIRECTORY, path); }
void files_allow_scratch(const char *path) { allow(SCRATCH, path); }
void files_allow_saving(const char *path) { allow(SAVING, path); }

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool
files_frozen(void)
{
	return frozen;
}

void
files_freeze(void)
{
	if (ninput > 1)
		qsort(input, ninput, sizeof *input, by_text);
	(void)files_owner();		/* the monitor has the same */
	frozen = true;
}

/* --- finding --- */

/* Not the number of the process: in two containers that share a directory both are often the first. */
uint64_t
files_owner(void)
{
	while (owner == 0)
		if (getrandom(&owner, sizeof owner, 0) != (ssize_t)sizeof owner)
			owner = (uint64_t)getpid();
	return owner;
}

static bool
is_input(const struct files_request *r)
{
	return r->op == FILES_READ && ninput > 0 && bsearch(&r->path, input, ninput, sizeof *input, by_text) != NULL;
}

struct allowance *
files_find(const struct files_request *r)
{
	for (size_t i = 0; i < nallowance; i++)
		if (files_covers(&allowance[i], r))
			return &allowance[i];
	return !frozen || is_input(r) ? &anything : NULL;
}

/* Of those whose place was resolved: what an output, or a file of preferences, was allowed as. */
static const struct allowance *
find_file(const char *path)
{
	for (size_t i = 0; i < nallowance; i++)
		if ((files_is_output(&allowance[i]) || allowance[i].kind == PREFERENCES) && strcmp(allowance[i].path, path) == 0)
			return &allowance[i];
	return NULL;
}

static const struct allowance *
find_saving(void)
{
	for (size_t i = 0; i < nallowance; i++)
		if (allowance[i].kind == SAVING)
			return &allowance[i];
	return NULL;
}

int
files_own(const char *path)
{
	for (size_t i = 0; i < nallowance; i++)
		if (allowance[i].own >= 0 && strcmp(allowance[i].path, path) == 0)
			return allowance[i].own;
	return -1;
}

void
files_leave_directories(void)
{
	for (size_t i = 0; i < nallowance; i++) {
		if (allowance[i].fd >= 0)
			close(allowance[i].fd);
		allowance[i].fd = -1;
	}
}

/* --- for who asks --- */

/* Where a file of this name is to stand. Freed by the caller. */
static char *
real_place(const char *path)
{
	const struct allowance *a = find_file(path);
	size_t n = strlen(path);

	if (a == NULL && !frozen && n > 0 && path[n - 1] != '/')
		return files_resolve(path);
	return files_copy(a != NULL ? a->real : path);
}

char *
files_beside(const char *path, uint64_t number)
{
	char *real = real_place(path);
	size_t dir = (size_t)(files_last_name(real) - real), size = dir + 80;
	char *name = xcalloc(size, 1);

	snprintf(name, size, "%.*s.smtptap-%jx-%ju.tmp", (int)dir, real, (uintmax_t)files_owner(), (uintmax_t)number);
	free(real);
	return name;
}

const char *
files_saving(void)
{
	const struct allowance *a = find_saving();

	return a == NULL ? NULL : a->path[0] != '\0' ? a->path : "/";
}

bool
files_may_save(const char *path)
{
	const struct allowance *a = find_saving();
	enum role role = a != NULL ? files_role(a, path) : MEMBER;

	return role == MEMBER || role == LIST || role == ITSELF;
}

bool
files_is_special(const char *path)
{
	const struct allowance *a = find_file(path);

	return a != NULL ? a->special : !frozen && is_special(path);
}

const char *
files_scratch(void)
{
	const char *said = getenv("TMPDIR");

	return said != NULL && *said != '\0' ? said : "/tmp";
}
