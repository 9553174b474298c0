/*
 * save_items.h - which items are meant by "this", "marked", "filtered", "all".
 * Only save_dialog.c includes this.
 */
#ifndef SAVE_ITEMS_H
#define SAVE_ITEMS_H

#include "tui/app.h"
#include "tui/host.h"

/* This part: the one that view 4 stands on. */
enum save_what { SAVE_THIS_PART, SAVE_THIS_SESSION, SAVE_THIS_MESSAGE, SAVE_MARKED, SAVE_FILTERED, SAVE_ALL, SAVE_WHATS };

struct save_items { uint32_t *v; size_t n, cap; };		/* ascending, each once; for a table in the order of the list */

size_t save_items_count(struct app *, enum save_what);		/* 0: there is no such thing to be saved now */
/* Packets, ladders and transcripts are those of whole sessions; a message whose session is there too is in it. */
void save_items_collect(struct app *, enum save_what, enum save_format, struct save_items *);
void save_items_fini(struct save_items *);

#endif
