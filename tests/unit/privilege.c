/* privilege.c - messages with descriptors between processes, the table of system calls, what a refused one says, who the parser becomes. */
#define _XOPEN_SOURCE 700	/* posix_openpt() */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <seccomp.h>

#include "base/files.h"
#include "base/limits.h"
#include "base/slice.h"
#include "base/thread.h"
#include "capture/privilege/calls.h"
#include "capture/privilege/filter.h"
#include "capture/privilege/message.h"
#include "capture/privilege/monitor.h"
#include "capture/privilege/privilege.h"
#include "capture/privilege/refusal.h"
#include "capture/privilege/runner.h"
#include "capture/privilege/user.h"

/* --- messages --- */

static void
test_message(void **state)
{
	char got[8] = "", byte = 0;
	int end[2], ends[2], fd = -1;

	(void)state;
	assert_true(message_sockets(end));
	assert_int_equal(pipe(ends), 0);
	assert_true(message_send(end[0], "words", 5, ends[1]));
	close(ends[1]);
	assert_int_equal(message_receive(end[1], got, sizeof got, &fd), 5);
	assert_string_equal(got, "words");
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(fd);
	close(ends[0]);
	close(end[1]);
	assert_false(message_send(end[0], "words", 5, -1));		/* and no SIGPIPE */
	assert_int_equal(errno, EPIPE);
	assert_int_equal(message_receive(end[0], got, sizeof got, &fd), 0);
	assert_int_equal(fd, -1);
	close(end[0]);
}

