/*
 * mime_walk.c - messages into parts: each file of tests/unit/mime/ is a message, a line "--", and its tree. Lines of the file end
 * in LF and stand for CRLF; "\r", "\n", "\xNN" and "\\" are escapes, and "\gN\" is a gap of N bytes. Each is fed whole, and cut into
 * 1, 2, 3 and 7 bytes and at random: all must tell the same.
 *
 * REWRITE=1 in the environment writes what was told into the files; read the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>

#include "tests/unit/mime_tree.h"

#define FOLDER "tests/unit/mime"

enum { EVERYTHING = WANT_SHA256 | WANT_JUDGEMENT | WANT_INSIDE };

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
rewrite(const char *path, slice message, slice told)
{
	FILE *f = fopen(path, "wb");

	fprintf(f, "%.*s--\n%.*s", (int)message.n, (const char *)message.p, (int)told.n, told.n > 0 ? (const char *)told.p : "");
	fclose(f);
}

/* The message between gaps; gap[i] follows piece[i]. */
struct script { struct buf piece[8]; uint64_t gap[8]; size_t n; };

static void
unescape(slice in, struct script *s)
{
	*s = (struct script){ .n = 1 };
	for (size_t i = 0; i < 8; i++)
		buf_init(&s->piece[i], MiB);
	for (size_t i = 0; i < in.n; i++) {
		struct buf *b = &s->piece[s->n - 1];
		uint8_t c = in.p[i], next = i + 1 < in.n ? in.p[i + 1] : 0;

		if (c == '\n')
			buf_add(b, S("\r\n"));
		else if (c != '\\')
			buf_add_byte(b, c);
		else if (i++, next == '\n')
			continue;
		else if (next == 'x') {
			buf_add_byte(b, (uint8_t)(char_hex(in.p[i + 1]) << 4 | char_hex(in.p[i + 2])));
			i += 2;
		} else if (next == 'g') {
			s->gap[s->n - 1] = strtoull((const char *)in.p + i + 1, NULL, 10);
			for (i++; in.p[i] != '\\'; i++)
				continue;
			s->n++;
		} else
			buf_add_byte(b, next == 'r' ? '\r' : next == 'n' ? '\n' : next);
	}
}

static void
run(struct tree *t, const struct script *s, size_t cut)
{
	tree_init(t, EVERYTHING, true);
	for (size_t i = 0; i < s->n; i++) {
		tree_pieces(t, buf_slice(&s->piece[i]), cut);
		if (s->gap[i] > 0)
			tree_gap(t, s->gap[i]);
	}
	tree_finish(t, true);
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
			fail_msg("%s cut %zd\n  expected: %.*s\n  told:     %.*s", name, (ssize_t)cut, (int)want.n, (const char *)want.p,
			    (int)have.n, (const char *)have.p);
	}
}

static void
walk_file(const char *name)
{
	static const size_t cuts[] = { 0, 1, 2, 3, 7, SIZE_MAX, SIZE_MAX };
	char path[512];
	struct buf file;
	slice all, message, rest;
	struct script s;
	size_t at = 0;

	snprintf(path, sizeof path, FOLDER "/%s", name);
	file = read_file(path);
	all = buf_slice(&file);
	for (rest = all; rest.n > 0 && !slice_starts(rest, S("--\n")); at = all.n - rest.n)
		slice_cut(rest, '\n', &message, &rest);
	message = slice_take(all, at);
	unescape(message, &s);
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		struct buf told;
		struct tree t;

		buf_init(&told, 4 * MiB);
		run(&t, &s, cuts[i]);
		tree_write(&t, &told);
		if (i == 0 && getenv("REWRITE") != NULL)
			rewrite(path, message, buf_slice(&told));
		else if (getenv("REWRITE") == NULL)
			compare(name, cuts[i], slice_drop(rest, 3), buf_slice(&told));
		tree_fini(&t);
		buf_fini(&told);
	}
	for (size_t i = 0; i < 8; i++)
		buf_fini(&s.piece[i]);
	buf_fini(&file);
}

static void
walks_every_message(void **state)
{
	struct dirent **names;
	int n = scandir(FOLDER, &names, NULL, alphasort);

	(void)state;
	assert_true(n > 2);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.')
			walk_file(names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

/* Nobody listens: nothing is told, nothing breaks. */
static void
works_for_nobody(void **state)
{
	static const struct mime_user nobody;
	struct mime *m = mime_new(&nobody, EVERYTHING, &(struct mime_about){ .time = NSTIME_NONE });

	(void)state;
	mime_body(m, S("begin 644 x\r\n#0V%T\r\n`\r\nend\r\n"), 0);
	mime_gap(m, 7);
	mime_finish(m, false);
	mime_free(&m);
	m = mime_new(&nobody, 0, &(struct mime_about){ .time = NSTIME_NONE });
	mime_gap(m, 7);
	mime_free(&m);
}

/* A message that ends before its body: empty ones have no part, one of a header alone has an empty one. */
static void
ends_early(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t, EVERYTHING, true);
	tree_finish(&t, true);
	assert_int_equal(t.n, 0);
	tree_fini(&t);
	tree_init(&t, EVERYTHING, true);
	tree_feed(&t, S("Subject: x\r\n"));
	tree_finish(&t, true);
	assert_int_equal(t.n, 1);
	tree_fini(&t);
	tree_init(&t, EVERYTHING, true);
	tree_feed(&t, S("Subject: x\r\nContent-Type: mult"));
	tree_finish(&t, false);
	assert_int_equal(t.n, 0);
	tree_fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_every_message),
		cmocka_unit_test(works_for_nobody),
		cmocka_unit_test(ends_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
