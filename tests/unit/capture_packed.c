/* capture_packed.c - compressed captures, and captures that come through a pipe. */
#include "capture_build.h"

#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif

#include "base/thread.h"

/* A capture of n packets whose bytes do not repeat; packet i has i % 1400 of them. */
static struct buf
capture_of(uint32_t n)
{
	struct buf b;
	uint8_t data[1400];
	uint32_t random = 7;

	buf_init(&b, SIZE_MAX / 2);
	put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
	for (uint32_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i % sizeof data; j++)
			data[j] = (uint8_t)(random = random * 1103515245 + 12345, random >> 24);
		put_record(&b, false, 1000 + i, i % 1000000, (slice){ data, i % sizeof data }, 1400);
	}
	return b;
}

static void
add_gzip(struct buf *out, slice in)
{
	size_t size = compressBound(in.n) + 64;
	uint8_t *room = xcalloc(size, 1);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n, .next_out = room, .avail_out = (uInt)size };

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(out, (slice){ room, size - z.avail_out });
	deflateEnd(&z);
	free(room);
}

#ifdef HAVE_ZSTD
static void
add_zstd(struct buf *out, slice in)
{
	size_t size = ZSTD_compressBound(in.n);
	uint8_t *room = xcalloc(size, 1);

	size = ZSTD_compress(room, size, in.p, in.n, 1);
	assert_false(ZSTD_isError(size));
	buf_add(out, (slice){ room, size });
	free(room);
}
#endif

#ifdef HAVE_LZ4
static void
add_lz4(struct buf *out, slice in)
{
	size_t size = LZ4F_compressFrameBound(in.n, NULL);
	uint8_t *room = xcalloc(size, 1);

	size = LZ4F_compressFrame(room, size, in.p, in.n, NULL);
	assert_false(LZ4F_isError(size));
	buf_add(out, (slice){ room, size });
	free(room);
}
#endif

static const struct packer {
	const char *name;
	void (*add)(struct buf *, slice);
} packers[] = {
	{ "gzip", add_gzip },
#ifdef HAVE_ZSTD
	{ "zstd", add_zstd },
#endif
#ifdef HAVE_LZ4
	{ "lz4", add_lz4 },
#endif
};

/* Everything about the frames of a source, in one number. */
static uint64_t
digest(struct source *source, size_t *n_r, struct source_stats *stats)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	enum source_result result;
	struct frame frame;

	*n_r = 0;
	while ((result = source->next(source->self, &frame)) >= 0) {
		const uint64_t facts[] = { frame.bytes.n, frame.wire, (uint64_t)frame.time, frame.number };

		if (result == SOURCE_NONE)
			continue;
		++*n_r;
		for (size_t i = 0; i < frame.bytes.n; i++)
			hash = (hash ^ frame.bytes.p[i]) * UINT64_C(1099511628211);
		for (size_t i = 0; i < COUNT(facts); i++)
			hash = (hash ^ facts[i]) * UINT64_C(1099511628211);
	}
	assert_int_equal(result, SOURCE_END);
	source->stats(source->self, stats);
	return hash;
}

static uint64_t
digest_path(const char *path, size_t *n_r, struct source_stats *stats)
{
	struct file_options options = { .path = &path, .npath = 1, .quiet = true };
	struct source source;
	int exit_status;
	uint64_t hash;

	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	hash = digest(&source, n_r, stats);
	source.close(source.self);
	return hash;
}

static uint64_t
digest_bytes(slice bytes, size_t *n_r, struct source_stats *stats)
{
	const char *path = path_of(bytes);
	uint64_t hash = digest_path(path, n_r, stats);

	forget(path);
	return hash;
}

/* Whole, and as several members one after the other: the same packets as uncompressed. */
static void
test_same_packets(void **state)
{
	struct buf plain = capture_of(6000);
	struct source_stats stats;
	size_t n;
	uint64_t want = digest_bytes(buf_slice(&plain), &n, &stats);

	(void)state;
	assert_true(plain.n > 3 * MiB);
	assert_int_equal(n, 6000);
	for (size_t i = 0; i < COUNT(packers); i++)
		for (size_t pieces = 1; pieces < 5; pieces++) {
			struct buf packed;

			buf_init(&packed, SIZE_MAX / 2);
			for (size_t j = 0; j < pieces; j++) {
				size_t from = plain.n * j / pieces, to = plain.n * (j + 1) / pieces;

				packers[i].add(&packed, slice_take(slice_drop(buf_slice(&plain), from), to - from));
			}
			assert_true(digest_bytes(buf_slice(&packed), &n, &stats) == want);
			assert_false(stats.damaged);
			assert_int_equal(stats.read, packed.n);
			assert_int_equal(stats.size, packed.n);
			buf_fini(&packed);
		}
	buf_fini(&plain);
}

