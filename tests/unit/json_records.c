/* Records as JSON: exact for the manual's example, strict for hostile bytes, within --json-max. */
#include "script.h"

#include <stdlib.h>

#include "json_check.h"
#include "flow/flow.h"
#include "record/fold.h"
#include "sink/json_records.h"

static struct output_options options;
static struct json_records writer;
static struct json_check check;
static struct fold *fold;
static struct buf all;			/* every line */

static int
on_record(void *self, const struct record *r)
{
	static const char *const root[] = { "session", "message", "attempt", "finding", "stats" };
	slice line = json_records_line(&writer, r);

	(void)self;
	buf_add(&all, line);
	if (!json_check_line(&check, root[r->kind], line))
		fail_msg("%s at %s: %.*s", check.error, check.path, (int)(line.n < 3000 ? line.n : 3000), (const char *)line.p);
	if (line.n > (options.json_max ? options.json_max : LIMIT_JSON_RECORD))
		fail_msg("%zu bytes", line.n);
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
	struct fold_user user = { NULL, on_record };

	buf_init(&all, 64 * MiB);
	options.digits = 6;
	options.digests = WANT_SHA256;
	json_records_init(&writer, &options);
	fold = fold_new(&user, FOLD_MESSAGES | FOLD_HEADERS | (options.show_secrets ? FOLD_SECRETS : 0));
	return (struct script){ .feed = feed };
}

static void
finish(void)
{
	struct rec_stats engine = { .packets = 30, .first = SCRIPT_START, .last = SCRIPT_START + 5 };

	fold_finish(fold, &engine);
	fold_free(&fold);
	json_records_fini(&writer);
	buf_add_byte(&all, '\0');
}

static void
end(void)
{
	buf_fini(&all);
	options = (struct output_options){ 0 };
}

static bool
says(const char *text)
{
	return strstr((const char *)all.p, text) != NULL;
}

#define SAYS(text)  do { if (!says(text)) fail_msg("no %s in %s", text, (const char *)all.p); } while (0)

