/*
 * thread.h - the one door to threads: start, join, and a bounded queue.
 *
 * A thread blocks all signals, so that they always reach the main thread. The
 * queue carries pointers from any number of producers to any number of
 * consumers; who holds an item owns it.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <stddef.h>

struct thread;

/* NULL: the system has no thread to give (errno says why). */
struct thread *thread_start(void (*run)(void *arg), void *arg);
void thread_join(struct thread **);		/* waits; NULL is fine */

struct queue;

enum queue_result { QUEUE_ITEM, QUEUE_CLOSED, QUEUE_LATE };

struct queue *queue_new(size_t capacity);
void queue_free(struct queue **);		/* nobody may wait in it; items left inside are the caller's */
bool queue_put(struct queue *, void *item);	/* waits while it is full; false: closed, the item was not taken */
/* Waits while it is empty, at most `ms` (0: do not wait, -1: for ever). CLOSED: closed, and nothing is left in it. */
enum queue_result queue_take(struct queue *, int ms, void **item_r);
void queue_close(struct queue *);		/* wakes everybody; what is inside can still be taken */

#endif
