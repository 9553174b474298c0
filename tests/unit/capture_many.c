/* capture_many.c - several captures, a directory, standard input among them: one stream, ordered by time. */
#include "capture_build.h"

#include <sys/resource.h>
#include <sys/stat.h>

enum { MOST = 8 };

/* A capture with a packet at each of the times (ended by 0), whose one byte is the name. */
static const char *
capture_at(char name, const uint32_t *times)
{
	struct buf b;
	const char *path;

	buf_init(&b, MiB);
	put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
	for (; *times != 0; times++)
		put_record(&b, false, *times, 0, (slice){ (const uint8_t *)&name, 1 }, 1);
	path = path_of(buf_slice(&b));
	buf_fini(&b);
	return path;
}

/* The names of the packets in the order in which they came, numbers checked. */
static const char *
order(const struct run *r)
{
	static char text[KEPT + 1];

	assert_true(r->n <= KEPT);
	for (size_t i = 0; i < r->n; i++) {
		assert_int_equal(r->frame[i].number, i + 1);
		text[i] = (char)r->frame[i].bytes.p[0];
	}
	text[r->n] = '\0';
	return text;
}

static void
test_order(void **state)
{
	static const struct { uint32_t times[MOST][MOST]; const char *order; bool backwards; } cases[] = {
		{ { { 1, 2, 3 }, { 4, 5, 6 } }, "aaabbb", false },
		{ { { 4, 5, 6 }, { 1, 2, 3 } }, "bbbaaa", false },			/* named in any order */
		{ { { 1, 3, 5 }, { 2, 4, 6 } }, "ababab", false },			/* overlapping */
		{ { { 1, 9 }, { 2, 3 }, { 4, 8 }, { 5, 6 } }, "abbcddca", false },
		{ { { 1, 1, 1 }, { 1, 1, 1 } }, "aaabbb", false },			/* equal: as named */
		{ { { 1, 5, 2, 6 }, { 3, 4, 7 } }, "abbaaab", true },			/* backwards within a file: the file's order */
		{ { { 0 }, { 1 }, { 0 }, { 2 } }, "bd", false },			/* without packets */
		{ { { 1, 7 }, { 7, 8 }, { 7, 9 } }, "aabcbc", false },
		{ { { 5 }, { 4 }, { 3 }, { 2 }, { 1 } }, "edcba", false },
		{ { { 0 }, { 0 } }, "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *paths[MOST];
		struct run *r;
		size_t n = 0;

		for (; n < MOST && (cases[i].times[n][0] != 0 || (n + 1 < MOST && cases[i].times[n + 1][0] != 0) || n < 2); n++)
			paths[n] = capture_at((char)('a' + n), cases[i].times[n]);
		r = run_paths(paths, n);
		assert_int_equal(r->opened, 0);
		assert_int_equal(r->end, SOURCE_END);
		assert_string_equal(order(r), cases[i].order);
		assert_int_equal(r->notes, cases[i].backwards);
		assert_int_equal(r->stats.packets, strlen(cases[i].order));
		for (size_t j = 0; j < r->n; j++)
			assert_int_equal(r->frame[j].input, r->frame[j].bytes.p[0] - 'a');
		run_free(r);
		while (n > 0)
			forget(paths[--n]);
	}
}

/* pcap and pcapng, resolutions, link types and byte orders mixed. */
static void
test_mixed_formats(void **state)
{
	const char *paths[2] = { capture_at('a', (const uint32_t[]){ 1, 3, 0 }), NULL };
	struct buf b;
	struct run *r;

	(void)state;
	buf_init(&b, MiB);
	put_section(&b, true);
	put_interface(&b, true, 101, 0, 9, 0);
	put_packet(&b, true, 0, 2000000000, S("b"), 1);
	put_packet(&b, true, 0, 3000000001, S("b"), 1);
	paths[1] = path_of(buf_slice(&b));
	r = run_paths(paths, 2);
	assert_string_equal(order(r), "abab");
	assert_int_equal(r->frame[1].linktype, 101);
	assert_int_equal(r->frame[2].linktype, 1);
	run_free(r);
	forget(paths[0]);
	forget(paths[1]);
	buf_fini(&b);
}

/* Damage in one file, a file that is no capture, one that is not there: the others are read. */
static void
test_some_are_bad(void **state)
{
	const char *paths[] = {
		capture_at('a', (const uint32_t[]){ 1, 5, 0 }), path_of(S("no capture")), "/nonexistent.pcap",
		capture_at('d', (const uint32_t[]){ 2, 6, 0 })
	};
	struct run *r;

	(void)state;
	r = run_paths(paths, COUNT(paths));
	assert_int_equal(r->opened, 0);
	assert_string_equal(order(r), "adad");
	assert_true(r->stats.unreadable);
	assert_false(r->stats.damaged);
	assert_int_equal(r->notes, 2);
	run_free(r);
	assert_int_equal(truncate(paths[0], 24 + 17 + 10), 0);
	r = run_paths(paths, COUNT(paths));
	assert_string_equal(order(r), "add");
	assert_true(r->stats.damaged);
	assert_true(run_noted(r, FINDING_FILE_TRUNCATED));
	run_free(r);
	r = run_paths(paths + 1, 2);
	assert_int_equal(r->opened, -1);
	assert_int_equal(r->exit, 2);
	run_free(r);
	forget(paths[0]);
	forget(paths[1]);
	forget(paths[3]);
}

static void
test_standard_input_among_files(void **state)
{
	const char *input = capture_at('i', (const uint32_t[]){ 2, 4, 0 });
	const char *paths[] = { capture_at('a', (const uint32_t[]){ 3, 5, 0 }), "-", capture_at('c', (const uint32_t[]){ 1, 6, 0 }) };
	int saved = dup(STDIN_FILENO), fd = atoi(strrchr(input, '/') + 1);
	struct run *r;

	(void)state;
	lseek(fd, 0, SEEK_SET);
	dup2(fd, STDIN_FILENO);
	r = run_paths(paths, 3);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_string_equal(order(r), "ciaiac");
	run_free(r);
	forget(paths[0]);
	forget(paths[2]);
	forget(input);
}

/* Directories. */

static void
write_file(const char *directory, const char *name, slice bytes)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	fclose(f);
}

