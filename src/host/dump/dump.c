#include "dump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"
#include "capture/through.h"
#include "claims.h"
#include "host/again.h"
#include "interrupt.h"
#include "sink/gate.h"

struct dump {
	struct through through;
	struct source source;
	const struct options *options;
	struct rotation *out;			/* NULL: closed */
	struct rotation_counts counts;		/* then */
	bool failed;
	struct claims *claims;			/* with -Y, or NULL: everything is written */
	bool twice;				/* the input is read again, by numbers … */
	struct again again;			/* … that are wanted */
};

static int
write_frame(struct dump *d, const struct frame *f)
{
	if (rotation_frame(d->out, f, d->through.from.secrets(d->through.from.self)) != 0)
		d->failed = true;
	return d->failed ? -1 : 0;
}

/* Of what is shown. */
static int
give(void *self, const struct frame *f)
{
	struct dump *d = self;

	if (!d->twice)
		return write_frame(d, f);
	wanted_add(&d->again.wanted, f->number);
	return 0;
}

/* --- the source --- */

/* What was said of the packet before, and whether enough was written. */
static enum source_result
leave_packet(struct dump *d)
{
	if ((d->claims != NULL && claims_leave(d->claims) != 0) || d->failed)
		return SOURCE_FAILED;
	return rotation_is_over(d->out) ? SOURCE_END : SOURCE_FRAME;
}

static enum source_result
pass_on(struct dump *d, const struct frame *f)
{
	if (d->claims == NULL)
		return write_frame(d, f) == 0 ? SOURCE_FRAME : SOURCE_FAILED;
	claims_begin(d->claims, f);
	return SOURCE_FRAME;
}

static enum source_result
dump_next(void *self, struct frame *f)
{
	struct dump *d = self;
	enum source_result result = leave_packet(d);

	if (result != SOURCE_FRAME)
		return result;
	result = d->through.from.next(d->through.from.self, f);
	if (result != SOURCE_FRAME && result != SOURCE_NONE)
		return result;
	if (!d->twice && rotation_tick(d->out, f->time, result == SOURCE_NONE) != 0)
		return SOURCE_FAILED;
	if (rotation_is_over(d->out))
		return SOURCE_END;
	return result == SOURCE_FRAME ? pass_on(d, f) : result;
}

struct source
dump_source(struct dump *d)
{
	return d->source;
}

/* --- the sink --- */

static int
on_event(void *self, const struct event *e)
{
	return claims_event(((struct dump *)self)->claims, e);
}

static int
on_record(void *self, const struct record *r)
{
	struct dump *d = self;

	if (r->kind == REC_SESSION)
		return claims_session(d->claims, r->u.session);
	if (r->kind != REC_ATTEMPT || !gate_attempt(d->options->show.gate, r->u.attempt))
		return 0;
	if (!d->twice)
		return claims_attempt(d->claims, r->u.attempt);
	wanted_attempt(&d->again.wanted, r->u.attempt);
	return 0;
}

static size_t
memory(void *self)
{
	return claims_memory(((struct dump *)self)->claims);
}

static void
wrote(void *self, struct sink_wrote *wrote_r)
{
	const struct dump *d = self;
	struct rotation_counts c = dump_counts(d);

	*wrote_r = (struct sink_wrote){ .files = c.files, .bytes = c.bytes, .packets = c.packets, .captures = true };
}

static int
reopen(void *self)
{
	struct dump *d = self;

	return rotation_reopen(d->out);
}

/* --- the end --- */

/* A signal ends it, unless one had ended the reading already: then the next one ends the program. */
static bool
goes_on(const struct dump *d, bool stopped)
{
	return !d->failed && !rotation_is_over(d->out) && (stopped || !interrupt_state()->stop);
}

