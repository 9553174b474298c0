/* The page of figures: cheap to ask for, the same every time, 80 columns, nothing from the wire unescaped. */
#include "pipe.h"

#include <unistd.h>

#include "base/clean.h"
#include "base/histogram.h"

static char *
run(void (*talk)(struct script *))
{
	struct output_options options = { .digits = 6 };
	char path[] = "/tmp/smtptap-stats-XXXXXX", *text;
	struct pipe p;
	struct script s;

	close(mkstemp(path));
	s = pipe_open(&p, "stats", path, &options);
	assert_int_equal(p.sink.wants & (WANT(EV_MAIL_BYTES) | WANT(EV_HEADER) | WANT_SHA256), 0);
	talk(&s);
	assert_int_equal(pipe_close(&p, false), 0);
	text = read_file(path);
	unlink(path);
	return text;
}

static void
fits(char *text)
{
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		slice s = { (uint8_t *)line, (size_t)(end - line) };

		if (clean_width(s) > 80 || clean_scan(s) != 0)
			fail_msg("%.*s", (int)s.n, line);
	}
}

static void
example(struct script *s)
{
	script_example(s, 1);
	script_example(s, 2);
}

static void
example_page(void **state)
{
	char *text = run(example), *again = run(example);

	(void)state;
	fits(text);
	assert_string_equal(text, again);
	assert_non_null(strstr(text, "  mail sessions                             2\n"));
	assert_non_null(strstr(text, "    accepted                                2   100.0 %\n"));
	assert_non_null(strstr(text, "  RCPT                      4      1.0 ms      2.0 ms      2.0 ms      2.0 ms\n"));
	assert_non_null(strstr(text, "              2  RCPT        550 5.1.1    User unknown\n"));
	assert_non_null(strstr(text, "              2  warning   smtp.rcpt-permanent\n"));
	free(text);
	free(again);
}

static void
hostile(struct script *s)
{
	script_open(s, 1);
	for (int i = 0; i < 5000; i++) {
		char reply[300];

		snprintf(reply, sizeof reply, "5%02d 5.%d.%d \033[31m\377%s", i % 100, i % 7, i % 10,
		    "\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213"
		    "\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213"
		    "\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213\346\265\213");
		script_command(s, "RCPT TO:<a@b.example>");
		script_reply(s, i % 2 ? "RCPT" : "XYZZY", reply);
	}
	script_close(s, WHY_RST, DIR_CLIENT);
}

static void
hostile_page(void **state)
{
	char *text = run(hostile);

	(void)state;
	fits(text);
	assert_non_null(strstr(text, "more kinds\n"));
	assert_non_null(strstr(text, ".."));
	free(text);
}

static void
nothing(struct script *s)
{
	(void)s;
}

static void
empty_page(void **state)
{
	char *text = run(nothing);

	(void)state;
	fits(text);
	assert_non_null(strstr(text, "No findings\n"));
	free(text);
}

static void
percentiles(void **state)
{
	static struct histogram h;
	static const nstime scale[] = { 1000, 33000, NSTIME_MS, NSTIME_S };

	(void)state;
	assert_int_equal(histogram_percentile(&h, 50), 0);
	for (size_t k = 0; k < sizeof scale / sizeof scale[0]; k++) {
		h = (struct histogram){ 0 };
		for (nstime i = 1; i <= 1000; i++)
			histogram_add(&h, i * scale[k]);
		for (unsigned p = 1; p <= 100; p++) {
			double got = (double)histogram_percentile(&h, p), want = (double)p * 10 * (double)scale[k];

			if (got < want * 0.94 - 1000 || got > want * 1.07 + 1000)
				fail_msg("scale %d percentile %u: %.0f, not %.0f", (int)k, p, got, want);
		}
		assert_int_equal(h.max, 1000 * scale[k]);
	}
	histogram_add(&h, INT64_MAX);
	histogram_add(&h, -5);
	assert_int_equal(h.max, INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_page),
		cmocka_unit_test(hostile_page),
		cmocka_unit_test(empty_page),
		cmocka_unit_test(percentiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
