#include "queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"

void
queue_init(struct queue *q)
{
	*q = (struct queue){ .bytes.max = LIMIT_KEPT };
}

void
queue_fini(struct queue *q)
{
	buf_fini(&q->bytes);
	free(q->run);
	queue_init(q);
}

bool
queue_empty(const struct queue *q)
{
	return q->taken == q->bytes.n;
}

slice
queue_rest(const struct queue *q)
{
	return slice_drop(buf_slice(&q->bytes), q->taken);
}

slice
queue_head(const struct queue *q, struct origin *from_r)
{
	*from_r = q->run[q->first].from;
	return slice_take(queue_rest(q), (size_t)q->run[q->first].end - q->taken);
}

void
queue_take(struct queue *q, size_t n)
{
	q->taken += n;
	while (q->first < q->nrun && q->run[q->first].end <= q->taken)
		q->first++;
}

void
queue_clear(struct queue *q)
{
	buf_clear(&q->bytes);
	q->taken = q->first = q->nrun = 0;
}

/* Moves what is left to the front. Done only when the room behind it is used up, so that each byte moves a bounded number of times. */
static void
compact(struct queue *q)
{
	uint64_t shift = q->taken;

	buf_drop(&q->bytes, q->taken);
	memmove(q->run, q->run + q->first, (q->nrun - q->first) * sizeof *q->run);
	q->nrun -= q->first;
	q->first = q->taken = 0;
	for (size_t i = 0; i < q->nrun; i++)
		q->run[i].end -= shift;
}

size_t
queue_add(struct queue *q, slice s, struct origin from)
{
	slice fits = slice_take(s, LIMIT_KEPT - queue_rest(q).n);

	if (queue_empty(q))
		queue_clear(q);
	else if (q->bytes.n + fits.n > LIMIT_KEPT)
		compact(q);
	if (q->nrun == q->caprun) {
		q->caprun = q->caprun ? 2 * q->caprun : 4;
		q->run = xrealloc(q->run, q->caprun, sizeof *q->run);
	}
	buf_add(&q->bytes, fits);
	q->run[q->nrun++] = (struct run){ q->bytes.n, from };
	return fits.n;
}

size_t
queue_memory(const struct queue *q)
{
	return q->bytes.cap + q->caprun * sizeof *q->run;
}
