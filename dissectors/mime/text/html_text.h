/*
 * html_text.h - an HTML part as a person reads it, and its links.
 *
 * Of the elements that are open a stack is kept, up to LIMIT_HTML_DEPTH; end
 * tags that match nothing are passed over, and the end tags that may be left
 * out are put in, as browsers do (html.spec.whatwg.org 13.2.6), or nearly.
 *
 * Links stand behind their words: "click here <https://…>", long ones cut to
 * LIMIT_URL_SHOWN (the URL that is told is whole). Pictures are their words in
 * brackets. What the sender hid from the reader (display:none, no size, the
 * attribute hidden) stands in braces: {like this}; neither URLs in such words
 * nor link texts are made of it.
 *
 * Links are told by html_links.c.
 *
 * BUGS: style sheets hide nothing.
 */
#ifndef MIME_HTML_TEXT_H
#define MIME_HTML_TEXT_H

#include "text.h"

struct html_text;

struct html_text *html_text_new(const struct text_user *);
void html_text_feed(struct html_text *, slice utf8);
void html_text_gap(struct html_text *, slice said);	/* said: what stands in the text for what was lost */
void html_text_finish(struct html_text *);
size_t html_text_memory(const struct html_text *);
void html_text_free(struct html_text **);

#endif
