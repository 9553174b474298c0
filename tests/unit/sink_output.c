/* The shared output file: whole or not at all, appended live, errors said once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
