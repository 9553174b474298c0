/*
 * charset.h - the one door to iconv: text in a mail's charset into UTF-8.
 *
 * No name from the wire ever reaches iconv_open: a label is looked up in a
 * table of aliases, and the table's own constant is what is opened.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include "buf.h"

enum charset_result { CHARSET_OK, CHARSET_REPLACED, CHARSET_UNKNOWN };

/*
 * Appends `in` as UTF-8. REPLACED: what could not be converted became U+FFFD. UNKNOWN: the
 * label is not in the table; ASCII is kept and every other byte becomes U+FFFD.
 */
enum charset_result charset_to_utf8(slice label, slice in, struct buf *out);

#endif