/* Zero bytes after the last member are padding; anything else is damage, after everything was read. */
static void
test_after_the_end(void **state)
{
	struct buf plain = capture_of(100);

	(void)state;
	for (int rubbish = 0; rubbish < 2; rubbish++) {
		struct buf packed;
		struct run *r;

		buf_init(&packed, SIZE_MAX / 2);
		add_gzip(&packed, buf_slice(&plain));
		for (int i = 0; i < 100000; i++)
			buf_add_byte(&packed, rubbish ? 'x' : 0);
		r = run_bytes(buf_slice(&packed));
		assert_int_equal(r->n, 100);
		assert_int_equal(r->stats.damaged, rubbish);
		assert_int_equal(run_noted(r, FINDING_FILE_GZIP), rubbish);
		run_free(r);
		buf_fini(&packed);
	}
	buf_fini(&plain);
}

/* Everything that can be decompressed is read first; then it is said, once. */
static void
test_cut_and_damaged(void **state)
{
	struct buf plain = capture_of(3000);

	(void)state;
	for (size_t i = 0; i < COUNT(packers); i++)
		for (int damaged = 0; damaged < 2; damaged++) {
			struct buf packed;
			struct run *r;
			size_t last;

			buf_init(&packed, SIZE_MAX / 2);
			packers[i].add(&packed, buf_slice(&plain));
			if (damaged)
				memset(packed.p + packed.n * 3 / 4, 0xff, packed.n / 8);
			r = run_bytes(slice_take(buf_slice(&packed), damaged ? packed.n : packed.n * 3 / 4));
			assert_int_equal(r->opened, 0);
			assert_true(r->n > 1000 && r->n < 3000);
			assert_true(r->stats.damaged);
			/* What comes out of damaged bytes may be no packets, and that is said too. */
			assert_true(r->notes == 1 || (damaged && r->notes > 1));
			last = r->notes - 1;
			assert_int_equal(r->note[last].finding, FINDING_FILE_GZIP);
			assert_non_null(strstr(r->note[last].words, packers[i].name));
			assert_non_null(strstr(r->note[last].words, damaged ? "damaged" : "cut"));
			run_free(r);
			buf_fini(&packed);
		}
	buf_fini(&plain);
}

/* Compressed well, and no capture; cut before the first byte came out; damaged at once. */
static void
test_nothing_inside(void **state)
{
	struct buf packed;
	struct run *r;

	(void)state;
	buf_init(&packed, SIZE_MAX / 2);
	add_gzip(&packed, S("just a letter"));
	for (size_t cut = 0; cut <= packed.n; cut++) {
		r = run_bytes(slice_take(buf_slice(&packed), cut));
		assert_int_equal(r->opened, -1);
		assert_int_equal(r->exit, 2);
		run_free(r);
	}
	r = run_bytes(S("\x1f\x8b\x08 and nothing that could be inflated"));
	assert_int_equal(r->exit, 2);
	run_free(r);
	buf_fini(&packed);
}

#ifdef HAVE_ZSTD
/* A million empty packets in a few bytes are a bomb; the same for gzip is what gzip does to dull captures. */
static void
test_bomb(void **state)
{
	struct source_stats stats;
	struct buf plain, packed;
	struct run *r;
	size_t n;

	(void)state;
	buf_init(&plain, SIZE_MAX / 2);
	put_pcap_header(&plain, false, 0xa1b2c3d4, 65535, 1);
	buf_reserve(&plain, 200 * MiB);
	for (size_t i = 0; i < 200 * MiB / 16; i++)
		put_record(&plain, false, 0, 0, SLICE_NONE, 0);
	buf_init(&packed, SIZE_MAX / 2);
	add_zstd(&packed, buf_slice(&plain));
	r = run_bytes(buf_slice(&packed));
	assert_int_equal(r->opened, 0);
	assert_true(r->n >= LIMIT_INFLATE_FREE / 16 / 2 && r->n < 200 * MiB / 16);
	assert_int_equal(r->notes, 1);
	assert_int_equal(r->note[0].finding, FINDING_FILE_BOMB);
	assert_true(r->stats.damaged);
	run_free(r);
	buf_clear(&packed);
	add_gzip(&packed, buf_slice(&plain));
	digest_bytes(buf_slice(&packed), &n, &stats);
	assert_int_equal(n, 200 * MiB / 16);
	assert_false(stats.damaged);
	buf_fini(&plain);
	buf_fini(&packed);
}
#endif

