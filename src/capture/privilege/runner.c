#include "runner.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "capabilities.h"
#include "message.h"
#include "process.h"

enum { KILLED = 128, NOT_RUN = 127 };

extern char **environ;

/* --- the runner --- */

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
spawn(const char *command, int input, pid_t *pid_r)
{
	char *const argv[] = { (char []){ "sh" }, (char []){ "-c" }, (char *)(size_t)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attr) != 0)
		die("out of memory");
	error = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	if (error == 0)
		error = set_signals(&attr);
	if (error == 0)
		error = posix_spawn(pid_r, "/bin/sh", &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
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

/* Two answers: it has begun, and it has ended. False: nobody is there to hear. */
static bool
serve(int socket, const char *command, int input, runner_confirm *confirm)
{
	struct message_answer a = { .error = EINVAL };
	pid_t pid = 0;
	bool begun;

	if (input >= 0)
		a.error = confirm(command, socket) ? spawn(command, input, &pid) : ECANCELED;
	if (input >= 0)
		close(input);
	begun = a.error == 0;
	a.result = begun ? 0 : -1;
	if (!message_send(socket, &a, sizeof a, -1))
		return false;
	if (!begun)
		return true;
	a.result = wait_for(pid);
	return message_send(socket, &a, sizeof a, -1);
}

static _Noreturn void
be_runner(int socket, runner_confirm *confirm)
{
	static char command[LIMIT_PROMPT + 1];
	int input;
	long n;

	process_begin(PROCESS_RUNNER, socket);
	capabilities_bound(0);
	capabilities_keep(0);			/* those of our file, if it has any */
	while ((n = message_receive(socket, command, sizeof command - 1, &input)) > 0 || (n < 0 && errno == EMSGSIZE)) {
		command[n > 0 ? n : 0] = '\0';
		if (!serve(socket, command, n > 0 ? input : -1, confirm))
			break;
	}
	_exit(0);
}

/* --- in the parser --- */

static int question_socket = -1;
static pid_t runner_pid;

static void
end_runner(void)
{
	close(question_socket);
	while (waitpid(runner_pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int
runner_start(runner_confirm *confirm)
{
	int end[2];

	if (!message_sockets(end))
		return -1;
	runner_pid = fork();
	if (runner_pid == 0)
		be_runner(end[1], confirm);
	close(end[1]);
	if (runner_pid < 0) {
		close(end[0]);
		return -1;
	}
	atexit(end_runner);
	return question_socket = end[0];
}

int
runner_socket(void)
{
	return question_socket;
}

static int
hear(void)
{
	struct message_answer a;

	if (message_receive(question_socket, &a, sizeof a, NULL) != sizeof a) {
		errno = ESRCH;
		return -1;
	}
	errno = a.error;
	return a.result;
}

int
runner_run(const char *command, int fd)
{
	size_t n = strlen(command);
	bool sent = false;
	int error = ENOSYS;

	if (question_socket >= 0 && n > 0) {
		sent = message_send(question_socket, command, n, fd);
		error = errno;
	}
	close(fd);
	if (sent)
		return hear();
	errno = error;
	return -1;
}

int
runner_end(void)
{
	int status = hear();

	return status >= 0 ? status : NOT_RUN;
}
