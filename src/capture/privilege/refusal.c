#include "refusal.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"

static void (*put_back)(void);
static int end_status;

struct sentence { char text[200]; size_t n; };

static void
add(struct sentence *s, const char *words)
{
	size_t n = strlen(words), room = sizeof s->text - s->n;

	n = n < room ? n : room;
	memcpy(s->text + s->n, words, n);
	s->n += n;
}

static void
add_number(struct sentence *s, unsigned long n)
{
	char digits[24], *p = digits + sizeof digits;

	*--p = '\0';
	do
		*--p = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	add(s, p);
}

static void
on_refusal(int number, siginfo_t *info, void *context)
{
	struct sentence s = { .n = 0 };
	const char *name = calls_name(info->si_syscall);
	ssize_t n;

	(void)context;
	if (put_back != NULL)
		put_back();
	if (info->si_code <= 0) {		/* somebody sent it: then it does what it does */
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	add(&s, "smtptap: the sandbox refused system call ");
	add_number(&s, (unsigned long)info->si_syscall);
	if (name != NULL) {
		add(&s, " (");
		add(&s, name);
		add(&s, ")");
	}
	add(&s, ": a mistake in smtptap, or an attack on it; nothing more was read\n");
	n = write(STDERR_FILENO, s.text, s.n);
	(void)n;
	_exit(end_status);
}

void
refusal_expect(void (*rescue)(void), int status)
{
	struct sigaction action = { .sa_sigaction = on_refusal, .sa_flags = SA_SIGINFO };

	put_back = rescue;
	end_status = status;
	sigfillset(&action.sa_mask);
	sigaction(SIGSYS, &action, NULL);
}
