/*
 * mbox.c - -T mbox[:FILE]: whole messages as one mailbox, in the order in
 * which their fates became known.
 *
 * The variant is mboxrd: each message begins with a From_ line of the
 * envelope's sender and the time of its MAIL command (UTC); a line of the
 * message that is "From " behind any number of ">" gets one more; an empty
 * line ends it. Lines end in LF, as mailboxes are kept on Unix: the CRLF of the wire
 * loses its CR, everything else stays.
 *
 * A mailbox cannot say that a message is not whole: those go into
 * FILE.partial, or, if the mailbox is standard output, are left out and counted.
 *
 * A message waits in a temporary file, beside FILE or in $TMPDIR, for the
 * messages of other sessions come at the same time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "formats.h"
#include "mail_files.h"
#include "output.h"

enum { MESSAGE = 0 };

/* A message on its way into the mailbox. */
struct quoting {
	struct output_file *to;
	bool cr;			/* one waits for what comes behind it */
	bool in_line;			/* something of the line is written: what follows cannot be "From " */
	uint64_t angles;		/* ">" at the line's beginning that wait */
	size_t from;			/* letters of "From " behind them */
};

struct mbox {
	struct mail_files spool;
	struct output_file *whole, *partial;
	char *partial_path;		/* NULL: standard output */
	const struct output_options *options;
	uint64_t left_out;
};

static const slice from = SLICE("From ");

/* --- mboxrd --- */

static void
put(struct quoting *q, uint8_t c)
{
	buf_add_byte(output_buf(q->to), c);
}

/* What was held back of the line's beginning. */
static void
give_held(struct quoting *q)
{
	for (; q->angles > 0; q->angles--)
		put(q, '>');
	buf_add(output_buf(q->to), slice_take(from, q->from));
	q->from = 0;
}

/* At the line's beginning: false if this byte was no part of a From_ line that may still come. */
static bool
holds(struct quoting *q, uint8_t c)
{
	if (q->in_line)
		return false;
	if (c == '>' && q->from == 0) {
		q->angles++;
		return true;
	}
	if (c != from.p[q->from])
		return false;
	if (++q->from < from.n)
		return true;
	q->angles++;
	give_held(q);
	q->in_line = true;
	return true;
}

static void
take_byte(struct quoting *q, uint8_t c)
{
	if (q->cr && c != '\n') {
		give_held(q);
		q->in_line = true;
		put(q, '\r');
	}
	q->cr = c == '\r';
	if (q->cr || holds(q, c))
		return;
	give_held(q);
	put(q, c);
	q->in_line = c != '\n';
}

/* Most of a message are lines that are written as they stand, but for the CR. */
static size_t
take_plain(struct quoting *q, slice s)
{
	const uint8_t *cr = q->in_line && !q->cr ? memchr(s.p, '\r', s.n) : NULL, *lf;
	size_t n = q->in_line && !q->cr ? (cr ? (size_t)(cr - s.p) : s.n) : 0;

	lf = n > 0 ? memchr(s.p, '\n', n) : NULL;
	if (lf != NULL)
		n = (size_t)(lf - s.p);
	buf_add(output_buf(q->to), slice_take(s, n));
	return n;
}

static int
take_piece(void *self, slice s)
{
	struct quoting *q = self;

	while (s.n > 0) {
		s = slice_drop(s, take_plain(q, s));
		if (s.n > 0) {
			take_byte(q, *s.p);
			s = slice_drop(s, 1);
		}
	}
	return output_commit(q->to);
}

/* The last line gets an end, if it has none; then the empty line. */
static void
end_message(struct quoting *q)
{
	if (q->cr) {
		give_held(q);
		put(q, '\r');
		q->in_line = true;
	}
	q->in_line |= q->angles > 0 || q->from > 0;
	give_held(q);
	if (q->in_line)
		put(q, '\n');
	put(q, '\n');
}

