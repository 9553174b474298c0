/*
 * charset.h - the one door to iconv: text in a mail's charset into UTF-8, as
 * a stream or at once.
 *
 * No name from the wire ever reaches iconv_open: a label is looked up in a
 * table of aliases (charset_labels.h), and the table's own constant is what is
 * opened. Labels are read as real mail means them: "iso-8859-1" is
 * windows-1252, "gb2312" is GB 18030, "ks_c_5601-1987" is windows-949, and so
 * on (encoding.spec.whatwg.org has found out what senders mean).
 *
 * Unicode's own forms, ASCII and windows-1252 need no iconv. ISO-2022-JP,
 * ISO-2022-KR and HZ are turned into their EUC form here, so that iconv keeps
 * no shift state, its ISO-2022 modules (which have had the worst bugs) are
 * never loaded, and the vendor characters that Japanese mail holds are known.
 *
 * What cannot be converted becomes U+FFFD. An ASCII byte is never swallowed
 * with a broken character before it.
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
/*
 * Opens the table's converters once and for all: they are files that hold programs, and cannot be loaded when rights have been
 * given up. What is not loaded then is UNKNOWN. While there is one thread.
 */
void charset_prepare(void);
/* Is the label in the table? */
bool charset_known(slice label);
/* Does it write ASCII so that who does not decode it reads something else: UTF-7, UTF-16, UTF-32? */
bool charset_hides_ascii(slice label);

/*
 * The same for text of any size, cut anywhere. Pieces of UTF-8 are told during feed and finish only; they
 * end between characters, and are the input itself where that is UTF-8 already.
 */
struct charset_user { void *self; void (*text)(void *self, slice utf8); };

struct charset_stream;

struct charset_stream *charset_stream_new(slice label, const struct charset_user *);
void charset_stream_feed(struct charset_stream *, slice);
void charset_stream_gap(struct charset_stream *);	/* bytes were lost: a broken character is told, shifts are forgotten */
enum charset_result charset_stream_finish(struct charset_stream *);
size_t charset_stream_memory(const struct charset_stream *);
void charset_stream_free(struct charset_stream **);

#endif
