#include "finding_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/machine.h"
#include "list.h"

enum { AT_ONCE = 8192 };		/* taken between two looks at the clock */

/* All that the order needs. */
struct entry_of {
	nstime time;
	uint64_t number;
	uint16_t finding, rank;		/* rank: what is smaller stands above */
};

struct finding_list {
	struct model *model;
	struct finding_scope scope;
	struct entry_of *v, *fresh;	/* in order; those that came since, as they came */
	size_t n, cap, nfresh, capfresh;
	uint64_t next;			/* the number of the next to be looked at */
	uint64_t first;			/* the oldest that the model kept at the last look */
	size_t count[FINDINGS], severity[ALERT + 1];
	bool unfolded[FINDINGS];
	uint16_t order[FINDINGS];	/* findings as their names stand among each other, and … */
	uint16_t place[FINDINGS];	/* … its inverse */
};

static int
compare_names(const void *a, const void *b)
{
	const uint16_t *x = a, *y = b;
	int worse = (int)finding_info((enum finding)*y)->severity - (int)finding_info((enum finding)*x)->severity;

	return worse != 0 ? worse : strcmp(finding_info((enum finding)*x)->id, finding_info((enum finding)*y)->id);
}

struct finding_list *
finding_list_new(struct model *model)
{
	struct finding_list *l = xcalloc(1, sizeof *l);

	l->model = model;
	for (uint16_t f = 0; f < FINDINGS; f++)
		l->order[f] = f;
	qsort(l->order, FINDINGS, sizeof l->order[0], compare_names);
	for (uint16_t i = 0; i < FINDINGS; i++)
		l->place[l->order[i]] = i;
	return l;
}

void
finding_list_free(struct finding_list **lp)
{
	struct finding_list *l = *lp;

	if (l == NULL)
		return;
	free(l->v);
	free(l->fresh);
	free(l);
	*lp = NULL;
}

static void
begin_anew(struct finding_list *l)
{
	l->n = l->nfresh = 0;
	l->next = l->first = 0;
	memset(l->count, 0, sizeof l->count);
	memset(l->severity, 0, sizeof l->severity);
}

void
finding_list_scope(struct finding_list *l, const struct finding_scope *scope)
{
	if (l->scope.session == scope->session && l->scope.least == scope->least && l->scope.grouped == scope->grouped)
		return;
	l->scope = *scope;
	begin_anew(l);
}

/* The number of the oldest that the model keeps. */
static uint64_t
first_kept(const struct finding_list *l)
{
	return model_findings_all(l->model) - model_findings(l->model);
}

/* Between two looks the model may let some go that are still in order here. */
static struct model_finding
finding_of(const struct finding_list *l, uint64_t number)
{
	if (number < first_kept(l))
		return (struct model_finding){ .item = NO_ITEM };
	return model_finding(l->model, (size_t)(number - first_kept(l)));
}

static int
compare(const struct entry_of *a, const struct entry_of *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int
compare_entries(const void *a, const void *b)
{
	return compare(a, b);
}

static struct entry_of
entry_of(const struct finding_list *l, const struct news_finding *f, uint64_t number)
{
	enum severity severity = finding_info(f->finding)->severity;

	return (struct entry_of){ f->time, number, (uint16_t)f->finding,
	    l->scope.grouped ? l->place[f->finding] : (uint16_t)(ALERT - severity) };
}

static void
take(struct finding_list *l, uint64_t number)
{
	struct model_finding f = finding_of(l, number);
	enum severity severity = finding_info(f.is.finding)->severity;

	if (severity < l->scope.least || (l->scope.session != 0 && f.is.session != l->scope.session))
		return;
	if (l->nfresh == l->capfresh) {
		l->capfresh = l->capfresh ? l->capfresh * 2 : 256;
		l->fresh = xrealloc(l->fresh, l->capfresh, sizeof *l->fresh);
	}
	l->fresh[l->nfresh++] = entry_of(l, &f.is, number);
	l->count[f.is.finding]++;
	l->severity[severity]++;
}

/* Both are in order; from the end, so that what need not move is not touched. */
static void
merge(struct finding_list *l)
{
	size_t i = l->n, j = l->nfresh, at = i + j;

	if (at > l->cap) {
		l->cap = at + at / 2;
		l->v = xrealloc(l->v, l->cap, sizeof *l->v);
	}
	l->n = at;
	while (j > 0)
		l->v[--at] = i > 0 && compare(&l->v[i - 1], &l->fresh[j - 1]) > 0 ? l->v[--i] : l->fresh[--j];
	l->nfresh = 0;
}

/* What the model let go since. */
static void
drop_gone(struct finding_list *l)
{
	size_t kept = 0;

	if (l->first == first_kept(l))
		return;
	l->first = first_kept(l);
	if (l->next < l->first)
		l->next = l->first;
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].number >= l->first) {
			l->v[kept++] = l->v[i];
			continue;
		}
		l->count[l->v[i].finding]--;
		l->severity[finding_info((enum finding)l->v[i].finding)->severity]--;
	}
	l->n = kept;
}

