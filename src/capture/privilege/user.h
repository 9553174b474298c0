/*
 * user.h - who the parser becomes, if the program was started as root.
 *
 * The one that was asked for, or _smtptap, which a package makes, or nobody.
 * Anybody else stays who he is. What the program's file lends whoever starts
 * it (set-uid, set-gid, capabilities) opens interfaces, and no files.
 */
#ifndef USER_H
#define USER_H

#include <stdbool.h>
#include <sys/types.h>

struct user {
	bool change;
	uid_t uid;
	gid_t gid;
	char name[64];			/* "" unless it has an entry */
};

/* At the start, before any file is opened: who started us, and of what the file lends only capturing. False: errno. */
bool user_be_oneself(void);
/* False: said on stderr, there is no such user. */
bool user_choose(const char *asked, struct user *user_r);
/* Groups and all three identities; looked at afterwards. False: errno. */
bool user_become(const struct user *);

#endif
