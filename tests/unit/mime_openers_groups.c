/*
 * mime_openers_groups.c - delivery status, disposition and feedback reports.
 */
#include "mime_openers.h"

extern const struct opener report_groups_opener;

static const struct content_about status = { .content_type = SLICE("message/delivery-status") };

static void
test_takes(void **unused)
{
	static const struct content_about disposition = { .content_type = SLICE("message/disposition-notification") },
	    feedback = { .content_type = SLICE("message/feedback-report") }, text = { .content_type = SLICE("text/plain") };

	(void)unused;
	assert_true(report_groups_opener.takes(&disposition, SLICE_NONE));
	assert_true(report_groups_opener.takes(&feedback, SLICE_NONE));
	assert_false(report_groups_opener.takes(&text, S("Final-Recipient: rfc822; bob@example.net\r\n")));
}

static void
test_status(void **unused)
{
	(void)unused;
	check(&report_groups_opener, &status, S(
	    "Reporting-MTA: dns; mx.example.net\r\n"
	    "arrival-date: Sat, 21 Nov 2026 18:29:01 +0000\r\n"
	    "X-Postfix-Queue-ID: 4F1D2\r\n"
	    "\r\n"
	    "Final-Recipient: rfc822; nobody@example.net\r\n"
	    "ACTION: failed\r\n"
	    "Status: 5.1.1\r\n"
	    "Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.net>:\r\n"
	    "    User unknown =?utf-8?Q?gr=C3=BC=C3=9F?=\r\n"
	    "\r\n\r\n"
	    "Final-Recipient: rfc822;carol@example.net\n"
	    "Action: delayed\n"),
	    "0 Reporting-MTA: dns; mx.example.net\n"
	    "0 Arrival-Date: Sat, 21 Nov 2026 18:29:01 +0000\n"
	    "0 X-Postfix-Queue-ID: 4F1D2\n"
	    "1 Final-Recipient: rfc822; nobody@example.net\n"
	    "1 Action: failed\n"
	    "1 Status: 5.1.1\n"
	    "1 Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.net>: User unknown grüß\n"
	    "2 Final-Recipient: rfc822;carol@example.net\n"
	    "2 Action: delayed\n");
}

/* Empty lines on top do not make a group; lines that are no field are passed over, wherever they stand. */
static void
test_untidy(void **unused)
{
	(void)unused;
	check(&report_groups_opener, &status, S(
	    "\r\n\n\rjunk\r\n"
	    "This is no field\r\n"
	    "  nor is this: one\r\n"
	    "Reporting-MTA : dns; a\r\n"
	    "Empty:\r\n"
	    "and this\r\n"
	    "Final-Log-ID: 7\r\n"
	    "\r\n"
	    "- - -\r\n"
	    "\r\n"
	    "Status: 4.0.0"),
	    "0 Reporting-MTA: dns; a\n"
	    "0 Final-Log-ID: 7\n"
	    "1 Status: 4.0.0\n");
	check(&report_groups_opener, &status, S(""), "");
	check(&report_groups_opener, &status, S("no line end, no colon"), "");
}

/* What came back is a header: one group, and the fields that name the message. */
static void
test_returned(void **unused)
{
	static const struct content_about headers = { .content_type = SLICE("text/rfc822-headers") };

	(void)unused;
	check(&report_groups_opener, &headers, S(
	    "Received: from a by b\r\n"
	    "From: =?utf-8?Q?Al=C3=ADce?= <alice@example.org>\r\n"
	    "message-id: <1@example.org>\r\n"
	    "\r\n"
	    "Subject:\r\n long\r\n"),
	    "0 From: Alíce <alice@example.org>\n"
	    "0 Message-ID: <1@example.org>\n"
	    "0 Subject: long\n");
}

static void
test_gap(void **unused)
{
	static const char text[] = "Reporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; b@c\r\nStatus: 5.0.0\r\n";
	struct told t = { .quiet = false };

	(void)unused;
	run_with(&report_groups_opener, &status, S(text), SIZE_MAX, 30, 10, true, &t);
	buf_add_byte(&t.text, '\0');
	assert_string_equal((const char *)t.text.p, "0 Reporting-MTA: dns; a\n2 Status: 5.0.0\n");
	told_fini(&t);
	/* The end was not seen: the last field may have gone on. */
	run_with(&report_groups_opener, &status, S(text), SIZE_MAX, SIZE_MAX, 0, false, &t);
	buf_add_byte(&t.text, '\0');
	assert_string_equal((const char *)t.text.p, "0 Reporting-MTA: dns; a\n1 Final-Recipient: rfc822; b@c\n");
	told_fini(&t);
}

static void
test_limits(void **unused)
{
	struct told t = { .quiet = false };
	struct buf in;
	size_t lines = 0;

	(void)unused;
	buf_init(&in, MiB);
	for (unsigned i = 0; i < 2 * LIMIT_FACTS; i++)
		buf_text(&in, i % 2 ? "A: b\n\n" : "A: b\n");
	run(&report_groups_opener, &status, buf_slice(&in), 100, &t);
	for (size_t i = 0; i < t.text.n; i++)
		lines += t.text.p[i] == '\n';
	assert_int_equal(lines, LIMIT_FACTS + 1);
	assert_memory_equal(t.text.p + t.text.n - 10, "truncated\n", 10);
	told_fini(&t);

	buf_clear(&in);
	buf_text(&in, "A: ");
	while (in.n < LIMIT_FACT + 2)
		buf_add_byte(&in, 'x');
	buf_text(&in, "ü\r\n");
	run(&report_groups_opener, &status, buf_slice(&in), 100, &t);
	assert_int_equal(t.text.n, 5 + LIMIT_FACT - 1 + 1 + 10);
	told_fini(&t);
	buf_fini(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_untidy),
		cmocka_unit_test(test_returned),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
