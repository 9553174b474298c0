#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"

enum { NAME = 120 };				/* of a path, in a sentence */

/* An interface of a pcapng section: what frames have in common. */
struct interface { struct put_kind kind; uint32_t input; };

struct writer {
	struct writer_options options;
	struct outfile file;
	struct put_kind kind;			/* of a pcap */
	bool pcapng, begun;
	struct buf out;				/* whole packets */
	struct buf secrets;			/* all that were given, for a file that begins anew */
	struct interface *interface;
	size_t ninterface;
	struct { size_t secrets, interfaces; } stands;	/* bytes, and how many, that stand in the file; others are in `out` */
	uint32_t last;				/* interface of the frame before */
	struct writer_counts counts;
	int error;				/* errno of the trouble */
	char trouble[NAME + 136];
};

/* --- the file --- */

static int
complain(struct writer *w, const char *what)
{
	const char *path = w->file.path != NULL ? w->file.path : w->options.path;

	if (w->trouble[0] != '\0')
		return -1;
	w->error = errno;
	snprintf(w->trouble, sizeof w->trouble, "%.*s: %s: %s", NAME, strcmp(path, "-") == 0 ? "standard output" : path, what, strerror(errno));
	return -1;
}

static void
put_interface(const struct writer *w, const struct interface *i, struct buf *to)
{
	const struct writer_options *o = &w->options;

	put_pcapng_interface(to, &i->kind, o->interface != NULL ? o->interface(o->self, i->input) : NULL);
}

static void
put_beginning(const struct writer *w, size_t secrets, struct buf *to)
{
	if (!w->pcapng) {
		put_pcap(to, &w->kind);
		return;
	}
	put_pcapng(to);
	if (secrets > 0)
		put_pcapng_secrets(to, slice_take(buf_slice(&w->secrets), secrets));
}

/* What stood in it before the packets, and is needed by those in `out`. */
static int
begin_anew(struct writer *w)
{
	struct buf beginning;
	int status;

	buf_init(&beginning, SIZE_MAX / 2);
	put_beginning(w, w->stands.secrets, &beginning);
	for (size_t i = 0; i < w->stands.interfaces; i++)
		put_interface(w, &w->interface[i], &beginning);
	status = outfile_write(&w->file, buf_slice(&beginning));
	buf_wipe(&beginning);
	buf_fini(&beginning);
	return status;
}

static int
flush(struct writer *w, size_t at_least)
{
	if (w->trouble[0] != '\0')
		return -1;
	if (w->out.n < at_least)
		return 0;
	if (outfile_was_emptied(&w->file) && begin_anew(w) != 0)
		return complain(w, "cannot write");
	if (w->out.n > 0 && outfile_write(&w->file, buf_slice(&w->out)) != 0)
		return complain(w, "cannot write");
	buf_clear(&w->out);
	w->stands.secrets = w->secrets.n;
	w->stands.interfaces = w->ninterface;
	return 0;
}

static struct put_kind
kind_of(const struct writer *w, const struct frame *f)
{
	struct put_kind kind = put_kind_of(f);

	kind.nanoseconds |= w->options.nanoseconds;
	return kind;
}

/* --- pcapng --- */

static uint32_t
interface_new(struct writer *w, const struct interface *new)
{
	w->interface = xrealloc(w->interface, w->ninterface + 1, sizeof *w->interface);
	w->interface[w->ninterface] = *new;
	put_interface(w, new, &w->out);
	return (uint32_t)w->ninterface++;
}

static bool
is_interface(const struct writer *w, uint32_t i, const struct interface *is)
{
	return i < w->ninterface && w->interface[i].input == is->input && put_kind_eq(&w->interface[i].kind, &is->kind);
}

/* The number of the frame's interface; a new one is written first. Names of interfaces part what is alike otherwise. */
static uint32_t
interface_of(struct writer *w, const struct frame *f)
{
	struct interface is = { kind_of(w, f), w->options.interface != NULL ? f->input : 0 };

	if (is_interface(w, w->last, &is))
		return w->last;
	for (uint32_t i = 0; i < w->ninterface; i++)
		if (is_interface(w, i, &is))
			return i;
	return interface_new(w, &is);
}

