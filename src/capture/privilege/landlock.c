#include "landlock.h"

#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * What each version of the interface learned to refuse, in numbers: the headers that we are built with know fewer versions
 * than the kernel that we run on. Signals (version 6) are left to seccomp, which lets through only
 * those to ourselves and the stop of our job: that one must reach the others of a pipeline.
 */
static const struct { int version; uint64_t files, network, scope; const char *what; } handled[] = {
	{ 1, 0x1fff, 0, 0, "files, directories, devices, sockets and pipes by name; running programs" },
	{ 2, 1u << 13, 0, 0, "renaming and linking into another directory" },
	{ 3, 1u << 14, 0, 0, "truncating" },
	{ 4, 0, 3, 0, "binding and connecting TCP sockets" },
	{ 5, 1u << 15, 0, 0, "ioctl of devices" },
	{ 6, 0, 0, 1, "abstract sockets of others" },
};

/* As version 4 and 6 made it longer; a kernel takes what is beyond its own if it is zero. */
struct rules { uint64_t files, network, scope; };

int
landlock_version(void)
{
	long version = syscall(__NR_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

static struct rules
rules_of(int version)
{
	struct rules r = { 0 };

	for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++)
		if (handled[i].version <= version) {
			r.files |= handled[i].files;
			r.network |= handled[i].network;
			r.scope |= handled[i].scope;
		}
	return r;
}

bool
landlock_nothing(void)
{
	struct rules rules = rules_of(landlock_version());
	int ruleset = (int)syscall(__NR_landlock_create_ruleset, &rules, sizeof rules, 0);
	bool ok = ruleset >= 0 && syscall(__NR_landlock_restrict_self, ruleset, 0) == 0;

	if (ruleset >= 0)
		close(ruleset);
	return ok;
}
