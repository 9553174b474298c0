/* The shared output file: whole or not at all, appended live, errors said once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/output.h"
#include "sink/sinks.h"

static char dir[] = "/tmp/smtptap-output-XXXXXX";

static const char *
in_dir(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static bool
holds(const char *path, const char *text)
{
	char got[256] = "";
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return false;
	(void)!fread(got, 1, sizeof got - 1, f);
	fclose(f);
	return strcmp(got, text) == 0;
}

static unsigned
files(void)
{
	char command[300];
	unsigned n = 0;
	FILE *p;

	snprintf(command, sizeof command, "ls -A %s | wc -l", dir);
	p = popen(command, "r");
	assert_int_equal(fscanf(p, "%u", &n), 1);
	pclose(p);
	return n;
}

static void
appears_at_close(void **state)
{
	struct output where = { .path = in_dir("a") };
	struct output_options options = { .line_buffered = true };
	struct output_file *o = output_open(&where, &options);

	(void)state;
	assert_non_null(o);
	assert_int_equal(output_add(o, S("one\n")), 0);
	assert_int_equal(access(where.path, F_OK), -1);
	buf_add(output_buf(o), S("two\n"));
	assert_int_equal(output_commit(o), 0);
	assert_int_equal(output_close(&o, false), 0);
	assert_null(o);
	assert_true(holds(where.path, "one\ntwo\n"));
	assert_int_equal(files(), 1);
	unlink(where.path);
}

static void
failed_run_leaves_nothing(void **state)
{
	struct output where = { .path = in_dir("b") };
	struct output_options options = { 0 };
	struct output_file *o = output_open(&where, &options);

	(void)state;
	output_add(o, S("half\n"));
	output_close(&o, true);
	assert_int_equal(files(), 0);
}

static void
old_file_stays_until_then(void **state)
{
	struct output where = { .path = in_dir("c") };
	struct output_options options = { 0 };
	struct output_file *o;
	FILE *f = fopen(where.path, "w");

	(void)state;
	fputs("old", f);
	fclose(f);
	o = output_open(&where, &options);
	output_add(o, S("new"));
	assert_true(holds(where.path, "old"));
	output_close(&o, false);
	assert_true(holds(where.path, "new"));
	unlink(where.path);
}

static void
link_is_followed(void **state)
{
	char target[256];
	struct output where;
	struct output_options options = { 0 };
	struct output_file *o;
	struct stat st;

	(void)state;
	strcpy(target, in_dir("target"));
	fclose(fopen(target, "w"));
	where = (struct output){ .path = in_dir("link") };
	assert_int_equal(symlink(target, where.path), 0);
	o = output_open(&where, &options);
	output_add(o, S("x"));
	output_close(&o, false);
	assert_int_equal(lstat(where.path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(holds(target, "x"));
	unlink(where.path);
	unlink(target);
}

static void
live_appends(void **state)
{
	struct output where = { .path = in_dir("d") };
	struct output_options options = { .live = true };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct output_file *o = output_open(&where, &options);

		output_add(o, S("line\n"));
		assert_true(holds(where.path, i ? "line\nline\n" : "line\n"));	/* before the close */
		output_close(&o, true);
	}
	unlink(where.path);
}

/* Somebody rotates: the old file keeps what was written until then, the new one gets what comes; nothing is truncated. */
static void
reopened_by_its_name(void **state)
{
	struct output where = { .path = in_dir("r") };
	struct output_options options = { .live = true };
	struct output_file *o = output_open(&where, &options);
	char old[256];

	(void)state;
	assert_true(output_is_fresh(o));
	output_add(o, S("one\n"));
	assert_false(output_is_fresh(o));
	strcpy(old, in_dir("r.1"));
	where.path = in_dir("r");
	assert_int_equal(rename(where.path, old), 0);
	output_add(o, S("two\n"));
	assert_int_equal(output_reopen(o), 0);
	assert_true(output_is_fresh(o));
	output_add(o, S("three\n"));
	assert_int_equal(output_reopen(o), 0);
	output_add(o, S("four\n"));
	assert_true(holds(old, "one\ntwo\n"));
	assert_true(holds(in_dir("r"), "three\nfour\n"));
	assert_int_equal(output_close(&o, false), 0);
	unlink(old);
	unlink(in_dir("r"));
}

