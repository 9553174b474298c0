/*
 * file.c - several capture files as one stream, ordered by time.
 *
 * Each file is opened once for a moment, to learn the time of its first
 * packet; then in order of these times, when the stream has come there, and
 * closed at its end: rotated files, however many, need one descriptor or two.
 * Files that overlap are merged by a heap of their next packets; within a file
 * packets stay in its order even where its time runs backwards. Inputs that
 * cannot be opened twice (standard input, pipes) are open from the start.
 */
#include "file.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/read.h"
#include "bpf.h"
#include "capfile.h"
#include "follow.h"
#include "paths.h"

enum {
	FEW = 8,				/* files open at once that still get large blocks */
	SMALL_BLOCK = 128 * 1024,
	WAIT_MS = 50,				/* for files that are followed to grow */
	PROBE_BLOCK = 64 * 1024
};

struct part {					/* one file of the stream */
	const struct path *path;
	uint32_t input;
	nstime first;
	struct capfile *file;			/* while it is open */
	struct frame head;			/* its next packet, in the heap */
	struct follow *follow;			/* or NULL */
	bool headless;				/* followed: its head is to be fetched */
};

struct unknown {				/* a link type that nobody can read */
	int linktype;
	uint64_t packets, first;
	nstime time;
};

struct files {
	struct intake in;
	struct paths own;
	const struct paths *paths;
	struct bpf *filter;
	bool (*linktype_known)(int);
	struct source_stats stats;

	struct part *part;			/* in order of first packet */
	size_t nparts, opened, open;		/* parts; how many were begun; how many are open */
	struct part **heap;			/* open parts by time of their head */
	size_t nheap;
	struct part *waiting;			/* its next packet is to be fetched before anything else is said */
	bool failed, finished, crowded;
	bool following;

	int linktype;				/* of the packet before, and… */
	struct unknown *unknown_now;		/* …its counter, if it is unknown */
	struct unknown unknown[LIMIT_LINKTYPES];
	size_t nunknown;
	char *name;				/* file_input_name()'s */
	struct buf held;			/* lines about inputs that could not be opened, to be told when reading begins */
};

/* Telling. */

static void
note(struct files *f, enum finding finding, uint64_t packet, nstime time, uint64_t offset, const char *detail)
{
	if (f->in.user.note != NULL)
		f->in.user.note(f->in.user.self, finding, packet, time, offset, slice_of(detail));
}

/* The finding waits until somebody reads: who opens a source may not be ready to be told. */
static void
complain(struct files *f, const char *path, const char *words)
{
	char name[256];

	capfile_name(path, name, sizeof name);
	f->in.unreadable = true;
	if (!f->in.quiet)
		warn("%s: %s", name, words);
	buf_printf(&f->held, "%s: %s\n", name, words);
}

static void
tell_held(struct files *f)
{
	slice line, rest = buf_slice(&f->held);

	while (slice_cut(rest, '\n', &line, &rest))
		if (f->in.user.note != NULL)
			f->in.user.note(f->in.user.self, FINDING_FILE_NOT_CAPTURE, f->in.number, f->in.time, 0, line);
	buf_clear(&f->held);
}

static void
tell_backwards(struct files *f, struct part *p, const struct frame *frame)
{
	char seconds[NSTIME_TEXT], line[400];

	p->file->backwards = true;
	snprintf(line, sizeof line, "%.200s: a packet is %s s earlier than the one before", p->file->name,
	    nstime_seconds(p->file->last - frame->time, 6, seconds));
	note(f, FINDING_FILE_TIME_BACKWARDS, frame->number, frame->time, cursor_offset(&p->file->cursor), line);
}

static void
tell_totals(struct files *f)
{
	char line[160];

	for (size_t i = 0; i < f->nunknown; i++) {
		const struct unknown *u = &f->unknown[i];

		snprintf(line, sizeof line, "link type %d (%.64s): %llu packets cannot be read", u->linktype,
		    bpf_linktype_name(u->linktype), (unsigned long long)u->packets);
		note(f, FINDING_FILE_LINKTYPE, u->first, u->time, 0, line);
	}
}

