/* What a list shows of records: columns, results, reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clean.h"
#include "filter_sample.h"
#include "model/list/column.h"

static struct entry
entry_of(struct unit u, bool of_session)
{
	struct entry e = { .unit = u, .of_session = of_session, .sums = entry_sums_of(&u) };

	e.is.number = u.session != NULL ? u.session->number : 0;
	e.is.kind = of_session ? ITEM_SESSION : ITEM_MESSAGE;
	e.is.index = !of_session && u.message != NULL ? u.message->index : 0;
	return e;
}

static void
expect(const struct entry *e, const char *name, int width, const char *text)
{
	const struct column *c = column_find(slice_of(name));
	struct column_style style = { .when = { .digits = 6 }, .width = width };
	struct buf out;

	assert_non_null(c);
	buf_init(&out, 4096);
	c->text(c, e, &style, &out);
	buf_add_byte(&out, '\0');
	assert_string_equal((const char *)out.p, text);
	buf_fini(&out);
}

static void
test_message(void **state)
{
	struct entry e = entry_of((struct unit){ .session = &sample_session, .message = &sample_message, .over = true }, false);

	(void)state;
	expect(&e, "number", 0, "3.1");
	expect(&e, "time", 0, "18:29:01.024");
	expect(&e, "time", 8, "18:29:01");
	expect(&e, "time", 12, "18:29:01.024");
	expect(&e, "date", 10, "2026-11-21");
	expect(&e, "client", 0, "192.0.2.10");
	expect(&e, "server", 0, "198.51.100.5:25");
	expect(&e, "from", 0, "alice@example.org");
	expect(&e, "to", 0, "bob@example.net +2");
	expect(&e, "to", 12, "bob@exam… +2");
	expect(&e, "subject", 0, "测试 report");
	expect(&e, "result", 9, "1 of 3");
	expect(&e, "reason", 0, "nobody@example.net: 550 5.1.1 User unknown");
	expect(&e, "wait", 0, "2.4 s");
	expect(&e, "duration", 0, "2.4 s");
	expect(&e, "size", 0, "3,412");
	expect(&e, "attachments", 0, "1");
	expect(&e, "queue", 0, "4F1D2");
	expect(&e, "auth", 0, "alice@example.org");
	expect(&e, "findings", 0, "smtp.rcpt-permanent +1");
	expect(&e, "severity", 1, "w");
}

static void
test_session(void **state)
{
	struct entry e = entry_of((struct unit){ .session = &sample_session, .over = true }, true);

	(void)state;
	expect(&e, "number", 0, "3");
	expect(&e, "route", 40, "EHLO client.example.org, as alice@example.org");
	expect(&e, "wait", 0, "21 ms");
	expect(&e, "duration", 0, "12.5 s");
	expect(&e, "close", 0, "quit");
	expect(&e, "findings", 0, "smtp.auth-cleartext");
}

static void
test_attempt(void **state)
{
	struct entry e = entry_of((struct unit){ .attempt = &sample_attempt, .over = true }, true);

	(void)state;
	expect(&e, "number", 0, "");
	expect(&e, "client", 0, "2001:db8::1");
	expect(&e, "server", 0, "[2001:db8::2]:25");
	expect(&e, "route", 0, "→ [2001:db8::2]:25, 3 times");
	expect(&e, "result", 0, "refused");
	expect(&e, "duration", 0, "8.0 s");
}

/* Both ends stay in sight, and what fits is not cut. */
static void
test_route_fits(void **state)
{
	struct entry e = entry_of((struct unit){ .session = &sample_session, .message = &sample_message }, true);

	(void)state;
	expect(&e, "route", 0, "alice@example.org → bob@example.net +2");
	expect(&e, "route", 38, "alice@example.org → bob@example.net +2");
	expect(&e, "route", 30, "alice@exampl… → bob@exampl… +2");
	for (int width = 10; width < 60; width++) {
		const struct column *c = column_find(S("route"));
		struct buf out;

		buf_init(&out, 4096);
		c->text(c, &e, &(struct column_style){ .width = width }, &out);
		assert_true(clean_width(buf_slice(&out)) <= (size_t)width);
		assert_true(clean_width(buf_slice(&out)) >= (size_t)(width < 38 ? width - 1 : 38));
		buf_fini(&out);
	}
}

static void
result(struct unit u, enum result_tone tone, const char *text)
{
	struct buf out;

	buf_init(&out, 4096);
	assert_int_equal(unit_result(&u, &out), tone);
	assert_int_equal(unit_result(&u, NULL), tone);
	buf_add_byte(&out, '\0');
	assert_string_equal((const char *)out.p, text);
	buf_fini(&out);
}

static struct rec_session
session_without_mail(void)
{
	struct rec_session s = { .number = 1, .closed = true, .why = WHY_FIN, .greeting.code = 220, .has_greeting = true };

	return s;
}

