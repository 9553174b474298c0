/*
 * dialogue.h - commands with their replies, for those who ask (FOLD_DIALOGUE).
 */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "keep.h"

struct dialogue {
	struct kept_list list;		/* of struct rec_exchange */
	size_t open;			/* those before it wait for no reply any more */
};

/* A command or a reply. Secrets are never kept. */
void dialogue_event(struct dialogue *, struct keeper *, const struct event *);

#endif
