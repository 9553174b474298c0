/*
 * list_empty.h - why the list is empty, in words.
 */
#ifndef LIST_EMPTY_H
#define LIST_EMPTY_H

#include "tui/app.h"

void list_empty_draw(struct app *, struct area);

#endif
