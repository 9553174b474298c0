/*
 * pipe.h - events through the fold into one sink, in the order in which the
 * engine does it.
 */
#ifndef PIPE_H
#define PIPE_H

#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "record/fold.h"
#include "sink/sinks.h"

struct pipe {
	struct fold *fold;
	struct sink sink;
	int status;			/* the first that was not 0 */
};

static inline int
pipe_record(void *self, const struct record *r)
{
	struct pipe *p = self;

	if (p->sink.ops->record != NULL && p->sink.ops->record(p->sink.self, r) != 0)
		p->status = -1;
	return p->status;
}

static inline void
pipe_feed(void *self, const struct event *e)
{
	struct pipe *p = self;

	if (e->kind == EV_OPEN)
		fold_event(p->fold, e);
	if (p->sink.wants & WANT(e->kind) && p->sink.ops->event(p->sink.self, e) != 0)
		p->status = -1;
	if (e->kind != EV_OPEN)
		fold_event(p->fold, e);
}

static inline struct script
pipe_open(struct pipe *p, const char *format, const char *path, const struct output_options *options)
{
	struct fold_user user = { p, pipe_record };
	struct output where = { format, path };

	*p = (struct pipe){ .fold = fold_new(&user, FOLD_MESSAGES) };
	assert_int_equal(sink_format_find(slice_of(format))->open(&where, options, p->fold, &p->sink), 0);
	return (struct script){ .feed = pipe_feed, .self = p };
}

static inline int
pipe_close(struct pipe *p, bool failed)
{
	struct rec_stats engine = { .packets = 42, .bytes = 12345, .first = SCRIPT_START, .last = SCRIPT_START + NSTIME_S };
	int status;

	fold_finish(p->fold, &engine);
	status = p->sink.ops->close(p->sink.self, failed);
	fold_free(&p->fold);
	return p->status ? p->status : status;
}

/* A whole file, NUL-terminated; the caller frees it. NULL: there is none. */
static inline char *
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text;
	long n;

	if (f == NULL)
		return NULL;
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	text = calloc(1, (size_t)n + 1);
	assert_int_equal(fread(text, 1, (size_t)n, f), n);
	fclose(f);
	return text;
}

#endif
