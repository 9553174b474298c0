/*
 * confirm.c - the question before a program is run.
 *
 * Who asks for the program can write to the terminal, and have it answer:
 * DECRQM makes xterm and its like type ESC [ ? 1 ; 2 $ y, and who reads all of
 * that but the end has typed a yes. So while the question stands, its keys are
 * ours alone, and it begins when the terminal is silent: what comes then comes
 * from its beginning, which is never a letter.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clean.h"
#include "base/limits.h"
#include "runner.h"

static void
say(int terminal, const struct buf *out)
{
	slice rest = buf_slice(out);
	ssize_t n;

	while (rest.n > 0 && (n = write(terminal, rest.p, rest.n)) > 0)
		rest = slice_drop(rest, (size_t)n);
}

/* The parser's words: what looks like a command must be all of it. */
static void
ask(int terminal, const char *command)
{
	struct buf out;

	buf_init(&out, 8 * LIMIT_PROMPT);
	buf_text(&out, "\nThis program is given the bytes:\n\n    ");
	clean_add(&out, slice_of(command), CLEAN_TERMINAL);
	buf_text(&out, "\n\nRun it? [y/N] ");
	say(terminal, &out);
	buf_fini(&out);
}

/* Words around it, and a line that the shell left. */
static bool
fits(int terminal, const char *command)
{
	enum { INDENT = 4, LINES = 8 };
	struct winsize w = { 0 };
	size_t columns, lines;

	(void)ioctl(terminal, TIOCGWINSZ, &w);
	columns = w.ws_col > 0 ? w.ws_col : 80;
	lines = w.ws_row > 0 ? w.ws_row : 24;
	return (INDENT + clean_width(slice_of(command))) / columns + LINES < lines;
}

/* --- the terminal's keys --- */

/*
 * A process that is not of the foreground's group cannot read from the
 * terminal, whatever it does about SIGTTIN; and only by setpgid() and
 * TIOCSPGRP, which the parser does not have, it comes there (POSIX, 11.1.4).
 * False: nobody looks at us.
 */
static bool
take_terminal(int terminal, pid_t ours)
{
	return tcgetpgrp(terminal) == ours && setpgid(0, 0) == 0 && tcsetpgrp(terminal, getpid()) == 0;
}

static void
give_terminal_back(int terminal, pid_t ours)
{
	if (tcgetpgrp(terminal) == getpid())		/* or the shell has taken it */
		tcsetpgrp(terminal, ours);
	setpgid(0, ours);
}

/* What was typed, or reported, before is forgotten. False: it does not end. */
static bool
wait_for_silence(int terminal)
{
	enum { SILENCE = 100, TIMES = 20 };
	struct pollfd there = { .fd = terminal, .events = POLLIN };

	for (int i = 0; i < TIMES; i++) {
		tcflush(terminal, TCIFLUSH);
		if (poll(&there, 1, SILENCE) == 0)
			return true;
	}
	return false;
}

/* '\0': nobody is there. */
static char
read_key(int terminal, int socket)
{
	struct pollfd there[] = { { .fd = terminal, .events = POLLIN }, { .fd = socket, .events = POLLIN } };
	char key = '\0';

	if (poll(there, 2, -1) > 0 && there[1].revents == 0 && read(terminal, &key, 1) != 1)
		key = '\0';
	return key;
}

/* One key, not echoed and no signal: ^C is an answer. */
static char
ask_for_key(int terminal, const char *command, int socket)
{
	struct termios before, modes;
	char key = '\0';

	if (tcgetattr(terminal, &before) != 0)
		return '\0';
	modes = before;
	modes.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG);
	modes.c_oflag |= OPOST | ONLCR;
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	tcsetattr(terminal, TCSAFLUSH, &modes);
	if (wait_for_silence(terminal)) {
		ask(terminal, command);
		key = read_key(terminal, socket);
	}
	tcsetattr(terminal, TCSAFLUSH, &before);
	return key;
}

static bool
is_confirmed(int terminal, const char *command, int socket)
{
	pid_t ours = getpgrp();
	char key;

	if (!take_terminal(terminal, ours))
		return false;
	key = ask_for_key(terminal, command, socket);
	give_terminal_back(terminal, ours);
	return key == 'y' || key == 'Y';
}

bool
runner_ask_terminal(const char *command, int socket)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct buf answer;
	bool fit, yes;

	if (terminal < 0)
		return false;
	fit = fits(terminal, command);
	yes = fit && is_confirmed(terminal, command, socket);
	buf_init(&answer, KiB);
	buf_text(&answer, yes ? "yes\n\n" : fit ? "no\n" : "\nThe command is too long to be seen whole here, and is not run.\n");
	say(terminal, &answer);
	buf_fini(&answer);
	close(terminal);
	return yes;
}