static const char example_message[] =
    "{\"v\":1,\"type\":\"message\",\"uid\":\"UID.1\",\"session_uid\":\"UID\",\"session\":3,\"index\":1,"
    "\"community_id\":\"1:vU/pkdvLZ24igX6zIrE3R/JW9Pk=\","
    "\"client\":{\"ip\":\"192.0.2.10\",\"port\":51234},\"server\":{\"ip\":\"198.51.100.5\",\"port\":25},"
    "\"time\":\"2026-11-21T18:29:01.127456Z\",\"helo\":{\"verb\":\"EHLO\",\"name\":\"client.example.org\"},\"encrypted\":false,"
    "\"mail_from\":\"alice@example.org\",\"null_sender\":false,"
    "\"mail_parameters\":[{\"name\":\"SIZE\",\"value\":\"3412\"},{\"name\":\"SMTPUTF8\"}],"
    "\"recipients\":[{\"address\":\"bob@example.net\",\"accepted\":true,\"code\":250,\"enhanced\":\"2.1.5\",\"text\":\"Ok\",\"parameters\":[]},"
    "{\"address\":\"nobody@example.net\",\"accepted\":false,\"code\":550,\"enhanced\":\"5.1.1\",\"text\":\"User unknown\","
    "\"parameters\":[{\"name\":\"NOTIFY\",\"value\":\"NEVER\"}]}],\"recipient_count\":2,\"transfer\":\"DATA\","
    "\"status\":\"accepted\",\"stage\":\"data\",\"reply\":{\"code\":250,\"enhanced\":\"2.0.0\",\"text\":\"Ok: queued as 4F1D2\"},"
    "\"queue_id\":\"4F1D2\",\"size\":3412,\"whole\":true,\"missing_bytes\":0,\"subject\":\"\346\265\213\350\257\225\","
    "\"from\":[{\"name\":\"Alice\",\"address\":\"alice@example.org\"}],"
    "\"to\":[{\"group\":\"undisclosed-recipients\",\"members\":[]}],\"date\":\"2026-11-21T18:29:00Z\",\"message_id\":\"<1@example.org>\","
    "\"timing\":{\"mail\":0.001,\"rcpt\":0.002,\"data\":0.001,\"content\":0.007,\"accept\":0.01},"
    "\"findings\":[{\"id\":\"smtp.rcpt-permanent\",\"severity\":\"warning\",\"text\":\"nobody@example.net: 550 5.1.1 User unknown\","
    "\"direction\":\"server\",\"offset\":123,\"packet\":11}],\"finding_ids\":[\"smtp.rcpt-permanent\"],\"severity\":\"warning\"}\n"
    "{\"v\":1,\"type\":\"session\",\"uid\":\"UID\",\"session\":3,\"time\":\"2026-11-21T18:29:01.123456Z\","
    "\"end\":\"2026-11-21T18:29:01.147456Z\",\"duration\":0.024,"
    "\"client\":{\"ip\":\"192.0.2.10\",\"port\":51234},\"server\":{\"ip\":\"198.51.100.5\",\"port\":25},"
    "\"community_id\":\"1:vU/pkdvLZ24igX6zIrE3R/JW9Pk=\",\"protocol\":\"smtp\",\"close\":\"quit\",\"complete\":\"full\","
    "\"greeting\":{\"code\":220,\"host\":\"mx.example.net\",\"text\":\"mx.example.net ESMTP Postfix\"},"
    "\"helo\":{\"verb\":\"EHLO\",\"name\":\"client.example.org\"},\"capabilities\":[\"PIPELINING\",\"SIZE 10240000\"],"
    "\"encrypted\":false,\"messages\":1,\"accepted\":1,\"commands\":6,\"errors\":1,\"pipelined\":0,"
    "\"bytes\":{\"client\":0,\"server\":0},\"packets\":{\"client\":0,\"server\":0},"
    "\"tcp\":{\"handshake\":0.0004,\"retransmitted\":0,\"out_of_order\":0,\"overlap_conflicts\":0,\"overlap_policy\":\"linux\","
    "\"missing_bytes\":{\"client\":0,\"server\":0},\"midstream\":false},\"findings\":[],\"finding_ids\":[]}\n";

/* Puts "UID" for each digit sequence of the session's uid. */
static void
hide_uid(char *text)
{
	char uid[25] = "", *at = strstr(text, "\"uid\":\"");

	assert_non_null(at);
	memcpy(uid, at + 7, 24);
	while ((at = strstr(text, uid)) != NULL) {
		memcpy(at, "UID", 3);
		memmove(at + 3, at + 24, strlen(at + 24) + 1);
	}
}

static void
example(void **state)
{
	struct script s = start();

	(void)state;
	script_example(&s, 3);
	finish();
	hide_uid((char *)all.p);
	if (strncmp((char *)all.p, example_message, sizeof example_message - 1) != 0)
		fail_msg("got\n%s\nwant\n%s", (char *)all.p, example_message);
	SAYS("\"type\":\"stats\"");
	SAYS("\"final\":true");
	SAYS("\"finding_counts\":[{\"id\":\"smtp.rcpt-permanent\",\"severity\":\"warning\",\"count\":1}]");
	end();
}

static void
with_all_headers(void **state)
{
	struct script s;

	(void)state;
	options.all_headers = true;
	options.sensor = "tap \"1\"";
	s = start();
	script_example(&s, 3);
	finish();
	SAYS("\"headers\":[{\"name\":\"From\",\"value\":\"Alice <alice@example.org>\"},");
	SAYS("\"sensor\":\"tap \\\"1\\\"\"");
	end();
}

