#include "drops.h"

#include <string.h>

static struct source_stats
stats_of(const struct source *s)
{
	struct source_stats stats = { 0 };

	s->stats(s->self, &stats);
	return stats;
}

void
dump_drops_begin(struct dump_drops *d, const struct source *s)
{
	d->before = d->told = stats_of(s).drops;
	d->counted = NSTIME_NONE;
}

static void
put(const struct dump_drops *d, struct writer *w, nstime when)
{
	const struct drops *now = &d->told, *before = &d->before;

	writer_drops(w, when, now->interface - before->interface, now->kernel + now->ours - before->kernel - before->ours);
}

/* Until when the counters were those that were told, as far as it is known; else NSTIME_NONE. */
static nstime
last_known(const struct dump_drops *d, const struct source_stats *stats)
{
	return stats->rising != 0 ? stats->rising : d->counted;
}

void
dump_drops_write(struct dump_drops *d, const struct source *s, struct writer *w, nstime now, bool live)
{
	struct source_stats stats = stats_of(s);
	nstime when = stats.counted != 0 ? stats.counted : now;

	if (memcmp(&stats.drops, &d->told, sizeof d->told) != 0) {
		if (last_known(d, &stats) != NSTIME_NONE)
			put(d, w, last_known(d, &stats));
		d->told = stats.drops;
		put(d, w, when);
	}
	if (stats.counted != 0 || live)
		d->counted = when;
}
