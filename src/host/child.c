#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

extern char **environ;

static const int ignored[] = { SIGINT, SIGQUIT, SIGPIPE };
enum { IGNORED = sizeof ignored / sizeof ignored[0], KILLED = 128, NOT_RUN = 127 };

struct child {
	pid_t pid;
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

/* All signals as a new program expects them: none caught, ignored or blocked. */
static int
set_signals(posix_spawnattr_t *attr)
{
	sigset_t all, none;
	int error;

	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	sigemptyset(&none);
	error = posix_spawnattr_setsigdefault(attr, &all);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attr, &none);
	if (error == 0)
		error = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return error;
}

/* Our other descriptors close themselves. */
static int
spawn(struct child *c, const char *command, int input)
{
	char *const argv[] = { (char []){ "sh" }, (char []){ "-c" }, (char *)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attr) != 0)
		die("out of memory");
	error = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	if (error == 0)
		error = set_signals(&attr);
	if (error == 0)
		error = posix_spawn(&c->pid, "/bin/sh", &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
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

struct child *
child_open(const char *command, int *fd_r)
{
	struct child *c = xcalloc(1, sizeof *c);
	int fd[2] = { -1, -1 }, error = make_pipe(fd);

	if (error == 0) {
		ignore(c);
		error = spawn(c, command, fd[0]);
		close(fd[0]);
	}
	if (error != 0) {
		if (fd[1] >= 0) {
			close(fd[1]);
			restore(c);
		}
		free(c);
		errno = error;
		return NULL;
	}
	*fd_r = c->fd = fd[1];
	return c;
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NOT_RUN;
	return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}

int
child_close(struct child **cp)
{
	struct child *c = *cp;
	int status;

	close(c->fd);
	status = wait_for(c->pid);
	restore(c);
	free(c);
	*cp = NULL;
	return status;
}
