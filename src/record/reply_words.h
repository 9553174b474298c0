/*
 * reply_words.h - what a reply's numbers mean, in words: its code (RFC 5321
 * 4.2.3 and the extensions') and its enhanced code (RFC 3463, and IANA's
 * registry of RFC 5248).
 *
 * Texts of replies are any server's own; numbers mean the same everywhere.
 */
#ifndef REPLY_WORDS_H
#define REPLY_WORDS_H

#include "base/buf.h"

/* NULL: not a code that any standard knows. */
const char *reply_code_words(int code);
/* Of "5.1.1"; any class. NULL: not one that is registered. */
const char *reply_enhanced_words(slice enhanced);
/* The numbers at the front of a reply's line, and what they mean: "550: the mailbox is not available; 5.1.1: …". False: nothing. */
bool reply_words_say(struct buf *out, slice line);

#endif
