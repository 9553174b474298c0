/* capture_writer.c - what is written is read back the same, by us and by others; what exists is left alone. */
#include "capture_build.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "capture/tee.h"
#include "capture/writer.h"

static char folder[] = "/tmp/writer-test-XXXXXX", file[64];

static const struct frame frames[] = {
	{ .bytes = SLICE("first"), .wire = 5, .linktype = 1, .time = 1000 * NSTIME_MS, .digits = 6 },
	{ .bytes = SLICE("snapped"), .wire = 1500, .linktype = 1, .time = 1000 * NSTIME_MS + 7000, .digits = 6 },
	{ .bytes = SLICE(""), .wire = 60, .linktype = 1, .time = 900 * NSTIME_MS, .digits = 6 },
	{ .bytes = SLICE("\0\1\2\3"), .wire = 4, .linktype = 1, .time = INT64_C(4000000000) * NSTIME_S, .digits = 6 },
};

static const struct frame mixed[] = {
	{ .bytes = SLICE("ethernet"), .wire = 8, .linktype = 1, .time = NSTIME_S, .digits = 9 },
	{ .bytes = SLICE("raw"), .wire = 3, .linktype = 101, .time = NSTIME_S + 1, .digits = 9 },
	{ .bytes = SLICE("with fcs"), .wire = 8, .linktype = 1, .fcs = 4, .time = NSTIME_S + 2, .digits = 9 },
	{ .bytes = SLICE("again"), .wire = 5, .linktype = 101, .time = NSTIME_S + 3, .digits = 9 },
};

static void
write_frames(const struct writer_options *options, const struct frame *f, size_t n, slice keys)
{
	struct buf why;
	struct writer *w;

	buf_init(&why, KiB);
	w = writer_open(options, &why);
	assert_non_null(w);
	assert_int_not_equal(access(options->path, F_OK), 0);		/* it appears at the end */
	assert_int_equal(writer_secrets(w, keys), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(writer_frame(w, &f[i]), 0);
	}
	assert_int_equal(writer_counts(w).packets, n);
	assert_int_equal(writer_close(&w, false, &why), 0);
	assert_null(w);
	buf_fini(&why);
}

static struct run *
read_file(void)
{
	const char *paths[] = { file };

	return run_paths(paths, 1);
}

static void
expect_frames(const struct frame *f, size_t n)
{
	struct run *r = read_file();

	assert_int_equal(r->opened, 0);
	assert_false(r->stats.damaged);
	assert_int_equal(r->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_true(slice_eq(r->frame[i].bytes, f[i].bytes));
		assert_int_equal(r->frame[i].wire, f[i].wire);
		assert_int_equal(r->frame[i].linktype, f[i].linktype);
		assert_int_equal(r->frame[i].fcs, f[i].fcs);
		assert_int_equal(r->frame[i].time, f[i].time);
		assert_int_equal(r->frame[i].digits, f[i].digits);
	}
	run_free(r);
}

/* It is no larger a thing than needed. */
static void
expect_pcap(void)
{
	FILE *f = fopen(file, "r");
	uint32_t magic;

	assert_non_null(f);
	assert_int_equal(fread(&magic, sizeof magic, 1, f), 1);
	assert_int_not_equal(magic, 0x0a0d0d0a);
	fclose(f);
}

/* Others count the same. Where there is no capinfos, nobody asks. */
static void
expect_others_agree(size_t n)
{
	char command[200], answer[64] = "";
	FILE *f;

	snprintf(command, sizeof command, "command -v capinfos >/dev/null && capinfos -Mrc -T %s 2>&1 | cut -f2", file);
	f = popen(command, "r");
	assert_non_null(f);
	if (fgets(answer, sizeof answer, f) != NULL)
		assert_int_equal(atoi(answer), n);
	pclose(f);
}

static void
test_pcap(void **state)
{
	(void)state;
	for (int nanoseconds = 0; nanoseconds < 2; nanoseconds++) {
		struct frame want[COUNT(frames)];

		memcpy(want, frames, sizeof frames);
		for (size_t i = 0; i < COUNT(frames); i++)
			want[i].digits = nanoseconds ? 9 : 6;
		write_frames(&(struct writer_options){ .path = file }, want, COUNT(frames), SLICE_NONE);
		expect_pcap();
		expect_frames(want, COUNT(frames));
		expect_others_agree(COUNT(frames));
		unlink(file);
	}
}