/* --- a file begins --- */

static void
begin(struct writer *w)
{
	w->begun = true;
	w->ninterface = 0;
	put_beginning(w, w->secrets.n, &w->out);
}

/* Its first frame, if there is one, tells what it is. */
static void
begin_with(struct writer *w, const struct frame *f)
{
	if (f != NULL && w->options.kind == NULL)
		w->kind = kind_of(w, f);
	w->pcapng |= w->secrets.n > 0;
	begin(w);
}

static int
put_one(struct writer *w, const struct frame *f)
{
	if (w->pcapng) {
		w->last = interface_of(w, f);
		put_pcapng_frame(&w->out, f, w->last, w->interface[w->last].kind.nanoseconds);
	} else {
		put_pcap_frame(&w->out, f, w->kind.nanoseconds);
	}
	return flush(w, LIMIT_OUTPUT_BUFFER);
}

/* --- a pcap made over --- */

/* The records that stand in it, one after the other. */
struct old {
	int fd;
	struct put_kind kind;
	struct buf block;
	size_t used;
};

static int
refill(struct old *old)
{
	ssize_t n;

	buf_drop(&old->block, old->used);
	old->used = 0;
	buf_reserve(&old->block, LIMIT_READ_BLOCK);
	do
		n = read(old->fd, old->block.p + old->block.n, LIMIT_READ_BLOCK);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		old->block.n += (size_t)n;
	return n > 0 ? 1 : (int)n;
}

/* 1: *f_r; 0: the end; -1: errno. */
static int
old_next(struct old *old, struct frame *f_r)
{
	for (;;) {
		size_t left = old->block.n - old->used;
		int status;

		if (left >= PUT_PCAP_RECORD) {
			*f_r = put_pcap_read(old->block.p + old->used, &old->kind);
			if (left - PUT_PCAP_RECORD >= f_r->bytes.n)
				break;
		}
		if ((status = refill(old)) <= 0)
			return status;
	}
	old->used += PUT_PCAP_RECORD + f_r->bytes.n;
	return 1;
}

static int
copy_old(struct writer *w, struct old *old)
{
	struct frame f;
	int status;

	if (lseek(old->fd, PUT_PCAP_HEADER, SEEK_SET) < 0)
		return -1;
	while ((status = old_next(old, &f)) == 1)
		if (put_one(w, &f) != 0)
			return -1;
	return status;
}

/* False: it stays what it is. */
static bool
make_over(struct writer *w, bool pcapng, bool nanoseconds)
{
	struct old old = { .kind = w->kind };

	if (flush(w, 0) != 0 || (old.fd = outfile_again(&w->file)) < 0)
		return false;
	w->pcapng = pcapng;
	w->kind.nanoseconds |= nanoseconds;
	buf_init(&old.block, SIZE_MAX / 2);
	begin(w);
	if (copy_old(w, &old) != 0)
		complain(w, "cannot be made over");
	close(old.fd);
	buf_fini(&old.block);
	return w->trouble[0] == '\0';
}

/* A frame that a pcap cannot hold as it is: a larger one is made of it. False: it is left out. */
static bool
make_room(struct writer *w, const struct frame *f)
{
	struct put_kind is = kind_of(w, f);
	bool other = is.linktype != w->kind.linktype || is.fcs != w->kind.fcs;

	if (!other && (!is.nanoseconds || w->kind.nanoseconds))
		return true;
	if (make_over(w, other, is.nanoseconds))
		return true;
	if (!other)
		return true;			/* the times are cut */
	if (w->counts.left_out++ == 0)
		w->counts.left_out_linktype = f->linktype;
	return false;
}

/* --- what callers see --- */

static void
dispose(struct writer **wp)
{
	struct writer *w = *wp;

	buf_wipe(&w->out);			/* keys may have been in it */
	buf_fini(&w->out);
	buf_wipe(&w->secrets);
	buf_fini(&w->secrets);
	free(w->interface);
	free(w);
	*wp = NULL;
}

