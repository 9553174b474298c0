/*
 * visit.h - one session while its events come, and its open transactions.
 *
 * (A visit, because "session" is what the protocols call their own state.)
 */
#ifndef VISIT_H
#define VISIT_H

#include "fold.h"
#include "message.h"

struct visit {
	struct rec_session rec;
	struct keeper keep;			/* facts for life */
	struct keeper hello;			/* the capabilities of the last EHLO; no arena until then */
	struct helo { slice verb, name; uint32_t serial; struct kept_text verb_room, name_room; } helo[2];
	unsigned helo_now;			/* rec has this one; the other is what held before it */
	struct kept_text user_room;
	slice auth_user;			/* of the last AUTH that succeeded */
	struct kept_list auths, findings;
	struct dialogue dialogue;
	bool replied;				/* a reply was seen: what comes now is no greeting */
	struct message **open;			/* by reading, then by mail: see visit_find() */
	size_t nopen, open_size;
	unsigned keeps;				/* FOLD_… */
	size_t *memory;				/* where what is kept is counted */
};

struct visit *visit_new(const struct event *open, unsigned keeps, size_t *memory);	/* *memory: all that is kept for all visits */
void visit_free(struct visit **);		/* wipes what secrets it keeps */

struct message *visit_find(struct visit *, uint32_t mail, bool server_reading);	/* NULL: not open */
struct message *visit_begin(struct visit *, uint32_t mail, const struct where *at);	/* found or made */
void visit_forget(struct visit *, struct message *);	/* frees it */

void visit_command(struct visit *, const struct event *);
void visit_reply(struct visit *, const struct event *);
void visit_auth(struct visit *, const struct event *);
void visit_tls(struct visit *, const struct event *);
void visit_proxy(struct visit *, const struct event *);
void visit_finding(struct visit *, const struct event *);
void visit_dialogue(struct visit *, const struct event *);	/* a command or a reply of no transaction */
void visit_count(struct visit *, const struct rec_message *);	/* a message was told */
void visit_close(struct visit *, const struct event *);

/* The same on every run: made of the Community ID, the start and the number (or whatever else tells two things apart). */
void uid_make(char uid[UID_TEXT], const char *name, nstime start, uint64_t number);

#endif
