/*
 * charset.h - the one door to iconv: text in a mail's charset into UTF-8.
 *
 * No name from the wire ever reaches iconv_open: a label is looked up in a
 * table of aliases, and the table's own constant is what is opened. Labels are
 * read as real mail means them: "iso-8859-1" is windows-1252, "gb2312" is
 * GB 18030, "ks_c_5601-1987" is windows-949, and so on (encoding.spec.whatwg.org
 * has found out what senders mean).
 *
 * UTF-8, ASCII and windows-1252 need no iconv. The ISO-2022 charsets are
 * turned into their EUC form here, so that iconv keeps no shift state, its
 * ISO-2022 modules (which have had the worst bugs) are never loaded, and the
 * vendor characters that Japanese mail holds are known.
 *
 * There is no state between calls: a converter is opened for each text, which
 * glibc makes cheap by keeping its modules.
 *
 * BUGS: a C library without its conversion modules knows few charsets; what it
 * does not know is UNKNOWN here.
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
/* Is the label in the table? */
bool charset_known(slice label);

#endif