static void
bytes_that_are_not_utf8(void **state)
{
	struct script s = start();

	(void)state;
	script_open(&s, 1);
	script_reply(&s, "", "220 \351\n");
	script_command(&s, "EHLO a\001b\177c\"\\");
	script_reply(&s, "EHLO", "250-x\n250-\377AB\n250 OK");
	script_command(&s, "MAIL FROM:<\303@b.example>");
	script_reply(&s, "MAIL", "250 \033[31mred");
	script_begin(&s, 1, "DATA");
	script_header(&s, "Subject", "caf\351");
	script_end(&s, 0, true, 0);
	script_done(&s, 1, MAIL_ABORTED, NULL);
	script_finding(&s, FINDING_TERM_ESCAPE, 0, "\033]0;x\a");
	script_close(&s, WHY_RST, DIR_CLIENT);
	finish();
	SAYS("\"subject\":\"caf\357\277\275\",\"subject_b64\":\"Y2Fm6Q==\"");
	SAYS("\"mail_from\":\"\357\277\275@b.example\",\"mail_from_b64\":\"w0BiLmV4YW1wbGU=\"");
	SAYS("\"capabilities\":[\"\357\277\275AB\",\"OK\"],\"capabilities_b64\":[\"/0FC\",\"T0s=\"]");
	SAYS("\"name\":\"a\\u0001b\\u007Fc\\\"\\\\\"");
	assert_null(memchr(all.p, 033, all.n));
	end();
}

static void
secrets(void **state)
{
	(void)state;
	for (int show = 0; show < 2; show++) {
		struct script s;

		options.show_secrets = show;
		s = start();
		script_open(&s, 1);
		script_auth(&s, "alice", "hunter2", true);
		script_close(&s, WHY_FIN, DIR_SERVER);
		finish();
		assert_int_equal(says("hunter2"), show);
		assert_int_equal(says("<redacted>"), !show);
		SAYS("\"auth\":[{\"mechanism\":\"PLAIN\",\"user\":\"alice\"");
		SAYS("\"close\":\"server-fin\"");
		end();
	}
}

static void
big_message(struct script *s, int recipients, int headers, int findings, slice text)
{
	char line[64], *subject = calloc(1, text.n + 1);

	memcpy(subject, text.p, text.n);
	script_open(s, 1);
	script_command(s, "MAIL FROM:<a@b.example>");
	script_reply(s, "MAIL", "250 ok");
	for (int32_t i = 0; i < recipients; i++) {
		snprintf(line, sizeof line, "RCPT TO:<user%d@d.example>", i);
		script_rcpt(s, i, line, "250 2.1.5 ok");
	}
	script_begin(s, 1, "DATA");
	script_header(s, "Subject", subject);
	for (int i = 0; i < headers; i++)
		script_header(s, "X-Header", "some value that takes its room");
	for (int i = 0; i < findings; i++)
		script_finding(s, FINDING_SMTP_BARE_LF, s->mail, "here");
	script_end(s, 0, true, 0);
	script_done(s, 1, MAIL_ACCEPTED, "data");
	script_close(s, WHY_FIN, DIR_CLIENT);
	free(subject);
}

static void
headers_are_cut_first(void **state)
{
	struct script s;

	(void)state;
	options.all_headers = true;
	options.json_max = 16384;
	s = start();
	big_message(&s, 20, 1000, 5, S("short"));
	finish();
	SAYS("\"truncated\":[\"headers\"]");
	SAYS("user19@");
	SAYS("\"headers\":[{\"name\":\"Subject\"");
	end();
}

static void
then_recipients(void **state)
{
	struct script s;

	(void)state;
	options.all_headers = true;
	options.json_max = 16384;
	s = start();
	big_message(&s, 1000, 1000, 5, S("short"));
	finish();
	SAYS("\"recipient_count\":1000");
	SAYS("\"truncated\":[\"recipients\",\"headers\"]");
	SAYS("user19@");
	assert_false(says("user999@"));
	SAYS("\"finding_ids\":[\"smtp.bare-lf\"]");
	end();
}

static void
then_texts(void **state)
{
	enum { LONG = 60000 };
	uint8_t *text = malloc(LONG);
	struct script s;

	(void)state;
	for (int i = 0; i < LONG; i++)
		text[i] = i % 2 ? 0xa9 : 0xc3;
	options.json_max = 8192;
	s = start();
	big_message(&s, 0, 0, 300, (slice){ text, LONG });
	finish();
	SAYS("\"subject\"");
	assert_false(says("subject_b64"));		/* not cut inside a character */
	assert_false(says("\357\277\275"));
	SAYS("\"truncated\":[\"subject\",\"findings\",\"facts\"]");
	free(text);
	end();
}

