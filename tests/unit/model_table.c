/* A list as CSV: what a spreadsheet must not take for something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/list/list.h"
#include "base/machine.h"
#include "model/list/table.h"
#include "model/vault/pickle.h"

static const struct rec_recipient recipient[] = { { .address = SLICE("bob@example.net") }, { .address = SLICE("\"a, b\"@example.net") } };

static void
tell(struct vault *vault, struct news_batch *batch, struct news n, struct buf *pickle)
{
	n.where = vault_write(vault, VAULT_RECORD, buf_slice(pickle));
	vault_flush(vault);
	news_add(batch, &n);
	buf_fini(pickle);
}

static struct model *
one_message(struct vault *vault, const char *from, const char *subject)
{
	struct model *model = model_new(vault, 1 << 20);
	struct news_batch *batch = news_batch_new();
	struct rec_session s = { .number = 7, .time = 1500 * NSTIME_MS, .end = 9 * NSTIME_S, .tcp.handshake = NSTIME_NONE, .protocol = "smtp" };
	struct rec_message m = {
		.session = &s, .index = 1, .mail = 1, .time = s.time, .end = s.end, .has_mail_from = true, .mail_from = slice_of(from),
		.subject = slice_of(subject), .recipient = recipient, .nrecipient = 2, .recipients = 2, .accepted_recipients = 2,
		.status = MAIL_ACCEPTED, .reply = { 250, SLICE("2.0.0"), SLICE("Ok") }, .size = 123456, .has_content = true,
		.date_time = NSTIME_NONE, .wait_mail = NSTIME_NONE, .wait_rcpt = NSTIME_NONE, .wait_data = NSTIME_NONE,
		.content_time = NSTIME_NONE, .wait_accept = 2400 * NSTIME_MS, .findings.severity = WARNING,
	};
	struct buf out;

	buf_init(&out, 1 << 20);
	pickle_session(&out, &s);
	tell(vault, batch, (struct news){ .kind = NEWS_SESSION, .session = 7, .over = true, .time = s.time }, &out);
	buf_init(&out, 1 << 20);
	pickle_message(&out, &m);
	tell(vault, batch, (struct news){ .kind = NEWS_MESSAGE, .session = 7, .index = 1, .mail = 1, .over = true, .time = m.time }, &out);
	model_take(model, &batch);
	return model;
}

static void
expect(const char *from, const char *subject, const char *columns, const char *text)
{
	struct vault *vault = vault_new(1 << 20);
	struct model *model = one_message(vault, from, subject);
	const struct column *column[16];
	slice rest = slice_of(columns), name;
	size_t n = 0;
	struct table *t;
	bool more = true;

	while (more) {
		more = slice_cut(rest, ',', &name, &rest);
		column[n++] = column_find(name);
		assert_non_null(column[n - 1]);
	}
	t = table_new(model, &(uint32_t){ 1 }, 1, column, n);
	while (table_work(t, machine_steady() + NSTIME_MS))
		;
	assert_int_equal(table_rows(t), 1);
	assert_int_equal(table_percent(t), 100);
	assert_false(table_truncated(t));
	assert_int_equal(table_text(t).n, strlen(text));
	assert_memory_equal(table_text(t).p, text, strlen(text));
	table_free(&t);
	model_free(&model);
	vault_free(&vault);
}

static void
test_values(void **state)
{
	(void)state;
	expect("alice@example.org", "hello", "number,time,route,size,wait,severity,result",
	    "number,time,from,to,size,wait,severity,result\r\n"
	    "7.1,1970-01-01T00:00:01.500000Z,alice@example.org,\"bob@example.net;\"\"a, b\"\"@example.net\",123456,2.400,warning,250 2.0.0\r\n");
	expect("alice@example.org", "hello", "smtp.size,route,from", "smtp.size,from,to\r\n123456,alice@example.org,\"bob@example.net;\"\"a, b\"\"@example.net\"\r\n");
}

static void
test_hostile(void **state)
{
	(void)state;
	expect("=cmd|' /C calc'!A0", "@SUM(1+1)", "from,subject", "from,subject\r\n'=cmd|' /C calc'!A0,'@SUM(1+1)\r\n");
	expect("a\"b", "one\r\ntwo\x1b[2J", "from,subject", "from,subject\r\n\"a\"\"b\",one\\r\\ntwo\\e[2J\r\n");
	expect(" x", "-1", "from,subject,imf.subject", "from,subject,imf.subject\r\n\" x\",'-1,'-1\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_values), cmocka_unit_test(test_hostile) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
