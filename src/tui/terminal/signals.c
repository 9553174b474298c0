#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/err.h"
#include "rescue.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT };
enum { CAUGHT = sizeof caught / sizeof caught[0], ENDING = 3 };		/* the first three say that it is time to end */

static volatile sig_atomic_t came[CAUGHT];
static int ends[2] = { -1, -1 };
static struct sigaction before[CAUGHT], pipe_before;

/* Asked to end a second time, while nobody has heard the first: the loop hangs, perhaps because the terminal does. */
static void
insist(int number)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL };

	rescue_now();
	sigemptyset(&by_default.sa_mask);
	sigaction(number, &by_default, NULL);
	raise(number);
}

/* A pipe that is full wakes as well as one with a byte in it. */
static void
on_signal(int number)
{
	int error = errno;

	for (int i = 0; i < CAUGHT; i++)
		if (caught[i] == number) {
			if (came[i] && i < ENDING)
				insist(number);
			came[i] = 1;
		}
	if (write(ends[1], "", 1) < 0)
		errno = error;
	errno = error;
}

void
signals_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (pipe(ends) != 0)
		die("no pipe for signals: too many open files");
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	}
	sigemptyset(&action.sa_mask);
	sigemptyset(&ignore.sa_mask);
	for (int i = 0; i < CAUGHT; i++) {
		came[i] = 0;
		sigaction(caught[i], NULL, &before[i]);
		/* nohup is obeyed; so is a shell without job control. */
		if (before[i].sa_handler != SIG_IGN || caught[i] == SIGCONT || caught[i] == SIGWINCH)
			sigaction(caught[i], &action, NULL);
	}
	sigaction(SIGPIPE, &ignore, &pipe_before);
}

void
signals_end(void)
{
	if (ends[0] < 0)
		return;
	for (int i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &before[i], NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	close(ends[0]);
	close(ends[1]);
	ends[0] = ends[1] = -1;
}

int
signals_fd(void)
{
	return ends[0];
}

int
signals_next(void)
{
	char bytes[64];

	while (read(ends[0], bytes, sizeof bytes) > 0)
		;
	for (int i = 0; i < CAUGHT; i++)
		if (came[i]) {
			came[i] = 0;
			return caught[i];
		}
	return 0;
}

void
signals_stop(bool job)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL }, ours;

	sigemptyset(&by_default.sa_mask);
	sigaction(SIGTSTP, &by_default, &ours);
	if (job)
		kill(0, SIGTSTP);
	else
		raise(SIGTSTP);
	/* Here we are again: continued, or never stopped because nobody is there to continue us. */
	sigaction(SIGTSTP, &ours, NULL);
	for (int i = 0; i < CAUGHT; i++)
		if (caught[i] == SIGCONT || caught[i] == SIGTSTP)
			came[i] = 0;
}
