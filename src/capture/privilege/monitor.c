#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/thread.h"
#include "calls.h"
#include "capabilities.h"
#include "capture/live/live.h"
#include "filter.h"
#include "message.h"
#include "process.h"

enum what { WHAT_FILE, WHAT_REBIND };

struct question {
	enum what what;
	unsigned detail;		/* the operation, or the interface */
	unsigned path, to;		/* lengths with the NUL; 0: there is none */
	char text[2 * PATH_MAX];	/* path, to */
};

enum { HEAD = offsetof(struct question, text) };

/* --- the monitor --- */

/* A text of `n` bytes that ends where it says; *text goes on behind it. */
static bool
take_text(const char **text, size_t *left, unsigned n, const char **taken_r)
{
	*taken_r = n > 0 ? *text : NULL;
	if (n > *left || (n > 0 && memchr(*text, '\0', n) != *text + n - 1))
		return false;
	*text += n;
	*left -= n;
	return true;
}

/* What it asks for is a descriptor: that goes along. */
static int
answer_file(const struct question *q, size_t n, struct message_answer *a)
{
	struct files_request request = { .op = (enum files_op)q->detail };
	const char *text = q->text;
	size_t left = n - HEAD;

	errno = EINVAL;
	if (q->detail >= FILES_OPS || !take_text(&text, &left, q->path, &request.path) || !take_text(&text, &left, q->to, &request.to) || left > 0)
		return -1;
	a->result = files_answer(&request);
	return a->result >= 0 && files_opens(request.op) ? a->result : -1;
}

static bool
answer(int socket, const struct question *q, size_t n)
{
	struct message_answer a = { .result = -1 };
	int fd = -1;
	bool sent;

	errno = EINVAL;
	if (n >= HEAD && q->what == WHAT_FILE)
		fd = answer_file(q, n, &a);
	else if (n >= HEAD && q->what == WHAT_REBIND)
		a.result = live_rebind(q->detail);
	a.error = a.result < 0 ? errno : 0;
	sent = message_send(socket, &a, sizeof a, fd);
	if (fd >= 0)
		close(fd);
	return sent;
}

/* Root's rights on files, wherever they are and whoever has them, and a socket that packets come from. */
static uint64_t
rights_kept(bool live)
{
	uint64_t files = CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_DAC_READ_SEARCH) | CAPABILITY(CAP_FOWNER) | CAPABILITY(CAP_CHOWN);

	return files | (live ? CAPABILITY(CAP_NET_RAW) : 0);
}

/* What the kernel lacks, the parser has found out, too. */
static void
give_up(int socket, bool live)
{
	capabilities_bound(rights_kept(live));
	capabilities_keep(rights_kept(live));
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	filter_install(&(struct filter_options){ .calls = &calls_of_monitor, .error = EPERM, .live = live, .socket = socket, .runner = -1 });
}

static _Noreturn void
be_monitor(int socket, bool live, bool weak)
{
	static struct question q;
	long n;

	process_begin(PROCESS_MONITOR, socket);
	if (weak)
		give_up(socket, live);
	while ((n = message_receive(socket, &q, sizeof q, NULL)) > 0 || (n < 0 && errno == EMSGSIZE))
		if (!answer(socket, &q, n > 0 ? (size_t)n : 0))
			break;
	files_forget();
	_exit(0);
}

/* --- in the parser --- */

static int monitor_socket = -1;
static struct lock *turn;
static pid_t monitor_pid;
static volatile sig_atomic_t gone, reaped, ending;

/* Without it no more files can be put in their places: what was asked for cannot be done. Safe in a signal handler. */
static void
mourn(void)
{
	static const char words[] = "smtptap: the process that opens files (the monitor) has ended; so do we\n";
	static atomic_flag mourned = ATOMIC_FLAG_INIT;
	ssize_t n;

	if (ending || atomic_flag_test_and_set(&mourned))
		return;
	gone = 1;
	n = write(STDERR_FILENO, words, sizeof words - 1);
	(void)n;
	kill(getpid(), SIGTERM);
}

static int
ask(const struct question *q)
{
	struct message_answer a = { 0 };
	size_t n = HEAD + q->path + q->to;
	bool answered;
	int fd = -1;

	lock_take(turn);
	answered = message_send(monitor_socket, q, n, -1) && message_receive(monitor_socket, &a, sizeof a, &fd) == sizeof a;
	lock_give(turn);
	if (!answered)
		mourn();
	errno = answered ? a.error : ESRCH;
	if (!answered || a.result < 0)
		return -1;
	if (q->what != WHAT_FILE || !files_opens((enum files_op)q->detail))
		return a.result;
	if (fd < 0)
		errno = EMFILE;			/* we had no room for it */
	return fd;
}

static bool
put_text(struct question *q, const char *text, unsigned *n_r)
{
	size_t n = text != NULL ? strlen(text) + 1 : 0;

	if (n > PATH_MAX)
		return false;
	if (n > 0)
		memcpy(q->text + q->path, text, n);
	*n_r = (unsigned)n;
	return true;
}

static int
ask_file(const struct files_request *request)
{
	struct question q;

	q.what = WHAT_FILE;
	q.detail = request->op;
	q.path = q.to = 0;
	if (!put_text(&q, request->path, &q.path) || !put_text(&q, request->to, &q.to)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return ask(&q);
}

static int
ask_rebind(size_t interface)
{
	struct question q;

	memset(&q, 0, HEAD);
	q.what = WHAT_REBIND;
	q.detail = (unsigned)interface;
	return ask(&q);
}

bool
monitor_is_gone(void)
{
	return gone;
}

static void
on_child(int number)
{
	int error = errno;

	(void)number;
	if (!reaped && waitpid(monitor_pid, NULL, WNOHANG) == monitor_pid) {
		reaped = 1;
		mourn();
	}
	errno = error;
}

static void
catch_its_end(void)
{
	struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP };

	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
}

/* It ends before we do, so that nothing of us is left when whoever started us goes on. */
static void
end_monitor(void)
{
	ending = 1;
	close(monitor_socket);
	if (!reaped)
		while (waitpid(monitor_pid, NULL, 0) < 0 && errno == EINTR)
			;
}

int
monitor_start(bool live, bool weak)
{
	int end[2];

	if (!message_sockets(end))
		return -1;
	monitor_pid = fork();
	if (monitor_pid == 0)
		be_monitor(end[1], live, weak);
	close(end[1]);
	if (monitor_pid < 0) {
		close(end[0]);
		return -1;
	}
	monitor_socket = end[0];
	turn = lock_new();
	catch_its_end();
	atexit(end_monitor);
	files_through(ask_file);
	live_rebind_through(ask_rebind);
	return monitor_socket;
}