static void
test_fcs(void **state)
{
	(void)state;
	write_frames(&(struct writer_options){ .path = file }, &mixed[2], 1, SLICE_NONE);
	expect_frames(&mixed[2], 1);
	expect_others_agree(1);
	unlink(file);
}

static void
test_pcapng(void **state)
{
	struct run *r;

	(void)state;
	write_frames(&(struct writer_options){ .path = file, .pcapng = true }, mixed, COUNT(mixed),
	    S("CLIENT_RANDOM 00 11\n"));
	expect_frames(mixed, COUNT(mixed));
	expect_others_agree(COUNT(mixed));
	r = read_file();
	assert_string_equal(r->secrets, "CLIENT_RANDOM 00 11\n");
	run_free(r);
	unlink(file);
	write_frames(&(struct writer_options){ .path = file, .pcapng = true }, frames, COUNT(frames), SLICE_NONE);
	expect_frames(frames, COUNT(frames));
	unlink(file);
}

/* A pcap that was begun is made over when something comes that it cannot hold; what stood in it is there all the same. */
static void
test_made_over(void **state)
{
	enum { ALL = COUNT(frames) + COUNT(mixed) };
	struct frame want[ALL];
	struct run *r;

	(void)state;
	memcpy(want, frames, sizeof frames);
	memcpy(want + COUNT(frames), mixed, sizeof mixed);
	write_frames(&(struct writer_options){ .path = file }, want, ALL, SLICE_NONE);
	for (size_t i = 0; i < COUNT(frames); i++)
		want[i].digits = 9;		/* with the first finer time */
	expect_frames(want, ALL);
	expect_others_agree(ALL);
	unlink(file);
	write_frames(&(struct writer_options){ .path = file }, want, COUNT(frames) + 1, SLICE_NONE);
	expect_pcap();
	expect_frames(want, COUNT(frames) + 1);
	unlink(file);
	write_frames(&(struct writer_options){ .path = file }, frames, COUNT(frames), S("CLIENT_RANDOM 00 11\n"));
	r = read_file();
	assert_string_equal(r->secrets, "CLIENT_RANDOM 00 11\n");
	run_free(r);
	unlink(file);
}

/* Many packets, so that it is read back in pieces; keys that come late stand before all. */
static void
test_made_over_late(void **state)
{
	enum { PACKETS = 3000 };
	static uint8_t bytes[1400];
	struct frame f = { .bytes = { bytes, sizeof bytes }, .wire = 1500, .linktype = 1, .digits = 6 };
	const char *path = file;
	struct source source;
	struct buf why;
	struct writer *w;
	int status;

	(void)state;
	buf_init(&why, KiB);
	w = writer_open(&(struct writer_options){ .path = file }, &why);
	assert_non_null(w);
	for (int i = 0; i < PACKETS; i++) {
		bytes[0] = (uint8_t)i;
		f.bytes.n = sizeof bytes - (size_t)i % 100;
		f.time = i * NSTIME_MS;
		assert_int_equal(writer_frame(w, &f), 0);
	}
	assert_int_equal(writer_secrets(w, S("KEY 1\n")), 0);
	assert_int_equal(writer_secrets(w, S("KEY 2\n")), 0);
	assert_int_equal(writer_counts(w).packets, PACKETS);
	assert_int_equal(writer_close(&w, false, &why), 0);
	assert_int_equal(file_open(&(struct file_options){ .path = &path, .npath = 1 }, &source, &status), 0);
	for (int i = 0; i < PACKETS; i++) {
		assert_int_equal(source.next(source.self, &f), SOURCE_FRAME);
		assert_int_equal(f.bytes.n, sizeof bytes - (size_t)i % 100);
		assert_int_equal(f.bytes.p[0], (uint8_t)i);
		assert_int_equal(f.time, i * NSTIME_MS);
	}
	assert_int_equal(source.next(source.self, &f), SOURCE_END);
	assert_true(slice_eq(source.secrets(source.self), S("KEY 1\nKEY 2\n")));
	source.close(source.self);
	unlink(file);
	buf_fini(&why);
}

