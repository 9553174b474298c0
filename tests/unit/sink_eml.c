/* -T eml: names, exact bytes, nothing overwritten, no link followed, constant descriptors, and the manifest. */
#include "pipe.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_check.h"

static char dir[64], other[64];
static struct json_check check;
static const char *input_path;

static int
set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/smtptap-eml-XXXXXX");
	strcpy(other, "/tmp/smtptap-other-XXXXXX");
	return mkdtemp(dir) == NULL || mkdtemp(other) == NULL;
}

static int
tear_down(void **state)
{
	char command[200];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s %s", dir, other);
	return system(command) != 0;
}

static const char *
path_of(const char *name)
{
	static char path[4][256];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%.79s", dir, name);
	return path[turn];
}

/* The names in the directory, but for the manifest, sorted by their order there; hidden ones count too. */
static unsigned
names(char found[][80], unsigned max)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && strcmp(e->d_name, "manifest.jsonl") != 0) {
			if (n < max)
				strcpy(found[n], e->d_name);
			n++;
		}
	closedir(d);
	return n;
}

static struct script
start(struct pipe *p, struct output_options *options)
{
	static const char *const argv[] = { "smtptap", "-r", "x.pcap" };

	*options = (struct output_options){
		.digits = 6, .argv = argv, .argc = 3, .input = &input_path, .ninput = input_path != NULL, .overlap = "linux",
	};
	return pipe_open(p, "eml", dir, options);
}

static void
message(struct script *s, uint32_t index, slice bytes)
{
	script_command(s, "MAIL FROM:<a@b.example>");
	script_command(s, "RCPT TO:<c@d.example>");
	script_content(s, index, bytes);
	script_done(s, index, MAIL_ACCEPTED, "data");
}

static void
exact_bytes(void **state)
{
	static const char bytes[] = "From: x\r\n\r\n.dot\r\n\0nul\xff\n";
	char found[2][80], *text;
	struct output_options options;
	struct pipe p;
	struct script s = start(&p, &options);
	struct stat st;

	(void)state;
	script_open(&s, 1);
	message(&s, 7, (slice){ (const uint8_t *)bytes, sizeof bytes - 1 });
	script_close(&s, WHY_FIN, DIR_CLIENT);
	assert_int_equal(pipe_close(&p, false), 0);
	assert_int_equal(names(found, 2), 1);
	assert_int_equal(strlen(found[0]), strlen("20261121T182901Z-abcdefgh-7.eml"));
	assert_int_equal(strncmp(found[0], "20261121T182901Z-", 17), 0);
	assert_string_equal(found[0] + 25, "-7.eml");
	assert_int_equal(lstat(path_of(found[0]), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, sizeof bytes - 1);
	text = read_file(path_of(found[0]));
	assert_memory_equal(text, bytes, sizeof bytes - 1);
	free(text);
}

static void
manifest(void **state)
{
	char *text, *line, *end;
	struct output_options options;
	struct pipe p;
	struct script s;
	struct event e;
	FILE *f;

	(void)state;
	input_path = strdup(path_of("../smtptap-input"));
	f = fopen(input_path, "w");
	fputs("abc", f);
	fclose(f);
	s = start(&p, &options);
	script_open(&s, 1);
	message(&s, 1, S("abc"));
	script_command(&s, "MAIL FROM:<>");
	script_begin(&s, 2, "DATA");
	script_bytes(&s, S("12345"));
	e = script_event(&s, EV_GAP, DIR_CLIENT);
	e.u.gap = (struct ev_gap){ .missing = 1448, .mail = s.mail };
	s.feed(s.self, &e);
	script_bytes(&s, S("67"));
	script_end(&s, 7, false, 1448);
	script_done(&s, 2, MAIL_INCOMPLETE, NULL);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	assert_int_equal(pipe_close(&p, false), 0);
	text = read_file(path_of("manifest.jsonl"));
	unlink(input_path);
	free((char *)input_path);
	input_path = NULL;
	assert_int_equal(strncmp(text, "{\"v\":1,\"type\":\"run\",", 20), 0);
	assert_non_null(strstr(text, "\"arguments\":[\"smtptap\",\"-r\",\"x.pcap\"]"));
	assert_non_null(strstr(text, "\"size\":3,\"sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}],\"overlap_policy\":\"linux\""));
	assert_non_null(strstr(text, "\"whole\":true,\"size\":3,\"missing_bytes\":0,\"missing\":[],"
	    "\"sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"kept\":false}"));
	assert_non_null(strstr(text, "-2.partial.eml\""));
	assert_non_null(strstr(text, "\"whole\":false,\"size\":7,\"missing_bytes\":1448,\"missing\":[{\"offset\":5,\"length\":1448}],"
	    "\"sha256\":\"8bb0cf6eb9b17d0f7d22b456f121257dc1254e1f01665370476383ea776df414\""));
	assert_non_null(strstr(text, "{\"v\":1,\"type\":\"result\",\"status\":\"complete\",\"files\":2,\"partial_files\":1,\"kept_files\":0,\"differing_files\":0,\"bytes\":10}\n"));
	for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1)
		if (!json_check_line(&check, "manifest", (slice){ (uint8_t *)line, (size_t)(end + 1 - line) }))
			fail_msg("%s at %s", check.error, check.path);
	free(text);
}

