/*
 * engine.c - the loop, the clock, the budget.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/limits.h"
#include "internal.h"

#define TICK		(100 * NSTIME_MS)
#define BOUNDS_LAST	(3600 * NSTIME_S)

enum { PROGRESS_EVERY = 4096, BUDGET_EVERY = 16 };		/* frames */

static int
give(void *self, const struct record *r)
{
	struct engine *e = self;

	for (size_t i = 0; i < e->nsink; i++)
		if (e->sink[i].ops->record != NULL && e->sink[i].ops->record(e->sink[i].self, r) != 0)
			e->failed = true;
	return e->failed ? -1 : 0;
}

static void
on_decode_note(void *self, enum finding f, struct origin from, slice detail)
{
	publish_lone(self, f, from.packet, from.time, 0, detail);
}

/* A hostile capture must not know in which bucket its flows will lie. */
static uint64_t
random_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		warn("no random numbers: the flow table's hash is not seeded");
	return seed;
}

/* Every limit of flow is a share of --mem; the defaults are those of the default budget. */
static void
scale(struct flow_config *c, size_t memory)
{
	double share = (double)memory / (double)LIMIT_MEMORY;

	if (share >= 1)
		return;
	c->max_flows = (size_t)((double)c->max_flows * share) + 1;
	c->max_half_open = (size_t)((double)c->max_half_open * share) + 1;
	c->max_reassembly = (size_t)((double)c->max_reassembly * share) + 1;
	if (c->max_ahead_bytes > c->max_reassembly)
		c->max_ahead_bytes = c->max_reassembly;
}

static struct flows *
make_flows(struct engine *e)
{
	struct stream_user user = conversation_user(e);
	struct flow_config config;

	flow_config_default(&config);
	config.overlap = e->options.overlap;
	config.checksums = e->options.checksums;
	config.packets = (e->wants & WANT(EV_PACKET)) != 0;
	config.seed = random_seed();
	scale(&config, e->options.memory);
	return flows_new(&config, &user);
}

struct engine *
engine_new(const struct engine_options *options)
{
	struct engine *e = xcalloc(1, sizeof *e);
	struct fold_user fold_user = { e, give };
	struct decode_user decode_user = { e, on_decode_note };
	size_t fragments = options->memory / 32;

	e->options = *options;
	e->analysis = analysis_new(&options->analysis);
	if (e->analysis == NULL) {
		free(e);
		return NULL;
	}
	e->fold = fold_new(&fold_user, options->keep);
	e->fold_wants = fold_wants(options->keep);
	e->analysis_wants = analysis_wants();
	e->decoder = decoder_new(&decode_user, fragments < LIMIT_FRAGMENT_BYTES ? fragments : LIMIT_FRAGMENT_BYTES);
	e->ports = ports_new();
	clock_init(&e->clock);
	drops_init(&e->drops);
	e->begun = e->first = e->last = e->stop_at = NSTIME_NONE;
	return e;
}

void
engine_free(struct engine **ep)
{
	struct engine *e = *ep;

	if (e == NULL)
		return;
	flows_free(&e->flows);
	decoder_free(&e->decoder);
	fold_free(&e->fold);
	analysis_free(&e->analysis);
	ports_free(&e->ports);
	for (size_t i = 0; i < ENGINE_EARLY; i++)
		buf_fini(&e->early[i].detail);
	free(e);
	*ep = NULL;
}

const struct fold *
engine_fold(const struct engine *e)
{
	return e->fold;
}

void
engine_span(const struct engine *e, nstime *first_r, nstime *last_r)
{
	*first_r = e->first;
	*last_r = e->last;
}

void
engine_add_sink(struct engine *e, const struct sink *sink)
{
	CHECK(e->nsink < ENGINE_SINKS);
	e->sink[e->nsink++] = *sink;
	e->wants |= sink->wants;
}

/* What layers, records and outputs keep for open sessions. */
size_t
engine_memory(const struct engine *e)
{
	size_t n = e->conversation_memory + fold_memory(e->fold);

	for (size_t i = 0; i < e->nsink; i++)
		if (e->sink[i].ops->memory != NULL)
			n += e->sink[i].ops->memory(e->sink[i].self);
	return n;
}

