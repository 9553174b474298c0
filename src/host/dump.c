#include "dump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "again.h"
#include "aside.h"
#include "base/err.h"
#include "base/limits.h"
#include "sink/gate.h"
#include "sink/hold.h"

struct dump {
	const struct options *options;
	struct source from;
	struct rotation *out;			/* NULL: closed */
	struct rotation_counts counts;		/* then */
	bool failed;
	/* with -Y */
	struct gate *gate;
	struct hold *hold;			/* of sessions without a verdict */
	bool twice;				/* the input is read again: packets that wait are only their numbers */
	struct again again;			/* in which they are wanted */
	struct aside aside;			/* else: packets that nobody has claimed */
	struct frame now;			/* the packet that is looked at; number 0: none, or it was claimed */
	struct rumour { uint64_t session, packet; } *rumour;	/* whose it may be, if nobody claims it better */
	size_t nrumour;
	struct buf waiting;			/* one of them, as it waits */
	struct wanted attempts;
};

/* --- a packet that waits, as it stands in the spool --- */

struct head {
	uint64_t number, wire;
	nstime time;
	int linktype;
	uint32_t input;
	uint8_t fcs, digits;
};

static slice
wrap(struct buf *to, const struct frame *f)
{
	struct head h;

	memset(&h, 0, sizeof h);
	h.number = f->number;
	h.wire = f->wire;
	h.time = f->time;
	h.linktype = f->linktype;
	h.input = f->input;
	h.fcs = (uint8_t)f->fcs;
	h.digits = f->digits;
	buf_clear(to);
	buf_add(to, (slice){ (const uint8_t *)&h, sizeof h });
	buf_add(to, f->bytes);
	return buf_slice(to);
}

static struct frame
unwrap(slice s)
{
	struct head h;

	CHECK(s.n >= sizeof h);
	memcpy(&h, s.p, sizeof h);
	return (struct frame){
		.bytes = slice_drop(s, sizeof h), .wire = (size_t)h.wire, .linktype = h.linktype, .fcs = h.fcs,
		.time = h.time, .number = h.number, .input = h.input, .digits = h.digits,
	};
}

/* --- out --- */

static int
write_frame(struct dump *d, const struct frame *f)
{
	if (rotation_frame(d->out, f, d->from.secrets(d->from.self)) != 0)
		d->failed = true;
	return d->failed ? -1 : 0;
}

/* Its session is shown. */
static int
give(struct dump *d, const struct frame *f)
{
	if (!d->twice)
		return write_frame(d, f);
	wanted_add(&d->again.wanted, f->number);
	return 0;
}

/* Of what waits, when its session is shown. */
static int
let_out(void *self, uint64_t session, slice waited)
{
	struct frame f = unwrap(waited);

	(void)session;
	return give(self, &f);
}

/* --- whose packets are they? --- */

static int
claim(struct dump *d, uint64_t session, const struct frame *f)
{
	enum truth verdict = gate_session(d->gate, session);

	if (hold_settle(d->hold, session, verdict) < 0)
		return -1;
	if (verdict == TRUTH_YES)
		return give(d, f);
	if (verdict == TRUTH_NO)
		return 0;
	return hold_put(d->hold, session, verdict, GATE_SESSION, wrap(&d->waiting, f));
}

static int
claim_packet(struct dump *d, uint64_t session, uint64_t number)
{
	struct frame f = d->now;
	struct aside_packet *p;
	int status;

	if (d->twice)
		return claim(d, session, &(struct frame){ .number = number });
	if (number == d->now.number) {
		d->now.number = 0;
		return claim(d, session, &f);
	}
	if ((p = aside_get(&d->aside, number)) == NULL)
		return 0;
	status = claim(d, session, &p->frame);
	aside_drop(&d->aside, p);
	return status;
}

/*
 * What happened may have come with a packet that is none of the session's
 * segments (an ICMP error). If it is one, it will be told of in its turn.
 */
static void
hear(struct dump *d, uint64_t session, uint64_t number)
{
	if (!d->twice && number != d->now.number && aside_get(&d->aside, number) == NULL)
		return;
	d->rumour = xrealloc(d->rumour, d->nrumour + 1, sizeof *d->rumour);
	d->rumour[d->nrumour++] = (struct rumour){ session, number };
}

static int
believe(struct dump *d)
{
	int status = 0;

	for (size_t i = 0; i < d->nrumour && status == 0; i++)
		status = claim_packet(d, d->rumour[i].session, d->rumour[i].packet);
	d->nrumour = 0;
	return status;
}

/* All was said of the packet. Somebody may claim it later. */
static int
leave_packet(struct dump *d)
{
	int status = believe(d);

	if (d->now.number != 0)
		aside_put(&d->aside, &d->now);
	d->now.number = 0;
	return status;
}

/* --- the source --- */

static enum source_result
pass_on(struct dump *d, struct frame *f)
{
	if (d->gate == NULL)
		return write_frame(d, f) == 0 ? SOURCE_FRAME : SOURCE_FAILED;
	if (!d->twice)
		d->now = *f;
	return SOURCE_FRAME;
}