static int
run(slice bytes)
{
	struct output_options options;
	struct pipe p;
	struct script s = start(&p, &options);

	script_open(&s, 1);
	message(&s, 1, bytes);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	return pipe_close(&p, false);
}

static void
again_is_kept(void **state)
{
	char found[2][80], *first, *text;

	(void)state;
	assert_int_equal(run(S("one")), 0);
	first = read_file(path_of("manifest.jsonl"));
	assert_int_equal(run(S("one")), 0);
	assert_int_equal(names(found, 2), 1);
	text = read_file(path_of("manifest.jsonl"));
	assert_int_equal(strncmp(text, first, strlen(first)), 0);	/* the second run stands behind the first */
	assert_non_null(strstr(text + strlen(first), "\"kept\":true"));
	free(first);
	free(text);
}

static void
different_is_an_error(void **state)
{
	char found[2][80], *text;

	(void)state;
	assert_int_equal(run(S("one")), 0);
	assert_int_equal(run(S("two")), -1);
	assert_int_equal(names(found, 2), 1);
	text = read_file(path_of(found[0]));
	assert_string_equal(text, "one");
	free(text);
	text = read_file(path_of("manifest.jsonl"));
	assert_non_null(strstr(text, "\"status\":\"failed\",\"files\":0"));
	free(text);
}

static void
no_link_is_followed(void **state)
{
	char found[2][80], target[128], *text;
	FILE *f;

	(void)state;
	assert_int_equal(run(S("one")), 0);
	assert_int_equal(names(found, 2), 1);
	snprintf(target, sizeof target, "%s/target", other);
	f = fopen(target, "w");
	fputs("one", f);				/* even the same bytes, behind a link, are not ours */
	fclose(f);
	unlink(path_of(found[0]));
	assert_int_equal(symlink(target, path_of(found[0])), 0);
	assert_int_equal(run(S("one")), -1);
	text = read_file(target);
	assert_string_equal(text, "one");
	free(text);
	unlink(path_of(found[0]));
	unlink(target);
	assert_int_equal(symlink(target, path_of(found[0])), 0);	/* a dangling one */
	assert_int_equal(run(S("one")), -1);
	assert_int_equal(access(target, F_OK), -1);
	unlink(path_of(found[0]));
	unlink(path_of("manifest.jsonl"));
	assert_int_equal(symlink(target, path_of("manifest.jsonl")), 0);
	assert_int_equal(run(S("one")), -1);
	assert_int_equal(access(target, F_OK), -1);
}

static void
fifo_does_not_block(void **state)
{
	char found[2][80];

	(void)state;
	assert_int_equal(run(S("one")), 0);
	names(found, 2);
	unlink(path_of(found[0]));
	unlink(path_of("manifest.jsonl"));
	assert_int_equal(mkfifo(path_of(found[0]), 0600), 0);
	assert_int_equal(mkfifo(path_of("manifest.jsonl"), 0600), 0);
	alarm(10);
	assert_int_equal(run(S("one")), -1);
	alarm(0);
}

/* More bytes were announced than came (the second reading is not held for ever): not whole, whatever the record says. */
static void
short_is_partial(void **state)
{
	char found[2][80];
	struct output_options options;
	struct pipe p;
	struct script s = start(&p, &options);

	(void)state;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 1, "DATA");
	script_bytes(&s, S("half"));
	script_end(&s, 8, true, 0);
	script_done(&s, 1, MAIL_ACCEPTED, "data");
	script_close(&s, WHY_FIN, DIR_CLIENT);
	assert_int_equal(pipe_close(&p, false), 0);
	assert_int_equal(names(found, 2), 1);
	assert_non_null(strstr(found[0], "-1.partial.eml"));
}

