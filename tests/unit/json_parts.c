/* Parts, members, facts, links and hops as JSON: exact, and cut in the order that the manual tells. */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "json_check.h"
#include "record/fold.h"
#include "sink/json_records.h"
#include "sink/part_name.h"

static struct output_options options;
static struct json_records writer;
static struct json_check check;
static struct fold *fold;
static struct buf line;			/* of the message */

static int
on_record(void *self, const struct record *r)
{
	(void)self;
	if (r->kind != REC_MESSAGE)
		return 0;
	buf_clear(&line);
	buf_add(&line, json_records_line(&writer, r));
	if (!json_check_line(&check, "message", buf_slice(&line)))
		fail_msg("%s at %s: %.*s", check.error, check.path, (int)line.n, (const char *)line.p);
	if (options.json_max > 0 && line.n > options.json_max)
		fail_msg("%zu bytes", line.n);
	buf_add_byte(&line, '\0');
	return 0;
}

static void
feed(void *self, const struct event *e)
{
	(void)self;
	assert_int_equal(fold_event(fold, e), 0);
}

static struct script
start(void)
{
	struct script s = { .feed = feed };

	buf_init(&line, 16 * MiB);
	options.digits = 6;
	json_records_init(&writer, &options);
	fold = fold_new(&(struct fold_user){ NULL, on_record }, FOLD_MESSAGES | FOLD_HEADERS);
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_rcpt(&s, 0, "RCPT TO:<c@d.example>", "250 ok");
	script_begin(&s, 1, "DATA");
	return s;
}

static void
finish(struct script *s)
{
	script_end(s, 100, true, 0);
	script_done(s, 1, MAIL_ACCEPTED, "data");
	fold_free(&fold);
	json_records_fini(&writer);
}

static void
end(void)
{
	buf_fini(&line);
	options = (struct output_options){ 0 };
}

static bool
says(const char *text)
{
	return strstr((const char *)line.p, text) != NULL;
}

#define SAYS(text)  do { if (!says(text)) fail_msg("no %s in %s", text, (const char *)line.p + (line.n > 800 ? line.n - 800 : 0)); } while (0)

#define ABC_SHA256  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
tree(void **state)
{
	struct script s;

	(void)state;
	options.digests = WANT_SHA256;
	s = start();
	script_part(&s, 1, 0, PART_MULTIPART, "", "multipart/mixed", NULL);
	script_part(&s, 2, 1, PART_LEAF, "1", "text/plain", NULL);
	script_part_end(&s, 2, S("abc"), 0);
	script_part(&s, 3, 1, PART_LEAF, "2", "application/pdf", "report.pdf");
	script_part_end(&s, 3, S("abc"), 12);
	script_multipart_end(&s, 1);
	finish(&s);
	SAYS("\"parts\":[{\"content_type\":\"multipart/mixed\",\"whole\":true},"
	    "{\"path\":\"1\",\"content_type\":\"text/plain\",\"charset\":\"utf-8\",\"size\":3,\"sha256\":\"" ABC_SHA256 "\",\"whole\":true},"
	    "{\"path\":\"2\",\"content_type\":\"application/pdf\",\"disposition\":\"attachment\",\"filename\":\"report.pdf\","
	    "\"size\":3,\"whole\":false,\"missing_bytes\":12}],\"part_count\":3,\"attachment_count\":1,");
	assert_false(says("\"urls\""));
	end();
}

/* A digest is only told if it was asked for, whoever else wanted it. */
static void
digests(void **state)
{
	struct script s;

	(void)state;
	options.digests = WANT_MD5;
	s = start();
	script_part(&s, 1, 0, PART_LEAF, "1", "text/plain", NULL);
	script_part_end(&s, 1, S("abc"), 0);
	finish(&s);
	assert_false(says("sha256"));
	end();
}

