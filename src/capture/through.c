#include "through.h"

static bool
recall(void *self, uint64_t mark)
{
	struct source *from = &((struct through *)self)->from;

	return from->recall(from->self, mark);
}

static void
stats(void *self, struct source_stats *stats_r)
{
	struct source *from = &((struct through *)self)->from;

	from->stats(from->self, stats_r);
}

static slice
secrets(void *self)
{
	struct source *from = &((struct through *)self)->from;

	return from->secrets(from->self);
}

static void
close_source(void *self)
{
	struct source *from = &((struct through *)self)->from;

	from->close(from->self);
}

struct source
through_source(struct through *self, const struct source *from, enum source_result (*next)(void *self, struct frame *))
{
	self->from = *from;
	return (struct source){
		.name = from->name, .next = next, .recall = recall, .stats = stats, .secrets = secrets, .close = close_source, .self = self
	};
}
