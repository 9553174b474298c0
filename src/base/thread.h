/*
 * thread.h - the one door to threads: start, join, and a bounded channel.
 *
 * A thread blocks all signals but faults of its own, so that they always reach
 * the main thread. The channel carries pointers from any number of producers
 * to any number of consumers; who holds an item owns it.
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <stddef.h>

struct thread;

/* NULL: the system has no thread to give (errno says why). */
struct thread *thread_start(void (*run)(void *arg), void *arg);
void thread_join(struct thread **);		/* waits; NULL is fine */
/* Until it is lifted, starting a thread is a mistake: rights are given up for one thread only. */
void threads_hold(bool);

/* For what two threads use in turn. */
struct lock;

struct lock *lock_new(void);
void lock_take(struct lock *);
void lock_give(struct lock *);

struct channel;

enum channel_result { CHANNEL_ITEM, CHANNEL_CLOSED, CHANNEL_LATE };

struct channel *channel_new(size_t capacity);
void channel_free(struct channel **);		/* nobody may wait in it; items left inside are the caller's */
bool channel_put(struct channel *, void *item);	/* waits while it is full; false: closed, the item was not taken */
bool channel_is_full(struct channel *);		/* a moment ago */
/* Waits while it is empty, at most `ms` (0: do not wait, -1: for ever). CLOSED: closed, and nothing is left in it. */
enum channel_result channel_take(struct channel *, int ms, void **item_r);
void channel_close(struct channel *);		/* wakes everybody; what is inside can still be taken */

#endif
