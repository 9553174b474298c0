/* -T events: every line strict JSON, no secret, the session's uid from the first line to the last. */
#include "pipe.h"

#include <unistd.h>

#include "json_check.h"

static struct json_check check;

static char *
run(void (*talk)(struct script *), bool show_secrets)
{
	struct output_options options = { .digits = 9, .show_secrets = show_secrets, .verbose = 1 };
	char path[] = "/tmp/smtptap-events-XXXXXX", *text;
	struct pipe p;
	struct script s;

	close(mkstemp(path));
	s = pipe_open(&p, "events", path, &options);
	talk(&s);
	assert_int_equal(pipe_close(&p, false), 0);
	text = read_file(path);
	unlink(path);
	return text;
}

static void
is_strict(char *text)
{
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		slice s = { (uint8_t *)line, (size_t)(end + 1 - line) };
		char type[32] = "";

		sscanf(line, "{\"v\":1,\"type\":\"%31[a-z-]", type);
		if (!json_check_line(&check, type, s))
			fail_msg("%s: %.*s", check.error, (int)s.n, line);
	}
}

static void
example(struct script *s)
{
	script_example(s, 3);
}

static void
example_lines(void **state)
{
	char *text = run(example, false), *uid;
	unsigned n = 0;

	(void)state;
	is_strict(text);
	uid = strstr(text, "\"uid\":\"");
	assert_non_null(uid);
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1, n++)
		assert_int_equal(memcmp(strstr(line, "\"uid\":\""), uid, 33), 0);
	assert_int_equal(n, 25);
	assert_non_null(strstr(text, "{\"v\":1,\"type\":\"open\""));
	assert_non_null(strstr(text, "\"time\":\"2026-11-21T18:29:01.123456000Z\""));
	assert_non_null(strstr(text, "\"verb\":\"RCPT\",\"args\":\"TO:<nobody@example.net> NOTIFY=NEVER\",\"address\":\"nobody@example.net\","
	    "\"path\":\"<nobody@example.net>\",\"parameters\":[{\"name\":\"NOTIFY\",\"value\":\"NEVER\"}],\"line_end\":\"crlf\"}"));
	assert_non_null(strstr(text, "\"code\":550,\"enhanced\":\"5.1.1\",\"lines\":[\"550 5.1.1 User unknown\"],\"verb\":\"RCPT\",\"recipient\":1,\"wait\":0.002}"));
	assert_non_null(strstr(text, "\"close\":\"quit\"}\n"));
	free(text);
}

static void
hostile(struct script *s)
{
	struct event e;

	script_open(s, 1);
	script_command(s, "EHLO \033[2J\377");
	script_command(s, "AUTH PLAIN AGFsaWNlAHNlY3JldA==");
	script_auth(s, "alice", "secret", false);
	e = script_event(s, EV_COMMAND, DIR_CLIENT);
	e.at.secret = true;
	e.u.command = (struct ev_command){ .serial = 9, .verb = S("AUTH"), .args = S("PLAIN c2VjcmV0"), .line = S("AUTH PLAIN c2VjcmV0") };
	s->feed(s->self, &e);
	e.u.command = (struct ev_command){ .serial = 10, .verb = S("AUTH*"), .line = S("c2VjcmV0") };
	s->feed(s->self, &e);
	e = script_event(s, EV_REPLY, DIR_SERVER);
	e.at.secret = true;
	e.u.reply = (struct ev_reply){ .code = 334, .line = &S("334 c2VjcmV0"), .nline = 1, .recipient = -1, .wait = NSTIME_NONE };
	s->feed(s->self, &e);
	e = script_event(s, EV_TLS, DIR_CLIENT);
	e.u.tls = (struct ev_tls){ TLS_BEGINS, "starttls", 0x0303 };
	s->feed(s->self, &e);
	e = script_event(s, EV_PROXY, DIR_CLIENT);
	e.u.proxy = (struct ev_proxy){ .by = "XCLIENT", .name = S("\033") };
	s->feed(s->self, &e);
	e = script_event(s, EV_PACKET, DIR_CLIENT);
	e.u.packet = (struct ev_packet){ 5, 1024, PACKET_SYN | PACKET_RETRANSMITTED };
	s->feed(s->self, &e);
	e = script_event(s, EV_GAP, DIR_CLIENT);
	e.u.gap = (struct ev_gap){ .missing = 1448 };
	s->feed(s->self, &e);
	script_close(s, WHY_RST, DIR_SERVER);
	s->session = 0;
	script_finding(s, FINDING_FILE_TRUNCATED, 0, "at byte \001");
}

static void
hostile_lines(void **state)
{
	char *text = run(hostile, false);

	(void)state;
	is_strict(text);
	assert_null(strstr(text, "c2VjcmV0"));
	assert_null(strstr(text, "\"secret\":\""));
	assert_non_null(strstr(text, "\"args\":\"PLAIN <redacted>\""));
	assert_non_null(strstr(text, "\"secret_text\":\"<redacted>\""));
	assert_non_null(strstr(text, "\"flags\":[\"syn\",\"retransmitted\"]"));
	assert_non_null(strstr(text, "\"missing\":1448"));
	assert_non_null(strstr(text, "\"close\":\"server-rst\""));
	free(text);
	text = run(hostile, true);
	assert_non_null(strstr(text, "\"args\":\"PLAIN c2VjcmV0\""));
	assert_non_null(strstr(text, "\"args\":\"c2VjcmV0\""));
	assert_non_null(strstr(text, "\"secret_text\":\"secret\""));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_lines),
		cmocka_unit_test(hostile_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