static struct writer *
open_growing(struct buf *why)
{
	static const struct put_kind kind = { .linktype = 1 };
	struct writer *w = writer_open(&(struct writer_options){ .path = file, .how = OUTFILE_GROW, .kind = &kind }, why);

	assert_non_null(w);
	assert_int_equal(writer_flush(w), 0);
	return w;
}

/* What grows is a capture from its first moment, and stays what it began as. */
static void
test_growing(void **state)
{
	struct buf why;
	struct writer *w;

	(void)state;
	buf_init(&why, KiB);
	w = open_growing(&why);
	expect_frames(frames, 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(writer_frame(w, &frames[i]), 0);
		assert_int_equal(writer_flush(w), 0);
		expect_frames(frames, i + 1);
	}
	assert_int_equal(writer_frame(w, &mixed[1]), 0);
	assert_int_equal(writer_counts(w).left_out, 1);
	assert_int_equal(writer_counts(w).left_out_linktype, 101);
	assert_int_equal(writer_secrets(w, S("KEY 1\n")), 0);
	assert_true(writer_counts(w).keys_left_out);
	assert_int_equal(writer_close(&w, true, &why), 0);
	expect_frames(frames, 2);			/* failed or not: what was written stays */
	w = open_growing(&why);
	expect_frames(frames, 0);			/* as tcpdump does it */
	assert_int_equal(writer_close(&w, false, &why), 0);
	unlink(file);
	buf_fini(&why);
}

/* Moved away, emptied, replaced by what is not ours. */
static void
test_reopened(void **state)
{
	char away[80];
	struct buf why;
	struct writer *w;
	FILE *f;

	(void)state;
	snprintf(away, sizeof away, "%s.1", file);
	buf_init(&why, KiB);
	w = open_growing(&why);
	assert_int_equal(writer_frame(w, &frames[0]), 0);
	assert_int_equal(writer_reopen(w), OUTFILE_SAME);
	assert_int_equal(writer_frame(w, &frames[1]), 0);
	assert_int_equal(rename(file, away), 0);
	assert_int_equal(writer_reopen(w), OUTFILE_ANEW);
	expect_frames(frames, 0);
	assert_int_equal(writer_frame(w, &frames[2]), 0);
	assert_int_equal(writer_flush(w), 0);
	expect_frames(&frames[2], 1);
	assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(writer_reopen(w), OUTFILE_SAME);
	expect_frames(frames, 0);
	assert_int_equal(writer_frame(w, &frames[0]), 0);
	assert_int_equal(writer_flush(w), 0);
	assert_int_equal(truncate(file, 0), 0);			/* and nobody says so */
	assert_int_equal(writer_frame(w, &frames[1]), 0);
	assert_int_equal(writer_flush(w), 0);
	expect_frames(&frames[1], 1);
	unlink(file);
	f = fopen(file, "w");
	fputs("precious", f);
	fclose(f);
	assert_int_equal(writer_reopen(w), OUTFILE_KEPT);
	assert_int_equal(writer_frame(w, &frames[3]), 0);
	assert_int_equal(writer_close(&w, false, &why), 0);
	f = fopen(file, "r");
	assert_int_equal(fgetc(f), 'p');
	fclose(f);
	assert_int_equal(rename(away, file), 0);
	expect_frames(frames, 2);
	unlink(file);
	buf_fini(&why);
}

/* The same with what a pcapng begins with: keys, and interfaces that packets name. */
static void
test_emptied(void **state)
{
	struct buf why;
	struct writer *w;
	struct run *r;

	(void)state;
	buf_init(&why, KiB);
	w = writer_open(&(struct writer_options){ .path = file, .how = OUTFILE_GROW, .pcapng = true }, &why);
	assert_int_equal(writer_secrets(w, S("KEY 1\n")), 0);
	for (size_t i = 0; i < COUNT(mixed); i++)
		assert_int_equal(writer_frame(w, &mixed[i]), 0);
	assert_int_equal(writer_flush(w), 0);
	expect_frames(mixed, COUNT(mixed));
	assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(writer_frame(w, &mixed[1]), 0);
	assert_int_equal(writer_close(&w, false, &why), 0);
	expect_frames(&mixed[1], 1);
	r = read_file();
	assert_string_equal(r->secrets, "KEY 1\n");
	run_free(r);
	unlink(file);
	buf_fini(&why);
}