static void
insides(void **state)
{
	struct script s;

	(void)state;
	options.parts_written = true;
	s = start();
	script_part(&s, 1, 0, PART_LEAF, "1", "application/ms-tnef", "winmail.dat");
	script_member(&s, 1, "listed.txt", UINT64_MAX);
	script_part(&s, 2, 1, PART_UNPACKED, NULL, "application/zip", "in.zip");
	script_member(&s, 2, "deep.exe", 9);
	script_fact(&s, 2, 0, "Comment", "none");
	script_part_end(&s, 2, S("abc"), 0);
	script_part(&s, 3, 1, PART_UNPACKED, NULL, "text/plain", "b.txt");
	script_part_end(&s, 3, S("abc"), 0);
	script_part_end(&s, 1, S("abc"), 0);
	finish(&s);
	SAYS("\"members\":[{\"filename\":\"listed.txt\"},"
	    "{\"filename\":\"in.zip\",\"content_type\":\"application/zip\",\"size\":3,\"whole\":true,\"file\":\"20261121T182901Z-");
	SAYS("-1-1_1-in.zip\",\"facts\":[{\"name\":\"Comment\",\"value\":\"none\"}]},{\"filename\":\"deep.exe\",\"size\":9,\"depth\":1},"
	    "{\"filename\":\"b.txt\",\"content_type\":\"text/plain\",");
	SAYS("-1-1_2-b.txt\"}]}],\"part_count\":1,\"attachment_count\":1");
	end();
}

static void
header_lists(void **state)
{
	struct script s = start();

	(void)state;
	script_header(&s, "References", "<1@a.example> <2@a.example>");
	script_part(&s, 1, 0, PART_LEAF, "1", "text/html", NULL);
	script_url(&s, 1, "http://evil.example/", "evil.example", "www.bank.example");
	finish(&s);
	SAYS("\"references\":[\"<1@a.example>\",\"<2@a.example>\"]");
	SAYS("\"urls\":[{\"url\":\"http://evil.example/\",\"host\":\"evil.example\",\"text\":\"www.bank.example\",\"path\":\"1\"}],\"url_count\":1");
	end();
}

static void
big(struct script *s, unsigned parts, unsigned members, unsigned urls, unsigned recipients)
{
	char text[64];

	for (unsigned i = 1; i <= recipients; i++) {
		snprintf(text, sizeof text, "RCPT TO:<user%u@d.example>", i);
		script_rcpt(s, (int32_t)i, text, "250 ok");
	}
	for (unsigned i = 1; i <= parts; i++) {
		snprintf(text, sizeof text, "file%u.txt", i);
		script_part(s, i, 0, PART_LEAF, "1", "text/plain", text);
		for (unsigned k = 0; k < members && i == 1; k++)
			script_member(s, 1, "some-member-of-an-archive.txt", k);
		script_part_end(s, i, S("abc"), 0);
	}
	for (unsigned i = 0; i < urls; i++) {
		snprintf(text, sizeof text, "http://host%u.example/", i);
		script_url(s, 1, text, "host.example", NULL);
	}
}

/* Links give way first, then what is in an archive, then parts, recipients last; the counts stay true. */
static void
cut_in_order(void **state)
{
	struct script s;

	(void)state;
	options.json_max = 16384;
	s = start();
	big(&s, 10, 3, 900, 10);
	finish(&s);
	SAYS("\"truncated\":[\"urls\"]");
	SAYS("\"url_count\":900");
	SAYS("host0.example");
	end();
	options.json_max = 16384;
	s = start();
	big(&s, 10, 5000, 900, 10);
	finish(&s);
	SAYS("\"truncated\":[\"members\",\"urls\"]");
	SAYS("file10.txt");
	end();
	options.json_max = 16384;
	s = start();
	big(&s, 2000, 0, 900, 10);
	finish(&s);
	SAYS("\"truncated\":[\"parts\",\"urls\"]");
	SAYS("\"part_count\":2000,\"attachment_count\":2000");
	SAYS("user10@");
	end();
	options.json_max = 16384;
	s = start();
	big(&s, 2000, 0, 900, 2000);
	finish(&s);
	SAYS("\"truncated\":[\"recipients\",\"parts\",\"urls\"]");
	SAYS("\"recipient_count\":2001");
	end();
}