/* Closed before the end: the thread that works ahead ends too. */
static void
test_early_close(void **state)
{
	struct buf plain = capture_of(6000), packed;
	const char *path;
	struct file_options options = { .npath = 1, .quiet = true };

	(void)state;
	buf_init(&packed, SIZE_MAX / 2);
	add_gzip(&packed, buf_slice(&plain));
	path = path_of(buf_slice(&packed));
	options.path = &path;
	for (int i = 0; i < 50; i++) {
		struct source source;
		struct frame frame;
		int exit_status;

		assert_int_equal(file_open(&options, &source, &exit_status), 0);
		for (int j = 0; j < i; j++)
			while (source.next(source.self, &frame) == SOURCE_NONE)
				continue;
		source.close(source.self);
	}
	forget(path);
	buf_fini(&plain);
	buf_fini(&packed);
}

/* Somebody writes into a pipe, a few bytes at a time. */

struct writer {
	int fd;
	slice bytes;
	size_t piece;
};

static void
write_pieces(void *self)
{
	struct writer *w = self;
	slice rest = w->bytes;

	while (rest.n > 0) {
		ssize_t n = write(w->fd, rest.p, rest.n < w->piece ? rest.n : w->piece);

		CHECK(n > 0);
		rest = slice_drop(rest, (size_t)n);
	}
	close(w->fd);
}

static void
test_pipe(void **state)
{
	static const size_t pieces[] = { 1, 7, 1000, 60000 };
	struct buf plain = capture_of(300), packed;
	struct source_stats stats;
	size_t n;
	uint64_t want = digest_bytes(buf_slice(&plain), &n, &stats);

	(void)state;
	buf_init(&packed, SIZE_MAX / 2);
	add_gzip(&packed, buf_slice(&plain));
	for (size_t i = 0; i < 2 * COUNT(pieces); i++) {
		int fds[2];
		char path[32];
		struct writer w = { .bytes = buf_slice(i % 2 ? &packed : &plain), .piece = pieces[i / 2] };
		struct thread *thread;

		assert_int_equal(pipe(fds), 0);
		w.fd = fds[1];
		snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
		thread = thread_start(write_pieces, &w);
		assert_true(digest_path(path, &n, &stats) == want);
		assert_int_equal(n, 300);
		assert_int_equal(stats.size, 0);
		thread_join(&thread);
		close(fds[0]);
	}
	buf_fini(&plain);
	buf_fini(&packed);
}

/* Packets come out as soon as they are there, and a silent pipe can be closed. */
static void
test_silent_pipe(void **state)
{
	struct buf plain = capture_of(2), packed;

	(void)state;
	buf_init(&packed, SIZE_MAX / 2);
	add_gzip(&packed, buf_slice(&plain));
	for (int compressed = 0; compressed < 2; compressed++) {
		slice bytes = buf_slice(compressed ? &packed : &plain);
		int fds[2], exit_status;
		char path[32];
		const char *paths[] = { path };
		struct file_options options = { .path = paths, .npath = 1, .quiet = true };
		struct source source;
		struct frame frame;
		enum source_result result;

		assert_int_equal(pipe(fds), 0);
		assert_int_equal(write(fds[1], bytes.p, bytes.n), bytes.n);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
		assert_int_equal(file_open(&options, &source, &exit_status), 0);
		for (uint64_t i = 1; i <= 2; i++) {
			while ((result = source.next(source.self, &frame)) == SOURCE_NONE)
				continue;
			assert_int_equal(result, SOURCE_FRAME);
			assert_int_equal(frame.number, i);
		}
		if (compressed)
			assert_int_equal(source.next(source.self, &frame), SOURCE_NONE);
		source.close(source.self);
		close(fds[0]);
		close(fds[1]);
	}
	buf_fini(&plain);
	buf_fini(&packed);
}

static void
test_standard_input(void **state)
{
	struct buf plain = capture_of(10);
	const char *path = path_of(buf_slice(&plain)), *dash = "-";
	int saved = dup(STDIN_FILENO), fd = atoi(strrchr(path, '/') + 1);
	struct run *r;

	(void)state;
	lseek(fd, 0, SEEK_SET);
	dup2(fd, STDIN_FILENO);
	r = run_paths(&dash, 1);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_int_equal(r->n, 10);
	run_free(r);
	forget(path);
	buf_fini(&plain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_packets),
		cmocka_unit_test(test_after_the_end),
		cmocka_unit_test(test_cut_and_damaged),
		cmocka_unit_test(test_nothing_inside),
#ifdef HAVE_ZSTD
		cmocka_unit_test(test_bomb),
#endif
		cmocka_unit_test(test_early_close),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_silent_pipe),
		cmocka_unit_test(test_standard_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