bool
finding_list_work(struct finding_list *l, nstime until)
{
	uint64_t end = model_findings_all(l->model);

	drop_gone(l);
	if (l->next == end)
		return false;
	do {
		for (size_t i = 0; i < AT_ONCE && l->next < end; i++)
			take(l, l->next++);
	} while (l->next < end && machine_steady() < until);
	if (l->nfresh > 0)
		qsort(l->fresh, l->nfresh, sizeof *l->fresh, compare_entries);
	merge(l);
	return l->next < end;
}

size_t
finding_list_count(const struct finding_list *l)
{
	size_t lines = 0;

	if (!l->scope.grouped)
		return l->n;
	for (size_t f = 0; f < FINDINGS; f++)
		if (l->count[f] > 0)
			lines += 1 + (l->unfolded[f] ? l->count[f] : 0);
	return lines;
}

static struct finding_line
line_of(const struct finding_list *l, const struct entry_of *e)
{
	return (struct finding_line){ .finding = (enum finding)e->finding, .number = e->number, .what = finding_of(l, e->number) };
}

struct finding_line
finding_list_at(const struct finding_list *l, size_t line)
{
	size_t before = 0;

	CHECK(line < finding_list_count(l));
	if (!l->scope.grouped)
		return line_of(l, &l->v[line]);
	for (size_t i = 0; i < FINDINGS; i++) {
		enum finding f = (enum finding)l->order[i];
		size_t inside = l->unfolded[f] ? l->count[f] : 0;

		if (l->count[f] == 0)
			continue;
		if (line == 0)
			return (struct finding_line){ .is_name = true, .finding = f, .count = l->count[f], .unfolded = l->unfolded[f] };
		if (line <= inside)
			return line_of(l, &l->v[before + line - 1]);
		line -= 1 + inside;
		before += l->count[f];
	}
	CHECK(false);			/* the line was counted: it is one of those above */
	return (struct finding_line){ 0 };
}

void
finding_list_unfold(struct finding_list *l, enum finding f, bool on)
{
	l->unfolded[f] = on;
}

/* How many entries stand before it. */
static size_t
entries_before(const struct finding_list *l, const struct entry_of *e)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&l->v[middle], e) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
finding_list_find(const struct finding_list *l, const struct finding_line *line)
{
	struct entry_of e = entry_of(l, &line->what.is, line->number);
	size_t lines = 0, before = 0;

	if (!l->scope.grouped)
		return line->is_name ? 0 : entries_before(l, &e);
	for (size_t i = 0; i < l->place[line->finding]; i++) {
		enum finding f = (enum finding)l->order[i];

		before += l->count[f];
		lines += l->count[f] > 0 ? 1 + (l->unfolded[f] ? l->count[f] : 0) : 0;
	}
	return line->is_name || !l->unfolded[line->finding] ? lines : lines + 1 + entries_before(l, &e) - before;
}

size_t
finding_list_shown(const struct finding_list *l)
{
	return l->n;
}

size_t
finding_list_severity(const struct finding_list *l, enum severity severity)
{
	return l->severity[severity];
}

uint64_t
finding_list_gone(const struct finding_list *l)
{
	return first_kept(l);
}
