/*
 * url.h - a URL as a client would open it, and the host that it asks.
 *
 * Links are written to deceive: blanks and line ends inside, backslashes for
 * slashes, a famous name before an "@", hosts in percent signs, as one number
 * or in another script. Read here as browsers do (url.spec.whatwg.org), so
 * that what is told is what would be opened.
 */
#ifndef MIME_URL_H
#define MIME_URL_H

#include "base/buf.h"

/*
 * Appends what the reference opens: blanks at the ends, tabs and line ends removed, the scheme in
 * lower case, slashes as they should be; a relative one joined to base (empty: there is none). False,
 * and nothing appended: it leads nowhere outside the message (a fragment, cid:, data:, relative to nothing).
 */
bool url_resolve(slice base, slice reference, struct buf *out);
/*
 * Appends the host that is asked: without user, port and brackets; percent signs and scripts undone
 * (base/idn.h), lower case, an IPv4 address in any spelling as four numbers. Of mailto: the domain. Of
 * others: nothing. The URL is one of url_resolve()'s.
 */
void url_host(slice url, struct buf *out);
slice url_scheme(slice url);		/* without ":"; empty: there is none */

#endif
