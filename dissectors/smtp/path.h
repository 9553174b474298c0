/*
 * path.h - the addresses of MAIL and RCPT (RFC 5321 4.1.2), as senders write
 * them and servers take them.
 */
#ifndef SMTP_PATH_H
#define SMTP_PATH_H

#include "base/slice.h"

struct path {
	slice sent;		/* as sent, brackets included */
	slice address;		/* without brackets and source route; empty for the null sender */
	slice rest;		/* what stands behind it: the parameters */
};

/*
 * Takes the path off the front of what follows "FROM:" or "TO:". Brackets may
 * be missing, one or both; blanks may stand around it. False: nothing is there.
 */
bool path_parse(slice text, struct path *path_r);

#endif
