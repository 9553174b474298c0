/*
 * queue_id.h - under which name did the server take the message?
 *
 * No standard says how; every server has a habit, and queue_id.c has the
 * table. What fits no habit has no queue id.
 */
#ifndef QUEUE_ID_H
#define QUEUE_ID_H

#include "base/slice.h"

/* Of the text of the reply that accepted a message. Points into text; empty with p == NULL: none known. */
slice queue_id_find(slice text);

#endif