/* One packet goes out. */

/* Of a new link type. Past the bound the last counter takes the rest. */
static struct unknown *
count_linktype(struct files *f, const struct frame *frame)
{
	struct unknown *u;

	if (f->linktype_known == NULL || f->linktype_known(frame->linktype))
		return NULL;
	for (size_t i = 0; i < f->nunknown; i++)
		if (f->unknown[i].linktype == frame->linktype)
			return &f->unknown[i];
	if (f->nunknown == LIMIT_LINKTYPES)
		return &f->unknown[LIMIT_LINKTYPES - 1];
	u = &f->unknown[f->nunknown++];
	*u = (struct unknown){ frame->linktype, 0, frame->number, frame->time };
	return u;
}

/* Would the filter have matched, had the packet not been tagged? A guess for people, from the Ethernet type only. */
static bool
is_tagged(const struct frame *frame)
{
	static const uint16_t types[] = { 0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x8863, 0x8864 };

	if (frame->linktype != 1 || frame->bytes.n < 14)
		return false;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (get_be16(frame->bytes.p + 12) == types[i])
			return true;
	return false;
}

static bool
passes_filter(struct files *f, const struct frame *frame)
{
	if (f->filter == NULL || bpf_match(f->filter, frame->linktype, frame->bytes, frame->wire))
		return true;
	f->stats.filtered++;
	f->stats.filtered_tagged += is_tagged(frame);
	return false;
}

/* Numbers and counts it; false if the filter excludes it. */
static bool
give(struct files *f, struct part *p, struct frame *frame)
{
	frame->number = ++f->in.number;
	f->in.time = frame->time;
	if (frame->time < p->file->last && !p->file->backwards)
		tell_backwards(f, p, frame);
	p->file->last = frame->time;
	if (frame->digits > f->stats.digits)
		f->stats.digits = frame->digits;
	if (frame->linktype != f->linktype) {
		f->linktype = frame->linktype;
		f->unknown_now = count_linktype(f, frame);
	}
	if (f->unknown_now != NULL)
		f->unknown_now->packets++;
	if (!passes_filter(f, frame))
		return false;
	f->stats.packets++;
	f->stats.bytes += frame->bytes.n;
	return true;
}

/* The heap. */

static bool
is_before(const struct part *a, const struct part *b)
{
	return a->head.time != b->head.time ? a->head.time < b->head.time : a->input < b->input;
}

static void
heap_push(struct files *f, struct part *p)
{
	size_t i = f->nheap++;

	for (; i > 0 && is_before(p, f->heap[(i - 1) / 2]); i = (i - 1) / 2)
		f->heap[i] = f->heap[(i - 1) / 2];
	f->heap[i] = p;
}

static struct part *
heap_pop(struct files *f)
{
	struct part *top = f->heap[0], *last = f->heap[--f->nheap];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < f->nheap; i = child) {
		if (child + 1 < f->nheap && is_before(f->heap[child + 1], f->heap[child]))
			child++;
		if (!is_before(f->heap[child], last))
			break;
		f->heap[i] = f->heap[child];
	}
	if (f->nheap > 0)
		f->heap[i] = last;
	return top;
}

/* The stream. */

static void
part_close(struct files *f, struct part *p)
{
	if (p->file == NULL)
		return;
	capfile_free(&p->file);
	follow_close(&p->follow);
	f->open--;
}

static bool
part_open(struct files *f, struct part *p)
{
	const struct capfile_options options = {
		.path = p->path->name, .input = p->input, .block_size = f->open < FEW ? LIMIT_READ_BLOCK : SMALL_BLOCK,
		.ahead = true, .later = !p->path->regular,
	};
	struct input_error error = { .words = "" };

	p->file = capfile_new(&f->in, &options, &error);
	if (p->file == NULL) {
		complain(f, p->path->name, error.words);
		return false;
	}
	f->open++;
	return true;
}

static enum source_result
finish(struct files *f)
{
	if (f->held.n > 0)
		tell_held(f);
	if (!f->finished)
		tell_totals(f);
	f->finished = true;
	return f->failed ? SOURCE_FAILED : SOURCE_END;
}

