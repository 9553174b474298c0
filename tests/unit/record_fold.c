/* Events into records: envelope, fates, findings, readings, attempts; nothing is kept that should not be. */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow/flow.h"
#include "record/fold.h"

/* What the test looks at, copied while the record is valid. */
struct got {
	unsigned sessions, messages, attempts, findings, stats;
	void (*message)(const struct rec_message *);
	void (*session)(const struct rec_session *);
	char order[64];
	char uid[UID_TEXT];
	struct rec_attempt attempt[4];
	struct rec_lone_finding finding;
	struct rec_stats last;
};

static struct got got;
static struct fold *fold;

static int
on_record(void *self, const struct record *r)
{
	(void)self;
	if (strlen(got.order) < sizeof got.order - 1)
		strncat(got.order, &"SMAFT"[r->kind], 1);
	switch (r->kind) {
	case REC_SESSION:
		got.sessions++;
		if (got.session)
			got.session(r->u.session);
		break;
	case REC_MESSAGE:
		got.messages++;
		strcpy(got.uid, r->u.message->uid);
		if (got.message)
			got.message(r->u.message);
		break;
	case REC_ATTEMPT:
		if (got.attempts < 4)
			got.attempt[got.attempts] = *r->u.attempt;
		got.attempts++;
		break;
	case REC_FINDING:
		got.findings++;
		got.finding = *r->u.finding;
		break;
	case REC_STATS:
		got.stats++;
		got.last = *r->u.stats;
		break;
	}
	return 0;
}

static void
feed(void *self, const struct event *e)
{
	(void)self;
	assert_int_equal(fold_event(fold, e), 0);
}

static struct script
start(unsigned keep)
{
	struct fold_user user = { NULL, on_record };

	got = (struct got){ 0 };
	fold = fold_new(&user, keep);
	return (struct script){ .feed = feed };
}

static void
finish(void)
{
	struct rec_stats engine = { .packets = 30, .first = SCRIPT_START, .last = SCRIPT_START };

	assert_int_equal(fold_finish(fold, &engine), 0);
	fold_free(&fold);
	assert_null(fold);
}

static void
is_text(slice s, const char *text)
{
	if (!slice_eq(s, slice_of(text)))
		fail_msg("\"%.*s\" is not \"%s\"", (int)s.n, (const char *)s.p, text);
}

static void
example_message(const struct rec_message *m)
{
	is_text(m->mail_from, "alice@example.org");
	assert_true(m->has_mail_from);
	assert_false(m->null_sender);
	assert_null(m->mail_path.p);
	assert_int_equal(m->nparameter, 2);
	is_text(m->parameter[0].name, "SIZE");
	is_text(m->parameter[0].value, "3412");
	is_text(m->parameter[1].name, "SMTPUTF8");
	assert_null(m->parameter[1].value.p);
	is_text(m->helo_verb, "EHLO");
	is_text(m->helo_name, "client.example.org");
	assert_null(m->auth_user.p);
	assert_int_equal(m->nrecipient, 2);
	assert_int_equal(m->recipients, 2);
	assert_int_equal(m->accepted_recipients, 1);
	assert_true(m->recipient[0].accepted);
	is_text(m->recipient[0].address, "bob@example.net");
	assert_false(m->recipient[1].accepted);
	assert_int_equal(m->recipient[1].reply.code, 550);
	is_text(m->recipient[1].reply.enhanced, "5.1.1");
	is_text(m->recipient[1].reply.text, "User unknown");
	assert_int_equal(m->recipient[1].rcpt_code, 0);
	assert_int_equal(m->status, MAIL_ACCEPTED);
	assert_int_equal(m->reply.code, 250);
	is_text(m->queue_id, "4F1D2");
	assert_true(m->whole);
	assert_int_equal(m->size, 3412);
	is_text(m->subject, "\346\265\213\350\257\225");
	assert_int_equal(m->nfrom, 1);
	is_text(m->from[0].name, "Alice");
	is_text(m->from[0].address, "alice@example.org");
	assert_int_equal(m->nto, 1);
	is_text(m->to[0].group, "undisclosed-recipients");
	assert_null(m->to[0].address.p);
	assert_int_equal(m->date_time, INT64_C(1795285740) * NSTIME_S);
	is_text(m->message_id, "<1@example.org>");
	assert_int_equal(m->wait_mail, NSTIME_MS);
	assert_int_equal(m->wait_rcpt, 2 * NSTIME_MS);
	assert_int_equal(m->wait_data, NSTIME_MS);
	assert_int_equal(m->wait_accept, 10 * NSTIME_MS);
	assert_int_equal(m->content_time, 7 * NSTIME_MS);
	assert_int_equal(m->findings.count, 1);
	assert_int_equal(m->findings.severity, WARNING);
	assert_true(rec_findings_have(&m->findings, FINDING_SMTP_RCPT_PERMANENT));
	assert_int_equal(m->nheader, 0);
}

