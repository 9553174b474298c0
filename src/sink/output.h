/*
 * output.h - the file (or stdout) that a line-writing sink writes to.
 *
 * A sink appends whole lines to output_buf() and calls output_commit(); from
 * 64 KiB on they are written with one write(). With -l, and live, every
 * commit is written at once. Only committed bytes are ever written, so nobody
 * sees half a line.
 *
 * Offline a result file appears whole or not at all: it is written beside its
 * place and renamed by output_close(), or removed if the run failed. Live it
 * is appended to, so that it can be tailed. What exists and is no regular
 * file (a pipe, /dev/null) is written in place. With options->fresh nothing
 * that exists is touched.
 *
 * A reader of a pipe who leaves has seen enough: what would follow is left
 * out, and that is no error. Errors are the machine's (disk, permission): said once on stderr, then
 * every later call answers -1.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/buf.h"
#include "dissect/sink.h"
#include "options.h"

struct output_file;

struct output_file *output_open(const struct output *, const struct output_options *);	/* NULL: said on stderr */
bool output_is_fresh(const struct output_file *);	/* nothing stands before what is written now */
struct buf *output_buf(struct output_file *);		/* append whole lines here, in as many pieces as you like, then commit */
int  output_commit(struct output_file *);		/* what stands in the buffer is whole lines */
int  output_add(struct output_file *, slice lines);	/* both in one: whole lines that stand elsewhere */
int  output_reopen(struct output_file *);		/* SIGHUP: what is appended to is opened again by its name, and never truncated */
int  output_close(struct output_file **, bool failed);	/* writes the rest, puts the file in its place; sets the pointer to NULL */

/* How it is for people to read: what only a terminal wants is not for files. */
struct output_look { bool colour, defang; size_t width; };
struct output_look output_look(const struct output *, const struct output_options *);

/* Of a sink whose state begins with its `struct output_file *`: reopen() and wrote() of its sink_ops. */
int  output_sink_reopen(void *self);
void output_sink_wrote(void *self, struct sink_wrote *wrote_r);

#endif
