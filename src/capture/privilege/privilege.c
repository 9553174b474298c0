#include "privilege.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/thread.h"
#include "calls.h"
#include "capabilities.h"
#include "drop.h"
#include "filter.h"
#include "landlock.h"
#include "monitor.h"
#include "refusal.h"
#include "runner.h"
#include "user.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZER 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZER 1
#endif
#endif
#ifndef SANITIZER
#define SANITIZER 0
#endif

enum part { PART_USER, PART_CAPABILITIES, PART_NO_NEW, PART_LANDLOCK, PART_SECCOMP, PARTS };

/* What the sandbox is made of, and whether it is: one process in a program. */
static struct {
	bool asked, root;		/* how were we started? */
	bool dropped, off;
	struct user user;
	bool lacks[PARTS];
	int error[PARTS];
} state;

static const char *const parts[PARTS] = {
	[PART_USER] = "a user without rights", [PART_CAPABILITIES] = "giving up capabilities", [PART_NO_NEW] = "no_new_privs",
	[PART_LANDLOCK] = "Landlock", [PART_SECCOMP] = "seccomp",
};

bool
privilege_is_root(void)
{
	if (!state.asked)
		state.root = getuid() == 0 || geteuid() == 0;
	state.asked = true;
	return state.root;
}

/* Programs of the user's may have core dumps again, as far as he allows; our processes never. */
static void
no_core(bool for_ever)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		limit.rlim_max = for_ever ? 0 : limit.rlim_max;
		setrlimit(RLIMIT_CORE, &limit);
	}
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);		/* becoming another user may set it again: prctl(2) */
}

void
privilege_no_core(void)
{
	if (!user_be_oneself())
		die("what this program's file lends cannot be given back: %s", strerror(errno));
	privilege_is_root();
	no_core(false);
	threads_hold(true);
}

/* --- the parts --- */

static void
lacking(enum part part)
{
	state.lacks[part] = true;
	state.error[part] = errno;
}

static void
shrink(const struct privilege_options *o, int monitor, int refused)
{
	struct filter_options f = {
		.calls = &calls_of_parser, .live = o->live, .fence = o->live, .jobs = o->screen, .socket = monitor, .runner = runner_socket(),
	};

	capabilities_bound(0);
	if (!user_become(&state.user))
		lacking(PART_USER);
	if (!capabilities_keep(0))
		lacking(PART_CAPABILITIES);
	no_core(true);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		lacking(PART_NO_NEW);
	if (!landlock_nothing())
		lacking(PART_LANDLOCK);
	refusal_expect(o->rescue, refused);
	if (!filter_install(&f))
		lacking(PART_SECCOMP);
}

static void
lack_all(void)
{
	for (int i = 0; i < PARTS; i++)
		state.lacks[i] = true;
}

static void
tell_missing(struct buf *out, enum part from)
{
	for (int i = (int)from, n = 0; i < PARTS; i++)
		if (state.lacks[i]) {
			buf_printf(out, "%s%s", n++ > 0 ? ", " : "", parts[i]);
			if (state.error[i] != 0)
				buf_printf(out, " (%s)", strerror(state.error[i]));
		}
}

/* A user that was asked for must be had; without any other, that is said in plain words. */
static int
judge_user(const struct privilege_options *o)
{
	const char *why = strerror(state.error[PART_USER]);

	if (o->user != NULL) {
		warn("-Z: cannot become '%s': %s", o->user, why);
		return -1;
	}
	if (!o->quiet)
		warn("packets are parsed as root: no other user can be had here (%s)", why);
	return 0;
}

