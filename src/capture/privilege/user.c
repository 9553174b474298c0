#define _GNU_SOURCE		/* setresuid */
#include "user.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/err.h"
#include "capabilities.h"

enum { NOBODY = 65534 };		/* where nobody has no entry: the kernel's overflowuid */

static bool
find(const char *name, struct user *user_r)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return false;
	user_r->uid = entry->pw_uid;
	user_r->gid = entry->pw_gid;
	snprintf(user_r->name, sizeof user_r->name, "%s", name);
	return true;
}

bool
user_be_oneself(void)
{
	if (getauxval(AT_SECURE) == 0 || getuid() == 0)		/* capabilities(7), ld.so(8): 0 when a service was given them on purpose */
		return true;
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setresgid(getgid(), getgid(), getgid()) == 0 && setresuid(getuid(), getuid(), getuid()) == 0
	    && capabilities_keep(CAPABILITY(CAP_NET_RAW) | CAPABILITY(CAP_NET_ADMIN)) && prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == 0;
}

bool
user_choose(const char *asked, struct user *user_r)
{
	*user_r = (struct user){ .change = geteuid() == 0, .uid = NOBODY, .gid = NOBODY };
	if (asked != NULL && find(asked, user_r))
		return true;
	if (asked != NULL) {
		warn("-Z: there is no user '%s'", asked);
		return false;
	}
	if (getuid() != 0) {
		user_r->uid = getuid();
		user_r->gid = getgid();
	} else if (!find("_smtptap", user_r)) {
		find("nobody", user_r);
	}
	return true;
}

static bool
set_groups(const struct user *u)
{
	return u->name[0] != '\0' ? initgroups(u->name, u->gid) == 0 : setgroups(1, &u->gid) == 0;
}

bool
user_become(const struct user *u)
{
	uid_t uid[3];
	gid_t gid[3];

	if (!u->change)
		return true;
	if (!set_groups(u) || setresgid(u->gid, u->gid, u->gid) != 0 || setresuid(u->uid, u->uid, u->uid) != 0)
		return false;
	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 || getresgid(&gid[0], &gid[1], &gid[2]) != 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (uid[i] != u->uid || gid[i] != u->gid) {
			errno = EPERM;
			return false;
		}
	return true;
}
