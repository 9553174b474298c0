#include <fcntl.h>
#include <poll.h>
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

/* One key, not echoed and no signal: ^C is an answer. '\0': nobody is there. */
static char
read_key(int terminal, int socket)
{
	struct pollfd there[] = { { .fd = terminal, .events = POLLIN }, { .fd = socket, .events = POLLIN } };
	struct termios before, modes;
	char key = '\0';

	if (tcgetattr(terminal, &before) != 0)
		return '\0';
	modes = before;
	modes.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG);
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	tcsetattr(terminal, TCSAFLUSH, &modes);		/* what was typed before is forgotten */
	if (poll(there, 2, -1) > 0 && there[1].revents == 0 && read(terminal, &key, 1) != 1)
		key = '\0';
	tcsetattr(terminal, TCSAFLUSH, &before);
	return key;
}

bool
runner_ask_terminal(const char *command, int socket)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct buf answer;
	char key;
	bool yes;

	if (terminal < 0)
		return false;
	ask(terminal, command);
	key = read_key(terminal, socket);
	yes = key == 'y' || key == 'Y';
	buf_init(&answer, 16);
	buf_text(&answer, yes ? "yes\n\n" : "no\n");
	say(terminal, &answer);
	buf_fini(&answer);
	close(terminal);
	return yes;
}