static void
example_session(const struct rec_session *s)
{
	assert_string_equal(rec_session_close(s), "quit");
	assert_string_equal(rec_session_complete(s), "full");
	is_text(s->greeting_host, "mx.example.net");
	is_text(s->greeting.text, "mx.example.net ESMTP Postfix");
	assert_int_equal(s->ncapability, 2);
	is_text(s->capability[1], "SIZE 10240000");
	assert_int_equal(s->messages, 1);
	assert_int_equal(s->accepted, 1);
	assert_int_equal(s->commands, 6);
	assert_int_equal(s->errors, 1);
	assert_int_equal(s->recipients, 2);
	assert_int_equal(s->accepted_recipients, 1);
	assert_int_equal(s->findings.count, 0);
	assert_int_equal(s->time, SCRIPT_START);
	assert_int_equal(strlen(s->uid), 24);
}

static void
example(void **state)
{
	struct script s = start(FOLD_MESSAGES);

	(void)state;
	got.message = example_message;
	got.session = example_session;
	script_example(&s, 3);
	assert_non_null(fold_session(fold, 3));		/* a sink may ask until the next event */
	finish();
	assert_string_equal(got.order, "MST");
	assert_int_equal(got.last.status[MAIL_ACCEPTED], 1);
	assert_int_equal(got.last.reply_class[5], 1);
	assert_int_equal(got.last.command_count, 6);
	assert_int_equal(got.last.packets, 30);
	assert_int_equal(got.last.finding[FINDING_SMTP_RCPT_PERMANENT], 1);
}

static void
uid_is_stable(void **state)
{
	char first[UID_TEXT];
	struct script s = start(0);

	(void)state;
	script_example(&s, 3);
	finish();
	strcpy(first, got.uid);
	s = start(FOLD_MESSAGES);
	script_example(&s, 3);
	finish();
	assert_string_equal(got.uid, first);
	assert_string_equal(first + 24, ".1");
	s = start(0);
	script_example(&s, 4);
	finish();
	assert_string_not_equal(got.uid, first);
}

static void
lmtp_message(const struct rec_message *m)
{
	assert_int_equal(m->accepted_recipients, 1);
	assert_int_equal(m->recipient[0].reply.code, 550);
	assert_int_equal(m->recipient[0].rcpt_code, 250);
	assert_false(m->recipient[0].accepted);
	assert_true(m->recipient[1].accepted);
	assert_int_equal(m->recipient[1].rcpt_code, 250);
	assert_int_equal(m->reply.code, 250);			/* the one that accepted it, though it came second */
	is_text(m->queue_id, "0GyqBq1XYmVPDAAA");
}

static void
lmtp_fates(void **state)
{
	struct script s = start(0);

	(void)state;
	got.message = lmtp_message;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_reply(&s, "MAIL", "250 ok");
	script_rcpt(&s, 0, "RCPT TO:<c@d.example>", "250 ok");
	script_rcpt(&s, 1, "RCPT TO:<e@d.example>", "250 ok");
	script_command(&s, "DATA");
	script_reply(&s, "DATA", "354 go");
	script_begin(&s, 1, "DATA");
	script_end(&s, 10, true, 0);
	script_reply_to(&s, ++s.serial, ".", 0, s.mail, 0, "550 5.2.2 over quota");
	script_reply_to(&s, s.serial, ".", 1, s.mail, 0, "250 2.0.0 <e@d.example> 0GyqBq1XYmVPDAAA Saved");
	script_done(&s, 1, MAIL_ACCEPTED, "data");
	script_close(&s, WHY_FIN, DIR_SERVER);
	finish();
	assert_int_equal(got.messages, 1);
}

