/*
 * files.c - who may ask for what.
 *
 * A list of allowances, and a table: to each kind of allowance, in each role
 * that a name can play for it, the requests that it covers. What is then done
 * is files_act.c's.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "files_act.h"
#include "limits.h"
#include "map.h"

enum kind { ANYTHING, INPUT, OUTPUT, PUBLIC, PREFERENCES, RING, DIRECTORY, SCRATCH, SAVING, KINDS };

/* What a name is to an allowance. */
enum role {
	STRANGER,
	ITSELF,			/* what was allowed */
	MEMBER,			/* in the directory, below it, of the ring */
	LIST,			/* FILES_LIST there */
	TEMPORARY,		/* a temporary file of ours there, or beside what was allowed */
	ABOVE,			/* a folder on the way to it */
	ROLES
};

#define BIT(op)		(1u << FILES_##op)
#define TEMPORARIES	(BIT(BESIDE) | BIT(AGAIN) | BIT(REMOVE) | BIT(PLACE) | BIT(PLACE_NEW) | BIT(PLACE_OR_KEEP))
#define FRESH		(BIT(PLACE_NEW) | BIT(PLACE_OR_KEEP) | BIT(LOOK))
enum { PLACES = BIT(PLACE) | BIT(PLACE_NEW) | BIT(PLACE_OR_KEEP) };

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

struct allowance {
	enum kind kind;
	char *path;			/* as it was said; of directories without slashes at the end */
	char *real;			/* symbolic links resolved, if that could be done then; else the same */
	int fd;				/* of a directory, once it was asked for; or -1 */
	int own;			/* a descriptor of ours that the path names; or -1 */
	bool special;			/* something stood there that is no regular file */
};

static struct allowance anything = { .kind = ANYTHING, .fd = -1, .own = -1 };
static struct allowance *allowance;
static size_t nallowance;
static char **input;			/* sorted by files_freeze(): there can be very many */
static size_t ninput, ninput_room;
static bool frozen;
static long owner;			/* whose temporary files they are: the process that froze the list; a monitor has another number */
static files_caller *through;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;	/* for what follows, and for allowance.fd */
static struct map made;			/* temporary files that exist: their paths, by number */

/* --- allowing --- */

static char *
copy(const char *s, size_t n)
{
	char *c = xcalloc(n + 1, 1);

	return memcpy(c, s, n);
}

static size_t
length_without_slashes(const char *path)
{
	size_t n = strlen(path);

	while (n > 0 && path[n - 1] == '/')
		n--;
	return n;
}

static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool
is_output(const struct allowance *a)
{
	return a->kind == OUTPUT || a->kind == PUBLIC;
}