/* Between its packets a pcapng says what was dropped, in all so far. */
static void
test_drops(void **state)
{
	struct buf why;
	struct writer *w;
	struct run *r;

	(void)state;
	buf_init(&why, KiB);
	w = writer_open(&(struct writer_options){ .path = file, .pcapng = true }, &why);
	writer_drops(w, 0, 1, 1);				/* of what interface? */
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(writer_frame(w, &frames[i]), 0);
		writer_drops(w, frames[i].time, i, 10 * i);
	}
	assert_int_equal(writer_close(&w, false, &why), 0);
	r = read_file();
	assert_int_equal(r->n, 3);
	assert_int_equal(r->stats.dropped, 22);
	assert_int_equal(r->stats.drops.interface, 2);
	run_free(r);
	expect_others_agree(3);
	unlink(file);
	buf_fini(&why);
}

static void
test_nothing_left(void **state)
{
	struct buf why;
	struct writer *w;

	(void)state;
	buf_init(&why, KiB);
	w = writer_open(&(struct writer_options){ .path = file }, &why);
	for (size_t i = 0; i < COUNT(mixed); i++)
		assert_int_equal(writer_frame(w, &mixed[i]), 0);
	writer_close(&w, true, &why);
	assert_int_not_equal(access(file, F_OK), 0);		/* failed: nothing is left */
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	w = writer_open(&(struct writer_options){ .path = file }, &why);
	assert_int_equal(writer_close(&w, false, &why), 0);
	expect_frames(frames, 0);				/* without packets it is a capture, too */
	unlink(file);
	buf_fini(&why);
}

static void
test_what_exists(void **state)
{
	struct writer_options options = { .path = file };
	struct buf why;
	struct writer *w;
	FILE *f;

	(void)state;
	buf_init(&why, KiB);
	write_frames(&options, frames, 1, SLICE_NONE);
	assert_null(writer_open(&options, &why));
	assert_true(why.n > 0);
	expect_frames(frames, 1);
	unlink(file);
	w = writer_open(&options, &why);			/* it comes while we write */
	f = fopen(file, "w");
	fputs("precious", f);
	fclose(f);
	assert_int_equal(writer_frame(w, &frames[0]), 0);
	buf_clear(&why);
	assert_int_equal(writer_close(&w, false, &why), -1);
	assert_true(why.n > 0);
	f = fopen(file, "r");
	assert_int_equal(fgetc(f), 'p');
	fclose(f);
	options.how = OUTFILE_REPLACE;
	w = writer_open(&options, &why);
	assert_int_equal(writer_frame(w, &frames[0]), 0);
	assert_int_equal(writer_close(&w, false, &why), 0);
	expect_frames(frames, 1);
	unlink(file);
	buf_fini(&why);
}

static void
test_trouble(void **state)
{
	struct buf why;
	struct writer *w;

	(void)state;
	buf_init(&why, KiB);
	assert_null(writer_open(&(struct writer_options){ .path = "/nowhere/at/all.pcap" }, &why));
	assert_true(why.n > 0);
	if (access("/dev/full", W_OK) == 0) {
		int out = dup(STDOUT_FILENO);

		assert_non_null(freopen("/dev/full", "w", stdout));
		w = writer_open(&(struct writer_options){ .path = "-" }, &why);
		for (int i = 0; i < 10000; i++)
			if (writer_frame(w, &frames[0]) != 0)
				break;
		assert_int_equal(writer_frame(w, &frames[0]), -1);
		assert_non_null(writer_trouble(w));
		assert_int_equal(writer_close(&w, false, &why), -1);
		dup2(out, STDOUT_FILENO);
		close(out);
	}
	buf_fini(&why);
}

/* --- the tee --- */

enum { MANY = 4000, SIZE = 1000 };

struct counted { uint64_t n; uint8_t bytes[SIZE]; };

static enum source_result
counted_next(void *self, struct frame *f)
{
	struct counted *c = self;

	if (c->n == MANY)
		return SOURCE_END;
	memset(c->bytes, (int)(c->n % 251), SIZE);
	*f = (struct frame){ .bytes = { c->bytes, SIZE - c->n % 7 }, .wire = 2000, .linktype = 113, .fcs = 4,
	    .time = (nstime)c->n, .number = c->n + 1, .input = 3, .digits = 9 };
	c->n++;
	return SOURCE_FRAME;
}

