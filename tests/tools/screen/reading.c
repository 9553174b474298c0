/*
 * reading.c - the captures, read as the program would read them, on this one
 * thread.
 *
 * `packets N` stops the reading after N packets: what is said next is played
 * from inside the source's next().
 */
#include <stdlib.h>
#include <time.h>

#include "capture/file.h"
#include "decode/decode.h"
#include "model/recorder/recorder.h"
#include "screen.h"

enum { PAUSE_MS = 600 };		/* after it the recorder has told of everything, however often it may */

static void
sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Behind the packet N: twice nothing comes, so that all is told; then the script goes on. */
static enum source_result
next(void *self, struct frame *frame)
{
	struct screen *s = self;
	enum source_result r;

	if (s->packets >= s->stop) {
		if (s->calm++ < 2) {
			sleep_ms(s->calm == 2 ? PAUSE_MS : 0);
			return SOURCE_NONE;
		}
		s->calm = 0;
		run_script(s);
		go_on_to_stop(s);
		return SOURCE_NONE;
	}
	r = s->source.next(s->source.self, frame);
	if (r == SOURCE_FRAME)
		s->packets++;
	return r;
}

static bool
recall(void *self, uint64_t mark)
{
	struct screen *s = self;

	return s->source.recall != NULL && s->source.recall(s->source.self, mark);
}

static void
stats(void *self, struct source_stats *stats_r)
{
	struct screen *s = self;

	s->source.stats(s->source.self, stats_r);
}

static slice
secrets(void *self)
{
	struct screen *s = self;

	return s->source.secrets != NULL ? s->source.secrets(s->source.self) : SLICE_NONE;
}

static void
close_source(void *self)
{
	(void)self;
}

static bool
give(void *self, struct news_batch *batch)
{
	struct screen *s = self;

	app_take(s->app, &batch);
	return true;
}

/* How far: by packets, so that no block of the reader is seen. */
static void
progress(void *self, struct news_progress *p, bool over)
{
	struct screen *s = self;
	struct source_stats st = { 0 };

	s->source.stats(s->source.self, &st);
	(void)over;
	p->packets = s->packets;
	p->bytes = st.bytes;
	p->read = s->app_options.live ? 0 : s->packets;
	p->size = s->app_options.live ? 0 : s->packets + 100;
	p->dropped = st.dropped;
}

static void
on_source_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

void
read_captures(struct screen *s)
{
	const struct options *o = &s->options;
	struct engine *engine = NULL;
	struct file_options file = {
		.path = o->input, .npath = o->ninput, .filter = o->filter, .quiet = true,
		.linktype_known = decode_linktype_known, .user = { &engine, on_source_note },
	};
	struct source wrapped = { "script", next, recall, stats, secrets, close_source, s };
	struct engine_options e = {
		.source = &wrapped, .mail_port = o->port, .nmail_port = o->nport, .as = o->as, .nas = o->nas, .overlap = o->overlap,
		.checksums = o->checksums, .memory = o->memory, .keep = recorder_keeps(o->show.show_secrets), .analysis = o->analysis,
	};
	struct recorder_options recorder = {
		.vault = s->vault, .secrets = o->show.show_secrets, .give = give, .progress = progress, .self = s,
	};
	struct engine_result result = { 0 };
	struct sink sink;
	int status;

	if (file_open(&file, &s->source, &status) != 0 || (engine = engine_new(&e)) == NULL)
		exit(2);
	recorder.fold = engine_fold(engine);
	recorder_open(&recorder, &sink);
	engine_add_sink(engine, &sink);
	s->fed = true;
	go_on_to_stop(s);
	engine_run(engine, &result);
	s->fed = false;
	s->source.close(s->source.self);
	engine_free(&engine);
}
