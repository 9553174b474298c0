#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/chars.h"

/* It ends when the parser does, whatever that one does about these. */
static void
ignore_signals(void)
{
	static const int ignored[] = {
		SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGWINCH, SIGXFSZ,
	};
	struct sigaction ignore = { .sa_handler = SIG_IGN }, by_default = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		sigaction(ignored[i], &ignore, NULL);
	sigaction(SIGCHLD, &by_default, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The monitor: directories, where files are opened, and packet sockets, to bind them again. The runner: what programs write to. */
static bool
is_needed(enum process p, int fd)
{
	struct stat st;
	int domain;
	socklen_t size = sizeof domain;

	if (p == PROCESS_RUNNER)
		return fd == STDOUT_FILENO;
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode))
		return true;
	return S_ISSOCK(st.st_mode) && getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_PACKET;
}

/* A pipe that we hold has no end, and a removed file that we hold takes room. */
static void
close_others(enum process p, int socket)
{
	enum { GUESS = 1024 };
	DIR *all = opendir("/proc/self/fd");
	const struct dirent *entry;

	for (int i = 0; all != NULL ? (entry = readdir(all)) != NULL : i < GUESS; i++) {
		int fd = all == NULL ? i : char_is_digit((uint8_t)entry->d_name[0]) ? atoi(entry->d_name) : -1;

		if (fd >= 0 && fd != socket && fd != STDERR_FILENO && (all == NULL || fd != dirfd(all)) && !is_needed(p, fd))
			close(fd);
	}
	if (all != NULL)
		closedir(all);
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
	close_others(p, socket);
	occupy_standard_descriptors();
}