/* -1: it was to be whole. */
static int
judge(const struct privilege_options *o)
{
	bool all = o->sandbox == SANDBOX_REQUIRED;
	struct buf missing;
	int status = 0;

	if (SANITIZER && !all)
		return 0;
	if (state.lacks[PART_USER] && !all)
		status = judge_user(o);
	buf_init(&missing, KiB);
	tell_missing(&missing, all ? PART_USER : PART_USER + 1);
	if (missing.n > 0 && all) {
		warn("--require-sandbox: not to be had with this %s: %.*s", SANITIZER ? "build" : "system", (int)missing.n, (const char *)missing.p);
		status = -1;
	} else if (missing.n > 0 && !o->quiet) {
		warn("the sandbox is without what is not to be had with this system: %.*s", (int)missing.n, (const char *)missing.p);
	}
	buf_fini(&missing);
	return status;
}

/* --- all of it --- */

bool
privilege_knows_user(const struct privilege_options *o)
{
	return user_choose(o->user, &state.user);
}

/* A person's programs are run with a person's rights only. */
static int
start_runner(const struct privilege_options *o)
{
	if (!o->screen || privilege_is_root() || runner_start(runner_ask_terminal) >= 0)
		return 0;
	warn("no process for programs could be started: %s", strerror(errno));
	return -1;
}

static int
split(const struct privilege_options *o, int refused)
{
	int monitor;

	no_core(true);
	monitor = monitor_start(o->live, !SANITIZER);

	if (monitor < 0) {
		warn("the process that opens files could not be started: %s", strerror(errno));
		return -1;
	}
	if (SANITIZER)
		lack_all();
	else
		shrink(o, monitor, refused);
	return judge(o);
}

int
privilege_drop_with(const struct privilege_options *o, int refused)
{
	int status;

	if (!privilege_knows_user(o) || start_runner(o) != 0)
		return -1;
	tzset();			/* local time is asked for by name */
	state.off = o->sandbox == SANDBOX_OFF;
	if (state.off)
		warn("no sandbox: packets are parsed with all rights%s", privilege_is_root() ? " of root" : "");
	if (state.off)
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	status = state.off ? 0 : split(o, refused);
	state.dropped = true;
	threads_hold(false);
	return status;
}

int
privilege_drop(const struct privilege_options *o)
{
	return privilege_drop_with(o, REFUSAL_STATUS);
}

bool
privilege_is_broken(void)
{
	return monitor_is_gone();
}

/* --- telling --- */

/* Before the drop: of this system. */
static void
look(void)
{
	if (SANITIZER)
		lack_all();
	state.lacks[PART_LANDLOCK] |= landlock_version() == 0;
	state.lacks[PART_SECCOMP] |= !filter_is_possible();
	user_choose(NULL, &state.user);
}

static void
tell_parts(struct buf *out)
{
	if (!state.lacks[PART_USER] && state.user.change)
		buf_printf(out, "user %s, ", state.user.name[0] != '\0' ? state.user.name : "of lower rights");
	if (!state.lacks[PART_CAPABILITIES])
		buf_text(out, "no capabilities, ");
	if (!state.lacks[PART_NO_NEW])
		buf_text(out, "no new privileges, ");
	if (!state.lacks[PART_LANDLOCK])
		buf_printf(out, "Landlock %d, ", landlock_version());
	if (!state.lacks[PART_SECCOMP])
		buf_text(out, "seccomp, ");
	if (out->n >= 2)
		out->n -= 2;
}

void
privilege_tell(struct buf *out)
{
	struct buf words, missing;

	buf_init(&words, KiB);
	buf_init(&missing, KiB);
	if (!state.dropped)
		look();
	if (!SANITIZER && !state.off)
		tell_parts(&words);
	if (!SANITIZER && !state.off)
		tell_missing(&missing, PART_USER);
	buf_add(out, words.n > 0 ? buf_slice(&words) : SANITIZER ? S("none under a sanitizer") : S("none"));
	if (missing.n > 0)
		buf_printf(out, "; missing: %.*s", (int)missing.n, (const char *)missing.p);
	buf_fini(&words);
	buf_fini(&missing);
}

/* --- the runner --- */

int
privilege_run(const char *command, int fd)
{
	return runner_run(command, fd);
}

int
privilege_run_end(void)
{
	return runner_end();
}

bool
privilege_has_runner(void)
{
	return runner_socket() >= 0;
}
