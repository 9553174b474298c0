#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "crypto.h"
#include "err.h"

static bool held;			/* set and lifted while there is one thread */

struct thread {
	pthread_t id;
	void (*run)(void *);
	void *arg;
};

static void *
begin(void *self)
{
	struct thread *t = self;

	t->run(t->arg);
	crypto_leave();
	return NULL;
}

struct thread *
thread_start(void (*run)(void *), void *arg)
{
	static const int fault[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	struct thread *t = xcalloc(1, sizeof *t);
	sigset_t all, before;
	int error;

	CHECK(!held);
	*t = (struct thread){ .run = run, .arg = arg };
	/*
	 * The new thread inherits the mask; so no signal can come between its start and its own sigmask. A fault of its own is
	 * never blocked: the kernel would end the program without asking the handler that puts the terminal back.
	 */
	sigfillset(&all);
	for (size_t i = 0; i < sizeof fault / sizeof fault[0]; i++)
		sigdelset(&all, fault[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&t->id, NULL, begin, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return t;
	free(t);
	errno = error;
	return NULL;
}

void
thread_join(struct thread **tp)
{
	if (*tp == NULL)
		return;
	CHECK(pthread_join((*tp)->id, NULL) == 0);
	free(*tp);
	*tp = NULL;
}

void
threads_hold(bool hold)
{
	held = hold;
}

struct lock { pthread_mutex_t mutex; };

struct lock *
lock_new(void)
{
	struct lock *l = xcalloc(1, sizeof *l);

	CHECK(pthread_mutex_init(&l->mutex, NULL) == 0);
	return l;
}

void
lock_take(struct lock *l)
{
	CHECK(pthread_mutex_lock(&l->mutex) == 0);
}

void
lock_give(struct lock *l)
{
	CHECK(pthread_mutex_unlock(&l->mutex) == 0);
}

struct channel {
	pthread_mutex_t lock;
	pthread_cond_t more, room;
	size_t first, n, cap;
	bool closed;
	void *item[];
};

struct channel *
channel_new(size_t capacity)
{
	struct channel *q;
	pthread_condattr_t attr;

	CHECK(capacity > 0);
	q = xcalloc(1, sizeof *q + capacity * sizeof q->item[0]);
	q->cap = capacity;
	CHECK(pthread_mutex_init(&q->lock, NULL) == 0);
	CHECK(pthread_condattr_init(&attr) == 0);
	CHECK(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	CHECK(pthread_cond_init(&q->more, &attr) == 0);
	CHECK(pthread_cond_init(&q->room, &attr) == 0);
	pthread_condattr_destroy(&attr);
	return q;
}

void
channel_free(struct channel **qp)
{
	struct channel *q = *qp;

	if (q == NULL)
		return;
	pthread_cond_destroy(&q->room);
	pthread_cond_destroy(&q->more);
	pthread_mutex_destroy(&q->lock);
	free(q);
	*qp = NULL;
}

bool
channel_put(struct channel *q, void *item)
{
	bool put;

	pthread_mutex_lock(&q->lock);
	while (q->n == q->cap && !q->closed)
		pthread_cond_wait(&q->room, &q->lock);
	put = !q->closed;
	if (put) {
		q->item[(q->first + q->n++) % q->cap] = item;
		pthread_cond_signal(&q->more);
	}
	pthread_mutex_unlock(&q->lock);
	return put;
}

bool
channel_is_full(struct channel *q)
{
	bool full;

	pthread_mutex_lock(&q->lock);
	full = q->n == q->cap;
	pthread_mutex_unlock(&q->lock);
	return full;
}

static struct timespec
after(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

static void
wait_for_more(struct channel *q, int ms)
{
	struct timespec until;

	if (ms == 0)
		return;
	if (ms > 0)
		until = after(ms);
	while (q->n == 0 && !q->closed)
		if (ms < 0)
			pthread_cond_wait(&q->more, &q->lock);
		else if (pthread_cond_timedwait(&q->more, &q->lock, &until) == ETIMEDOUT)
			return;
}

enum channel_result
channel_take(struct channel *q, int ms, void **item_r)
{
	enum channel_result result;

	pthread_mutex_lock(&q->lock);
	wait_for_more(q, ms);
	if (q->n > 0) {
		*item_r = q->item[q->first];
		q->first = (q->first + 1) % q->cap;
		q->n--;
		pthread_cond_signal(&q->room);
		result = CHANNEL_ITEM;
	} else {
		result = q->closed ? CHANNEL_CLOSED : CHANNEL_LATE;
	}
	pthread_mutex_unlock(&q->lock);
	return result;
}

void
channel_close(struct channel *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->more);
	pthread_cond_broadcast(&q->room);
	pthread_mutex_unlock(&q->lock);
}
