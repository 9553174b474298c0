/*
 * html.h - HTML into tags and text, as a stream.
 *
 * Reads as browsers do (html.spec.whatwg.org 13.2.5), because whoever deceives
 * writes for them: attributes in any quoting or none, the first of two of a
 * name, entities with and without ";", comments that end in "--!>", bogus
 * comments, and elements whose content is no markup. What is unterminated at
 * the end is no tag, as with them.
 *
 * Memory is bounded, time linear; nothing recurses. Of a tag's attributes
 * only those of enum html_attribute are kept, each up to LIMIT_URL bytes.
 *
 * BUGS: the escapes inside scripts ("<!--<script>") are not known: such a
 * script ends at its first "</script>".
 */
#ifndef MIME_HTML_H
#define MIME_HTML_H

#include "base/buf.h"

/* The elements that mean something to a reader or hold links; the rest are HTML_OTHER. */
enum html_name {
	HTML_OTHER,
	HTML_A, HTML_AREA, HTML_BASE, HTML_BLOCK, HTML_BLOCKQUOTE, HTML_BODY, HTML_BR, HTML_BUTTON, HTML_DD, HTML_DIV, HTML_DL, HTML_DT,
	HTML_FONT, HTML_HEADING, HTML_HR, HTML_IMG, HTML_INLINE, HTML_INPUT, HTML_LI, HTML_META, HTML_OL, HTML_OPTION, HTML_P, HTML_PRE,
	HTML_RAW, HTML_SPAN, HTML_STYLE, HTML_TABLE, HTML_TD, HTML_TEMPLATE, HTML_TR, HTML_UL, HTML_VOID, HTML_XMP,
	HTML_NAMES
};

enum html_attribute {
	HTML_ACTION, HTML_ALT, HTML_BACKGROUND, HTML_CONTENT, HTML_DATA, HTML_FORMACTION, HTML_HIDDEN, HTML_HREF, HTML_HTTP_EQUIV,
	HTML_POSTER, HTML_SRC, HTML_SRCSET, HTML_START, HTML_STYLE_ATTRIBUTE, HTML_TYPE, HTML_VALUE, HTML_XLINK_HREF,
	HTML_ATTRIBUTES
};

struct html_tag {
	enum html_name name;
	bool end;				/* </a> */
	bool has[HTML_ATTRIBUTES];
	struct buf value[HTML_ATTRIBUTES];	/* entities undone; of those that it has */
};

struct html_user {
	void *self;
	/* May be NULL. What stands between tags, entities undone; cut between characters. */
	void (*text)(void *self, slice utf8);
	void (*style)(void *self, slice css);		/* may be NULL: the content of <style> */
	/* May be NULL. What Outlook reads and browsers do not: "<!--[if mso]>…-->", from "]" on. Cut anywhere; `ends` with an empty slice. */
	void (*condition)(void *self, slice comment, bool ends);
	void (*tag)(void *self, const struct html_tag *);	/* valid inside the call; of scripts and the like, both tags */
};

struct html;

struct html *html_new(const struct html_user *);
void html_feed(struct html *, slice utf8);	/* cut between characters */
void html_gap(struct html *);			/* bytes were lost: a tag that they cut is none, and goes on to its ">" */
void html_finish(struct html *);
size_t html_memory(const struct html *);
void html_free(struct html **);

static inline slice
html_value(const struct html_tag *tag, enum html_attribute a)
{
	return tag->has[a] ? buf_slice(&tag->value[a]) : SLICE_NONE;
}

#endif