/* The usual case, one file: nothing stands between it and the reader. */
static enum source_result
next_single(void *self, struct frame *frame)
{
	struct files *f = self;
	struct part *p = &f->part[0];
	enum source_result result;

	if (f->held.n > 0)
		tell_held(f);
	if (f->opened == 0) {
		f->opened = 1;
		(void)part_open(f, p);
	}
	if (p->file == NULL)
		return finish(f);
	while ((result = capfile_next(p->file, frame)) == SOURCE_FRAME)
		if (give(f, p, frame))
			return result;
	if (result == SOURCE_NONE)
		return result;
	f->failed = result == SOURCE_FAILED;
	part_close(f, p);
	return finish(f);
}

/* The waiting part gets its head and goes back into the heap, or has ended. */
static enum source_result
fetch_head(struct files *f)
{
	struct part *p = f->waiting;
	enum source_result result = capfile_next(p->file, &p->head);

	if (result == SOURCE_NONE)
		return result;
	f->waiting = NULL;
	if (result == SOURCE_FRAME) {
		heap_push(f, p);
		return result;
	}
	f->failed = f->failed || result == SOURCE_FAILED;
	part_close(f, p);
	return result;
}

/* Has the stream come to the next file's first packet? */
static bool
is_due(struct files *f)
{
	if (f->opened == f->nparts)
		return false;
	if (f->nheap == 0)
		return true;
	if (f->part[f->opened].first > f->heap[0]->head.time)
		return false;
	if (f->open < LIMIT_OPEN_CAPTURES)
		return true;
	if (!f->crowded)
		note(f, FINDING_FILE_TIME_BACKWARDS, f->in.number, f->in.time, 0,
		    "more than 256 captures overlap in time: the order between them is not kept");
	f->crowded = true;
	return false;
}

static enum source_result
next_merged(void *self, struct frame *frame)
{
	struct files *f = self;

	for (;;) {
		struct part *p;

		if (f->held.n > 0)
			tell_held(f);
		if (f->waiting != NULL && fetch_head(f) == SOURCE_NONE)
			return SOURCE_NONE;
		if (is_due(f)) {
			p = &f->part[f->opened++];
			f->waiting = part_open(f, p) ? p : NULL;
			continue;
		}
		if (f->nheap == 0)
			return finish(f);
		f->waiting = p = heap_pop(f);
		*frame = p->head;
		if (give(f, p, frame))
			return SOURCE_FRAME;
	}
}

/* Files that grow. */

/* Of what is followed, from its beginning. False: it is no capture after all. */
static bool
begin_followed(struct files *f, struct part *p)
{
	struct input input = follow_input(p->follow);
	struct input_error error = { .words = "" };

	p->file = capfile_over(&f->in, p->path->name, &input, &error);
	if (p->file == NULL) {
		complain(f, p->path->name, error.words);
		return false;
	}
	p->file->input = p->input;
	p->headless = true;
	return true;
}

static bool
open_followed(struct files *f, struct part *p)
{
	struct input_error error = { .words = "" };

	if (!p->path->regular) {
		p->headless = true;
		return part_open(f, p);
	}
	p->follow = follow_open(p->path->name, f->in.quiet, &f->in.taken, &error);
	if (p->follow == NULL)
		complain(f, p->path->name, error.words);
	else if (begin_followed(f, p))
		f->open++;
	else
		follow_close(&p->follow);
	return p->file != NULL;
}

/* The same name, another file; what was begun of the old one's last packet will not come any more. */
static void
begin_anew(struct files *f, struct part *p)
{
	capfile_free(&p->file);
	follow_next(p->follow);
	if (begin_followed(f, p))
		return;
	follow_close(&p->follow);
	f->open--;
}

static void
fetch_followed(struct files *f, struct part *p)
{
	enum source_result result = capfile_next(p->file, &p->head);

	if (result == SOURCE_FRAME) {
		p->headless = false;
		heap_push(f, p);
	} else if (result != SOURCE_NONE) {
		f->failed = f->failed || result == SOURCE_FAILED;
		part_close(f, p);
	} else if (p->follow != NULL && follow_is_over(p->follow)) {
		begin_anew(f, p);
	}
}

