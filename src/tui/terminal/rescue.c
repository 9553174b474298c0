#include "rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"

/* One terminal in a process: what a signal handler needs stands where it can find it. */
static int key_fd = -1, out_fd = -1;
static struct termios modes;			/* of the terminal as it was found */
static char bytes[RESCUE_BYTES];
static volatile sig_atomic_t nbytes;
static volatile sig_atomic_t armed;

static int stderr_fd = -1;			/* the real one, while what is said there is kept */
static int said_fd = -1;			/* where it can be read */
static char said[RESCUE_SAID];
static volatile sig_atomic_t nsaid;

/* Signals that end a program by default, and that nobody here waits for; those of a crash first. */
static const int fatal[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT, SIGXCPU, SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM,
	SIGPROF,
};
enum { FATAL = sizeof fatal / sizeof fatal[0] };
static struct sigaction before[FATAL];

static void
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t wrote = write(fd, p, n);

		if (wrote <= 0)
			return;
		p += wrote;
		n -= (size_t)wrote;
	}
}

/* Reads what was said into `said`; of what does not fit, nothing is kept. */
static void
gather(void)
{
	char more[512];
	ssize_t n;

	while (said_fd >= 0 && (n = read(said_fd, more, sizeof more)) > 0)
		for (ssize_t i = 0; i < n && nsaid < RESCUE_SAID; i++)
			said[nsaid++] = more[i];
}

static void
say_what_was_kept(void)
{
	static const char more[] = "\nsmtptap: more was said than is kept while the screen is up\n";

	if (stderr_fd < 0)
		return;
	gather();
	write_all(stderr_fd, said, (size_t)nsaid);
	if (nsaid == RESCUE_SAID)
		write_all(stderr_fd, more, sizeof more - 1);
	nsaid = 0;
	dup2(stderr_fd, STDERR_FILENO);
}

/* Safe in a signal handler: write(), read(), tcsetattr() and dup2() are (POSIX.1-2008 2.4.3). */
void
rescue_now(void)
{
	if (armed) {
		armed = 0;
		tcflush(out_fd, TCOFLUSH);	/* what a stalled terminal did not take yet must not keep us here */
		write_all(out_fd, bytes, (size_t)nbytes);
		tcsetattr(key_fd, TCSANOW, &modes);
	}
	say_what_was_kept();
}

/* The processor's own complaint, that comes again with the same instruction: not what somebody sent, nor what a timer or a limit did. */
static bool
is_fault(int number, const siginfo_t *info)
{
	return info->si_code > 0 && (number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL);
}

/*
 * The terminal is restored; then what happened before happens. A fault is met
 * again when its instruction is: a sanitizer that was there before us reports
 * it then. Of any other signal there is another one.
 */
static void
on_fatal(int number, siginfo_t *info, void *context)
{
	int error = errno;

	(void)context;
	rescue_now();
	for (int i = 0; i < FATAL; i++)
		if (fatal[i] == number)
			sigaction(number, &before[i], NULL);
	if (!is_fault(number, info))
		raise(number);
	errno = error;
}

/* Whose the signal was is asked for, not assumed: it may be ignored, or have a handler (which sanitizers set for crashes). */
static void
catch_fatal(void)
{
	static char stack[64 * 1024];	/* so that a stack that overflowed is no hindrance */
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof stack }, old;
	struct sigaction action = { .sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (sigaltstack(NULL, &old) == 0 && old.ss_flags & SS_DISABLE)
		sigaltstack(&alternative, NULL);
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < FATAL; i++) {
		bool crash = i < 5;

		if (sigaction(fatal[i], NULL, &before[i]) == 0
		    && (crash || (!(before[i].sa_flags & SA_SIGINFO) && before[i].sa_handler == SIG_DFL)))
			sigaction(fatal[i], &action, NULL);
	}
}

/* From now on whatever ends the program comes by here. */
static void
catch_ends(void)
{
	static bool caught;

	if (caught)
		return;
	caught = true;
	catch_fatal();
	atexit(rescue_now);
}

bool
rescue_prepare(int key, int out)
{
	if (tcgetattr(key, &modes) != 0)
		return false;
	key_fd = key;
	out_fd = out;
	catch_ends();
	return true;
}

void
rescue_arm(slice s)
{
	CHECK(s.n <= sizeof bytes);
	armed = 0;
	if (s.n > 0)
		memcpy(bytes, s.p, s.n);
	nbytes = (sig_atomic_t)s.n;
	armed = 1;
}

void
rescue_disarm(void)
{
	armed = 0;
}

void
rescue_restore_modes(void)
{
	if (key_fd >= 0)
		tcsetattr(key_fd, TCSADRAIN, &modes);
}

void
rescue_hush(void)
{
	int ends[2];

	if (stderr_fd >= 0 || !isatty(STDERR_FILENO) || pipe(ends) != 0)
		return;
	catch_ends();
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	}
	stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (stderr_fd < 0 || dup2(ends[1], STDERR_FILENO) < 0) {
		if (stderr_fd >= 0)
			close(stderr_fd);
		stderr_fd = -1;
		close(ends[0]);
		close(ends[1]);
		return;
	}
	close(ends[1]);
	said_fd = ends[0];
}

void
rescue_speak(void)
{
	if (stderr_fd < 0)
		return;
	say_what_was_kept();
	close(stderr_fd);
	close(said_fd);
	stderr_fd = said_fd = -1;
}

int
rescue_hushed(void)
{
	return said_fd;
}

slice
rescue_listen(void)
{
	sig_atomic_t first = nsaid;

	gather();
	return (slice){ (const uint8_t *)said + first, (size_t)(nsaid - first) };
}
