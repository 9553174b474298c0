/*
 * find_words.h - what was seen, of findings that are listed: read from their
 * records, and remembered for those that were looked at last.
 */
#ifndef FIND_WORDS_H
#define FIND_WORDS_H

#include "model/list/finding_list.h"

struct find_words;

struct find_words *find_words_new(struct model *);
void find_words_free(struct find_words **);
/* The detail, or, if there is none, what the finding means. Valid until the next call. False: the record was let go. */
bool find_words_of(struct find_words *, const struct finding_line *, slice *words_r);

#endif
