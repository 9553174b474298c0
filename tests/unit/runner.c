/* runner.c - the question before a program is run, at a terminal where the process that asks for it is hostile. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "base/thread.h"
#include "capture/privilege/runner.h"

enum { RUN = 1, REFUSED = 2, FAILED = 3, PATIENCE = 20000, OFTEN = 5 };

static char file[] = "/tmp/smtptap-runner-XXXXXX";

/* A process that may read the terminal takes what a report begins with, and leaves its last letter to others. */
static void
take_all_but_the_last(void *self)
{
	char report[8];

	(void)self;
	while (read(STDIN_FILENO, report, sizeof report) != 0)
		;
}

static int
run(const char *command)
{
	int ends[2], status;

	if (pipe(ends) != 0)
		return FAILED;
	status = runner_run(command, ends[0]);
	close(ends[1]);
	if (status == 0)
		runner_end();
	return status == 0 ? RUN : errno == ECANCELED && tcgetpgrp(STDIN_FILENO) == getpgrp() ? REFUSED : FAILED;
}

/* In the parser: once, or, as nobody sees what it paints over, more often. */
static _Noreturn void
ask(const char *command, bool reads)
{
	struct termios modes;
	int status;

	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	if (tcgetattr(STDIN_FILENO, &modes) != 0 || runner_start(runner_ask_terminal) < 0)
		_exit(FAILED);
	modes.c_lflag &= (tcflag_t)~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	if (reads && thread_start(take_all_but_the_last, NULL) == NULL)
		_exit(FAILED);
	for (int i = 0; (status = run(command)) == REFUSED && reads && i < OFTEN; i++)
		;
	_exit(status);
}

/* A keystroke once it was asked, or reports all the time. */
static int
at_terminal(const char *command, bool reads, const char *answer, const char *reports)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char shown[16384] = "", *end = shown;
	int master, status = 0;
	bool answered = false;
	pid_t pid = forkpty(&master, NULL, NULL, &size);

	if (pid == 0)
		ask(command, reads);
	assert_true(pid > 0);
	for (int i = 0; i < PATIENCE && waitpid(pid, &status, WNOHANG) != pid; i++) {
		struct pollfd there = { .fd = master, .events = POLLIN };

		if (reports != NULL)
			assert_true(write(master, reports, strlen(reports)) > 0);
		if (poll(&there, 1, 1) > 0 && there.revents & POLLIN && end < shown + sizeof shown - 1) {
			ssize_t n = read(master, end, (size_t)(shown + sizeof shown - 1 - end));

			end += n > 0 ? n : 0;
			*end = '\0';
		}
		if (!answered && answer != NULL && strstr(shown, "[y/N] ") != NULL)
			answered = write(master, answer, strlen(answer)) > 0;
	}
	close(master);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool
was_run(void)
{
	return unlink(file) == 0;
}

static void
test_answers(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "touch %s", file);
	assert_int_equal(at_terminal(command, false, "y", NULL), RUN);
	assert_true(was_run());
	assert_int_equal(at_terminal(command, false, "n", NULL), REFUSED);
	assert_int_equal(at_terminal(command, false, "\x1b[?1;2$y", NULL), REFUSED);
	assert_false(was_run());
}

/*
 * A terminal answers DECRQM, which anybody may write to it, with a report that ends in `y` (xterm's ctlseqs). Who reads all but
 * that would have answered the question.
 */
static void
test_reports_are_no_answer(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "touch %s", file);
	assert_int_equal(at_terminal(command, true, NULL, "\x1b[?1;2$y"), REFUSED);
	assert_false(was_run());
}

/* What scrolls away was not read by anybody. */
static void
test_all_is_shown(void **state)
{
	char command[3000];
	int n = snprintf(command, sizeof command, "touch %s; true ", file);

	(void)state;
	memset(command + n, 'x', sizeof command - 1 - (size_t)n);
	command[sizeof command - 1] = '\0';
	assert_int_equal(at_terminal(command, false, "y", NULL), REFUSED);
	assert_false(was_run());
	command[1000] = '\0';
	assert_int_equal(at_terminal(command, false, "y", NULL), RUN);
	assert_true(was_run());
}

static int
setup(void **state)
{
	(void)state;
	return close(mkstemp(file)) != 0 || unlink(file) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_reports_are_no_answer),
		cmocka_unit_test(test_all_is_shown),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
