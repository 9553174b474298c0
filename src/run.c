/*
 * run.c - the order in which a run comes to be: what needs rights first, then
 * they are given up, and only then is a byte looked at that somebody else
 * wrote, or a thread begun.
 */
#include "run.h"

#include "allow.h"
#include "base/charset.h"
#include "base/crypto.h"
#include "base/err.h"
#include "capture/file.h"
#include "capture/live/live.h"
#include "capture/privilege/privilege.h"
#include "decode/decode.h"
#include "engine/progress.h"
#include "host/dump/dump.h"
#include "interrupt.h"
#include "outputs.h"
#include "report.h"
#include "screen.h"
#include "tui/terminal/rescue.h"

struct run {
	struct options *options;
	struct source source;
	bool opened;			/* source is */
	struct dump *dump;		/* -w, or NULL: */
	struct source behind;		/* what comes through it */
	struct screen *screen;		/* or NULL */
	struct progress *progress;	/* or NULL */
	struct engine *engine;
};

/* --- packets --- */

/* The source is open before the engine that hears of its faults. */
static void
on_source_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct run *r = self;

	if (r->engine != NULL)
		engine_note(r->engine, f, packet, time, offset, detail);
}

static int
open_interfaces(struct run *r)
{
	const struct options *o = r->options;
	struct live_options live = {
		.interface = o->interface, .ninterface = o->ninterface, .filter = o->filter, .port = o->port, .nport = o->nport,
		.any_port = o->any_port, .buffer = o->buffer, .snaplen = o->snaplen, .promiscuous = o->promiscuous, .quiet = o->quiet,
		.linktype_known = decode_linktype_known, .user = { r, on_source_note },
	};
	int status = EXIT_DONE;

	if (o->ninterface > 0)
		r->opened = live_open(&live, &r->source, &status) == 0;
	return status;
}

static int
open_files(struct run *r)
{
	const struct options *o = r->options;
	struct file_options file = {
		.path = o->input, .npath = o->ninput, .listed = &o->inputs, .filter = o->filter, .follow = o->follow,
		.linktype_known = decode_linktype_known, .user = { r, on_source_note },
	};
	int status = EXIT_DONE;

	if (o->ninterface == 0)
		r->opened = file_open(&file, &r->source, &status) == 0;
	return status;
}

/* --- what is done with them --- */

static int
open_screen(struct run *r)
{
	if (r->options->screen)
		r->screen = screen_new(r->options);
	return r->screen == NULL || screen_open(r->screen) == 0 ? EXIT_DONE : EXIT_MACHINE;
}

/* The bar would stand in the way of what is written to the same terminal meanwhile. */
static bool
has_room_for_bar(const struct options *o)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (o->output[i].path == NULL && o->show.terminal && outputs_show_steps(&o->output[i]))
			return false;
	return o->progress == CHOICE_AUTO && !o->quiet && !o->screen && !o->live;
}

static void
on_counters(void *self, const struct engine_result *result)
{
	(void)self;
	report_so_far(result);
}

static int
make_engine(struct run *r)
{
	struct options *o = r->options;
	struct interrupts *asked = interrupt_state();
	struct progress *progress = r->progress = progress_new(o->progress == CHOICE_JSON && !o->screen, has_room_for_bar(o));
	struct source *source = r->dump != NULL ? &r->behind : &r->source;
	struct engine_options e = {
		.source = r->screen != NULL ? screen_source(r->screen, source) : source,
		.mail_port = o->port, .nmail_port = o->nport, .as = o->as, .nas = o->nas,
		.overlap = o->overlap, .checksums = o->checksums, .memory = o->screen ? o->memory - o->memory / 4 : o->memory,
		.keep = outputs_keep(o), .analysis = o->analysis,
		.fail_on = o->fail_on, .nfail_on = o->nfail_on, .ignore = o->ignore, .nignore = o->nignore,
		.live = o->live, .stop_packets = o->stop_packets, .stop_time = o->stop_time, .stats_interval = o->stats_interval,
		.stop = &asked->stop, .ask = &asked->ask, .reopen = &asked->reopen,
		.counters = on_counters,
		.progress = progress ? progress_show : NULL, .progress_self = progress,
	};

	r->engine = engine_new(&e);
	return r->engine != NULL ? EXIT_DONE : EXIT_USAGE;
}

