/*
 * html_links.h - where HTML leads: what a reader may click, what a client
 * fetches by itself, and what looks like a URL in the words.
 *
 * Told are href, src, srcset, action, formaction, background, poster, data,
 * xlink:href, url() in styles, and refreshes; URLs in words; URLs in comments
 * that Outlook reads ("<!--[if mso]>"). Relative ones are joined to <base>.
 * A link is told at its end, with what it shows.
 */
#ifndef MIME_HTML_LINKS_H
#define MIME_HTML_LINKS_H

#include "html.h"
#include "text.h"
#include "url_find.h"

struct html_links {
	struct text_user user;
	struct buf base;			/* of relative links */
	struct url_find words, condition;	/* in words and style sheets; in comments that Outlook reads */
	bool open;				/* a link: */
	bool blank, cut;			/* of its text: one is due; it is too long */
	struct buf url, host, text;
};

void html_links_init(struct html_links *, const struct text_user *);
void html_links_fini(struct html_links *);
size_t html_links_memory(const struct html_links *);
void html_links_base(struct html_links *, slice href);
void html_links_tag(struct html_links *, const struct html_tag *);	/* a tag ends words; its attributes, but for a link's href */
void html_links_words(struct html_links *, slice visible);		/* cut between characters */
void html_links_style(struct html_links *, slice css);
void html_links_condition(struct html_links *, slice comment, bool ends);	/* as html.h has it */
void html_links_begin(struct html_links *, slice href);
bool html_links_end(struct html_links *);	/* true: there was one, and it does not show its URL. `url` and `text` are valid until the next */
void html_links_drop(struct html_links *);	/* bytes were lost: what they cut is not told */
void html_links_finish(struct html_links *);

#endif
