/* What the screen remembers: where, what, and what it does with files that are not as they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tui/config.h"

static char home[] = "/tmp/smtptap-config-XXXXXX";

static const char *
path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", home, name);
	return path;
}

static void
put_file(const char *name, const char *text, size_t n)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static void
expect_file(const char *name, const char *text)
{
	char got[4096] = "";
	FILE *f = fopen(path_of(name), "r");

	assert_non_null(f);
	got[fread(got, 1, sizeof got - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, text);
}

static int
begin(void **state)
{
	char command[600];

	(void)state;
	strcpy(home + strlen(home) - 6, "XXXXXX");
	if (mkdtemp(home) == NULL)
		return -1;
	setenv("HOME", home, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	snprintf(command, sizeof command, "mkdir -p %s/.config/smtptap %s/.local/state/smtptap", home, home);
	return system(command);
}

static int
end(void **state)
{
	char command[600];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", home);
	return system(command);
}

static void
expect_get(const struct config *c, const char *name, const char *value)
{
	slice got = config_get(c, name, "(none)");

	assert_true(slice_eq(got, slice_of(value)));
}

static void
test_remembers(void **state)
{
	struct config *c = config_new(true);
	struct stat st;

	(void)state;
	assert_null(config_trouble(c));
	expect_get(c, "theme", "(none)");
	config_set(c, "theme", S("dark"));
	config_set_number(c, "preview", -3);
	config_set(c, "columns", S("a\x1b[2J\nb"));		/* one line, whatever comes */
	config_free(&c);
	assert_null(c);
	expect_file(".config/smtptap/screen", "theme = dark\npreview = -3\ncolumns = a [2J b\n");
	assert_int_equal(stat(path_of(".config/smtptap/screen"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	c = config_new(true);
	expect_get(c, "theme", "dark");
	assert_int_equal(config_number(c, "preview", 7), -3);
	assert_int_equal(config_number(c, "theme", 7), 7);
	config_free(&c);
}

static void
test_keeps_what_it_does_not_know(void **state)
{
	static const char text[] = "# mine\n\nfuture = 1\nno sign\ntheme=dark\n theme = light \r\n bad name! = x\n";
	struct config *c;

	(void)state;
	put_file(".config/smtptap/screen", text, sizeof text - 1);
	c = config_new(true);
	expect_get(c, "theme", "light");			/* of several the last one counts */
	config_free(&c);
	expect_file(".config/smtptap/screen", text);		/* nothing changed, nothing written */
	c = config_new(true);
	config_set(c, "theme", S("light"));
	config_set(c, "new", S("2"));
	config_free(&c);
	expect_file(".config/smtptap/screen", "# mine\n\nfuture = 1\nno sign\ntheme = dark\ntheme = light\n bad name! = x\nnew = 2\n");
}

static void
test_two_runs(void **state)
{
	struct config *a = config_new(true), *b = config_new(true);

	(void)state;
	config_set(a, "theme", S("dark"));
	config_set(b, "sort", S("wait"));
	config_typed(a, "filter", S("tls"));
	config_typed(b, "filter", S("lmtp"));
	config_free(&a);
	config_free(&b);
	expect_file(".config/smtptap/screen", "theme = dark\nsort = wait\n");
	expect_file(".local/state/smtptap/history", "filter: tls\nfilter: lmtp\n");
}

static void
test_places(void **state)
{
	struct config *c;

	(void)state;
	setenv("XDG_CONFIG_HOME", path_of("deep/er"), 1);
	setenv("XDG_STATE_HOME", "not/absolute", 1);		/* is ignored, as the specification says */
	c = config_new(true);
	config_set(c, "a", S("1"));
	config_typed(c, "search", S("x"));
	config_free(&c);
	expect_file("deep/er/smtptap/screen", "a = 1\n");
	expect_file(".local/state/smtptap/history", "search: x\n");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	c = config_new(true);
	assert_non_null(config_trouble(c));
	config_set(c, "a", S("1"));
	expect_get(c, "a", "1");
	config_free(&c);
	c = config_new(false);
	assert_null(config_trouble(c));
	config_free(&c);
}

/* What cannot be read is said, and never written over. */
static void
test_unreadable(void **state)
{
	char *big = malloc(LIMIT_CONFIG + 10);
	struct stat st;
	struct config *c;

	(void)state;
	memset(big, '#', LIMIT_CONFIG + 10);
	put_file(".config/smtptap/screen", big, LIMIT_CONFIG + 10);
	assert_int_equal(mkdir(path_of(".local/state/smtptap/history"), 0700), 0);
	c = config_new(true);
	assert_non_null(config_trouble(c));
	config_set(c, "theme", S("dark"));
	config_typed(c, "filter", S("tls"));
	expect_get(c, "theme", "dark");
	config_free(&c);
	assert_int_equal(stat(path_of(".config/smtptap/screen"), &st), 0);
	assert_int_equal(st.st_size, LIMIT_CONFIG + 10);
	assert_int_equal(rmdir(path_of(".local/state/smtptap/history")), 0);
	free(big);
}

static void
test_pipe_does_not_block(void **state)
{
	struct config *c;

	(void)state;
	assert_int_equal(mkfifo(path_of(".config/smtptap/screen"), 0600), 0);
	c = config_new(true);
	assert_non_null(config_trouble(c));
	config_free(&c);
}

static void
test_cannot_write(void **state)
{
	struct config *c;

	(void)state;
	setenv("XDG_CONFIG_HOME", "/dev/null/x", 1);
	c = config_new(true);
	assert_null(config_trouble(c));				/* it is only not there */
	config_set(c, "a", S("1"));
	assert_false(config_save(c));
	assert_non_null(config_trouble(c));
	config_free(&c);
}

static void
test_symbolic_link_stays(void **state)
{
	struct config *c;
	struct stat st;

	(void)state;
	put_file("mine", "a = 1\n", 6);
	assert_int_equal(symlink("../../mine", path_of(".config/smtptap/screen")), 0);
	c = config_new(true);
	config_set(c, "a", S("2"));
	config_free(&c);
	assert_int_equal(lstat(path_of(".config/smtptap/screen"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	expect_file("mine", "a = 2\n");
}

static void
test_hostile(void **state)
{
	static const char text[] = "theme = \x1b]0;x\x07\n\0\0=\n=x\n: :\nfilter\xff = \xff\nok = \xe2\x82\n";
	struct config *c;

	(void)state;
	put_file(".config/smtptap/screen", text, sizeof text - 1);
	put_file(".local/state/smtptap/history", text, sizeof text - 1);
	c = config_new(true);
	expect_get(c, "theme", "(none)");			/* a control character: no line of ours */
	expect_get(c, "ok", "\xe2\x82");			/* whoever shows it cleans it */
	config_free(&c);
}

static void
test_history(void **state)
{
	struct config *c = config_new(true);
	char line[16];
	slice got;

	(void)state;
	for (int i = 0; i < LIMIT_HISTORY + 50; i++) {
		snprintf(line, sizeof line, "n%d", i);
		config_typed(c, "filter", slice_of(line));
	}
	config_typed(c, "search", S("other"));
	config_typed(c, "filter", S("n100"));			/* again: the youngest now */
	config_typed(c, "filter", S("  "));
	config_free(&c);
	c = config_new(true);
	assert_true(config_history(c, "filter", 0, &got));
	assert_true(slice_eq(got, S("n100")));
	assert_true(config_history(c, "filter", 1, &got));
	assert_true(slice_eq(got, S("n249")));
	assert_true(config_history(c, "filter", LIMIT_HISTORY - 1, &got));
	assert_false(config_history(c, "filter", LIMIT_HISTORY, &got));
	assert_true(config_history(c, "search", 0, &got));
	assert_false(config_history(c, "search", 1, &got));
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(test_remembers), TEST(test_keeps_what_it_does_not_know), TEST(test_two_runs), TEST(test_places), TEST(test_unreadable),
		TEST(test_pipe_does_not_block), TEST(test_cannot_write), TEST(test_symbolic_link_stays), TEST(test_hostile), TEST(test_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