static void
say_why_not(const struct writer_options *o, struct buf *why)
{
	if (errno == EEXIST)
		buf_printf(why, "%s: not overwritten: %s", o->path, strerror(errno));
	else
		whole_say_why(why, o->path, o->path, errno);
}

bool
writer_is_pcapng(const char *path)
{
	static const char end[] = ".pcapng";
	size_t n = strlen(path), m = sizeof end - 1;

	return n >= m && strcmp(path + n - m, end) == 0;
}

struct writer *
writer_open(const struct writer_options *options, struct buf *why)
{
	struct writer *w = xcalloc(1, sizeof *w);

	w->options = *options;
	w->kind = options->kind != NULL ? *options->kind : (struct put_kind){ .linktype = 1 };
	w->pcapng = options->pcapng;
	buf_init(&w->out, SIZE_MAX / 2);
	buf_init(&w->secrets, LIMIT_SECRETS);
	if (outfile_open(&w->file, options->path, options->how) != 0) {
		say_why_not(options, why);
		dispose(&w);
		return NULL;
	}
	if (options->kind != NULL || options->pcapng)
		begin(w);
	return w;
}

int
writer_frame(struct writer *w, const struct frame *f)
{
	if (!w->begun)
		begin_with(w, f);
	if (!w->pcapng && !make_room(w, f))
		return w->trouble[0] == '\0' ? 0 : -1;
	if (put_one(w, f) != 0)
		return -1;
	w->counts.packets++;
	return 0;
}

int
writer_secrets(struct writer *w, slice lines)
{
	if (lines.n == 0)
		return 0;
	buf_add(&w->secrets, lines);
	if (!w->begun)
		return 0;
	if (w->pcapng)
		put_pcapng_secrets(&w->out, lines);
	else if (!make_over(w, true, false))
		w->counts.keys_left_out = true;
	return flush(w, LIMIT_OUTPUT_BUFFER);
}

void
writer_drops(struct writer *w, nstime now, uint64_t by_interface, uint64_t by_system)
{
	if (w->pcapng && w->ninterface == 1)
		put_pcapng_drops(&w->out, 0, w->interface[0].kind.nanoseconds, now, by_interface, by_system);
}

int
writer_flush(struct writer *w)
{
	return flush(w, 0);
}

enum outfile_reopened
writer_reopen(struct writer *w)
{
	enum outfile_reopened how;

	if (flush(w, 0) != 0)
		return OUTFILE_FAILED;
	how = outfile_reopen(&w->file);
	if (how == OUTFILE_ANEW && w->begun)
		begin(w);
	return flush(w, 0) == 0 ? how : OUTFILE_FAILED;
}

struct writer_counts
writer_counts(const struct writer *w)
{
	struct writer_counts c = w->counts;

	c.bytes = w->file.size + w->out.n;
	c.files = w->file.files;
	c.gone = w->file.gone;
	return c;
}

const char *
writer_trouble(const struct writer *w)
{
	return w->trouble[0] != '\0' ? w->trouble : NULL;
}

bool
writer_reader_left(const struct writer *w)
{
	return w->trouble[0] != '\0' && w->error == EPIPE;
}

int
writer_close(struct writer **wp, bool failed, struct buf *why)
{
	struct writer *w = *wp;
	bool beside;

	if (w == NULL)
		return 0;
	beside = w->file.whole.number != 0;
	if (!w->begun && !failed)
		begin_with(w, NULL);		/* a capture without packets is one, too */
	if (!failed || !beside)
		flush(w, 0);
	if (outfile_close(&w->file, failed || w->trouble[0] != '\0') != 0)
		complain(w, errno == EEXIST ? "not overwritten" : beside ? "cannot put in place" : "cannot write");
	if (w->trouble[0] != '\0' && !(failed && beside)) {
		buf_text(why, w->trouble);
		failed = true;
	} else {
		failed = false;
	}
	dispose(wp);
	return failed ? -1 : 0;
}
