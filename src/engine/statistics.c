/*
 * statistics.c - what is counted, told every now and then; and drops, as they
 * are noticed.
 */
#include "internal.h"

static void
read_drops(struct engine *e)
{
	struct source_stats stats = { 0 };

	e->options.source->stats(e->options.source->self, &stats);
	drops_read(&e->drops, &stats, e->clock.now);
}

void
statistics_drops(struct engine *e, bool over)
{
	struct buf words;
	nstime when;

	read_drops(e);
	if (e->drops.spate.all.n == 0)
		return;
	buf_init(&words, LIMIT_DETAIL);
	if (drops_tell(&e->drops, e->clock.now, over, &words, &when))
		publish_lone(e, FINDING_LOAD_DROPPED, e->frames, when, 0, buf_slice(&words));
	buf_fini(&words);
}

/* What was dropped until now is read now: a gap may be known of before the next tick. */
uint64_t
statistics_dropped(struct engine *e, nstime from, nstime to)
{
	if (e->drops.read == NSTIME_NONE || e->drops.read <= to)
		read_drops(e);
	return e->drops.n > 0 ? drops_between(&e->drops, from < to ? from : to, to) : 0;
}

/* What goes into captures does not need to wait for the end. */
struct sink_wrote
statistics_written(const struct engine *e)
{
	struct sink_wrote all = { 0 }, one;

	for (size_t i = 0; i < e->nsink && e->options.live; i++) {
		one = (struct sink_wrote){ 0 };
		if (e->sink[i].ops->wrote != NULL)
			e->sink[i].ops->wrote(e->sink[i].self, &one);
		if (one.captures)
			all = one;
	}
	return all;
}

void
statistics_gather(struct engine *e, struct rec_stats *s)
{
	struct sink_wrote written = statistics_written(e);
	struct source_stats source = { 0 };
	struct flow_stats flow;

	e->options.source->stats(e->options.source->self, &source);
	flows_stats(e->flows, &flow);
	s->first = e->options.live ? e->begun : e->first;	/* a quiet wire has times, too */
	s->last = e->options.live ? e->clock.now : e->last;
	s->packets = e->frames;
	s->bytes = source.bytes;
	s->filtered = source.filtered;
	s->dropped = source.dropped;
	s->drops.kernel = source.drops.kernel;
	s->drops.interface = source.drops.interface;
	s->drops.ours = source.drops.ours;
	s->written.given = written.captures;
	s->written.files = written.files;
	s->written.packets = written.packets;
	s->written.bytes = written.bytes;
	s->tcp_segments = flow.segments;
	s->connections = flow.connections;
	s->missing_bytes = flow.missing_bytes;
	s->gaps = flow.gaps;
	s->retransmitted = flow.retransmitted;
	s->out_of_order = flow.out_of_order;
	s->conflicts = flow.conflicts;
	s->evicted = flow.evicted + flow.half_open_evicted;
	s->memory_peak = e->memory_peak;
	s->damaged = source.damaged;
	s->live = e->options.live;
	s->interval = e->options.stats_interval;
	s->open_sessions = e->open_sessions;
	s->open_flows = flow.open + flow.half_open;
	s->memory = engine_memory(e) + flow.memory;
}

/* Of times that passed in a jump of the clock nothing is told: there was nobody who could have counted. */
void
statistics_tell(struct engine *e)
{
	nstime now = e->clock.now, interval = e->options.stats_interval;
	struct rec_stats stats = { 0 };

	if (interval == 0 || now < e->next_stats)
		return;
	e->next_stats += (now - e->next_stats) / interval * interval + interval;
	statistics_gather(e, &stats);
	if (fold_tell_stats(e->fold, &stats, now) != 0)
		e->failed = true;
}
