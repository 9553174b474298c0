#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/write.h"

enum {
	SNAPLEN = 262144,		/* as tcpdump's: libpcap believes no more */
	LINKTYPE_BITS = 0xffff,
	FCS_GIVEN = 0x04000000,		/* draft-ietf-opsawg-pcap 4: the P bit, and the length in units of 16 bits above */
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6, BLOCK_SECRETS = 10,
	OPTION_RESOLUTION = 9, OPTION_FCS = 13,
	SECRETS_TLS = 0x544c534b
};

/* An interface of a pcapng section: what frames have in common. */
struct interface { int linktype; unsigned fcs; };

struct writer {
	struct writer_options options;
	int fd;
	char *path, *temporary;		/* NULL: standard output */
	struct buf out;
	struct interface *interface;
	size_t ninterface;
	uint64_t written;
	char trouble[256];
};

/* --- the file --- */

static void
complain(struct writer *w, const char *what)
{
	if (w->trouble[0] == '\0')
		snprintf(w->trouble, sizeof w->trouble, "%.120s: %s: %s", w->path ? w->path : "standard output", what, strerror(errno));
}

static int
flush(struct writer *w, size_t at_least)
{
	if (w->trouble[0] != '\0')
		return -1;
	if (w->out.n < at_least)
		return 0;
	if (write_all(w->fd, buf_slice(&w->out)) != 0) {
		complain(w, "cannot write");
		return -1;
	}
	buf_clear(&w->out);
	return 0;
}

/* "dir/.name.PID.tmp": in the same directory, or it could not be put in its place in one step. */
static char *
temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t dir = slash ? (size_t)(slash - path) + 1 : 0, size = strlen(path) + 32;
	char *name = xcalloc(size, 1);

	snprintf(name, size, "%.*s.%s.%ld.tmp", (int)dir, path, path + dir, (long)getpid());
	return name;
}

static bool
open_file(struct writer *w)
{
	struct stat st;

	if (!w->options.replace && lstat(w->path, &st) == 0) {
		errno = EEXIST;
		complain(w, "not overwritten");
		return false;
	}
	unlink(w->temporary);			/* of a killed run with our process number */
	w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (w->fd < 0)
		complain(w, "cannot open");
	return w->fd >= 0;
}

/* A link never replaces anything; where there are none, a look must do. */
static bool
move_into_place(struct writer *w)
{
	struct stat st;

	if (w->options.replace)
		return rename(w->temporary, w->path) == 0;
	if (link(w->temporary, w->path) == 0) {
		unlink(w->temporary);
		return true;
	}
	if (errno == EEXIST)
		return false;
	if (lstat(w->path, &st) == 0) {
		errno = EEXIST;
		return false;
	}
	return rename(w->temporary, w->path) == 0;
}

/* --- numbers, in this machine's byte order: both formats say which one it is --- */

static void
put16(struct buf *b, uint16_t v)
{
	buf_add(b, (slice){ (const uint8_t *)&v, sizeof v });
}

static void
put32(struct buf *b, uint32_t v)
{
	buf_add(b, (slice){ (const uint8_t *)&v, sizeof v });
}

static void
put_padded(struct buf *b, slice s)
{
	static const uint8_t zero[4];

	buf_add(b, s);
	buf_add(b, (slice){ zero, (4 - s.n % 4) % 4 });
}

/* --- pcap --- */