/* "From alice@example.org Sat Nov 21 18:29:01 2026": no blank in the first, which readers split at. */
static void
put_from(struct quoting *q, const struct rec_message *m)
{
	slice sender = m->mail_from.n > 0 ? m->mail_from : S("MAILER-DAEMON");
	char date[NSTIME_TEXT];

	buf_add(output_buf(q->to), from);
	for (size_t i = 0; i < sender.n; i++)
		put(q, sender.p[i] > ' ' && sender.p[i] != 0x7f ? sender.p[i] : '_');
	put(q, ' ');
	buf_text(output_buf(q->to), nstime_asctime(m->time, date));
	put(q, '\n');
}

/* --- the sink --- */

static int
on_event(void *self, const struct event *e)
{
	struct mbox *x = self;

	if (e->kind != EV_MAIL_BYTES || !mail_files_wants(&x->spool, e))
		return 0;
	mail_files_begin(&x->spool, &e->at, e->u.mail_bytes.mail, MESSAGE);
	return mail_files_write(&x->spool, &e->at, e->u.mail_bytes.mail, MESSAGE, e->u.mail_bytes.bytes);
}

/* Where it goes; NULL: nowhere. */
static int
choose(struct mbox *x, bool whole, struct output_file **to_r)
{
	*to_r = whole ? x->whole : x->partial;
	if (*to_r != NULL)
		return 0;
	if (x->partial_path == NULL) {
		x->left_out++;
		return 0;
	}
	x->partial = *to_r = output_open(&(struct output){ "mbox", x->partial_path }, x->options);
	return *to_r != NULL ? 0 : -1;
}

static int
place(void *self, struct mail_file *f, const struct rec_message *m)
{
	struct mbox *x = self;
	struct quoting q = { 0 };

	if (choose(x, m->whole && folder_written(f->file) == m->size, &q.to) < 0)
		return -1;
	if (q.to == NULL)
		return 0;
	put_from(&q, m);
	if (folder_read(f->file, take_piece, &q) < 0)
		return -1;
	end_message(&q);
	return output_commit(q.to);
}

static int
on_record(void *self, const struct record *r)
{
	struct mbox *x = self;

	if (mail_files_record(&x->spool, r, place, x) < 0)
		x->spool.failed = true;		/* said, and nothing more is tried */
	return x->spool.failed ? -1 : 0;
}

static int
reopen(void *self)
{
	struct mbox *x = self;
	int status = output_reopen(x->whole);

	return x->partial == NULL ? status : output_reopen(x->partial) < 0 ? -1 : status;
}

static void
free_mbox(struct mbox *x)
{
	free(x->partial_path);
	free(x);
}

static int
on_close(void *self, bool failed)
{
	struct mbox *x = self;
	int status = mail_files_close(&x->spool, failed);

	if (x->left_out > 0)
		warn("%" PRIu64 " %s not whole and left out of the mailbox: -T mbox:FILE puts such into FILE.partial", x->left_out,
		    x->left_out == 1 ? "message is" : "messages are");
	if (output_close(&x->whole, failed) < 0)
		status = -1;
	if (output_close(&x->partial, failed || status < 0) < 0)
		status = -1;
	free_mbox(x);
	return status;
}

static char *
name_partial(const char *path)
{
	size_t size = strlen(path) + sizeof ".partial";
	char *name = xcalloc(size, 1);

	snprintf(name, size, "%s.partial", path);
	return name;
}

int
mbox_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "mbox", .event = on_event, .record = on_record, .reopen = reopen, .close = on_close };
	struct mbox *x = xcalloc(1, sizeof *x);
	bool spools = mail_files_open(&x->spool, where->path, options, false);

	(void)fold;
	x->options = options;
	x->partial_path = where->path ? name_partial(where->path) : NULL;
	x->whole = spools ? output_open(where, options) : NULL;
	if (x->whole == NULL) {
		if (spools)
			mail_files_close(&x->spool, true);
		free_mbox(x);
		return -1;
	}
	*sink_r = (struct sink){ .ops = &ops, .self = x, .wants = WANT(EV_MAIL_BYTES) };
	return 0;
}
