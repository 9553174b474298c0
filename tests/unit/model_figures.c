/* The figures of the screen: bounded, right within what they say of themselves, and those of the summary. */
#include "pipe.h"

#include "model/figures/figures.h"
#include "model/figures/toplist.h"

struct counted {
	struct figures_keeper *keeper;
	struct fold *fold;
};

static int
take(void *self, const struct record *r)
{
	struct counted *c = self;

	figures_record(c->keeper, r);
	return 0;
}

static void
feed(void *self, const struct event *e)
{
	struct counted *c = self;

	figures_event(c->keeper, e);
	fold_event(c->fold, e);
}

static struct figures *
run(void (*talk)(struct script *))
{
	struct counted c = { figures_keeper_new(), NULL };
	struct fold_user user = { &c, take };
	struct script s = { .feed = feed, .self = &c };
	struct rec_stats engine = { .packets = 42, .first = SCRIPT_START, .last = SCRIPT_START };
	struct figures *f;

	c.fold = fold_new(&user, 0);
	talk(&s);
	fold_finish(c.fold, &engine);
	f = figures_copy(c.keeper, fold_stats(c.fold), 4711);
	figures_keeper_free(&c.keeper);
	fold_free(&c.fold);
	return f;
}

static const struct figures_name *
named(const struct figures *f, enum figures_list list, const char *name)
{
	for (size_t i = 0; i < f->ntop[list]; i++)
		if (strcmp(f->top[list][i].name, name) == 0)
			return &f->top[list][i];
	fail_msg("%s is not among the %s", name, figures_list_name(list));
	return NULL;
}

static void
assert_named(const struct figures *f, enum figures_list list, const char *name, uint64_t count, uint64_t failed, uint64_t bytes)
{
	const struct figures_name *n = named(f, list, name);

	assert_int_equal(n->count, count);
	assert_int_equal(n->error, 0);
	assert_int_equal(n->failed, failed);
	assert_int_equal(n->bytes, bytes);
	assert_int_equal(n->n, strlen(name));
}

static void
morning(struct script *s)
{
	script_example(s, 1);
	script_example(s, 2);
	script_open_from(s, 3, "192.0.2.77", 4000, "198.51.100.5");
	script_reply(s, "", "554 5.7.1 not you");
	script_close(s, WHY_FIN, DIR_SERVER);
}

static void
example(void **state)
{
	struct figures *f = run(morning);

	(void)state;
	assert_int_equal(f->stats.sessions, 3);
	assert_int_equal(f->stats.packets, 42);
	assert_int_equal(f->memory, 4711);
	assert_int_equal(f->closed, 3);
	assert_int_equal(f->replies, 17);
	assert_int_equal(f->code[250], 8);
	assert_int_equal(f->code[550], 2);
	assert_int_equal(f->wait[WAIT_RCPT].n, 4);
	assert_int_equal(f->wait[WAIT_CONTENT].n, 2);
	assert_int_equal(f->wait[WAIT_CONTENT].max, 10 * NSTIME_MS);
	assert_named(f, TOP_CLIENTS, "192.0.2.10", 2, 2, 0);
	assert_named(f, TOP_CLIENTS, "192.0.2.77", 1, 1, 0);
	assert_named(f, TOP_SERVERS, "198.51.100.5", 3, 3, 0);
	assert_named(f, TOP_SENDERS, "alice@example.org", 2, 0, 6824);
	assert_named(f, TOP_RECIPIENTS, "bob@example.net", 2, 0, 6824);
	assert_named(f, TOP_RECIPIENTS, "nobody@example.net", 2, 2, 6824);
	assert_named(f, TOP_REFUSALS, "RCPT\t550 5.1.1\tUser unknown", 2, 0, 0);
	assert_named(f, TOP_REFUSALS, "greeting\t554 5.7.1\tnot you", 1, 0, 0);
	assert_named(f, TOP_FINDINGS, "smtp.rcpt-permanent", 2, 0, 0);
	assert_string_equal(f->top[TOP_CLIENTS][0].name, "192.0.2.10");
	free(f);
}

static void
refusals_are_told_apart_by_code(void **state)
{
	struct figures_keeper *k = figures_keeper_new();
	struct rec_stats none = { 0 };
	struct figures *f;
	struct event e = { .kind = EV_REPLY };

	(void)state;
	e.u.reply = (struct ev_reply){ .code = 450, .verb = S("RCPT"), .text = S("try\tin 299 s"), .wait = NSTIME_NONE };
	figures_event(k, &e);
	e.u.reply.text = S("try in 298 s");
	figures_event(k, &e);
	e.u.reply.enhanced = S("4.2.0");
	e.at.secret = true;
	figures_event(k, &e);
	e.u.reply = (struct ev_reply){ .code = -5, .verb = S("XYZZY"), .wait = 3 };
	figures_event(k, &e);
	f = figures_copy(k, &none, 0);
	assert_named(f, TOP_REFUSALS, "RCPT\t450\ttry\tin 299 s", 2, 0, 0);
	assert_named(f, TOP_REFUSALS, "RCPT\t450 4.2.0\t", 1, 0, 0);
	assert_int_equal(f->code[0], 1);
	assert_int_equal(f->wait[WAIT_OTHERS].n, 1);
	free(f);
	figures_keeper_free(&k);
}

/* --- the rate --- */

static struct figures *
rated(const nstime *time, size_t n)
{
	struct figures_keeper *k = figures_keeper_new();
	struct rec_stats none = { 0 };
	struct figures *f;

	for (size_t i = 0; i < n; i++) {
		struct rec_session s = { .time = time[i], .protocol = "smtp" };
		struct rec_message m = { .session = &s, .time = time[i], .end = time[i], .status = i % 2 ? MAIL_REFUSED : MAIL_ACCEPTED };

		figures_record(k, &(struct record){ REC_MESSAGE, { .message = &m } });
		figures_record(k, &(struct record){ REC_SESSION, { .session = &s } });
	}
	f = figures_copy(k, &none, 0);
	figures_keeper_free(&k);
	return f;
}