static void
begin_pcap(struct writer *w)
{
	uint32_t link = (uint32_t)w->options.linktype & LINKTYPE_BITS;

	if (w->options.fcs > 0)
		link |= FCS_GIVEN | (uint32_t)(w->options.fcs / 2 & 0xf) << 28;
	put32(&w->out, w->options.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	put16(&w->out, 2);
	put16(&w->out, 4);
	put32(&w->out, 0);
	put32(&w->out, 0);
	put32(&w->out, SNAPLEN);
	put32(&w->out, link);
}

static uint32_t
wire_length(const struct frame *f)
{
	size_t n = f->wire > f->bytes.n ? f->wire : f->bytes.n;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void
put_record(struct writer *w, const struct frame *f)
{
	nstime time = f->time > 0 ? f->time : 0;
	uint32_t below = (uint32_t)(time % NSTIME_S);

	put32(&w->out, time / NSTIME_S < UINT32_MAX ? (uint32_t)(time / NSTIME_S) : UINT32_MAX);
	put32(&w->out, w->options.nanoseconds ? below : below / 1000);
	put32(&w->out, (uint32_t)f->bytes.n);
	put32(&w->out, wire_length(f));
	buf_add(&w->out, f->bytes);
}

/* --- pcapng (draft-ietf-opsawg-pcapng) --- */

static size_t
begin_block(struct writer *w, uint32_t type)
{
	size_t at = w->out.n;

	put32(&w->out, type);
	put32(&w->out, 0);
	return at;
}

static void
end_block(struct writer *w, size_t at)
{
	uint32_t length = (uint32_t)(w->out.n + 4 - at);

	put32(&w->out, length);
	memcpy(w->out.p + at + 4, &length, sizeof length);
}

static void
put_option(struct writer *w, uint16_t code, uint8_t value)
{
	put16(&w->out, code);
	put16(&w->out, 1);
	put_padded(&w->out, (slice){ &value, 1 });
}

static void
begin_pcapng(struct writer *w)
{
	size_t at = begin_block(w, BLOCK_SECTION);

	put32(&w->out, 0x1a2b3c4d);
	put16(&w->out, 1);
	put16(&w->out, 0);
	put32(&w->out, UINT32_MAX);		/* how long the section is will not be said */
	put32(&w->out, UINT32_MAX);
	end_block(w, at);
}

static void
put_interface(struct writer *w, const struct interface *i)
{
	size_t at = begin_block(w, BLOCK_INTERFACE);

	put16(&w->out, (uint16_t)i->linktype);
	put16(&w->out, 0);
	put32(&w->out, 0);			/* no limit of length */
	put_option(w, OPTION_RESOLUTION, w->options.nanoseconds ? 9 : 6);
	if (i->fcs > 0)
		put_option(w, OPTION_FCS, (uint8_t)i->fcs);
	put32(&w->out, 0);			/* the end of options */
	end_block(w, at);
}

/* The number of the frame's interface; a new one is written first. */
static uint32_t
interface_of(struct writer *w, const struct frame *f)
{
	struct interface new = { f->linktype, f->fcs };

	for (size_t i = 0; i < w->ninterface; i++)
		if (w->interface[i].linktype == new.linktype && w->interface[i].fcs == new.fcs)
			return (uint32_t)i;
	w->interface = xrealloc(w->interface, w->ninterface + 1, sizeof *w->interface);
	w->interface[w->ninterface] = new;
	put_interface(w, &new);
	return (uint32_t)w->ninterface++;
}

static void
put_packet(struct writer *w, const struct frame *f)
{
	uint32_t interface = interface_of(w, f);
	uint64_t time = f->time > 0 ? (uint64_t)f->time : 0;
	size_t at = begin_block(w, BLOCK_PACKET);

	if (!w->options.nanoseconds)
		time /= 1000;
	put32(&w->out, interface);
	put32(&w->out, (uint32_t)(time >> 32));
	put32(&w->out, (uint32_t)time);
	put32(&w->out, (uint32_t)f->bytes.n);
	put32(&w->out, wire_length(f));
	put_padded(&w->out, f->bytes);
	end_block(w, at);
}

/* --- what callers see --- */

static void
dispose(struct writer **wp)
{
	struct writer *w = *wp;

	buf_wipe(&w->out);			/* keys may have been in it */
	buf_fini(&w->out);
	free(w->interface);
	free(w->temporary);
	free(w->path);
	free(w);
	*wp = NULL;
}

struct writer *
writer_open(const struct writer_options *options, struct buf *why)
{
	struct writer *w = xcalloc(1, sizeof *w);

	w->options = *options;
	w->fd = STDOUT_FILENO;
	buf_init(&w->out, SIZE_MAX / 2);
	if (strcmp(options->path, "-") != 0) {
		w->path = strdup(options->path);
		if (w->path == NULL)
			die("out of memory");
		w->temporary = temporary_name(w->path);
		if (!open_file(w)) {
			buf_text(why, w->trouble);
			dispose(&w);
			return NULL;
		}
	}
	if (options->pcapng)
		begin_pcapng(w);
	else
		begin_pcap(w);
	return w;
}

bool
writer_fits(const struct writer *w, const struct frame *f)
{
	const struct writer_options *o = &w->options;

	if (!o->nanoseconds && f->time % 1000 != 0)
		return false;
	return o->pcapng || (f->linktype == o->linktype && f->fcs == o->fcs);
}

int
writer_frame(struct writer *w, const struct frame *f)
{
	if (w->options.pcapng)
		put_packet(w, f);
	else
		put_record(w, f);
	if (flush(w, LIMIT_OUTPUT_BUFFER) != 0)
		return -1;
	w->written++;
	return 0;
}

int
writer_secrets(struct writer *w, slice lines)
{
	size_t at;

	if (!w->options.pcapng || lines.n == 0)
		return 0;
	at = begin_block(w, BLOCK_SECRETS);
	put32(&w->out, SECRETS_TLS);
	put32(&w->out, (uint32_t)lines.n);
	put_padded(&w->out, lines);
	end_block(w, at);
	return flush(w, LIMIT_OUTPUT_BUFFER);
}

uint64_t
writer_written(const struct writer *w)
{
	return w->written;
}

const char *
writer_trouble(const struct writer *w)
{
	return w->trouble[0] != '\0' ? w->trouble : NULL;
}

int
writer_close(struct writer **wp, bool failed, struct buf *why)
{
	struct writer *w = *wp;
	int status;

	if (w == NULL)
		return 0;
	status = failed && w->path != NULL ? 0 : flush(w, 0);
	if (w->path != NULL && close(w->fd) != 0)
		complain(w, "cannot write");		/* network file systems tell here that the disk is full */
	if (w->path != NULL && !failed && w->trouble[0] == '\0' && !move_into_place(w))
		complain(w, errno == EEXIST ? "not overwritten" : "cannot put in place");
	if (w->trouble[0] != '\0')
		status = -1;
	if (w->path != NULL && (failed || status != 0))
		unlink(w->temporary);
	if (status != 0)
		buf_text(why, w->trouble);
	dispose(wp);
	return status;
}
