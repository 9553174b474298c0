/*
 * param.h - a field's value and its parameters (RFC 2045 5.1, RFC 2183, RFC
 * 2231), as mail really writes them.
 *
 *	Content-Type: application/pdf; name*0*=UTF-8''r%C3%A9; name*1="sum.pdf"
 *
 * Read leniently: names in any case, comments and blanks anywhere, values with blanks
 * that are not quoted, missing semicolons and quotes, RFC 2047 words where
 * RFC 2231 was meant. What a reader had to guess is told in `problems`.
 *
 * A file name may be given several times in several ways: `name*` wins over
 * `name*0*` over `name`, and of equals the first.
 *
 *	param.c		the grammar
 *	rfc2231.c	names in several ways and pieces, and charsets
 */
#ifndef MIME_PARAM_H
#define MIME_PARAM_H

#include "base/buf.h"

struct param {
	slice name;			/* lower case, without "*" */
	slice value;			/* quotes undone; RFC 2231 into UTF-8, RFC 2047 left as sent: see param_text() */
	bool extended;			/* it was RFC 2231's: value is UTF-8 */
};

enum {					/* what was wrong */
	PARAM_DUPLICATE = 1,		/* one name more than once, with different values */
	PARAM_MALFORMED = 2,		/* not name=value; junk */
	PARAM_CONTINUATION = 4,		/* RFC 2231 pieces with holes, duplicates or disorder */
	PARAM_LIMIT = 8,		/* LIMIT_PARAMS or LIMIT_CONTINUATIONS */
	PARAM_CHARSET = 16		/* RFC 2231 names an unknown charset */
};

struct params {
	slice value;			/* what stands before the first parameter: "application/pdf", lower case, comments and blanks removed */
	struct param *v;
	size_t n;
	unsigned problems;
	struct buf room;		/* where the slices stand */
};

/* value: a header field's, folded or not. Linear in it. */
void  params_parse(struct params *, slice value);
void  params_fini(struct params *);
slice params_get(const struct params *, slice name);			/* SLICE_NONE: not there */
/* For a person: as params_get(), and RFC 2047 words undone. Appended to out; false: not there. */
bool  params_text(const struct params *, slice name, struct buf *out);

#endif
