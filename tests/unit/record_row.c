/* Transcript rows, kept: what the screen will show. Their words are tested where they are printed (sink_text.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "record/row.h"

static const struct row_style plain, secrets = { .show_secrets = true };

static struct event
client(const char *line)
{
	struct ev_command c = { .serial = 1, .mail = 1, .verb = S("NOOP"), .line = slice_of(line), .line_end = 2 };

	return (struct event){ .kind = EV_COMMAND, .at = { .packet = 4, .time = 7, .offset = 10, .length = 6 }, .u.command = c };
}

static struct event
reply(slice *line, size_t n, size_t length)
{
	struct ev_reply r = { .mail = 1, .code = 450, .line = line, .nline = n, .verb = S("RCPT"), .address = S("a@b"), .wait = 3,
	    .ambiguous = true };

	return (struct event){ .kind = EV_REPLY, .at = { .time = 9, .offset = 100, .length = length, .dir = DIR_SERVER }, .u.reply = r };
}

static void
test_kept(void **state)
{
	struct rows *r = rows_new(&plain, NULL);
	slice lines[] = { S("450-one"), S("450 two") };
	struct event c = client("NOOP"), s = reply(lines, 2, 18);
	struct row row;

	(void)state;
	assert_true(rows_wants(&plain) & WANT(EV_COMMAND));
	rows_event(r, &c);
	rows_event(r, &s);
	assert_int_equal(rows_count(r), 3);
	row = rows_at(r, 0);
	assert_true(row.kind == ROW_CLIENT && slice_eq(row.text, S("NOOP")) && row.packet == 4 && row.time == 7 && row.line_end == 2);
	assert_true(row.serial == 1 && row.mail == 1);
	row = rows_at(r, 1);
	assert_true(row.kind == ROW_SERVER && slice_eq(row.text, S("450-one")) && row.wait == 3 && row.severity == NOTE);
	assert_true(!row.continued && row.answers.n == 0 && row.offset == 100 && row.length == 9 && row.line_end == 2);
	row = rows_at(r, 2);
	assert_true(slice_eq(row.text, S("450 two")) && slice_eq(row.answers, S("RCPT a@b")));
	assert_true(row.continued && row.wait == NSTIME_NONE && row.offset == 109 && row.length == 9);
	rows_clear(r);
	assert_int_equal(rows_count(r), 0);
	rows_free(&r);
	assert_null(r);
}

/* Line ends of a reply are told only as far as its length proves them. */
static void
test_reply_line_ends(void **state)
{
	static const struct { size_t length; uint8_t line_end; } table[] = { { 18, 2 }, { 16, '\n' }, { 17, 0 }, { 14, 0 }, { 3, 0 } };
	slice lines[] = { S("450-one"), S("450 two") };

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct rows *r = rows_new(&plain, NULL);
		struct event e = reply(lines, 2, table[i].length);

		rows_event(r, &e);
		assert_int_equal(rows_at(r, 0).line_end, table[i].line_end);
		assert_int_equal(rows_at(r, 1).line_end, table[i].line_end);
		assert_int_equal(rows_at(r, 0).length + rows_at(r, 1).length, table[i].length);
		rows_free(&r);
	}
}

static void
test_limit(void **state)
{
	struct rows *r = rows_new(&plain, NULL);
	struct event c = client("NOOP"), end = { .kind = EV_CLOSE, .u.close.why = WHY_IDLE };

	(void)state;
	for (size_t i = 0; i < LIMIT_ROWS; i++)
		rows_event(r, &c);
	assert_false(rows_truncated(r));
	rows_event(r, &c);
	assert_true(rows_truncated(r));
	assert_int_equal(rows_count(r), LIMIT_ROWS);
	rows_event(r, &end);
	assert_int_equal(rows_count(r), LIMIT_ROWS + 1);
	assert_int_equal(rows_at(r, LIMIT_ROWS).kind, ROW_NOTE);
	rows_free(&r);
}

/* Two conversations on one page, each cleared before the other speaks. */
static void
test_shared_page(void **state)
{
	struct row_page *page = row_page_new();
	struct rows *a = rows_new(&plain, page), *b = rows_new(&secrets, page);
	struct event first = client("NOOP a"), second = client("NOOP b");

	(void)state;
	rows_event(a, &first);
	assert_true(slice_eq(rows_at(a, 0).text, S("NOOP a")));
	rows_clear(a);
	second.at.secret = true;
	rows_event(b, &second);
	assert_int_equal(rows_count(b), 1);
	assert_true(slice_eq(rows_at(b, 0).text, S("NOOP b")) && !rows_at(b, 0).secret);
	rows_clear(b);
	first.at.secret = true;
	rows_event(a, &first);
	assert_true(slice_eq(rows_at(a, 0).text, S("NOOP <redacted>")) && rows_at(a, 0).secret);
	rows_free(&a);
	rows_free(&b);
	row_page_free(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_reply_line_ends),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_shared_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
