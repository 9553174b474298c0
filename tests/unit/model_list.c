/* Lists of a made-up model: filtered, sorted, searched, while it grows, changes and forgets; against a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/machine.h"
#include "model/list/list.h"
#include "model/vault/pickle.h"

/* --- a model of sessions, each with messages --- */

struct world {
	struct vault *vault;
	struct model *model;
	struct list *list;
	struct news_batch *batch;
	uint64_t sessions;
};

static int
begin(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);

	w->vault = vault_new(64 << 20);
	w->model = model_new(w->vault, 64 << 20);
	w->list = list_new(w->model, LIST_SESSIONS);
	w->batch = news_batch_new();
	*state = w;
	return 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	list_free(&w->list);
	model_free(&w->model);
	vault_free(&w->vault);
	news_batch_free(&w->batch);
	free(w);
	return 0;
}

static void
tell(struct world *w, struct news n, struct buf *pickle)
{
	n.where = vault_write(w->vault, VAULT_RECORD, buf_slice(pickle));
	vault_flush(w->vault);
	news_add(w->batch, &n);
	buf_fini(pickle);
}

static struct rec_session
a_session(uint64_t number)
{
	struct rec_session s = {
		.number = number, .time = (nstime)number * NSTIME_S, .end = (nstime)(number + 1) * NSTIME_S, .protocol = "smtp",
		.client = { { 4, { 192, 0, 2, (uint8_t)number } }, 1024 }, .server = { { 4, { 198, 51, 100, 5 } }, 25 },
		.tcp.handshake = NSTIME_NONE,
	};

	snprintf(s.uid, sizeof s.uid, "%024llu", (unsigned long long)number);
	return s;
}

static void
tell_session(struct world *w, uint64_t number, bool over, bool trouble)
{
	struct rec_session s = a_session(number);
	struct buf out;

	s.closed = s.quit = over;
	buf_init(&out, 1 << 20);
	pickle_session(&out, &s);
	tell(w, (struct news){ .kind = NEWS_SESSION, .session = number, .over = over, .trouble = trouble, .time = s.time }, &out);
}

static void
tell_message(struct world *w, uint64_t number, uint32_t index, const char *from, uint64_t size, int code)
{
	struct rec_session s = a_session(number);
	struct rec_message m = {
		.session = &s, .index = index, .mail = 10 * index, .time = s.time, .end = s.time, .has_mail_from = true,
		.mail_from = slice_of(from), .has_content = true, .whole = true, .size = size, .subject = slice_of(from),
		.status = code < 400 ? MAIL_ACCEPTED : MAIL_REJECTED, .reply.code = code,
		.date_time = NSTIME_NONE, .wait_mail = NSTIME_NONE, .wait_rcpt = NSTIME_NONE, .wait_data = NSTIME_NONE,
		.content_time = NSTIME_NONE, .wait_accept = (nstime)size * NSTIME_MS,
	};
	struct buf out;

	snprintf(m.uid, sizeof m.uid, "%.24s.%u", s.uid, (unsigned)index);
	buf_init(&out, 1 << 20);
	pickle_message(&out, &m);
	tell(w, (struct news){ .kind = NEWS_MESSAGE, .session = number, .index = index, .mail = m.mail, .over = code != 0, .trouble = code >= 400,
	    .time = m.time }, &out);
}

static void
take(struct world *w)
{
	model_take(w->model, &w->batch);
	w->batch = news_batch_new();
}

static void
work(struct world *w)
{
	while (list_work(w->list, machine_steady() + NSTIME_MS))
		;
}

/* Session n has one message from "<letter>@example.org" of n * 10 bytes; every third was rejected. */
static void
tell_whole(struct world *w, uint64_t n)
{
	char from[32];
	bool bad = n % 3 == 0;

	snprintf(from, sizeof from, "%c@example.org", (char)('a' + (n * 7) % 26));
	tell_session(w, n, false, false);
	tell_message(w, n, 1, from, n * 10, bad ? 550 : 250);
	tell_session(w, n, true, bad);
}

static void
fill(struct world *w, uint64_t n)
{
	for (uint64_t i = 1; i <= n; i++)
		tell_whole(w, i);
	take(w);
	work(w);
}

static uint64_t
number_at(struct world *w, size_t i)
{
	const struct item *is = model_item(w->model, list_at(w->list, i));

	return is ? is->number : 0;
}

