/*
 * session.h - one session while its events come, and its open transactions.
 */
#ifndef SESSION_H
#define SESSION_H

#include "fold.h"
#include "message.h"

struct session {
	struct rec_session rec;
	struct keeper keep;			/* facts for life */
	struct keeper hello;			/* the capabilities of the last EHLO; no arena until then */
	struct helo { slice verb, name; uint32_t serial; struct kept_text verb_room, name_room; } helo[2];
	unsigned helo_now;			/* rec has this one; the other is what held before it */
	struct kept_text user_room;
	slice auth_user;			/* of the last AUTH that succeeded */
	struct kept_list auths, findings;
	bool replied;				/* a reply was seen: what comes now is no greeting */
	struct message **open;			/* by reading, then by mail: see session_find() */
	size_t nopen, open_size;
	unsigned keeps;				/* FOLD_… */
};

struct session *session_new(const struct event *open, unsigned keeps);
void session_free(struct session **);		/* wipes what secrets it keeps */

struct message *session_find(struct session *, uint32_t mail, bool server_reading);	/* NULL: not open */
struct message *session_begin(struct session *, uint32_t mail, const struct where *at);	/* found or made */
void session_forget(struct session *, struct message *);	/* frees it */

void session_command(struct session *, const struct event *);
void session_reply(struct session *, const struct event *);
void session_auth(struct session *, const struct event *);
void session_tls(struct session *, const struct event *);
void session_proxy(struct session *, const struct event *);
void session_finding(struct session *, const struct event *);
void session_count(struct session *, const struct rec_message *);	/* a message was told */
void session_close(struct session *, const struct event *);

/* The same on every run: made of the Community ID, the start and the number (or whatever else tells two things apart). */
void uid_make(char uid[UID_TEXT], const char *name, nstime start, uint64_t number);

#endif
