/*
 * word.h - encoded words (RFC 2047) into UTF-8.
 *
 * Lenient where mail is: a word is seen wherever it stands (in quotes, glued
 * to text), may be longer than 75 characters, may lack base64 padding, may
 * hold blanks in Q, and may name a language (RFC 2231 5).
 */
#ifndef MIME_WORD_H
#define MIME_WORD_H

#include "base/buf.h"

enum {
	WORD_MALFORMED = 1,
	WORD_CHARSET = 2,	/* of an unknown charset */
	WORD_LIMIT = 4		/* over LIMIT_ENCODED_WORDS in one field */
};

/*
 * Appends the unfolded value with every encoded word decoded; blanks between
 * adjacent encoded words vanish, and a character split over two words of the
 * same charset and encoding is put together. Of a word that is malformed, what
 * can be decoded is, as mail programs do it: a name that they show must not
 * hide from us behind a stray byte. What is no word at all stays as sent; of an
 * unknown charset ASCII is kept. Returns what was wrong.
 */
unsigned word_decode(slice unfolded, struct buf *out);

#endif