static void
everything_at_every_size(void **state)
{
	(void)state;
	for (size_t max = 3000; max < 40000; max += 977) {
		struct script s;

		options.json_max = max;
		options.all_headers = true;
		s = start();
		big_message(&s, 100, 100, 100, S("subject"));
		finish();
		end();
	}
}

static void
attempts_and_lone_findings(void **state)
{
	struct attempt_facts facts = {
		.outcome = ATTEMPT_UNREACHABLE, .finding = FINDING_TCP_NO_ANSWER, .detail = S("host unreachable"),
		.first = SCRIPT_START, .last = SCRIPT_START + 5 * NSTIME_S, .packet = 4,
	};
	struct script s = start();

	(void)state;
	addr_parse(S("2001:db8::1"), &facts.client.addr);
	addr_parse(S("2001:db8::2"), &facts.server.addr);
	facts.server.port = 25;
	fold_attempt(fold, &facts);
	s.now = SCRIPT_START;
	script_finding(&s, FINDING_FILE_TRUNCATED, 0, "");
	finish();
	SAYS("\"client\":{\"ip\":\"2001:db8::1\"},\"server\":{\"ip\":\"2001:db8::2\",\"port\":25},\"outcome\":\"unreachable\",\"count\":1,"
	    "\"first\":\"2026-11-21T18:29:01.123456Z\",\"last\":\"2026-11-21T18:29:06.123456Z\",\"detail\":\"host unreachable\","
	    "\"findings\":[{\"id\":\"tcp.no-answer\"");
	SAYS("\"id\":\"file.truncated\",\"severity\":\"warning\",\"text\":\"");
	SAYS("\"packet\":1,\"finding_ids\":[\"file.truncated\"],\"uids\":[]}");
	end();
}

static void
numbers_and_times(void **state)
{
	struct json j;
	static const struct { nstime t; const char *text; } seconds[] = {
		{ 0, "0.0" }, { NSTIME_S, "1.0" }, { 21 * NSTIME_MS, "0.021" }, { 1, "0.000000001" }, { -1500 * NSTIME_MS, "-1.5" },
		{ 86400 * NSTIME_S + 10, "86400.00000001" },
	};

	(void)state;
	json_init(&j);
	for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
		json_clear(&j);
		json_seconds(&j, JSON_ITEM, seconds[i].t);
		assert_true(slice_eq(buf_slice(&j.out), slice_of(seconds[i].text)));
	}
	for (int digits = 0; digits <= 9; digits++) {
		nstime t[] = { 0, 1, -1, SCRIPT_START + 789, SCRIPT_START - NSTIME_S, INT64_MAX, INT64_MIN + 1 };

		for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
			char text[NSTIME_TEXT + 2], utc[NSTIME_TEXT];

			json_clear(&j);
			j.digits = digits;
			json_time(&j, JSON_ITEM, t[i]);
			snprintf(text, sizeof text, "\"%s\"", nstime_utc(t[i], digits, utc));
			assert_true(slice_eq(buf_slice(&j.out), slice_of(text)));
		}
	}
	json_clear(&j);
	json_number(&j, JSON_ITEM, UINT64_MAX);
	json_integer(&j, JSON_ITEM, INT64_MIN);
	assert_true(slice_eq(buf_slice(&j.out), S("18446744073709551615,-9223372036854775808")));
	json_fini(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example),
		cmocka_unit_test(with_all_headers),
		cmocka_unit_test(bytes_that_are_not_utf8),
		cmocka_unit_test(secrets),
		cmocka_unit_test(headers_are_cut_first),
		cmocka_unit_test(then_recipients),
		cmocka_unit_test(then_texts),
		cmocka_unit_test(everything_at_every_size),
		cmocka_unit_test(attempts_and_lone_findings),
		cmocka_unit_test(numbers_and_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
