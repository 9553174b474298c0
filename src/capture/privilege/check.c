/*
 * check.c - --check-sandbox: each of the things that a parser that was taken
 * over would do is tried by a process of its own, behind the sandbox; and a
 * few that must work.
 */
#define _GNU_SOURCE		/* unshare, clone */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/thread.h"
#include "drop.h"
#include "privilege.h"

/* --- what is tried, so that nothing comes of it where it is not refused: >= 0 is success --- */

static int
read_file(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int
write_file(void)
{
	return open("smtptap-check", O_WRONLY | O_CREAT, 0600);
}

static int
list_files(void)
{
	return open("/", O_RDONLY | O_DIRECTORY);
}

static int
remove_file(void)
{
	return unlink("smtptap-check");
}

static int
make_directory(void)
{
	return mkdir(".", 0700);
}

static int
ask_monitor(void)
{
	return files_ask(FILES_READ, "/etc/passwd", NULL);
}

static int
ask_monitor_to_write(void)
{
	return files_ask(FILES_APPEND, "/etc/smtptap-check", NULL);
}

static int
run_program(void)
{
	char *const argv[] = { (char []){ "true" }, NULL };

	return execv("/bin/true", argv);
}

static int
start_process(void)
{
	return fork();
}

static int
inet_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int
unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int
connect_out(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(25), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(STDIN_FILENO, (struct sockaddr *)&to, sizeof to);
}

static int
trace_parent(void)
{
	return (int)ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);
}

static int
signal_parent(void)
{
	return kill(getppid(), SIGCONT);
}

static int
executable_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static int
memory_made_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int
become_root(void)
{
	return setuid(0);
}

static int
new_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int
type_at_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, NULL);
}

/* --- what must work --- */

static void
nothing(void *self)
{
	(void)self;
}

static int
thread(void)
{
	struct thread *t = thread_start(nothing, NULL);

	if (t == NULL)
		return -1;
	thread_join(&t);
	return 0;
}

static int
memory(void)
{
	size_t n = 64 << 20;
	char *p = malloc(n);

	if (p == NULL)
		return -1;
	memset(p, 1, n);
	free(p);
	return 0;
}

static int
unnamed_file(void)
{
	return files_ask(FILES_UNNAMED, NULL, NULL);
}

static int
local_time(void)
{
	time_t now = time(NULL);
	struct tm tm;

	return localtime_r(&now, &tm) != NULL ? 0 : -1;
}

static const struct attempt { const char *what; int (*attempt)(void); bool works; } attempts[] = {
	{ "read /etc/passwd", read_file, false },
	{ "list a directory", list_files, false },
	{ "write a file", write_file, false },
	{ "remove a file", remove_file, false },
	{ "make a directory", make_directory, false },
	{ "have the monitor read /etc/passwd", ask_monitor, false },
	{ "have the monitor write in /etc", ask_monitor_to_write, false },
	{ "run a program", run_program, false },
	{ "start a process", start_process, false },
	{ "open an Internet socket", inet_socket, false },
	{ "open a packet socket", packet_socket, false },
	{ "open a local socket", unix_socket, false },
	{ "connect", connect_out, false },
	{ "trace another process", trace_parent, false },
	{ "send another process a signal", signal_parent, false },
	{ "map memory that is written and executed", executable_memory, false },
	{ "make memory executable", memory_made_executable, false },
	{ "become root", become_root, false },
	{ "enter a namespace", new_namespace, false },
	{ "type at the terminal", type_at_terminal, false },
	{ "start a thread", thread, true },
	{ "have memory", memory, true },
	{ "have a file without a name from the monitor", unnamed_file, true },
	{ "know the local time", local_time, true },
};
enum { ATTEMPTS = sizeof attempts / sizeof attempts[0] };

/* --- trying --- */

enum outcome { OUTCOME_NONE, OUTCOME_NO_SANDBOX, OUTCOME_DONE, OUTCOME_ERROR, OUTCOME_STOPPED = 99 };

struct report { enum outcome outcome; int error; };	/* in memory that both processes have */

/* What is said is said once, by the first. */
static _Noreturn void
try(const struct attempt *a, const struct privilege_options *o, struct report *r)
{
	int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (a != attempts)
		dup2(quiet, STDERR_FILENO);
	r->outcome = OUTCOME_NO_SANDBOX;
	if (privilege_drop_with(o, OUTCOME_STOPPED) != 0)
		_exit(OUTCOME_NO_SANDBOX);
	dup2(quiet, STDERR_FILENO);
	errno = 0;
	r->outcome = OUTCOME_DONE;			/* running another program does not come back */
	if (a->attempt() < 0) {
		r->error = errno;
		r->outcome = OUTCOME_ERROR;
	}
	_exit(0);
}

static struct report
wait_for(pid_t pid, const struct report *r)
{
	struct report seen;
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	seen = *r;
	if ((WIFEXITED(status) && WEXITSTATUS(status) == OUTCOME_STOPPED) || WIFSIGNALED(status))
		seen.outcome = OUTCOME_STOPPED;
	return seen;
}

/* An error that has another reason says that the call was not refused. */
static bool
is_refused(const struct report *r)
{
	return r->outcome == OUTCOME_STOPPED || (r->outcome == OUTCOME_ERROR && (r->error == EACCES || r->error == EPERM));
}

static bool
tell(const struct attempt *a, const struct report *r)
{
	bool good = a->works ? r->outcome == OUTCOME_DONE : is_refused(r);

	printf("%-46s", a->what);
	if (good && a->works)
		printf("works\n");
	else if (good && r->outcome == OUTCOME_ERROR)
		printf("refused: %s\n", strerror(r->error));
	else if (good)
		printf("refused: the program is ended\n");
	else
		printf("%s%s%s\n", a->works ? "FAILS" : "IS NOT REFUSED", r->error != 0 ? ": " : "", r->error != 0 ? strerror(r->error) : "");
	return good;
}

void
privilege_print(void)
{
	struct buf words;

	buf_init(&words, 4 * KiB);
	privilege_tell(&words);
	printf("sandbox: %.*s\n", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

int
privilege_check(const struct privilege_options *options)
{
	struct privilege_options o = *options;
	struct report *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool good = true;

	if (r == MAP_FAILED)
		die("out of memory");
	o.screen = false;
	files_freeze();			/* nothing is allowed */
	privilege_print();
	for (size_t i = 0; i < ATTEMPTS; i++) {
		struct report seen;
		pid_t pid;

		fflush(stdout);
		memset(r, 0, sizeof *r);
		pid = fork();
		if (pid == 0)
			try(&attempts[i], &o, r);
		if (pid < 0)
			die("cannot fork: %s", strerror(errno));
		seen = wait_for(pid, r);
		if (seen.outcome == OUTCOME_NO_SANDBOX)
			return 1;
		good = tell(&attempts[i], &seen) && good;
	}
	return good ? 0 : 1;
}
