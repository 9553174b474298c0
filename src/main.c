/*
 * main.c - options, source, sinks, engine; and what is said at the end.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "engine/progress.h"
#include "options.h"
#include "sink/sinks.h"

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* The first signal ends the run as the end of the capture would; the second one ends the program. */
static void
catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction quiet = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &quiet, NULL);
}

/* The source is open before the engine that hears of its faults. */
static void
on_source_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

static unsigned
what_to_keep(const struct options *o)
{
	unsigned keep = (o->show.all_headers ? FOLD_HEADERS : 0u) | (o->show.show_secrets ? FOLD_SECRETS : 0u) | FOLD_NAMELESS;

	for (size_t i = 0; i < o->noutput; i++) {
		const struct sink_format *f = sink_format_find(slice_of(o->output[i].format));

		if (f->messages)
			keep |= FOLD_MESSAGES;
		if (!f->figures)
			keep &= ~(unsigned)FOLD_NAMELESS;
	}
	return keep;
}

static struct engine *
make_engine(const struct options *o, struct source *source, struct progress *progress)
{
	struct engine_options e = {
		.source = source, .mail_port = o->port, .nmail_port = o->nport, .as = o->as, .nas = o->nas,
		.overlap = o->overlap, .checksums = o->checksums, .memory = o->memory, .keep = what_to_keep(o),
		.analysis = o->analysis, .fail_on = o->fail_on, .nfail_on = o->nfail_on,
		.ignore = o->ignore, .nignore = o->nignore,
		.stop_packets = o->stop_packets, .stop_time = o->stop_time, .stop = &stop,
		.progress = progress ? progress_show : NULL, .progress_self = progress,
	};

	return engine_new(&e);
}

/* False: an output cannot be opened, and that was said. */
static bool
open_outputs(const struct options *o, struct engine *e)
{
	for (size_t i = 0; i < o->noutput; i++) {
		const struct sink_format *f = sink_format_find(slice_of(o->output[i].format));
		struct sink sink = { 0 };

		if (f->open(&o->output[i], &o->show, engine_fold(e), &sink) != 0)
			return false;
		engine_add_sink(e, &sink);
	}
	return true;
}

static void
tell_no_smtp(const struct engine *e, const struct options *o, const struct engine_result *r)
{
	struct buf words;

	if (o->quiet || r->sessions > 0 || r->attempts > 0)
		return;
	buf_init(&words, KiB);
	engine_tell_instead(e, &words);
	if (r->filtered_tagged > 0 && o->filter != NULL)
		buf_printf(&words, "; %llu packets were VLAN-tagged and the filter \"%s\" excluded them: try \"vlan and %s\"",
		    (unsigned long long)r->filtered_tagged, o->filter, o->filter);
	warn("no SMTP in %llu packet%s; %.*s", (unsigned long long)r->packets, r->packets == 1 ? "" : "s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

static int
exit_status(const struct options *o, const struct engine_result *r)
{
	if (r->failed)
		return EXIT_MACHINE;
	if (r->unreadable)
		return EXIT_USAGE;
	if (r->fail_on)
		return EXIT_FAIL_ON;
	return r->damaged || (o->strict && r->dropped > 0) ? EXIT_PARTIAL : EXIT_DONE;
}

static int
run(struct options *o, struct source *source, struct engine **engine_r)
{
	struct progress *progress = progress_new(o->progress == CHOICE_JSON, o->progress == CHOICE_AUTO && !o->quiet);
	struct engine *e = *engine_r = make_engine(o, source, progress);
	struct engine_result result = { .failed = true };
	struct source_stats stats = { 0 };
	int status = EXIT_USAGE;

	source->stats(source->self, &stats);
	o->show.digits = stats.digits > 6 ? 9 : 6;
	if (e != NULL && open_outputs(o, e)) {
		engine_run(e, &result);
		progress_end(progress);
		tell_no_smtp(e, o, &result);
		status = exit_status(o, &result);
	} else if (e != NULL)
		status = EXIT_MACHINE;
	progress_free(&progress);
	engine_free(engine_r);
	return status;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct source source;
	struct engine *engine = NULL;
	int status = options_parse(argc, argv, &options);

	if (status == -1) {
		struct file_options file = {
			.path = options.input, .npath = options.ninput, .filter = options.filter,
			.linktype_known = decode_linktype_known, .user = { &engine, on_source_note },
		};

		catch_signals();
		if (file_open(&file, &source, &status) == 0) {
			status = run(&options, &source, &engine);
			source.close(source.self);
		}
	}
	options_free(&options);
	if (fflush(stdout) != 0 && status == EXIT_DONE)
		status = EXIT_MACHINE;
	return status;
}
