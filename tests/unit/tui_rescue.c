/* A signal that nobody waits for: the terminal is put back, and the signal does what it always did. */
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tui/terminal/rescue.h"

enum { SPINS = 3 };		/* seconds of work; who lives as long as that was not ended */

static const char farewell[] = "farewell";

static int
open_terminal(int *slave_r)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	*slave_r = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(*slave_r >= 0);
	return master;
}

static void
by_timer(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 10000 } };

	setitimer(ITIMER_VIRTUAL, &soon, NULL);
}

static void
by_limit(void)
{
	setrlimit(RLIMIT_CPU, &(struct rlimit){ 1, RLIM_INFINITY });
}

static void
by_hand(void)
{
	raise(SIGUSR1);
}

static void
by_abort(void)
{
	abort();
}

/* In a process of its own, which changes the terminal's modes as a screen does. */
static void
suffer(int slave, void (*how)(void))
{
	struct termios modes;
	clock_t end;

	tcgetattr(slave, &modes);
	if (!rescue_prepare(slave, slave))
		_exit(2);
	rescue_arm((slice){ (const uint8_t *)farewell, strlen(farewell) });
	modes.c_lflag &= (tcflag_t)~(ICANON | ECHO);
	tcsetattr(slave, TCSANOW, &modes);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	how();
	for (end = clock() + SPINS * CLOCKS_PER_SEC; clock() < end;)
		;
	_exit(3);
}

static void
check(int number, void (*how)(void))
{
	int slave, master = open_terminal(&slave), status;
	struct pollfd there = { .fd = master, .events = POLLIN };
	struct termios before, after;
	char said[64] = "";
	pid_t pid;

	assert_int_equal(tcgetattr(slave, &before), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		suffer(slave, how);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), number);
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(poll(&there, 1, 1000), 1);
	assert_true(read(master, said, sizeof said - 1) > 0);
	assert_string_equal(said, farewell);
	close(slave);
	close(master);
}

static void
test_signals(void **state)
{
	(void)state;
	check(SIGVTALRM, by_timer);		/* these two come from the kernel, once, and are no faults */
	check(SIGXCPU, by_limit);
	check(SIGUSR1, by_hand);
	check(SIGABRT, by_abort);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_signals) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
