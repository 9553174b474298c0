/* capture_pipe.c - what comes over a pipe is told when it comes, and a silent one keeps nobody waiting. */
#include "capture_build.h"

#include <dirent.h>
#include <time.h>
#include <zlib.h>

enum { LONG_MS = 1000 };		/* a silent pipe says NONE long before */

struct feed {
	int end[2];			/* of the pipe */
	z_stream z;
	bool packed;
	struct source source;
};

static void
feed_bytes(struct feed *f, slice bytes)
{
	uint8_t room[4096];

	if (f->packed) {
		f->z.next_in = (uint8_t *)(uintptr_t)bytes.p;
		f->z.avail_in = (unsigned)bytes.n;
		f->z.next_out = room;
		f->z.avail_out = sizeof room;
		assert_int_equal(deflate(&f->z, Z_SYNC_FLUSH), Z_OK);
		bytes = (slice){ room, sizeof room - f->z.avail_out };
	}
	assert_int_equal(write(f->end[1], bytes.p, bytes.n), bytes.n);
}

static void
feed_header(struct feed *f)
{
	struct buf b;

	buf_init(&b, KiB);
	put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
	feed_bytes(f, buf_slice(&b));
	buf_fini(&b);
}

/* Nothing has come yet. */
static void
feed_open_silent(struct feed *f, bool packed)
{
	static char path[32];
	const char *paths[] = { path };
	struct file_options options = { .path = paths, .npath = 1 };
	int status;

	*f = (struct feed){ .packed = packed };
	assert_int_equal(pipe(f->end), 0);
	if (packed)
		assert_int_equal(deflateInit2(&f->z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	snprintf(path, sizeof path, "/proc/self/fd/%d", f->end[0]);
	assert_int_equal(file_open(&options, &f->source, &status), 0);
}

static void
feed_open(struct feed *f, bool packed)
{
	feed_open_silent(f, packed);
	feed_header(f);
}

static void
feed_packet(struct feed *f, uint32_t seconds)
{
	struct buf b;

	buf_init(&b, KiB);
	put_record(&b, false, seconds, 0, S("packet"), 6);
	feed_bytes(f, buf_slice(&b));
	buf_fini(&b);
}

static void
feed_close(struct feed *f)
{
	f->source.close(f->source.self);
	if (f->packed)
		deflateEnd(&f->z);
	close(f->end[0]);
	close(f->end[1]);
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum source_result
next_in_time(struct feed *f, struct frame *frame)
{
	long before = now_ms();
	enum source_result result = f->source.next(f->source.self, frame);

	assert_true(now_ms() - before < LONG_MS);
	return result;
}

/* A thread that unpacks may need a moment; a frame that never comes fails. */
static void
expect_frame(struct feed *f, nstime time)
{
	enum source_result result = SOURCE_NONE;
	struct frame frame;

	for (int tries = 0; tries < 100 && result == SOURCE_NONE; tries++)
		result = next_in_time(f, &frame);
	assert_int_equal(result, SOURCE_FRAME);
	assert_int_equal(frame.time, time);
}

static void
silence(bool packed)
{
	struct feed f;
	struct frame frame;

	feed_open(&f, packed);
	feed_packet(&f, 1);
	expect_frame(&f, 1 * NSTIME_S);
	assert_int_equal(next_in_time(&f, &frame), SOURCE_NONE);
	assert_int_equal(next_in_time(&f, &frame), SOURCE_NONE);
	feed_packet(&f, 2);
	expect_frame(&f, 2 * NSTIME_S);
	assert_int_equal(next_in_time(&f, &frame), SOURCE_NONE);
	feed_close(&f);
}

static void
test_silence(void **state)
{
	(void)state;
	silence(false);
}

static void
test_packed_silence(void **state)
{
	(void)state;
	silence(true);
}

static void
test_end(void **state)
{
	struct feed f;
	struct frame frame;

	(void)state;
	feed_open(&f, false);
	feed_packet(&f, 1);
	close(f.end[1]);
	f.end[1] = -1;
	expect_frame(&f, 1 * NSTIME_S);
	assert_int_equal(next_in_time(&f, &frame), SOURCE_END);
	feed_close(&f);
}

static unsigned
threads(void)
{
	DIR *d = opendir("/proc/self/task");
	unsigned n = 0;

	for (struct dirent *e; (e = readdir(d)) != NULL; )
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* Who opens is not kept waiting, and nothing is looked at, and no thread begun, before somebody reads. */
static void
opened_silent(bool packed)
{
	unsigned before = threads();
	struct feed f;
	struct frame frame;

	alarm(10);
	feed_open_silent(&f, packed);
	alarm(0);
	assert_int_equal(next_in_time(&f, &frame), SOURCE_NONE);
	feed_header(&f);
	feed_packet(&f, 1);
	assert_int_equal(threads(), before);
	expect_frame(&f, 1 * NSTIME_S);
	assert_int_equal(threads(), before + packed);
	feed_close(&f);
}

static void
test_opened_silent(void **state)
{
	(void)state;
	opened_silent(false);
	opened_silent(true);
}

/* What is no capture is found out then, too. */
static void
test_no_capture(void **state)
{
	struct feed f;
	struct frame frame;
	struct source_stats stats;

	(void)state;
	feed_open_silent(&f, false);
	feed_bytes(&f, S("hello, world\n"));
	assert_int_equal(next_in_time(&f, &frame), SOURCE_END);
	f.source.stats(f.source.self, &stats);
	assert_true(stats.unreadable);
	feed_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_packed_silence),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_opened_silent),
		cmocka_unit_test(test_no_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