static void
remove_all(const char *directory)
{
	char command[256];

	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	assert_int_equal(system(command), 0);
}

static struct buf
one_packet(uint32_t seconds, slice data)
{
	struct buf b;

	buf_init(&b, MiB);
	put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
	put_record(&b, false, seconds, 0, data, (uint32_t)data.n);
	return b;
}

static void
test_directory(void **state)
{
	char directory[] = "/tmp/capture-test-XXXXXX", path[64];
	const char *paths[] = { directory };
	struct buf b;
	struct run *r;

	(void)state;
	assert_non_null(mkdtemp(directory));
	r = run_paths(paths, 1);				/* empty */
	assert_int_equal(r->exit, 2);
	run_free(r);
	write_file(directory, "README", S("not a capture"));
	write_file(directory, "empty", S(""));
	snprintf(path, sizeof path, "%s/fifo", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof path, "%s/below", directory);
	assert_int_equal(mkdir(path, 0700), 0);
	r = run_paths(paths, 1);				/* nothing in it that is one */
	assert_int_equal(r->exit, 2);
	run_free(r);
	b = one_packet(2, S("z"));
	write_file(directory, "a", buf_slice(&b));
	buf_fini(&b);
	b = one_packet(1, S("y"));
	write_file(directory, "b.pcap0", buf_slice(&b));
	write_file(directory, ".hidden", buf_slice(&b));
	buf_fini(&b);
	r = run_paths(paths, 1);
	assert_int_equal(r->opened, 0);
	assert_string_equal(order(r), "yz");
	assert_int_equal(r->notes, 0);
	assert_false(r->stats.unreadable);
	run_free(r);
	remove_all(directory);
}