static void
test_results_of_messages(void **state)
{
	static const struct { enum mail_status status; int code; slice enhanced; enum result_tone tone; const char *text; } table[] = {
		{ MAIL_ACCEPTED, 250, SLICE("2.0.0"), TONE_GOOD, "250 2.0.0" }, { MAIL_ACCEPTED, 250, SLICE(""), TONE_GOOD, "250" },
		{ MAIL_ACCEPTED, 0, SLICE(""), TONE_OPEN, "open" }, { MAIL_REJECTED, 550, SLICE("5.7.1"), TONE_BAD, "550 5.7.1" },
		{ MAIL_REFUSED, 450, SLICE("4.2.0"), TONE_LATER, "450 4.2.0" }, { MAIL_REFUSED, 0, SLICE(""), TONE_BAD, "refused" },
		{ MAIL_ABORTED, 0, SLICE(""), TONE_UNKNOWN, "aborted" }, { MAIL_UNANSWERED, 0, SLICE(""), TONE_BAD, "no reply" },
		{ MAIL_UNKNOWN, 0, SLICE(""), TONE_UNKNOWN, "not seen" }, { MAIL_INCOMPLETE, 421, SLICE("4.4.2"), TONE_LATER, "421 4.4.2" },
		{ MAIL_INCOMPLETE, 0, SLICE(""), TONE_BAD, "broken off" },
	};
	struct rec_session s = session_without_mail();

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct rec_message m = { .session = &s, .status = table[i].status, .reply = { table[i].code, table[i].enhanced, SLICE_NONE } };

		result((struct unit){ .session = &s, .message = &m }, table[i].tone, table[i].text);
	}
}

static void
test_results_of_sessions(void **state)
{
	static const struct rec_auth auth = { .mechanism = SLICE("PLAIN"), .code = 535 };
	static const struct rec_exchange refused = { 1, SLICE("EHLO"), { NULL, 0 }, true, { 550, SLICE("5.7.1"), SLICE("go away") }, NSTIME_NONE };
	struct rec_session s = session_without_mail();

	(void)state;
	result((struct unit){ .session = &s }, TONE_BAD, "broken off");
	s.quit = true;
	result((struct unit){ .session = &s }, TONE_UNKNOWN, "no mail");
	s.exchange = &refused;
	s.nexchange = 1;
	result((struct unit){ .session = &s }, TONE_BAD, "550 5.7.1");
	s.auth = &auth;
	s.nauth = 1;
	result((struct unit){ .session = &s }, TONE_BAD, "AUTH 535");
	s.tls = true;
	result((struct unit){ .session = &s }, TONE_UNKNOWN, "encrypted");
	s.tls_broken = true;
	result((struct unit){ .session = &s }, TONE_BAD, "TLS fail");
	s = session_without_mail();
	s.greeting.code = 421;
	result((struct unit){ .session = &s }, TONE_LATER, "421");
	s = session_without_mail();
	s.why = WHY_RST;
	result((struct unit){ .session = &s }, TONE_BAD, "reset");
	s.findings.seen[FINDING_SMTP_TIMEOUT / 64] |= UINT64_C(1) << (FINDING_SMTP_TIMEOUT % 64);
	result((struct unit){ .session = &s }, TONE_BAD, "timeout");
	result((struct unit){ 0 }, TONE_UNKNOWN, "");
}

static void
test_fields_are_columns(void **state)
{
	struct entry e = entry_of((struct unit){ .session = &sample_session, .message = &sample_message }, false);
	int64_t n;

	(void)state;
	expect(&e, "smtp.rcpt.address", 0, "bob@example.net, nobody@example.net, carol@example.net");
	expect(&e, "mime.filename", 0, "report.pdf");
	expect(&e, "smtp.time.accept", 0, "2.4");
	assert_null(column_find(S("no.such.field")));
	assert_true(column_number(column_find(S("smtp.size")), &e, &n));
	assert_int_equal(n, 3412);
	assert_false(column_number(column_find(S("imf.subject")), &e, &n));
	for (size_t i = 0; i < nfields; i++)
		assert_string_equal(column_find(slice_of(fields[i].name))->name, fields[i].name);
}

/* Whatever is missing, no column stumbles; titles fit; defaults and saved fields exist. */
static void
test_table(void **state)
{
	struct rec_session bare_session = { .time = NSTIME_NONE, .end = NSTIME_NONE };
	struct rec_message bare_message = { .session = &bare_session, .time = NSTIME_NONE, .end = NSTIME_NONE };
	struct entry bare[] = { entry_of((struct unit){ 0 }, true), entry_of((struct unit){ .session = &bare_session }, true),
	    entry_of((struct unit){ .session = &bare_session, .message = &bare_message }, false) };
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	for (size_t i = 0; i < ncolumns_known; i++) {
		const struct column *c = &columns_known[i];
		slice rest = slice_of(c->fields), name;
		int64_t n;

		assert_true(clean_width(slice_of(c->title)) <= c->narrow);
		assert_true(c->wide == 0 || c->wide >= c->narrow);
		for (size_t k = 0; k < sizeof bare / sizeof bare[0]; k++) {
			c->text(c, &bare[k], &(struct column_style){ .width = c->narrow }, &out);
			column_number(c, &bare[k], &n);
		}
		while (slice_cut(rest, ',', &name, &rest))
			assert_non_null(field_find(name));
		assert_non_null(field_find(name));
	}
	for (int messages = 0; messages < 2; messages++) {
		slice rest = slice_of(columns_default(messages)), name;

		while (slice_cut(rest, ',', &name, &rest))
			assert_non_null(column_find(name));
		assert_non_null(column_find(name));
	}
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message), cmocka_unit_test(test_session), cmocka_unit_test(test_attempt),
		cmocka_unit_test(test_route_fits), cmocka_unit_test(test_results_of_messages), cmocka_unit_test(test_results_of_sessions),
		cmocka_unit_test(test_fields_are_columns), cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