static void
refused_message(const struct rec_message *m)
{
	assert_int_equal(m->reply.code, 554);
	is_text(m->reply.text, "two lines of it");
	is_text(m->reply.enhanced, "5.7.1");
	assert_false(m->has_content);
	assert_true(m->null_sender);
	assert_non_null(m->mail_from.p);
	assert_null(m->transfer);
}

static void
refused_reply_and_joined_lines(void **state)
{
	struct script s = start(0);

	(void)state;
	got.message = refused_message;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<>");
	script_reply(&s, "MAIL", "554-5.7.1 two lines\n554 5.7.1 of it");
	script_done(&s, 1, MAIL_REFUSED, "mail");
	script_close(&s, WHY_RST, DIR_SERVER);
	finish();
	assert_int_equal(got.messages, 1);
}

static void
nested_mail_is_no_record(void **state)
{
	struct script s = start(0);
	uint32_t first;

	(void)state;
	script_open(&s, 1);
	first = script_command(&s, "MAIL FROM:<a@b.example>");
	script_reply(&s, "MAIL", "250 ok");
	for (int i = 0; i < 10000; i++) {
		uint32_t nested = script_command(&s, "MAIL FROM:<x@b.example>");

		script_reply_to(&s, nested, "MAIL", -1, nested, 0, "503 nested");
	}
	s.mail = first;
	script_done(&s, 1, MAIL_ABORTED, NULL);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	finish();
	assert_int_equal(got.messages, 1);
}

static void
reading_message(const struct rec_message *m)
{
	static unsigned seen;

	assert_int_equal(m->server_reading, seen > 0);
	is_text(m->mail_from, seen > 0 ? "smuggled@b.example" : "a@b.example");
	seen++;
}

/* The second reading's serials may be the same as the first's. */
static void
two_readings_stay_apart(void **state)
{
	struct script s = start(0);

	(void)state;
	got.message = reading_message;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 1, "DATA");
	s.server_reading = true;
	s.serial = 0;
	script_command(&s, "MAIL FROM:<smuggled@b.example>");
	script_begin(&s, 2, "DATA");
	s.server_reading = false;
	script_end(&s, 10, true, 0);
	script_done(&s, 1, MAIL_ACCEPTED, NULL);
	s.server_reading = true;
	s.mail = 1;
	script_end(&s, 5, true, 0);
	script_done(&s, 2, MAIL_ACCEPTED, NULL);
	s.server_reading = false;
	script_close(&s, WHY_FIN, DIR_CLIENT);
	finish();
	assert_int_equal(got.messages, 2);
}

static void
no_secret_in(const struct rec_session *s)
{
	assert_int_equal(s->nauth, 2);
	assert_non_null(s->auth[0].secret.p);
	assert_int_equal(s->auth[0].secret.n, 0);
}

static void
auth_message(const struct rec_message *m)
{
	is_text(m->auth_user, "alice");
}

static void
secrets_are_not_kept(void **state)
{
	struct script s = start(0);

	(void)state;
	got.session = no_secret_in;
	got.message = auth_message;
	script_open(&s, 1);
	script_auth(&s, "alice", "hunter2", true);
	script_auth(&s, "mallory", "guess", false);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_done(&s, 1, MAIL_INCOMPLETE, NULL);
	script_close(&s, WHY_END_OF_CAPTURE, DIR_CLIENT);
	finish();
	assert_int_equal(got.sessions, 1);
}

static void
secret_in(const struct rec_session *s)
{
	is_text(s->auth[0].secret, "hunter2");
	assert_string_equal(rec_session_close(s), "end-of-capture");
	assert_string_equal(rec_session_complete(s), "cut");
}

