/*
 * url_find.h - URLs in running text, as mail programs make them links.
 *
 * http, https, ftp and mailto, and "www." hosts, where a word begins. A URL
 * ends at blanks, controls, quotes, angle brackets and the punctuation of
 * other scripts, and at the bracket that closes the one before it; what ends
 * the sentence behind it, and a bracket that it did not open, are not of it. Between "<" and ">" it may run over line ends
 * (RFC 3986 appendix C).
 *
 * Text without URLs costs little more than three passes of memchr().
 *
 * BUGS: without angle brackets a URL that was broken over lines is cut there.
 */
#ifndef MIME_URL_FIND_H
#define MIME_URL_FIND_H

#include "base/buf.h"

struct url_find_user { void *self; void (*found)(void *self, slice url, slice host); };	/* as url_resolve() and url_host() have them */

enum { URL_FIND_BEHIND = 16 };		/* bytes that tell whether a URL began */

struct url_find {
	struct url_find_user user;
	uint8_t behind[URL_FIND_BEHIND];	/* the last bytes of earlier pieces */
	size_t nbehind;
	bool inside;			/* a URL */
	bool bracket;			/* it stands behind "<" */
	uint8_t before;			/* what it stands behind */
	size_t fold;			/* bracket: where its first line ended, or 0 */
	struct buf url;
};

void url_find_init(struct url_find *, const struct url_find_user *);
void url_find_fini(struct url_find *);
void url_find_feed(struct url_find *, slice utf8);	/* cut between characters */
void url_find_end(struct url_find *);			/* the text ends here; other text may follow */
void url_find_drop(struct url_find *);			/* bytes were lost: a URL that they cut is not told */
size_t url_find_memory(const struct url_find *);

#endif
