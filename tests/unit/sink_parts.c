/* -T parts: which files, what they are called, exact bytes, and the manifest; nothing half-written stays. */
#include "pipe.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_check.h"

enum { NAMES = 8 };

static char dir[64];
static struct output_options options;
static struct pipe sink;

static int
set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/smtptap-parts-XXXXXX");
	options = (struct output_options){ .digits = 6, .overlap = "linux", .digests = WANT_SHA256 };
	return mkdtemp(dir) == NULL;
}

static int
tear_down(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command) != 0;
}

static struct script
start(void)
{
	struct script s = pipe_open(&sink, "parts", dir, &options);

	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_command(&s, "RCPT TO:<c@d.example>");
	script_begin(&s, 1, "DATA");
	return s;
}

static int
finish(struct script *s)
{
	script_end(s, 100, true, 0);
	script_done(s, 1, MAIL_ACCEPTED, "data");
	script_close(s, WHY_FIN, DIR_CLIENT);
	return pipe_close(&sink, false);
}

static void
file(struct script *s, uint32_t part, const char *path, const char *name, slice bytes, uint64_t missing)
{
	script_part(s, part, 0, PART_LEAF, path, "application/pdf", name);
	script_part_bytes(s, part, slice_take(bytes, bytes.n / 2));
	script_part_bytes(s, part, slice_drop(bytes, bytes.n / 2));
	script_part_end(s, part, bytes, missing);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* What stands in the directory behind "20261121T182901Z-<8>-", sorted; of the manifest nothing. */
static unsigned
names(char found[NAMES][100])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || strcmp(e->d_name, "manifest.jsonl") == 0)
			continue;
		assert_true(n < NAMES);
		snprintf(found[n++], 100, "%.99s", strlen(e->d_name) > 26 ? e->d_name + 26 : e->d_name);
	}
	closedir(d);
	qsort(found, n, sizeof found[0], by_name);
	return n;
}

/* The content of the file whose name ends so; the caller frees it. */
static char *
content_of(const char *end)
{
	char command[200], path[200] = "";
	FILE *f;

	snprintf(command, sizeof command, "ls %s/*%s", dir, end);
	f = popen(command, "r");
	assert_non_null(fgets(path, sizeof path, f));
	pclose(f);
	path[strcspn(path, "\n")] = '\0';
	return read_file(path);
}

static void
is_file(const char *end, const char *want)
{
	char *text = content_of(end);

	assert_string_equal(text, want);
	free(text);
}

static void
named_parts(void **state)
{
	struct script s = start();
	char found[NAMES][100], path[200];
	struct stat st;

	(void)state;
	script_part(&s, 1, 0, PART_MULTIPART, "", "multipart/mixed", "not-a-file");
	script_part(&s, 2, 1, PART_LEAF, "1", "text/plain", NULL);
	script_part_bytes(&s, 2, S("no file"));
	script_part_end(&s, 2, S("no file"), 0);
	file(&s, 3, "2", "../../report.pdf", S("the report"), 0);
	file(&s, 4, "3", "report.pdf", S("another"), 0);
	file(&s, 5, "4", "lost.pdf", S("half"), 4);
	file(&s, 6, "5", "empty.pdf", S(""), 0);
	script_multipart_end(&s, 1);
	assert_int_equal(finish(&s), 0);
	assert_int_equal(names(found), 4);
	assert_string_equal(found[0], "1-2-report.pdf");
	assert_string_equal(found[1], "1-3-report.pdf");
	assert_string_equal(found[2], "1-4-lost.pdf.partial");
	assert_string_equal(found[3], "1-5-empty.pdf");
	is_file("-2-report.pdf", "the report");
	is_file("-3-report.pdf", "another");
	is_file(".partial", "half");
	is_file("-empty.pdf", "");
	snprintf(path, sizeof path, "%s/manifest.jsonl", dir);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
all_parts(void **state)
{
	struct script s;
	char found[NAMES][100];

	(void)state;
	options.all_parts = true;
	s = start();
	assert_true(sink.sink.wants & WANT_ALL_DIGESTS);
	script_part(&s, 1, 0, PART_MULTIPART, "", "multipart/mixed", NULL);
	script_part(&s, 2, 1, PART_LEAF, "1", "text/plain", NULL);
	script_part_bytes(&s, 2, S("Hello"));
	script_part_end(&s, 2, S("Hello"), 0);
	script_part(&s, 3, 1, PART_MESSAGE, "2", "message/rfc822", NULL);
	script_part_bytes(&s, 3, S("From: x\n\n"));
	script_part(&s, 4, 3, PART_LEAF, "2.1", "text/html", NULL);
	script_part_bytes(&s, 3, S("<p>"));
	script_part_bytes(&s, 4, S("<p>"));
	script_part_end(&s, 4, S("<p>"), 0);
	script_part_end(&s, 3, S("From: x\n\n<p>"), 0);
	assert_int_equal(finish(&s), 0);
	assert_int_equal(names(found), 3);
	assert_string_equal(found[0], "1-1-part.txt");
	assert_string_equal(found[1], "1-2-part.eml");
	assert_string_equal(found[2], "1-2.1-part.html");
	is_file("-2-part.eml", "From: x\n\n<p>");
	is_file("-2.1-part.html", "<p>");
}

static void
unpacked(void **state)
{
	struct script s = start();
	char found[NAMES][100];

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "text/plain", NULL);
	script_part(&s, 2, 1, PART_UNPACKED, NULL, "application/octet-stream", "a.bin");
	script_part_bytes(&s, 2, S("one"));
	script_part_end(&s, 2, S("one"), 0);
	script_part(&s, 3, 1, PART_UNPACKED, NULL, "application/octet-stream", "a.bin");
	script_part_bytes(&s, 3, S("two"));
	script_part_end(&s, 3, S("two"), 0);
	script_part_end(&s, 1, S("text"), 0);
	assert_int_equal(finish(&s), 0);
	assert_int_equal(names(found), 2);
	assert_string_equal(found[0], "1-1_1-a.bin");
	assert_string_equal(found[1], "1-1_2-a.bin");
	is_file("1_2-a.bin", "two");
}

