/*
 * fuzz_file.c - any bytes as a capture file.
 *
 * The same bytes are read from a file, in pieces that come late, and out of
 * gzip: the same packets must come out, and the same damage be told at the
 * same places. What is given lies within bounds, and can be recalled.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/capfile.h"
#include "capture/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* All that came out of one reading, as bytes: two readings agree if these do. */
struct reading {
	struct buf frames, notes;
	size_t nframes, nnotes, bytes;
	bool opened;
};

static void
keep(struct buf *b, const void *p, size_t n)
{
	CHECK(buf_add(b, (slice){ p, n }));
}

static void
reading_init(struct reading *r)
{
	*r = (struct reading){ .opened = false };
	buf_init(&r->frames, SIZE_MAX / 2);
	buf_init(&r->notes, SIZE_MAX / 2);
}

static void
reading_fini(struct reading *r)
{
	buf_fini(&r->frames);
	buf_fini(&r->notes);
}

/* Where damage is, and what it is. In gzip the end of the file is told in other words; in pieces there are no totals. */
static void
note(void *self, enum finding finding, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct reading *r = self;

	(void)packet, (void)time;
	CHECK(detail.n > 0 && memchr(detail.p, '\n', detail.n) == NULL);
	r->nnotes++;
	if (finding == FINDING_LOAD_DROPPED || finding == FINDING_FILE_LINKTYPE || finding == FINDING_FILE_NOT_CAPTURE
	    || finding == FINDING_FILE_TIME_BACKWARDS)
		return;
	keep(&r->notes, &finding, sizeof finding);
	keep(&r->notes, &offset, sizeof offset);
}

static void
keep_frame(struct reading *r, const struct frame *frame)
{
	r->nframes++;
	r->bytes += frame->bytes.n;
	CHECK(frame->bytes.n <= frame->wire);
	CHECK(frame->bytes.n <= LIMIT_RECORD);
	CHECK(frame->time >= -INT64_MAX / 2 && frame->time <= INT64_MAX / 2);
	CHECK(frame->digits >= 3 && frame->digits <= 9);
	CHECK(frame->mark != 0);
	keep(&r->frames, &frame->bytes.n, sizeof frame->bytes.n);
	keep(&r->frames, frame->bytes.p, frame->bytes.n);
	keep(&r->frames, &frame->wire, sizeof frame->wire);
	keep(&r->frames, &frame->linktype, sizeof frame->linktype);
	keep(&r->frames, &frame->fcs, sizeof frame->fcs);
	keep(&r->frames, &frame->time, sizeof frame->time);
	keep(&r->frames, &frame->digits, sizeof frame->digits);
}

/* Through the front door. */
static void
read_file(struct reading *r, slice bytes)
{
	char name[] = "/tmp/fuzz-file-XXXXXX", path[32];
	const char *paths[] = { path };
	struct file_options options = { .path = paths, .npath = 1, .quiet = true, .user = { r, note } };
	enum source_result result = SOURCE_END;
	struct source source;
	struct source_stats stats;
	struct frame frame;
	int fd = mkstemp(name), exit_status;

	CHECK(fd >= 0 && unlink(name) == 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	r->opened = file_open(&options, &source, &exit_status) == 0;
	CHECK(r->opened || exit_status == 2);
	while (r->opened && (result = source.next(source.self, &frame)) >= 0)
		if (result == SOURCE_FRAME) {
			keep_frame(r, &frame);
			CHECK(frame.number == r->nframes);
			CHECK(source.recall(source.self, frame.mark));
		}
	CHECK(result == SOURCE_END);
	if (r->opened) {
		source.stats(source.self, &stats);
		CHECK(stats.read == bytes.n && stats.packets == r->nframes);
		CHECK(stats.damaged == (r->notes.n > 0));
		source.close(source.self);
	}
	close(fd);
}

/* In pieces of a few bytes, each of which lets wait for itself. */
struct pieces {
	slice rest;
	uint32_t random;
	bool late;
};

static long
pieces_read(void *self, uint8_t *to, size_t room)
{
	struct pieces *p = self;
	size_t n = p->random >> 16 & 63;

	p->late = !p->late;
	if (p->late)
		return INPUT_AGAIN;
	p->random = p->random * 1103515245 + 12345;
	n = n < room ? n + 1 : room;
	if (n > p->rest.n)
		n = p->rest.n;
	if (n > 0)
		memcpy(to, p->rest.p, n);
	p->rest = slice_drop(p->rest, n);
	return (long)n;
}

static const struct input_error *
pieces_error(void *self)
{
	(void)self;
	return NULL;
}

static void
pieces_close(void *self)
{
	(void)self;
}

static void
read_pieces(struct reading *r, slice bytes)
{
	struct pieces pieces = { .rest = bytes, .random = (uint32_t)bytes.n };
	const struct input input = { pieces_read, pieces_error, pieces_close, &pieces };
	const struct source_user user = { r, note };
	struct input_error error = { .words = "" };
	struct intake in;
	struct capfile *file;
	enum source_result result = SOURCE_END;
	struct frame frame;

	intake_init(&in, &user, true);
	file = capfile_over(&in, "pieces", &input, &error);
	while (file != NULL && (result = capfile_next(file, &frame)) >= 0)
		if (result == SOURCE_FRAME) {
			keep_frame(r, &frame);
			file->last = frame.time;		/* as file.c does it */
		}
	CHECK(result == SOURCE_END);
	r->opened = file != NULL && !in.unreadable;
	capfile_free(&file);
	intake_fini(&in);
}

static void
add_gzip(struct buf *out, slice in)
{
	size_t size = compressBound(in.n) + 64;
	uint8_t *room = xcalloc(size, 1);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n, .next_out = room, .avail_out = (uInt)size };

	CHECK(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	keep(out, room, size - z.avail_out);
	deflateEnd(&z);
	free(room);
}

static void
check_same(const struct reading *a, const struct reading *b)
{
	CHECK(a->opened == b->opened);
	CHECK(slice_eq(buf_slice(&a->frames), buf_slice(&b->frames)));
	CHECK(slice_eq(buf_slice(&a->notes), buf_slice(&b->notes)));
}

static bool
is_compressed(slice bytes)
{
	return bytes.n >= 2 && (bytes.p[0] == 0x1f || bytes.p[0] == 0x28 || bytes.p[0] == 0x04);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice bytes = { data, size };
	struct reading whole, other;
	struct buf packed;

	reading_init(&whole);
	read_file(&whole, bytes);
	CHECK(whole.nnotes <= LIMIT_DAMAGES + LIMIT_LINKTYPES + 8);
	if (!is_compressed(bytes)) {
		CHECK(whole.bytes <= bytes.n);		/* no byte is in two packets */
		reading_init(&other);
		read_pieces(&other, bytes);
		check_same(&whole, &other);
		reading_fini(&other);

		buf_init(&packed, SIZE_MAX / 2);
		add_gzip(&packed, bytes);
		reading_init(&other);
		read_file(&other, buf_slice(&packed));
		check_same(&whole, &other);
		reading_fini(&other);
		buf_fini(&packed);
	}
	reading_fini(&whole);
	return 0;
}
