/*
 * main.c - options, source, sinks, engine; and what is said at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "capture/live/live.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "engine/progress.h"
#include "model/recorder/recorder.h"
#include "options/options.h"
#include "report.h"
#include "screen.h"
#include "sink/gate.h"
#include "sink/sinks.h"
#include "sink/spool.h"

static atomic_int stop, ask;
static volatile sig_atomic_t stopped_by;

/*
 * The source may be about to wait for input: then this signal interrupted
 * nothing, and the alarm, which comes here too, does.
 */
static void
on_signal(int number)
{
	if (number != SIGALRM)
		stopped_by = number;
	stop = 1;
	alarm(1);
}

static void
on_ask(int number)
{
	(void)number;
	ask = 1;
}

static void
on(int number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

/*
 * The first signal ends the run as the end of the capture would; the second
 * one ends the program. SIGHUP, too: its terminal has gone. Who reads our
 * only output and leaves wants no more of it.
 */
static void
catch_signals(bool one_output)
{
	on(SIGINT, on_signal, (int)SA_RESETHAND);
	on(SIGTERM, on_signal, (int)SA_RESETHAND);
	on(SIGHUP, on_signal, (int)SA_RESETHAND);
	on(SIGALRM, on_signal, 0);
	on(SIGUSR1, on_ask, 0);
	on(SIGPIPE, one_output ? on_signal : SIG_IGN, 0);
	on(SIGXFSZ, SIG_IGN, 0);		/* write() tells it */
}

/* Or a file that we open would become standard output, or our complaints would go into it. */
static void
occupy_standard_descriptors(void)
{
	static const int wrong_way[] = { O_WRONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
			_exit(EXIT_MACHINE);
}

/* The source is open before the engine that hears of its faults. */
static void
on_source_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

static int
open_files(const struct options *o, struct engine **engine, struct source *source_r, int *exit_r)
{
	struct file_options file = {
		.path = o->input, .npath = o->ninput, .filter = o->filter,
		.linktype_known = decode_linktype_known, .user = { engine, on_source_note },
	};

	return file_open(&file, source_r, exit_r);
}

static int
open_interfaces(const struct options *o, struct engine **engine, struct source *source_r, int *exit_r)
{
	struct live_options live = {
		.interface = o->interface, .ninterface = o->ninterface, .filter = o->filter, .port = o->port, .nport = o->nport,
		.any_port = o->any_port, .buffer = o->buffer, .snaplen = o->snaplen, .promiscuous = o->promiscuous, .quiet = o->quiet,
		.linktype_known = decode_linktype_known, .user = { engine, on_source_note },
	};

	return live_open(&live, source_r, exit_r);
}

static int
open_source(const struct options *o, struct engine **engine, struct source *source_r, int *exit_r)
{
	return o->ninterface > 0 ? open_interfaces(o, engine, source_r, exit_r) : open_files(o, engine, source_r, exit_r);
}

static unsigned
keep_for_fields(unsigned keep, unsigned needs)
{
	if (needs & NEED_NAMES)
		keep &= ~(unsigned)FOLD_NAMELESS;
	return keep | field_keeps(needs);
}

static unsigned
what_to_keep(const struct options *o)
{
	bool figures = false;
	unsigned keep = (o->show.all_headers ? FOLD_HEADERS : 0u) | (o->show.show_secrets ? FOLD_SECRETS : 0u) | FOLD_NAMELESS;

	if (o->screen)
		return recorder_keeps(o->show.show_secrets);
	for (size_t i = 0; i < o->noutput; i++) {
		const struct sink_format *f = sink_format_find(slice_of(o->output[i].format));

		figures |= f->figures;
		if (f->messages)
			keep |= FOLD_MESSAGES;
		if (f->parts)
			keep |= FOLD_PARTS;
		if (f->columns != NULL) {
			struct columns c = f->columns(&o->columns);

			keep = keep_for_fields(keep, columns_needs(&c));
		} else if (!f->figures) {
			keep &= ~(unsigned)FOLD_NAMELESS;
		}
	}
	if (o->display != NULL)
		keep = keep_for_fields(keep, filter_needs(o->display) | (figures ? NEED_DIALOGUE : 0));
	if (o->nfail_on > 0 || (figures && o->show.verbose > 0))
		keep |= FOLD_MESSAGES;		/* whoever asks for findings wants those of what messages hold, too */
	return keep;
}

/* Records and events tell what was found in messages; figures and message files alone do not look. */
static bool
judges_contents(const struct options *o)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (strcmp(o->output[i].format, "events") == 0)
			return true;
	return (what_to_keep(o) & FOLD_MESSAGES) != 0;
}

static void
on_counters(void *self, const struct engine_result *r)
{
	(void)self;
	report_counters("", r);
}

static struct engine *
make_engine(const struct options *o, struct source *source, struct progress *progress)
{
	struct engine_options e = {
		.source = source, .mail_port = o->port, .nmail_port = o->nport, .as = o->as, .nas = o->nas,
		.overlap = o->overlap, .checksums = o->checksums, .memory = o->screen ? o->memory - o->memory / 4 : o->memory, .keep = what_to_keep(o),
		.analysis = o->analysis, .fail_on = o->fail_on, .nfail_on = o->nfail_on,
		.ignore = o->ignore, .nignore = o->nignore,
		.stop_packets = o->stop_packets, .stop_time = o->stop_time, .stop = &stop,
		.ask = &ask, .counters = on_counters,
		.progress = progress ? progress_show : NULL, .progress_self = progress,
	};

	return engine_new(&e);
}

/* It hears of everything before the outputs do. */
static void
open_gate(const struct options *o, struct engine *e)
{
	struct sink sink;

	if (o->show.gate == NULL)
		return;
	gate_open(o->show.gate, engine_fold(e), &sink);
	engine_add_sink(e, &sink);
}

/* False: an output cannot be opened, and that was said. */
static bool
open_outputs(const struct options *o, struct engine *e)
{
	open_gate(o, e);
	for (size_t i = 0; i < o->noutput; i++) {
		const struct sink_format *f = sink_format_find(slice_of(o->output[i].format));
		struct sink sink = { 0 };

		if (f->open(&o->output[i], &o->show, engine_fold(e), &sink) != 0)
			return false;
		engine_add_sink(e, &sink);
	}
	return true;
}

static bool
shows_steps(const struct output *output)
{
	const struct sink_format *f = sink_format_find(slice_of(output->format));

	return !f->figures && !f->contents;
}

/* The bar would stand in the way of what is written to the same terminal meanwhile. */
static bool
has_room_for_bar(const struct options *o)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (o->output[i].path == NULL && o->show.terminal && shows_steps(&o->output[i]))
			return false;
	return o->progress == CHOICE_AUTO && !o->quiet && !o->screen;
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
	if (r->damaged || (o->strict && r->dropped > 0))
		return EXIT_PARTIAL;
	return o->require_match && !report_has_match(o, r) ? EXIT_NO_MATCH : EXIT_DONE;
}

