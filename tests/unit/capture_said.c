/* capture_said.c - what people are told on stderr, and what the machine does to a reader: signals, failing disks. */
#include "capture_build.h"

#include <signal.h>
#include <sys/time.h>

#include "capture/capfile.h"

/* What a run says. */
static const char *
said(const char *const *paths, size_t n, bool quiet)
{
	static char text[4096];
	struct file_options options = { .path = paths, .npath = n, .quiet = quiet };
	const char *path = path_of(SLICE_NONE);
	int saved = dup(STDERR_FILENO), fd = atoi(strrchr(path, '/') + 1);
	ssize_t got;

	dup2(fd, STDERR_FILENO);
	run_free(run_options(&options));
	dup2(saved, STDERR_FILENO);
	close(saved);
	got = pread(fd, text, sizeof text - 1, 0);
	assert_true(got >= 0);
	text[got] = '\0';
	forget(path);
	return text;
}

static struct buf
two_packets(void)
{
	struct buf b;

	buf_init(&b, MiB);
	put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
	put_record(&b, false, 1, 0, S("first"), 5);
	put_record(&b, false, 2, 0, S("second"), 6);
	return b;
}

static void
write_named(const char *path, slice bytes)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	fclose(f);
}

/* One line for a damaged file, with its name, cleaned, and the place. */
static void
test_damaged(void **state)
{
	static const char name[] = "/tmp/capture-test-\x1b[31m\n.pcap";
	const char *paths[] = { name };
	struct buf b = two_packets();

	(void)state;
	write_named(name, slice_take(buf_slice(&b), b.n - 1));
	assert_string_equal(said(paths, 1, false),
	    "smtptap: /tmp/capture-test-\\e[31m\\n.pcap: ends inside the record at byte 45\n");
	assert_string_equal(said(paths, 1, true), "");
	write_named(name, buf_slice(&b));
	assert_string_equal(said(paths, 1, false), "");
	unlink(name);
	buf_fini(&b);
}

static void
test_unreadable(void **state)
{
	static const struct { const char *path, *words; } cases[] = {
		{ "/nonexistent/x", "smtptap: /nonexistent/x: No such file or directory\n" },
		{ "/proc/self/mem", "smtptap: /proc/self/mem: Input/output error\n" },
		{ "/proc/self/cmdline", "smtptap: /proc/self/cmdline: not a capture file\n" },
		{ "/dev/null", "smtptap: /dev/null: not a capture: it is empty\n" },
		{ "/proc/self/task", "smtptap: /proc/self/task: no capture files in this directory\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(said(&cases[i].path, 1, false), cases[i].words);
}

static void
test_other_formats(void **state)
{
	static const struct { slice bytes; const char *words; } cases[] = {
		{ { (const uint8_t *)"\xfd" "7zXZ", 5 }, "compressed with xz" }, { { (const uint8_t *)"BZh91AY", 7 }, "compressed with bzip2" },
		{ { (const uint8_t *)"PK\3\4\5", 5 }, "a ZIP archive" }, { { (const uint8_t *)"snoop\0\0\0", 8 }, "a snoop capture" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *path = path_of(cases[i].bytes);

		assert_non_null(strstr(said(&path, 1, false), cases[i].words));
		forget(path);
	}
}

static void
on_alarm(int signal)
{
	(void)signal;
}

/* A signal while a pipe is silent comes through as "nothing for now", and nothing is lost. */
static void
test_signal(void **state)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value = { 0, 20000 } };
	struct buf b = two_packets();
	int fds[2], exit_status;
	char path[32];
	const char *paths[] = { path };
	struct file_options options = { .path = paths, .npath = 1, .quiet = true };
	struct source source;
	struct frame frame;

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	assert_int_equal(pipe(fds), 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
	assert_int_equal(write(fds[1], b.p, 50), 50);		/* the first packet, and a piece of the second */
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	close(fds[0]);
	assert_int_equal(source.next(source.self, &frame), SOURCE_FRAME);
	for (int i = 0; i < 3; i++) {
		setitimer(ITIMER_REAL, &soon, NULL);
		assert_int_equal(source.next(source.self, &frame), SOURCE_NONE);
	}
	assert_int_equal(write(fds[1], b.p + 50, b.n - 50), b.n - 50);
	close(fds[1]);
	assert_int_equal(source.next(source.self, &frame), SOURCE_FRAME);
	assert_slice(frame.bytes, "second");
	assert_int_equal(frame.number, 2);
	assert_int_equal(source.next(source.self, &frame), SOURCE_END);
	source.close(source.self);
	signal(SIGALRM, SIG_DFL);
	buf_fini(&b);
}

/* A disk that fails after some bytes. */

struct disk {
	slice good;
	struct input_error error;
};

static long
disk_read(void *self, uint8_t *to, size_t room)
{
	struct disk *d = self;
	size_t n = d->good.n < room ? d->good.n : room;

	if (n == 0)
		return INPUT_FAILED;
	memcpy(to, d->good.p, n);
	d->good = slice_drop(d->good, n);
	return (long)n;
}

static const struct input_error *
disk_error(void *self)
{
	return &((struct disk *)self)->error;
}

static void
disk_close(void *self)
{
	(void)self;
}

static void
test_failing_disk(void **state)
{
	struct buf b = two_packets();
	struct disk disk = { .good = slice_take(buf_slice(&b), b.n - 3), .error = { "the disk is gone", 64, false } };
	const struct input input = { disk_read, disk_error, disk_close, &disk };
	struct run *notes = xcalloc(1, sizeof *notes);
	const struct source_user user = { notes, run_note };
	struct input_error error;
	struct capfile *file;
	struct intake in;
	struct frame frame;

	(void)state;
	intake_init(&in, &user, true);
	file = capfile_over(&in, "disk", &input, &error);
	assert_non_null(file);
	assert_int_equal(capfile_next(file, &frame), SOURCE_FRAME);
	assert_int_equal(capfile_next(file, &frame), SOURCE_FAILED);
	assert_int_equal(capfile_next(file, &frame), SOURCE_END);
	assert_int_equal(notes->notes, 1);
	assert_string_equal(notes->note[0].words, "disk: cannot be read on: the disk is gone, at byte 64");
	assert_true(in.damaged);
	capfile_free(&file);
	disk.good = SLICE_NONE;
	assert_null(capfile_over(&in, "disk", &input, &error));
	assert_string_equal(error.words, "the disk is gone");
	intake_fini(&in);
	free(notes);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_other_formats),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_failing_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
