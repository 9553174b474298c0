/* -T mbox: what mboxrd says of lines, however the content is cut; what is not whole stands apart. */
#include "pipe.h"

#include <unistd.h>

static char path[64], partial[80];
static struct output_options options;
static struct pipe sink;

static int
set_up(void **state)
{
	(void)state;
	strcpy(path, "/tmp/smtptap-mbox-XXXXXX");
	options = (struct output_options){ .digits = 6 };
	close(mkstemp(path));
	unlink(path);
	snprintf(partial, sizeof partial, "%s.partial", path);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(partial);
	return 0;
}

static void
message(struct script *s, const char *from, slice bytes, size_t cut, bool whole)
{
	char line[100];

	snprintf(line, sizeof line, "MAIL FROM:<%s>", from);
	script_command(s, line);
	script_begin(s, 1, "DATA");
	for (slice rest = bytes; rest.n > 0; rest = slice_drop(rest, cut))
		script_bytes(s, slice_take(rest, cut));
	script_end(s, bytes.n, whole, 0);
	script_done(s, 1, MAIL_ACCEPTED, "data");
}

/* The mailbox of one message, without its From_ line. */
static void
becomes(slice content, const char *want)
{
	for (size_t cut = 1; cut <= content.n + 1; cut++) {
		struct script s = pipe_open(&sink, "mbox", path, &options);
		char *text;

		script_open(&s, 1);
		message(&s, "a@b.example", content, cut, true);
		script_close(&s, WHY_FIN, DIR_CLIENT);
		assert_int_equal(pipe_close(&sink, false), 0);
		text = read_file(path);
		assert_string_equal(strchr(text, '\n') + 1, want);
		free(text);
		unlink(path);
	}
}

static void
lines(void **state)
{
	(void)state;
	becomes(S("A: b\r\n\r\nHello\r\n"), "A: b\n\nHello\n\n");
	becomes(S("From here\r\n>From\r\n>From there\r\n>>>From x\r\nFromage\r\n"), ">From here\n>From\n>>From there\n>>>>From x\nFromage\n\n");
	becomes(S("no end"), "no end\n\n");
	becomes(S("From "), ">From \n\n");
	becomes(S("Fro"), "Fro\n\n");
	becomes(S("Fro\r\nm \r\n"), "Fro\nm \n\n");
	becomes(S(">>"), ">>\n\n");
	becomes(S(">>\r\n"), ">>\n\n");
	becomes(S("a\rb\r\r\nFrom\rx\n\n\r"), "a\rb\r\nFrom\rx\n\n\r\n\n");
	becomes(S(" From no\r\nx From no\r\n"), " From no\nx From no\n\n");
}

static void
from_lines(void **state)
{
	struct script s = pipe_open(&sink, "mbox", path, &options);
	char *text;

	(void)state;
	script_open(&s, 1);
	message(&s, "", S("1\r\n"), 9, true);
	message(&s, "\"a\tb\"@c.example", S("2\r\n"), 9, true);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	assert_int_equal(pipe_close(&sink, false), 0);
	text = read_file(path);
	assert_string_equal(text, "From MAILER-DAEMON Sat Nov 21 18:29:01 2026\n1\n\nFrom \"a_b\"@c.example Sat Nov 21 18:29:01 2026\n2\n\n");
	free(text);
	assert_null(read_file(partial));
}

static void
not_whole(void **state)
{
	struct script s = pipe_open(&sink, "mbox", path, &options);
	char *text;

	(void)state;
	script_open(&s, 1);
	message(&s, "a@b.example", S("half\r\n"), 9, false);
	message(&s, "c@d.example", S("all\r\n"), 9, true);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	assert_int_equal(pipe_close(&sink, false), 0);
	text = read_file(path);
	assert_null(strstr(text, "half"));
	assert_non_null(strstr(text, "all"));
	free(text);
	text = read_file(partial);
	assert_non_null(strstr(text, "From a@b.example "));
	assert_non_null(strstr(text, "\nhalf\n"));
	free(text);
}

/* Two sessions at once: their messages do not mix, and large ones do not stay in memory. */
static void
interleaved(void **state)
{
	enum { PIECES = 3000 };
	struct script s = pipe_open(&sink, "mbox", path, &options), t;
	char *text;

	(void)state;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 1, "DATA");
	t = s;
	script_open(&t, 2);
	script_command(&t, "MAIL FROM:<c@d.example>");
	script_begin(&t, 1, "DATA");
	for (int i = 0; i < PIECES; i++) {
		script_bytes(&s, S("a line of the first message, and another word\r\n"));
		script_bytes(&t, S("a line of the second message\r\n"));
	}
	script_end(&s, PIECES * 47, true, 0);
	script_end(&t, PIECES * 30, true, 0);
	script_done(&t, 1, MAIL_ACCEPTED, "data");
	script_done(&s, 1, MAIL_ACCEPTED, "data");
	assert_int_equal(pipe_close(&sink, false), 0);
	text = read_file(path);
	assert_int_equal(strlen(text), strlen("From a@b.example Sat Nov 21 18:29:01 2026\n\n") * 2 + PIECES * (46 + 29));
	assert_int_equal(strncmp(text, "From c@d.example", 16), 0);
	assert_null(strstr(strstr(text, "From a@b.example"), "second"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(from_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(not_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(interleaved, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
