/*
 * fuzz_writer.c - any order of what can be done with a capture that is written.
 *
 * The bytes say what is done, one after the other: packets of several link
 * types and resolutions, keys, and with a file that grows, what others do to
 * it meanwhile. A list of what must stand in the file is kept beside it; then
 * the file is read, and holds that and nothing else.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "capture/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { MOST = 4096, LONGEST = 70000 };

struct model {
	char path[64];
	struct writer *writer;
	bool grows;
	struct put_kind kind;			/* of what grows, and stays what it is */
	bool pcapng;				/* it may hold anything */
	struct frame frame[MOST];		/* that must be in the file */
	size_t n;
	struct buf secrets;			/* too */
};

static const uint8_t content[LONGEST] = "what packets hold";

static uint8_t
take(slice *bytes)
{
	uint8_t b = bytes->n > 0 ? bytes->p[0] : 0;

	*bytes = slice_drop(*bytes, 1);
	return b;
}

/* --- what is done --- */

static bool
fits(const struct model *m, const struct frame *f)
{
	return !m->grows || m->pcapng || (f->linktype == m->kind.linktype && f->fcs == m->kind.fcs);
}

/* Some are so long that the file is written to meanwhile. */
static void
put_packet(struct model *m, uint8_t how, slice *bytes)
{
	static const int linktype[] = { 1, 1, 101, 113 };
	uint8_t n = take(bytes);
	struct frame f = {
		.bytes = { content, how & 64 ? n * 256u : n }, .linktype = linktype[how >> 3 & 3], .fcs = how & 32 ? 4 : 0,
		.time = (nstime)take(bytes) * NSTIME_S + take(bytes) * 1000, .digits = 6,
	};

	f.wire = f.bytes.n + take(bytes);
	if (how & 128) {
		f.time += 1;
		f.digits = 9;
	}
	CHECK(writer_frame(m->writer, &f) == 0);
	if (!fits(m, &f) || m->n == MOST)
		return;
	if (m->grows && !m->pcapng && !m->kind.nanoseconds)
		f.time -= f.time % 1000;
	m->frame[m->n++] = f;
}

static void
put_keys(struct model *m, slice *bytes)
{
	char line[32];

	snprintf(line, sizeof line, "CLIENT_RANDOM %02x\n", take(bytes));
	CHECK(writer_secrets(m->writer, slice_of(line)) == 0);
	if (!m->grows || m->pcapng)
		buf_add(&m->secrets, slice_of(line));
}

/* What was in it is gone; what comes, and all keys, is there. */
static void
meddle(struct model *m, bool emptied)
{
	struct writer_counts before = writer_counts(m->writer);

	CHECK(writer_flush(m->writer) == 0);
	if (!m->grows || before.bytes == 0)
		return;
	CHECK((emptied ? truncate(m->path, 0) : unlink(m->path)) == 0);
	CHECK(emptied || writer_reopen(m->writer) == OUTFILE_ANEW);
	m->n = 0;
}

static void
act(struct model *m, slice *bytes)
{
	uint8_t how = take(bytes);

	switch (how & 7) {
	case 0: put_keys(m, bytes); break;
	case 1: meddle(m, true); break;
	case 2: meddle(m, false); break;
	case 3: CHECK(writer_reopen(m->writer) != OUTFILE_FAILED); break;
	case 4: CHECK(writer_flush(m->writer) == 0); break;
	default: put_packet(m, how, bytes);
	}
}

/* --- what came of it --- */

static void
compare(const struct model *m)
{
	const char *path = m->path;
	struct source source;
	struct frame f;
	size_t n = 0;
	int status;

	CHECK(file_open(&(struct file_options){ .path = &path, .npath = 1, .quiet = true }, &source, &status) == 0);
	for (; source.next(source.self, &f) == SOURCE_FRAME; n++) {
		const struct frame *want = &m->frame[n];

		if (m->n == MOST)
			continue;
		CHECK(n < m->n && slice_eq(f.bytes, want->bytes) && f.wire == want->wire);
		CHECK(f.linktype == want->linktype && f.fcs == want->fcs && f.time == want->time);
	}
	CHECK(n == m->n || m->n == MOST);
	CHECK(slice_eq(source.secrets(source.self), buf_slice(&m->secrets)));
	source.close(source.self);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct model m;
	slice bytes = { p, n };
	uint8_t how = take(&bytes);
	struct buf why;
	int fd;

	m = (struct model){ .path = "/tmp/fuzz-writer-XXXXXX", .grows = how & 1, .pcapng = how & 2, .kind = { 1, 0, how & 4 } };
	CHECK((fd = mkstemp(m.path)) >= 0);
	close(fd);
	buf_init(&m.secrets, LIMIT_SECRETS);
	buf_init(&why, KiB);
	m.writer = writer_open(&(struct writer_options){
		.path = m.path, .how = m.grows ? OUTFILE_GROW : OUTFILE_REPLACE, .pcapng = m.pcapng, .nanoseconds = how & 8,
		.kind = m.grows ? &m.kind : NULL,
	}, &why);
	CHECK(m.writer != NULL);
	while (bytes.n > 0)
		act(&m, &bytes);
	CHECK(writer_close(&m.writer, false, &why) == 0);
	compare(&m);
	unlink(m.path);
	buf_fini(&m.secrets);
	buf_fini(&why);
	return 0;
}
