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

/* A message that ends before its body: its one part is empty. */
static void
ends_early(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t, EVERYTHING, true);
	tree_finish(&t, true);
	assert_int_equal(t.n, 1);
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

/* --- what would take minutes if anything of it were not linear --- */

static void
feed_repeated(struct tree *t, size_t n, const char *text)
{
	struct buf in;

	buf_init(&in, 256 * MiB);
	for (size_t i = 0; i < n; i++)
		buf_text(&in, text);
	tree_feed(t, buf_slice(&in));
	buf_fini(&in);
}

static bool
noted(const struct tree *t, const char *id)
{
	slice rest = buf_slice(&t->notes), line;

	while (rest.n > 0) {
		slice_cut(rest, '\n', &line, &rest);
		if (slice_starts(slice_drop(line, 2), slice_of(id)))
			return true;
	}
	return false;
}

static void
nests_to_the_limit(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t, EVERYTHING, false);
	for (int i = 0; i < 10000; i++) {
		char text[100];

		snprintf(text, sizeof text, "Content-Type: multipart/mixed; boundary=\"b%05d\"\r\n\r\n--b%05d\r\n", i, i);
		tree_feed(&t, slice_of(text));
	}
	tree_finish(&t, true);
	assert_int_equal(t.n, LIMIT_MIME_DEPTH + 1);
	assert_true(noted(&t, "mime.depth"));
	assert_false(noted(&t, "mime.boundary-ambiguous"));
	tree_fini(&t);
	tree_init(&t, EVERYTHING, false);
	feed_repeated(&t, 10000, "Content-Type: message/rfc822\r\n\r\n");
	tree_finish(&t, true);
	assert_int_equal(t.n, LIMIT_MIME_DEPTH + 1);
	assert_true(noted(&t, "mime.depth"));
	tree_fini(&t);
}

static void
counts_parts_to_the_limit(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t, EVERYTHING, false);
	tree_feed(&t, S("Content-Type: multipart/mixed; boundary=b\r\n\r\n"));
	feed_repeated(&t, 200000, "--b\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n");
	tree_feed(&t, S("--b--\r\n"));
	tree_finish(&t, true);
	assert_int_equal(t.n, LIMIT_MIME_PARTS);
	assert_true(noted(&t, "mime.parts-limit"));
	assert_false(noted(&t, "mime.boundary-unclosed"));
	tree_fini(&t);
}

static void
reads_large_headers(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t, EVERYTHING, false);
	tree_feed(&t, S("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"));
	feed_repeated(&t, 200000, "X-Header: value\r\n");
	tree_feed(&t, S("\r\nx\r\n--b\r\nX-Long: "));
	feed_repeated(&t, MiB, "twenty bytes, folded\r\n ");
	tree_feed(&t, S("\r\n\r\n"));
	feed_repeated(&t, 100, "y");
	tree_feed(&t, S("\r\n--b--"));
	tree_finish(&t, true);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.part[1].size, 1);
	assert_int_equal(t.part[2].size, 100);
	assert_true(noted(&t, "mime.header-limit"));
	tree_fini(&t);
}

/* Sixty boundaries are open, and every line begins like one of them. */
static void
compares_boundaries(void **state)
{
	struct tree t;
	struct buf line;

	(void)state;
	tree_init(&t, EVERYTHING, false);
	buf_init(&line, KiB);
	for (int i = 0; i < 60; i++) {
		buf_clear(&line);
		buf_printf(&line, "Content-Type: multipart/mixed; boundary=\"%0400d\"\r\n\r\n--%0400d\r\n", i, i);
		tree_feed(&t, buf_slice(&line));
	}
	tree_feed(&t, S("Content-Type: application/octet-stream\r\n\r\n"));
	buf_clear(&line);
	buf_printf(&line, "--%0400dx\r\n", 1);
	buf_add_byte(&line, 0);
	feed_repeated(&t, 100000, (const char *)line.p);
	tree_finish(&t, true);
	assert_int_equal(t.n, 61);
	assert_int_equal(t.part[60].size, 100000 * 405);
	assert_true(t.calls < 10);
	buf_fini(&line);
	tree_fini(&t);
}

/* Content goes out as it comes in: neither line by line nor copied. */
static void
gives_large_slices(void **state)
{
	struct tree t;

	(void)state;
	tree_init(&t, 0, false);
	tree_feed(&t, S("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n"));
	feed_repeated(&t, 100000, "a line of ordinary content, as long as they are when a program breaks them\r\n");
	tree_feed(&t, S("--b--\r\n"));
	tree_finish(&t, true);
	assert_int_equal(t.part[1].size, 100000 * 76 - 2);
	assert_true(t.calls < 5);
	tree_fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_every_message),
		cmocka_unit_test(works_for_nobody),
		cmocka_unit_test(ends_early),
		cmocka_unit_test(nests_to_the_limit),
		cmocka_unit_test(counts_parts_to_the_limit),
		cmocka_unit_test(reads_large_headers),
		cmocka_unit_test(compares_boundaries),
		cmocka_unit_test(gives_large_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
