/*
 * recorder.h - the sink that remembers: the half of the model that runs on the
 * thread that reads packets.
 *
 * It puts events, records and bodies into the vault and hands news in batches
 * to `give`, which owns them: at the latest every RECORDER_HASTE of the
 * machine's clock while packets come, when nothing comes (tick), and at the
 * end. Records of sessions that are still open are told again while they
 * change, at most every RECORDER_AGAIN each, so that a screen shows what
 * happens while it happens.
 *
 * Credentials are left out before anything is written, unless they are asked for.
 */
#ifndef RECORDER_H
#define RECORDER_H

#include "base/limits.h"
#include "dissect/sink.h"
#include "model/news.h"

#define RECORDER_HASTE	(50 * NSTIME_MS)
#define RECORDER_AGAIN	(250 * NSTIME_MS)

struct fold;

struct recorder_options {
	struct vault *vault;
	const struct fold *fold;		/* the engine's: what is known of sessions that are open */
	bool secrets;
	/* Takes the batch, and owns it whatever it says. May wait (a bounded channel is full). False: nobody listens any more, and nothing more is remembered. */
	bool (*give)(void *self, struct news_batch *);
	/* Would give() wait now? Then news are collected until a batch is full of them. Or NULL: it never matters. */
	bool (*busy)(void *self);
	/* How far the source is, for the batch; over: it is the last one. Or NULL. */
	void (*progress)(void *self, struct news_progress *progress_r, bool over);
	void *self;
};

/* What the engine's fold must keep for it (FOLD_…). */
unsigned recorder_keeps(bool secrets);

void recorder_open(const struct recorder_options *, struct sink *sink_r);

#endif