/* Over their share of the budget, connections are closed until they are not: whichever can best be done without (flow.h). */
static void
keep_budget(struct engine *e)
{
	size_t share = e->options.memory / 8 * 5, used;

	if (e->frames % BUDGET_EVERY != 0)
		return;
	while ((used = engine_memory(e)) > share && flows_evict(e->flows, used))
		;
	if (used > e->memory_peak)
		e->memory_peak = used;
}

/* Nothing comes, or much: sinks that show what happens while it happens want to know. */
static void
tick_sinks(struct engine *e)
{
	for (size_t i = 0; i < e->nsink; i++)
		if (e->sink[i].ops->tick != NULL && e->sink[i].ops->tick(e->sink[i].self, e->clock.now) != 0)
			e->failed = true;
}

/* What nobody must do more often. */
static void
every_second(struct engine *e, nstime now)
{
	if (now < e->next_second)
		return;
	e->next_second = now + NSTIME_S;
	if (e->options.live && fold_expire(e->fold, now) != 0)
		e->failed = true;
	if (e->options.live && now >= e->next_hour) {
		e->next_hour = now + BOUNDS_LAST;
		memset(e->lone, 0, sizeof e->lone);
		flows_tell_again(e->flows);
	}
}

static void
tick(struct engine *e, nstime now)
{
	if (e->begun == NSTIME_NONE) {
		e->begun = e->next_tick = e->next_second = now;
		e->next_hour = now + BOUNDS_LAST;
		e->next_stats = now + e->options.stats_interval;
	}
	if (now < e->next_tick)
		return;
	e->next_tick = now + TICK;
	flows_tick(e->flows, now);
	statistics_drops(e, false);
	every_second(e, now);
	statistics_tell(e);
	if (e->options.live)
		tick_sinks(e);			/* on a wire that is never quite quiet, and never busy */
}

/* Timers that were set by the clock that went before would not fire for as long as it was set back. */
static void
begin_again(struct engine *e, nstime before, nstime now)
{
	warn("the clock was set back by %lld s: what is open ends here", (long long)((before - now) / NSTIME_S));
	statistics_drops(e, true);
	drops_forget_times(&e->drops);
	flows_begin_again(e->flows);
	e->begun = now - (before - e->begun);		/* so much has passed */
	e->next_stats = now + (e->next_stats - before);
	e->next_tick = e->next_second = now;
	e->next_hour = now + BOUNDS_LAST;
}

/* What time it is. */
static nstime
feed_clock(struct engine *e, nstime stamp)
{
	nstime before = e->clock.now;

	if (e->options.live && clock_was_set_back(&e->clock, stamp))
		begin_again(e, before, stamp);
	return clock_feed(&e->clock, stamp);
}

static void
one_frame(struct engine *e, const struct frame *f)
{
	nstime now = feed_clock(e, f->time);
	/* A stamp that runs back counts as now: no answer stands before its question. One far ahead is told as it is. */
	struct frame_view view = {
		.bytes = f->bytes, .wire = f->wire, .linktype = f->linktype, .fcs = f->fcs,
		.from = { .packet = f->number, .time = f->time > now ? f->time : now }, .mark = f->mark,
	};
	struct segment segment;
	struct icmp_error icmp;

	if (e->first == NSTIME_NONE)
		e->first = now;
	e->last = view.from.time;
	tick(e, now);
	switch (decode_frame(e->decoder, &view, &segment, &icmp)) {
	case DECODED_SEGMENT:
		if (e->sessions == 0)
			ports_count(e->ports, segment.src.port, segment.dst.port);
		flows_segment(e->flows, &segment);
		keep_budget(e);
		break;
	case DECODED_ICMP:
		flows_icmp(e->flows, &icmp);
		break;
	case DECODED_NOTHING:
	case DECODED_FRAGMENT:
		break;
	}
}

/* Not before what was captured until now has been read: the counters tell the source's time. */
static bool
is_stopped(struct engine *e)
{
	int stop = e->options.stop != NULL ? *e->options.stop : STOP_NOT;
	struct source_stats stats = { 0 };

	if (stop == STOP_NOT || stop == STOP_NOW || !e->options.live)
		return stop != STOP_NOT;
	if (e->stop_at == NSTIME_NONE) {
		e->options.source->stats(e->options.source->self, &stats);
		e->stop_at = stats.counted;		/* 0: a source that has no clock of its own */
	}
	return e->clock.now == NSTIME_NONE || e->clock.now >= e->stop_at;
}

