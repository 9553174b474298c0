/*
 * words.h - numbers as people read them.
 */
#ifndef WORDS_H
#define WORDS_H

#include "buf.h"

enum { WORDS_NUMBER = 32 };

/* "3,412". Returns text. */
const char *words_number(uint64_t, char text[WORDS_NUMBER]);
/* "1 byte", "3,412 bytes". */
void words_count(struct buf *, uint64_t n, const char *one, const char *many);

#endif