/* Whatever is wrong with the name, what comes is written. */
static void
reopening_fails_softly(void **state)
{
	struct output where = { .path = in_dir("r") };
	struct output_options options = { .live = true };
	struct output_file *o = output_open(&where, &options);
	char old[256];

	(void)state;
	strcpy(old, in_dir("r.1"));
	where.path = in_dir("r");
	assert_int_equal(rename(where.path, old), 0);
	assert_int_equal(mkdir(where.path, 0700), 0);
	assert_int_equal(output_reopen(o), 0);
	assert_int_equal(output_add(o, S("line\n")), 0);
	assert_true(holds(old, "line\n"));
	assert_int_equal(output_close(&o, false), 0);
	unlink(old);
	rmdir(in_dir("r"));
}

/* A result that is not appended to is none of SIGHUP's business. */
static void
whole_file_is_not_reopened(void **state)
{
	struct output where = { .path = in_dir("w") };
	struct output_options options = { 0 };
	struct output_file *o = output_open(&where, &options);

	(void)state;
	output_add(o, S("one\n"));
	assert_int_equal(output_reopen(o), 0);
	assert_int_equal(access(in_dir("w"), F_OK), -1);
	assert_int_equal(output_close(&o, false), 0);
	assert_true(holds(in_dir("w"), "one\n"));
	unlink(in_dir("w"));
}

/* The limit ends in the midst of the second line. */
static void
no_half_line_stays(void **state)
{
	struct rlimit before, few;
	struct output where = { .path = in_dir("h") };
	struct output_options options = { .live = true };
	struct output_file *o = output_open(&where, &options);

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	few = before;
	few.rlim_cur = 10;
	assert_int_equal(output_add(o, S("first\n")), 0);
	setrlimit(RLIMIT_FSIZE, &few);
	assert_int_equal(output_add(o, S("second\n")), -1);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(output_close(&o, true), -1);
	assert_true(holds(in_dir("h"), "first\n"));
	unlink(in_dir("h"));
}

static void
full_disk_is_an_error(void **state)
{
	struct output where = { .path = "/dev/full" };
	struct output_options options = { .line_buffered = true };
	struct output_file *o;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	o = output_open(&where, &options);
	assert_non_null(o);
	assert_int_equal(output_add(o, S("x\n")), -1);
	assert_int_equal(output_add(o, S("x\n")), -1);
	assert_int_equal(output_close(&o, false), -1);
}

static void
no_such_directory(void **state)
{
	struct output where = { .path = in_dir("no/such") };
	struct output_options options = { 0 };

	(void)state;
	assert_null(output_open(&where, &options));
}

static void
names(void **state)
{
	(void)state;
	assert_null(sink_format_find(S("nonsense")));
	assert_false(sink_format_is_planned(S("nonsense")));
	assert_true(sink_format_is_planned(S("explain")));
	assert_true(sink_statistics_is_planned(S("retries")));
	for (const struct sink_format *f = sink_formats; f->name != NULL; f++) {
		assert_ptr_equal(sink_format_find(slice_of(f->name)), f);
		assert_false(sink_format_is_planned(slice_of(f->name)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appears_at_close),
		cmocka_unit_test(failed_run_leaves_nothing),
		cmocka_unit_test(old_file_stays_until_then),
		cmocka_unit_test(link_is_followed),
		cmocka_unit_test(live_appends),
		cmocka_unit_test(reopened_by_its_name),
		cmocka_unit_test(reopening_fails_softly),
		cmocka_unit_test(whole_file_is_not_reopened),
		cmocka_unit_test(no_half_line_stays),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(no_such_directory),
		cmocka_unit_test(names),
	};
	int failed;

	if (mkdtemp(dir) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
