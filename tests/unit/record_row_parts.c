/* The parts of a message as rows: in what order, in which words, and bounded. */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "record/row.h"

static struct rows *rows;
static struct buf said;		/* every row below the message's: "path|text", indented by kind */

static void
feed(void *self, const struct event *e)
{
	(void)self;
	rows_event(rows, e);
}

static struct script
start(struct row_style style)
{
	struct script s = { .feed = feed };

	rows = rows_new(&style, NULL);
	buf_init(&said, 1 << 24);
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 1, "DATA");
	return s;
}

static void
finish(struct script *s)
{
	size_t i;

	rows_clear(rows);
	script_end(s, 100, true, 0);
	for (i = 0; i < rows_count(rows); i++) {
		struct row row = rows_at(rows, i);

		if (row.kind == ROW_MESSAGE)
			continue;
		buf_spaces(&said, row.kind == ROW_INSIDE ? 2 : row.kind == ROW_TEXT ? 4 : 0);
		buf_add(&said, row.path);
		buf_add_byte(&said, '|');
		buf_add(&said, row.text);
		buf_add_byte(&said, '\n');
	}
	buf_add_byte(&said, '\0');
	rows_free(&rows);
}

static void
expect(const char *want)
{
	assert_string_equal((const char *)said.p, want);
	buf_fini(&said);
}

static void
plain_mail(void **state)
{
	struct script s = start((struct row_style){ .full = true });
	struct event e = script_event(&s, EV_PART_BEGIN, DIR_CLIENT);

	(void)state;
	e.u.part_begin = (struct ev_part_begin){ .mail = s.mail, .part = 1, .path = S("1"), .content_type = S("text/plain") };
	s.feed(s.self, &e);
	script_part_text(&s, 1, "Hello,\r\n\r\nworld");
	script_part_text(&s, 1, "!\r\n\r\n");
	script_part_end(&s, 1, S("Hello"), 0);
	finish(&s);
	expect("    1|Hello,\n    1|\n    1|world!\n");
}

/* What says that it is MIME is told, be it the only part. */
static void
lone_part(void **state)
{
	struct script s = start((struct row_style){ 0 });

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "text/html", NULL);
	script_url(&s, 1, "http://a.example/1", "a.example", NULL);
	script_url(&s, 1, "http://b.example/", "b.example", "www.bank.example");
	script_url(&s, 1, "http://a.example/2", "a.example", NULL);
	script_part_end(&s, 1, S("abc"), 0);
	finish(&s);
	expect("1|text/html; utf-8 · 3 bytes\n  1|links to a.example, b.example\n");
}

static void
all_of_it(void **state)
{
	struct script s = start((struct row_style){ .full = true, .digests = WANT_SHA256 });

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "text/html", "x.html");
	script_url(&s, 1, "http://b.example/", "b.example", "www.\"bank\".example");
	script_part_end(&s, 1, S("abc"), 0);
	finish(&s);
	expect("1|text/html; utf-8 \"x.html\" · 3 bytes · sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
	    "  1|link http://b.example/ shown as \"www.\\\"bank\\\".example\"\n");
}

static void
report(void **state)
{
	struct script s = start((struct row_style){ 0 });

	(void)state;
	script_part(&s, 1, 0, PART_MULTIPART, "", "multipart/report", NULL);
	script_part(&s, 2, 1, PART_LEAF, "1", "text/plain", NULL);
	script_part_end(&s, 2, S("abc"), 0);
	script_part(&s, 3, 1, PART_LEAF, "2", "message/delivery-status", NULL);
	script_fact(&s, 3, 0, "Reporting-MTA", "dns; mx.example.net");
	script_fact(&s, 3, 1, "Final-Recipient", "rfc822; nobody@example.net");
	script_fact(&s, 3, 1, "Action", "failed");
	script_fact(&s, 3, 1, "Status", "5.1.1");
	script_part_end(&s, 3, S("abc"), 0);
	script_part(&s, 4, 1, PART_MESSAGE, "3", "message/rfc822", NULL);
	script_part(&s, 5, 4, PART_LEAF, "3.1", "text/plain", NULL);
	script_part_end(&s, 5, S("a"), 0);
	script_part_end(&s, 4, S("abcd"), 7);
	script_multipart_end(&s, 1);
	finish(&s);
	expect("|multipart/report\n1|text/plain; utf-8 · 3 bytes\n2|message/delivery-status · 3 bytes\n"
	    "  2|Final-Recipient: rfc822; nobody@example.net\n  2|Action: failed\n  2|Status: 5.1.1\n"
	    "3|message/rfc822 · 4 bytes, 7 bytes missing\n3.1|text/plain; utf-8 · 1 byte\n");
}

static void
archive(void **state)
{
	struct script s = start((struct row_style){ .digests = WANT_SHA256 });
	char name[] = "a.txt";

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "application/zip", "a\".zip");
	for (; name[0] < 'a' + 7; name[0]++)
		script_member(&s, 1, name, 1234);
	script_part_end(&s, 1, S("abc"), 0);
	script_part(&s, 2, 1, PART_UNPACKED, NULL, "text/plain", "in.txt");
	script_part_end(&s, 2, S("abc"), 0);
	finish(&s);
	expect("1|application/zip \"a\\\".zip\" · 3 bytes · sha256 ba7816bf…\n"
	    "  1|\"a.txt\" · 1,234 bytes\n  1|\"b.txt\" · 1,234 bytes\n  1|\"c.txt\" · 1,234 bytes\n  1|\"d.txt\" · 1,234 bytes\n"
	    "  1|\"e.txt\" · 1,234 bytes\n  1|and 2 more files\n  1|\"in.txt\" · 3 bytes · sha256 ba7816bf…\n");
}

/* A message's rows are its own: what was begun and not ended is forgotten. */
static void
begun_anew(void **state)
{
	struct script s = start((struct row_style){ 0 });

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "text/html", NULL);
	script_begin(&s, 2, "DATA");
	finish(&s);
	expect("");
}

static void
bounded(void **state)
{
	enum { MANY = LIMIT_ROW_PARTS + 7 };
	struct script s = start((struct row_style){ .full = true });
	static char text[LIMIT_ROW_TEXT + 100];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	script_part(&s, 1, 0, PART_LEAF, "1", "text/html", NULL);
	script_part_text(&s, 1, text);
	for (unsigned i = 2; i <= MANY; i++)
		script_part(&s, i, 0, PART_LEAF, "1", "text/html", NULL);
	assert_true(rows_memory(rows) < LIMIT_ROW_MESSAGE + 2 * LIMIT_ROW_TEXT + 4096);
	finish(&s);
	assert_non_null(strstr((const char *)said.p, "  1|the text goes on\n"));
	assert_non_null(strstr((const char *)said.p, "\n  |and 7 more parts\n"));
	buf_fini(&said);
}

static void
only_when_wanted(void **state)
{
	struct row_style brief = { 0 }, full = { .full = true };

	(void)state;
	assert_false(rows_wants(&brief) & WANT(EV_PART_TEXT));
	assert_true(rows_wants(&full) & WANT(EV_PART_TEXT));
	assert_false(rows_wants(&full) & (WANT_SHA256 | WANT(EV_PART_BYTES)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_mail),
		cmocka_unit_test(lone_part),
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(report),
		cmocka_unit_test(archive),
		cmocka_unit_test(begun_anew),
		cmocka_unit_test(bounded),
		cmocka_unit_test(only_when_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