/* Every time stands in the place that covers it, however the places came about. */
static void
assert_rated(const nstime *time, size_t n)
{
	struct figures *f = rated(time, n);
	uint32_t sessions = 0, messages = 0, refused = 0;

	assert_in_range(f->nrate, 1, FIGURES_RATES);
	assert_int_equal(f->rate_start % f->rate_width, 0);
	for (size_t i = 0; i < f->nrate; i++) {
		nstime from = f->rate_start + (nstime)i * f->rate_width;
		uint32_t want = 0;

		for (size_t k = 0; k < n; k++)
			want += time[k] >= from && (uint64_t)time[k] - (uint64_t)from < (uint64_t)f->rate_width;
		assert_int_equal(f->rate[i].sessions, want);
		sessions += f->rate[i].sessions;
		messages += f->rate[i].messages;
		refused += f->rate[i].refused;
	}
	assert_int_equal(sessions, n);
	assert_int_equal(messages, n);
	assert_int_equal(refused, n / 2);
	free(f);
}

static void
rate_widens(void **state)
{
	static const nstime at_once[] = { SCRIPT_START, SCRIPT_START };
	static const nstime backwards[] = { SCRIPT_START, SCRIPT_START - 7 * NSTIME_S, SCRIPT_START - 20 * NSTIME_S, SCRIPT_START - 90 * NSTIME_S };
	static const nstime before_1970[] = { 5, -5, -86400 * NSTIME_S, 86400 * NSTIME_S };
	static const nstime ages[] = { 0, INT64_MAX / 2, INT64_MIN / 4, SCRIPT_START };
	nstime many[1000];
	struct figures *f;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		many[i] = SCRIPT_START + (nstime)(i * i) * 37 * NSTIME_MS;
	assert_rated(at_once, 2);
	assert_rated(backwards, 4);
	assert_rated(before_1970, 4);
	assert_rated(ages, 4);
	for (size_t n = 1; n <= 1000; n += 37)
		assert_rated(many, n);
	f = rated(at_once, 2);
	assert_int_equal(f->rate_width, 100 * NSTIME_MS);
	assert_int_equal(f->nrate, 1);
	free(f);
	f = rated((const nstime[]){ INT64_MIN, INT64_MAX, NSTIME_NONE, 0 }, 4);
	assert_in_range(f->nrate, 1, FIGURES_RATES);
	free(f);
}

/* --- names --- */

enum { ROOM = 32, NAMES = 500 };

/* Against a count of all: what is often is there, and no count says less or more than it admits. */
static void
toplist_keeps_its_word(void **state)
{
	struct toplist *t = toplist_new(ROOM);
	struct figures_name best[ROOM];
	uint64_t truth[NAMES] = { 0 }, all = 0, random = 1;
	char name[16];
	size_t n;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t which;

		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		which = (random >> 33) % 100 < 60 ? (random >> 40) % 5 : (random >> 40) % NAMES;
		snprintf(name, sizeof name, "n%zu", which);
		toplist_count(t, slice_of(name), strlen(name), 1)->failed++;
		truth[which]++;
		all++;
	}
	n = toplist_best(t, best, ROOM);
	assert_int_equal(n, ROOM);
	assert_int_equal(toplist_names(t), ROOM);
	assert_true(toplist_replaced(t));
	for (size_t i = 0; i < n; i++) {
		uint64_t is = truth[strtoul(best[i].name + 1, NULL, 10)];

		assert_true(best[i].count >= is && best[i].count - best[i].error <= is);
		assert_true(best[i].failed <= is);
		assert_true(i == 0 || best[i - 1].count >= best[i].count);
	}
	for (size_t w = 0; w < NAMES; w++) {
		bool there = false;

		snprintf(name, sizeof name, "n%zu", w);
		for (size_t i = 0; i < n; i++)
			there |= strcmp(best[i].name, name) == 0;
		assert_true(there || truth[w] <= all / ROOM);
	}
	toplist_free(&t);
}

static void
toplist_tells_long_names_apart(void **state)
{
	struct toplist *t = toplist_new(4);
	struct figures_name best[4];
	char a[300], b[300];

	(void)state;
	memset(a, 'x', sizeof a);
	memset(b, 'x', sizeof b);
	b[299] = 'y';
	toplist_count(t, (slice){ (uint8_t *)a, 300 }, 300, 2);
	toplist_count(t, (slice){ (uint8_t *)b, 300 }, 300, 1);
	toplist_count(t, (slice){ (uint8_t *)a, 127 }, 127, 5);
	toplist_count(t, SLICE_NONE, 0, 1);
	toplist_count(t, S(""), 0, 1);
	assert_int_equal(toplist_best(t, best, 4), 4);
	assert_int_equal(best[0].count, 5);
	assert_int_equal(best[1].count, 2);
	assert_int_equal(best[1].n, 0);
	assert_int_equal(best[2].count, 2);
	assert_int_equal(best[2].n, FIGURES_NAME - 1);
	assert_int_equal(best[3].count, 1);
	assert_int_equal(toplist_best(t, best, 1), 1);
	assert_int_equal(best[0].count, 5);
	assert_false(toplist_replaced(t));
	toplist_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example), cmocka_unit_test(refusals_are_told_apart_by_code), cmocka_unit_test(rate_widens),
		cmocka_unit_test(toplist_keeps_its_word), cmocka_unit_test(toplist_tells_long_names_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
