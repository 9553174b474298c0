/*
 * smtp_session.c - whole conversations through the stack: each file of
 * tests/unit/smtp/ is a talk, a line "--", and what must be told. Each is
 * played whole and cut into 1, 2, 3 and 7 bytes: all must tell the same.
 *
 * REWRITE=1 in the environment writes what was told into the files; read the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>

#include "tests/unit/play.h"

#define FOLDER "tests/unit/smtp"

enum { EVERYTHING = WANT_SHA256 | ((1u << EV_KINDS) - 1) };

static struct buf
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t block[4096];
	struct buf b;
	size_t n;

	buf_init(&b, 4 * MiB);
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(&b, (slice){ block, n });
	fclose(f);
	return b;
}

static void
rewrite(const char *path, slice talk, slice told)
{
	FILE *f = fopen(path, "wb");

	fprintf(f, "%.*s--\n%.*s", (int)talk.n, (const char *)talk.p, (int)told.n, told.n > 0 ? (const char *)told.p : "");
	fclose(f);
}

/* The first line that differs, so that a failure can be read. */
static void
compare(const char *name, size_t cut, slice expected, slice told)
{
	slice want, have;

	while (expected.n > 0 || told.n > 0) {
		slice_cut(expected, '\n', &want, &expected);
		slice_cut(told, '\n', &have, &told);
		if (!slice_eq(want, have))
			fail_msg("%s cut %zu\n  expected: %.*s\n  told:     %.*s", name, cut, (int)want.n, (const char *)want.p, (int)have.n,
			    (const char *)have.p);
	}
}

static void
play_file(const char *name)
{
	static const size_t cuts[] = { 0, 1, 2, 3, 7 };
	char path[512];
	struct buf file;
	slice all, talk, rest;
	size_t at = 0;

	snprintf(path, sizeof path, FOLDER "/%s", name);
	file = read_file(path);
	all = buf_slice(&file);
	for (rest = all; rest.n > 0 && !slice_starts(rest, S("--\n")); at = all.n - rest.n)
		slice_cut(rest, '\n', &talk, &rest);
	talk = slice_take(all, at);
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		struct play p;

		play_init(&p, EVERYTHING);
		play_talk(&p, talk, cuts[i]);
		if (i == 0 && getenv("REWRITE") != NULL)
			rewrite(path, talk, buf_slice(&p.told));
		else if (getenv("REWRITE") == NULL)
			compare(name, cuts[i], slice_drop(rest, 3), buf_slice(&p.told));
		play_fini(&p);
	}
	/* Nobody listens: nothing but the findings may depend on it, and nothing may break. */
	struct play p;
	play_init(&p, 0);
	play_talk(&p, talk, 0);
	play_fini(&p);
	buf_fini(&file);
}

static void
plays_every_talk(void **state)
{
	struct dirent **names;
	int n = scandir(FOLDER, &names, NULL, alphasort);

	(void)state;
	assert_true(n > 2);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.')
			play_file(names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(plays_every_talk) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
