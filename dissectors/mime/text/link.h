/*
 * link.h - does a link show one host and open another?
 *
 * Told only if what is seen can be nothing but a URL or a host: conservative,
 * because a newsletter links every word. Hosts of one organisation are one:
 * "example.com" shown and "www.example.com" opened is no deceit. Neither is a
 * link that a mail gateway has rewritten, if it still leads to what is shown.
 */
#ifndef MIME_LINK_H
#define MIME_LINK_H

#include "base/buf.h"

/* shown: what the reader sees. host: of the URL, as url_host() has it. Appends the host that is shown if that is another one. */
bool link_deceives(slice shown, slice url, slice host, struct buf *shown_host);
/* Does the text show the URL itself, but for its scheme and a slash at the end? */
bool link_shows_itself(slice shown, slice url);

#endif
