#include "interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "engine/engine.h"

static struct interrupts state;
static int terminal = -1;		/* that controls us, or -1 */
static bool reopens;

struct interrupts *
interrupt_state(void)
{
	return &state;
}

/*
 * A terminal that hung up says so to whoever still has it open (tty_hangup in the kernel; POSIX.1-2008 XBD 11.1.10). Safe in a
 * handler.
 */
static bool
terminal_has_gone(void)
{
	struct pollfd fd = { .fd = terminal };

	return terminal >= 0 && poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR)) != 0;
}

bool
interrupt_means_reopen(void)
{
	return reopens && !terminal_has_gone();
}

static void
on(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

/*
 * The source may be about to wait for input: then this signal interrupted
 * nothing, and the alarm does.
 */
static void
on_end(int number)
{
	if (state.by != 0) {
		on(number, SIG_DFL);
		raise(number);
	}
	state.by = number;
	state.stop = STOP_SOON;
	alarm(1);
}

/* It comes for every write. */
static void
on_pipe(int number)
{
	if (state.by == 0)
		state.by = number;
	state.stop = STOP_NOW;
	alarm(1);
}

static void
on_alarm(int number)
{
	(void)number;
	state.stop = STOP_NOW;
	alarm(1);
}

static void
on_hangup(int number)
{
	int error = errno;

	if (interrupt_means_reopen())
		state.reopen = 1;
	else
		on_end(number);
	errno = error;
}

static void
on_ask(int number)
{
	(void)number;
	state.ask = 1;
}

void
interrupt_begin(void)
{
	on(SIGPIPE, SIG_IGN);
	on(SIGXFSZ, SIG_IGN);		/* write() tells it */
	on(SIGUSR1, SIG_IGN);		/* there are no counters yet */
	terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
}

/* nohup is obeyed, unless somebody rotates our files. */
static void
catch_hangup(void)
{
	struct sigaction before;

	if (reopens || sigaction(SIGHUP, NULL, &before) != 0 || before.sa_handler != SIG_IGN)
		on(SIGHUP, on_hangup);
}

void
interrupt_catch(bool one_output, bool into_files)
{
	reopens = into_files;
	on(SIGINT, on_end);
	on(SIGTERM, on_end);
	catch_hangup();
	on(SIGALRM, on_alarm);
	on(SIGUSR1, on_ask);
	if (one_output)
		on(SIGPIPE, on_pipe);
}
