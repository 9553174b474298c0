#define _GNU_SOURCE		/* CLONE_, O_TMPFILE */
#include "calls.h"

#include <asm/termbits.h>		/* struct termios2, of which <termios.h> knows nothing */
#include <errno.h>
#include <linux/if_packet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define ALL UINT64_C(0xffffffff)	/* the kernel takes an int of these */

static const struct calls parser[] = {
	{ false, "memory", "brk munmap mremap madvise" },
	{ false, "what is open is read and written",
	    "read readv pread64 preadv write writev pwrite64 pwritev lseek _llseek close fsync fdatasync ftruncate ftruncate64 fallocate fadvise64 "
	    "fadvise64_64 arm_fadvise64_64 sync_file_range" },
	{ false, "what is open is looked at; by name, stat(2) tells no content",
	    "fstat fstat64 newfstatat fstatat64 stat stat64 lstat lstat64 statx fstatfs fstatfs64" },
	{ false, "descriptors: the screen's stderr goes into a pipe of its own", "dup dup2 dup3 pipe pipe2" },
	{ false, "waiting", "poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 nanosleep clock_nanosleep clock_nanosleep_time64 restart_syscall" },
	{ false, "the time, where the kernel does not tell it in user space", "clock_gettime clock_gettime64 clock_getres gettimeofday time times getrusage" },
	{ false, "threads: started by clone (below), joined by futex",
	    "futex futex_time64 set_robust_list rseq sched_yield sched_getaffinity getcpu gettid exit exit_group" },
	{ false, "signals of our own", "rt_sigaction rt_sigprocmask rt_sigreturn sigreturn rt_sigsuspend rt_sigpending sigaltstack alarm setitimer pause" },
	{ false, "the monitor has ended", "wait4 waitid" },
	{ false, "who and where we are: no secret, and asked by libraries",
	    "getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32 uname sysinfo" },
	{ false, "random numbers: names of files beside, hash seeds", "getrandom" },
	{ true, "packets that are not in the ring", "recvfrom" },
};

/* A thread shares memory and signal handlers, is in no namespace of its own, and nobody traces it. */
#define THREAD (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define NO_THREAD (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_PTRACE | \
	CLONE_VFORK | CLONE_PARENT)
#ifdef __s390x__
enum { CLONE_FLAGS = 1 };		/* CONFIG_CLONE_BACKWARDS2: the stack comes first */
#define MAPPING "mprotect"		/* the arguments of mmap() stand in memory; it is allowed below */
#else
enum { CLONE_FLAGS = 0 };
#define MAPPING "mmap mmap2 mprotect"
#endif

#define IOCTL(request) { false, "ioctl", 1, ALL, request, CALLS_NUMBER, 0 }
#define IOCTL_LIVE(request) { true, "ioctl", 1, ALL, request, CALLS_NUMBER, 0 }
#define FCNTL(command) { false, "fcntl fcntl64", 1, ALL, command, CALLS_NUMBER, 0 }
#define REFUSED(names, error) { false, names, 0, 0, 0, CALLS_NUMBER, error }

static const struct calls_argument parser_arguments[] = {
	/* No memory that is written becomes a program. PCRE2 has no JIT here, and all converters are loaded. */
	{ false, MAPPING, 2, PROT_EXEC, 0, CALLS_NUMBER, 0 },
#ifdef __s390x__
	{ false, "mmap", 0, 0, 0, CALLS_NUMBER, 0 },
#endif
	{ false, "clone", CLONE_FLAGS, THREAD | NO_THREAD, THREAD, CALLS_NUMBER, 0 },
	REFUSED("clone3", ENOSYS),		/* its flags stand in memory; the C library falls back to clone */
	/* The screen: modes, size and job of the terminal, never TIOCSTI, which types. isatty() asks for TCGETS. */
	IOCTL(TCGETS), IOCTL(TCSETS), IOCTL(TCSETSW), IOCTL(TCSETSF), IOCTL(TCFLSH), IOCTL(TCSBRK), IOCTL(TCXONC),
	IOCTL(TIOCGWINSZ), IOCTL(TIOCGPGRP), IOCTL(FIONREAD),
#ifdef TCGETS2
	IOCTL(TCGETS2), IOCTL(TCSETS2), IOCTL(TCSETSW2), IOCTL(TCSETSF2),
#endif
	FCNTL(F_GETFD), FCNTL(F_SETFD), FCNTL(F_GETFL), FCNTL(F_SETFL), FCNTL(F_DUPFD), FCNTL(F_DUPFD_CLOEXEC),
	/* Signals go to ourselves; filter.c lets SIGTSTP through to our job, which is stopped from the screen. */
	{ false, "kill tgkill tkill", 0, ALL, 0, CALLS_OURSELVES, 0 },
	/* Questions to the monitor and the runner. */
	{ false, "sendmsg recvmsg", 0, ALL, 0, CALLS_SOCKET, 0 },
	{ false, "sendmsg recvmsg", 0, ALL, 0, CALLS_RUNNER, 0 },
	/* The ring is set up; what it counted is asked. setsockopt() on packet sockets has had the worst holes (CVE-2016-8655, CVE-2017-7308). */
	{ true, "getsockopt", 1, ALL, SOL_PACKET, CALLS_NUMBER, 0 },
	{ true, "getsockopt", 1, ALL, SOL_SOCKET, CALLS_NUMBER, 0 },
	{ true, "setsockopt", 0, 0, 0, CALLS_NUMBER, EPERM },
	{ false, "prctl", 0, ALL, PR_SET_NAME, CALLS_NUMBER, 0 },
	{ false, "prctl", 0, ALL, 0x53564d41, CALLS_NUMBER, 0 },	/* PR_SET_VMA: the C library names its memory */
	{ false, "prlimit64", 2, ~UINT64_C(0), 0, CALLS_NUMBER, 0 },	/* limits are asked, not set */
	{ false, "getrlimit ugetrlimit", 0, 0, 0, CALLS_NUMBER, 0 },
	/* What libraries try, and can do without. */
	REFUSED("openat2 faccessat2 membarrier", ENOSYS),
	REFUSED("open openat access faccessat readlink readlinkat getcwd", EACCES),
	REFUSED("sched_setaffinity sched_setscheduler mlock", EPERM),
};

