/*
 * capture_build.h - for the capture tests: capture files written byte by byte
 * into memory, and a run that reads them and keeps what came out.
 */
#ifndef CAPTURE_BUILD_H
#define CAPTURE_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Numbers in either byte order. */

static inline void
put_number(struct buf *b, bool big, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_add_byte(b, (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i)));
}

static inline void
put_padding(struct buf *b)
{
	while (b->n % 4 != 0)
		buf_add_byte(b, 0);
}

/* pcap */

static inline void
put_pcap_header(struct buf *b, bool big, uint32_t magic, uint32_t snaplen, uint32_t link)
{
	put_number(b, big, magic, 4);
	put_number(b, big, 2, 2);
	put_number(b, big, 4, 2);
	put_number(b, big, 0, 8);
	put_number(b, big, snaplen, 4);
	put_number(b, big, link, 4);
}

static inline void
put_record(struct buf *b, bool big, uint32_t seconds, uint32_t fraction, slice data, uint32_t wire)
{
	put_number(b, big, seconds, 4);
	put_number(b, big, fraction, 4);
	put_number(b, big, data.n, 4);
	put_number(b, big, wire, 4);
	buf_add(b, data);
}

/* pcapng: a block is begun, filled, and ended, which sets both lengths. */

static inline size_t
begin_block(struct buf *b, bool big, uint32_t type)
{
	size_t at = b->n;

	put_number(b, big, type, 4);
	put_number(b, big, 0, 4);
	return at;
}

static inline void
set_number(struct buf *b, size_t at, bool big, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		b->p[at + i] = (uint8_t)(value >> 8 * (big ? 3 - i : i));
}

static inline void
end_block(struct buf *b, bool big, size_t at)
{
	put_padding(b);
	put_number(b, big, b->n + 4 - at, 4);
	set_number(b, at + 4, big, (uint32_t)(b->n - at));
}

static inline void
put_option(struct buf *b, bool big, uint16_t code, slice value)
{
	put_number(b, big, code, 2);
	put_number(b, big, value.n, 2);
	buf_add(b, value);
	put_padding(b);
}

static inline void
put_section(struct buf *b, bool big)
{
	size_t at = begin_block(b, big, 0x0a0d0d0a);

	put_number(b, big, 0x1a2b3c4d, 4);
	put_number(b, big, 1, 2);
	put_number(b, big, 0, 2);
	put_number(b, big, UINT64_MAX, 8);
	end_block(b, big, at);
}

/* resolution -1: no option; offset 0: no option */
static inline void
put_interface(struct buf *b, bool big, uint16_t link, uint32_t snaplen, int resolution, int64_t offset)
{
	size_t at = begin_block(b, big, 1);

	put_number(b, big, link, 2);
	put_number(b, big, 0, 2);
	put_number(b, big, snaplen, 4);
	if (resolution >= 0)
		put_option(b, big, 9, (slice){ (const uint8_t[]){ (uint8_t)resolution }, 1 });
	if (offset != 0) {
		put_number(b, big, 14, 2);
		put_number(b, big, 8, 2);
		put_number(b, big, (uint64_t)offset, 8);
	}
	put_number(b, big, 0, 4);
	end_block(b, big, at);
}

static inline void
put_packet(struct buf *b, bool big, uint32_t interface, uint64_t ticks, slice data, uint32_t wire)
{
	size_t at = begin_block(b, big, 6);

	put_number(b, big, interface, 4);
	put_number(b, big, ticks >> 32, 4);
	put_number(b, big, ticks & UINT32_MAX, 4);
	put_number(b, big, data.n, 4);
	put_number(b, big, wire, 4);
	buf_add(b, data);
	end_block(b, big, at);
}

/* A file with no name, that goes when it is forgotten. Returns its path in a buffer that the next 64 calls leave alone. */
static inline const char *
path_of(slice bytes)
{
	static char paths[64][32];
	static unsigned at;
	char *path = paths[at++ % 64];
	char name[] = "/tmp/capture-test-XXXXXX";
	int fd = mkstemp(name);

	CHECK(fd >= 0 && unlink(name) == 0);
	for (size_t done = 0; done < bytes.n; ) {
		ssize_t n = write(fd, bytes.p + done, bytes.n - done);

		CHECK(n > 0);
		done += (size_t)n;
	}
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return path;
}

static inline void
forget(const char *path)
{
	close(atoi(strrchr(path, '/') + 1));
}

/* What came out. */

enum { KEPT = 64 };


struct run {
	int opened, exit;		/* of file_open */
	enum source_result end;
	size_t n;			/* frames; the first KEPT are kept */
	struct frame frame[KEPT];
	struct { enum finding finding; uint64_t packet, offset; char words[200]; } note[KEPT];
	size_t notes;
	struct source_stats stats;
	char secrets[200];
};

static inline void
run_note(void *self, enum finding finding, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct run *r = self;

	(void)time;
	if (r->notes == KEPT)
		return;
	r->note[r->notes].finding = finding;
	r->note[r->notes].packet = packet;
	r->note[r->notes].offset = offset;
	snprintf(r->note[r->notes++].words, 200, "%.*s", (int)detail.n, (const char *)detail.p);
}

static inline void
run_keep(struct run *r, const struct frame *frame)
{
	uint8_t *copy;

	if (r->n++ >= KEPT)
		return;
	copy = xcalloc(frame->bytes.n + 1, 1);
	if (frame->bytes.n > 0)
		memcpy(copy, frame->bytes.p, frame->bytes.n);
	r->frame[r->n - 1] = *frame;
	r->frame[r->n - 1].bytes.p = copy;
}

static inline struct run *
run_options(struct file_options *options)
{
	struct run *r = xcalloc(1, sizeof *r);
	struct source source;
	struct frame frame;
	slice secrets;

	options->user = (struct source_user){ r, run_note };
	r->opened = file_open(options, &source, &r->exit);
	if (r->opened != 0)
		return r;
	while ((r->end = source.next(source.self, &frame)) >= 0)
		if (r->end == SOURCE_FRAME)
			run_keep(r, &frame);
	source.stats(source.self, &r->stats);
	secrets = source.secrets(source.self);
	snprintf(r->secrets, sizeof r->secrets, "%.*s", (int)secrets.n, (const char *)secrets.p);
	source.close(source.self);
	return r;
}

static inline struct run *
run_paths(const char *const *paths, size_t n)
{
	struct file_options options = { .path = paths, .npath = n, .quiet = true };

	return run_options(&options);
}

static inline struct run *
run_bytes(slice bytes)
{
	const char *path = path_of(bytes);
	struct run *r = run_paths(&path, 1);

	forget(path);
	return r;
}

static inline void
run_free(struct run *r)
{
	for (size_t i = 0; i < r->n && i < KEPT; i++)
		free((void *)(uintptr_t)r->frame[i].bytes.p);
	free(r);
}

static inline bool
run_noted(const struct run *r, enum finding finding)
{
	for (size_t i = 0; i < r->notes; i++)
		if (r->note[i].finding == finding)
			return true;
	return false;
}

#define assert_slice(s, text) \
	do { \
		slice s_ = (s); \
		assert_int_equal(s_.n, strlen(text)); \
		assert_memory_equal(s_.p, text, s_.n); \
	} while (0)

#endif
