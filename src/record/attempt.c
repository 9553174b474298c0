#include "attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "visit.h"

struct attempt_entry {
	struct attempt_entry *same;		/* of the same hash */
	uint64_t order;				/* in which they were first heard of */
	uint64_t hash;
	size_t place;
	struct rec_attempt rec;
	struct rec_finding finding;
	uint8_t detail[LIMIT_ATTEMPT_DETAIL];
};

void
attempts_init(struct attempts *a)
{
	*a = (struct attempts){ 0 };
	/* Addresses are chosen by whoever sends packets: without a secret they could all be made to collide. */
	if (getrandom(&a->seed, sizeof a->seed, 0) != sizeof a->seed)
		die("no random numbers");
}

void
attempts_fini(struct attempts *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	map_fini(&a->table);
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

static uint64_t
mix_addr(uint64_t h, const struct addr *a)
{
	uint64_t half[2];

	memcpy(half, a->ip, sizeof half);
	return mix(mix(mix(h, half[0]), half[1]), a->family);
}

static uint64_t
hash(const struct attempts *a, const struct attempt_facts *f)
{
	uint64_t h = mix_addr(mix_addr(a->seed, &f->client.addr), &f->server.addr);

	return mix(h, (uint64_t)f->server.port << 8 | (uint64_t)f->outcome);
}

static bool
is_of(const struct attempt_entry *e, const struct attempt_facts *f)
{
	return e->rec.outcome == f->outcome && e->rec.server.port == f->server.port
	    && addr_eq(&e->rec.client, &f->client.addr) && addr_eq(&e->rec.server.addr, &f->server.addr);
}

static void
name_it(struct rec_attempt *r)
{
	char client[ADDR_TEXT], server[ENDPOINT_TEXT], name[ADDR_TEXT + ENDPOINT_TEXT + 1];

	snprintf(name, sizeof name, "%s>%s", addr_text(&r->client, client), endpoint_text(&r->server, server));
	uid_make(r->uid, name, r->first, (uint64_t)r->outcome);
}

static void
set_finding(struct attempt_entry *e, const struct attempt_facts *f)
{
	struct rec_findings *r = &e->rec.findings;

	if (f->finding >= FINDINGS)
		return;
	e->finding = (struct rec_finding){ .finding = f->finding, .packet = f->packet, .time = f->first };
	*r = (struct rec_findings){ .v = &e->finding, .n = 1, .count = 1, .severity = finding_info(f->finding)->severity };
	r->seen[f->finding / 64] |= UINT64_C(1) << (f->finding % 64);
}

static struct attempt_entry *
entry_new(const struct attempt_facts *f)
{
	struct attempt_entry *e = xcalloc(1, sizeof *e);
	slice detail = slice_take(f->detail, sizeof e->detail);

	e->rec = (struct rec_attempt){
		.outcome = f->outcome, .client = f->client.addr, .server = f->server,
		.first = f->first, .last = f->last,
	};
	if (detail.n > 0) {
		memcpy(e->detail, detail.p, detail.n);
		e->rec.detail = (slice){ e->detail, detail.n };
	}
	name_it(&e->rec);
	set_finding(e, f);
	return e;
}

static struct attempt_entry *
entry_of(struct attempts *a, const struct attempt_facts *f)
{
	uint64_t h = hash(a, f);
	struct attempt_entry *head = map_get(&a->table, h), *e;

	for (e = head; e != NULL; e = e->same)
		if (is_of(e, f))
			return e;
	if (a->n >= LIMIT_ATTEMPTS)
		return NULL;
	e = entry_new(f);
	if (head != NULL) {
		e->same = head->same;
		head->same = e;
	} else {
		map_put(&a->table, h, e);
	}
	if (a->n == a->cap) {
		a->cap = a->cap ? 2 * a->cap : 16;
		a->v = xrealloc(a->v, a->cap, sizeof(struct attempt_entry *));
	}
	e->order = a->order++;
	e->hash = h;
	e->place = a->n;
	a->v[a->n++] = e;
	return e;
}

void
attempts_add(struct attempts *a, const struct attempt_facts *f)
{
	struct attempt_entry *e = entry_of(a, f);

	if (e == NULL) {
		a->untold++;
		return;
	}
	e->rec.count++;
	if (f->first < e->rec.first)
		e->rec.first = f->first;
	if (f->last > e->rec.last)
		e->rec.last = f->last;
}

const struct rec_attempt *
attempts_at(const struct attempts *a, size_t i)
{
	return &a->v[i]->rec;
}

/* Out of the table and the list; the last of the list takes its place. */
static void
forget(struct attempts *a, struct attempt_entry *e)
{
	struct attempt_entry *head = map_take(&a->table, e->hash), **at = &head;

	while (*at != e)
		at = &(*at)->same;
	*at = e->same;
	if (head != NULL)
		map_put(&a->table, e->hash, head);
	a->v[e->place] = a->v[--a->n];
	a->v[e->place]->place = e->place;
	free(e);
}

/* One of the future was made before the clock was set back. */
static bool
is_over(const struct rec_attempt *r, nstime now)
{
	return r->last > now || now - r->last >= LIMIT_ATTEMPT_QUIET || now - r->first >= LIMIT_ATTEMPT_AGE;
}

int
attempts_expire(struct attempts *a, nstime now, const struct fold_user *user)
{
	int status = 0;

	for (size_t looks = a->n < LIMIT_ATTEMPTS_SEEN ? a->n : LIMIT_ATTEMPTS_SEEN; looks > 0 && status == 0; looks--) {
		struct attempt_entry *e = a->v[a->next = a->next < a->n ? a->next : 0];

		if (!is_over(&e->rec, now)) {
			a->next++;
			continue;
		}
		status = user->give(user->self, &(struct record){ REC_ATTEMPT, { .attempt = &e->rec } });
		forget(a, e);
	}
	if (a->n == 0) {
		free(a->v);
		a->v = NULL;
		a->cap = 0;
	}
	return status;
}

static int
by_first(const void *ap, const void *bp)
{
	const struct attempt_entry *a = *(struct attempt_entry *const *)ap, *b = *(struct attempt_entry *const *)bp;

	if (a->rec.first != b->rec.first)
		return a->rec.first < b->rec.first ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

int
attempts_give(struct attempts *a, const struct fold_user *user)
{
	struct attempt_entry **sorted = xcalloc(a->n, sizeof *sorted);
	int status = 0;

	if (a->n > 0)
		memcpy(sorted, a->v, a->n * sizeof *sorted);
	qsort(sorted, a->n, sizeof *sorted, by_first);
	for (size_t i = 0; i < a->n && status == 0; i++)
		status = user->give(user->self, &(struct record){ REC_ATTEMPT, { .attempt = &sorted[i]->rec } });
	free(sorted);
	return status;
}

const char *
attempt_name(int outcome)
{
	static const char *const name[] = { "refused", "no-answer", "unreachable", "no-greeting", "other-protocol" };

	CHECK(outcome >= 0 && (size_t)outcome < sizeof name / sizeof name[0]);
	return name[outcome];
}