/* Keys come on the way. */
static slice
counted_secrets(void *self)
{
	const struct counted *c = self;

	return c->n < MANY / 2 ? S("KEY 1\n") : S("KEY 1\nKEY 2\n");
}

static void
nothing(void *self)
{
	(void)self;
}

static void
expect_counted(const struct frame *f)
{
	uint64_t n = f->number - 1;

	assert_int_equal(f->bytes.n, SIZE - n % 7);
	assert_int_equal(f->bytes.p[0], n % 251);
	assert_int_equal(f->bytes.p[f->bytes.n - 1], n % 251);
	assert_int_equal(f->time, n);
	assert_int_equal(f->wire, 2000);
	assert_int_equal(f->linktype, 113);
	assert_int_equal(f->fcs, 4);
	assert_int_equal(f->input, 3);
}

/* All of it, or with less room the youngest of it. */
static void
tee_with(size_t room, bool whole)
{
	struct counted c = { 0 };
	struct source from = { .name = "counted", .next = counted_next, .secrets = counted_secrets, .close = nothing, .self = &c };
	struct tee *t = tee_new(room);
	struct source through = tee_source(t, &from), again = tee_again(t);
	struct frame f;
	uint64_t number = 0, seen = 0;

	for (int i = 0; i < 10; i++)
		assert_int_equal(through.next(through.self, &f), SOURCE_FRAME);
	assert_int_equal(again.next(again.self, &f), SOURCE_END);	/* not yet */
	tee_flush(t);
	assert_int_equal(again.next(again.self, &f), SOURCE_FRAME);
	expect_counted(&f);
	assert_true(slice_eq(again.secrets(again.self), S("KEY 1\n")));
	while (through.next(through.self, &f) == SOURCE_FRAME)
		expect_counted(&f);
	again.close(again.self);
	again = tee_again(t);
	while (again.next(again.self, &f) == SOURCE_FRAME) {
		assert_true(f.number > number);
		assert_true(number == 0 || f.number == number + 1);
		number = f.number;
		expect_counted(&f);
		seen++;
	}
	assert_int_equal(number, MANY);
	assert_int_equal(seen + tee_gone(t), MANY);
	assert_int_equal(tee_gone(t) == 0, whole);
	assert_null(tee_trouble(t));
	assert_true(slice_eq(again.secrets(again.self), S("KEY 1\nKEY 2\n")));
	again.close(again.self);
	through.close(through.self);
	tee_free(&t);
}

static void
test_tee(void **state)
{
	(void)state;
	tee_with(64 * MiB, true);
	tee_with(2 * MiB, false);
}

/* A program that is given a part gets nothing else. */
static void
test_tee_is_inherited_by_nobody(void **state)
{
	enum { MOST = 256 };
	bool before[MOST];
	unsigned files = 0;
	struct tee *t;

	(void)state;
	for (int fd = 0; fd < MOST; fd++)
		before[fd] = fcntl(fd, F_GETFD) >= 0;
	t = tee_new(64 * MiB);
	for (int fd = 0; fd < MOST; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags < 0 || before[fd])
			continue;
		assert_true(flags & FD_CLOEXEC);
		files++;
	}
	assert_true(files > 0);
	tee_free(&t);
}

static void
test_tee_without_room(void **state)
{
	struct tee *t = tee_new(1);
	struct source again = tee_again(t);
	struct frame f;

	(void)state;
	assert_non_null(tee_trouble(t));
	assert_int_equal(again.next(again.self, &f), SOURCE_END);
	again.close(again.self);
	tee_free(&t);
}

static int
make_folder(void **state)
{
	(void)state;
	snprintf(file, sizeof file, "%s/file.pcap", mkdtemp(folder));
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_fcs),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_made_over),
		cmocka_unit_test(test_made_over_late),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_reopened),
		cmocka_unit_test(test_emptied),
		cmocka_unit_test(test_drops),
		cmocka_unit_test(test_nothing_left),
		cmocka_unit_test(test_what_exists),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_tee),
		cmocka_unit_test(test_tee_is_inherited_by_nobody),
		cmocka_unit_test(test_tee_without_room),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
