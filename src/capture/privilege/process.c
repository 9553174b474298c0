#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"

/* It ends when the parser does, whatever that one does about these. */
static void
ignore_signals(void)
{
	static const int ignored[] = {
		SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGWINCH, SIGXFSZ,
	};
	struct sigaction ignore = { .sa_handler = SIG_IGN }, by_default = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int number = 1; number < NSIG; number++)	/* no handler of the parser's, such as the one that puts its terminal back */
		sigaction(number, &by_default, NULL);
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		sigaction(ignored[i], &ignore, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

struct keep { enum process process; int socket; };

/* The monitor: directories, where files are opened, and packet sockets, to bind them again. The runner: what programs write to. */
static bool
is_needed(const struct keep *k, int fd)
{
	struct stat st;

	if (fd == k->socket || fd == STDERR_FILENO)
		return true;
	if (k->process == PROCESS_RUNNER)
		return fd == STDOUT_FILENO;
	return fstat(fd, &st) != 0 || S_ISDIR(st.st_mode) || descriptor_is_packets(fd);
}

/* A pipe that we hold has no end, and a removed file that we hold takes room. */
static void
close_unneeded(void *self, int fd)
{
	if (!is_needed(self, fd))
		close(fd);
}

/* What is opened later must not become one of these. */
static void
occupy_standard_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(1);
}

void
process_begin(enum process p, int socket)
{
	static const char *const name[] = { [PROCESS_MONITOR] = "smtptap monitor", [PROCESS_RUNNER] = "smtptap runner" };

	prctl(PR_SET_NAME, name[p], 0, 0, 0);
	ignore_signals();
	descriptors_each(close_unneeded, &(struct keep){ p, socket });
	occupy_standard_descriptors();
}
