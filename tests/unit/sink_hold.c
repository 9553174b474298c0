/* Lines that wait for a verdict: in order, from memory and from the file, let out, forgotten, or shown when there is no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "sink/hold.h"
#include "sink/spool.h"

static char path[] = "/tmp/smtptap-hold-XXXXXX";
static struct output_file *file;
static struct spool *spool;
static struct hold *hold;

static void
start(size_t max)
{
	struct output where = { .path = path };
	struct output_options options = { .live = true };

	assert_int_equal(truncate(path, 0), 0);
	options.spool = spool = spool_new(max);
	file = output_open(&where, &options);
	assert_non_null(file);
	hold = hold_new(&options, file, (struct hold_mark){ S(" MARK"), 1 });
}

/* Everything that was written, to be freed. */
static char *
finish(void)
{
	struct buf all;
	char block[4096];
	FILE *f;
	size_t n;

	hold_free(&hold);
	assert_int_equal(output_close(&file, false), 0);
	spool_free(&spool);
	buf_init(&all, SIZE_MAX / 2);
	f = fopen(path, "r");
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(&all, (slice){ (const uint8_t *)block, n });
	fclose(f);
	buf_add_byte(&all, '\0');
	return (char *)all.p;
}

static void
put(uint64_t session, enum truth verdict, const char *text)
{
	assert_int_equal(hold_put(hold, session, verdict, GATE_ALWAYS, slice_of(text)), 0);
}

static void
test_order(void **state)
{
	char *said;

	(void)state;
	start(MiB);
	put(1, TRUTH_UNSURE, "a1\n");
	put(2, TRUTH_UNSURE, "b1\n");
	put(1, TRUTH_YES, "now\n");
	put(1, TRUTH_NO, "never\n");
	put(1, TRUTH_UNSURE, "a2\n");
	assert_true(hold_memory(hold) > 0);
	assert_int_equal(hold_finish(hold, 2), 0);
	assert_int_equal(hold_finish(hold, 1), 0);
	assert_int_equal(hold_finish(hold, 3), 0);
	assert_int_equal(hold_memory(hold), 0);
	put(4, TRUTH_UNSURE, "forgotten\n");
	said = finish();
	assert_string_equal(said, "now\nb1\na1\na2\n");
	free(said);
}

/* Lines of all lengths through many blocks, two sessions in turn, and blocks used again. */
static void
test_blocks(void **state)
{
	struct buf want[2], line;
	char *said;

	(void)state;
	start(64 * MiB);
	for (int round = 0; round < 3; round++) {
		for (int s = 0; s < 2; s++)
			buf_init(&want[s], SIZE_MAX / 2);
		buf_init(&line, SIZE_MAX / 2);
		for (size_t i = 0; i < 600; i++) {
			buf_clear(&line);
			for (size_t k = 0; k < i * 37 % 9001; k++)
				buf_add_byte(&line, (uint8_t)('a' + (i + k) % 26));
			buf_add_byte(&line, '\n');
			buf_add(&want[i % 2], buf_slice(&line));
			assert_int_equal(hold_put(hold, 1 + i % 2, TRUTH_UNSURE, GATE_ALWAYS, buf_slice(&line)), 0);
		}
		assert_in_range(hold_memory(hold), 1, 64 * KiB);
		assert_int_equal(hold_finish(hold, 1), 0);
		assert_int_equal(hold_finish(hold, 2), 0);
		if (round < 2)
			for (int s = 0; s < 2; s++)
				buf_fini(&want[s]);
		buf_fini(&line);
	}
	said = finish();
	assert_int_equal(strlen(said), 3 * (want[0].n + want[1].n));
	assert_memory_equal(said, want[0].p, want[0].n);
	assert_memory_equal(said + strlen(said) - want[1].n, want[1].p, want[1].n);
	for (int s = 0; s < 2; s++)
		buf_fini(&want[s]);
	free(said);
}

/* No room: who waits longest in the file is shown, marked, and goes on so; the others wait on. */
static void
test_full(void **state)
{
	char line[3001], *said, *at;
	size_t marked = 0;

	(void)state;
	memset(line, 'x', sizeof line - 2);
	line[sizeof line - 2] = '\n';
	line[sizeof line - 1] = '\0';
	start(2 * SPOOL_BLOCK);
	put(1, TRUTH_UNSURE, "small\n");
	for (int i = 0; i < 5; i++)
		put(2, TRUTH_UNSURE, line);		/* 3 KB each: two blocks, and no more */
	put(2, TRUTH_UNSURE, "late\n");
	put(3, TRUTH_UNSURE, line);
	put(1, TRUTH_UNSURE, "small 2\n");
	hold_finish(hold, 2);
	hold_finish(hold, 1);
	said = finish();
	for (at = said; (at = strstr(at, "x MARK\n")) != NULL; at++)
		marked++;
	assert_int_equal(marked, 5);
	assert_non_null(strstr(said, "x MARK\nlate MARK\nsmall\nsmall 2\n"));
	free(said);
}

static int
count_bytes(void *self, uint64_t session, slice line)
{
	*(size_t *)self += line.n * (size_t)session;
	return 0;
}

static void
test_writer(void **state)
{
	size_t seen = 0;
	char *said;

	(void)state;
	start(0);
	hold_set_let_out(hold, count_bytes, &seen);
	put(2, TRUTH_UNSURE, "12345");
	put(3, TRUTH_UNSURE, "1");
	hold_finish(hold, 3);
	assert_int_equal(seen, 3);
	hold_finish(hold, 2);
	assert_int_equal(seen, 13);
	said = finish();
	assert_string_equal(said, "");
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_blocks), cmocka_unit_test(test_full), cmocka_unit_test(test_writer),
	};
	int failed;

	close(mkstemp(path));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
