/*
 * engine.h - the only loop: frames in, events and records out.
 *
 *	source -> decode -> flow -> stack -> analysis -> sinks
 *	                                  \-> fold ----/
 *
 * One lane, one thread, no copy: a frame's bytes go up to the dissectors and
 * their events to the sinks before the next frame is read.
 *
 * The clock is that of the packets (clock.h); where none come, a live source
 * says how late it is. By it time-outs fire, statistics are told, and what a
 * live run must not keep for ever is told and forgotten. What the capture
 * dropped is read by it, too, so that gaps can say what was being dropped at
 * that time (drops.h).
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdatomic.h>

#include "analysis/analysis.h"
#include "base/buf.h"
#include "capture/source.h"
#include "dissect/sink.h"
#include "flow/flow.h"
#include "record/fold.h"

struct engine_result;

struct engine_as { uint16_t port; const char *protocol; };

/*
 * The run ends as if the capture ended here. Live, packets that were captured until then may still wait to be read: with STOP_SOON
 * they are.
 */
enum engine_stop { STOP_NOT, STOP_SOON, STOP_NOW };

struct engine_options {
	struct source *source;
	const uint16_t *mail_port;
	size_t nmail_port;
	const struct engine_as *as;		/* decode as */
	size_t nas;
	enum overlap overlap;
	enum checksum_mode checksums;
	size_t memory;				/* the budget; limits are scaled by it */
	unsigned keep;				/* what records hold besides the envelope: FOLD_… of record/fold.h */
	struct analysis_options analysis;
	const char *const *fail_on;		/* finding patterns, see finding_matches() */
	size_t nfail_on;
	const char *const *ignore;
	size_t nignore;
	bool live;				/* packets come as they happen: what is bounded for a run is bounded for an hour */
	uint64_t stop_packets;			/* 0: all */
	nstime stop_time;			/* of packet time since the first packet (live: since the beginning); 0: all */
	nstime stats_interval;			/* REC_STATS so often, by the same clock; 0: only the last */
	const atomic_int *stop;			/* an enum engine_stop, set by a signal or another thread */
	atomic_int *ask;			/* set by a signal: tell the counters, and go on; or NULL */
	atomic_int *reopen;			/* set by a signal: sinks open again what they append to; or NULL */
	void (*counters)(void *self, const struct engine_result *);
	void *counters_self;
	void (*progress)(void *self, const struct source_stats *, bool over);	/* every few thousand frames, and when all are read; or NULL */
	void *progress_self;
};

struct engine_result {
	bool failed;				/* a sink or the source failed, said on stderr */
	bool damaged, unreadable;		/* the input was */
	bool fail_on;				/* a finding matched */
	bool secrets;				/* credentials were seen */
	uint64_t packets, sessions, attempts;
	uint64_t filtered, filtered_tagged;
	uint64_t received, dropped;		/* as in source_stats */
	struct drops drops;
	uint64_t open_sessions;			/* at that moment */
	size_t memory;				/* kept for them */
	struct sink_wrote written;		/* so far, live, by what writes captures */
};

struct engine;

struct engine *engine_new(const struct engine_options *);	/* NULL: said on stderr (bad lists) */
void engine_free(struct engine **);
const struct fold *engine_fold(const struct engine *);		/* for sinks that ask what is known */
size_t engine_memory(const struct engine *);			/* kept for sessions that are open, by all rooms together */
void engine_span(const struct engine *, nstime *first_r, nstime *last_r);	/* packet times so far, or NSTIME_NONE */
void engine_add_sink(struct engine *, const struct sink *);	/* before the run; the engine closes it at the end */
/* A finding of the source (file. and load.); for source_user.note. */
void engine_note(void *engine, enum finding, uint64_t packet, nstime, uint64_t offset, slice detail);
struct engine_result engine_so_far(const struct engine *);
/* Everything, to the end of the source. Sinks are closed when it returns. */
void engine_run(struct engine *, struct engine_result *result_r);
/* What the capture held, when it held no mail: a few words. */
void engine_tell_instead(const struct engine *, struct buf *out);

#endif
