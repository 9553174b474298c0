/*
 * files_role.c - what a name is to an allowance, and which requests that covers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files_inside.h"

#define BIT(op)		(1u << FILES_##op)
#define TEMPORARIES	(BIT(BESIDE) | BIT(AGAIN) | BIT(REMOVE) | BIT(PLACE) | BIT(PLACE_NEW) | BIT(PLACE_OR_KEEP))
#define FRESH		(BIT(PLACE_NEW) | BIT(PLACE_OR_KEEP) | BIT(LOOK))

/* Of the requests that place, TEMPORARY is what is placed; the others are where it may stand. */
static const unsigned rights[KINDS][ROLES] = {
	[ANYTHING]	= { [ITSELF] = ~0u, [LIST] = ~0u, [TEMPORARY] = ~0u },
	[INPUT]		= { [ITSELF] = BIT(READ) },
	[OUTPUT]	= { [ITSELF] = BIT(APPEND) | BIT(PLACE) | FRESH, [TEMPORARY] = TEMPORARIES },
	[PUBLIC]	= { [ITSELF] = BIT(APPEND) | BIT(PLACE) | FRESH, [TEMPORARY] = TEMPORARIES },
	[PREFERENCES]	= { [ITSELF] = BIT(READ) | BIT(PLACE), [TEMPORARY] = TEMPORARIES, [ABOVE] = BIT(MAKE) },
	[RING]		= { [MEMBER] = BIT(APPEND) | BIT(PLACE) | FRESH | BIT(REMOVE), [TEMPORARY] = TEMPORARIES },
	[DIRECTORY]	= { [ITSELF] = BIT(MAKE), [MEMBER] = FRESH, [LIST] = FRESH | BIT(APPEND), [TEMPORARY] = TEMPORARIES },
	[SCRATCH]	= { [TEMPORARY] = BIT(BESIDE) | BIT(AGAIN) | BIT(REMOVE) },
	[SAVING]	= { [ITSELF] = BIT(MAKE), [MEMBER] = FRESH | BIT(MAKE), [LIST] = FRESH | BIT(APPEND), [TEMPORARY] = TEMPORARIES },
};

/* --- names --- */

size_t
files_length(const char *path)
{
	size_t n = strlen(path);

	while (n > 0 && path[n - 1] == '/')
		n--;
	return n;
}

const char *
files_last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* ".smtptap-OWNER-NUMBER.tmp" of our own, spelled as we do. */
bool
files_is_temporary(const char *name, uint64_t *number_r)
{
	char ours[80];
	const char *dash = strrchr(name, '-');

	*number_r = dash != NULL ? strtoull(dash + 1, NULL, 10) : 0;
	snprintf(ours, sizeof ours, ".smtptap-%jx-%ju.tmp", (uintmax_t)files_owner(), (uintmax_t)*number_r);
	return strcmp(name, ours) == 0;
}

static bool
stands_beside(const char *path, const char *other)
{
	size_t n = (size_t)(files_last_name(other) - other);

	return (size_t)(files_last_name(path) - path) == n && strncmp(path, other, n) == 0;
}

/* "dir/name_00001_20261122060000.pcap" of "dir/name.pcap", as tshark and dumpcap number them. */
static bool
is_of_ring(const char *ring, const char *path)
{
	const char *base = files_last_name(ring), *dot = strrchr(base, '.'), *end = dot != NULL ? dot : base + strlen(base);
	size_t stem = (size_t)(end - ring), number, time;

	if (strncmp(path, ring, stem) != 0 || path[stem] != '_')
		return false;
	path += stem + 1;
	number = strspn(path, "0123456789");
	if (number < 5 || path[number] != '_')
		return false;
	path += number + 1;
	time = strspn(path, "0123456789");
	return time == 14 && strcmp(path + time, end) == 0;
}

/* What follows a directory's name and slash; NULL: it is not below it. */
static const char *
rest_below(const char *directory, const char *path)
{
	size_t n = strlen(directory);

	return strncmp(path, directory, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* "" for the directory itself. */
const char *
files_rest(const struct allowance *a, const char *path)
{
	size_t n = files_length(path);
	const char *rest = rest_below(a->path, path);

	if ((n == strlen(a->path) && strncmp(path, a->path, n) == 0) || (n == strlen(a->real) && strncmp(path, a->real, n) == 0))
		return "";
	if (rest == NULL)
		rest = rest_below(a->real, path);
	return rest == NULL && strcmp(a->path, ".") == 0 && path[0] != '/' ? path : rest;
}

/* A hidden name may be a program's configuration, which somebody obeys. */
static enum role
role_of_name(const char *name)
{
	uint64_t number;

	if (files_is_temporary(name, &number))
		return TEMPORARY;
	if (name[0] == '\0' || name[0] == '.')
		return STRANGER;
	return strcmp(name, FILES_LIST) == 0 ? LIST : MEMBER;
}

/* Each name on the way is one that could have been made; "." is none. */
static enum role
role_below(const char *rest)
{
	enum role role = ITSELF;

	while (*rest != '\0') {
		size_t n = strcspn(rest, "/"), more = n + strspn(rest + n, "/");

		if (n > 0 && !(n == 1 && rest[0] == '.')) {
			if (more == n)
				return role_of_name(rest);
			if (rest[0] == '.')
				return STRANGER;
			role = MEMBER;
		}
		rest += more;
	}
	return role;
}

static enum role
role_beside(const struct allowance *a, const char *path)
{
	uint64_t number;

	if (strcmp(path, a->path) == 0)
		return ITSELF;
	if (files_is_temporary(files_last_name(path), &number) && (stands_beside(path, a->real) || stands_beside(path, a->path)))
		return TEMPORARY;
	return a->kind == PREFERENCES && rest_below(path, a->path) != NULL ? ABOVE : STRANGER;
}

static enum role
role_in_directory(const struct allowance *a, const char *path)
{
	const char *rest = rest_below(a->path, path);

	if (strncmp(path, a->path, strlen(a->path)) == 0 && files_length(path) == strlen(a->path))
		return ITSELF;
	return rest != NULL && strchr(rest, '/') == NULL ? role_of_name(rest) : STRANGER;
}

static enum role
role_of_anything(const char *path)
{
	enum role r = role_of_name(files_last_name(path));

	return r == TEMPORARY || r == LIST ? r : ITSELF;
}

enum role
files_role(const struct allowance *a, const char *path)
{
	const char *rest;

	switch (a->kind) {
	case INPUT:
	case OUTPUT:
	case PUBLIC:
	case PREFERENCES:
		return role_beside(a, path);
	case RING:
		return is_of_ring(a->path, path) ? MEMBER : role_beside(a, path) == TEMPORARY ? TEMPORARY : STRANGER;
	case DIRECTORY:
	case SCRATCH:
		return role_in_directory(a, path);
	case SAVING:
		rest = files_rest(a, path);
		return rest != NULL ? role_below(rest) : STRANGER;
	case ANYTHING:
		return role_of_anything(path);
	default:
		return STRANGER;
	}
}

bool
files_places(enum files_op op)
{
	return op == FILES_PLACE || op == FILES_PLACE_NEW || op == FILES_PLACE_OR_KEEP;
}

bool
files_covers(const struct allowance *a, const struct files_request *r)
{
	unsigned bit = 1u << r->op;
	enum role from = files_role(a, r->path), to;

	if ((rights[a->kind][from] & bit) == 0)
		return false;
	if (!files_places(r->op))
		return true;
	to = files_role(a, r->to);
	return from == TEMPORARY && to != TEMPORARY && (rights[a->kind][to] & bit) != 0;
}
