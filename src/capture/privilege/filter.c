#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/slice.h"
#include "calls.h"
#include "descriptors.h"

bool
filter_is_possible(void)
{
	uint32_t action = SECCOMP_RET_TRAP;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* --- rules --- */

/* Not on every architecture has every call a number; libseccomp may have been made before the call was. */
static int
resolve(slice name)
{
	char text[64];

	if (name.n >= sizeof text)
		return __NR_SCMP_ERROR;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return seccomp_syscall_resolve_name(text);
}

/* A rule for each name, with n comparisons. libseccomp returns a negative errno; EDOM is a call that this architecture does not have. */
static int
add(scmp_filter_ctx filter, const char *names, uint32_t action, unsigned n, const struct scmp_arg_cmp *compare)
{
	slice rest = slice_of(names), name;

	while (rest.n > 0) {
		int number, error;

		slice_cut(rest, ' ', &name, &rest);
		number = resolve(name);
		error = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add_array(filter, action, number, n, compare);
		if (error != 0 && error != -EDOM)
			return error;
	}
	return 0;
}

static int
add_allowed(scmp_filter_ctx filter, const struct filter_options *o)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < o->calls->nallowed; i++)
		if (!o->calls->allowed[i].live || o->live)
			error = add(filter, o->calls->allowed[i].names, SCMP_ACT_ALLOW, 0, NULL);
	return error;
}

/* False: it speaks of a socket that is not there. */
static bool
value_of(const struct calls_argument *a, const struct filter_options *o, uint64_t *value_r)
{
	int fd = a->what == CALLS_SOCKET ? o->socket : a->what == CALLS_RUNNER ? o->runner : -1;

	*value_r = a->what == CALLS_NUMBER ? a->value : a->what == CALLS_OURSELVES ? (uint64_t)getpid() : (uint64_t)fd;
	return a->what == CALLS_NUMBER || a->what == CALLS_OURSELVES || fd >= 0;
}

static int
add_arguments(scmp_filter_ctx filter, const struct filter_options *o)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < o->calls->narguments; i++) {
		const struct calls_argument *a = &o->calls->argument[i];
		uint32_t action = a->error == 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO((uint32_t)a->error);
		uint64_t value;

		if ((!a->live || o->live) && value_of(a, o, &value))
			error = add(filter, a->names, action, a->mask != 0,
			    &(struct scmp_arg_cmp){ .arg = a->number, .op = SCMP_CMP_MASKED_EQ, .datum_a = a->mask, .datum_b = value });
	}
	return error;
}

/* kill(0, SIGTSTP), and no other signal to so many: of a pipeline all stop, or none. */
static int
add_stop(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp compare[] = {
		{ .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffff, .datum_b = 0 },
		{ .arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffff, .datum_b = SIGTSTP },
	};

	return add(filter, "kill", SCMP_ACT_ALLOW, 2, compare);
}

/* --- the filters --- */

static int
load(scmp_filter_ctx filter)
{
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);		/* a tree, not a list */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);		/* as kernels since 5.16 do by themselves */
	seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	return seccomp_load(filter);
}

static bool
finish(scmp_filter_ctx filter, int error)
{
	if (filter == NULL)
		error = -ENOMEM;
	else
		seccomp_release(filter);
	errno = -error;
	return error == 0;
}

static int
fence(scmp_filter_ctx filter, int fd)
{
	static const uint64_t copies[] = { F_DUPFD, F_DUPFD_CLOEXEC };
	struct scmp_arg_cmp compare[] = {
		{ .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffff, .datum_b = (uint64_t)fd },
		{ .arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = 0xffffffff },
	};
	int error = add(filter, calls_sending, SCMP_ACT_ERRNO(EPERM), 1, compare);

	for (size_t i = 0; error == 0 && i < sizeof copies / sizeof copies[0]; i++) {
		compare[1].datum_b = copies[i];
		error = add(filter, "fcntl fcntl64", SCMP_ACT_ERRNO(EPERM), 2, compare);
	}
	return error;
}

struct fence { scmp_filter_ctx filter; int error; };

static void
fence_packets(void *self, int fd)
{
	struct fence *f = self;

	if (f->error == 0 && descriptor_is_packets(fd))
		f->error = fence(f->filter, fd);
}

/*
 * A filter of its own for packet sockets, which are there to read: nothing is sent on them, and they get no other number. Of
 * two filters the stricter answer counts (seccomp(2)).
 */
static bool
install_fence(void)
{
	struct fence f = { .filter = seccomp_init(SCMP_ACT_ALLOW) };

	if (f.filter != NULL)
		descriptors_each(fence_packets, &f);
	if (f.filter != NULL && f.error == 0)
		f.error = load(f.filter);
	return finish(f.filter, f.error);
}

bool
filter_install(const struct filter_options *o)
{
	scmp_filter_ctx filter = seccomp_init(o->error == 0 ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO((uint32_t)o->error));
	int error = 0;

	if (filter != NULL && o->fence && !install_fence())
		error = -errno;
	if (filter != NULL && error == 0)
		error = add_allowed(filter, o);
	if (filter != NULL && error == 0)
		error = add_arguments(filter, o);
	if (filter != NULL && error == 0 && o->jobs)
		error = add_stop(filter);
	if (filter != NULL && error == 0)
		error = load(filter);
	return finish(filter, error);
}