/* What all outputs share, and is known once the source is open. */
static void
prepare_outputs(struct options *o, const struct source *source)
{
	struct source_stats stats = { 0 };

	source->stats(source->self, &stats);
	o->show.digits = stats.digits > 6 ? 9 : 6;
	o->show.judged = judges_contents(o);
	o->show.gate = o->display != NULL && (!o->screen || o->noutput > 0) ? gate_new(o->display) : NULL;
	o->show.spool = spool_new(o->spool_max);
}

/* To the end of the source, or until the user of the screen has enough. */
static int
run_engine(const struct options *o, struct screen *screen, struct engine *e)
{
	struct engine_result result = { .failed = true };
	int signal = 0, status = 0;

	if (screen != NULL)
		status = screen_run(screen, e, &stop, &result, &signal);
	else
		engine_run(e, &result);
	if (status != 0)
		return EXIT_MACHINE;
	report_end(e, o, &result, stop, signal != 0 ? signal : stopped_by);
	return exit_status(o, &result);
}

static int
run(struct options *o, struct source *source, struct engine **engine_r)
{
	struct progress *progress = progress_new(o->progress == CHOICE_JSON && !o->screen, has_room_for_bar(o));
	struct screen *screen = o->screen ? screen_new(o, source) : NULL;
	struct engine *e = *engine_r = make_engine(o, screen != NULL ? screen_source(screen) : source, progress);
	int status = EXIT_USAGE;

	prepare_outputs(o, source);
	if (e != NULL && open_outputs(o, e))
		status = run_engine(o, screen, e);
	else if (e != NULL)
		status = EXIT_MACHINE;
	progress_free(&progress);
	engine_free(engine_r);
	screen_free(&screen);
	gate_free(&o->show.gate);
	spool_free(&o->show.spool);
	return status;
}

/* What stdio holds: --help, --version, --list-findings. */
static int
finish_stdout(int status)
{
	if (fflush(stdout) == 0)
		return status;
	if (errno == EPIPE)
		return status;
	warn("standard output: cannot write: %s", strerror(errno));
	return EXIT_MACHINE;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct source source;
	struct engine *engine = NULL;
	int status;

	occupy_standard_descriptors();
	on(SIGPIPE, SIG_IGN, 0);
	status = options_parse(argc, argv, &options);
	if (status == -1) {
		catch_signals(options.noutput == 1);
		if (open_source(&options, &engine, &source, &status) == 0) {
			status = run(&options, &source, &engine);
			source.close(source.self);
		}
	}
	options_free(&options);
	return finish_stdout(status);
}