/* Too long for who receives it; a descriptor for somebody who takes none is closed. */
static void
test_message_refused(void **state)
{
	char got[4], end_of_pipe;
	int end[2], ends[2], fd;

	(void)state;
	assert_true(message_sockets(end));
	assert_int_equal(pipe(ends), 0);
	assert_true(message_send(end[0], "long words", 10, ends[1]));
	assert_int_equal(message_receive(end[1], got, sizeof got, &fd), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_true(message_send(end[0], "ok", 2, ends[1]));
	assert_int_equal(message_receive(end[1], got, sizeof got, NULL), 2);
	close(ends[1]);
	assert_int_equal(read(ends[0], &end_of_pipe, 1), 0);		/* nobody holds the other end */
	close(ends[0]);
	close(end[0]);
	close(end[1]);
}

/* More than one comes from nobody who means well: the others are not left open here. */
static void
test_several_descriptors(void **state)
{
	union { struct cmsghdr header; char room[CMSG_SPACE(3 * sizeof(int))]; } control = { .header = { .cmsg_len = CMSG_LEN(3 * sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	char byte = 0;
	struct iovec bytes = { &byte, 1 };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	int end[2], ends[2], fd;

	(void)state;
	assert_true(message_sockets(end));
	assert_int_equal(pipe(ends), 0);
	memcpy(CMSG_DATA(&control.header), (int []){ ends[1], ends[1], ends[1] }, 3 * sizeof(int));
	assert_int_equal(sendmsg(end[0], &message, 0), 1);
	close(ends[1]);
	assert_int_equal(message_receive(end[1], &byte, 1, &fd), 1);
	if (fd >= 0)
		close(fd);
	assert_int_equal(read(ends[0], &byte, 1), 0);			/* all ends are closed */
	close(ends[0]);
	close(end[0]);
	close(end[1]);
}

/* --- the table --- */

static void
each_name(const char *names, void (*look)(const char *name))
{
	slice rest = slice_of(names), one;
	char name[64];

	while (rest.n > 0) {
		slice_cut(rest, ' ', &one, &rest);
		assert_true(one.n > 0 && one.n < sizeof name);
		snprintf(name, sizeof name, "%.*s", (int)one.n, (const char *)one.p);
		look(name);
	}
}

/* Each is a system call of some architecture: a slip of the pen would allow nothing, and nobody would see it. */
static void
is_known(const char *name)
{
	if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
		fail_msg("%s is no system call", name);
}

static void
is_harmless(const char *name)
{
	static const char *const never[] = {
		"execve", "execveat", "fork", "vfork", "ptrace", "socket", "connect", "bind", "sendto", "process_vm_writev", "unlink", "rename", "chmod", "mount",
		"setsockopt", "bpf", "userfaultfd", "io_uring_setup", "memfd_create", "pkey_mprotect", "personality", "keyctl", "mmap", "mprotect", "ioctl",
		"fcntl", "kill", "tkill", "tgkill", "prctl", "clone", "clone3", "open", "openat", "sendmsg", "dup_anything",
	};

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		assert_string_not_equal(name, never[i]);
}

/* The monitor opens and removes files; what it allows is allowed it by base/files.h. */
static void
is_harmless_to_files(const char *name)
{
	static const char *const its_own[] = { "open", "openat", "unlink", "rename", "bind" };

	for (size_t i = 0; i < sizeof its_own / sizeof its_own[0]; i++)
		if (strcmp(name, its_own[i]) == 0)
			return;
	is_harmless(name);
}

static void
look_at(const struct calls_list *list, void (*is_good)(const char *name))
{
	for (size_t i = 0; i < list->nallowed; i++) {
		each_name(list->allowed[i].names, is_known);
		each_name(list->allowed[i].names, is_good);
	}
	for (size_t i = 0; i < list->narguments; i++) {
		each_name(list->argument[i].names, is_known);
		if (list->argument[i].error == 0 && list->argument[i].mask == 0)
			each_name(list->argument[i].names, is_good);
	}
}

static void
test_table(void **state)
{
	(void)state;
	look_at(&calls_of_parser, is_harmless);
	look_at(&calls_of_monitor, is_harmless_to_files);
	each_name(calls_sending, is_known);
	assert_string_equal(calls_name(SYS_socket), "socket");
	assert_string_equal(calls_name(SYS_execve), "execve");
	assert_null(calls_name(-1));
}

/* --- the filter --- */

static const char *said_by_rescue;

static void
rescue(void)
{
	said_by_rescue = "rescued\n";
	if (write(STDERR_FILENO, said_by_rescue, strlen(said_by_rescue)) < 0)
		_exit(99);
}

/* In a process of its own, behind the filter. Its exit status; what it says comes back. */
static int
behind_filter(const struct filter_options *o, int (*act)(void), char *said, size_t room)
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		dup2(ends[1], STDERR_FILENO);
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		refusal_expect(rescue, 7);
		_exit(filter_install(o) ? act() : 98);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	n = read(ends[0], said, room - 1);
	said[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
open_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
	return 0;
}

static int
call_unnamed(void)
{
	syscall(SYS_acct, NULL);
	return 0;
}

static int
open_file(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1;
}

static void
count_up(void *n)
{
	++*(int *)n;
}

static int
have_threads(void)
{
	struct thread *t[2];
	int n[2] = { 0, 0 };

	for (int i = 0; i < 2; i++)
		if ((t[i] = thread_start(count_up, &n[i])) == NULL)
			return 1;
	for (int i = 0; i < 2; i++)
		thread_join(&t[i]);
	return n[0] + n[1] == 2 ? 0 : 2;
}

static int
signal_others(void)
{
	return kill(getpid(), 0) == 0 && kill(getppid(), 0) == 0 ? 0 : 1;
}

static int
signal_job(void)
{
	signal(SIGTSTP, SIG_IGN);
	return kill(0, SIGTSTP) == 0 && kill(0, 0) == 0 ? 0 : 1;
}

static int
send_elsewhere(void)
{
	return message_send(STDERR_FILENO, "x", 1, -1) ? 1 : 2;
}

static void
test_filter(void **state)
{
	const struct filter_options plain = { .calls = &calls_of_parser, .socket = -1, .runner = -1 };
	const struct filter_options screen = { .calls = &calls_of_parser, .jobs = true, .socket = -1, .runner = -1 };
	char said[400], want[300];

	(void)state;
	if (!filter_is_possible())
		skip();
	snprintf(want, sizeof want, "rescued\nsmtptap: the sandbox refused system call %d (socket): a mistake in smtptap, or an attack on it; nothing more was read\n",
	    SYS_socket);
	assert_int_equal(behind_filter(&plain, open_socket, said, sizeof said), 7);
	assert_string_equal(said, want);
	assert_int_equal(behind_filter(&plain, call_unnamed, said, sizeof said), 7);
	assert_non_null(strstr(said, ": a mistake"));
	assert_null(strstr(said, "("));
	assert_int_equal(behind_filter(&plain, open_file, said, sizeof said), 0);
	assert_int_equal(behind_filter(&plain, have_threads, said, sizeof said), 0);
	assert_int_equal(behind_filter(&plain, signal_others, said, sizeof said), 7);
	assert_non_null(strstr(said, "(kill)"));
	assert_int_equal(behind_filter(&plain, signal_job, said, sizeof said), 7);
	assert_int_equal(behind_filter(&screen, signal_job, said, sizeof said), 7);
	assert_non_null(strstr(said, "(kill)"));
	assert_int_equal(behind_filter(&plain, send_elsewhere, said, sizeof said), 7);
	assert_non_null(strstr(said, "(sendmsg)"));
}

/* It makes calls of its own. */
static bool
under_sanitizer(void)
{
	struct buf words;
	bool none;

	buf_init(&words, KiB);
	privilege_tell(&words);
	none = slice_starts(buf_slice(&words), S("none"));
	buf_fini(&words);
	return none;
}

static int
be_monitor(void)
{
	char *const argv[] = { (char []){ "true" }, NULL };

	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 1;
	if (execv("/bin/true", argv) >= 0 || errno != EPERM)
		return 2;
	if (fork() >= 0 || errno != EPERM)
		return 3;
	if (kill(getppid(), 0) >= 0 || errno != EPERM)
		return 4;
	return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : 5;
}

static void
test_monitor(void **state)
{
	const struct filter_options monitor = { .calls = &calls_of_monitor, .error = EPERM, .socket = -1, .runner = -1 };
	char said[400];

	(void)state;
	if (!filter_is_possible() || under_sanitizer())
		skip();
	assert_int_equal(behind_filter(&monitor, be_monitor, said, sizeof said), 0);
	assert_string_equal(said, "");
}

/* --- frames: nothing is sent on what packets come from --- */

static int packets;

static int
send_frames(void)
{
	char frame[64] = "";

	if (write(packets, frame, sizeof frame) >= 0 || errno != EPERM)
		return 1;
	if (dup(packets) >= 0 || errno != EPERM)
		return 2;
	if (fcntl(packets, F_DUPFD, 100) >= 0 || errno != EPERM)
		return 3;
	if (setsockopt(packets, SOL_SOCKET, SO_BROADCAST, &packets, sizeof packets) >= 0 || errno != EPERM)
		return 4;
	return fcntl(packets, F_GETFL) >= 0 && dup(STDERR_FILENO) >= 0 ? 0 : 5;
}

static void
test_frames(void **state)
{
	const struct filter_options live = { .calls = &calls_of_parser, .live = true, .fence = true, .socket = -1, .runner = -1 };
	char said[400];

	(void)state;
	packets = socket(AF_PACKET, SOCK_RAW, 0);
	if (!filter_is_possible() || packets < 0)
		skip();
	assert_int_equal(behind_filter(&live, send_frames, said, sizeof said), 0);
	close(packets);
}

/* --- who --- */

static void
test_user(void **state)
{
	struct user u;

	(void)state;
	assert_true(user_choose(NULL, &u));
	assert_int_equal(u.change, geteuid() == 0);
	if (u.change)
		assert_true(u.uid != 0 && u.gid != 0);
	assert_true(user_choose("root", &u));
	assert_int_equal(u.uid, 0);
	assert_false(user_choose("no such user, as it has blanks", &u));
}

/* --- the monitor --- */

/* A parser that was taken over asks what it likes: it is told EINVAL, and the monitor goes on. */
static int
ask_nonsense(void)
{
	static union { uint32_t word[2 * 4096 / 4 + 8]; char bytes[2 * 4096 + 32]; } question;
	struct message_answer answer;
	uint32_t seed = 1;
	int monitor = monitor_start(false, false), fd;

	for (int i = 0; i < 5000; i++) {
		size_t n = 1 + (seed >> 16) % (i % 10 == 0 ? sizeof question : 64);

		for (size_t at = 0; at < n; at++) {
			seed = seed * 1103515245 + 12345;
			question.bytes[at] = (char)(seed >> 16);
		}
		for (int w = 0; w < 4; w++)			/* often something that nearly makes sense */
			if (i % 3 != 0)
				question.word[w] %= 16;
		if (!message_send(monitor, &question, n, i % 7 == 0 ? STDERR_FILENO : -1))
			return 1;
		if (message_receive(monitor, &answer, sizeof answer, &fd) != sizeof answer || fd >= 0 || answer.result >= 0 || answer.error == 0)
			return 2;
	}
	if (files_ask(FILES_READ, "/etc/passwd", NULL) >= 0 || errno != EACCES)
		return 3;
	fd = files_ask(FILES_UNNAMED, NULL, NULL);
	return fd >= 0 && write(fd, "x", 1) == 1 ? 0 : 4;
}

static void
test_nonsense(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		files_freeze();
		exit(ask_nonsense());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- the question before a program is run --- */

/* What is asked, and the answer to it, at a terminal of its own. */
static bool
confirm_at(int terminal, const char *name, const char *command, const char *keys, char *shown, size_t room)
{
	size_t n = 0;
	ssize_t more;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int parser[2];

		setsid();
		if (open(name, O_RDWR) < 0 || !message_sockets(parser))		/* becomes the controlling terminal */
			_exit(99);
		signal(SIGTTOU, SIG_IGN);				/* as in the runner */
		if (fork() == 0)
			_exit(runner_ask_terminal(command, parser[1]));
		_exit(wait(&status) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 98);
	}
	while (strstr(shown, "[y/N] ") == NULL && n + 1 < room && (more = read(terminal, shown + n, room - 1 - n)) > 0)
		shown[n += (size_t)more] = '\0';
	for (struct termios modes; tcgetattr(terminal, &modes) == 0 && modes.c_lflag & ICANON; )
		sched_yield();
	assert_int_equal(write(terminal, keys, strlen(keys)), strlen(keys));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return WEXITSTATUS(status) == 1;
}

static void
test_question(void **state)
{
	static const struct { const char *keys; bool yes; } answers[] = { { "y", true }, { "Y", true }, { "n", false }, { "\r", false }, { "\003", false } };
	char shown[1000];

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		int terminal = posix_openpt(O_RDWR | O_NOCTTY), slave;

		if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
			skip();
		slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);	/* so that it does not hang up meanwhile */
		shown[0] = '\0';
		assert_int_equal(confirm_at(terminal, ptsname(terminal), "rm x\r\033[2Jls \xe2\x80\xae", answers[i].keys, shown, sizeof shown), answers[i].yes);
		assert_non_null(strstr(shown, "    rm x\\r\\e[2Jls \\u{202E}\r\n"));
		assert_null(strchr(shown, '\033'));
		close(slave);
		close(terminal);
	}
}

/* --- the runner --- */

static void
test_no_runner(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_false(privilege_has_runner());
	assert_int_equal(privilege_run("true", ends[0]), -1);
	assert_int_equal(errno, ENOSYS);
	assert_int_equal(fcntl(ends[0], F_GETFD), -1);			/* closed all the same */
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_message_refused),
		cmocka_unit_test(test_several_descriptors),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_monitor),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_no_runner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
