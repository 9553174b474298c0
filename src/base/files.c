/*
 * files.c - what is asked for, and what is answered.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "files_inside.h"
#include "limits.h"
#include "map.h"

static files_caller *through;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;	/* for what follows, and for allowance.fd */
static struct map made;			/* temporary files that exist: their paths, by number */

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
	int top = files_open_real(a->real[0] != '\0' ? a->real : "/");

	if (top < 0)
		return -1;
	s->dir = files_walk(top, files_rest(a, path), &s->name);
	close(top);
	return s->dir < 0 ? -1 : 0;
}

/* In the folder that it was in when it was allowed: what was allowed itself is then no link any more. */
static int
locate_file(const struct allowance *a, const char *path, struct spot *s)
{
	char *folder = files_copy(a->real);
	size_t n = (size_t)(files_last_name(a->real) - a->real);

	folder[n] = '\0';
	s->dir = files_open_real(n > 0 ? folder : ".");
	s->name = files_last_name(files_role(a, path) == ITSELF ? a->real : path);
	free(folder);
	return s->dir < 0 ? -1 : 0;
}

/* Preferences are their owner's, whose folders may be links and may not be there yet; the like goes for inputs. */
static int
locate(struct allowance *a, const char *path, struct spot *s)
{
	bool itself = files_role(a, path) == ITSELF;

	*s = (struct spot){ AT_FDCWD, path };
	if (files_is_output(a) || a->kind == RING)
		return locate_file(a, path, s);
	if (itself && (a->kind == PREFERENCES || a->kind == INPUT))
		s->name = a->real;
	else if (a->kind == SAVING && !itself)
		return locate_saving(a, path, s);
	else if ((a->kind == DIRECTORY || a->kind == SCRATCH) && !itself) {
		s->dir = directory_of(a);
		s->name = files_last_name(path);
	}
	return s->dir == -1 ? -1 : 0;
}

static void
leave(const struct allowance *a, const struct spot *s)
{
	if ((a->kind == SAVING || files_is_output(a) || a->kind == RING) && s->name != NULL && s->dir >= 0)
		close(s->dir);
}

static int
act(struct allowance *a, const struct files_request *r)
{
	static const unsigned mode[KINDS] = {
		[ANYTHING] = 0600, [OUTPUT] = 0666, [PUBLIC] = 0644, [PREFERENCES] = 0600, [RING] = 0666, [DIRECTORY] = 0600,
		[SCRATCH] = 0600, [SAVING] = 0600,
	};
	enum role role = files_role(a, r->path);
	bool plain = files_is_output(a) || a->kind == ANYTHING || a->kind == RING;
	struct act does = {
		.op = r->op, .to = { AT_FDCWD, NULL }, .mode = mode[a->kind],
		.follow = role == ITSELF && !files_is_output(a), .make = plain || role == LIST, .exact = a->kind == PUBLIC,
	};
	char *target = a->kind == ANYTHING && r->op == FILES_PLACE ? files_resolve(r->to) : NULL;
	int status = locate(a, r->path, &does.at), error;

	if (status == 0 && files_places(r->op))
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

	if (!files_is_temporary(files_last_name(r->path), &number))
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

	if (!files_is_temporary(files_last_name(r->path), &number))
		return;
	pthread_mutex_lock(&turn);
	free(map_take(&made, number));
	if (r->op == FILES_BESIDE)
		map_put(&made, number, files_copy(r->path));
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
	bool names_two = files_places(r->op);
	struct allowance *a;
	int status;

	if (r->op == FILES_UNNAMED)
		return files_act(&(struct act){ .op = FILES_UNNAMED });
	errno = EACCES;
	if (r->op >= FILES_OPS || r->path == NULL || (names_two && r->to == NULL) || (a = files_find(r)) == NULL)
		return -1;
	if (r->op == FILES_BESIDE && !may_be_made(r))
		return -1;
	status = act(a, r);
	if (status >= 0 && (r->op == FILES_BESIDE || r->op == FILES_REMOVE || names_two))
		note_made(r);
	return status;
}

int
files_ask(enum files_op op, const char *path, const char *to)
{
	struct files_request r = { op, path, to };
	int own = path != NULL && (op == FILES_READ || op == FILES_APPEND) ? files_own(path) : -1;

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
	if (caller != NULL)
		files_leave_directories();
}

uint64_t
files_number(void)
{
	static _Atomic uint64_t last;

	return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}