/*
 * A file of which nothing is there holds up no other: their order is that of time as far as their packets are there at the
 * same moment.
 */
static enum source_result
next_followed(void *self, struct frame *frame)
{
	struct files *f = self;

	if (f->held.n > 0)
		tell_held(f);
	for (bool waited = false; f->open > 0; waited = true) {
		for (size_t i = 0; i < f->nparts; i++)
			if (f->part[i].file != NULL && f->part[i].headless)
				fetch_followed(f, &f->part[i]);
		while (f->nheap > 0) {
			struct part *p = heap_pop(f);

			p->headless = true;
			*frame = p->head;
			if (give(f, p, frame))
				return SOURCE_FRAME;
			fetch_followed(f, p);
		}
		if (waited)
			return SOURCE_NONE;
		(void)poll(NULL, 0, WAIT_MS);
	}
	return finish(f);
}

/* Opening. */

/* Sees the first packet, for its time, the digits of that and its link type, and says nothing. False: no capture. */
static bool
look_at(struct files *f, struct part *p, struct input_error *error)
{
	const struct capfile_options options = { .path = p->path->name, .input = p->input, .block_size = PROBE_BLOCK };
	struct intake quiet = { .quiet = true, .ring = f->in.ring, .time = NSTIME_NONE };
	enum source_result result = SOURCE_NONE;
	struct capfile *file;
	struct frame frame;

	buf_init(&quiet.secrets, 0);
	file = capfile_new(&quiet, &options, error);
	while (file != NULL && result == SOURCE_NONE)
		result = capfile_next(file, &frame);
	if (result == SOURCE_FRAME) {
		p->first = frame.time;
		if (frame.digits > f->stats.digits)
			f->stats.digits = frame.digits;
		source_stats_linktype(&f->stats, frame.linktype);
	}
	if (file == NULL)
		return false;
	capfile_free(&file);
	return true;
}

static int
by_first(const void *a, const void *b)
{
	const struct part *p = a, *q = b;

	if (p->first != q->first)
		return p->first < q->first ? -1 : 1;
	return p->input < q->input ? -1 : 1;
}

/* Looks into each file; those that are no captures are dropped, and it is said unless they were only found. */
static void
look_into(struct files *f, size_t *left_of_given)
{
	for (size_t i = 0; i < f->paths->n; i++) {
		const struct path *path = &f->paths->path[i];
		struct part p = { .path = path, .input = (uint32_t)i, .first = NSTIME_NONE };
		struct input_error error = { .words = "" };

		if (path->regular && !look_at(f, &p, &error)) {
			if (!path->found || !error.foreign)
				complain(f, path->name, error.words);
			continue;
		}
		left_of_given[path->given]++;
		f->part[f->nparts++] = p;
	}
	if (f->nparts > 1)
		qsort(f->part, f->nparts, sizeof *f->part, by_first);
}

static bool
open_many(struct files *f, const struct file_options *options)
{
	size_t *left = xcalloc(options->npath, sizeof *left);
	bool *is_directory = xcalloc(options->npath, sizeof *is_directory);

	for (size_t i = 0; i < f->paths->n; i++)
		is_directory[f->paths->path[i].given] |= f->paths->path[i].found;
	look_into(f, left);
	for (size_t i = 0; i < options->npath; i++)
		if (is_directory[i] && left[i] == 0)
			complain(f, options->path[i], PATHS_NONE);
	free(is_directory);
	free(left);
	f->heap = xcalloc(f->nparts, sizeof(struct part *));
	return f->nparts > 0;
}

static bool
open_all_followed(struct files *f)
{
	for (size_t i = 0; i < f->paths->n; i++) {
		struct part *p = &f->part[f->nparts];
		struct input_error error = { .words = "" };

		*p = (struct part){ .path = &f->paths->path[i], .input = (uint32_t)i, .first = NSTIME_NONE };
		if (p->path->regular)
			(void)look_at(f, p, &error);
		f->nparts += open_followed(f, p);
	}
	f->opened = f->nparts;
	f->heap = xcalloc(f->paths->n, sizeof(struct part *));
	return f->nparts > 0;
}