static void
at_every_size(void **state)
{
	(void)state;
	for (size_t max = 3000; max < 40000; max += 977) {
		struct script s;

		options.json_max = max;
		s = start();
		big(&s, 100, 100, 100, 20);
		finish(&s);
		end();
	}
}

/* --- names of files --- */

static void
is_named(const char *filename, const char *type, const char *want)
{
	static const struct rec_session session = { .uid = "abcdefghijklmnopqrstuvwx" };
	struct rec_part p = {
		.number = 1, .kind = PART_LEAF, .path = S("1"), .content_type = slice_of(type), .filename = slice_of(filename),
	};
	struct rec_message m = { .session = &session, .index = 7, .time = SCRIPT_START, .part = &p, .npart = 1 };
	char name[PART_NAME], whole[PART_NAME];

	snprintf(whole, sizeof whole, "20261121T182901Z-abcdefgh-7-1-%s", want);
	assert_string_equal(part_name(&m, &p, true, name), whole);
	strcat(whole, ".partial");
	assert_string_equal(part_name(&m, &p, false, name), whole);
}

static void
names_are_made(void **state)
{
	char longest[400];

	(void)state;
	is_named("report.pdf", "", "report.pdf");
	is_named("invoice.pdf.exe", "", "invoice.pdf.exe");
	is_named("../../etc/passwd", "", "passwd");
	is_named("C:\\Users\\x\\a b.doc", "", "a_b.doc");
	is_named("..", "", "part");
	is_named("", "text/html", "part.html");
	is_named("", "x/y", "part");
	is_named("-rf", "", "rf");
	is_named(".htaccess", "", "htaccess");
	is_named("a/", "", "part");
	is_named("\346\265\213\350\257\225.txt", "", "_.txt");
	is_named("a\r\nb\033[31m.txt", "", "a_b_31m.txt");
	is_named("exe.\342\200\256fdp.txt", "", "exe._fdp.txt");
	memset(longest, 'a', sizeof longest);
	strcpy(longest + 300, ".docx");
	{
		char want[PART_NAME_KEPT + 1];

		memset(want, 'a', sizeof want);
		strcpy(want + PART_NAME_KEPT - 5, ".docx");
		is_named(longest, "", want);
	}
}

/* A path deeper than a name can be. */
static void
long_paths(void **state)
{
	static const struct rec_session session = { .uid = "abcdefghijklmnopqrstuvwx" };
	char path[300], name[PART_NAME];
	struct rec_part p = { .number = 77, .kind = PART_LEAF, .filename = S("a") };
	struct rec_message m = { .session = &session, .index = 1, .time = SCRIPT_START, .part = &p, .npart = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = i % 2 ? '.' : '1';
	p.path = (slice){ (uint8_t *)path, sizeof path };
	assert_string_equal(part_name(&m, &p, true, name), "20261121T182901Z-abcdefgh-1-p77-a");
	p.path = S("../x");
	assert_string_equal(part_name(&m, &p, true, name), "20261121T182901Z-abcdefgh-1-p77-a");
	assert_string_equal(part_name_unknown(&m, 10001, false, name), "20261121T182901Z-abcdefgh-1-p10001-part.partial");
}

static void
which_are_files(void **state)
{
	struct rec_part p = { .kind = PART_LEAF };

	(void)state;
	assert_false(part_is_file(&p, false));
	assert_true(part_is_file(&p, true));
	p.filename = S("a");
	assert_true(part_is_file(&p, false));
	p.filename = SLICE_NONE;
	p.disposition = S("attachment");
	assert_true(part_is_file(&p, false));	/* nobody hides a file by giving it no name */
	p.kind = PART_MULTIPART;
	assert_false(part_is_file(&p, true));
	p = (struct rec_part){ .kind = PART_UNPACKED, .filename = S("a") };
	assert_true(part_is_file(&p, false));
	p.filename = SLICE_NONE;		/* the text in a signed message */
	assert_false(part_is_file(&p, false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree),
		cmocka_unit_test(digests),
		cmocka_unit_test(insides),
		cmocka_unit_test(header_lists),
		cmocka_unit_test(cut_in_order),
		cmocka_unit_test(at_every_size),
		cmocka_unit_test(names_are_made),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(which_are_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
