#include "memory.h"

#include <stdlib.h>

#include "base/err.h"

struct memory {
	const struct frame *frames;
	size_t n, at;
	struct source_stats stats;
};

static enum source_result
memory_next(void *self, struct frame *frame)
{
	struct memory *m = self;

	if (m->at == m->n)
		return SOURCE_END;
	*frame = m->frames[m->at++];
	if (frame->number == 0)
		frame->number = m->at;
	if (frame->mark == 0)
		frame->mark = m->at;
	m->stats.packets++;
	m->stats.bytes += frame->bytes.n;
	m->stats.read += frame->bytes.n;
	if (frame->digits > m->stats.digits)
		m->stats.digits = frame->digits;
	return SOURCE_FRAME;
}

static bool
memory_recall(void *self, uint64_t mark)
{
	(void)self;
	return mark != 0;
}

static void
memory_stats(void *self, struct source_stats *stats)
{
	*stats = ((struct memory *)self)->stats;
}

static slice
memory_secrets(void *self)
{
	(void)self;
	return SLICE_NONE;
}

void
memory_open(const struct frame *frames, size_t count, struct source *source_r)
{
	struct memory *m = xcalloc(1, sizeof *m);

	*m = (struct memory){ .frames = frames, .n = count };
	for (size_t i = 0; i < count; i++)
		m->stats.size += frames[i].bytes.n;
	*source_r = (struct source){
		.name = "memory", .next = memory_next, .recall = memory_recall,
		.stats = memory_stats, .secrets = memory_secrets, .close = free, .self = m
	};
}
