/*
 * text.h - a text part as a person reads it: its charset undone, HTML turned
 * into plain text, and the links in it.
 *
 * Fed decoded bytes, cut anywhere. Links of plain text: http, https, ftp and
 * mailto URLs and "www." hosts; of HTML: href, src, action and the like, with
 * what the reader sees instead of them. A URL that lost bytes cut is not told.
 *
 *	plain.c		lines, and format=flowed
 *	html.c		tags and text; html_text.c, layout.c: as a person reads them; html_links.c: where they lead
 *	enriched.c	text/enriched
 *	url_find.c	URLs in running text; url.c: what they open; link.c: what they show
 */
#ifndef MIME_TEXT_H
#define MIME_TEXT_H

#include "base/finding.h"

struct text_url { slice url, host, text; };	/* as ev_url; text empty if the link shows itself or is no link that one sees (src) */

struct text_user {
	void *self;
	void (*text)(void *self, slice utf8);			/* may be NULL: not wanted */
	void (*url)(void *self, const struct text_url *);	/* may be NULL */
	void (*note)(void *self, enum finding, slice detail);	/* may be NULL: charset, url.text-mismatch */
};

enum text_flow {			/* RFC 3676: format=flowed, and with delsp=yes */
	TEXT_FIXED,
	TEXT_FLOWED,
	TEXT_FLOWED_DELSP
};
enum text_form { TEXT_PLAIN, TEXT_HTML, TEXT_ENRICHED };	/* enriched: RFC 1896, and RTF is not text */

struct text_stream;

/*
 * charset: as declared, or empty; HTML may then name one in its <meta>. What is to be said of a declared one is
 * said at once: `note` is called before this returns.
 */
struct text_stream *text_new(enum text_form, slice charset, enum text_flow, const struct text_user *);
void text_feed(struct text_stream *, slice);
void text_gap(struct text_stream *, uint64_t missing);		/* says "[N bytes missing]" in the text */
void text_finish(struct text_stream *);
size_t text_memory(const struct text_stream *);
void text_free(struct text_stream **);

#endif
