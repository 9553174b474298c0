/* Findings in the order in which they are looked at, against the plainest way to have it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/list/finding_list.h"
#include "base/machine.h"
#include "model/list/list.h"

struct run { struct vault *vault; struct model *model; struct finding_list *list; uint32_t seed; };

static uint32_t
next_number(struct run *r, uint32_t below)
{
	r->seed = r->seed * 1664525 + 1013904223;
	return (r->seed >> 8) % below;
}

static void
begin(struct run *r, size_t memory)
{
	*r = (struct run){ .seed = 7 };
	r->vault = vault_new(1 << 20);
	r->model = model_new(r->vault, memory);
	r->list = finding_list_new(r->model);
}

static void
end(struct run *r)
{
	finding_list_free(&r->list);
	assert_null(r->list);
	model_free(&r->model);
	vault_free(&r->vault);
}

static void
tell(struct run *r, size_t n, uint32_t kinds)
{
	struct news_batch *batch = news_batch_new();

	for (size_t i = 0; i < n; i++) {
		struct news_finding f = { .finding = (enum finding)next_number(r, kinds), .session = 1 + next_number(r, 5),
		    .time = next_number(r, 50), .offset = i };

		news_add_finding(batch, &f);
	}
	model_take(r->model, &batch);
}

static void
work(struct run *r)
{
	while (finding_list_work(r->list, machine_steady() + NSTIME_MS))
		continue;
}

/* Does a stand before b, or are they the same? */
static bool
in_order(const struct finding_line *a, const struct finding_line *b, bool grouped)
{
	const struct finding_info *x = finding_info(a->finding), *y = finding_info(b->finding);

	if (x->severity != y->severity)
		return x->severity > y->severity;
	if (grouped && a->finding != b->finding)
		return strcmp(x->id, y->id) < 0;
	if (a->what.is.time != b->what.is.time)
		return a->what.is.time < b->what.is.time;
	return a->number < b->number;
}

static size_t
count_in_scope(const struct run *r, const struct finding_scope *scope)
{
	size_t n = 0;

	for (size_t i = 0; i < model_findings(r->model); i++) {
		struct news_finding f = model_finding(r->model, i).is;

		n += finding_info(f.finding)->severity >= scope->least && (scope->session == 0 || scope->session == f.session);
	}
	return n;
}

/* Everything that is in the scope is there, in order, is what it says, and is found where it stands. */
static void
assert_right(struct run *r, const struct finding_scope *scope)
{
	struct finding_line before = { 0 };
	size_t n, findings = 0, counted = 0;

	work(r);
	n = finding_list_count(r->list);
	for (size_t i = 0; i < n; i++) {
		struct finding_line line = finding_list_at(r->list, i);

		assert_int_equal(finding_list_find(r->list, &line), i);
		if (line.is_name) {
			counted += line.count;
			continue;
		}
		assert_true(line.what.is.finding == line.finding);
		assert_true(scope->session == 0 || line.what.is.session == scope->session);
		assert_true(findings == 0 || in_order(&before, &line, scope->grouped));
		before = line;
		findings++;
	}
	assert_int_equal(finding_list_shown(r->list), count_in_scope(r, scope));
	assert_int_equal(scope->grouped ? counted : findings, finding_list_shown(r->list));
	n = 0;
	for (int s = INFO; s <= ALERT; s++)
		n += finding_list_severity(r->list, (enum severity)s);
	assert_int_equal(n, finding_list_shown(r->list));
}

static const struct finding_scope scopes[] = {
	{ 0, INFO, false }, { 3, INFO, false }, { 0, WARNING, false }, { 2, WARNING, true }, { 0, INFO, true },
};

static void
test_order(void **state)
{
	struct run r;

	(void)state;
	begin(&r, 64 << 20);
	assert_int_equal(finding_list_count(r.list), 0);
	for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
		finding_list_scope(r.list, &scopes[i]);
		for (int k = 0; k < 20; k++) {
			tell(&r, next_number(&r, 30), FINDINGS);
			assert_right(&r, &scopes[i]);
		}
	}
	end(&r);
}

static void
test_unfolded(void **state)
{
	struct finding_scope scope = { 0, INFO, true };
	struct run r;

	(void)state;
	begin(&r, 64 << 20);
	finding_list_scope(r.list, &scope);
	tell(&r, 500, 9);
	work(&r);
	assert_int_equal(finding_list_count(r.list), 9);
	finding_list_unfold(r.list, (enum finding)4, true);
	finding_list_unfold(r.list, (enum finding)7, true);
	assert_right(&r, &scope);
	tell(&r, 500, 9);
	assert_right(&r, &scope);
	for (enum finding f = 0; f < 9; f++)
		finding_list_unfold(r.list, f, true);
	assert_int_equal(finding_list_count(r.list), 1000 + 9);
	assert_right(&r, &scope);
	end(&r);
}

/* What a finding is called by stays true while others go. */
static void
test_let_go(void **state)
{
	struct finding_scope scope = { 0, INFO, false };
	struct run r;

	(void)state;
	begin(&r, 64 << 10);
	finding_list_scope(r.list, &scope);
	for (int i = 0; i < 40; i++) {
		tell(&r, 1 + next_number(&r, 200), FINDINGS);
		if (i % 3 != 0)
			assert_right(&r, &scope);
		for (size_t k = 0; k < finding_list_count(r.list); k++)
			finding_list_at(r.list, k);		/* between two looks: nothing that is not there is asked for */
	}
	assert_true(finding_list_gone(r.list) > 0);
	assert_true(finding_list_shown(r.list) < model_findings_all(r.model));
	end(&r);
}

/* A slice that is over at once still takes a step, and comes to an end. */
static void
test_slices(void **state)
{
	struct finding_scope scope = { 0, INFO, false };
	struct run r;
	unsigned slices = 1;

	(void)state;
	begin(&r, 512 << 20);
	tell(&r, 50000, FINDINGS);
	finding_list_scope(r.list, &scope);
	while (finding_list_work(r.list, 0))
		slices++;
	assert_true(slices > 2);
	assert_right(&r, &scope);
	end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_unfolded),
		cmocka_unit_test(test_let_go),
		cmocka_unit_test(test_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
