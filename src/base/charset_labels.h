/*
 * charset_labels.h - what the names of charsets in mail mean.
 *
 * A label is compared by its letters and digits alone, in any case: "utf8",
 * "UTF-8", "\"utf_8\"" and "x-utf-8" are one. What comes back is a constant of
 * the table: nothing from the wire ever names a converter.
 */
#ifndef CHARSET_LABELS_H
#define CHARSET_LABELS_H

#include "slice.h"

enum charset_method {
	CHARSET_ASCII,
	CHARSET_UTF8,
	CHARSET_CP1252,
	CHARSET_GUESS,		/* unknown 8-bit: UTF-8 where it is valid, else windows-1252 */
	CHARSET_SINGLE,		/* by iconv, a byte a character */
	CHARSET_DOUBLE,		/* by iconv, ASCII and lead bytes over 127 */
	CHARSET_JAPANESE,	/* ISO-2022-JP */
	CHARSET_KOREAN,		/* ISO-2022-KR */
	CHARSET_HZ,		/* RFC 1843 */
	CHARSET_UTF7,
	CHARSET_UTF16, CHARSET_UTF16BE, CHARSET_UTF16LE,
	CHARSET_UTF32, CHARSET_UTF32BE, CHARSET_UTF32LE
};

struct charset {
	enum charset_method method;
	const char *iconv;		/* what is opened; NULL: no iconv is needed */
};

const struct charset *charset_find(slice label);	/* NULL: unknown */
const struct charset *charset_at(size_t i);		/* all of the table, some more than once; NULL: behind the last */

#endif
