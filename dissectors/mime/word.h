/*
 * word.h - encoded words (RFC 2047) into UTF-8.
 */
#ifndef MIME_WORD_H
#define MIME_WORD_H

#include "base/buf.h"

/*
 * Appends the unfolded value with every encoded word decoded; blanks between
 * adjacent encoded words vanish, and a character split over two words of the
 * same charset and encoding is put together. What is malformed stays as sent. Returns
 * false if something was malformed or over LIMIT_ENCODED_WORDS.
 */
bool word_decode(slice unfolded, struct buf *out);

#endif