/* Files by name, as base/files.h does what it is asked for, and interfaces that are there again. No TRAP: what it cannot do is an error. */
static const struct calls monitor[] = {
	{ false, "memory", "brk munmap mremap madvise" },
	{ false, "files: opened, given a mode, compared with what stands there",
	    "open openat read pread64 lseek _llseek close fstat fstat64 newfstatat fstatat64 stat stat64 lstat lstat64 statx fchmod umask" },
	{ false, "put in their places, removed; directories made",
	    "rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat" },
	{ false, "paths looked at, names for files without one", "readlink readlinkat getcwd getrandom clock_gettime clock_gettime64 gettimeofday getpid" },
	{ false, "its end; what it complains of", "write exit exit_group futex restart_syscall" },
	{ false, "signals: all are ignored", "rt_sigreturn rt_sigprocmask" },
	{ true, "packet sockets are bound again", "bind getsockname" },
};

static const struct calls_argument monitor_arguments[] = {
	{ false, MAPPING, 2, PROT_EXEC, 0, CALLS_NUMBER, 0 },
#ifdef __s390x__
	{ false, "mmap", 0, 0, 0, CALLS_NUMBER, 0 },
#endif
	FCNTL(F_GETFD), FCNTL(F_SETFD), FCNTL(F_GETFL), FCNTL(F_SETFL), FCNTL(F_DUPFD_CLOEXEC),
	{ false, "sendmsg recvmsg", 0, ALL, 0, CALLS_SOCKET, 0 },
	IOCTL_LIVE(SIOCGIFINDEX), IOCTL_LIVE(SIOCGIFNAME), IOCTL_LIVE(SIOCGIFFLAGS), IOCTL_LIVE(SIOCGIFHWADDR),
	{ true, "setsockopt", 2, ALL, PACKET_ADD_MEMBERSHIP, CALLS_NUMBER, 0 },
};

#define N(table) sizeof table / sizeof table[0]
const struct calls_list calls_of_parser = { parser, N(parser), parser_arguments, N(parser_arguments) };
const struct calls_list calls_of_monitor = { monitor, N(monitor), monitor_arguments, N(monitor_arguments) };
#undef N

const char calls_sending[] = "write writev pwrite64 pwritev pwritev2 sendto sendmsg sendmmsg splice sendfile sendfile64 dup dup2 dup3";

/* Only calls that every architecture has. */
static const struct { long number; const char *name; } names[] = {
#define NAME(call) { SYS_ ## call, #call }
	NAME(execve), NAME(execveat), NAME(ptrace), NAME(socket), NAME(socketpair), NAME(connect), NAME(bind), NAME(listen), NAME(accept4),
	NAME(sendto), NAME(sendmsg), NAME(recvmsg), NAME(setsockopt), NAME(getsockopt), NAME(clone), NAME(openat), NAME(unlinkat),
	NAME(renameat2), NAME(linkat), NAME(symlinkat), NAME(mkdirat), NAME(mknodat), NAME(fchmod), NAME(fchmodat), NAME(fchown), NAME(fchownat),
	NAME(truncate), NAME(utimensat), NAME(setxattr), NAME(mount), NAME(umount2), NAME(chroot), NAME(chdir), NAME(fchdir), NAME(pivot_root),
	NAME(setns), NAME(unshare), NAME(kill), NAME(tkill), NAME(tgkill), NAME(process_vm_readv), NAME(process_vm_writev), NAME(kcmp),
	NAME(mprotect), NAME(pkey_mprotect), NAME(remap_file_pages), NAME(memfd_create), NAME(userfaultfd), NAME(perf_event_open),
	NAME(bpf), NAME(seccomp), NAME(prctl), NAME(setuid), NAME(setgid), NAME(setresuid), NAME(setresgid), NAME(setgroups), NAME(capset),
	NAME(ioctl), NAME(fcntl), NAME(prlimit64), NAME(shmat), NAME(shmget), NAME(msgget), NAME(semget), NAME(keyctl), NAME(add_key),
	NAME(io_setup), NAME(inotify_init1), NAME(inotify_add_watch), NAME(fanotify_init), NAME(signalfd4), NAME(timerfd_create), NAME(eventfd2),
	NAME(epoll_create1), NAME(personality), NAME(reboot), NAME(init_module), NAME(finit_module), NAME(kexec_load), NAME(syslog),
	NAME(getdents64), NAME(faccessat), NAME(recvfrom), NAME(vmsplice), NAME(splice), NAME(sendfile), NAME(umask), NAME(flock),
	NAME(getrandom), NAME(sched_setattr), NAME(setpriority), NAME(quotactl),
#undef NAME
};

const char *
calls_name(long number)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}
