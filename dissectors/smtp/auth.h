/*
 * auth.h - what an AUTH exchange says (RFC 4954, and each mechanism's own).
 *
 * Owns the user name and the secret of one attempt; both are overwritten when
 * it is freed. Everything is capped at LIMIT_AUTH_RESPONSE.
 *
 * BUGS: GSSAPI and mechanisms that nobody here knows give no user. The names
 * of NTLM are read as UTF-16LE or, without that flag, as they stand.
 */
#ifndef SMTP_AUTH_H
#define SMTP_AUTH_H

#include "base/buf.h"

struct auth {
	struct buf mechanism;		/* upper case */
	struct buf user, secret;
	struct buf sent;		/* the last answer as it was sent */
	const struct mechanism *known;	/* NULL: none of ours */
	unsigned answers;		/* client lines so far */
	bool cancelled;			/* the last one was "*" */
};

struct auth *auth_new(slice mechanism);		/* never NULL */
void auth_free(struct auth **);			/* wipes */
/* A line of the client, or the initial response in AUTH, as sent. "=" is an empty one (RFC 4954 4). */
void auth_answer(struct auth *, slice line);
/* The client has said all that the mechanism asks for: where replies cannot be seen. */
bool auth_is_through(const struct auth *);
/* Does the text hold the secret, in clear or as it was sent? (A server that echoes it.) */
bool auth_leaks(const struct auth *, slice text);

#endif