/* "/dev/stdin", "/dev/fd/63" as a shell gives it for <(…): another process has other ones. -1: it is none. */
static int
own_descriptor(const char *path)
{
	static const char *const standard[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
	static const char *const folder[] = { "/dev/fd/", "/proc/self/fd/" };

	for (int i = 0; i < 3; i++)
		if (strcmp(path, standard[i]) == 0)
			return i;
	for (int i = 0; i < 2; i++) {
		size_t n = strlen(folder[i]);

		if (strncmp(path, folder[i], n) == 0 && path[n] != '\0' && strspn(path + n, "0123456789") == strlen(path + n))
			return (int)strtol(path + n, NULL, 10);
	}
	return -1;
}

/* A file that is read can be read again by its own name; to an output of ours nothing is put beside. */
static void
take_descriptor(struct allowance *a)
{
	int n = own_descriptor(a->path);

	if (n < 0 || fcntl(n, F_GETFD) < 0 || (a->kind == INPUT && !a->special))
		return;
	a->own = n;
	a->special = true;
}

static void
allow(enum kind kind, const char *path)
{
	size_t n = kind == DIRECTORY || kind == SCRATCH || kind == SAVING ? length_without_slashes(path) : strlen(path);
	struct allowance *a;

	CHECK(!frozen);
	allowance = xrealloc(allowance, nallowance + 1, sizeof *allowance);
	a = &allowance[nallowance++];
	*a = (struct allowance){ .kind = kind, .path = copy(path, n), .fd = -1, .own = -1 };
	a->special = is_special(path);
	take_descriptor(a);
	if (kind != RING)		/* whose files stand beside the link */
		a->real = realpath(path, NULL);
	if (a->real == NULL)
		a->real = copy(path, n);
	else if (strcmp(a->real, "/") == 0)
		a->real[0] = '\0';
}

void
files_allow_input(const char *path)
{
	CHECK(!frozen);
	if (own_descriptor(path) >= 0) {
		allow(INPUT, path);
		return;
	}
	if (ninput == ninput_room) {
		ninput_room = ninput_room > 0 ? 2 * ninput_room : 16;
		input = xrealloc(input, ninput_room, sizeof *input);
	}
	input[ninput++] = copy(path, strlen(path));
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

void
files_freeze(void)
{
	if (ninput > 1)
		qsort(input, ninput, sizeof *input, by_text);
	owner = (long)getpid();
	frozen = true;
}

/* --- names --- */

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static long
whose(void)
{
	return owner != 0 ? owner : (long)getpid();
}

/* ".smtptap-PROCESS-NUMBER.tmp" of our own process, spelled as we do. */
static bool
is_temporary(const char *name, uint64_t *number_r)
{
	char ours[80];
	const char *dash = strrchr(name, '-');

	*number_r = dash != NULL ? strtoull(dash + 1, NULL, 10) : 0;
	snprintf(ours, sizeof ours, ".smtptap-%ld-%ju.tmp", whose(), (uintmax_t)*number_r);
	return strcmp(name, ours) == 0;
}

static bool
stands_beside(const char *path, const char *other)
{
	size_t n = (size_t)(last_name(other) - other);

	return (size_t)(last_name(path) - path) == n && strncmp(path, other, n) == 0;
}

/* "dir/name_00001_20261122060000.pcap" of "dir/name.pcap", as tshark and dumpcap number them. */
static bool
is_of_ring(const char *ring, const char *path)
{
	const char *base = last_name(ring), *dot = strrchr(base, '.'), *end = dot != NULL ? dot : base + strlen(base);
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
static const char *
rest_of(const struct allowance *a, const char *path)
{
	size_t n = length_without_slashes(path);
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

	if (is_temporary(name, &number))
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
	if (is_temporary(last_name(path), &number) && stands_beside(path, a->real))
		return TEMPORARY;
	return a->kind == PREFERENCES && rest_below(path, a->path) != NULL ? ABOVE : STRANGER;
}

static enum role
role_in_directory(const struct allowance *a, const char *path)
{
	const char *rest = rest_below(a->path, path);

	if (strncmp(path, a->path, strlen(a->path)) == 0 && length_without_slashes(path) == strlen(a->path))
		return ITSELF;
	return rest != NULL && strchr(rest, '/') == NULL ? role_of_name(rest) : STRANGER;
}

static enum role
role_of_anything(const char *path)
{
	enum role r = role_of_name(last_name(path));

	return r == TEMPORARY || r == LIST ? r : ITSELF;
}

static enum role
role_of(const struct allowance *a, const char *path)
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
		rest = rest_of(a, path);
		return rest != NULL ? role_below(rest) : STRANGER;
	case ANYTHING:
		return role_of_anything(path);
	default:
		return STRANGER;
	}
}

static bool
covers(const struct allowance *a, const struct files_request *r)
{
	unsigned bit = 1u << r->op;
	enum role from = role_of(a, r->path), to;

	if ((rights[a->kind][from] & bit) == 0)
		return false;
	if ((bit & PLACES) == 0)
		return true;
	to = role_of(a, r->to);
	return from == TEMPORARY && to != TEMPORARY && (rights[a->kind][to] & bit) != 0;
}

static bool
is_input(const struct files_request *r)
{
	return r->op == FILES_READ && ninput > 0 && bsearch(&r->path, input, ninput, sizeof *input, by_text) != NULL;
}

/* NULL: nothing covers it. */
static struct allowance *
find(const struct files_request *r)
{
	for (size_t i = 0; i < nallowance; i++)
		if (covers(&allowance[i], r))
			return &allowance[i];
	return !frozen || is_input(r) ? &anything : NULL;
}

/* --- where it stands --- */

/* Names in a directory are looked up in what it was when it was first asked for. */
static int
directory_of(struct allowance *a)
{
	int fd;

	pthread_mutex_lock(&turn);
	if (a->fd < 0)
		a->fd = open(a->path[0] != '\0' ? a->path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = a->fd;
	pthread_mutex_unlock(&turn);
	return fd;
}

static int
locate_saving(const struct allowance *a, const char *path, struct spot *s)
{
	int top = open(a->real[0] != '\0' ? a->real : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0)
		return -1;
	s->dir = files_walk(top, rest_of(a, path), &s->name);
	close(top);
	return s->dir < 0 ? -1 : 0;
}

static int
locate(struct allowance *a, const char *path, struct spot *s)
{
	*s = (struct spot){ AT_FDCWD, path };
	if (role_of(a, path) == ITSELF) {
		if (a->path != NULL && own_descriptor(a->path) >= 0)
			s->name = a->real;
		return 0;
	}
	if (a->kind == SAVING)
		return locate_saving(a, path, s);
	if (a->kind == DIRECTORY || a->kind == SCRATCH) {
		s->dir = directory_of(a);
		s->name = last_name(path);
		return s->dir < 0 ? -1 : 0;
	}
	return 0;
}

static void
leave(const struct allowance *a, const struct spot *s)
{
	if (a->kind == SAVING && s->name != NULL && s->dir >= 0)
		close(s->dir);
}

/* A rename would replace a symbolic link instead of the file that it names. Freed by the caller. */
static char *
target_of(const struct allowance *a, const struct files_request *r)
{
	char *real = NULL;

	if (r->op != FILES_PLACE)
		return NULL;
	if (is_output(a) || a->kind == PREFERENCES)
		return copy(a->real, strlen(a->real));
	if (a->kind == ANYTHING)
		real = realpath(r->to, NULL);
	return real;
}

static int
act(struct allowance *a, const struct files_request *r)
{
	static const unsigned mode[KINDS] = {
		[ANYTHING] = 0600, [OUTPUT] = 0666, [PUBLIC] = 0644, [PREFERENCES] = 0600, [RING] = 0666, [DIRECTORY] = 0600,
		[SCRATCH] = 0600, [SAVING] = 0600,
	};
	enum role role = role_of(a, r->path);
	bool plain = is_output(a) || a->kind == ANYTHING || a->kind == RING;
	struct act does = {
		.op = r->op, .to = { AT_FDCWD, NULL }, .mode = mode[a->kind],
		.follow = role == ITSELF, .make = plain || role == LIST, .exact = a->kind == PUBLIC,
	};
	char *target = target_of(a, r);
	int status = locate(a, r->path, &does.at), error;

	if (status == 0 && (1u << r->op & PLACES) != 0)
		status = locate(a, target != NULL ? target : r->to, &does.to);
	if (status == 0)
		status = files_act(&does);
	error = errno;
	leave(a, &does.at);
	leave(a, &does.to);
	free(target);
	errno = error;
	return status;
}

/* --- what is there for the time being --- */

/* A number stands for one file, and there are not too many: who asks may be in other hands. */
static bool
may_be_made(const struct files_request *r)
{
	uint64_t number;
	const char *path;
	bool may;

	if (!is_temporary(last_name(r->path), &number))
		return true;
	pthread_mutex_lock(&turn);
	path = map_get(&made, number);
	may = path != NULL ? strcmp(path, r->path) == 0 : made.n < LIMIT_TEMPORARIES;
	pthread_mutex_unlock(&turn);
	return may;
}

static void
note_made(const struct files_request *r)
{
	uint64_t number;

	if (!is_temporary(last_name(r->path), &number))
		return;
	pthread_mutex_lock(&turn);
	free(map_take(&made, number));
	if (r->op == FILES_BESIDE)
		map_put(&made, number, copy(r->path, strlen(r->path)));
	pthread_mutex_unlock(&turn);
}

/* The map is taken apart first: removing takes from it, too. */
void
files_forget(void)
{
	struct map all;
	size_t cursor = 0;
	char *path;

	pthread_mutex_lock(&turn);
	all = made;
	made = (struct map){ 0 };
	pthread_mutex_unlock(&turn);
	while ((path = map_next(&all, &cursor)) != NULL) {
		(void)files_answer(&(struct files_request){ FILES_REMOVE, path, NULL });
		free(path);
	}
	map_fini(&all);
}

/* --- asking --- */

int
files_answer(const struct files_request *r)
{
	bool names_two = r->op < FILES_OPS && (1u << r->op & PLACES) != 0;
	struct allowance *a;
	int status;

	if (r->op == FILES_UNNAMED)
		return files_act(&(struct act){ .op = FILES_UNNAMED });
	errno = EACCES;
	if (r->op >= FILES_OPS || r->path == NULL || (names_two && r->to == NULL) || (a = find(r)) == NULL)
		return -1;
	if (r->op == FILES_BESIDE && !may_be_made(r))
		return -1;
	status = act(a, r);
	if (status >= 0 && (r->op == FILES_BESIDE || r->op == FILES_REMOVE || names_two))
		note_made(r);
	return status;
}

static int
own_of(enum files_op op, const char *path)
{
	for (size_t i = 0; i < nallowance && (op == FILES_READ || op == FILES_APPEND) && path != NULL; i++)
		if (allowance[i].own >= 0 && strcmp(allowance[i].path, path) == 0)
			return allowance[i].own;
	return -1;
}

int
files_ask(enum files_op op, const char *path, const char *to)
{
	struct files_request r = { op, path, to };
	int own = own_of(op, path);

	if (own >= 0)
		return fcntl(own, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return through != NULL ? through(&r) : files_answer(&r);
}

bool
files_opens(enum files_op op)
{
	return op == FILES_READ || op == FILES_APPEND || op == FILES_BESIDE || op == FILES_AGAIN || op == FILES_UNNAMED;
}

/* Who asks another process needs no directory of its own. */
void
files_through(files_caller *caller)
{
	through = caller;
	for (size_t i = 0; caller != NULL && i < nallowance; i++)
		if (allowance[i].fd >= 0) {
			close(allowance[i].fd);
			allowance[i].fd = -1;
		}
}

/* --- names for who asks --- */

uint64_t
files_number(void)
{
	static _Atomic uint64_t last;

	return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

/* Where an output stands is known since it was allowed. Freed by the caller. */
static char *
real_place(const char *path)
{
	size_t n = strlen(path);
	char *real = NULL;

	for (size_t i = 0; i < nallowance; i++)
		if ((is_output(&allowance[i]) || allowance[i].kind == PREFERENCES) && strcmp(allowance[i].path, path) == 0)
			return copy(allowance[i].real, strlen(allowance[i].real));
	if (!frozen && n > 0 && path[n - 1] != '/')
		real = realpath(path, NULL);
	return real != NULL ? real : copy(path, n);
}

char *
files_beside(const char *path, uint64_t number)
{
	char *real = real_place(path);
	size_t dir = (size_t)(last_name(real) - real), size = dir + 80;
	char *name = xcalloc(size, 1);

	snprintf(name, size, "%.*s.smtptap-%ld-%ju.tmp", (int)dir, real, whose(), (uintmax_t)number);
	free(real);
	return name;
}

static const struct allowance *
find_saving(void)
{
	for (size_t i = 0; i < nallowance; i++)
		if (allowance[i].kind == SAVING)
			return &allowance[i];
	return NULL;
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
	enum role role = a != NULL ? role_of(a, path) : MEMBER;

	return role == MEMBER || role == LIST || role == ITSELF;
}

bool
files_is_special(const char *path)
{
	for (size_t i = 0; i < nallowance; i++)
		if (is_output(&allowance[i]) && strcmp(allowance[i].path, path) == 0)
			return allowance[i].special;
	return !frozen && is_special(path);
}

const char *
files_scratch(void)
{
	const char *said = getenv("TMPDIR");

	return said != NULL && *said != '\0' ? said : "/tmp";
}