static void
manifest(void **state)
{
	static struct json_check check;
	struct script s = start();
	struct event e;
	char path[200], *text, *line;

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "application/pdf", "\346\265\213/x y.pdf");
	script_part_bytes(&s, 1, S("abc"));
	e = script_event(&s, EV_GAP, DIR_CLIENT);
	e.u.gap = (struct ev_gap){ .missing = 1448, .mail = s.mail };
	s.feed(s.self, &e);
	script_part_bytes(&s, 1, S("def"));
	script_part_end(&s, 1, S("abcdef"), 1448);
	assert_int_equal(finish(&s), 0);
	snprintf(path, sizeof path, "%s/manifest.jsonl", dir);
	text = read_file(path);
	assert_non_null(strstr(text, "-1-1-x_y.pdf.partial\",\"path\":\"1\",\"filename\":\"\346\265\213/x y.pdf\",\"content_type\":\"application/pdf\",\"uid\":\""));
	assert_non_null(strstr(text, "\"mail_from\":\"a@b.example\",\"recipients\":[\"c@d.example\"],\"status\":\"accepted\""));
	assert_non_null(strstr(text, "\"whole\":false,\"size\":6,\"missing_bytes\":1448,\"missing\":[{\"offset\":3,\"length\":1448}],"
	    "\"sha256\":\"bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721\""));
	assert_non_null(strstr(text, "\"files\":1,\"partial_files\":1"));
	for (line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
		slice one = { (uint8_t *)line, strcspn(line, "\n") + 1 };

		if (!json_check_line(&check, "manifest", one))
			fail_msg("%s: %.*s", check.error, (int)one.n, line);
	}
	free(text);
}

/* More parts than may be open at once, and than the record holds. */
static void
many(void **state)
{
	enum { MANY = LIMIT_MIME_PARTS + 3 };
	struct script s = start();
	char path[20], name[40], command[200];

	(void)state;
	for (unsigned i = 1; i <= MANY; i++) {
		snprintf(path, sizeof path, "%u", i);
		script_part(&s, i, 0, PART_LEAF, path, "application/pdf", "a.pdf");
		snprintf(name, sizeof name, "content %u", i);
		script_part_bytes(&s, i, slice_of(name));
		if (i <= LIMIT_FOLDER_OPEN)
			continue;		/* those end last */
		script_part_end(&s, i, slice_of(name), 0);
	}
	for (unsigned i = 1; i <= LIMIT_FOLDER_OPEN; i++) {
		script_part_bytes(&s, i, S(", and more"));
		snprintf(name, sizeof name, "content %u, and more", i);
		script_part_end(&s, i, slice_of(name), 0);
	}
	assert_int_equal(finish(&s), 0);
	is_file("-1-1-a.pdf", "content 1, and more");
	is_file("-1-9999-a.pdf", "content 9999");
	snprintf(command, sizeof command, "ls %s | grep -c p1000[123]-part.partial | grep -qx 3", dir);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof command, "ls -a %s | grep -q tmp", dir);
	assert_int_not_equal(system(command), 0);
}

static void
full_disk(void **state)
{
	slice block = { calloc(1, 200000), 200000 };
	struct rlimit old, small;
	char found[NAMES][100];
	struct script s;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 150000;
	s = start();
	file(&s, 1, "1", "fits", S("fits"), 0);
	setrlimit(RLIMIT_FSIZE, &small);
	file(&s, 2, "2", "does-not-fit", block, 0);
	finish(&s);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(sink.status, -1);
	assert_int_equal(names(found), 0);	/* what could not be written whole is not called partial, either */
	free((void *)(uintptr_t)block.p);
}

/* The run fails in the midst of a part: nothing of it stays. */
static void
given_up(void **state)
{
	struct script s = start();
	char found[NAMES][100];

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "application/pdf", "a.pdf");
	script_part_bytes(&s, 1, S("half of it"));
	pipe_close(&sink, true);
	assert_int_equal(names(found), 0);
}

static void
memory_is_counted(void **state)
{
	struct script s = start();
	size_t before = sink.sink.ops->memory(sink.sink.self);

	(void)state;
	file(&s, 1, "1", "a", S("a"), 0);
	assert_true(sink.sink.ops->memory(sink.sink.self) > before);
	script_end(&s, 1, true, 0);
	script_done(&s, 1, MAIL_ACCEPTED, "data");
	assert_int_equal(sink.sink.ops->memory(sink.sink.self), 0);
	pipe_close(&sink, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(named_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unpacked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(manifest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(given_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_is_counted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