/* The numbers of what is shown, as text. */
static void
expect(struct world *w, const char *text)
{
	char got[1024] = "";

	for (size_t i = 0; i < list_count(w->list); i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%llu", i ? " " : "", (unsigned long long)number_at(w, i));
	assert_string_equal(got, text);
}

static struct filter *
filter(const char *text)
{
	struct buf error;
	struct filter *f;

	buf_init(&error, 1000);
	f = filter_new(slice_of(text), &error);
	buf_fini(&error);
	assert_non_null(f);
	return f;
}

/* --- tests --- */

static void
test_as_they_came(void **state)
{
	struct world *w = *state;

	assert_int_equal(list_find(w->list, 0), SIZE_MAX);
	fill(w, 4);
	expect(w, "1 2 3 4");
	assert_int_equal(list_total(w->list), 4);
	assert_false(list_is_busy(w->list));
	assert_int_equal(list_percent(w->list), 100);
	list_sort(w->list, NULL, true);
	expect(w, "4 3 2 1");
	list_kind(w->list, LIST_MESSAGES);
	work(w);
	expect(w, "4 3 2 1");
	assert_int_equal(model_item(w->model, list_at(w->list, 0))->kind, ITEM_MESSAGE);
	assert_int_equal(list_find(w->list, model_find(w->model, 3)), 1);	/* a session: its message */
}

static void
test_filter_and_trouble(void **state)
{
	struct world *w = *state;
	struct filter *f = filter("smtp.size >= 50");

	fill(w, 9);
	list_filter(w->list, f, false);
	work(w);
	expect(w, "5 6 7 8 9");
	assert_int_equal(list_total(w->list), 9);
	assert_int_equal(list_find(w->list, model_find(w->model, 2)), 0);	/* the nearest */
	assert_int_equal(list_find(w->list, model_find(w->model, 7)), 2);
	list_filter(w->list, f, true);
	work(w);
	expect(w, "6 9");
	list_filter(w->list, NULL, true);
	work(w);
	expect(w, "3 6 9");
	list_kind(w->list, LIST_MESSAGES);
	work(w);
	expect(w, "3 6 9");
	list_filter(w->list, NULL, false);
	work(w);
	assert_int_equal(list_count(w->list), 9);
	filter_free(&f);
}

/* One of its messages is enough; of a session that had none it is asked itself. */
static void
test_session_by_its_messages(void **state)
{
	struct world *w = *state;
	struct filter *f = filter("smtp.mail_from contains \"z@\""), *empty = filter("!smtp.mail_from");

	tell_session(w, 1, false, false);
	tell_message(w, 1, 1, "a@example.org", 1, 250);
	tell_message(w, 1, 2, "z@example.org", 2, 250);
	tell_message(w, 1, 3, "b@example.org", 3, 250);
	tell_session(w, 1, true, false);
	tell_session(w, 2, true, false);
	take(w);
	list_filter(w->list, f, false);
	work(w);
	expect(w, "1");
	list_filter(w->list, empty, false);
	work(w);
	expect(w, "2");
	filter_free(&f);
	filter_free(&empty);
}

/* What is not over is asked again when it changes, shown when the answer is yes, and hidden when it is no more. */
static void
test_grows(void **state)
{
	struct world *w = *state;
	struct filter *f = filter("smtp.reply.code == 250");

	list_filter(w->list, f, false);
	tell_session(w, 1, false, false);
	tell_session(w, 2, false, false);
	tell_message(w, 2, 1, "b@example.org", 5, 250);
	take(w);
	work(w);
	expect(w, "2");
	tell_message(w, 1, 1, "a@example.org", 5, 250);
	take(w);
	work(w);
	expect(w, "1 2");
	tell_whole(w, 3);
	tell_whole(w, 4);
	take(w);
	work(w);
	expect(w, "1 2 4");
	filter_free(&f);
}

/* A transaction that came to nothing leaves the list of messages. */
static void
test_untold_message_goes(void **state)
{
	struct world *w = *state;

	list_kind(w->list, LIST_MESSAGES);
	tell_session(w, 1, false, false);
	tell_message(w, 1, 1, "a@example.org", 5, 0);
	tell_message(w, 1, 2, "b@example.org", 5, 250);
	take(w);
	work(w);
	assert_int_equal(list_count(w->list), 2);
	tell_session(w, 1, true, false);
	take(w);
	work(w);
	assert_int_equal(list_count(w->list), 1);
	assert_int_equal(list_total(w->list), 1);
}

static void
test_sort(void **state)
{
	struct world *w = *state;

	fill(w, 8);			/* from: h o v c j q x e */
	list_sort(w->list, column_find(S("from")), false);
	work(w);
	expect(w, "4 8 1 5 2 6 3 7");
	list_sort(w->list, column_find(S("from")), true);
	work(w);
	expect(w, "7 3 6 2 5 1 8 4");
	list_sort(w->list, column_find(S("wait")), true);
	work(w);
	expect(w, "8 7 6 5 4 3 2 1");
	list_sort(w->list, column_find(S("result")), true);
	work(w);
	expect(w, "3 6 1 2 4 5 7 8");	/* of equals the first one first */
	tell_whole(w, 9);
	tell_whole(w, 10);
	take(w);
	work(w);
	expect(w, "3 6 9 1 2 4 5 7 8 10");
	assert_int_equal(list_find(w->list, model_find(w->model, 4)), 5);
	list_sort(w->list, NULL, false);
	work(w);
	expect(w, "1 2 3 4 5 6 7 8 9 10");
}

/* What has no value stands last, whatever the direction. */
static void
test_sort_nothing_last(void **state)
{
	struct world *w = *state;

	tell_session(w, 1, true, false);
	tell_whole(w, 2);
	tell_session(w, 3, true, false);
	tell_whole(w, 4);
	take(w);
	list_sort(w->list, column_find(S("from")), false);
	work(w);
	expect(w, "4 2 1 3");
	list_sort(w->list, column_find(S("from")), true);
	work(w);
	expect(w, "2 4 1 3");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(list_find(w->list, list_at(w->list, i)), i);
}

/* A session that goes on moves to its new place. */
static void
test_sorted_changes(void **state)
{
	struct world *w = *state;

	list_sort(w->list, column_find(S("size")), true);
	tell_session(w, 1, false, false);
	tell_message(w, 1, 1, "a@example.org", 10, 250);
	tell_session(w, 2, false, false);
	tell_message(w, 2, 1, "b@example.org", 20, 250);
	take(w);
	work(w);
	expect(w, "2 1");
	tell_message(w, 1, 2, "a@example.org", 30, 250);
	take(w);
	work(w);
	expect(w, "1 2");
	tell_message(w, 2, 2, "a@example.org", 5, 250);
	tell_session(w, 1, true, false);
	tell_session(w, 2, true, false);
	take(w);
	work(w);
	expect(w, "1 2");
}

static void
test_sort_again_while_sorting(void **state)
{
	struct world *w = *state;
	struct filter *f = filter("smtp.size > 20");

	fill(w, 300);
	list_filter(w->list, f, false);
	list_work(w->list, 0);				/* the smallest slice there is */
	list_sort(w->list, column_find(S("size")), true);
	list_work(w->list, 0);
	list_sort(w->list, column_find(S("from")), true);
	list_work(w->list, 0);
	assert_true(list_is_busy(w->list));
	list_sort(w->list, column_find(S("size")), true);
	work(w);
	assert_int_equal(list_count(w->list), 298);
	for (size_t i = 0; i < 298; i++)
		assert_int_equal(number_at(w, i), 300 - i);
	filter_free(&f);
}

static void
test_search(void **state)
{
	struct world *w = *state;
	const struct column *columns[] = { column_find(S("time")), column_find(S("route")) };
	size_t at;

	fill(w, 8);			/* from: h o v c j q x e */
	list_search(w->list, S("X@EXAMPLE"), 0, false, columns, 2);
	assert_int_equal(list_searched(w->list, &at), LIST_SEARCHING);
	work(w);
	assert_int_equal(list_searched(w->list, &at), LIST_FOUND);
	assert_int_equal(at, 6);
	list_search(w->list, S("h@"), 6, false, columns, 2);
	work(w);
	assert_int_equal(list_searched(w->list, &at), LIST_FOUND_ROUND);
	assert_int_equal(at, 0);
	list_search(w->list, S("e@"), 0, true, columns, 2);
	work(w);
	assert_int_equal(list_searched(w->list, &at), LIST_FOUND_ROUND);
	assert_int_equal(at, 7);
	list_search(w->list, S("e@"), 7, false, columns, 2);		/* only here */
	work(w);
	assert_int_equal(list_searched(w->list, &at), LIST_FOUND_ROUND);
	assert_int_equal(at, 7);
	list_search(w->list, S("nowhere"), 3, false, columns, 2);
	work(w);
	assert_int_equal(list_searched(w->list, &at), LIST_NOT_FOUND);
}

/* Under a small budget the oldest leave, and the list with them; what could not be asked is counted. */
static void
test_forgets(void **state)
{
	struct world *w = *state;
	size_t shown;

	model_free(&w->model);
	list_free(&w->list);
	w->model = model_new(w->vault, 200 << 10);
	w->list = list_new(w->model, LIST_SESSIONS);
	for (uint64_t i = 1; i <= 5000; i++) {
		tell_whole(w, i);
		if (i % 100 == 0) {
			take(w);
			work(w);
			for (size_t k = 0; k < list_count(w->list); k++)
				assert_non_null(model_item(w->model, list_at(w->list, k)));
			assert_int_equal(list_count(w->list), list_total(w->list));
		}
		if (i == 2000)
			list_sort(w->list, column_find(S("size")), false);
		if (i == 3000)
			list_sort(w->list, NULL, false);
	}
	shown = list_count(w->list);
	assert_true(shown > 100 && shown < 5000);
	assert_int_equal(number_at(w, shown - 1), 5000);
	assert_int_equal(model_forgotten(w->model) + shown, 5000);
}

/* Slices of no time at all come to the same, whatever happens between them. */
static void
test_random_against_array(void **state)
{
	struct world *w = *state;
	const struct column *column[] = { NULL, column_find(S("size")), column_find(S("from")), column_find(S("number")) };
	struct filter *f = filter("smtp.size in {20..400}");
	const struct filter *now = NULL;
	bool trouble = false;
	unsigned r = 1;
	size_t expected = 0;

	for (int i = 0; i < 2000; i++) {
		r = r * 1103515245 + 12345;
		switch (r >> 16 & 7) {
		case 0: list_sort(w->list, column[r >> 20 & 3], r >> 24 & 1); break;
		case 1: list_filter(w->list, now = r >> 20 & 1 ? f : NULL, trouble = r >> 21 & 1); break;
		case 2: tell_whole(w, ++w->sessions); break;
		case 3: take(w); break;
		default: list_work(w->list, 0);
		}
	}
	take(w);
	work(w);
	for (uint64_t n = 1; n <= w->sessions; n++)
		expected += (now == NULL || (n * 10 >= 20 && n * 10 <= 400)) && (!trouble || n % 3 == 0);
	assert_int_equal(list_count(w->list), expected);
	list_sort(w->list, column[1], true);
	list_filter(w->list, NULL, false);
	work(w);
	for (uint64_t n = 1; n <= w->sessions; n++) {
		assert_int_equal(number_at(w, n - 1), w->sessions + 1 - n);
		assert_int_equal(list_find(w->list, list_at(w->list, n - 1)), n - 1);
	}
	filter_free(&f);
}

/* A session of many messages: its row tells the worst of them, and sums all. */
static void
test_entry_of_many(void **state)
{
	struct world *w = *state;
	struct entry_reader *reader = entry_reader_new();
	struct entry e;
	uint64_t size = 0;

	tell_session(w, 1, false, false);
	for (uint32_t i = 1; i <= 5000; i++) {
		tell_message(w, 1, i, i == 3000 ? "bad@example.org" : "good@example.org", i, i >= 3000 && i < 3002 ? 550 : 250);
		size += i;
	}
	take(w);
	assert_true(entry_read(reader, w->model, 0, &e));
	assert_true(e.more);
	assert_int_equal(e.sums.messages, ENTRY_STEP);
	while (entry_read(reader, w->model, 0, &e) && e.more)
		;
	assert_int_equal(e.sums.messages, 5000);
	assert_int_equal(e.sums.size, size);
	assert_int_equal(e.sums.slowest, 5000 * NSTIME_MS);
	assert_true(slice_eq(e.unit.message->mail_from, S("bad@example.org")));
	tell_message(w, 1, 5001, "late@example.org", 7, 0);		/* open: told, but not remembered */
	take(w);
	assert_true(entry_read(reader, w->model, 0, &e));
	assert_int_equal(e.sums.messages, 5001);
	tell_message(w, 1, 5001, "late@example.org", 8, 250);
	take(w);
	assert_true(entry_read(reader, w->model, 0, &e));
	assert_int_equal(e.sums.messages, 5001);
	assert_int_equal(e.sums.size, size + 8);
	entry_reader_free(&reader);
}

/* One after the other, backwards, here and there: records read ahead are the same as those read alone. */
static void
test_read_ahead(void **state)
{
	struct world *w = *state;
	struct desk *desk = desk_new();
	unsigned r = 1;

	for (uint64_t n = 1; n <= 3000; n++)
		tell_whole(w, n);
	take(w);
	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t end = model_end(w->model), at = i < 6000 ? i % end : i < 12000 ? end - 1 - i % end : (r = r * 1103515245 + 12345, (r >> 8) % end);
		const struct item *is = model_item(w->model, at);
		struct unit u;

		if (i == 13000) {
			tell_whole(w, 3001);
			take(w);
		}
		assert_true(model_read(w->model, at, desk, &u));
		assert_int_equal(u.session->number, is->number);
		if (is->kind == ITEM_MESSAGE) {
			assert_int_equal(u.message->size, is->number * 10);
			assert_ptr_equal(u.message->session, u.session);
		}
	}
	desk_free(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(test_as_they_came), TEST(test_filter_and_trouble), TEST(test_session_by_its_messages), TEST(test_grows),
		TEST(test_untold_message_goes), TEST(test_sort), TEST(test_sort_nothing_last), TEST(test_sorted_changes),
		TEST(test_sort_again_while_sorting), TEST(test_search), TEST(test_forgets), TEST(test_random_against_array),
		TEST(test_entry_of_many), TEST(test_read_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