/* Thousands of rotated files, a handful of descriptors, two packets of each overlapping with the next file's. */
static void
test_rotation(void **state)
{
	enum { FILES = 3000, DESCRIPTORS = 24 };
	char directory[] = "/tmp/capture-test-XXXXXX", name[32];
	const char *paths[] = { directory };
	struct file_options options = { .path = paths, .npath = 1, .quiet = true };
	struct rlimit before, few;
	struct source source;
	struct source_stats stats;
	struct frame frame;
	nstime last = 0;
	int exit_status;
	uint64_t n = 0;

	(void)state;
	assert_non_null(mkdtemp(directory));
	for (uint32_t i = 0; i < FILES; i++) {
		struct buf b = one_packet(10 * i, S("first"));

		put_record(&b, false, 10 * i + 5, 0, S("middle"), 6);
		put_record(&b, false, 10 * i + 11, 0, S("last"), 4);
		snprintf(name, sizeof name, "ring.pcap%u", i);		/* sorted by name they are out of order */
		write_file(directory, name, buf_slice(&b));
		buf_fini(&b);
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = DESCRIPTORS;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	while (source.next(source.self, &frame) == SOURCE_FRAME) {
		assert_int_equal(frame.number, ++n);
		assert_true(frame.time >= last);
		last = frame.time;
	}
	assert_int_equal(n, 3 * FILES);
	source.stats(source.self, &stats);
	assert_false(stats.damaged || stats.unreadable);
	assert_int_equal(stats.read, stats.size);
	source.close(source.self);
	setrlimit(RLIMIT_NOFILE, &before);
	remove_all(directory);
}

/* More files at one time than are read at once: everything comes, and it is said that order is not kept. */
static void
test_crowd(void **state)
{
	enum { FILES = LIMIT_OPEN_CAPTURES + 20 };
	char directory[] = "/tmp/capture-test-XXXXXX", name[32];
	const char *paths[] = { directory };
	struct run *r;

	(void)state;
	assert_non_null(mkdtemp(directory));
	for (uint32_t i = 0; i < FILES; i++) {
		struct buf b = one_packet(i + 1, S("first"));

		put_record(&b, false, 1000000, 0, S("last"), 4);
		snprintf(name, sizeof name, "%u", i);
		write_file(directory, name, buf_slice(&b));
		buf_fini(&b);
	}
	r = run_paths(paths, 1);
	assert_int_equal(r->n, 2 * FILES);
	assert_int_equal(r->notes, 1);
	assert_int_equal(r->note[0].finding, FINDING_FILE_TIME_BACKWARDS);
	run_free(r);
	remove_all(directory);
}

/* Marks of several files at once: what recall() promises is still there. */
static void
test_recall(void **state)
{
	enum { FILES = 5, PACKETS = 5000, BYTES = 900 };
	const char *paths[FILES];
	struct file_options options = { .path = paths, .npath = FILES, .quiet = true };
	struct frame frame, *seen = xcalloc(FILES * PACKETS, sizeof *seen);
	struct source source;
	uint8_t data[BYTES];
	size_t n = 0, gone = 0;
	int exit_status;

	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		struct buf b;

		buf_init(&b, SIZE_MAX / 2);
		put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
		for (uint32_t j = 0; j < PACKETS; j++) {
			memset(data, (int)((FILES * j + i) % 251), sizeof data);
			put_record(&b, false, j + 1, 0, (slice){ data, sizeof data }, BYTES);
		}
		paths[i] = path_of(buf_slice(&b));
		buf_fini(&b);
	}
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	while (source.next(source.self, &frame) == SOURCE_FRAME) {
		seen[n++] = frame;
		for (size_t back = 1; back < n; back += 97) {
			const struct frame *old = &seen[n - 1 - back];
			bool there = source.recall(source.self, old->mark);

			if (back * (BYTES + 16) <= LIMIT_RECALL)
				assert_true(there);
			if (there)
				assert_int_equal(old->bytes.p[BYTES / 2], (n - 1 - back) % 251);
			gone += !there;
		}
	}
	assert_int_equal(n, FILES * PACKETS);
	assert_true(gone > 0);
	source.close(source.self);
	for (size_t i = 0; i < FILES; i++)
		forget(paths[i]);
	free(seen);
}

static void
test_names(void **state)
{
	const char *paths[] = { capture_at('a', (const uint32_t[]){ 1, 0 }), "/nonexistent\x1b.pcap", capture_at('c', (const uint32_t[]){ 1, 0 }) };
	struct file_options options = { .path = paths, .npath = 1, .quiet = true };
	struct run *notes = xcalloc(1, sizeof *notes);
	struct source_stats stats;
	struct source source;
	struct frame frame;
	int exit_status;

	(void)state;
	options.npath = 3;
	options.user = (struct source_user){ notes, run_note };
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	assert_int_equal(notes->notes, 0);		/* not before somebody reads */
	source.stats(source.self, &stats);
	assert_int_equal(stats.digits, 6);		/* known already */
	assert_int_equal(source.next(source.self, &frame), SOURCE_FRAME);
	assert_int_equal(notes->notes, 1);
	assert_string_equal(notes->note[0].words, "/nonexistent\\e.pcap: No such file or directory");
	assert_string_equal(file_input_name(&source, 0), paths[0]);
	assert_string_equal(file_input_name(&source, 1), paths[2]);
	assert_string_equal(file_input_name(&source, 17), "?");
	source.close(source.self);
	free(notes);
	forget(paths[0]);
	forget(paths[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_mixed_formats),
		cmocka_unit_test(test_some_are_bad),
		cmocka_unit_test(test_standard_input_among_files),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
