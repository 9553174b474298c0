#include "rotation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/machine.h"
#include "capture/live/live.h"
#include "capture/writer.h"
#include "drops.h"
#include "names.h"

#define MOMENT (100 * NSTIME_MS)		/* live: what came before can be read */

struct rotation {
	const struct options *options;
	const struct ring_files *ring;
	struct source source;
	struct put_kind kind;
	bool known;				/* from the start, what all frames will be; live it must be: a file that grows stays what it is */
	bool pcapng;				/* a pcap will not do */
	struct writer *writer;			/* NULL: the next packet begins a file */
	const char *name;			/* the file's */
	struct names names;
	uint64_t files;				/* begun */
	nstime now;				/* packet time */
	nstime began;				/* when the file got its first packet; NSTIME_NONE: it has none */
	nstime flushed;
	size_t secrets;				/* bytes of keys that this file has */
	struct dump_drops drops;
	bool over, failed;
	bool left;				/* nobody reads standard output any more */
	bool said_left_out, said_keys;
	struct rotation_counts done;		/* of files that were ended */
};

/* --- one file --- */

static int
fail(struct rotation *r, const struct buf *why)
{
	if (!r->failed)
		warn("%.*s", (int)why->n, (const char *)why->p);
	r->failed = true;
	return -1;
}

static const char *
interface_name(void *self, uint32_t input)
{
	const struct rotation *r = self;

	return live_input_name(&r->source, input);
}

/* -1, unless it is only that nobody reads the pipe any more: who leaves has seen enough. */
static int
trouble(struct rotation *r)
{
	if (writer_reader_left(r->writer)) {
		r->left = true;
		r->over |= r->options->noutput == 0 && !r->options->screen;
		return 0;
	}
	if (!r->failed)
		warn("%s", writer_trouble(r->writer));
	r->failed = true;
	return -1;
}

static void
write_drops(struct rotation *r)
{
	if (r->pcapng && r->options->ninterface <= 1)
		dump_drops_write(&r->drops, &r->source, r->writer, r->now, r->options->live);
}

static int
begin(struct rotation *r)
{
	struct buf why;

	if (r->ring->given) {
		r->done.removed += names_make_room(&r->names);
		r->name = names_next(&r->names, r->now);
	}
	buf_init(&why, KiB);
	r->writer = writer_open(&(struct writer_options){
		.path = r->name, .how = r->options->live ? OUTFILE_GROW : OUTFILE_REPLACE,
		.pcapng = r->pcapng, .nanoseconds = r->kind.nanoseconds,
		.kind = r->known ? &r->kind : NULL, .interface = r->options->ninterface > 0 ? interface_name : NULL, .self = r,
	}, &why);
	if (r->writer == NULL)
		fail(r, &why);
	buf_fini(&why);
	if (r->failed)
		return -1;
	r->files++;
	r->began = NSTIME_NONE;
	r->secrets = 0;
	dump_drops_begin(&r->drops, &r->source);
	if (!r->options->live || writer_flush(r->writer) == 0)
		return 0;
	if (r->ring->given)			/* no room for its header: what is empty is no capture */
		files_ask(FILES_REMOVE, r->name, NULL);
	return trouble(r);
}

static struct rotation_counts
plus(struct rotation_counts a, const struct writer *w)
{
	struct writer_counts c = writer_counts(w);

	return (struct rotation_counts){
		a.files + c.files, a.packets + c.packets, a.bytes + c.gone + c.bytes, a.left_out + c.left_out, a.removed,
	};
}

/* What a pcap could not hold is said once. */
static void
tell_left_out(struct rotation *r)
{
	struct writer_counts c = writer_counts(r->writer);

	if (c.left_out > 0 && !r->said_left_out)
		warn("%s: packets of link type %d are left out: this pcap holds others; a name that ends in .pcapng has room for all",
		    r->name, c.left_out_linktype);
	if (c.keys_left_out && !r->said_keys)
		warn("%s: TLS keys are left out: a pcap has no room for them; a name that ends in .pcapng has", r->name);
	r->said_left_out |= c.left_out > 0;
	r->said_keys |= c.keys_left_out;
}

static int
end(struct rotation *r, bool failed)
{
	struct buf why;
	bool left;
	int status = 0;

	if (r->writer == NULL)
		return 0;
	tell_left_out(r);
	write_drops(r);
	if (!failed && writer_flush(r->writer) != 0)
		status = trouble(r);
	if (!failed)
		r->done = plus(r->done, r->writer);
	left = writer_reader_left(r->writer);
	buf_init(&why, KiB);
	if (writer_close(&r->writer, failed, &why) != 0 && !left)
		status = fail(r, &why);
	buf_fini(&why);
	return status;
}