static bool
is_over(struct engine *e)
{
	const struct engine_options *o = &e->options;

	return e->failed || is_stopped(e)
	    || (o->stop_packets != 0 && e->frames >= o->stop_packets)
	    || (o->stop_time != 0 && e->begun != NSTIME_NONE && e->clock.now - e->begun >= o->stop_time);
}

static void
show_progress(struct engine *e, bool over)
{
	struct source_stats stats = { 0 };

	if (e->frames % PROGRESS_EVERY != 0 && !over)
		return;
	tick_sinks(e);
	if (e->options.progress == NULL)
		return;
	e->options.source->stats(e->options.source->self, &stats);
	e->options.progress(e->options.progress_self, &stats, over);
}

struct engine_result
engine_so_far(const struct engine *e)
{
	struct source_stats source = { 0 };

	e->options.source->stats(e->options.source->self, &source);
	return (struct engine_result){
		.failed = e->failed, .damaged = source.damaged, .unreadable = source.unreadable,
		.fail_on = e->fail_on_matched, .secrets = e->secrets,
		.packets = e->frames, .sessions = e->sessions, .attempts = e->attempts,
		.filtered = source.filtered, .filtered_tagged = source.filtered_tagged,
		.received = source.received, .dropped = source.dropped, .drops = source.drops,
		.open_sessions = e->open_sessions, .memory = engine_memory(e), .written = statistics_written(e),
	};
}

static void
tell_counters(struct engine *e)
{
	struct engine_result r = engine_so_far(e);

	e->options.counters(e->options.counters_self, &r);
}

static void
reopen_sinks(struct engine *e)
{
	for (size_t i = 0; i < e->nsink; i++)
		if (e->sink[i].ops->reopen != NULL && e->sink[i].ops->reopen(e->sink[i].self) != 0)
			e->failed = true;
}

/* A signal came: was it this one? */
static bool
was_asked(atomic_int *flag)
{
	return flag != NULL && *flag && atomic_exchange(flag, 0);
}

static void
obey_signals(struct engine *e)
{
	if (was_asked(e->options.ask))
		tell_counters(e);
	if (was_asked(e->options.reopen))
		reopen_sinks(e);
}

/* Nothing came. Of a live source it is known until when. */
static void
no_frame(struct engine *e, nstime until)
{
	if (until != NSTIME_NONE)
		tick(e, feed_clock(e, until));
	tick_sinks(e);
}

static void
read_all(struct engine *e)
{
	struct source *source = e->options.source;
	struct frame frame;

	while (!is_over(e)) {
		enum source_result r;

		frame.time = NSTIME_NONE;
		r = source->next(source->self, &frame);
		obey_signals(e);
		if (r == SOURCE_FAILED)
			e->failed = true;
		if (r == SOURCE_NONE) {
			no_frame(e, frame.time);
			continue;
		}
		if (r != SOURCE_FRAME)
			break;
		e->frames++;
		one_frame(e, &frame);
		show_progress(e, false);
	}
	show_progress(e, true);
}

/* Who is closed is asked nothing any more, also not by who is closed later. */
static void
close_sinks(struct engine *e)
{
	bool failed = e->failed;	/* that one of them cannot be put in place is no reason to throw the others away */
	size_t n = e->nsink;

	e->nsink = 0;
	for (size_t i = 0; i < n; i++)
		if (e->sink[i].ops->close(e->sink[i].self, failed) != 0)
			e->failed = true;
}

static void
finish(struct engine *e, struct engine_result *r)
{
	struct rec_stats stats = { .final = true };

	statistics_drops(e, true);
	decoder_finish(e->decoder);
	flows_finish(e->flows);
	statistics_gather(e, &stats);
	if (fold_finish(e->fold, &stats) != 0)
		e->failed = true;
	close_sinks(e);
	*r = engine_so_far(e);
}

void
engine_run(struct engine *e, struct engine_result *result_r)
{
	e->flows = make_flows(e);
	read_all(e);
	finish(e, result_r);
}

void
engine_tell_instead(const struct engine *e, struct buf *out)
{
	ports_tell(e->ports, out);
}