static enum source_result
dump_next(void *self, struct frame *f)
{
	struct dump *d = self;
	enum source_result result;

	if (leave_packet(d) != 0 || d->failed)
		return SOURCE_FAILED;
	if (rotation_is_over(d->out))
		return SOURCE_END;
	f->time = NSTIME_NONE;
	result = d->from.next(d->from.self, f);
	if (result != SOURCE_FRAME && result != SOURCE_NONE)
		return result;
	if (!d->twice && rotation_tick(d->out, f->time, result == SOURCE_NONE) != 0)
		return SOURCE_FAILED;
	if (rotation_is_over(d->out))
		return SOURCE_END;
	return result == SOURCE_FRAME ? pass_on(d, f) : result;
}

static int
dump_fd(void *self)
{
	struct dump *d = self;

	return d->from.fd(d->from.self);
}

static bool
dump_recall(void *self, uint64_t mark)
{
	struct dump *d = self;

	return d->from.recall(d->from.self, mark);
}

static void
dump_stats(void *self, struct source_stats *stats)
{
	struct dump *d = self;

	d->from.stats(d->from.self, stats);
}

static slice
dump_secrets(void *self)
{
	struct dump *d = self;

	return d->from.secrets(d->from.self);
}

static void
dump_close_source(void *self)
{
	struct dump *d = self;

	d->from.close(d->from.self);
}

struct source
dump_source(struct dump *d)
{
	return (struct source){
		.name = d->from.name, .next = dump_next, .fd = dump_fd, .recall = dump_recall, .stats = dump_stats,
		.secrets = dump_secrets, .close = dump_close_source, .self = d
	};
}

/* --- the sink --- */

static int
on_event(void *self, const struct event *e)
{
	struct dump *d = self;
	uint64_t session = e->at.session, number = e->at.packet;

	if (number == 0 || session == 0)
		return 0;
	if (e->kind == EV_ANOMALY) {
		hear(d, session, number);
		return 0;
	}
	if (e->kind == EV_CLOSE && believe(d) != 0)
		return -1;
	return claim_packet(d, session, number);
}

static int
on_record(void *self, const struct record *r)
{
	struct dump *d = self;

	if (r->kind == REC_SESSION)
		return hold_finish(d->hold, r->u.session->number);
	if (r->kind == REC_ATTEMPT && gate_attempt(d->gate, r->u.attempt))
		wanted_attempt(d->twice ? &d->again.wanted : &d->attempts, r->u.attempt);
	return 0;
}

static size_t
memory(void *self)
{
	const struct dump *d = self;

	return d->hold != NULL ? hold_memory(d->hold) : 0;
}

static int
reopen(void *self)
{
	struct dump *d = self;

	return rotation_reopen(d->out);
}

/* --- the end --- */

static int
write_again(struct dump *d)
{
	enum again_result r = AGAIN_OTHER;
	struct frame f;
	struct buf why;

	buf_init(&why, KiB);
	while (!d->failed && !rotation_is_over(d->out) && (r == AGAIN_OTHER || r == AGAIN_FOUND)) {
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

/* Of what is still there, those of attempts. */
static int
write_attempts(struct dump *d)
{
	int status = leave_packet(d);

	if (wanted_begin(&d->attempts))
		for (const struct aside_packet *p = d->aside.oldest; p != NULL && status == 0; p = p->newer)
			if (wanted_has(&d->attempts, &p->frame))
				status = write_frame(d, &p->frame);
	return status;
}

static int
on_close(void *self, bool failed)
{
	struct dump *d = self;

	if (!failed && d->gate != NULL && (d->twice ? write_again(d) : write_attempts(d)) != 0)
		failed = true;
	failed |= d->failed;
	d->counts = rotation_counts(d->out);
	return rotation_close(&d->out, failed) != 0 || failed ? -1 : 0;
}

void
dump_sink(struct dump *d, struct sink *sink_r)
{
	static const struct sink_ops ops = {
		.name = "dump", .event = on_event, .record = on_record, .memory = memory, .reopen = reopen, .close = on_close,
	};
	static const struct sink_ops all = { .name = "dump", .reopen = reopen, .close = on_close };

	*sink_r = (struct sink){ .ops = d->gate != NULL ? &ops : &all, .self = d };
	if (d->gate != NULL)
		sink_r->wants = WANT(EV_PACKET) | WANT(EV_CLOSE) | WANT(EV_ANOMALY);
}

/* --- opening --- */

static void
open_gated(struct dump *d)
{
	const struct options *o = d->options;

	d->gate = o->show.gate;
	d->twice = !o->live && again_is_possible(o);
	d->again = (struct again){ .options = o };
	d->hold = hold_new(&o->show, NULL, (struct hold_mark){ SLICE_NONE, 0 });
	hold_set_let_out(d->hold, let_out, d);
	d->aside.max = o->memory / 16 < LIMIT_ASIDE ? o->memory / 16 : LIMIT_ASIDE;
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
	d->from = *source;
	buf_init(&d->waiting, SIZE_MAX / 2);
	if (o->show.gate != NULL)
		open_gated(d);
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
	if (d->hold != NULL)
		hold_free(&d->hold);
	again_fini(&d->again);
	aside_fini(&d->aside);
	wanted_fini(&d->attempts);
	buf_fini(&d->waiting);
	free(d->rumour);
	free(d);
	*dp = NULL;
}