/* Two hundred messages at once, piece by piece, with few descriptors. */
static void
many_at_once(void **state)
{
	enum { MANY = 200 };
	static struct script script[MANY];
	char found[MANY][80];
	struct output_options options;
	struct pipe p;
	struct script s = start(&p, &options);
	struct rlimit old, few;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = 100;
	setrlimit(RLIMIT_NOFILE, &few);
	for (int i = 0; i < MANY; i++) {
		script[i] = s;
		script_open(&script[i], (uint64_t)i + 1);
		script_command(&script[i], "MAIL FROM:<a@b.example>");
		script_begin(&script[i], 1, "DATA");
	}
	for (int round = 0; round < 5; round++)
		for (int i = 0; i < MANY; i++) {
			char piece[32];

			snprintf(piece, sizeof piece, "%d of %d\r\n", round, i);
			script_bytes(&script[i], slice_of(piece));
		}
	for (int i = 0; i < MANY; i++) {
		script_end(&script[i], i < 10 ? 40 : i < 100 ? 45 : 50, true, 0);
		script_done(&script[i], 1, MAIL_ACCEPTED, "data");
	}
	assert_int_equal(pipe_close(&p, false), 0);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(names(found, MANY), MANY);
	for (int i = 0; i < MANY; i++) {
		char *text = read_file(path_of(found[i])), want[64];
		int who = -1;

		assert_null(strstr(found[i], "partial"));
		assert_int_equal(sscanf(text, "0 of %d", &who), 1);
		snprintf(want, sizeof want, "0 of %d\r\n1 of %d\r\n2 of %d\r\n3 of %d\r\n4 of %d\r\n", who, who, who, who, who);
		assert_string_equal(text, want);
		free(text);
	}
}

static void
full_disk(void **state)
{
	char found[4][80];
	struct rlimit old, small;
	struct output_options options;
	struct pipe p;
	struct script s;
	slice block = { calloc(1, 100000), 100000 };

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 150000;
	s = start(&p, &options);
	script_open(&s, 1);
	message(&s, 1, S("fits"));
	setrlimit(RLIMIT_FSIZE, &small);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 2, "DATA");
	for (int i = 0; i < 5; i++)
		script_bytes(&s, block);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(p.status, -1);
	pipe_close(&p, true);
	assert_int_equal(names(found, 4), 1);			/* the first is whole, of the second nothing is left */
	assert_non_null(strstr(found[0], "-1.eml"));
	free((void *)block.p);
}

static void
directory_is_made(void **state)
{
	struct stat st;

	(void)state;
	strcat(dir, "/new");
	assert_int_equal(run(S("one")), 0);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	dir[strlen(dir) - 4] = '\0';
}

static unsigned
lines_of(const char *name)
{
	char *text = read_file(path_of(name));
	unsigned n = 0;

	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	free(text);
	return n;
}

/* Live the manifest tells each file when it is there; rotated away, it goes on in a new one. */
static void
live_manifest(void **state)
{
	struct output_options options;
	struct pipe p;
	struct script s = start(&p, &options);

	(void)state;
	pipe_close(&p, true);
	unlink(path_of("manifest.jsonl"));
	options.live = true;
	s = pipe_open(&p, "eml", dir, &options);
	assert_int_equal(lines_of("manifest.jsonl"), 1);
	script_open(&s, 1);
	message(&s, 1, S("one"));
	assert_int_equal(lines_of("manifest.jsonl"), 2);
	assert_int_equal(rename(path_of("manifest.jsonl"), path_of("old")), 0);
	assert_int_equal(p.sink.ops->reopen(p.sink.self), 0);
	assert_int_equal(lines_of("manifest.jsonl"), 1);	/* which run it is */
	assert_int_equal(p.sink.ops->reopen(p.sink.self), 0);
	assert_int_equal(lines_of("manifest.jsonl"), 1);	/* the same file has it already */
	message(&s, 2, S("two"));
	script_close(&s, WHY_FIN, DIR_CLIENT);
	assert_int_equal(pipe_close(&p, false), 0);
	assert_int_equal(lines_of("old"), 2);
	assert_int_equal(lines_of("manifest.jsonl"), 3);
}

static void
empty_message(void **state)
{
	char found[2][80];
	struct stat st;

	(void)state;
	assert_int_equal(run(S("")), 0);
	assert_int_equal(names(found, 2), 1);
	assert_int_equal(stat(path_of(found[0]), &st), 0);
	assert_int_equal(st.st_size, 0);
}

#define TEST(f)  cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(exact_bytes), TEST(manifest), TEST(again_is_kept), TEST(different_is_an_error), TEST(no_link_is_followed),
		TEST(fifo_does_not_block), TEST(short_is_partial), TEST(many_at_once), TEST(full_disk), TEST(directory_is_made),
		TEST(live_manifest), TEST(empty_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