static void
secrets_on_demand(void **state)
{
	struct script s = start(FOLD_SECRETS);

	(void)state;
	got.session = secret_in;
	script_open(&s, 1);
	script_auth(&s, "alice", "hunter2", true);
	script_close(&s, WHY_END_OF_CAPTURE, DIR_CLIENT);
	finish();
	assert_int_equal(got.sessions, 1);
}

static void
many_findings(const struct rec_session *s)
{
	assert_int_equal(s->findings.n, LIMIT_FINDINGS);
	assert_int_equal(s->findings.count, 1001);
	assert_int_equal(s->findings.severity, ALERT);		/* of the last one, which is not kept */
	assert_true(rec_findings_have(&s->findings, FINDING_SMTP_SMUGGLING));
}

static void
findings_go_where_they_belong(void **state)
{
	struct script s = start(0);

	(void)state;
	got.session = many_findings;
	script_open(&s, 7);
	for (int i = 0; i < 1000; i++)
		script_finding(&s, FINDING_SMTP_UNKNOWN_COMMAND, 99, "no such transaction");
	script_finding(&s, FINDING_SMTP_SMUGGLING, 0, "x");
	script_close(&s, WHY_IDLE, DIR_CLIENT);
	assert_int_equal(got.findings, 0);
	finish();
}

static void
late_finding_names_its_session(void **state)
{
	struct script s = start(0);
	char uid[UID_TEXT];

	(void)state;
	script_open(&s, 7);
	strcpy(uid, fold_session(fold, 7)->uid);
	script_close(&s, WHY_IDLE, DIR_CLIENT);
	script_finding(&s, FINDING_TCP_AFTER_FIN, 0, "late");
	assert_int_equal(got.findings, 1);
	assert_string_equal(got.finding.uid, uid);
	s.session = 0;
	script_finding(&s, FINDING_FILE_TRUNCATED, 0, "");
	assert_int_equal(got.findings, 2);
	assert_string_equal(got.finding.uid, "");
	finish();
	assert_string_equal(got.order, "SFFT");
}

static void
helo_session(const struct rec_session *s)
{
	is_text(s->helo_verb, "HELO");
	is_text(s->helo_name, "two.example");
	assert_int_equal(s->ncapability, 0);
}

static void
refused_ehlo_gives_way(void **state)
{
	struct script s = start(0);

	(void)state;
	got.session = helo_session;
	script_open(&s, 1);
	script_command(&s, "EHLO one.example");
	script_reply(&s, "EHLO", "502 no");
	script_command(&s, "HELO two.example");
	script_reply(&s, "HELO", "250 hi");
	script_command(&s, "EHLO three.example");
	script_reply(&s, "EHLO", "501 no");
	script_close(&s, WHY_FIN, DIR_CLIENT);
	finish();
	assert_int_equal(got.sessions, 1);
}

static void
headers_message(const struct rec_message *m)
{
	assert_int_equal(m->nheader, 3);
	is_text(m->header[0].name, "X-Long");
	is_text(m->header[0].value, "one\ttwo");
	is_text(m->subject, "first");
	assert_int_equal(m->date_time, NSTIME_NONE);
}

static void
raw_headers_on_demand(void **state)
{
	struct script s = start(FOLD_MESSAGES | FOLD_HEADERS);

	(void)state;
	got.message = headers_message;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 1, "DATA");
	script_header(&s, "X-Long", "one\r\n\ttwo");
	script_header(&s, "SUBJECT", "first");
	script_header(&s, "Subject", "second");
	script_end(&s, 9, false, 3);
	script_done(&s, 1, MAIL_INCOMPLETE, NULL);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	finish();
	assert_int_equal(got.messages, 1);
}

