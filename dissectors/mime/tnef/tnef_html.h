/*
 * tnef_html.h - the HTML or plain text that Outlook wraps in RTF (MS-OXRTFEX),
 * taken out again, as UTF-8. A stream.
 *
 * RTF that is no wrapping is not for this.
 */
#ifndef MIME_TNEF_HTML_H
#define MIME_TNEF_HTML_H

#include "base/buf.h"
#include "base/limits.h"

enum tnef_wrapped { TNEF_WRAPPED_NOT, TNEF_WRAPPED_HTML, TNEF_WRAPPED_TEXT };

enum { TNEF_HTML_HEAD = 256 };		/* bytes that tell what is wrapped */

/* head: the first bytes of RTF. */
enum tnef_wrapped tnef_html_find(slice head);

struct tnef_html {
	void *self;
	void (*bytes)(void *self, slice);
	uint8_t state;
	struct tnef_group {
		bool skip;		/* nothing in it is content */
		bool rtf;		/* \htmlrtf: it is for readers of RTF only */
		bool tag;		/* \htmltag: it is content */
		uint8_t uc;		/* characters that stand for one of Unicode, for those who do not know it */
	} group[LIMIT_RTF_DEPTH];
	unsigned depth;			/* groups that are open */
	unsigned deeper;		/* beyond LIMIT_RTF_DEPTH: nothing in them is content */
	bool star;			/* \*: the group is skipped if its word is not known */
	char word[16];
	uint8_t nword;
	bool negative, has_number;
	uint32_t number;
	uint32_t codepage;
	uint16_t high;			/* first half of a pair, or 0 */
	uint32_t skip;			/* characters, or bytes of \bin, to pass over */
	uint8_t hex;
	struct buf run;			/* bytes in the code page, not yet told */
	struct buf text;
};

void tnef_html_init(struct tnef_html *, void *self, void (*bytes)(void *self, slice));
void tnef_html_feed(struct tnef_html *, slice);
void tnef_html_fini(struct tnef_html *);	/* tells what was held */
size_t tnef_html_memory(const struct tnef_html *);

#endif