/* What can be read only once is opened here, and not read. */
static bool
open_single(struct files *f, const struct path *path)
{
	struct part *p = &f->part[0];
	struct input_error error = { .words = "" };

	*p = (struct part){ .path = path, .first = NSTIME_NONE };
	f->nparts = 1;
	if (!path->regular) {
		f->opened = 1;
		return part_open(f, p);
	}
	if (look_at(f, p, &error))
		return true;
	complain(f, path->name, error.words);
	return false;
}

static void
list(struct files *f, const struct file_options *options)
{
	f->paths = options->listed;
	if (f->paths != NULL)
		return;
	for (size_t i = 0; i < options->npath; i++)
		paths_add(&f->own, options->path[i], i);
	f->paths = &f->own;
}

static bool
open_paths(struct files *f, const struct file_options *options)
{
	bool sized = true;

	list(f, options);
	for (size_t i = 0; i < f->paths->ntrouble; i++)
		complain(f, f->paths->trouble[i].name, f->paths->trouble[i].words);
	if (f->paths->n == 0)
		return false;
	f->part = xcalloc(f->paths->n, sizeof *f->part);
	if (f->following)
		return open_all_followed(f);
	if (f->paths->n == 1 && !f->paths->path[0].found ? !open_single(f, &f->paths->path[0]) : !open_many(f, options))
		return false;
	for (size_t i = 0; i < f->nparts; i++) {
		sized = sized && f->part[i].path->size > 0;
		f->stats.size += f->part[i].path->size;
	}
	if (!sized)
		f->stats.size = 0;
	return true;
}

/* The source. */

static bool
files_recall(void *self, uint64_t mark)
{
	return ring_recall(((struct files *)self)->in.ring, mark);
}

static void
files_stats(void *self, struct source_stats *stats)
{
	struct files *f = self;

	*stats = f->stats;
	stats->damaged = f->in.damaged;
	stats->unreadable = f->in.unreadable;
	stats->dropped = f->in.dropped;
	stats->drops = f->in.drops;
	stats->counted = f->in.counted;
	stats->rising = f->in.rising;
	stats->read = atomic_load_explicit(&f->in.taken, memory_order_relaxed);
}

static slice
files_secrets(void *self)
{
	return buf_slice(&((struct files *)self)->in.secrets);
}

static void
files_close(void *self)
{
	struct files *f = self;

	for (size_t i = 0; i < f->nparts; i++)
		part_close(f, &f->part[i]);
	bpf_free(&f->filter);
	intake_fini(&f->in);
	paths_fini(&f->own);
	buf_fini(&f->held);
	free(f->part);
	free(f->heap);
	free(f->name);
	free(f);
}

int
file_open(const struct file_options *options, struct source *source_r, int *exit_r)
{
	struct files *f = xcalloc(1, sizeof *f);
	char error[256];

	*exit_r = 2;
	intake_init(&f->in, &options->user, options->quiet);
	buf_init(&f->held, LIMIT_COMPLAINTS);
	f->linktype_known = options->linktype_known;
	f->linktype = -1;
	f->following = options->follow;
	if (options->filter != NULL && (f->filter = bpf_new(options->filter, error, sizeof error)) == NULL) {
		if (!options->quiet)
			warn("%s", error);
		files_close(f);
		return -1;
	}
	if (!open_paths(f, options)) {
		files_close(f);
		return -1;
	}
	*exit_r = 0;
	*source_r = (struct source){
		.name = "file", .next = f->following ? next_followed : f->heap != NULL ? next_merged : next_single,
		.recall = files_recall, .stats = files_stats, .secrets = files_secrets, .close = files_close, .self = f
	};
	return 0;
}

const char *
file_input_name(const struct source *source, uint32_t input)
{
	struct files *f = source->self;
	enum { SIZE = 512 };

	if (f->name == NULL)
		f->name = xcalloc(SIZE, 1);
	capfile_name(input < f->paths->n ? f->paths->path[input].name : "?", f->name, SIZE);
	return f->name;
}