static void
attempts_are_counted(void **state)
{
	struct attempt_facts facts = { .outcome = ATTEMPT_REFUSED, .finding = FINDING_TCP_REFUSED, .detail = S("RST") };

	start(0);
	(void)state;
	addr_parse(S("192.0.2.1"), &facts.client.addr);
	addr_parse(S("192.0.2.2"), &facts.server.addr);
	facts.server.port = 25;
	for (int i = 0; i < 5; i++) {
		facts.first = 100 - i;
		facts.last = 200 + i;
		facts.client.port = (uint16_t)(1000 + i);
		fold_attempt(fold, &facts);
	}
	facts.outcome = ATTEMPT_NO_ANSWER;
	facts.finding = FINDINGS;
	facts.first = 7;
	fold_attempt(fold, &facts);
	finish();
	assert_int_equal(got.attempts, 2);
	assert_int_equal(got.attempt[0].outcome, ATTEMPT_NO_ANSWER);	/* the first one in time */
	assert_int_equal(got.attempt[1].count, 5);
	assert_int_equal(got.attempt[1].first, 96);
	assert_int_equal(got.attempt[1].last, 204);
	assert_int_equal(got.last.attempts, 6);
	assert_int_equal(got.last.by_severity[WARNING], 5);
	assert_string_not_equal(got.attempt[0].uid, got.attempt[1].uid);
}

static void
attempts_are_bounded(void **state)
{
	struct attempt_facts facts = { .outcome = ATTEMPT_NO_ANSWER, .finding = FINDING_TCP_NO_ANSWER };

	start(0);
	(void)state;
	facts.client.addr.family = facts.server.addr.family = 4;
	for (uint32_t i = 0; i < LIMIT_ATTEMPTS + 100; i++) {
		memcpy(facts.client.addr.ip, &i, sizeof i);
		fold_attempt(fold, &facts);
	}
	finish();
	assert_int_equal(got.attempts, LIMIT_ATTEMPTS);
	assert_int_equal(got.last.attempts, LIMIT_ATTEMPTS + 100);
	assert_int_equal(got.last.attempts_untold, 100);
}

static void
many_message(const struct rec_message *m)
{
	assert_int_equal(m->recipients, LIMIT_RECIPIENTS + 10);
	assert_int_equal(m->nrecipient, LIMIT_RECIPIENTS);
	assert_int_equal(m->accepted_recipients, LIMIT_RECIPIENTS + 10);
	assert_int_equal(m->ncut, 1);
	assert_true(slice_eq(m->cut[0], S("recipients")));
	assert_false(m->truncated);
}

static void
recipients_are_bounded(void **state)
{
	struct script s = start(0);

	(void)state;
	got.message = many_message;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	for (int32_t i = 0; i < LIMIT_RECIPIENTS + 10; i++)
		script_rcpt(&s, i, "RCPT TO:<c@d.example>", "250 ok");
	script_done(&s, 1, MAIL_ABORTED, NULL);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	finish();
	assert_int_equal(got.messages, 1);
}

static void
interleaved_sessions(void **state)
{
	struct script a = start(0), b = a;

	(void)state;
	script_open(&a, 1);
	script_open(&b, 2);
	for (int i = 0; i < 3; i++) {
		script_command(&a, "MAIL FROM:<a@b.example>");
		script_command(&b, "MAIL FROM:<b@b.example>");
		script_done(&a, (uint32_t)i + 1, MAIL_ABORTED, NULL);
		script_done(&b, (uint32_t)i + 1, MAIL_ABORTED, NULL);
	}
	script_close(&a, WHY_FIN, DIR_CLIENT);
	assert_null(fold_session(fold, 99));
	assert_non_null(fold_session(fold, 2));
	script_close(&b, WHY_FIN, DIR_CLIENT);
	finish();
	assert_string_equal(got.order, "MMMMMMSST");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example),
		cmocka_unit_test(uid_is_stable),
		cmocka_unit_test(lmtp_fates),
		cmocka_unit_test(refused_reply_and_joined_lines),
		cmocka_unit_test(nested_mail_is_no_record),
		cmocka_unit_test(two_readings_stay_apart),
		cmocka_unit_test(secrets_are_not_kept),
		cmocka_unit_test(secrets_on_demand),
		cmocka_unit_test(findings_go_where_they_belong),
		cmocka_unit_test(late_finding_names_its_session),
		cmocka_unit_test(refused_ehlo_gives_way),
		cmocka_unit_test(raw_headers_on_demand),
		cmocka_unit_test(attempts_are_counted),
		cmocka_unit_test(attempts_are_bounded),
		cmocka_unit_test(recipients_are_bounded),
		cmocka_unit_test(interleaved_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