static int
write_again(struct dump *d)
{
	bool stopped = interrupt_state()->stop;
	enum again_result r = AGAIN_OTHER;
	struct frame f;
	struct buf why;

	buf_init(&why, KiB);
	while ((r == AGAIN_OTHER || r == AGAIN_FOUND) && goes_on(d, stopped)) {
		r = again_next(&d->again, &f, &why);
		if (r == AGAIN_FOUND && (rotation_tick(d->out, f.time, false) != 0
		    || rotation_frame(d->out, &f, again_secrets(&d->again)) != 0))
			d->failed = true;
	}
	if (r == AGAIN_FAILED)
		warn("-w: %.*s", (int)why.n, (const char *)why.p);
	buf_fini(&why);
	return r == AGAIN_FAILED || d->failed ? -1 : 0;
}

/* What is in a file offline, who asked for it knows where it came from. */
static void
tell(const struct dump *d)
{
	char number[WORDS_NUMBER];
	struct buf words;

	if (!d->options->live || d->options->quiet)
		return;
	buf_init(&words, KiB);
	words_count(&words, d->counts.packets, "packet", "packets");
	if (d->counts.files > 1 || d->options->ring.given) {
		buf_text(&words, " in ");
		words_count(&words, d->counts.files, "file", "files");
	}
	if (d->counts.removed > 0) {
		buf_text(&words, ", of which -b removed the first ");
		buf_text(&words, words_number(d->counts.removed, number));
	}
	warn("-w: %.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

static int
on_close(void *self, bool failed)
{
	struct dump *d = self;

	if (!failed && d->claims != NULL && (claims_leave(d->claims) != 0 || (d->twice && write_again(d) != 0)))
		failed = true;
	failed |= d->failed;
	d->counts = rotation_counts(d->out);
	if (rotation_close(&d->out, failed) != 0 || failed)
		return -1;
	tell(d);
	return 0;
}

void
dump_sink(struct dump *d, struct sink *sink_r)
{
	static const struct sink_ops matching = {
		.name = "dump", .event = on_event, .record = on_record, .memory = memory, .reopen = reopen, .wrote = wrote, .close = on_close,
	};
	static const struct sink_ops all = { .name = "dump", .reopen = reopen, .wrote = wrote, .close = on_close };

	*sink_r = (struct sink){ .ops = d->claims != NULL ? &matching : &all, .self = d, .wants = d->claims != NULL ? CLAIMS_WANTS : 0 };
}

/* --- opening --- */

static void
open_claims(struct dump *d)
{
	const struct options *o = d->options;
	size_t share = o->memory / 16, room = share < LIMIT_ASIDE ? share : LIMIT_ASIDE;

	d->twice = !o->live && again_is_possible(o);
	d->again = (struct again){ .options = o };
	d->claims = claims_new(o, d->twice ? 0 : room, give, d);
}

struct dump *
dump_open(const struct options *o, const struct source *source, int *exit_r)
{
	struct dump *d;

	*exit_r = EXIT_USAGE;
	if (strcmp(o->write, "-") == 0 && isatty(STDOUT_FILENO)) {
		warn("-w -: standard output is a terminal, which packets would only confuse: name a file, or pipe them into a program");
		return NULL;
	}
	d = xcalloc(1, sizeof *d);
	d->options = o;
	d->source = through_source(&d->through, source, dump_next);
	if (o->show.gate != NULL)
		open_claims(d);
	d->out = rotation_open(o, source);
	*exit_r = d->out != NULL ? EXIT_DONE : EXIT_MACHINE;
	if (d->out == NULL)
		dump_free(&d);
	return d;
}

struct rotation_counts
dump_counts(const struct dump *d)
{
	return d->out != NULL ? rotation_counts(d->out) : d->counts;
}

void
dump_free(struct dump **dp)
{
	struct dump *d = *dp;

	if (d == NULL)
		return;
	if (d->out != NULL)
		rotation_close(&d->out, true);
	claims_free(&d->claims);
	again_fini(&d->again);
	free(d);
	*dp = NULL;
}
