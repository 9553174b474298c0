/*
 * waits.h - whose waits are told apart in figures: the commands, in the order
 * of a session.
 */
#ifndef WAITS_H
#define WAITS_H

#include "base/slice.h"

enum waits {
	WAIT_GREETING, WAIT_EHLO, WAIT_HELO, WAIT_LHLO, WAIT_STARTTLS, WAIT_AUTH, WAIT_AUTH_ANSWER, WAIT_MAIL, WAIT_RCPT, WAIT_DATA,
	WAIT_BDAT, WAIT_CONTENT, WAIT_RSET, WAIT_NOOP, WAIT_VRFY, WAIT_QUIT, WAIT_OTHERS, WAITS
};

enum waits waits_of(slice verb);		/* as ev_reply has it: "" the greeting, "." the end of a content */
bool waits_is_command(slice name);		/* of those names: one that a client says */
const char *waits_name(enum waits);		/* "RCPT"; "greeting", "content", "others" */

#endif
