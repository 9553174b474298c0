#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/privilege/privilege.h"

static const int ignored[] = { SIGINT, SIGQUIT, SIGPIPE };
enum { IGNORED = sizeof ignored / sizeof ignored[0] };

struct child {
	int fd;
	struct sigaction before[IGNORED];
};

static void
ignore(struct child *c)
{
	struct sigaction nothing = { .sa_handler = SIG_IGN };

	for (int i = 0; i < IGNORED; i++)
		sigaction(ignored[i], &nothing, &c->before[i]);
}

static void
restore(const struct child *c)
{
	for (int i = 0; i < IGNORED; i++)
		sigaction(ignored[i], &c->before[i], NULL);
}

/* The ends are no standard descriptors: those are occupied (main.c). */
static int
make_pipe(int fd[2])
{
	if (pipe(fd) < 0)
		return errno;
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

/* While the question stands at the terminal, too, its signals are not ours. */
static int
start(struct child *c, const char *command, const int fd[2])
{
	int error;

	ignore(c);
	if (privilege_run(command, fd[0]) == 0)
		return 0;
	error = errno;
	close(fd[1]);
	restore(c);
	return error;
}

struct child *
child_open(const char *command, int *fd_r)
{
	struct child *c = xcalloc(1, sizeof *c);
	int fd[2], error = make_pipe(fd);

	if (error == 0)
		error = start(c, command, fd);
	if (error != 0) {
		free(c);
		errno = error;
		return NULL;
	}
	*fd_r = c->fd = fd[1];
	return c;
}

int
child_close(struct child **cp)
{
	struct child *c = *cp;
	int status;

	close(c->fd);
	status = privilege_run_end();
	restore(c);
	free(c);
	*cp = NULL;
	return status;
}