/* It stands before everybody else who reads them. */
static int
open_packets(struct run *r)
{
	int status = EXIT_DONE;

	outputs_prepare(r->options, &r->source);
	if (r->options->write != NULL && (r->dump = dump_open(r->options, &r->source, &status)) != NULL)
		r->behind = dump_source(r->dump);
	return status;
}

static int
open_outputs(struct run *r)
{
	return outputs_open(r->options, r->dump, r->engine) ? EXIT_DONE : EXIT_MACHINE;
}

static int
know_user(struct run *r)
{
	return privilege_knows_user(&r->options->privilege) ? EXIT_DONE : EXIT_USAGE;
}

/* Whatever else is a file that has to be opened is opened here: what decodes, digests, and tells local time. */
static int
give_up_rights(struct run *r)
{
	struct privilege_options *p = &r->options->privilege;

	p->quiet = r->options->quiet;
	p->rescue = r->screen != NULL ? rescue_now : NULL;
	crypto_prepare();
	charset_prepare();
	return privilege_drop(p) == 0 ? EXIT_DONE : EXIT_MACHINE;
}

/* --- the packets, and what came of them --- */

static int
exit_status(const struct options *o, const struct engine_result *r)
{
	if (r->failed || privilege_is_broken())
		return EXIT_MACHINE;
	if (r->unreadable)
		return EXIT_USAGE;
	if (r->fail_on)
		return EXIT_FAIL_ON;
	if (r->damaged || (o->strict && r->dropped > 0))
		return EXIT_PARTIAL;
	return o->require_match && !report_has_match(o, r) ? EXIT_NO_MATCH : EXIT_DONE;
}

/* Now that nothing can go wrong any more. On a screen its title says it. */
static int
announce(struct run *r)
{
	const struct options *o = r->options;

	if (o->ninterface > 0 && !o->quiet && !o->screen)
		live_announce(&r->source);
	return EXIT_DONE;
}

/* To the end of the source, or until somebody has enough. */
static int
read_all(struct run *r)
{
	struct interrupts *asked = interrupt_state();
	struct engine_result result = { 0 };
	int signal = 0;

	if (r->screen == NULL)
		engine_run(r->engine, &result);
	else
		signal = screen_run(r->screen, r->engine, &asked->stop, &result);
	report_end(r->engine, r->options, &result, asked->stop, signal != 0 ? signal : asked->by);
	return exit_status(r->options, &result);
}

static void
end(struct run *r)
{
	screen_close(r->screen);
	progress_free(&r->progress);
	engine_free(&r->engine);
	screen_free(&r->screen);
	dump_free(&r->dump);
	outputs_free(r->options);
	if (r->opened)
		r->source.close(r->source.self);
}

int
run(struct options *o)
{
	static int (*const steps[])(struct run *) = {
		know_user,
		open_interfaces,	/* for which one may have to be root */
		open_screen,		/* terminal, locale */
		give_up_rights,		/* from here on files are asked for (base/files.h) */
		open_files,
		open_packets,		/* -w; the spool */
		make_engine,
		open_outputs,		/* files, directories */
		announce,		/* what is listened to */
		read_all,		/* threads; the first packet */
	};
	struct run r = { .options = o };
	int status = EXIT_DONE;

	allow_all(o);
	interrupt_catch(o->noutput + (o->write != NULL) == 1, o->live && outputs_are_files(o));
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == EXIT_DONE; i++)
		status = steps[i](&r);
	end(&r);
	return status;
}
