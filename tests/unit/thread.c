/* thread.c - threads and the channel between them: order, bounds, waiting, closing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/thread.h"

enum { ITEMS = 20000 };

struct work {
	struct channel *channel;
	int done;
	int numbers[ITEMS];
};

static void
produce(void *self)
{
	struct work *w = self;

	for (int i = 0; i < ITEMS; i++) {
		w->numbers[i] = i;
		if (!channel_put(w->channel, &w->numbers[i]))
			return;
		w->done++;
	}
	channel_close(w->channel);
}

/* Everything arrives, in order, through a channel much smaller than that. */
static void
test_order(void **state)
{
	struct work *w = calloc(1, sizeof *w);
	struct thread *thread;
	void *item;

	(void)state;
	w->channel = channel_new(3);
	thread = thread_start(produce, w);
	assert_non_null(thread);
	for (int i = 0; i < ITEMS; i++) {
		assert_int_equal(channel_take(w->channel, -1, &item), CHANNEL_ITEM);
		assert_int_equal(*(int *)item, i);
	}
	assert_int_equal(channel_take(w->channel, -1, &item), CHANNEL_CLOSED);
	thread_join(&thread);
	assert_null(thread);
	assert_int_equal(w->done, ITEMS);
	channel_free(&w->channel);
	assert_null(w->channel);
	free(w);
}

/* A producer that waits for room is let go by closing. */
static void
test_close_wakes_producer(void **state)
{
	struct work *w = calloc(1, sizeof *w);
	struct thread *thread;
	void *item;

	(void)state;
	w->channel = channel_new(2);
	thread = thread_start(produce, w);
	assert_int_equal(channel_take(w->channel, -1, &item), CHANNEL_ITEM);
	channel_close(w->channel);
	thread_join(&thread);
	assert_true(w->done <= 3);
	channel_free(&w->channel);
	free(w);
}

static void
consume(void *self)
{
	struct work *w = self;
	void *item;

	w->done = channel_take(w->channel, -1, &item) == CHANNEL_CLOSED;
}

static void
test_close_wakes_consumer(void **state)
{
	struct work *w = calloc(1, sizeof *w);
	struct thread *thread;

	(void)state;
	w->channel = channel_new(2);
	thread = thread_start(consume, w);
	channel_close(w->channel);
	thread_join(&thread);
	assert_int_equal(w->done, 1);
	channel_free(&w->channel);
	free(w);
}

/* Nothing comes: late, whether one waits or not. What was put before closing is still given. */
static void
test_late_and_closed(void **state)
{
	struct channel *c = channel_new(2);
	int item = 7;
	void *taken;

	(void)state;
	assert_int_equal(channel_take(c, 0, &taken), CHANNEL_LATE);
	assert_int_equal(channel_take(c, 20, &taken), CHANNEL_LATE);
	assert_true(channel_put(c, &item));
	channel_close(c);
	assert_false(channel_put(c, &item));
	assert_int_equal(channel_take(c, 0, &taken), CHANNEL_ITEM);
	assert_ptr_equal(taken, &item);
	assert_int_equal(channel_take(c, -1, &taken), CHANNEL_CLOSED);
	channel_free(&c);
}

static void
look_at_mask(void *self)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	*(int *)self = sigismember(&mask, SIGINT) && sigismember(&mask, SIGALRM);
}

/* Signals are the main thread's. */
static void
test_signals(void **state)
{
	int blocked = 0;
	struct thread *thread = thread_start(look_at_mask, &blocked);
	sigset_t mask;

	(void)state;
	thread_join(&thread);
	assert_true(blocked);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGINT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_close_wakes_producer),
		cmocka_unit_test(test_close_wakes_consumer),
		cmocka_unit_test(test_late_and_closed),
		cmocka_unit_test(test_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