/* --- when the next one begins --- */

static bool
is_due_by_clock(const struct rotation *r)
{
	const struct ring_files *ring = r->ring;

	if (r->began == NSTIME_NONE)
		return false;
	return (ring->duration > 0 && r->now - r->began >= ring->duration)
	    || (ring->interval > 0 && r->now / ring->interval > r->began / ring->interval);
}

static bool
is_full(const struct rotation *r)
{
	struct writer_counts c = writer_counts(r->writer);

	return (r->ring->size > 0 && c.bytes >= r->ring->size) || (r->ring->packets > 0 && c.packets >= r->ring->packets);
}

/* The file that is there was the last one (-a files:). */
static bool
was_last(const struct rotation *r)
{
	return r->options->stop_files > 0 && r->files >= r->options->stop_files;
}

/* A file had its last packet. */
static int
turn(struct rotation *r)
{
	r->over |= was_last(r);
	return end(r, false);
}

/* Enough was written after a packet: by size, and by number. */
static int
look_at_size(struct rotation *r)
{
	const struct options *o = r->options;

	if (r->ring->given)
		return is_full(r) ? turn(r) : 0;
	r->over |= o->stop_size > 0 && rotation_counts(r).bytes >= o->stop_size;
	return 0;
}

/* --- what callers see --- */

static void
foresee(struct rotation *r)
{
	struct source_stats stats = { 0 };

	r->source.stats(r->source.self, &stats);
	r->pcapng = writer_is_pcapng(r->options->write) || stats.linktypes > 1;
	r->known = r->options->live && stats.linktypes == 1;
	r->kind = (struct put_kind){ stats.linktype, 0, stats.digits > 6 };
}

struct rotation *
rotation_open(const struct options *o, const struct source *source)
{
	struct rotation *r = xcalloc(1, sizeof *r);

	r->options = o;
	r->ring = &o->ring;
	r->source = *source;
	r->began = NSTIME_NONE;
	r->now = r->flushed = o->live ? machine_time() : 0;
	r->name = o->write;
	names_init(&r->names, o->write, o->ring.files);
	foresee(r);
	if ((!o->ring.given || o->live) && begin(r) != 0)
		rotation_close(&r, true);
	return r;
}

int
rotation_frame(struct rotation *r, const struct frame *f, slice secrets)
{
	if (r->failed)
		return -1;
	if (r->over || r->left)
		return 0;
	if (r->writer == NULL && begin(r) != 0)
		return -1;
	if (!r->options->live)
		write_drops(r);
	if (writer_secrets(r->writer, slice_drop(secrets, r->secrets)) != 0 || writer_frame(r->writer, f) != 0)
		return trouble(r);
	r->secrets = secrets.n;
	if (r->began == NSTIME_NONE)
		r->began = r->now;
	if (r->options->show.line_buffered && writer_flush(r->writer) != 0)
		return trouble(r);
	return look_at_size(r);
}

int
rotation_tick(struct rotation *r, nstime now, bool idle)
{
	if (r->failed)
		return -1;
	if (now != NSTIME_NONE)
		r->now = now;
	if (r->over || r->left || r->writer == NULL)
		return 0;
	if (is_due_by_clock(r))
		return turn(r);
	if (!idle && (!r->options->live || (r->now >= r->flushed && r->now - r->flushed < MOMENT)))
		return 0;
	r->flushed = r->now;
	tell_left_out(r);
	write_drops(r);
	return writer_flush(r->writer) != 0 ? trouble(r) : 0;
}

int
rotation_reopen(struct rotation *r)
{
	if (r->failed || r->over || r->ring->given || r->writer == NULL)
		return 0;
	switch (writer_reopen(r->writer)) {
	case OUTFILE_SAME:
	case OUTFILE_ANEW:
		break;
	case OUTFILE_KEPT:
		warn("%s is another file now, with something in it, which is left alone: packets go on into the one that was opened", r->name);
		break;
	case OUTFILE_FAILED:
		if (writer_trouble(r->writer) != NULL)
			return trouble(r);
		warn("%s: cannot open again: %s: packets go on into the one that was opened", r->name, strerror(errno));
		break;
	}
	return 0;
}

bool
rotation_is_over(const struct rotation *r)
{
	return r->over;
}

struct rotation_counts
rotation_counts(const struct rotation *r)
{
	return r->writer != NULL ? plus(r->done, r->writer) : r->done;
}

int
rotation_close(struct rotation **rp, bool failed)
{
	struct rotation *r = *rp;
	int status = end(r, failed || r->failed);

	names_fini(&r->names);
	free(r);
	*rp = NULL;
	return status;
}
